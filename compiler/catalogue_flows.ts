/** Codes of flows and their steps: 16xx. */
import type { CatalogueEntry } from "./catalogue_entry.ts";
import { WEB_SOCKET_CODES } from "./catalogue_web_sockets.ts";

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
    cause:
      "Requests go to the targets of the scenario: to [target], and to each of [targets]. This is the origin of none.",
    example: `[[flow]]
name = "browse"
[[flow.step]]
get = "https://elsewhere.test/item"`,
    mend: `[targets.elsewhere]
base = "https://elsewhere.test"
[[flow]]
name = "browse"
[[flow.step]]
get = "https://elsewhere.test/item"`,
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
    code: "Z1619",
    title: "key without meaning in a group",
    cause:
      "A group is a step with steps of its own. It has a name, and may have when, repeat and tags; what is sent is said by its steps.",
    example: `[[flow]]
name = "browse"
[[flow.step]]
name = "checkout"
get = "/"
[[flow.step.step]]
get = "/cart"`,
    mend: `[[flow]]
name = "browse"
[[flow.step]]
name = "checkout"
[[flow.step.step]]
get = "/"
[[flow.step.step]]
get = "/cart"`,
  },
  {
    code: "Z1620",
    title: "group without a name",
    cause: "The time of a group is reported, and asked for by thresholds, under its name.",
    example: `[[flow]]
name = "browse"
[[flow.step]]
repeat = 2
[[flow.step.step]]
get = "/cart"`,
    mend: `[[flow]]
name = "browse"
[[flow.step]]
name = "checkout"
repeat = 2
[[flow.step.step]]
get = "/cart"`,
  },
  {
    code: "Z1621",
    title: "groups too deep",
    cause: "Groups may stand in groups, eight deep.",
    example: `[[flow]]
name = "browse"
[[flow.step]]
name = "level 1"
[[flow.step.step]]
name = "level 2"
[[flow.step.step.step]]
name = "level 3"
[[flow.step.step.step.step]]
name = "level 4"
[[flow.step.step.step.step.step]]
name = "level 5"
[[flow.step.step.step.step.step.step]]
name = "level 6"
[[flow.step.step.step.step.step.step.step]]
name = "level 7"
[[flow.step.step.step.step.step.step.step.step]]
name = "level 8"
[[flow.step.step.step.step.step.step.step.step.step]]
name = "level 9"
[[flow.step.step.step.step.step.step.step.step.step.step]]
get = "/"`,
    mend: `[[flow]]
name = "browse"
[[flow.step]]
name = "level 1"
[[flow.step.step]]
name = "level 2"
[[flow.step.step.step]]
name = "level 3"
[[flow.step.step.step.step]]
name = "level 4"
[[flow.step.step.step.step.step]]
name = "level 5"
[[flow.step.step.step.step.step.step]]
name = "level 6"
[[flow.step.step.step.step.step.step.step]]
name = "level 7"
[[flow.step.step.step.step.step.step.step.step]]
name = "level 8"
[[flow.step.step.step.step.step.step.step.step.step]]
get = "/"`,
  },
  ...WEB_SOCKET_CODES,
  {
    code: "Z1651",
    title: "too many steps",
    cause: "A ledger numbers steps with 16 bits. A step that repeats counts once.",
    example: `${FLOW}${'[[flow.step]]\nget = "/"\n'.repeat(65_536)}`,
    mend: `${FLOW}[[flow.step]]\nget = "/"\nrepeat = 65_536`,
  },
];
