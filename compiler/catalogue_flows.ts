/** Codes of what users do and what must come of it: 16xx flows and steps, 17xx thresholds. */
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
    cause: "A step that thinks has no more than name, think, repeat and when.",
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
    cause:
      "A request has one of json, body, form, multipart and body_file; one with graphql has none of them.",
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
    code: "Z1615",
    title: "check that tests nothing",
    cause: "An empty table of tests, or an empty when, says nothing.",
    example: `[[flow]]
name = "browse"
[[flow.step]]
get = "/"
expect = { headers = { etag = {} } }`,
    mend: `[[flow]]
name = "browse"
[[flow.step]]
get = "/"
expect = { headers = { etag = { exists = true } } }`,
  },
  {
    code: "Z1616",
    title: "capture of no place or of two",
    cause: "A capture has one of json, header and cookie, or a regex in the body.",
    example: `[[flow]]
name = "browse"
[[flow.step]]
get = "/"
capture = { token = { json = "/token", header = "x-token" } }`,
    mend: `[[flow]]
name = "browse"
[[flow.step]]
get = "/"
capture = { token = { json = "/token" } }
[[flow.step]]
get = "/items"
headers = { x-token = "\${token}" }`,
  },
  {
    code: "Z1617",
    title: "not as GraphQL is sent",
    cause:
      "A step with graphql has its GraphQL text in query; variables and operation belong to such a step only.",
    example: `[[flow]]
name = "browse"
[[flow.step]]
graphql = "/graphql"
variables = { n = 1 }`,
    mend: `[[flow]]
name = "browse"
[[flow.step]]
graphql = "/graphql"
query = "query Orders($n: Int!) { orders(last: $n) { id } }"
variables = { n = 1 }`,
  },
  {
    code: "Z1618",
    title: "malformed part of a form",
    cause: "A multipart body has parts; names have no line breaks, and a type is a media type.",
    example: `[[flow]]
name = "browse"
[[flow.step]]
post = "/"
multipart = { photo = { file = "users.csv", type = "csv" } }`,
    mend: `[[flow]]
name = "browse"
[[flow.step]]
post = "/"
multipart = { photo = { file = "users.csv", type = "text/csv" } }`,
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
];
