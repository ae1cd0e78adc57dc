/** Codes of where the traffic goes and how much there is: 14xx target, 15xx load. */
import type { CatalogueEntry } from "./catalogue_entry.ts";
import { TLS_CODES } from "./catalogue_tls.ts";

export const LOAD_CODES: readonly CatalogueEntry[] = [
  {
    code: "Z1401",
    title: "base is no URL",
    cause: "base needs http:// or https:// and a host; port and path may follow.",
    example: `[target]
base = "shop.test"`,
    mend: `[target]
base = "https://shop.test"`,
  },
  {
    code: "Z1402",
    title: "base says too much",
    cause: "base has no query, no fragment and no user name.",
    example: `[target]
base = "https://shop.test/?debug=1"`,
    mend: `[target]
base = "https://shop.test/"`,
  },
  {
    code: "Z1403",
    title: "not a header name",
    cause: "A header name is an RFC 9110 token: letters, digits and a few signs, no spaces, no colon.",
    example: `[target]
base = "http://127.0.0.1:8080"
headers = { "accept:" = "*/*" }`,
    mend: `[target]
base = "http://127.0.0.1:8080"
headers = { accept = "*/*" }`,
  },
  {
    code: "Z1404",
    title: "line break in a header",
    cause: "A line break or a null would end the header and begin another.",
    example: `[target]
base = "http://127.0.0.1:8080"
headers = { note = "a\\nb" }`,
    mend: `[target]
base = "http://127.0.0.1:8080"
headers = { note = "a b" }`,
  },
  {
    code: "Z1405",
    title: "header belongs to z6c",
    cause: "The header follows from the rest of the scenario; a second opinion would break the request.",
    example: `[target]
base = "http://127.0.0.1:8080"
headers = { connection = "close" }`,
    mend: `[target]
base = "http://127.0.0.1:8080"
connections = "per-request"`,
  },
  {
    code: "Z1406",
    title: "unknown way to own connections",
    cause: "connections is per-vu, per-session, per-request, or shared:N.",
    example: `[target]
base = "http://127.0.0.1:8080"
connections = "shared"`,
    mend: `[target]
base = "http://127.0.0.1:8080"
connections = "shared:64"`,
  },
  {
    code: "Z1407",
    title: "header set twice",
    cause: "Header names do not differ by case.",
    example: `[target]
base = "http://127.0.0.1:8080"
headers = { accept = "a/b", Accept = "c/d" }`,
    mend: `[target]
base = "http://127.0.0.1:8080"
headers = { accept = "a/b, c/d" }`,
  },
  {
    code: "Z1408",
    title: "auth of no kind or of two",
    cause: "auth has basic, a user and a password, or bearer, a token, or oauth2, which gets one.",
    example: `[[flow]]
name = "browse"
[[flow.step]]
get = "/"
auth = { basic = ["ada", "x"], bearer = "y" }`,
    mend: `[[flow]]
name = "browse"
[[flow.step]]
get = "/"
auth = { bearer = "y" }`,
  },
  {
    code: "Z1409",
    title: "authorization set twice",
    cause: "auth sets the header authorization, so headers beside it cannot.",
    example: `[[flow]]
name = "browse"
[[flow.step]]
get = "/"
auth = { bearer = "y" }
headers = { authorization = "Bearer y" }`,
    mend: `[[flow]]
name = "browse"
[[flow.step]]
get = "/"
auth = { bearer = "y" }`,
  },
  {
    code: "Z1410",
    title: "colon in a user's name",
    cause: "RFC 7617 ends the user at the first colon.",
    example: `[[flow]]
name = "browse"
[[flow.step]]
get = "/"
auth = { basic = ["ada:x", "y"] }`,
    mend: `[[flow]]
name = "browse"
[[flow.step]]
get = "/"
auth = { basic = ["ada", "x:y"] }`,
  },
  {
    code: "Z1411",
    title: "unknown target",
    cause: "A step goes to a target that the scenario does not have under [targets].",
    example: `[targets.cdn]
base = "https://cdn.test"
[[flow]]
name = "browse"
[[flow.step]]
get = "/logo.png"
target = "cnd"`,
    mend: `[targets.cdn]
base = "https://cdn.test"
[[flow]]
name = "browse"
[[flow.step]]
get = "/logo.png"
target = "cdn"`,
  },
  {
    code: "Z1412",
    title: "token got too early",
    cause:
      'OAuth2 gets its token in front of all steps: with per = "run" once in the setup, with per = "session" when a session begins. What it sends must be known by then.',
    example: `[[flow]]
name = "browse"
[[flow.step]]
get = "/"
auth = { oauth2 = { token_url = "/token", client_id = "user-\${session}", client_secret = "\${secret.KEY}" } }`,
    mend: `[[flow]]
name = "browse"
[[flow.step]]
get = "/"
auth = { oauth2 = { token_url = "/token", client_id = "user-\${session}", client_secret = "\${secret.KEY}", per = "session" } }`,
  },
  {
    code: "Z1413",
    title: "transport without TLS",
    cause: "The transport epoll carries cleartext only, and a base begins with https.",
    example: `[target]
base = "https://shop.test"
transport = "epoll"`,
    mend: `[target]
base = "https://shop.test"
transport = "socket"`,
  },
  ...TLS_CODES,
  {
    code: "Z1501",
    title: "key of the other load model",
    cause: "Open loads have rates, closed loads have users.",
    example: `[load]
model = "closed"
vus = 10
rate = "50/s"
for = "1m"`,
    mend: `[load]
model = "closed"
vus = 10
for = "1m"`,
  },
  {
    code: "Z1502",
    title: "load without amount",
    cause: "[load] has neither stages nor the keys that stand for one stage.",
    example: `[load]
model = "open"
max_vus = 10`,
    mend: `[load]
model = "open"
max_vus = 10
rate = "50/s"
for = "1m"`,
  },
  {
    code: "Z1503",
    title: "stages and their shorthand",
    cause: "rate, vus and for beside stages would be a second opinion.",
    example: `[load]
model = "open"
max_vus = 10
rate = "50/s"
stages = [{ for = "1m", rate = "10/s" }]`,
    mend: `[load]
model = "open"
max_vus = 10
stages = [{ for = "1m", rate = "10/s" }]`,
  },
  {
    code: "Z1504",
    title: "no stages",
    cause: "The list of stages is empty.",
    example: `[load]
model = "open"
max_vus = 10
stages = []`,
    mend: `[load]
model = "open"
max_vus = 10
stages = [{ for = "1m", rate = "10/s" }]`,
  },
  {
    code: "Z1505",
    title: "stage without length",
    cause: "A stage of no length does nothing.",
    example: `[load]
model = "open"
max_vus = 10
rate = "50/s"
for = "0s"`,
    mend: `[load]
model = "open"
max_vus = 10
rate = "50/s"
for = "1m"`,
  },
  {
    code: "Z1506",
    title: "rate is 0 all the way",
    cause: "No session would ever begin.",
    example: `[load]
model = "open"
max_vus = 10
rate = "0/s"
for = "1m"`,
    mend: `[load]
model = "open"
max_vus = 10
rate = "0/s..10/s"
for = "1m"`,
  },
  {
    code: "Z1507",
    title: "no users all the way",
    cause: "No session would ever begin.",
    example: `[load]
model = "closed"
vus = 0
for = "1m"`,
    mend: `[load]
model = "closed"
vus = "0..10"
for = "1m"`,
  },
  {
    code: "Z1508",
    title: "iterations with stages or a ramp",
    cause: "iterations are shared among a constant number of users.",
    example: `[load]
model = "closed"
vus = "1..10"
iterations = 1000`,
    mend: `[load]
model = "closed"
vus = 10
iterations = 1000`,
  },
  {
    code: "Z1509",
    title: "two stages of one name",
    cause: "Thresholds and reports tell stages apart by name.",
    example: `[load]
model = "open"
max_vus = 10
stages = [{ name = "hold", for = "1m", rate = "10/s" }, { name = "hold", for = "1m", rate = "20/s" }]`,
    mend: `[load]
model = "open"
max_vus = 10
stages = [{ name = "hold", for = "1m", rate = "10/s" }, { name = "peak", for = "1m", rate = "20/s" }]`,
  },
  {
    code: "Z1510",
    title: "load too long",
    cause: "The stages last longer than 365 days in all.",
    example: `[load]
model = "closed"
stages = [{ for = "200d", vus = 1 }, { for = "200d", vus = 2 }]`,
    mend: `[load]
model = "closed"
stages = [{ for = "20d", vus = 1 }, { for = "20d", vus = 2 }]`,
  },
  {
    code: "Z1511",
    title: "burst without a size",
    cause: "burst:N says how many sessions arrive together, from 2 to a million.",
    example: `[load]
model = "open"
arrivals = "burst:1"
max_vus = 10
rate = "50/s"
for = "1m"`,
    mend: `[load]
model = "open"
arrivals = "burst:10"
max_vus = 10
rate = "50/s"
for = "1m"`,
  },
  {
    code: "Z1551",
    title: "rate too fine",
    cause:
      "Rates are counted exactly, as whole numbers below 2^53 over a common measure; these rates have none.",
    example: `[load]
model = "open"
max_vus = 10
stages = [{ for = "1m", rate = "0.000001/h" }, { for = "1m", rate = "10M/s" }]`,
    mend: `[load]
model = "open"
max_vus = 10
stages = [{ for = "1m", rate = "1/h" }, { for = "1m", rate = "10/s" }]`,
  },
  {
    code: "Z1552",
    title: "too many sessions",
    cause: "A ledger numbers sessions with 32 bits.",
    example: `[load]
model = "open"
max_vus = 10
rate = "10M/s"
for = "1h"`,
    mend: `[load]
model = "open"
max_vus = 10
rate = "1k/s"
for = "1h"`,
  },
  {
    code: "Z1553",
    title: "too few rows for unique",
    cause:
      "Every session takes a row of its own, so a unique table has at least as many rows as the load has sessions; for random arrivals, some more.",
    example: `[[data]]
name = "users"
rows = [{ name = "Ada" }]
pick = "unique"
[[flow]]
name = "browse"
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
    code: "Z1554",
    title: "unique without an end",
    cause:
      "A closed load that only time bounds runs as many sessions as the target allows, so no table is sure to have enough rows.",
    example: `[load]
model = "closed"
vus = 1
for = "1m"
[[data]]
name = "users"
rows = [{ name = "Ada" }]
pick = "unique"
[[flow]]
name = "browse"
[[flow.step]]
get = "/\${users.name}"`,
    mend: `[load]
model = "closed"
vus = 1
iterations = 1
[[data]]
name = "users"
rows = [{ name = "Ada" }]
pick = "unique"
[[flow]]
name = "browse"
[[flow.step]]
get = "/\${users.name}"`,
  },
  {
    code: "Z1555",
    title: "abort without an end",
    cause:
      "A quantile or a ratio is lost for certain only against the most samples that a run can have, and a closed load that only time bounds has no such number; nor have gaps between messages, which the target sends. max, min and count can abort it.",
    example: `[load]
model = "closed"
vus = 1
for = "1m"
[[threshold]]
metric = "response_time"
p99 = "< 300ms"
abort = true`,
    mend: `[load]
model = "closed"
vus = 1
iterations = 100
[[threshold]]
metric = "response_time"
p99 = "< 300ms"
abort = true`,
  },
];
