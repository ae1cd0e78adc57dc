import { Counters, type Stopped } from "./engine/counters.ts";
import { Engine, type EngineParts, type Phase } from "./engine/engine.ts";
import type { RunLedger } from "./engine/appending.ts";
import type { Host } from "./engine/host.ts";
import { ProcessorTime } from "./engine/processor_time.ts";
import { KIND, NO_STEP, NONE, STOP } from "./ledger/record.ts";
import type { Plan, Tick } from "./plan.ts";

/** A loop that stands still for longer than this is recorded: garbage collection, a machine asleep, an endless turn. */
export const GAP_TICKS = 10_000;
/** The loop turns at least this often, so that a standstill is noticed and a stop is heard. */
const HEARTBEAT_TICKS = 50_000;
/** What is recorded is written out at least this often, so that a follower or a crash finds it. */
const SEAL_TICKS = 1_000_000;

/** Where a plan is run. */
export type World = Readonly<{
  /** Each phase has a host of its own, and a clock that begins with it. */
  newHost(phase: Phase): Host;
  /**
   * Before the load is prepared. Gets what setup captured: nothing where there was none to run here, null where it did
   * not go through. Says what the load is handed; null: there is no load.
   */
  setUp?(captured: Handed | null): Promise<Handed | null>;
  /** All is prepared: tick 0 of the phase is when this has returned. */
  begin?(phase: Phase, engine: Engine, host: Host): void | Promise<void>;
  /** Turns the engine until it has finished, and closes its connections; by the host's clock unless told. */
  turn?(phase: Phase, engine: Engine, host: Host): void;
}>;

/** What setup captured, by position in the plan's captures. */
export type Handed = readonly (string | null)[];

/** How a plan is run. */
export type RunChoices =
  & Pick<EngineParts, "secrets" | "shard" | "sessionLimit">
  & Readonly<{
    /** What is run of it; all of it unless told. A load without its setup is run with what is `handed` to it. */
    phases?: readonly Phase[];
    handed?: Handed;
  }>;

/**
 * The only way a plan is executed, in any world: what runs once before the load, the load, and what runs once after it.
 * Where setup does not go through, there is no load; teardown runs even so.
 */
export class PlanRun {
  readonly #world: World;
  readonly #plan: Plan;
  readonly #ledger: RunLedger;
  readonly #choices: RunChoices;
  readonly #phases: readonly Phase[];
  /** The phase whose time has begun and is not over. */
  #running: { phase: Phase; engine: Engine } | null = null;
  #handed: Handed;
  #setupFailed = false;
  /** Of the load, or of none where it has not begun. */
  #counters = new Counters();
  #loadBegan = false;
  #loadEndTick: Tick = 0;
  #interrupts = 0;
  #stopRecorded = false;

  constructor(world: World, plan: Plan, ledger: RunLedger, choices: RunChoices = {}) {
    this.#world = world;
    this.#plan = plan;
    this.#ledger = ledger;
    this.#choices = choices;
    this.#phases = choices.phases ?? ["setup", "load", "teardown"];
    this.#handed = choices.handed ?? [];
  }

  /** What setup captured, or was handed. */
  get handed(): Handed {
    return this.#handed;
  }

  /** Setup did not go through. */
  get setupFailed(): boolean {
    return this.#setupFailed;
  }

  /** Of the load. */
  get counters(): Counters {
    return this.#counters;
  }

  /** Runs the plan, and writes the last record. Called once. */
  async go(): Promise<void> {
    await this.#setUp();
    if (this.#interrupts > 0) this.#recordStop(STOP.interrupted);
    else if (this.#setupFailed) this.#recordStop(STOP.setupFailed);
    else if (this.#includes("load")) await this.#load();
    if (this.#includes("teardown") && this.#interrupts < 2) await this.#runOnce("teardown");
    const { sessionsStarted, sessionsDropped, requestsIssued } = this.#counters;
    this.#record(KIND.runEnded, sessionsStarted, sessionsDropped, requestsIssued);
  }

  /**
   * Once: no more sessions begin, those under way are waited for, and teardown still runs. Again, or where there are
   * none to begin: sessions end now. Teardown runs after one interrupt, not after two. False where sessions were ended.
   */
  interrupt(): boolean {
    const isFirst = ++this.#interrupts === 1;
    if (this.#running === null) return true;
    const { phase, engine } = this.#running;
    if (isFirst && phase === "teardown") return true;
    if (isFirst && engine.stop(STOP.interrupted)) return true;
    engine.halt(STOP.halted);
    if (phase !== "load") this.#recordStop(STOP.halted);
    return false;
  }

  /** Lets no more sessions of the load begin, as another shard of the run has stopped so. */
  stopLoad({ reason, threshold }: Stopped): void {
    if (this.#running?.phase === "load") this.#running.engine.stop(reason, threshold);
  }

  #includes(phase: Phase): boolean {
    return this.#phases.includes(phase) && (phase === "load" || this.#plan[phase] >= 0);
  }

  async #setUp(): Promise<void> {
    let captured: Handed | null = this.#handed;
    if (this.#includes("setup")) {
      const engine = await this.#runOnce("setup");
      captured = engine.wentThrough ? engine.handed : null;
      // Teardown may use what a setup that failed had captured by then.
      this.#handed = engine.handed;
    }
    const handed = this.#world.setUp === undefined ? captured : await this.#world.setUp(captured);
    this.#setupFailed = handed === null;
    this.#handed = handed ?? this.#handed;
  }

  async #load(): Promise<void> {
    const { secrets, shard, sessionLimit } = this.#choices;
    const handed = this.#handed;
    await this.#run("load", { secrets, shard, sessionLimit, handed }, (engine) => {
      this.#counters = engine.counters;
      this.#loadBegan = true;
    });
  }

  #runOnce(phase: "setup" | "teardown"): Promise<Engine> {
    return this.#run(phase, { secrets: this.#choices.secrets, handed: this.#handed }, () => {});
  }

  async #run(phase: Phase, parts: Partial<EngineParts>, made: (engine: Engine) => void): Promise<Engine> {
    const host = this.#world.newHost(phase);
    const engine = new Engine({ ...parts, plan: this.#plan, host, ledger: this.#ledger, phase });
    made(engine);
    await this.#world.begin?.(phase, engine, host);
    this.#running = { phase, engine };
    if (this.#interrupts > 0 && phase !== "teardown") engine.stop(STOP.interrupted);
    if (this.#world.turn !== undefined) this.#world.turn(phase, engine, host);
    else await turnUntilFinished(engine, host, this.#ledger);
    this.#running = null;
    if (phase === "load") this.#loadEndTick = host.clock.now();
    return engine;
  }

  /** Why there is no load, or teardown ends; of a load that stops, its engine tells. */
  #recordStop(reason: number): void {
    if (!this.#stopRecorded) this.#record(KIND.runStopped, reason, 0, 0);
    this.#stopRecorded = true;
  }

  /** A record of no session speaks of the load, in its time. */
  #record(kind: number, a: number, b: number, c: number): void {
    const tick = this.#loadBegan ? this.#loadEndTick : 0;
    this.#ledger.append(tick, NONE, NONE, kind, NO_STEP, a, b, c);
  }
}

/** Turns an engine until it has finished, and closes its connections. */
async function turnUntilFinished(engine: Engine, host: Host, ledger: RunLedger): Promise<void> {
  const { clock } = host;
  const processorTime = new ProcessorTime(engine, host);
  let sealTick = SEAL_TICKS;
  for (let now = clock.now();; now = clock.now()) {
    engine.turn(now);
    if (engine.finished) break;
    processorTime.turned(now);
    if (now >= sealTick) {
      ledger.seal();
      sealTick = now + SEAL_TICKS;
    }
    const latest = now + HEARTBEAT_TICKS;
    const until = Math.min(engine.nextTick(latest), latest);
    const waiting = engine.network.poll(until);
    if (waiting !== undefined) await waiting;
    const lateTicks = clock.now() - Math.max(until, now);
    if (lateTicks >= GAP_TICKS) engine.loopGap(clock.now(), lateTicks);
  }
  processorTime.tell();
  engine.close();
}
