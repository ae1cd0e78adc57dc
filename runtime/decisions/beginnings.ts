import { type Arrivals, arrivals } from "../engine/arrivals.ts";
import type { Shard } from "../engine/shares.ts";
import { KIND, NONE, SESSION } from "../ledger/record.ts";
import type { Plan } from "../plan.ts";
import { decisionText, sessionText, type ToldRecord } from "./decision_text.ts";
import type { WalkedPlan } from "./session_walk.ts";

/** Which sessions of a shard begin, in their order: when, in which stage and with which flow. */
export class Beginnings {
  readonly #walked: WalkedPlan;
  readonly #plan: Plan;
  readonly #arrivals: Arrivals | null;
  readonly #step: number;
  /** The number of the next session. */
  #next: number;
  /** The session that `#arrivals` stands at. */
  #arrived = 0;
  readonly #once = new Set<number>();

  constructor(walked: WalkedPlan, { index, count }: Shard) {
    const { plan } = walked;
    this.#walked = walked;
    this.#plan = plan;
    this.#next = index - 1;
    this.#step = count;
    this.#arrivals = plan.load.model === "open" ? arrivals(plan.load, plan.seed) : null;
  }

  /** What should stand in place of a session's beginning, or of its being dropped; null where it is as planned. */
  expected(session: number, found: ToldRecord): string | null {
    if (session >= SESSION.teardown) return this.#expectedOnce(session, found);
    if (session !== this.#next) {
      const next = this.#next;
      // A ledger that lost its way once is told once, not for each session that follows.
      if (session > next) this.#next = session + this.#step;
      return `${sessionText(next)} as the next one`;
    }
    this.#next += this.#step;
    return this.#expectedNext(session, found);
  }

  #expectedOnce(session: number, found: ToldRecord): string | null {
    const flow = this.#walked.flowOf(session);
    if (flow < 0) return `no such session: the plan has none that is ${sessionText(session)}`;
    if (this.#once.has(session)) return "no further one, since it runs once";
    this.#once.add(session);
    if (found.kind === KIND.sessionStarted && found.step === flow && found.a === NONE) return null;
    return decisionText(this.#plan, { ...found, kind: KIND.sessionStarted, step: flow, a: NONE });
  }

  #expectedNext(session: number, found: ToldRecord): string | null {
    const { load } = this.#plan;
    if (load.model === "closed") {
      if (load.iterations > 0 && session >= load.iterations) {
        return `no more than ${load.iterations} sessions`;
      }
      if (load.stages[found.a] === undefined) return `one of the plan's ${load.stages.length} stages`;
    } else {
      this.#arriveAt(session);
      const { nextTick, nextStage } = this.#arrivals ?? NOBODY;
      if (nextTick === Infinity) return `no more than ${this.#arrived} sessions`;
      if (found.tick !== nextTick || found.a !== nextStage) {
        return decisionText(this.#plan, {
          ...found,
          step: this.#walked.flowOf(session),
          a: nextStage,
          tick: nextTick,
        });
      }
    }
    const flow = this.#walked.flowOf(session);
    if (found.kind !== KIND.sessionStarted || found.step === flow) return null;
    return decisionText(this.#plan, { ...found, step: flow });
  }

  #arriveAt(session: number): void {
    const next = this.#arrivals;
    for (; next !== null && this.#arrived < session && next.nextTick !== Infinity; this.#arrived++) {
      next.advance();
    }
  }

  /** How many sessions the whole load has; null where time alone bounds them. Called last. */
  plannedSessions(): number | null {
    const { load } = this.#plan;
    if (load.model === "closed") return load.iterations === 0 ? null : load.iterations;
    this.#arriveAt(Infinity);
    return this.#arrived;
  }
}

const NOBODY = { nextTick: Infinity, nextStage: 0 };
