/** Codes 195x: warnings about sound scenarios that probably do not do what was meant. */
import type { CatalogueEntry } from "./catalogue_entry.ts";

const OPEN = '[load]\nmodel = "open"\n';
const FLOW = '[[flow]]\nname = "browse"\n';

export const DOUBT_CODES: readonly CatalogueEntry[] = [
  {
    code: "Z1951",
    title: "step that never runs",
    cause: "Warning. It waits for the status of a response that no step in front of it gets.",
    example: `${FLOW}[[flow.step]]
get = "/retry"
when = { status = "5xx" }
[[flow.step]]
get = "/"`,
    mend: `${FLOW}[[flow.step]]
get = "/"
[[flow.step]]
get = "/retry"
when = { status = "5xx" }`,
  },
  {
    code: "Z1952",
    title: "column that nothing uses",
    cause:
      "Warning. The rows of a scenario have a column whose cells are never sent. Files may have such columns.",
    example: `[[data]]
name = "users"
rows = [{ name = "Ada", city = "London" }]
${FLOW}[[flow.step]]
get = "/users/\${users.name}"`,
    mend: `[[data]]
name = "users"
rows = [{ name = "Ada", city = "London" }]
${FLOW}[[flow.step]]
get = "/users/\${users.name}?city=\${users.city}"`,
  },
  {
    code: "Z1953",
    title: "capture that nothing uses",
    cause:
      "Warning. A value is taken from responses and kept in the ledger, and no later step sends it or depends on it.",
    example: `${FLOW}[[flow.step]]
post = "/login"
capture = { token = { json = "/token" } }
[[flow.step]]
get = "/"`,
    mend: `${FLOW}[[flow.step]]
post = "/login"
capture = { token = { json = "/token" } }
[[flow.step]]
get = "/"
headers = { authorization = "Bearer \${token}" }`,
  },
  {
    code: "Z1954",
    title: "threshold that cannot be missed",
    cause:
      "Warning. A share below 100%, a number from 0, or a time beyond the timeouts of the requests holds whatever the target does.",
    example: `[[threshold]]
metric = "response_time"
p99 = "< 30s"`,
    mend: `[[threshold]]
metric = "response_time"
p99 = "< 300ms"`,
  },
  {
    code: "Z1955",
    title: "check that cannot fail",
    cause: "Warning. A request that takes as long as `within` has ended at its timeout already, as an error.",
    example: `${FLOW}[[flow.step]]
get = "/"
timeout = "1s"
expect = { within = "2s" }`,
    mend: `${FLOW}[[flow.step]]
get = "/"
timeout = "1s"
expect = { within = "500ms" }`,
  },
  {
    code: "Z1956",
    title: "more users than max_vus",
    cause:
      "Warning. By Little's law, arrivals per second times the seconds that sessions think for is how many are under way at once, " +
      "if the target took no time at all. What arrives beyond max_vus is dropped.",
    example: `${OPEN}max_vus = 100
rate = "100/s"
for = "1m"
${FLOW}[[flow.step]]
get = "/"
[[flow.step]]
think = "5s"`,
    mend: `${OPEN}max_vus = 1_000
rate = "100/s"
for = "1m"
${FLOW}[[flow.step]]
get = "/"
[[flow.step]]
think = "5s"`,
  },
  {
    code: "Z1957",
    title: "more connections than ports",
    cause:
      "Warning. The system keeps the port of a closed connection for 60 seconds (TIME_WAIT), and a usual machine has 28,232 of them. " +
      "Requests then fail with Z3901.",
    example: `[target]
base = "http://127.0.0.1:8080"
connections = "per-request"
${OPEN}max_vus = 1_000
rate = "1000/s"
for = "1m"`,
    mend: `[target]
base = "http://127.0.0.1:8080"
connections = "per-vu"
${OPEN}max_vus = 1_000
rate = "1000/s"
for = "1m"`,
  },
  {
    code: "Z1958",
    title: "stages shorter than a session",
    cause:
      "Warning. Sessions think for longer than the longest stage lasts, so the load never comes to rest at what the stages say.",
    example: `[load]
model = "closed"
vus = 10
for = "5s"
${FLOW}[[flow.step]]
get = "/"
[[flow.step]]
think = "6s"`,
    mend: `[load]
model = "closed"
vus = 10
for = "2m"
${FLOW}[[flow.step]]
get = "/"
[[flow.step]]
think = "6s"`,
  },
  {
    code: "Z1959",
    title: "graceful stop shorter than a pause",
    cause:
      'Warning. Sessions that think when the last stage ends are cut off before they go on. `graceful_stop = "0s"` says that they should be.',
    example: `[load]
model = "closed"
vus = 10
for = "2m"
graceful_stop = "5s"
${FLOW}[[flow.step]]
get = "/"
[[flow.step]]
think = "5s..15s"`,
    mend: `[load]
model = "closed"
vus = 10
for = "2m"
graceful_stop = "20s"
${FLOW}[[flow.step]]
get = "/"
[[flow.step]]
think = "5s..15s"`,
  },
  {
    code: "Z1960",
    title: "one token for a long load",
    cause:
      'Warning. With per = "run" one token serves the whole load, and tokens are commonly good for an hour.',
    example: `[load]
model = "open"
max_vus = 100
rate = "10/s"
for = "8h"
[[flow]]
name = "browse"
[[flow.step]]
get = "/"
auth = { oauth2 = { token_url = "/token", client_id = "me", client_secret = "\${secret.KEY}" } }`,
    mend: `[load]
model = "open"
max_vus = 100
rate = "10/s"
for = "8h"
[[flow]]
name = "browse"
[[flow.step]]
get = "/"
auth = { oauth2 = { token_url = "/token", client_id = "me", client_secret = "\${secret.KEY}", per = "session" } }`,
  },
  {
    code: "Z1961",
    title: "answer that nobody asks for",
    cause: "Warning. The simulation answers a step that never runs.",
    example: `allow = ["Z1951"]
[[flow]]
name = "browse"
[[flow.step]]
get = "/"
[[flow]]
name = "retry"
[[flow.step]]
name = "again"
get = "/again"
when = { status = 503 }
[[simulation.answer]]
step = "again"
status = 200`,
    mend: `allow = ["Z1951"]
[[flow]]
name = "browse"
[[flow.step]]
get = "/"
[[flow]]
name = "retry"
[[flow.step]]
get = "/first"
[[flow.step]]
name = "again"
get = "/again"
when = { status = 503 }
[[simulation.answer]]
step = "again"
status = 200`,
  },
  {
    code: "Z1962",
    title: "any certificate is accepted",
    cause:
      "Warning. With insecure, whoever answers is taken for the target. Reports of such runs say so; name the target's authority instead, or allow the code.",
    example: `[target]
base = "https://shop.test"
tls = { insecure = true }`,
    mend: `[target]
base = "https://shop.test"
tls = { ca = "ca.pem" }`,
  },
];
