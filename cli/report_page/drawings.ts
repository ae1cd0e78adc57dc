/** What each chart over time shows of a selection. */
import { count, decimal, duration } from "../../runtime/report/format.ts";
import type { ColumnName } from "../../runtime/reduce/timeline.ts";
import type { Colours } from "./colours.ts";
import type { Drawing, Drawn } from "./drawing.ts";
import { type Course, EVERYTHING, type Line, type Selection } from "./selection.ts";

export const TIME_CHARTS = [
  "requests",
  "arrivals",
  "response",
  "errors",
  "phases",
  "steps",
  "concurrency",
  "lag",
  "messages",
] as const;
export type TimeChart = (typeof TIME_CHARTS)[number];

export type Asked = Readonly<{ course: Course; selection: Selection; colours: Colours; measure: string }>;

const KINDS_MOST = 7;
const STEPS_MOST = 8;

export function drawingOf(chart: TimeChart, asked: Asked): Drawing {
  switch (chart) {
    case "requests":
      return requests(asked);
    case "arrivals":
      return arrivals(asked);
    case "response":
      return response(asked);
    case "errors":
      return errors(asked);
    case "phases":
      return phases(asked);
    case "steps":
      return steps(asked);
    case "concurrency":
      return concurrency(asked);
    case "lag":
      return lag(asked);
    case "messages":
      return messages(asked);
  }
}

const rate = (value: number) => `${decimal(value)}/s`;
const time = (ticks: number) => duration(Math.round(ticks));

function requests({ course, selection, colours }: Asked): Drawing {
  const line = (name: ColumnName) => course.perSecond(course.sum(name, selection));
  const ended: Drawn = { label: "ended", colour: colours.lines[0], values: line("ended") };
  if (selection.outcome >= 0) return { lines: [ended], written: rate };
  return {
    lines: [
      { label: "due", colour: colours.quiet, values: line("due"), dashed: true },
      { label: "issued", colour: colours.lines[1], values: line("issued") },
      ended,
    ],
    written: rate,
  };
}

/** What a step's flow has is shown for the step. Drops have no flow. */
function arrivals({ course, selection, colours }: Asked): Drawing {
  const { facts } = course;
  const flow = selection.step >= 0 ? facts.steps[selection.step].flow : selection.flow;
  const ofFlow = { ...EVERYTHING, flow, stage: selection.stage };
  const share = flow < 0 ? 1 : facts.flows[flow].share;
  const planned = course.perSecond(course.sum("plannedSessions", ofFlow)).map((value) =>
    value * share / 1000
  );
  const started = course.perSecond(course.sum("started", ofFlow));
  const dropped = course.perSecond(course.sum("dropped", ofFlow));
  const lines: Drawn[] = [{ label: "started", colour: colours.lines[0], values: started }];
  if (facts.model === "open") {
    lines.unshift({ label: "planned", colour: colours.quiet, values: planned, dashed: true });
  }
  const hasDrops = flow < 0 && dropped.some((value) => value > 0);
  if (hasDrops) lines.push({ label: "dropped", colour: colours.bad, values: dropped });
  const note = facts.model === "closed"
    ? "In a closed load sessions begin when others end; how many users there should be is under Concurrency."
    : flow < 0
    ? undefined
    : "Planned: the flow's share of all sessions. Dropped arrivals have no flow.";
  return { lines, written: rate, note };
}

function response({ course, selection, colours }: Asked): Drawing {
  const lines = (["p50", "p90", "p99", "max"] as const).map((label, at): Drawn => ({
    label,
    colour: colours.quantiles[at],
    values: course.quantile(label, selection),
    filled: at === 1 || at === 2,
  }));
  return { lines, log: true, written: time };
}

function errors({ course, selection, colours }: Asked): Drawing {
  const columns = course.columns("errors").filter((column) => course.holds(column, selection));
  const kinds = [...Map.groupBy(columns, ({ code }) => code)].map(([code, of]) => ({
    label: code === 0 ? "failed check" : course.facts.errors[code] ?? `Z${code}`,
    values: course.added(of),
    total: of.reduce((sum, { values }) => sum + values.reduce((one, other) => one + other, 0), 0),
  })).sort((one, other) => other.total - one.total);
  const shown = kinds.slice(0, KINDS_MOST);
  if (kinds.length > KINDS_MOST) {
    const others = kinds.slice(KINDS_MOST);
    const values = shown[0].values.map((_, at) => others.reduce((sum, one) => sum + one.values[at], 0));
    shown.push({ label: `${others.length} others`, values, total: 0 });
  }
  const palette = [1, 3, 4, 6, 0, 2, 5, 7];
  return {
    lines: shown.map(({ label, values }, at) => ({
      label,
      colour: colours.lines[palette[at]],
      values: course.perSecond(values),
    })),
    stacked: true,
    nothing: "no errors",
    written: rate,
  };
}

const PHASES: readonly (readonly [ColumnName, string, number])[] = [
  ["lagTicks", "lag", 3],
  ["blockedTicks", "blocked", 4],
  ["dnsTicks", "dns", 6],
  ["connectTicks", "connect", 5],
  ["tlsTicks", "tls", 2],
  ["waitTicks", "waiting", 0],
  ["receiveTicks", "receiving", 1],
];

function phases({ course, selection, colours }: Asked): Drawing {
  const all = { ...selection, outcome: -1 };
  const responses = course.sum("responses", all);
  const lines = PHASES.flatMap(([name, label, colour]): Drawn[] => {
    const ticks = course.sum(name, all);
    if (!ticks.some((value) => value > 0)) return [];
    const values = ticks.map((value, at) => responses[at] === 0 ? null : Math.max(0, value) / responses[at]);
    return [{ label, colour: colours.lines[colour], values }];
  });
  return {
    lines,
    stacked: true,
    written: time,
    note: selection.outcome < 0 ? undefined : "Of all statuses.",
  };
}

/** The busiest steps of the flow that is shown. */
function steps({ course, selection, colours, measure }: Asked): Drawing {
  const { facts } = course;
  const isTime = measure === "p50" || measure === "p90" || measure === "p99" || measure === "max";
  const positions = facts.steps.flatMap(({ role, flow }, step) => {
    const isShown = selection.step >= 0
      ? step === selection.step
      : role === "request" && (selection.flow < 0 || flow === selection.flow);
    return isShown ? [step] : [];
  });
  const busiest = positions.map((step) => {
    const of = { ...selection, flow: -1, step };
    const ended = course.sum("ended", of).reduce((one, other) => one + other, 0);
    return { step, of, ended };
  }).filter(({ ended }) => ended > 0).sort((one, other) => other.ended - one.ended || one.step - other.step)
    .slice(0, STEPS_MOST).sort((one, other) => one.step - other.step);
  const severalFlows = new Set(busiest.map(({ step }) => facts.steps[step].flow)).size > 1;
  const valuesOf = (of: Selection): Line =>
    isTime
      ? course.quantile(measure, of)
      : course.perSecond(course.sum(measure === "errors" ? "errors" : "ended", of));
  const left = positions.length - busiest.length;
  return {
    lines: busiest.map(({ step, of }, at) => ({
      label: severalFlows
        ? `${facts.flows[facts.steps[step].flow].name}/${facts.steps[step].name}`
        : facts.steps[step].name,
      colour: colours.lines[at],
      values: valuesOf(of),
    })),
    log: isTime,
    written: isTime ? time : rate,
    note: left > 0 && positions.length > STEPS_MOST
      ? `The ${STEPS_MOST} busiest of ${count(positions.length)} steps.`
      : undefined,
  };
}

function concurrency({ course, selection, colours }: Asked): Drawing {
  const { facts } = course;
  const flow = selection.step >= 0 ? facts.steps[selection.step].flow : selection.flow;
  const all = { ...selection, outcome: -1 };
  const ofFlow = { ...EVERYTHING, flow, stage: selection.stage };
  const sessions = course.meanUnderWay(
    course.sum("started", ofFlow),
    course.sum("sessionsEnded", ofFlow),
    course.sum("sessionTicks", ofFlow),
  );
  const requests = course.meanUnderWay(
    course.sum("issued", all),
    course.sum("ended", all),
    course.sum("inFlightTicks", all),
  );
  const lines: Drawn[] = [
    { label: "sessions", colour: colours.lines[2], values: sessions },
    { label: "requests in flight", colour: colours.lines[0], values: requests },
  ];
  if (facts.model === "closed" && flow < 0) {
    const users = course.sum("plannedUsers", ofFlow).map((value) => value / 1000);
    lines.unshift({ label: "users planned", colour: colours.quiet, values: users, dashed: true });
  }
  return { lines, written: (value) => decimal(Math.max(0, value)) };
}

function lag({ course, colours }: Asked): Drawing {
  const [p99] = course.columns("lagP99");
  const [max] = course.columns("lagMax");
  const [gaps] = course.columns("gapMax");
  const lines: Drawn[] = [
    { label: "lag p99", colour: colours.quantiles[0], values: course.line(p99) },
    { label: "lag max", colour: colours.quantiles[3], values: course.line(max) },
  ];
  if (gaps !== undefined) {
    const values = course.line(gaps).map((value) => value === null ? 0 : value);
    lines.push({ label: "longest loop gap", colour: colours.bad, values, dotted: true });
  }
  return { lines, log: true, written: time, note: "Of the whole generator, without warm-up." };
}

function messages({ course, selection, colours }: Asked): Drawing {
  const of = { ...selection, outcome: -1 };
  const everyStep = (name: ColumnName) => {
    const columns = course.columns(name).filter((column) =>
      of.step < 0
        ? (of.flow < 0 || column.flow === of.flow) && course.holds({ ...column, step: -1 }, of)
        : course.holds(column, of)
    );
    return course.perSecond(course.added(columns));
  };
  return {
    lines: [
      { label: "received", colour: colours.lines[0], values: everyStep("received") },
      { label: "sent", colour: colours.lines[1], values: everyStep("sent") },
    ],
    written: rate,
  };
}
