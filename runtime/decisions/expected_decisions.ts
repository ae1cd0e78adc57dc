import { arrivals } from "../engine/arrivals.ts";
import { KIND, NONE, SESSION } from "../ledger/record.ts";
import type { Plan } from "../plan.ts";
import { DecisionHash, DIGEST_SESSIONS, DigestSum } from "./decision_hash.ts";
import { SWITCHED } from "./exchanges.ts";
import { ExpectedMemory, expectedStatus, undecidable } from "./expected_outcome.ts";
import { SessionWalk, WalkedPlan } from "./session_walk.ts";

/** The digest of all that a plan decides, or why there is none: a clause for people. */
export type ExpectedDecisions =
  | Readonly<{ kind: "known"; sha256: string; sessions: number }>
  | Readonly<{ kind: "unknown"; reason: string }>;

/** Is told a session's digest (eight big-endian words) as the session ends; valid during the call. */
export type SessionVisitor = (session: number, digest: Uint32Array) => void;

/**
 * What the plan's sessions decide when every response is as expected: the digest that a run has whose sessions all
 * went through. At most `DIGEST_SESSIONS` sessions of the load are walked.
 */
export function expectedDecisions(plan: Plan, visit: SessionVisitor = () => {}): ExpectedDecisions {
  const reason = undecidable(plan);
  if (reason !== null) return { kind: "unknown", reason };
  const walker = new ExpectedWalker(plan, visit);
  walker.walkSetup();
  walker.walkLoad();
  walker.walkTeardown();
  return { kind: "known", sha256: walker.sum.hex, sessions: walker.sessions };
}

/** A decision of a session as a person would follow it. */
export type ToldDecision = Readonly<
  { kind: number; step: number; a: number; b: number; c: number; tick: number | null }
>;

/** The decisions of one session when every response is as expected; null where the plan has no such session. */
export function expectedSession(plan: Plan, session: number): readonly ToldDecision[] | null {
  if (undecidable(plan) !== null) return null;
  const told: ToldDecision[] = [];
  const listen: Listener = (decided, decision) => {
    if (decided === session) told.push(decision);
  };
  const walker = new ExpectedWalker(plan, () => {}, listen);
  walker.walkSetup();
  if (session < SESSION.teardown) walker.walkLoad(session + 1);
  else walker.walkTeardown();
  return told.length === 0 ? null : told;
}

type Listener = (session: number, decision: ToldDecision) => void;

class ExpectedWalker {
  readonly sum = new DigestSum();
  sessions = 0;
  readonly #plan: Plan;
  readonly #walked: WalkedPlan;
  readonly #walk: SessionWalk;
  readonly #memory = new ExpectedMemory();
  readonly #hash = new DecisionHash(1);
  readonly #visit: SessionVisitor;
  readonly #listener: Listener | null;

  constructor(plan: Plan, visit: SessionVisitor, listener: Listener | null = null) {
    this.#plan = plan;
    this.#walked = new WalkedPlan(plan);
    this.#walk = new SessionWalk(this.#walked);
    this.#visit = visit;
    this.#listener = listener;
  }

  walkSetup(): void {
    if (this.#plan.setup < 0) return;
    this.#walkSession(SESSION.setup, 0, NONE);
    this.#memory.hand();
  }

  walkTeardown(): void {
    if (this.#plan.teardown >= 0) this.#walkSession(SESSION.teardown, 0, NONE);
  }

  /** Walks sessions of the load with numbers below `end`. */
  walkLoad(end = DIGEST_SESSIONS): void {
    const { load, seed } = this.#plan;
    if (load.model === "closed") {
      const sessions = Math.min(load.iterations, end);
      for (let session = 0; session < sessions; session++) this.#walkSession(session, 0, 0);
      return;
    }
    const next = arrivals(load, seed);
    for (let session = 0; next.nextTick !== Infinity && session < end; session++) {
      this.#walkSession(session, next.nextTick, next.nextStage);
      next.advance();
    }
  }

  /** Walks one session to its end. `tick`: of its arrival, or 0. */
  #walkSession(session: number, tick: number, stage: number): void {
    const walk = this.#walk;
    const hash = this.#hash;
    const memory = this.#memory;
    const flow = this.#walked.flowOf(session);
    memory.forget();
    const hashedStage = this.#plan.load.model === "open" && stage !== NONE ? stage : 0;
    hash.begin(0, session, tick >>> 0, Math.floor(tick / 2 ** 32));
    hash.add(0, KIND.sessionStarted | flow << 16, hashedStage, 0, 0);
    this.#listener?.(session, { kind: KIND.sessionStarted, step: flow, a: hashedStage, b: 0, c: 0, tick });
    walk.begin(session, flow, stage);
    while (walk.kind !== KIND.sessionEnded) {
      if (walk.kind === KIND.conditionMet) {
        const { condition } = walk;
        walk.meet(condition !== null && memory.holds(condition));
        continue;
      }
      const { kind, step, a, b, c, request } = walk;
      hash.add(0, kind | step << 16, a, b, c);
      this.#listener?.(session, { kind, step, a, b, c, tick: null });
      if (request !== null) memory.respond(request);
      const isRefused = request?.kind === "webSocket" && expectedStatus(request) !== SWITCHED;
      if (isRefused) walk.leaveExchange();
      else walk.next();
    }
    hash.end(0);
    this.#visit(session, hash.digest);
    this.sum.add(hash.digest);
    this.sessions++;
  }
}
