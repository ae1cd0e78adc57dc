import type { Counters, Stopped } from "../engine/counters.ts";
import type { Beginning } from "./countdown.ts";
import type { Phase } from "../engine/engine.ts";
import { LiveClock } from "../host/live_clock.ts";
import { Looking } from "../host/looking.ts";
import { threadProcessor } from "../host/thread_processor.ts";
import type { TransportModule } from "../host/transport.ts";
import type { LedgerWriter } from "../ledger/writer.ts";
import { newLiveLedger } from "./live_ledger.ts";
import { type Handed, PlanRun, type World } from "../run.ts";
import { monotonicMs, untilMoment, waitFor } from "./start_time.ts";
import type { ShardEnd, ShardJob } from "./workers_messages.ts";

/** What keeps the shards of one run in step. Each is asked once at most, in this order. */
export type Conduct = Readonly<{
  /**
   * Takes what this shard's setup captured: nothing where that is another one's work, null where it did not go through.
   * Resolves with what all loads are handed; null: there will be none.
   */
  setUp(captured: Handed | null): Promise<Handed | null>;
  /** The load is prepared. */
  ready(): Promise<Beginning>;
  /** The load is over, or never was. Resolves when those of all shards are. */
  loaded(): Promise<void>;
  /** Setup or teardown begins. */
  once(phase: Exclude<Phase, "load">): void;
}>;

/** What a timer may be late by: for so long the thread watches the clock instead. */
const LATE_MS = 15;

/** One shard of a run against real targets, from its ledger's header to its last record. A whole run is one shard. */
export class LiveShard {
  readonly #conduct: Conduct;
  readonly #ledger: LedgerWriter;
  readonly #run: PlanRun;
  /** Aborted by an interrupt: nobody waits for the load's beginning any more. */
  readonly #calledOff = new AbortController();
  #toldLoaded = false;

  /** Writes the ledger's header. Throws `UserError` where it cannot. */
  constructor(job: ShardJob, transports: readonly TransportModule[], conduct: Conduct) {
    const { effective, shard, path, secrets, tlsTexts, runsOnce } = job;
    const { plan } = effective;
    const transport = transports.find(({ name }) => name === plan.transport);
    if (transport === undefined) throw new Error("z6c has a bug: a plan was run without its transport");
    this.#conduct = conduct;
    this.#ledger = newLiveLedger(path, effective, shard);
    let clock = new LiveClock();
    const looking = new Looking();
    const processor = threadProcessor(looking) ?? undefined;
    const world: World = {
      newHost() {
        const own = clock = new LiveClock();
        return {
          clock: own,
          processor,
          openNetwork: (completions) => transport.open(plan, own, completions, tlsTexts, looking),
        };
      },
      setUp: (captured) => conduct.setUp(captured),
      begin: (phase) => phase === "load" ? this.#beginLoad(clock) : this.#beginOnce(phase, clock),
    };
    const phases: readonly Phase[] = runsOnce ? ["setup", "load", "teardown"] : ["load"];
    this.#run = new PlanRun(world, plan, this.#ledger, { secrets, shard, phases });
  }

  /** Of the load. */
  get counters(): Counters {
    return this.#run.counters;
  }

  /**
   * Once: no more sessions begin, or no load. Again, or where none would have begun: sessions end now. False where
   * sessions were ended.
   */
  interrupt(): boolean {
    this.#calledOff.abort();
    return this.#run.interrupt();
  }

  /** Lets no more sessions begin, as another shard of the run has stopped so. */
  stopLike(stopped: Stopped): void {
    this.#run.stopLoad(stopped);
  }

  /** Sets up, carries the load and tears down, in step with the other shards, and finishes the ledger. */
  async run(): Promise<ShardEnd> {
    await this.#run.go();
    this.#ledger.finish();
    await this.#loaded();
    const { failure, lost } = this.#ledger;
    return { failure, lost };
  }

  async #beginOnce(phase: Exclude<Phase, "load">, clock: LiveClock): Promise<void> {
    if (phase === "teardown") await this.#loaded();
    this.#conduct.once(phase);
    clock.start();
  }

  /** Waits for the moment that is the load's tick 0. */
  async #beginLoad(clock: LiveClock): Promise<void> {
    const { signal } = this.#calledOff;
    const beginning = await this.#conduct.ready();
    if (beginning === null && !signal.aborted) this.interrupt();
    if (beginning === null || beginning === "now") return clock.start();
    await waitFor(beginning, LATE_MS, signal, () => {});
    if (signal.aborted) return clock.start();
    const moment = monotonicMs(beginning);
    untilMoment(moment);
    clock.start(moment);
  }

  /** Tells, once, that the load is over or never was, and waits for the others'. */
  async #loaded(): Promise<void> {
    if (this.#toldLoaded) return;
    this.#toldLoaded = true;
    await this.#conduct.loaded();
  }
}
