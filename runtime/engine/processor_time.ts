import type { Engine } from "./engine.ts";
import type { Clock, Host, Processor } from "./host.ts";
import type { Tick } from "../plan.ts";

/** To ask costs tens of microseconds where a system is slow, and it may count in steps of 10 ms. */
const EVERY_TICKS = 1_000_000;

/** Has an engine record what its thread uses of the processor: once a second, at the end, and wherever a stage begins. */
export class ProcessorTime {
  readonly #engine: Engine;
  readonly #clock: Clock;
  readonly #processor: Processor | null;
  #usedTicks: Tick;
  #nextTick: Tick = EVERY_TICKS;
  #stage = 0;

  /** Counts from now on. */
  constructor(engine: Engine, { clock, processor }: Pick<Host, "clock" | "processor">) {
    this.#engine = engine;
    this.#clock = clock;
    this.#processor = processor ?? null;
    this.#usedTicks = processor?.usedTicks() ?? 0;
  }

  /** The engine has had a turn, which began at `now`. */
  turned(now: Tick): void {
    const { stage } = this.#engine.counters;
    if (now < this.#nextTick && stage === this.#stage) return;
    this.#stage = stage;
    this.#nextTick = now + EVERY_TICKS;
    this.tell();
  }

  tell(): void {
    if (this.#processor === null) return;
    const usedTicks = this.#processor.usedTicks();
    // Looking is counted by the clock: where another program has the core meanwhile, that is more than was used.
    this.#engine.processorUsed(this.#clock.now(), Math.max(0, usedTicks - this.#usedTicks));
    this.#usedTicks = usedTicks;
  }
}
