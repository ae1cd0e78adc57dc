/** All that must hold of a trial, whatever its scenario, its target and its troubles. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { Conformance } from "../../runtime/decisions/conformance.ts";
import { DecisionDigest, type DecisionDigestResult } from "../../runtime/decisions/decision_digest.ts";
import { expectedDecisions } from "../../runtime/decisions/expected_decisions.ts";
import { type Shard, WHOLE } from "../../runtime/engine/shares.ts";
import { MemorySink } from "../../runtime/ledger/memory_sink.ts";
import { openLedger } from "../../runtime/ledger/reader.ts";
import { SESSION, STOP } from "../../runtime/ledger/record.ts";
import { memorySource } from "../../runtime/ledger/source.ts";
import type { Plan } from "../../runtime/plan.ts";
import { previewText } from "../../runtime/preview.ts";
import { reduce } from "../../runtime/reduce/reduce.ts";
import type { Handed } from "../../runtime/run.ts";
import { replay } from "../../runtime/replay/replay.ts";
import { checkGroups, checkSessions, checkSlots, checkStory } from "../run_invariants.ts";
import { checkDamage } from "./ledger_damage.ts";
import { checkBounds, checkConnections, checkCounters, checkTicks } from "./ledger_invariants.ts";
import { Luck } from "./luck.ts";
import { naiveFigures, sameFigures } from "./naive_figures.ts";
import { renderText } from "../../runtime/report/text.ts";
import { simulate } from "../../runtime/simulated_run.ts";
import { runTrial, SECRET, TooLong, type TrialRun } from "./run_trial.ts";
import { type Told, toldLedger } from "./told_records.ts";
import { type CompiledTrial, compiledTrial, type Course, courseOf } from "./trial.ts";

/** Something does not hold. */
export class Broken extends Error {
  override readonly name = "Broken";

  /** `what`: which of the things that must hold. */
  constructor(readonly what: string, override readonly cause: unknown) {
    super(`${what}: ${cause instanceof Error ? cause.stack ?? cause.message : String(cause)}`);
  }
}

/** What came of a trial in which all held. */
export type Outcome = "held" | "refused" | "too long";

/** Throws `Broken`. `text`: a scenario, whose first line may tell its course. */
export async function checkTrial(text: string): Promise<Outcome> {
  const course = courseOf(text);
  const compiled = await holds("compiler", () => compiledTrial(text));
  if (compiled === null) return "refused";
  await holds("preview", () => checkPage(previewText({ ...compiled, overrides: [] }, 100), Infinity));
  try {
    await checkRuns(compiled, course);
    return "held";
  } catch (cause) {
    if (cause instanceof Broken && cause.cause instanceof TooLong) return "too long";
    throw cause;
  }
}

async function checkRuns(compiled: CompiledTrial, course: Course): Promise<void> {
  const { plan } = compiled;
  const run = await holds("run", () => runTrial(compiled, course, WHOLE));
  const again = await holds("second run", () => runTrial(compiled, course, WHOLE));
  await holds("the same bytes again", () => ok(run.bytes.every((byte, at) => byte === again.bytes[at])));
  if (run.bytes.length === 0) return;
  await holds("no secret is told", () => ok(!hasSecret(run.bytes)));
  if (isPlain(course)) {
    await holds("the same bytes by z6c simulate", () => checkSimulated(compiled, run.bytes));
  }
  const whole = await checkLedger(plan, course, run, WHOLE);
  const luck = new Luck(course.cutSeed);
  await holds("damage", () => checkDamage(run.bytes, luck));
  await holds(
    "cut",
    () => checkCut(plan, run.bytes.subarray(0, luck.from(headerBytes(run.bytes), run.bytes.length))),
  );

  const parts: Part[] = [];
  for (let index = 1; index <= course.shards; index++) {
    const shard = { index, count: course.shards };
    const handed = course.workers && index > 1 ? parts[0].handed : undefined;
    const part = await holds(`run of shard ${index}`, () => runTrial(compiled, course, shard, handed));
    if (part.bytes.length === 0) return;
    const { setupFailed } = part.planRun;
    const checked = await checkLedger(plan, course, part, shard);
    parts.push({ ...checked, shard, bytes: part.bytes, handed: setupFailed ? null : part.planRun.handed });
  }
  await checkShards(plan, whole, parts);
}

type Checked = Readonly<{ records: Told[]; digest: DecisionDigestResult }>;
type Part = Checked & Readonly<{ shard: Shard; bytes: Uint8Array; handed: Handed | null }>;

function headerBytes(bytes: Uint8Array): number {
  return openLedger(memorySource(bytes)).headerBytes;
}

/** What holds of a ledger that was cut somewhere. */
async function checkCut(plan: Plan, bytes: Uint8Array): Promise<void> {
  const { records } = toldLedger(bytes);
  await checkReplay(bytes);
  checkDecisions(plan, [{ shard: WHOLE, bytes }]);
  if (records.length > 0) checkFigures(plan, [bytes], [records]);
}

function hasSecret(bytes: Uint8Array): boolean {
  const text = new TextDecoder("latin1").decode(bytes);
  return text.includes(SECRET);
}

/** Nothing but what the scenario says happens. */
function isPlain({ troubles, sessionLimit, ledgerBytes }: Course): boolean {
  const { stallOneIn, closeOneIn, breakOneIn, unaskedOneIn, failOneIn, batch, interrupts } = troubles;
  return stallOneIn + closeOneIn + breakOneIn + unaskedOneIn + failOneIn + batch + interrupts.length === 0 &&
    sessionLimit === null &&
    ledgerBytes === null;
}

async function checkSimulated(compiled: CompiledTrial, bytes: Uint8Array): Promise<void> {
  if (compiled.plan.transport === "fetch") return;
  const sink = new MemorySink();
  await simulate({ ...compiled, overrides: [] }, sink);
  const same = sink.bytes();
  ok(same.length === bytes.length && same.every((byte, at) => byte === bytes[at]));
}

/** What holds of every ledger. */
async function checkLedger(plan: Plan, course: Course, run: TrialRun, shard: Shard): Promise<Checked> {
  const { bytes, failure } = run;
  const { records, integrity } = await holds("reading", () => toldLedger(bytes));
  await holds("integrity", () => equal(integrity.state, failure === null ? "whole" : "partial"));
  if (failure === null) {
    const isWhole = course.troubles.interrupts.length < 2 && (shard.count === 1 || !course.workers);
    await holds("story", () => checkStory(records, isWhole ? plan : whatRan(plan, records), shard));
    await holds("ticks", () => checkTicks(records));
    await holds("sessions", () => checkSessions(records, plan, namesOf(run.planRun.handed)));
    await holds("slots", () => checkSlots(records, plan));
    await holds("groups", () => checkGroups(records, plan));
    await holds("counters", () => checkCounters(records, run.planRun.counters));
    await holds("connections", () => checkConnections(plan, records));
    await holds("bounds", () => checkBounds(plan, course, records, shard));
  }
  await holds("replay", () => checkReplay(bytes));
  const digest = await holds("decisions", () => checkDecisions(plan, [{ shard, bytes }]));
  await holds("figures", () => checkFigures(plan, [bytes], [records]));
  return { records, digest };
}

/** Two interrupts leave out what comes after them: what is there is what ran. */
function whatRan(plan: Plan, records: readonly Told[]): Plan {
  const has = (session: number) => records.some((it) => it.session === session);
  return {
    ...plan,
    setup: has(SESSION.setup) ? plan.setup : -1,
    teardown: has(SESSION.teardown) ? plan.teardown : -1,
  };
}

/** What was captured. */
function namesOf(handed: Handed): Set<number> {
  return new Set([...handed.entries()].flatMap(([capture, text]) => text === null ? [] : [capture]));
}

async function checkReplay(bytes: Uint8Array): Promise<void> {
  const copy = new MemorySink();
  const { departure } = await replay(memorySource(bytes), copy);
  equal(departure, null);
  const same = copy.bytes();
  ok(same.every((byte, at) => byte === bytes[at]), "the replay's ledger has the same bytes");
  ok(same.length <= bytes.length);
}

function checkDecisions(
  plan: Plan,
  ledgers: readonly Readonly<{ shard: Shard; bytes: Uint8Array }>[],
): DecisionDigestResult {
  const conformance = new Conformance(plan, ledgers[0].shard);
  const digest = new DecisionDigest(plan);
  ledgers.forEach(({ shard, bytes }, at) => {
    if (at > 0) {
      conformance.nextLedger(shard);
      digest.nextShard();
    }
    openLedger(memorySource(bytes)).scan((block) => {
      conformance.visit(block);
      digest.visit(block);
    });
  });
  const { first, deviating } = conformance.result();
  deepEqual({ first, deviating }, { first: null, deviating: 0 });
  const result = digest.result();
  const expected = expectedDecisions(plan);
  if (result.whole && expected.kind === "known") {
    equal(result.sha256, expected.sha256, "the digest of a whole run is the plan's");
    equal(result.sessions, expected.sessions);
  }
  return result;
}

function checkFigures(
  plan: Plan,
  ledgers: readonly Uint8Array[],
  records: readonly (readonly Told[])[],
): void {
  const summary = reduce(ledgers.map((bytes) => openLedger(memorySource(bytes))));
  checkSame(sameFigures(summary), naiveFigures(plan, records), "");
  const stop = records.flat().find(({ name, a }) => name === "runStopped" && a === STOP.thresholdMissed);
  if (stop !== undefined) ok(!summary.thresholds[stop.b].passed, "what stopped the run is missed");
  for (const width of [60, 110]) checkPage(renderText(summary, { width, color: false }), width);
}

/** Names the first place where they differ. */
function checkSame(found: unknown, defined: unknown, path: string): void {
  if (typeof found !== "object" || found === null || typeof defined !== "object" || defined === null) {
    ok(Object.is(found, defined), `${path} is ${found}, and ${defined} by definition`);
    return;
  }
  const keys = new Set([...Object.keys(found), ...Object.keys(defined)]);
  const at = (of: object, key: string): unknown => Object.entries(of).find(([name]) => name === key)?.[1];
  for (const key of keys) checkSame(at(found, key), at(defined, key), `${path}/${key}`);
}

/** No number has gone wrong, and no line is longer than the page. */
function checkPage(page: string, width: number): void {
  ok(!/\bNaN\b|undefined|Infinity|\[object/.test(page), page);
  for (const line of page.split("\n")) {
    ok([...line].length <= width, `a line of ${[...line].length}: ${line}`);
  }
}

/** What several shards are together. */
async function checkShards(plan: Plan, whole: Checked, parts: readonly Part[]): Promise<void> {
  await holds(
    "merged figures",
    () => checkFigures(plan, parts.map(({ bytes }) => bytes), parts.map(({ records }) => records)),
  );
  const together = await holds("merged decisions", () => checkDecisions(plan, parts));
  await holds("shards' sessions", () => checkDivision(plan, whole.records, parts));
  if (!whole.digest.whole || !together.whole) return;
  await holds("shards' digest", () => equal(together.sha256, whole.digest.sha256));
}

/** Of sessions that began in one and in many, it is decided alike when they began, and which flow they took. */
function checkDivision(plan: Plan, records: readonly Told[], parts: readonly Part[]): void {
  if (plan.load.model === "closed") return;
  const begun = (list: readonly Told[]) =>
    new Map(
      list.flatMap(({ name, session, tick, a }) =>
        session !== null && session < SESSION.teardown &&
          (name === "sessionStarted" || name === "arrivalDropped")
          ? [[session, `${tick} ${a}`] as const]
          : []
      ),
    );
  const one = begun(records);
  const many = begun(parts.flatMap((part) => part.records));
  const isStopped = [records, ...parts.map((part) => part.records)]
    .some((list) => list.some(({ name }) => name === "runStopped") || list.at(-1)?.name !== "runEnded");
  for (const [session, told] of many) {
    if (one.has(session)) equal(told, one.get(session), `session ${session}`);
  }
  if (!isStopped) equal(many.size, one.size, "as many sessions arrive, however many shards there are");
}

async function holds<T>(what: string, check: () => T | Promise<T>): Promise<T> {
  try {
    return await check();
  } catch (cause) {
    throw new Broken(what, cause);
  }
}
