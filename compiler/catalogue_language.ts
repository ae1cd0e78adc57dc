/** Codes of the language itself: 10xx TOML, 11xx keys and types, 12xx values, 13xx variables. */
import type { CatalogueEntry } from "./catalogue_entry.ts";

export const LANGUAGE_CODES: readonly CatalogueEntry[] = [
  {
    code: "Z1001",
    title: "not TOML",
    cause:
      "The text breaks a rule of TOML 1.0: a value is missing, a text has no quotes, a comma or an equals sign is missing. Nothing behind this place has been read.",
    example: `name = checkout`,
    mend: `name = "checkout"`,
  },
  {
    code: "Z1002",
    title: "key defined twice",
    cause: "A key or a table header stands twice in one table, and TOML does not say which one counts.",
    example: `seed = 1
seed = 2`,
    mend: `seed = 2`,
  },
  {
    code: "Z1003",
    title: "text or bracket not closed",
    cause: "A text lacks its closing quotes, or a list or a table its closing bracket.",
    example: `name = "checkout`,
    mend: `name = "checkout"`,
  },
  {
    code: "Z1004",
    title: "character not allowed",
    cause:
      "TOML forbids control characters, bare carriage returns, halves of surrogate pairs and unknown escapes such as \\d. In single quotes nothing is escaped.",
    example: `description = "\\d+"`,
    mend: `description = '\\d+'`,
  },
  {
    code: "Z1005",
    title: "malformed number or date",
    cause: "A number has leading zeros or misplaced underscores, or the calendar has no such date.",
    example: `seed = 007`,
    mend: `seed = 7`,
  },
  {
    code: "Z1101",
    title: "unknown key",
    cause:
      "No key of this name has a meaning in this table. Most often it is misspelt or belongs to another table.",
    example: `[load]
model = "open"
max_vus = 10
rat = "50/s"
for = "1m"`,
    mend: `[load]
model = "open"
max_vus = 10
rate = "50/s"
for = "1m"`,
  },
  {
    code: "Z1102",
    title: "wrong type",
    cause:
      "The value is of another type than the key wants: durations, rates and sizes are texts in quotes, flags are true or false.",
    example: `[target]
base = "http://127.0.0.1:8080"
timeout = 10`,
    mend: `[target]
base = "http://127.0.0.1:8080"
timeout = "10s"`,
  },
  {
    code: "Z1103",
    title: "missing key",
    cause: "A table lacks a key that has no default.",
    example: `[target]
timeout = "10s"`,
    mend: `[target]
base = "http://127.0.0.1:8080"
timeout = "10s"`,
  },
  {
    code: "Z1104",
    title: "not one of the choices",
    cause: "The key takes one of a few texts, and this is none of them.",
    example: `[load]
model = "opened"
max_vus = 10
rate = "50/s"
for = "1m"`,
    mend: `[load]
model = "open"
max_vus = 10
rate = "50/s"
for = "1m"`,
  },
  {
    code: "Z1105",
    title: "number out of bounds",
    cause: "The number is well-formed and outside of what the key allows.",
    example: `[load]
model = "open"
max_vus = 0
rate = "50/s"
for = "1m"`,
    mend: `[load]
model = "open"
max_vus = 100
rate = "50/s"
for = "1m"`,
  },
  {
    code: "Z1106",
    title: "unusable name",
    cause:
      "Names of flows, steps and stages are one line and not empty; the name of the test also names files; names of tables and captures stand in ${…} and have letters, digits, - and _ only.",
    example: `name = "Checkout/v2"`,
    mend: `name = "checkout-v2"`,
  },
  {
    code: "Z1107",
    title: "not a warning",
    cause: "allow names codes of warnings, as `z6c check` shows them. Errors cannot be passed over.",
    example: `allow = ["Z1204"]`,
    mend: `allow = ["Z1908"]`,
  },
  {
    code: "Z1201",
    title: "unreadable duration",
    cause: "A duration is one or more numbers, each with its unit: us, ms, s, m, h or d, the longest first.",
    example: `[target]
base = "http://127.0.0.1:8080"
timeout = "10 seconds"`,
    mend: `[target]
base = "http://127.0.0.1:8080"
timeout = "10s"`,
  },
  {
    code: "Z1202",
    title: "duration too fine",
    cause: "z6c counts whole microseconds, and never rounds what you wrote.",
    example: `[target]
base = "http://127.0.0.1:8080"
timeout = "0.3us"`,
    mend: `[target]
base = "http://127.0.0.1:8080"
timeout = "300us"`,
  },
  {
    code: "Z1203",
    title: "duration too long",
    cause: "No duration is longer than 365 days.",
    example: `[target]
base = "http://127.0.0.1:8080"
timeout = "400d"`,
    mend: `[target]
base = "http://127.0.0.1:8080"
timeout = "40s"`,
  },
  {
    code: "Z1204",
    title: "rate without unit",
    cause: "A rate says per what: /s, /min or /h.",
    example: `[load]
model = "open"
max_vus = 10
rate = "10/sec"
for = "1m"`,
    mend: `[load]
model = "open"
max_vus = 10
rate = "10/s"
for = "1m"`,
  },
  {
    code: "Z1205",
    title: "unreadable rate",
    cause: "A rate is a number with at most six decimals, at most ten million a second, and a unit.",
    example: `[load]
model = "open"
max_vus = 10
rate = "fast"
for = "1m"`,
    mend: `[load]
model = "open"
max_vus = 10
rate = "50/s"
for = "1m"`,
  },
  {
    code: "Z1206",
    title: "not a whole number",
    cause: 'The key counts something, so it takes a whole number: 100, 10_000, or "10k".',
    example: `[load]
model = "closed"
vus = "2.5"
for = "1m"`,
    mend: `[load]
model = "closed"
vus = 3
for = "1m"`,
  },
  {
    code: "Z1207",
    title: "unreadable size",
    cause:
      "A size is a number of bytes, or a number with a unit: B, kB, MB, GB (powers of 1000), KiB, MiB, GiB (powers of 1024).",
    example: `[[flow]]
name = "browse"
[[flow.step]]
get = "/"
expect = { body = { max_bytes = "10 megabytes" } }`,
    mend: `[[flow]]
name = "browse"
[[flow.step]]
get = "/"
expect = { body = { max_bytes = "10MB" } }`,
  },
  {
    code: "Z1208",
    title: "unreadable ratio",
    cause: "A ratio is a percentage from 0% to 100%, with at most four decimals.",
    example: `[[threshold]]
metric = "errors"
ratio = "< 0.01"`,
    mend: `[[threshold]]
metric = "errors"
ratio = "< 1%"`,
  },
  {
    code: "Z1209",
    title: "range runs backwards",
    cause: "A range begins with its smaller end. (A ramp of rates or users may go down.)",
    example: `[[flow]]
name = "browse"
[[flow.step]]
get = "/"
[[flow.step]]
think = "3s..1s"`,
    mend: `[[flow]]
name = "browse"
[[flow.step]]
get = "/"
[[flow.step]]
think = "1s..3s"`,
  },
  {
    code: "Z1210",
    title: "not a regular expression",
    cause: "The expression does not compile as one of JavaScript with the flag u.",
    example: `[[flow]]
name = "browse"
[[flow.step]]
get = "/"
expect = { body = { matches = "price: (" } }`,
    mend: `[[flow]]
name = "browse"
[[flow.step]]
get = "/"
expect = { body = { matches = 'price: \\(' } }`,
  },
  {
    code: "Z1211",
    title: "not an HTTP status",
    cause: 'A status is a number from 100 to 599 or a class such as "2xx".',
    example: `[[flow]]
name = "browse"
[[flow.step]]
get = "/"
expect = { status = 2000 }`,
    mend: `[[flow]]
name = "browse"
[[flow.step]]
get = "/"
expect = { status = 200 }`,
  },
  {
    code: "Z1212",
    title: "not a comparison",
    cause: "A statistic of a threshold begins with <, <=, > or >=.",
    example: `[[threshold]]
metric = "response_time"
p99 = "300ms"`,
    mend: `[[threshold]]
metric = "response_time"
p99 = "< 300ms"`,
  },
  {
    code: "Z1213",
    title: "unreadable distribution",
    cause:
      "A distribution is normal(mean, deviation), exponential(mean) or lognormal(median, sigma), with sigma above 0 and up to 3.",
    example: `[[flow]]
name = "browse"
[[flow.step]]
get = "/"
[[flow.step]]
think = "gauss(2s, 300ms)"`,
    mend: `[[flow]]
name = "browse"
[[flow.step]]
get = "/"
[[flow.step]]
think = "normal(2s, 300ms)"`,
  },
  {
    code: "Z1214",
    title: "not a JSON pointer",
    cause:
      "A JSON pointer (RFC 6901) is empty, or keys and positions each behind a slash; in a key ~ is written ~0 and / is written ~1.",
    example: `[[flow]]
name = "browse"
[[flow.step]]
get = "/"
expect = { json = { "$.id" = 1 } }`,
    mend: `[[flow]]
name = "browse"
[[flow.step]]
get = "/"
expect = { json = { "/id" = 1 } }`,
  },
  {
    code: "Z1215",
    title: "not a reason to try again",
    cause: "A request is tried again after timeout, reset, closed, refused, connect, wait, or a status.",
    example: `[[flow]]
name = "browse"
[[flow.step]]
get = "/"
retry = { times = 2, on = ["timeouts"] }`,
    mend: `[[flow]]
name = "browse"
[[flow.step]]
get = "/"
retry = { times = 2, on = ["timeout"] }`,
  },
  {
    code: "Z1301",
    title: "variable not closed",
    cause: "A ${ has no }. A literal ${ is written $${, a literal $ in front of a variable $$.",
    example: `[[flow]]
name = "browse"
[[flow.step]]
get = "/item/\${uuid"`,
    mend: `[[flow]]
name = "browse"
[[flow.step]]
get = "/item/\${uuid}"`,
  },
  {
    code: "Z1302",
    title: "unknown variable",
    cause: "There is no variable of this name.",
    example: `[[flow]]
name = "browse"
[[flow.step]]
get = "/item/\${uid}"`,
    mend: `[[flow]]
name = "browse"
[[flow.step]]
get = "/item/\${uuid}"`,
  },
  {
    code: "Z1303",
    title: "environment variable not set",
    cause: "The scenario takes a value from the environment of the compiler, which has none of this name.",
    example: `[target]
base = "\${env.SHOP_URL}"`,
    mend: `[target]
base = "\${env.SHOP_URL:-http://127.0.0.1:8080}"`,
  },
  {
    code: "Z1304",
    title: "variable known too late",
    cause:
      "Only URLs, queries, headers, bodies and auth are rendered while the test runs. Everything else is fixed when it is compiled, so it takes ${env.NAME} only.",
    example: `[target]
base = "http://127.0.0.1:8080"
timeout = "\${random.int(1, 9)}s"`,
    mend: `[target]
base = "http://127.0.0.1:8080"
timeout = "\${env.TIMEOUT:-9}s"`,
  },
  {
    code: "Z1305",
    title: "wrong arguments",
    cause:
      "random.int takes two whole numbers, the smaller first; random.choice takes texts in quotes; env and secret take one name.",
    example: `[[flow]]
name = "browse"
[[flow.step]]
get = "/item/\${random.int(9, 1)}"`,
    mend: `[[flow]]
name = "browse"
[[flow.step]]
get = "/item/\${random.int(1, 9)}"`,
  },
  {
    code: "Z1306",
    title: "unknown column",
    cause: "A table of [[data]] has no column of this name, or only the table is named.",
    example: `[[data]]
name = "users"
rows = [{ name = "Ada" }]
[[flow]]
name = "browse"
[[flow.step]]
get = "/\${users.nme}"
[[flow.step]]
get = "/\${users.name}"`,
    mend: `[[data]]
name = "users"
rows = [{ name = "Ada" }]
[[flow]]
name = "browse"
[[flow.step]]
get = "/\${users.name}"`,
  },
  {
    code: "Z1307",
    title: "used before it is captured",
    cause: "A step uses a value that only its own response or a later step captures.",
    example: `[[flow]]
name = "browse"
[[flow.step]]
get = "/items/\${item}"
[[flow.step]]
get = "/items"
capture = { item = { json = "/0/id" } }`,
    mend: `[[flow]]
name = "browse"
[[flow.step]]
get = "/items"
capture = { item = { json = "/0/id" } }
[[flow.step]]
get = "/items/\${item}"`,
  },
  {
    code: "Z1308",
    title: "captured elsewhere",
    cause:
      "A value that another flow captures is no value of this session, and the target's settings hold for steps in front of the capture too.",
    example: `[target]
base = "http://127.0.0.1:8080"
auth = { bearer = "\${token}" }
[[flow]]
name = "browse"
[[flow.step]]
post = "/login"
capture = { token = { json = "/token" } }
[[flow.step]]
get = "/"`,
    mend: `[[flow]]
name = "browse"
[[flow.step]]
post = "/login"
capture = { token = { json = "/token" } }
[[flow.step]]
get = "/"
auth = { bearer = "\${token}" }`,
  },
  {
    code: "Z1309",
    title: "unique row in the setup",
    cause:
      'The rows of a table with pick = "unique" are counted for the sessions of the load; setup and teardown take none of them.',
    example: `[[data]]
name = "users"
rows = [{ name = "Ada" }]
pick = "unique"
[[setup.step]]
post = "/login/\${users.name}"
`,
    mend: `[[data]]
name = "users"
rows = [{ name = "Ada" }]
pick = "sequential"
[[setup.step]]
post = "/login/\${users.name}"
`,
  },
];
