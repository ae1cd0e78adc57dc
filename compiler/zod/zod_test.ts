import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

Deno.test("zod.js is what Deno's bundler makes of parts.ts", async () => {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", "--minify", "compiler/zod/parts.ts"],
    cwd: fileURLToPath(new URL("../..", import.meta.url)),
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).output();
  const carried = await Deno.readTextFile(new URL("zod.js", import.meta.url));
  assert.ok(new TextDecoder().decode(stdout).trimEnd() === carried.trimEnd(), "run `./z6c dev zod`");
});
