/** Tables of how long things took, whole and by part. */
import type { Distribution, PartDistribution, RequestTotals, Summary } from "../../reduce/summary.ts";
import { bytes, count, decimal, duration, span } from "../format.ts";
import { type Column, type Markup, markup, NOTHING, number, section, table, text } from "./markup.ts";

/** Times of the whole run, and of the phases of its requests. */
export function timesSection({ responseTime, serviceTime, sessionTime, phases, generator }: Summary): Markup {
  const named: [string, Distribution | null][] = [
    ["response", responseTime],
    ["service", serviceTime],
    ["session", sessionTime],
    ["dns", happened(phases.dns)],
    ["connect", phases.connect],
    ["tls", happened(phases.tls)],
    ["first byte", phases.firstByte],
    ["lag", generator.lag],
    ["blocked", happened(generator.blocked)],
  ];
  const rows = named.flatMap(([name, of]) =>
    of === null ? [] : [[
      name,
      count(of.count),
      ...[of.avg, of.min, of.p50, of.p90, of.p95, of.p99, of.p999, of.max].map((ticks) => duration(ticks)),
    ]]
  );
  if (rows.length === 0) return NOTHING;
  const columns = [
    text("time"),
    ...["samples", "avg", "min", "p50", "p90", "p95", "p99", "p99.9", "max"].map(number),
  ];
  return section(
    "times",
    "Times",
    table("Times of the whole run", columns, rows),
    markup`<p class="definition">Response: from the moment the request was due to its last byte, so that waiting counts.
Service: from its issue. Session: of completed ones, from the intended start. First byte: from the issue, connecting
included. Lag: how much later than due z6c itself issued a request. Quantiles are exact: nearest rank of all samples.</p>`,
  );
}

function happened(phase: Distribution | null): Distribution | null {
  return phase !== null && phase.max > 0 ? phase : null;
}

const PART_COLUMNS: readonly Column[] = [
  ...["requests", "per s", "errors", "avg", "p50", "p95", "p99", "max"].map(number),
];

function partCells(requests: RequestTotals, times: PartDistribution | null): string[] {
  return [
    count(requests.issued),
    requests.perSecond === null ? "–" : decimal(requests.perSecond),
    count(requests.errors),
    ...timeCells(times),
  ];
}

function timeCells(times: PartDistribution | null): string[] {
  if (times === null) return ["–", "–", "–", "–", "–"];
  return [times.avg, times.p50, times.p95, times.p99, times.max].map((ticks) => duration(ticks));
}

/** By step, group, tag and stage. */
export function partsSection({ steps, groups, tags, stages, messages }: Summary): Markup {
  const bySteps = table(
    "By step",
    [text("step"), text("flow"), ...PART_COLUMNS],
    steps.map((one) => [one.step, one.flow, ...partCells(one.requests, one.responseTime)]),
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
          count(times),
        ]),
      ),
    )
  }</div>`;
}
