/** From a number of the page to what it is made of: the words of `z6c inspect` that ask for it (docs/inspect.md). */
import type { Summary } from "../../reduce/summary.ts";
import { type Markup, markup } from "./markup.ts";

/** What `--why` can explain, by docs/metrics.md. */
export type AskedMetric = "response_time" | "service_time" | "first_byte";

/** A number, as a button that tells the command; `words` stand behind `z6c inspect LEDGER`. */
function telling(shown: string, words: string): Markup {
  return markup`<button type="button" class="behind" data-inspect="${words}">${shown}</button>`;
}

/** A quantile, such as `p99`, `min` or `max`, of all requests or of one step. */
export function quantile(
  shown: string,
  statistic: string,
  metric: AskedMetric = "response_time",
  step?: Readonly<{ flow: string; step: string }>,
): Markup {
  const number = metric === "response_time" ? statistic : `${metric} ${statistic}`;
  const ofStep = step === undefined ? "" : ` --step ${inShell(`${step.flow}/${step.step}`)}`;
  return telling(shown, `--why ${inShell(number)}${ofStep}`);
}

/** A count of requests that a filter finds; warm-up, setup and teardown are in no count. */
export function matching(shown: string, filter: string, { stages, once }: Summary): Markup {
  const others = [
    ...stages.filter(({ warmup }) => warmup).map(({ name }) => `stage != ${JSON.stringify(name)}`),
    ...new Set(once.map(({ phase }) => `session != ${phase}`)),
  ];
  return telling(shown, inShell([filter, ...others].join(" and ")));
}

/** Of a filter: what counts as an error, and of which step. */
export function errorFilter(step?: Readonly<{ flow: string; step: string }>): string {
  const errors = "(outcome == failed or outcome == unexpected)";
  return step === undefined ? errors : `${errors} and step == ${JSON.stringify(`${step.flow}/${step.step}`)}`;
}

/** One word for a shell. */
function inShell(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Where the page's script tells the command. */
export function behindBar({ shards }: Summary): Markup {
  const several = shards.length > 1
    ? markup` <span class="faint">of the ledger of each shard, by itself</span>`
    : markup``;
  return markup`<aside id="behind" aria-label="The requests behind a number" hidden>
<p role="status">The requests behind <output id="behind-number"></output>:${several} <code id="behind-command"></code></p>
<button type="button" id="behind-copy">Copy</button> <button type="button" id="behind-close">Close</button></aside>
`;
}
