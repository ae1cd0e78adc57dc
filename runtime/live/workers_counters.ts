import type { Counters } from "../engine/counters.ts";
import type { Tick } from "../plan.ts";
import type { FollowedCounters } from "./progress.ts";
import type { CounterValues } from "./workers_messages.ts";

/** An engine's counters as they are now. */
export function counterValues(counters: Counters): CounterValues {
  const { stage, sessionsStarted, sessionsActive, sessionsDropped } = counters;
  const {
    requestsIssued,
    messagesSent,
    responsesEnded,
    responsesRejected,
    requestsFailed,
    inFlight,
    errors,
  } = counters;
  return {
    stage,
    sessionsStarted,
    sessionsActive,
    sessionsDropped,
    requestsIssued,
    messagesSent,
    responsesEnded,
    responsesRejected,
    requestsFailed,
    inFlight,
    errors,
    lagMax: counters.takeLagMax(),
    stopped: counters.stopped,
  };
}

/** What several workers last told of their counters, as if one had counted. */
export class SummedCounters implements FollowedCounters {
  readonly #latest = new Map<number, CounterValues>();
  #lagMax: Tick = 0;

  /** Takes what `worker` counts by now. */
  take(worker: number, counters: CounterValues): void {
    this.#latest.set(worker, counters);
    this.#lagMax = Math.max(this.#lagMax, counters.lagMax);
  }

  get stage(): number {
    return [...this.#latest.values()].reduce((most, { stage }) => Math.max(most, stage), -1);
  }

  get sessionsStarted(): number {
    return this.#sum("sessionsStarted");
  }

  get sessionsActive(): number {
    return this.#sum("sessionsActive");
  }

  get sessionsDropped(): number {
    return this.#sum("sessionsDropped");
  }

  get requestsIssued(): number {
    return this.#sum("requestsIssued");
  }

  get messagesSent(): number {
    return this.#sum("messagesSent");
  }

  get responsesEnded(): number {
    return this.#sum("responsesEnded");
  }

  get responsesRejected(): number {
    return this.#sum("responsesRejected");
  }

  get requestsFailed(): number {
    return this.#sum("requestsFailed");
  }

  get inFlight(): number {
    return this.#sum("inFlight");
  }

  get errors(): ReadonlyMap<number, number> {
    const all = new Map<number, number>();
    for (const { errors } of this.#latest.values()) {
      for (const [code, count] of errors) all.set(code, (all.get(code) ?? 0) + count);
    }
    return all;
  }

  /** The largest lag since the last call. */
  takeLagMax(): Tick {
    const lag = this.#lagMax;
    this.#lagMax = 0;
    return lag;
  }

  #sum(name: Exclude<keyof CounterValues, "errors" | "stopped">): number {
    let sum = 0;
    for (const counters of this.#latest.values()) sum += counters[name];
    return sum;
  }
}
