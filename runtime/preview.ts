import { capacityWarnings, connectionsOf, needsOf } from "./capacity.ts";
import { expectedDecisions } from "./decisions/expected_decisions.ts";
import { arrivals } from "./engine/arrivals.ts";
import { chooseFlow } from "./engine/choose_flow.ts";
import { KeyedRandom } from "./engine/random.ts";
import type { EffectivePlan } from "./overrides.ts";
import type { ClosedStage, OpenStage, Plan, Table, Target, Threshold } from "./plan.ts";
import { flowLines, meanSession, rangeText } from "./preview_flows.ts";
import { bytes, count, counted, duration, span } from "./report/format.ts";
import { type Column, table, wrapped } from "./report/table.ts";
import { expectedText } from "./report/expected_text.ts";
import { targetName } from "./target_name.ts";

const FIRST_ARRIVALS = 5;
const LABEL_WIDTH = 13;

/** What a plan will do, for people: the text of `plan`. */
export function previewText({ plan, sha256, overrides }: EffectivePlan, width: number): string {
  const facts: [string, string][] = [
    ["plan", sha256],
    ["decisions", expectedText(expectedDecisions(plan))],
    ["seed", String(plan.seed)],
    ...(overrides.length > 0 ? [["overrides", overrides.join(" ")] as [string, string]] : []),
    ...plan.targets.map((it): [string, string] => [it.name === "" ? "target" : "", targetText(it, plan)]),
    ["load", loadText(plan)],
    ...plan.tables.map((it, at): [string, string] => [at === 0 ? "data" : "", tableText(it)]),
    ...(plan.secrets.length > 0
      ? [["secrets", `${plan.secrets.join(", ")}, read when the run starts`] as [string, string]]
      : []),
  ];
  const sections = [
    [plan.name, ...(plan.description === "" ? [] : wrapped(plan.description, width))],
    facts.flatMap(([label, text]) => labelled(label, text, width)),
    stageLines(plan, width),
    flowLines(plan, width),
    [
      ...labelled("at most", boundsText(plan), width),
      ...concurrencyText(plan).flatMap((text) => labelled("concurrency", text, width)),
    ],
    arrivalLines(plan, width),
    thresholdLines(plan, width),
    capacityWarnings(plan).flatMap((warning) => labelled("warning", warning, width)),
  ];
  return sections.filter((lines) => lines.length > 0).map((lines) => lines.join("\n")).join("\n\n");
}

function labelled(label: string, text: string, width: number): string[] {
  return wrapped(text, Math.max(20, width - LABEL_WIDTH)).map((line, at) =>
    (at === 0 ? label : "").padEnd(LABEL_WIDTH) + line
  );
}

/** The first target has no name, and says how all are reached. */
function targetText(target: Target, { transport }: Plan): string {
  const reached = target.name === ""
    ? `${targetName(target)} by ${transport}`
    : `${target.name}: ${targetName(target)}`;
  return [reached, ...protocolText(target), connectionsText(target), ...tlsText(target)].join(", ");
}

/** What is spoken, where it is not HTTP/1.1. */
function protocolText({ protocol }: Target): string[] {
  switch (protocol) {
    case "http/1.1":
      return [];
    case "h2":
      return ["HTTP/2"];
    case "auto":
      return ["HTTP/2 or HTTP/1.1"];
  }
}

function connectionsText({ connections, streams }: Target): string {
  const several = streams > 1 ? ` of ${counted(streams, "request")} at once` : "";
  return connections.kind === "shared"
    ? `${counted(connections.size, "shared connection")}${several}`
    : `a connection ${connections.kind.replace("-", " ").replace("vu", "VU")}`;
}

function tlsText({ tls }: Target): string[] {
  if (tls === null) return [];
  return [
    ...(tls.cert === null ? [] : ["a client's certificate"]),
    ...(tls.insecure ? ["any certificate accepted"] : []),
  ];
}

function loadText(plan: Plan): string {
  const { load } = plan;
  const last = load.stages[load.stages.length - 1];
  const end = last.lengthTicks === 0 ? "" : `, ${span(last.startTick + last.lengthTicks)}`;
  const sessions = plan.bounds.sessions;
  if (load.model === "closed") {
    const bound = load.iterations > 0 ? `, ${counted(load.iterations, "session")}` : "";
    const pace = load.paceTicks === 0 ? "" : `, at most once in ${duration(load.paceTicks)}`;
    return `closed: users begin again when they are done${pace}${bound}${end}`;
  }
  const bursts = load.burst === 1 ? "" : ` in bursts of ${count(load.burst)}`;
  const about = load.arrivals === "poisson" ? "about " : "";
  return `open: ${load.arrivals} arrivals${bursts}, ${about}${counted(sessions, "session")}${end}`;
}

/** How a session's row is picked. */
const PICKED = {
  sequential: "in turn",
  shuffle: "shuffled, all of them each round",
  random: "at random",
  unique: "each at most once",
} as const;

function tableText({ name, rows, pick }: Table): string {
  return `${name}: ${counted(rows, "row")}, ${PICKED[pick]}`;
}

// Stages and flows.

function stageLines(plan: Plan, width: number): string[] {
  const columns: Column[] = [
    { title: "stage", align: "left", optional: 0 },
    { title: "from", align: "right", optional: 0 },
    { title: "for", align: "right", optional: 0 },
    { title: plan.load.model === "open" ? "rate" : "users", align: "left", optional: 0 },
    { title: plan.load.model === "open" ? "sessions" : "", align: "right", optional: 1 },
    { title: "", align: "left", optional: 2 },
  ];
  const { load } = plan;
  const rows = load.model === "open"
    ? load.stages.map((stage) => [...when(stage), rateText(stage), count(sessionsOf(stage)), note(stage)])
    : load.stages.map((stage) => [...when(stage), usersText(stage), "", note(stage)]);
  return table(columns, rows, width);
}

function when(stage: OpenStage | ClosedStage): string[] {
  const length = stage.lengthTicks === 0 ? "until done" : span(stage.lengthTicks);
  return [stage.name, span(stage.startTick), length];
}

function note(stage: OpenStage | ClosedStage): string {
  return stage.warmup ? "warm-up, left out of the figures" : "";
}

function rateText({ rateStart, rateEnd, perTicks }: OpenStage): string {
  return rangeText(rateStart, rateEnd, (rate) => perSecond((rate / perTicks) * 1_000_000));
}

/** Of poisson arrivals, the mean. */
function sessionsOf(stage: OpenStage): number {
  return ((stage.rateStart + stage.rateEnd) * stage.lengthTicks) / (2 * stage.perTicks);
}

function usersText({ vusStart, vusEnd }: ClosedStage): string {
  return rangeText(vusStart, vusEnd, count);
}

/** `300/s`, `0.5/s`, `12,000/s`. */
function perSecond(rate: number): string {
  return rate >= 1000 ? `${count(rate)}/s` : `${Number(rate.toPrecision(4))}/s`;
}

// Bounds.

function boundsText(plan: Plan): string {
  const { bounds } = plan;
  const needs = needsOf(plan);
  const parts = [
    counted(bounds.vus, "VU"),
    counted(connectionsOf(plan), "connection"),
    `${bytes(needs.memoryBytes)} of memory`,
    counted(needs.descriptors, "descriptor"),
    counted(needs.ports, "port"),
  ];
  if (bounds.peakRate > 0) parts.push(`arrivals at ${perSecond(bounds.peakRate / 1000)}`);
  const ledger = bounds.ledgerBytes > 0 ? `; a ledger of about ${bytes(bounds.ledgerBytes)}` : "";
  return parts.join(", ") + ledger;
}

/** Little's law (Little 1961): sessions under way = rate of arrival × time a session takes. */
function concurrencyText(plan: Plan): string[] {
  const { bounds, load } = plan;
  if (load.model !== "open" || bounds.peakRate === 0) return [];
  const roomTicks = (bounds.vus / (bounds.peakRate / 1000)) * 1_000_000;
  const { thinkTicks, requests } = meanSession(plan);
  const leftTicks = (roomTicks - thinkTicks) / Math.max(1, requests);
  const peak =
    `at ${perSecond(bounds.peakRate / 1000)}, ${counted(bounds.vus, "VU")} hold sessions of up to ` +
    `${duration(roomTicks)} on average`;
  const session = `${thinkTicks > 0 ? `${duration(thinkTicks)} of thinking and ` : ""}${
    Number(requests.toPrecision(3))
  } request${requests === 1 ? "" : "s"}`;
  if (leftTicks <= 0) {
    return [
      `${peak}, and one has ${session}: arrivals will be dropped; max_vus wants more than ` +
      `${count((thinkTicks * bounds.peakRate) / 1e9)}`,
    ];
  }
  return [
    `${peak}; one has ${session}, so responses may take ${duration(leftTicks)} before arrivals are dropped`,
  ];
}

// Decisions.

function arrivalLines(plan: Plan, width: number): string[] {
  if (plan.load.model !== "open") return [];
  const random = new KeyedRandom(plan.seed);
  const rows: string[][] = [];
  const next = arrivals(plan.load, plan.seed);
  for (let session = 0; session < FIRST_ARRIVALS && next.nextTick !== Infinity; session++, next.advance()) {
    const flow = plan.flows[chooseFlow(plan.choice, random, session)].name;
    rows.push([count(session), `${(next.nextTick / 1_000_000).toFixed(6)} s`, flow]);
  }
  const columns: Column[] = [
    { title: "first sessions", align: "right", optional: 0 },
    { title: "arrive at", align: "right", optional: 0 },
    { title: "flow", align: "left", optional: 0 },
  ];
  return table(columns, rows, width);
}

function thresholdLines(plan: Plan, width: number): string[] {
  return plan.thresholds.length === 0
    ? []
    : ["thresholds", ...plan.thresholds.flatMap((it) => hanging(it.text + consequence(it), width))];
}

/** Indented, and from the second line on a little more. */
function hanging(text: string, width: number): string[] {
  return wrapped(text, Math.max(20, width - 4)).map((line, at) => (at === 0 ? "  " : "    ") + line);
}

/** What missing it does beside failing the run. */
function consequence({ abortAfter, invalidates }: Threshold): string {
  const parts = [
    ...(abortAfter < 0
      ? []
      : [`stops the run at ${abortAfter === 0 ? "the first miss" : `${count(abortAfter + 1)} misses`}`]),
    ...(invalidates ? ["makes it invalid"] : []),
  ];
  return parts.length === 0 ? "" : ` (${parts.join(", ")})`;
}
