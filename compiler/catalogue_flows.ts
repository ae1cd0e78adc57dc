/** Codes of what users do and what must come of it: 16xx flows and steps, 17xx thresholds, 19xx warnings. */
import type { CatalogueEntry } from "./catalogue_entry.ts";

const FLOW = '[[flow]]\nname = "browse"\n';

export const FLOW_CODES: readonly CatalogueEntry[] = [
  {
    code: "Z1601",
    title: "no flow",
    cause: "A scenario has at least one flow.",
    example: `flow = []`,
    mend: `[[flow]]
name = "browse"
[[flow.step]]
get = "/"`,
  },
  {
    code: "Z1602",
    title: "two flows of one name",
    cause: "Thresholds and reports tell flows apart by name.",
    example: `[[flow]]
name = "browse"
[[flow.step]]
get = "/"
[[flow]]
name = "browse"
[[flow.step]]
get = "/b"`,
    mend: `[[flow]]
name = "browse"
[[flow.step]]
get = "/"
[[flow]]
name = "buy"
[[flow.step]]
get = "/b"`,
  },
  {
    code: "Z1603",
    title: "step that does nothing",
    cause: "A step has a method key (get, post, …) or think.",
    example: `[[flow]]
name = "browse"
[[flow.step]]
name = "home"`,
    mend: `[[flow]]
name = "browse"
[[flow.step]]
name = "home"
get = "/"`,
  },
  {
    code: "Z1604",
    title: "step that does two things",
    cause: "A step has one method key, or think.",
    example: `[[flow]]
name = "browse"
[[flow.step]]
get = "/"
think = "1s"`,
    mend: `[[flow]]
name = "browse"
[[flow.step]]
get = "/"
[[flow.step]]
think = "1s"`,
  },
  {
    code: "Z1605",
    title: "key without meaning in a pause",
    cause: "A step that thinks has no more than name, think and repeat.",
    example: `[[flow]]
name = "browse"
[[flow.step]]
get = "/"
[[flow.step]]
think = "1s"
timeout = "5s"`,
    mend: `[[flow]]
name = "browse"
[[flow.step]]
get = "/"
timeout = "5s"
[[flow.step]]
think = "1s"`,
  },
  {
    code: "Z1606",
    title: "two steps of one name",
    cause: "Within a flow, thresholds, reports and random draws tell steps apart by name.",
    example: `[[flow]]
name = "browse"
[[flow.step]]
name = "item"
get = "/a"
[[flow.step]]
name = "item"
get = "/b"`,
    mend: `[[flow]]
name = "browse"
[[flow.step]]
name = "item a"
get = "/a"
[[flow.step]]
name = "item b"
get = "/b"`,
  },
  {
    code: "Z1607",
    title: "unusable URL",
    cause:
      "A URL is a path that begins with a slash, or an absolute URL of the target; fragments never leave a browser.",
    example: `[[flow]]
name = "browse"
[[flow.step]]
get = "item"`,
    mend: `[[flow]]
name = "browse"
[[flow.step]]
get = "/item"`,
  },
  {
    code: "Z1608",
    title: "URL of another origin",
    cause: "One scenario loads one origin: that of base.",
    example: `[[flow]]
name = "browse"
[[flow.step]]
get = "https://elsewhere.test/item"`,
    mend: `[[flow]]
name = "browse"
[[flow.step]]
get = "/item"`,
  },
  {
    code: "Z1609",
    title: "two bodies",
    cause: "A request has json or body.",
    example: `[[flow]]
name = "browse"
[[flow.step]]
post = "/"
json = { a = 1 }
body = "a=1"`,
    mend: `[[flow]]
name = "browse"
[[flow.step]]
post = "/"
json = { a = 1 }`,
  },
  {
    code: "Z1610",
    title: "flow without steps",
    cause: "A flow has at least one step.",
    example: `[[flow]]
name = "browse"`,
    mend: `[[flow]]
name = "browse"
[[flow.step]]
get = "/"`,
  },
  {
    code: "Z1611",
    title: "no request anywhere",
    cause: "All steps of all flows think, so there is nothing to measure.",
    example: `[[flow]]
name = "browse"
[[flow.step]]
think = "1s"`,
    mend: `[[flow]]
name = "browse"
[[flow.step]]
get = "/"
[[flow.step]]
think = "1s"`,
  },
  {
    code: "Z1612",
    title: "not a JSON number",
    cause: "TOML has inf and nan; JSON has not.",
    example: `[[flow]]
name = "browse"
[[flow.step]]
post = "/"
json = { price = inf }`,
    mend: `[[flow]]
name = "browse"
[[flow.step]]
post = "/"
json = { price = "inf" }`,
  },
  {
    code: "Z1613",
    title: "empty text to look for",
    cause: "Every body contains the empty text, so the check would check nothing.",
    example: `[[flow]]
name = "browse"
[[flow.step]]
get = "/"
expect = { body = { contains = "" } }`,
    mend: `[[flow]]
name = "browse"
[[flow.step]]
get = "/"
expect = { body = { contains = "price" } }`,
  },
  {
    code: "Z1614",
    title: "sizes exclude each other",
    cause: "min_bytes is more than max_bytes.",
    example: `[[flow]]
name = "browse"
[[flow.step]]
get = "/"
expect = { body = { min_bytes = 10, max_bytes = 5 } }`,
    mend: `[[flow]]
name = "browse"
[[flow.step]]
get = "/"
expect = { body = { min_bytes = 5, max_bytes = 10 } }`,
  },
  {
    code: "Z1651",
    title: "too many steps",
    cause: "A ledger numbers steps with 16 bits. A step that repeats counts once.",
    example: `${FLOW}${'[[flow.step]]\nget = "/"\n'.repeat(65_536)}`,
    mend: `${FLOW}[[flow.step]]\nget = "/"\nrepeat = 65_536`,
  },
  {
    code: "Z1701",
    title: "unknown flow, step or stage",
    cause: "A threshold names a flow, step or stage that the scenario does not have.",
    example: `[[threshold]]
metric = "response_time"
flow = "browze"
p99 = "< 300ms"`,
    mend: `[[threshold]]
metric = "response_time"
flow = "browse"
p99 = "< 300ms"`,
  },
  {
    code: "Z1702",
    title: "step in several flows",
    cause: "Several flows have a step of this name.",
    example: `[[flow]]
name = "browse"
[[flow.step]]
name = "home"
get = "/"
[[flow]]
name = "buy"
[[flow.step]]
name = "home"
get = "/"
[[threshold]]
metric = "response_time"
step = "home"
p99 = "< 300ms"`,
    mend: `[[flow]]
name = "browse"
[[flow.step]]
name = "home"
get = "/"
[[flow]]
name = "buy"
[[flow.step]]
name = "home"
get = "/"
[[threshold]]
metric = "response_time"
flow = "buy"
step = "home"
p99 = "< 300ms"`,
  },
  {
    code: "Z1703",
    title: "statistic the metric does not have",
    cause:
      "Times have quantiles, avg, min and max; errors, checks and drops have ratio and count; rate has avg; bytes has total.",
    example: `[[threshold]]
metric = "errors"
p99 = "< 1%"`,
    mend: `[[threshold]]
metric = "errors"
ratio = "< 1%"`,
  },
  {
    code: "Z1704",
    title: "threshold that compares nothing",
    cause: "A threshold has at least one statistic.",
    example: `[[threshold]]
metric = "errors"`,
    mend: `[[threshold]]
metric = "errors"
ratio = "< 1%"`,
  },
  {
    code: "Z1705",
    title: "filter the metric does not have",
    cause: "Drops happen before a flow is chosen, and session_time spans all steps.",
    example: `[[threshold]]
metric = "drops"
flow = "browse"
count = "<= 0"`,
    mend: `[[threshold]]
metric = "drops"
count = "<= 0"`,
  },
  {
    code: "Z1706",
    title: "not a quantile",
    cause:
      "A quantile is p and a percentage above 0 and up to 100, with at most four decimals; a key with a dot stands in quotes.",
    example: `[[threshold]]
metric = "response_time"
p99.9 = "< 1s"`,
    mend: `[[threshold]]
metric = "response_time"
"p99.9" = "< 1s"`,
  },
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
];
