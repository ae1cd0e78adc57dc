/** Tables of how long things took, whole and by part. */
import type { Distribution, PartDistribution, RequestTotals, Summary } from "../../reduce/summary.ts";
import { bytes, count, decimal, duration, span } from "../format.ts";
import { type AskedMetric, errorFilter, matching, quantile } from "./behind.ts";
import { type Column, type Markup, markup, NOTHING, number, section, table, text } from "./markup.ts";

const QUANTILES = [
  ...([["min", "min"], ["p50", "p50"], ["p90", "p90"], ["p95", "p95"]] as const),
  ...([["p99", "p99"], ["p99.9", "p999"], ["max", "max"]] as const),
] as const;

/** Times of the whole run, and of the phases of its requests. */
export function timesSection({ responseTime, serviceTime, sessionTime, phases, generator }: Summary): Markup {
  const named: [string, Distribution | null, AskedMetric?][] = [
    ["response", responseTime, "response_time"],
    ["service", serviceTime, "service_time"],
    ["session", sessionTime],
    ["dns", happened(phases.dns)],
    ["connect", phases.connect],
    ["tls", happened(phases.tls)],
    ["first byte", phases.firstByte, "first_byte"],
    ["lag", generator.lag],
    ["blocked", happened(generator.blocked)],
  ];
  const rows = named.flatMap(([name, of, metric]) =>
    of === null ? [] : [[
      name,
      count(of.count),
      duration(of.avg),
      ...QUANTILES.map(([statistic, field]) =>
        metric === undefined ? duration(of[field]) : quantile(duration(of[field]), statistic, metric)
      ),
    ]]
  );
  if (rows.length === 0) return NOTHING;
  const columns = [
    text("time"),
    ...["samples", "avg", ...QUANTILES.map(([statistic]) => statistic)].map(number),
  ];
  return section(
    "times",
    "Times",
    table("Times of the whole run", columns, rows),
    markup`<p class="definition">Response: from the moment the request was due to its last byte, so that waiting counts.
Service: from its issue. Session: of completed ones, from the intended start. First byte: from the issue, connecting
included. Lag: how much later than due z6c itself issued a request. Quantiles are exact: nearest rank of all samples.
A number with dots below tells the command that shows the requests behind it.</p>`,
  );
}

function happened(phase: Distribution | null): Distribution | null {
  return phase !== null && phase.max > 0 ? phase : null;
}

const PART_COLUMNS: readonly Column[] = [
  ...["requests", "per s", "errors", "avg", "p50", "p95", "p99", "max"].map(number),
];

function partCells(requests: RequestTotals, times: PartDistribution | null): string[] {
  return [...requestCells(requests), count(requests.errors), ...timeCells(times)];
}

function requestCells(requests: RequestTotals): string[] {
  return [count(requests.issued), requests.perSecond === null ? "–" : decimal(requests.perSecond)];
}

function timeCells(times: PartDistribution | null): string[] {
  if (times === null) return ["–", "–", "–", "–", "–"];
  return [times.avg, times.p50, times.p95, times.p99, times.max].map((ticks) => duration(ticks));
}

/** Those of a step tell what is behind them. */
function stepCells(summary: Summary, one: Summary["steps"][number]): (Markup | string)[] {
  const { requests, responseTime } = one;
  const { errors } = requests;
  return [
    ...requestCells(requests),
    errors === 0 ? "0" : matching(count(errors), errorFilter(one), summary),
    ...(responseTime === null ? timeCells(null) : [
      duration(responseTime.avg),
      ...(["p50", "p95", "p99", "max"] as const).map((statistic) =>
        quantile(duration(responseTime[statistic]), statistic, "response_time", one)
      ),
    ]),
  ];
}

/** By step, group, tag and stage. */
export function partsSection(summary: Summary): Markup {
  const { steps, groups, tags, stages, messages } = summary;
  const bySteps = table(
    "By step",
    [text("step"), text("flow"), ...PART_COLUMNS],
    steps.map((one) => [one.step, one.flow, ...stepCells(summary, one)]),
  );
  const byStages = table(
    "By stage",
    [text("stage"), number("from"), number("length"), number("sessions"), number("dropped"), ...PART_COLUMNS],
    stages.map((one) => [
      markup`${one.name}${one.warmup ? markup` <span class="tag">warm-up</span>` : NOTHING}`,
      one.startTick === 0 ? "0" : span(one.startTick),
      one.lengthTicks === 0 ? "–" : span(one.lengthTicks),
      count(one.sessions.started),
      count(one.sessions.dropped),
      ...partCells(one.requests, one.responseTime),
    ]),
  );
  return section(
    "parts",
    "By step and by stage",
    bySteps,
    byStages,
    markup`<p class="definition">A request belongs to the stage in which its session arrived. Warm-up is in no other
number.</p>`,
    groups.length === 0 ? NOTHING : table(
      "By group",
      [
        text("group"),
        text("flow"),
        ...["passes", "went through", "avg", "p50", "p95", "p99", "max"].map(number),
      ],
      groups.map((one) => [
        one.group,
        one.flow,
        count(one.passes),
        count(one.wentThrough),
        ...timeCells(one.time),
      ]),
    ),
    tags.length === 0 ? NOTHING : table(
      "By tag",
      [text("tag"), ...PART_COLUMNS],
      tags.map((one) => [one.tag, ...partCells(one.requests, one.responseTime)]),
    ),
    messages === null ? NOTHING : table(
      "Messages by step",
      [
        text("step"),
        text("flow"),
        text("does"),
        ...["sent", "received", "errors", "avg", "p50", "p95", "p99", "max"].map(number),
      ],
      messages.steps.map((one) => [
        one.step,
        one.flow,
        one.kind,
        count(one.sent),
        count(one.received),
        count(one.done.errors),
        ...timeCells(one.responseTime),
      ]),
    ),
  );
}

/** What was sent and received, sessions, connections, checks. */
export function countsSection(summary: Summary): Markup {
  const { sessions, requests, checks, connections, data, warmup, statuses } = summary;
  const rows: [string, string][] = [
    ["sessions started", count(sessions.started)],
    ["completed", count(sessions.completed)],
    ["ended early", count(sessions.endedEarly)],
    ["stopped", count(sessions.stopped)],
    ["dropped", count(sessions.dropped)],
    ["requests issued", count(requests.issued)],
    ["answered", count(requests.responded)],
    ["unexpected", count(requests.unexpected)],
    ["failed", count(requests.failed)],
    ["cancelled", count(requests.cancelled)],
    ["redirected", count(requests.redirected)],
    ["retried", count(requests.retried)],
    ["checks passed", count(checks.passed)],
    ["checks failed", count(checks.failed)],
    ["connections opened", connections === null ? "–" : count(connections.opened)],
    ["connections reused", connections === null ? "–" : count(connections.reused)],
    ["data sent", bytes(data.sentBytes)],
    ["data received", bytes(data.receivedBytes)],
    ["warm-up, left out", `${count(warmup.requests)} requests`],
  ];
  return markup`<div class="beside">${
    section(
      "counts",
      "Counts",
      markup`<dl class="counts">${
        rows.map(([name, value]) => markup`<div><dt>${name}</dt><dd>${value}</dd></div>`)
      }</dl>`,
    )
  }${
    section(
      "statuses",
      "Statuses",
      table(
        "Statuses",
        [text("status"), number("responses")],
        statuses.map(({ status, name, count: times }) => [
          name === null ? String(status) : `gRPC ${name}`,
          matching(count(times), `status == ${status}`, summary),
        ]),
      ),
    )
  }</div>`;
}
