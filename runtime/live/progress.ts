import type { Clock } from "../engine/host.ts";
import { requestError } from "../ledger/errors.ts";
import type { Plan, Tick } from "../plan.ts";
import { isOnWebSocket } from "../reduce/scope.ts";
import { liveBlock, liveLine, type Progress } from "../report/live.ts";
import { wrapped } from "../report/table.ts";
import { canRewrite, RewrittenLines } from "./rewritten_lines.ts";
import { terminalSize } from "./terminal_size.ts";

const TERMINAL_TICKS = 250_000;
const LINES_TICKS = 10_000_000;

/** What is shown of a run's counters. */
export type FollowedCounters =
  & Readonly<{
    stage: number;
    sessionsStarted: number;
    sessionsActive: number;
    sessionsDropped: number;
    /** Whatever a step sends or waits for, messages among them. */
    requestsIssued: number;
    messagesSent: number;
    responsesEnded: number;
    /** Those of them of which a check failed. */
    responsesRejected: number;
    requestsFailed: number;
    inFlight: number;
    errors: ReadonlyMap<number, number>;
  }>
  & {
    /** The largest lag since the last call. */
    takeLagMax(): Tick;
  };

/** Follows the counters of a run and shows them on stderr: a live block on a terminal, a line now and then elsewhere. */
export class ProgressScreen {
  readonly #plan: Plan;
  readonly #counters: FollowedCounters;
  readonly #clock: Pick<Clock, "now">;
  readonly #color: boolean;
  /** Null where there is no terminal. */
  readonly #block = canRewrite() ? new RewrittenLines() : null;
  readonly #periodTicks: Tick;
  #timer = 0;
  /** When the run is shown next, by its own clock: that may begin after this screen. */
  #nextTick: Tick;
  #shown: readonly string[] = [];
  #lastTick: Tick = 0;
  #lastIssued = 0;

  /** `isTimed`: it looks by itself; otherwise whoever made it calls `look`. */
  constructor(
    plan: Plan,
    counters: FollowedCounters,
    clock: Pick<Clock, "now">,
    color: boolean,
    isTimed = true,
  ) {
    this.#plan = plan;
    this.#counters = counters;
    this.#clock = clock;
    this.#color = color;
    this.#periodTicks = this.#nextTick = this.#block !== null ? TERMINAL_TICKS : LINES_TICKS;
    if (isTimed) this.#wait();
  }

  /** Prints a line above the live block. */
  say(text: string): void {
    if (this.#block === null) console.error(text);
    else this.#block.draw(this.#shown, wrapped(text, terminalSize().columns).join("\n"));
  }

  /** Shows how it ended, and leaves that where it stands. */
  finish(): void {
    clearTimeout(this.#timer);
    this.show();
    this.#block?.leave();
  }

  /** Leaves the screen to what comes after. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#block?.erase();
  }

  /** Shows the run where it is time to. */
  look(): void {
    const now = this.#clock.now();
    if (now < this.#nextTick) return;
    this.show();
    this.#nextTick = now - now % this.#periodTicks + this.#periodTicks;
  }

  #wait(): void {
    const leftTicks = this.#nextTick - this.#clock.now();
    this.#timer = setTimeout(() => {
      this.look();
      this.#wait();
    }, Math.ceil(leftTicks / 1000));
  }

  /** Shows the run as it is. */
  show(): void {
    const progress = this.#progress();
    if (this.#block === null) return console.error(liveLine(progress));
    const { columns, rows } = terminalSize();
    this.#shown = liveBlock(progress, { width: columns, color: this.#color }).slice(0, Math.max(1, rows - 1));
    this.#block.draw(this.#shown);
  }

  #progress(): Progress {
    const { load, name } = this.#plan;
    const counters = this.#counters;
    const now = this.#clock.now();
    const stage = load.stages[Math.max(0, counters.stage)];
    const last = load.stages[load.stages.length - 1];
    const issued = counters.requestsIssued - this.#lastIssued;
    const requestsPerSecond = issued / Math.max(1, now - this.#lastTick) * 1_000_000;
    this.#lastIssued = counters.requestsIssued;
    this.#lastTick = now;
    const lag = counters.takeLagMax();
    const done = load.model === "closed" && load.iterations > 0
      ? counters.sessionsStarted / load.iterations
      : (now - stage.startTick) / Math.max(1, stage.lengthTicks);
    return {
      name,
      stage: stage.name,
      stageProgress: Math.min(1, done),
      elapsedTicks: now,
      totalTicks: last.lengthTicks === 0 ? 0 : last.startTick + last.lengthTicks,
      sessions: {
        started: counters.sessionsStarted,
        active: counters.sessionsActive,
        dropped: counters.sessionsDropped,
      },
      hasMessages: this.#plan.steps.some(isOnWebSocket),
      requests: {
        issued: counters.requestsIssued,
        messages: counters.messagesSent,
        failed: counters.requestsFailed,
        unexpected: counters.responsesRejected,
        inFlight: counters.inFlight,
      },
      requestsPerSecond,
      lagMaxTicks: issued === 0 ? null : lag,
      errors: [...counters.errors].sort(([, a], [, b]) => b - a)
        .map(([code, count]) => ({ code, name: requestError(code).name, count })),
    };
  }
}
