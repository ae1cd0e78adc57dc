/** The top of the page: the verdict and why, thresholds, validity, and the numbers that are asked for first. */
import { validityTitle } from "../validity_title.ts";
import type { Summary, ValidityResult } from "../../reduce/summary.ts";
import { busyText, isWorthARow } from "../busy.ts";
import { count, counted, decimal, duration, percent, span } from "../format.ts";
import { asWritten, besideLimit, inUnit, isAny } from "../limits.ts";
import { errorFilter, matching, quantile } from "./behind.ts";
import { joined, type Markup, markup, NOTHING, number, section, table, text } from "./markup.ts";

const MARKS = { passed: "✓", failed: "✗", invalid: "✗", interrupted: "!" } as const;

/** Verdict, reasons, and what was run. */
export function verdictHeader({ verdict, run, requests, time }: Summary): Markup {
  const word = verdict.verdict;
  const targets = run.targets.map(({ name, url }) => (name === "" ? url : `${name} at ${url}`)).join(", ");
  const measured = time.measuredTicks === 0 ? "" : ` in ${span(time.measuredTicks)}`;
  const to = run.simulated ? "to a model of" : "to";
  return markup`<section class="verdict ${word}" aria-labelledby="verdict">
<p class="word" id="verdict"><span aria-hidden="true">${MARKS[word]}</span> ${word}</p>
<div><h1>${run.name}${run.simulated ? markup` <span class="tag">simulated</span>` : NOTHING}</h1>
${run.description === "" ? NOTHING : markup`<p class="about">${run.description}</p>`}
<p>${counted(requests.issued, "request")}${measured} ${to} ${targets}</p>
<ul class="reasons">${verdict.reasons.map((reason) => markup`<li>${reason}</li>`)}</ul>
${
    run.overrides.filter((it) => !run.simulated || it !== "--simulated").map((override) =>
      markup`<p class="warn">changed by ${override}</p>`
    )
  }
${insecure(run)}</div>
</section>
`;
}

function insecure({ targets, simulated }: Summary["run"]): Markup {
  const urls = targets.filter((target) => target.insecure).map(({ url }) => url);
  if (simulated || urls.length === 0) return NOTHING;
  return markup`<p class="warn">certificates were not checked (tls.insecure): ${urls.join(", ")}</p>`;
}

/** Thresholds beside validity. */
export function judgement(summary: Summary): Markup {
  return markup`<div class="beside">${thresholds(summary)}${validity(summary)}</div>`;
}

function mark(good: boolean): Markup {
  return good
    ? markup`<span class="good"><span aria-hidden="true">✓</span><span class="unseen">kept</span></span>`
    : markup`<span class="bad"><span aria-hidden="true">✗</span><span class="unseen">missed</span></span>`;
}

function thresholds({ thresholds }: Summary): Markup {
  if (thresholds.length === 0) {
    return section("thresholds", "Thresholds", markup`<p class="faint">The scenario has none.</p>`);
  }
  const rows = thresholds.map(({ text, actual, limit, unit, samples, passed }) => [
    markup`${mark(passed)} ${text}`,
    actual === null ? "nothing" : besideLimit(actual, limit, unit).actual,
    count(samples),
  ]);
  return section(
    "thresholds",
    "Thresholds",
    table("Thresholds", [text("wanted"), number("actual"), number("samples")], rows),
  );
}

function validity(summary: Summary): Markup {
  const { validity, integrity } = summary;
  const busy = busyText(summary);
  const rows = validity.filter(isWorthARow).map((result) => [
    markup`${mark(result.ok)} ${validityTitle(result.name, integrity.state)}${
      result.ok ? NOTHING : markup`<span class="advice">${result.advice}</span>`
    }`,
    ...validityTexts(result),
  ]);
  return section(
    "validity",
    "Validity of the measurement",
    markup`${
      table("Validity", [text("the generator's promises"), number("actual"), number("at most")], rows)
    }${busy === null ? NOTHING : markup`<p class="warn">${busy}</p>`}`,
  );
}

function validityTexts({ actual, limit, unit }: ValidityResult): [string, string] {
  if (limit === null) return [actual === null ? "–" : count(actual), ""];
  if (actual === null) return ["–", isAny(limit, unit) ? "any" : asWritten(inUnit(limit, unit))];
  if (isAny(limit, unit)) return [inUnit(actual, unit), "any"];
  const { actual: found, limit: most } = besideLimit(actual, limit, unit);
  return [found, most];
}

/** The few numbers that everybody asks for. */
export function keyFigures(summary: Summary): Markup {
  const { requests, responseTime, sessions, messages } = summary;
  const ended = requests.responded + requests.failed;
  const ratio = ended === 0 ? "–" : percent((requests.errors * 1_000_000) / ended);
  const figures: [title: string, value: Markup | string, about: string, name: string][] = [
    ["Requests", count(requests.issued), `${perSecond(requests.perSecond)} a second`, "issued"],
    [
      "Errors",
      requests.errors === 0 ? ratio : matching(ratio, errorFilter(), summary),
      `${count(requests.errors)} of ${count(ended)}`,
      "errors",
    ],
    ["Sessions", count(sessions.started), `${count(sessions.dropped)} dropped`, "sessions"],
  ];
  if (responseTime !== null) {
    const { p50, p99, p999, max } = responseTime;
    figures.push(
      ["Response p50", quantile(duration(p50), "p50"), "half were faster", "p50"],
      ["Response p99", quantile(duration(p99), "p99"), `p99.9 ${duration(p999)}`, "p99"],
      ["Slowest", quantile(duration(max), "max"), "the greatest of all", "max"],
    );
  }
  if (messages !== null) {
    figures.push([
      "Messages",
      count(messages.received),
      `received; ${count(messages.sent)} sent`,
      "messages",
    ]);
  }
  return markup`<dl class="figures">${
    joined(figures.map(([title, value, about, name]) =>
      markup`<div><dt>${title}</dt><dd><data class="value" data-figure="${name}">${value}</data><span class="about">${about}</span></dd></div>`
    ))
  }</dl>
`;
}

function perSecond(value: number | null): string {
  return value === null ? "–" : decimal(value);
}
