/** Load that was not done as intended: arrivals that were dropped, requests that piled up or waited for connections. */
import type { ArrivalsDropped, Blocked, FellBehind } from "./diagnosis.ts";
import { type DiagnosedRun, ppmOf, sumOf } from "./run.ts";
import type { Stretches } from "./table.ts";

/** Dropped arrivals are told from this share on. */
const DROPS_PPM = 1000;

/** Of an open load, for want of a free VU. */
export function arrivalsDropped(run: DiagnosedRun): ArrivalsDropped | null {
  const { arrived, dropped } = run.counts;
  const { load } = run.plan;
  const { sessions } = run.summary;
  const sharePpm = ppmOf(sessions.dropped, sessions.started + sessions.dropped);
  if (load.model === "closed" || sharePpm < DROPS_PPM) return null;
  const from = dropped.findIndex((count) => count > 0);
  const to = dropped.findLastIndex((count) => count > 0) + 1;
  const lastArrival = Math.max(to, arrived.findLastIndex((count) => count > 0) + 1);
  const spans = [{ from, to }];
  const startedPerSecond = run.perSecond(arrived, spans);
  return {
    kind: "arrivals-dropped",
    count: sessions.dropped,
    sharePpm,
    maxVus: load.maxVus,
    span: {
      fromTick: from <= run.first ? null : run.tickOf(from),
      toTick: to >= lastArrival ? null : run.tickOf(to),
    },
    intendedPerSecond: startedPerSecond + run.perSecond(dropped, spans),
    startedPerSecond,
  };
}

/** The run is looked at in so many pieces, … */
const PIECES = 30;
/** … in so many of which, one after the other, less than this part of what was due ended. */
const PIECES_LEAST = 3;
const ENDED_SHARE = 0.95;
/** So much was left over in the end, as a part of what was due in them. */
const LEFT_SHARE = 0.1;
const LEFT_LEAST = 20;

/** Of an open load: the longest time in which requests piled up. */
export function fellBehind(run: DiagnosedRun): FellBehind | null {
  if (run.plan.load.model === "closed") return null;
  const due = run.due();
  const { ended } = run.counts;
  const lastDue = due.findLastIndex((count) => count > 0) + 1;
  const width = Math.ceil(Math.max(1, lastDue - run.first) / PIECES);
  let longest: Stretches = { from: 0, to: 0 };
  let begin = -1;
  for (let from = run.first; from < lastDue; from += width) {
    const piece = { from, to: Math.min(from + width, lastDue) };
    const isBehind = sumOf(ended, [piece]) < ENDED_SHARE * sumOf(due, [piece]);
    if (!isBehind) begin = -1;
    else if (begin < 0) begin = from;
    if (begin >= 0 && piece.to - begin > longest.to - longest.from) longest = { from: begin, to: piece.to };
  }
  const [wasDue, hasEnded] = [sumOf(due, [longest]), sumOf(ended, [longest])];
  const left = wasDue - hasEnded;
  if (longest.to - longest.from < PIECES_LEAST * width) return null;
  if (left < LEFT_SHARE * wasDue || left < LEFT_LEAST) return null;
  const isToEnd = longest.to >= lastDue;
  return {
    kind: "fell-behind",
    span: {
      fromTick: longest.from <= run.first ? null : run.tickOf(longest.from),
      toTick: isToEnd ? null : run.tickOf(longest.to),
    },
    duePerSecondFirst: run.perSecond(due, [{ from: longest.from, to: longest.from + width }]),
    duePerSecond: run.perSecond(due, [longest]),
    endedPerSecond: run.perSecond(ended, [longest]),
  };
}

/** The wait for a connection is told from this part of response time on, both by p99, and from so much on. */
const BLOCKED_SHARE = 0.2;
const BLOCKED_TICKS = 1000;

/** Whether waiting for a shared connection makes up a good part of response time. */
export function blocked({ summary }: DiagnosedRun): Blocked | null {
  const { generator, responseTime } = summary;
  if (generator.blocked === null || responseTime === null) return null;
  const { p99 } = generator.blocked;
  if (p99 < BLOCKED_TICKS || p99 < BLOCKED_SHARE * responseTime.p99) return null;
  return { kind: "blocked", blockedP99Ticks: p99, responseP99Ticks: responseTime.p99 };
}
