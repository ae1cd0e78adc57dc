import "zod"; import "commander"; import "fast-check"; import "toml-eslint-parser";
