/** Codes of thresholds: 170x. */
import type { CatalogueEntry } from "./catalogue_entry.ts";

export const THRESHOLD_CODES: readonly CatalogueEntry[] = [
  {
    code: "Z1701",
    title: "unknown flow, step, stage or tag",
    cause: "A threshold, an answer or a fault names something that the scenario does not have.",
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
    cause:
      "Drops happen before a flow is chosen, session_time spans all steps, and setup and teardown are in no figure.",
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
    code: "Z1707",
    title: "group where a step is asked for",
    cause:
      "group_time is the time of a group and of nothing else; all other metrics are of requests. Tags tell several steps apart from the rest.",
    example: `[[flow]]
name = "browse"
[[flow.step]]
name = "checkout"
[[flow.step.step]]
get = "/cart"
[[threshold]]
metric = "response_time"
step = "checkout"
p99 = "< 2s"`,
    mend: `[[flow]]
name = "browse"
[[flow.step]]
name = "checkout"
[[flow.step.step]]
get = "/cart"
[[threshold]]
metric = "group_time"
step = "checkout"
p99 = "< 2s"`,
  },
  {
    code: "Z1708",
    title: "known only at the end",
    cause:
      "abort stops a run when a threshold can no longer be met. A mean can be, until the end; so can whatever more samples would bring back.",
    example: `[[threshold]]
metric = "response_time"
avg = "< 300ms"
abort = true`,
    mend: `[[threshold]]
metric = "response_time"
p99 = "< 300ms"
abort = true`,
  },
];
