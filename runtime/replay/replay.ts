import { createHash } from "node:crypto";
import { DecisionDigest, type DecisionDigestResult } from "../decisions/decision_digest.ts";
import type { Engine, Phase } from "../engine/engine.ts";
import type { Host } from "../engine/host.ts";
import { ReplayedHost } from "../host/replayed.ts";
import { type Departure, ReplayedLedger, ReplayEnd } from "../host/replayed_ledger.ts";
import { RecordCursor } from "../host/replayed_records.ts";
import { BLOCK_RECORDS_MAX, WORD } from "../ledger/layout.ts";
import type { LedgerHeader } from "../ledger/header.ts";
import { type Integrity, openLedger, type RecordBlock } from "../ledger/reader.ts";
import { KIND, SESSION, STOP } from "../ledger/record.ts";
import type { Sink } from "../ledger/sink.ts";
import type { Source } from "../ledger/source.ts";
import { LedgerWriter } from "../ledger/writer.ts";
import type { Plan, Tick } from "../plan.ts";
import { ReplayTurns } from "./replay_turns.ts";
import { type Handed, PlanRun, type World } from "../run.ts";

/** What came of a replay. */
export type ReplayResult = Readonly<{
  header: LedgerHeader;
  integrity: Integrity;
  decisions: DecisionDigestResult;
  /** Records that the replay made as they are recorded. */
  records: number;
  /** Null where all that is proven of the ledger was made again. */
  departure: Departure | null;
}>;

/**
 * Runs the plan in a ledger again, its clock and its network being what the ledger tells of them, and compares every
 * record that comes of it. `copy` gets the new ledger, as far as it goes, and is closed. Throws `LedgerUnreadable`, and
 * what source and sink throw.
 */
export async function replay(source: Source, copy: Sink | null = null): Promise<ReplayResult> {
  const { header, headerJson, headerBytes, scan } = openLedger(source);
  const digest = new DecisionDigest(header.plan);
  const ending = new Ending(header.plan);
  const integrity = scan((block) => {
    digest.visit(block);
    ending.visit(block);
  });
  const cursor = new RecordCursor(source, headerBytes, integrity.blocks);
  const writer = copy === null
    ? null
    : new LedgerWriter(copy, headerJson, { blockRecords: BLOCK_RECORDS_MAX });
  const isWhole = integrity.state === "whole";
  const ledger = new ReplayedLedger(cursor, isWhole, writer);
  const departure = await new Replay({ ...ending, header, cursor, ledger, isWhole }).run();
  if (writer !== null) finishCopy(writer, copy, isWhole && departure === null);
  return { header, integrity, decisions: digest.result(), records: cursor.index, departure };
}

/** A copy that is not whole must not look so: it gets no footer. */
function finishCopy(writer: LedgerWriter, copy: Sink | null, isWhole: boolean): void {
  if (isWhole) writer.finish();
  else {
    writer.seal();
    copy?.close();
  }
  if (writer.failure !== null) throw new Error(writer.failure);
}

type Parts = Readonly<{
  header: LedgerHeader;
  cursor: RecordCursor;
  ledger: ReplayedLedger;
  isWhole: boolean;
  /** When the load ended, as the last record tells; null where that is missing. */
  loadEndTick: Tick | null;
  /** There was a teardown. */
  tornDown: boolean;
}>;

/** What a replay must know of the ledger's end before it comes there. */
class Ending {
  loadEndTick: Tick | null = null;
  tornDown = false;
  readonly #tearsDown: boolean;

  constructor({ teardown }: Plan) {
    this.#tearsDown = teardown >= 0;
  }

  visit({ words, records }: RecordBlock): void {
    const last = (records - 1) * WORD.words;
    const isEnd = (words[last + WORD.kindAndStep] & 0xffff) === KIND.runEnded;
    this.loadEndTick = isEnd ? words[last + WORD.tickHigh] * 2 ** 32 + words[last + WORD.tickLow] : null;
    if (!this.#tearsDown || this.tornDown) return;
    for (let at = 0; at <= last; at += WORD.words) {
      const isStart = (words[at + WORD.kindAndStep] & 0xffff) === KIND.sessionStarted;
      if (isStart && words[at + WORD.session] === SESSION.teardown) this.tornDown = true;
    }
  }
}

/** A run in the world of its own ledger. */
class Replay {
  readonly #parts: Parts;
  readonly #plan: Plan;
  readonly #run: PlanRun;
  readonly #setsUp: boolean;

  constructor(parts: Parts) {
    const { header, ledger } = parts;
    const { plan, shard } = header;
    this.#parts = parts;
    this.#plan = plan;
    this.#setsUp = this.#isStart(0, "setup");
    const world: World = {
      newHost: (phase) => new ReplayedHost({ ...parts, plan, phase }),
      setUp: (captured) => Promise.resolve(this.#setUp(captured)),
      begin: (phase) => this.#begin(phase),
      turn: (phase, engine, host) => this.#turn(phase, engine, host),
    };
    this.#run = new PlanRun(world, plan, ledger, {
      // No secret is needed: how long requests were is recorded.
      secrets: plan.secrets.map(() => ""),
      shard,
      sessionLimit: sessionLimitOf(header),
      phases: this.#phases(),
    });
  }

  /** Where it left the ledger, or null. */
  async run(): Promise<Departure | null> {
    const { cursor, ledger } = this.#parts;
    try {
      await this.#run.go();
      if (cursor.has(0)) ledger.refuse("the run was over");
    } catch (cause) {
      if (!(cause instanceof ReplayEnd)) throw cause;
      return cause.departure;
    }
    return null;
  }

  /** Not every shard sets up and tears down, and two Ctrl-C leave the teardown out. */
  #phases(): Phase[] {
    const { cursor, isWhole, tornDown } = this.#parts;
    // A load that has no session is over as soon as it begins; one that never began ended at tick 0.
    if (cursor.has(0) && cursor.kind(0) === KIND.runEnded && cursor.tick(0) === 0) return [];
    return [
      ...(this.#setsUp ? ["setup" as const] : []),
      "load",
      ...(tornDown || !isWhole ? ["teardown" as const] : []),
    ];
  }

  /** Whether the record `ahead` is the first of what runs once. */
  #isStart(ahead: number, phase: Exclude<Phase, "load">): boolean {
    const { cursor } = this.#parts;
    return cursor.has(ahead) && cursor.kind(ahead) === KIND.sessionStarted &&
      cursor.session(ahead) === SESSION[phase];
  }

  #isStop(reason: number): boolean {
    const { cursor } = this.#parts;
    return cursor.has(0) && cursor.kind(0) === KIND.runStopped && cursor.a(0) === reason;
  }

  /** What becomes of the setup: others may have failed at theirs, or somebody pressed Ctrl-C. */
  #setUp(captured: Handed | null): Handed | null {
    if (this.#isStop(STOP.setupFailed)) return null;
    const { cursor, loadEndTick } = this.#parts;
    const isCalledOff = this.#setsUp && this.#isStop(STOP.interrupted) && cursor.tick(0) === 0 &&
      (loadEndTick ?? 0) === 0;
    if (isCalledOff) this.#run.interrupt();
    return captured;
  }

  /** Ctrl-C came before the load's first turn. */
  #begin(phase: Phase): void {
    if (phase === "load" && this.#isStop(STOP.interrupted)) this.#run.interrupt();
  }

  #turn(phase: Phase, engine: Engine, host: Host): void {
    if (!(host instanceof ReplayedHost)) throw new Error("z6c has a bug: a replay has another world");
    const { header, cursor, ledger } = this.#parts;
    const [plan, planRun, shards] = [this.#plan, this.#run, header.shard.count];
    new ReplayTurns({ plan, phase, engine, host, cursor, ledger, planRun, shards }).run();
  }
}

/** Of a simulation, which may leave sessions out. */
function sessionLimitOf({ overrides, simulated }: LedgerHeader): number {
  const limits = overrides.flatMap((it) => /^--sessions (\d+)$/.exec(it)?.[1] ?? []);
  return simulated === true && limits.length > 0 ? Number(limits[0]) : Infinity;
}

/** Whether the plan in a ledger is the one of its hash. */
export function hasItsPlan({ plan, plan_sha256, seed }: LedgerHeader): boolean {
  return createHash("sha256").update(JSON.stringify(plan)).digest("hex") === plan_sha256 &&
    plan.seed === seed;
}
