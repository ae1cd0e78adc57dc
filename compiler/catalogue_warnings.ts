/** Codes of what is legal and odd: 19xx. */
import type { CatalogueEntry } from "./catalogue_entry.ts";

export const WARNING_CODES: readonly CatalogueEntry[] = [
  {
    code: "Z1901",
    title: "loop outside a repeat",
    cause: "Warning. Without repeat there is one pass, so ${loop} is always 1.",
    example: `[[flow]]
name = "browse"
[[flow.step]]
get = "/?page=\${loop}"`,
    mend: `[[flow]]
name = "browse"
[[flow.step]]
get = "/?page=\${loop}"
repeat = 3`,
  },
  {
    code: "Z1902",
    title: "only warm-up",
    cause: "Warning. Warm-up stages are left out of figures and thresholds, and there is no other stage.",
    example: `[load]
model = "open"
max_vus = 10
stages = [{ for = "1m", rate = "10/s", warmup = true }]`,
    mend: `[load]
model = "open"
max_vus = 10
stages = [{ for = "10s", rate = "10/s", warmup = true }, { for = "1m", rate = "10/s" }]`,
  },
  {
    code: "Z1903",
    title: "flow that only thinks",
    cause: "Warning. Sessions of this flow send nothing.",
    example: `[[flow]]
name = "browse"
[[flow.step]]
get = "/"
[[flow]]
name = "idle"
[[flow.step]]
think = "1s"`,
    mend: `[[flow]]
name = "browse"
[[flow.step]]
get = "/"
[[flow]]
name = "idle"
[[flow.step]]
get = "/idle"`,
  },
  {
    code: "Z1904",
    title: "body without meaning",
    cause:
      "Warning. RFC 9110 gives a body no meaning in GET, HEAD and DELETE requests; servers may drop or refuse it.",
    example: `[[flow]]
name = "browse"
[[flow.step]]
get = "/"
json = { a = 1 }`,
    mend: `[[flow]]
name = "browse"
[[flow.step]]
post = "/"
json = { a = 1 }`,
  },
  {
    code: "Z1905",
    title: "threshold on a warm-up",
    cause: "Warning. Thresholds leave warm-up stages out, so this one measures nothing.",
    example: `[load]
model = "open"
max_vus = 10
stages = [{ name = "warm", for = "9s", rate = "9/s", warmup = true }, { name = "hold", for = "9s", rate = "9/s" }]
[[threshold]]
metric = "errors"
stage = "warm"
ratio = "< 1%"`,
    mend: `[load]
model = "open"
max_vus = 10
stages = [{ name = "warm", for = "9s", rate = "9/s", warmup = true }, { name = "hold", for = "9s", rate = "9/s" }]
[[threshold]]
metric = "errors"
stage = "hold"
ratio = "< 1%"`,
  },
  {
    code: "Z1906",
    title: "check of a body that never comes",
    cause: "Warning. A response to HEAD has no body.",
    example: `[[flow]]
name = "browse"
[[flow.step]]
head = "/"
expect = { body = { contains = "price" } }`,
    mend: `[[flow]]
name = "browse"
[[flow.step]]
get = "/"
expect = { body = { contains = "price" } }`,
  },
  {
    code: "Z1907",
    title: "perhaps not captured",
    cause:
      "Warning. The capture is optional, or its step is left out by when or repeat in some sessions; then the value is empty.",
    example: `[[flow]]
name = "browse"
[[flow.step]]
get = "/items"
capture = { item = { json = "/0/id", optional = true } }
[[flow.step]]
get = "/items/\${item}"`,
    mend: `[[flow]]
name = "browse"
[[flow.step]]
get = "/items"
capture = { item = { json = "/0/id", optional = true } }
[[flow.step]]
when = { item = "exists" }
get = "/items/\${item}"`,
  },
  {
    code: "Z1908",
    title: "table that nothing uses",
    cause: "Warning. No text has a cell of this table.",
    example: `[[data]]
name = "users"
rows = [{ name = "Ada" }]`,
    mend: `[[data]]
name = "users"
rows = [{ name = "Ada" }]
[[flow]]
name = "browse"
[[flow.step]]
get = "/\${users.name}"`,
  },
];
