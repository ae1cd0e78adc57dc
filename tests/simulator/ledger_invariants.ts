/** What holds of the records of every run, beside what tests/run_invariants.ts says of them. */
import { deepEqual, equal, ok } from "node:assert/strict";
import type { Counters } from "../../runtime/engine/counters.ts";
import { type Shard, shareOf } from "../../runtime/engine/shares.ts";
import { slotTargets, webSocketSlots } from "../../runtime/engine/slot_targets.ts";
import { SESSION } from "../../runtime/ledger/record.ts";
import type { ClosedLoad, Plan } from "../../runtime/plan.ts";
import { naiveStory } from "./naive_story.ts";
import type { Told } from "./told_records.ts";
import type { Course } from "./trial.ts";

const UNASKED: readonly string[] = ["connectionClosed", "messageReceived", "frameAnswered"];

/**
 * What a session does is told in the order in which it does it; connections are lost when they are, and messages come when
 * they come: what is due before that can be planned behind it.
 */
export function checkTicks(records: readonly Told[]): void {
  const latest = new Map<number, number>();
  for (const { session, name, tick } of records) {
    if (session === null || UNASKED.includes(name)) continue;
    ok(tick >= (latest.get(session) ?? 0), `session ${session} goes back to ${tick} with ${name}`);
    latest.set(session, tick);
  }
}

/** Whoever wants connections for a request or a session gets new ones for each. */
export function checkConnections(plan: Plan, records: readonly Told[]): void {
  if (plan.transport === "fetch") return;
  const kindOf = (target: number) => plan.targets[target].connections.kind;
  const targetOf = new Map(
    plan.flows.flatMap(({ program }) =>
      program.flatMap((it) =>
        it.kind === "request" || it.kind === "webSocket" ? [[it.step, plan.requests[it.request].target]] : []
      )
    ),
  );
  const openings = new Set(
    plan.flows.flatMap(({ program }) => program.flatMap((it) => it.kind === "webSocket" ? [it.step] : [])),
  );
  const isWebSocket = webSocketSlots(plan);
  const targets = slotTargets(plan);
  const opened = new Set<string>();
  for (const { session, step, kind, opened: own, outcome } of naiveStory(plan, records).requests) {
    // What is done on a WebSocket needs no connection but that one.
    if (kind !== "request") continue;
    const target = targetOf.get(step) ?? -1;
    const whose = `${session.number} ${target}`;
    if (own !== null) opened.add(whose);
    if (outcome !== "responded") continue;
    if (openings.has(step)) ok(own !== null, `the WebSocket of step ${step} is a new connection`);
    if (kindOf(target) === "per-request") ok(own !== null, `step ${step} of session ${session.number}`);
    if (kindOf(target) === "per-session") ok(opened.has(whose), `step ${step} of session ${session.number}`);
  }
  for (const { name, b, c } of records) {
    if (name !== "connectionClosed") continue;
    if (isWebSocket[c] === 1) continue;
    if (kindOf(targets[c]) === "per-request") equal(b, 1, "a connection for one request carries one");
  }
}

/** What the plan promises of its whole run: how long it takes at most, and how many sessions there are. */
export function checkBounds(plan: Plan, course: Course, records: readonly Told[], shard: Shard): void {
  const { load, bounds } = plan;
  const ofLoad = records.filter(({ session }) => session === null || session < SESSION.teardown);
  // A connection of nobody is lost in the time of whatever ran then.
  const last = ofLoad.reduce(
    (latest, { name, tick }) => name === "connectionClosed" ? latest : Math.max(latest, tick),
    0,
  );
  if (bounds.endTick > 0 && course.troubles.stallOneIn === 0) ok(last <= bounds.endTick, `tick ${last}`);
  const isStopped = records.some(({ name }) => name === "runStopped") || course.sessionLimit !== null;
  if (isStopped) return;
  const begun = ofLoad.filter(({ name }) => name === "sessionStarted" || name === "arrivalDropped").length;
  const isCounted = load.model === "open" ? load.arrivals === "uniform" : isByIterations(load);
  if (isCounted) equal(begun, shareOf(bounds.sessions, shard), "as many sessions as were planned");
}

/** Nothing but the number of sessions ends it. */
function isByIterations({ iterations, stages }: ClosedLoad): boolean {
  return iterations > 0 && stages.every(({ lengthTicks }) => lengthTicks === 0);
}

export function checkCounters(records: readonly Told[], counters: Counters): void {
  const count = (...names: string[]) =>
    records.filter((it) => names.includes(it.name) && (it.session ?? 0) < SESSION.teardown).length;
  equal(counters.sessionsStarted, count("sessionStarted"));
  equal(counters.sessionsDropped, count("arrivalDropped"));
  equal(counters.sessionsCompleted + counters.sessionsCutShort, count("sessionEnded"));
  equal(counters.requestsIssued, count("requestIssued"));
  equal(counters.responsesEnded, count("responseEnded"));
  equal(counters.requestsFailed, count("requestFailed"));
  equal(counters.connectionsOpened, count("connectionOpened"));
  equal(counters.inFlight, 0);
  const end = records.at(-1);
  deepEqual([end?.a, end?.b, end?.c], [
    counters.sessionsStarted,
    counters.sessionsDropped,
    counters.requestsIssued,
  ]);
}
