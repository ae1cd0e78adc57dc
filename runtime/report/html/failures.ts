/** What went wrong: errors with cause and action, failed checks with what was found, setup and teardown. */
import type { Summary } from "../../reduce/summary.ts";
import { count, counted, errorCode, printable, span } from "../format.ts";
import { matching } from "./behind.ts";
import { type Markup, markup, NOTHING, said, section } from "./markup.ts";

/** The rest is in the JSON report and in the ledger. */
const LISTED_MAX = 20;
const STEPS_MAX = 8;

/** Nothing where nothing went wrong. */
export function failuresSection(summary: Summary): Markup {
  const { errors, failedChecks, once } = summary;
  if (errors.length + failedChecks.length + once.length === 0) return NOTHING;
  // The same failure at several steps is told once.
  const alike = [...Map.groupBy(failedChecks, ({ expected, excerpt }) => `${expected}\n${excerpt}`).values()];
  const items = [
    ...errors.slice(0, LISTED_MAX).map((error) => {
      const words = error.steps.map(({ excerpt }) => excerpt).find((excerpt) => excerpt !== "");
      return item(
        matching(count(error.count), `error == ${error.name}`, summary),
        `${errorCode(error.code)} ${error.name}`,
        error.firstTick,
        markup`<p>${error.cause}</p><p>→ ${error.action}</p>${steps(error.steps)}`,
        words,
      );
    }),
    ...alike.slice(0, LISTED_MAX).map((ofKind) => {
      const [{ expected, excerpt }] = ofKind;
      const times = ofKind.reduce((sum, failed) => sum + failed.count, 0);
      const firstTick = Math.min(...ofKind.map((failed) => failed.firstTick));
      return item(count(times), `not ${printable(expected)}`, firstTick, steps(ofKind), excerpt);
    }),
  ];
  const left = Math.max(0, errors.length - LISTED_MAX) + Math.max(0, alike.length - LISTED_MAX);
  return section(
    "failures",
    items.length === 0 ? "Setup and teardown" : "What went wrong",
    items.length === 0 ? NOTHING : markup`<ul class="failures">${items}</ul>`,
    left === 0 ? NOTHING : markup`<p class="faint">${count(left)} more in the JSON report</p>`,
    onceList(summary),
  );
}

function item(
  times: Markup | string,
  what: string,
  firstTick: number,
  more: Markup,
  excerpt?: string,
): Markup {
  return markup`<li><h3>${times} × ${what}<span class="when">first at ${span(firstTick)}</span></h3>${more}${
    excerpt === undefined || excerpt === "" ? NOTHING : markup`<p>${said(excerpt)}</p>`
  }</li>`;
}

function steps(of: readonly { flow: string; step: string; count: number }[]): Markup {
  const items = of.slice(0, STEPS_MAX).map((one) => `${one.flow}/${one.step} ${count(one.count)}`);
  if (of.length > STEPS_MAX) items.push(`${count(of.length - STEPS_MAX)} more steps`);
  return markup`<p class="faint">${items.join(" · ")}</p>`;
}

function onceList({ once }: Summary): Markup {
  if (once.length === 0) return NOTHING;
  const items = once.map(({ phase, outcome, requests, lengthTicks, trouble, shard }) =>
    markup`<li>${phase} ${once.length > 2 ? `of shard ${shard} ` : ""}${outcome}: ${
      counted(requests, "request")
    } in ${span(lengthTicks)}${
      trouble === null
        ? NOTHING
        : markup`; ${trouble.step}: ${printable(trouble.what)} ${
          trouble.excerpt === "" ? NOTHING : said(trouble.excerpt)
        }`
    }</li>`
  );
  return markup`<h3>Setup and teardown</h3><ul>${items}</ul><p class="definition">They are in none of the other numbers.</p>`;
}
