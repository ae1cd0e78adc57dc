/** Codes of tables of data and of files: 18xx. */
import type { CatalogueEntry } from "./catalogue_entry.ts";

export const DATA_CODES: readonly CatalogueEntry[] = [
  {
    code: "Z1801",
    title: "two tables of one name",
    cause: "${name.column} says which table it means by name.",
    example: `[[data]]
name = "users"
rows = [{ name = "Ada" }]
[[data]]
name = "users"
rows = [{ name = "Bob" }]
[[flow]]
name = "browse"
[[flow.step]]
get = "/\${users.name}"`,
    mend: `[[data]]
name = "users"
rows = [{ name = "Ada" }, { name = "Bob" }]
[[flow]]
name = "browse"
[[flow.step]]
get = "/\${users.name}"`,
  },
  {
    code: "Z1802",
    title: "rows of no place or of two",
    cause: "A table has a file, or rows.",
    example: `[[data]]
name = "users"`,
    mend: `[[data]]
name = "users"
rows = [{ name = "Ada" }]
[[flow]]
name = "browse"
[[flow.step]]
get = "/\${users.name}"`,
  },
  {
    code: "Z1803",
    title: "file cannot be read",
    cause:
      "A file that the scenario names is not there or cannot be read. Names are relative to the scenario.",
    example: `[[data]]
name = "users"
file = "user.csv"`,
    mend: `[[data]]
name = "users"
file = "users.csv"
[[flow]]
name = "browse"
[[flow.step]]
get = "/\${users.name}"`,
  },
  {
    code: "Z1804",
    title: "form of a file not known",
    cause: "The ending of file (.csv, .json, .jsonl), or format, says how it is written.",
    example: `[[data]]
name = "users"
file = "users.txt"`,
    mend: `[[data]]
name = "users"
file = "users.txt"
format = "csv"
[[flow]]
name = "browse"
[[flow.step]]
get = "/\${users.name}"`,
  },
  {
    code: "Z1805",
    title: "malformed data file",
    cause:
      "The file breaks a rule of its form: CSV as RFC 4180 has it, JSON as RFC 8259 has it. The place in the file is in the message.",
    example: `[[data]]
name = "users"
file = "uneven.csv"`,
    mend: `[[data]]
name = "users"
file = "users.csv"
[[flow]]
name = "browse"
[[flow.step]]
get = "/\${users.name}"`,
  },
  {
    code: "Z1806",
    title: "table without rows",
    cause: "A session takes a row, and there is none.",
    example: `[[data]]
name = "users"
file = "header.csv"`,
    mend: `[[data]]
name = "users"
file = "users.csv"
[[flow]]
name = "browse"
[[flow.step]]
get = "/\${users.name}"`,
  },
  {
    code: "Z1807",
    title: "malformed rows",
    cause: "Every row has the same columns, each with a name, and no cell holds U+007F.",
    example: `[[data]]
name = "users"
rows = [{ name = "Ada" }, { nick = "Bob" }]`,
    mend: `[[data]]
name = "users"
rows = [{ name = "Ada" }, { name = "Bob" }]
[[flow]]
name = "browse"
[[flow.step]]
get = "/\${users.name}"`,
  },
  {
    code: "Z1808",
    title: "cell of another type",
    cause: "A cell is not of the type that types gives its column.",
    example: `[[data]]
name = "users"
file = "users.csv"
types = { name = "integer" }`,
    mend: `[[data]]
name = "users"
file = "users.csv"
types = { age = "integer" }
[[flow]]
name = "browse"
[[flow.step]]
get = "/\${users.name}"`,
  },
];
