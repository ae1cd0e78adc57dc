/** Codes of simulations: 175x. */
import type { CatalogueEntry } from "./catalogue_entry.ts";

export const SIMULATION_CODES: readonly CatalogueEntry[] = [
  {
    code: "Z1751",
    title: "two words for one time",
    cause:
      "latency and service are the same time: how long an answer takes. Where servers work on requests one after the other, service is the better word.",
    example: `[simulation]
latency = "20ms"
service = "20ms"`,
    mend: `[simulation]
latency = "20ms"`,
  },
  {
    code: "Z1752",
    title: "simulation key of another kind",
    cause: "queue belongs to servers, by to faults that take time, status to faults that answer with one.",
    example: `[simulation]
latency = "20ms"
queue = 100`,
    mend: `[simulation]
latency = "20ms"
servers = 4
queue = 100`,
  },
  {
    code: "Z1753",
    title: "two bodies of an answer",
    cause: "An answer has body, a text, or json, a value.",
    example: `[[flow]]
name = "browse"
[[flow.step]]
name = "home"
get = "/"
[[simulation.answer]]
step = "home"
body = "{}"
json = {}`,
    mend: `[[flow]]
name = "browse"
[[flow.step]]
name = "home"
get = "/"
[[simulation.answer]]
step = "home"
json = {}`,
  },
  {
    code: "Z1754",
    title: "two answers to one step",
    cause: "What a step is answered stands in one [[simulation.answer]].",
    example: `[[flow]]
name = "browse"
[[flow.step]]
name = "home"
get = "/"
[[simulation.answer]]
step = "home"
status = 404
[[simulation.answer]]
step = "home"
body = ""`,
    mend: `[[flow]]
name = "browse"
[[flow.step]]
name = "home"
get = "/"
[[simulation.answer]]
step = "home"
status = 404
body = ""`,
  },
  {
    code: "Z1755",
    title: "nothing to be answered",
    cause: "Pauses and groups send nothing themselves.",
    example: `[[flow]]
name = "browse"
[[flow.step]]
name = "home"
get = "/"
[[flow.step]]
name = "pause"
think = "1s"
[[simulation.answer]]
step = "pause"
status = 404`,
    mend: `[[flow]]
name = "browse"
[[flow.step]]
name = "home"
get = "/"
[[flow.step]]
name = "pause"
think = "1s"
[[simulation.answer]]
step = "home"
status = 404`,
  },
];
