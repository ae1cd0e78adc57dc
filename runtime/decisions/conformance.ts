import type { Shard } from "../engine/shares.ts";
import { WORD } from "../ledger/layout.ts";
import type { RecordBlock } from "../ledger/reader.ts";
import { END, KIND, SESSION } from "../ledger/record.ts";
import type { Plan } from "../plan.ts";
import { Beginnings } from "./beginnings.ts";
import { decisionText, sessionText, type ToldRecord } from "./decision_text.ts";
import { Exchanges } from "./exchanges.ts";
import { beyondRedirects, beyondTries } from "./request_limits.ts";
import { SessionWalk, WalkedPlan } from "./session_walk.ts";

/** A decision that is not the one that plan and seed make. Texts are clauses for people. */
export type Deviation = Readonly<{
  /** Which of the ledgers, from 0. */
  ledger: number;
  session: number;
  /** Position in plan.steps; null where it is about a whole session. */
  step: number | null;
  tick: number;
  expected: string;
  found: string;
}>;

/** How far the decisions of a run are those of its plan. */
export type ConformanceResult = Readonly<{
  /** Sessions of the load that began, and sessions that the plan has; null where time alone bounds them. */
  sessions: number;
  planned: number | null;
  /** Decisions that were compared, setup and teardown included. */
  decisions: number;
  dropped: number;
  /** Sessions that ended before their program did, and sessions that were under way where the ledger ends. */
  endedEarly: number;
  unfinished: number;
  /** Sessions with a decision that is not as planned. */
  deviating: number;
  first: Deviation | null;
}>;

/**
 * Computes every decision of every session again, as a fold over a ledger's blocks: what the world answered is taken
 * from the ledger, all else from plan and seed. For shards, `nextLedger` stands between two of them.
 */
export class Conformance {
  readonly #plan: Plan;
  readonly #walked: WalkedPlan;
  readonly #exchanges: Exchanges;
  /** By VU: null before its first session. */
  readonly #walks: (VuWalk | null)[];
  #beginnings: Beginnings;
  #ledger = 0;
  #sessions = 0;
  #decisions = 0;
  #dropped = 0;
  #endedEarly = 0;
  #unfinished = 0;
  #deviating = 0;
  #first: Deviation | null = null;

  /** `shard`: of the first ledger. */
  constructor(plan: Plan, shard: Shard) {
    this.#plan = plan;
    this.#walked = new WalkedPlan(plan);
    this.#exchanges = new Exchanges(plan);
    this.#walks = new Array(plan.bounds.vus).fill(null);
    this.#beginnings = new Beginnings(this.#walked, shard);
  }

  /** What follows is the ledger of another shard. */
  nextLedger(shard: Shard): void {
    this.#leaveUnfinished();
    this.#ledger++;
    this.#beginnings = new Beginnings(this.#walked, shard);
  }

  visit({ words, records }: RecordBlock): void {
    for (let at = 0; at < records * WORD.words; at += WORD.words) {
      const kind = words[at + WORD.kindAndStep] & 0xffff;
      switch (kind) {
        case KIND.sessionStarted:
          this.#start(words, at);
          break;
        case KIND.arrivalDropped:
          this.#dropped++;
          this.#beginAsPlanned(words, at, kind);
          break;
        case KIND.requestPlanned:
        case KIND.thinkChosen:
        case KIND.repeatChosen:
        case KIND.rowTaken:
          this.#decide(words, at, kind);
          break;
        case KIND.conditionMet:
        case KIND.redirected:
        case KIND.retried:
          this.#observe(words, at, kind);
          break;
        case KIND.sessionEnded:
          this.#end(words, at);
          break;
      }
      this.#exchanges.visit(words, at, kind);
    }
  }

  /** Called once. */
  result(): ConformanceResult {
    this.#leaveUnfinished();
    return {
      sessions: this.#sessions,
      planned: this.#beginnings.plannedSessions(),
      decisions: this.#decisions,
      dropped: this.#dropped,
      endedEarly: this.#endedEarly,
      unfinished: this.#unfinished,
      deviating: this.#deviating,
      first: this.#first,
    };
  }

  #leaveUnfinished(): void {
    for (const it of this.#walks) {
      if (it === null) continue;
      if (it.state !== "free") this.#unfinished++;
      it.state = "free";
    }
  }

  // Sessions begin.

  #start(words: Uint32Array, at: number): void {
    const session = words[at + WORD.session];
    const vu = words[at + WORD.vu];
    if (session < SESSION.teardown) this.#sessions++;
    this.#decisions++;
    const planned = this.#beginAsPlanned(words, at, KIND.sessionStarted);
    if (vu >= this.#walks.length) {
      if (planned) {
        this.#deviate(words, at, `a VU below ${this.#walks.length}`, `VU ${vu}`, null);
      }
      return;
    }
    const it = this.#walks[vu] ??= new VuWalk(this.#walked, this.#exchanges, vu);
    if (it.state !== "free" && planned) {
      const before = `${sessionText(it.walk.session)} to end before another one begins on its VU`;
      this.#deviate(
        words,
        at,
        before,
        decisionText(this.#plan, toldAt(words, at, KIND.sessionStarted)),
        null,
      );
    }
    it.state = planned ? "walking" : "lost";
    it.inRequest = false;
    const flow = this.#walked.flowOf(session);
    if (planned) it.walk.begin(session, flow, words[at + WORD.a]);
  }

  #beginAsPlanned(words: Uint32Array, at: number, kind: number): boolean {
    const told = toldAt(words, at, kind);
    const expected = this.#beginnings.expected(words[at + WORD.session], told);
    if (expected === null) return true;
    const found = decisionText(this.#plan, told);
    this.#deviate(words, at, expected, found, null);
    return false;
  }

  // Sessions go on.

  /** The walk of the record's session; null where there is none, or none any more since it left the plan. */
  #walkAt(words: Uint32Array, at: number): VuWalk | null {
    const it = this.#walks[words[at + WORD.vu]] ?? null;
    return it?.state === "walking" && it.walk.session === words[at + WORD.session] ? it : null;
  }

  #decide(words: Uint32Array, at: number, kind: number): void {
    this.#decisions++;
    const it = this.#walkAt(words, at);
    if (it === null) return this.#decidedByNone(words, at, kind);
    if (it.inRequest) it.leaveRequest();
    const { walk } = it;
    const same = walk.kind === kind && walk.step === words[at + WORD.kindAndStep] >>> 16 &&
      walk.a === words[at + WORD.a] && walk.b === words[at + WORD.b] && walk.c === words[at + WORD.c];
    if (!same) return this.#leavePlan(words, at, kind, it);
    if (kind === KIND.requestPlanned) it.inRequest = true;
    else walk.next();
  }

  /** A decision of a session that is not on the record's VU, unless it has left its plan before. */
  #decidedByNone(words: Uint32Array, at: number, kind: number): void {
    const it = this.#walks[words[at + WORD.vu]] ?? null;
    if (it?.state === "lost") return;
    const expected = it?.state === "walking"
      ? `a decision of ${sessionText(it.walk.session)} on its VU`
      : "no decision on a VU without a session";
    const found = decisionText(this.#plan, toldAt(words, at, kind));
    this.#deviate(words, at, expected, found, words[at + WORD.kindAndStep] >>> 16);
    if (it?.state === "walking") it.state = "lost";
  }

  #observe(words: Uint32Array, at: number, kind: number): void {
    const it = this.#walkAt(words, at);
    if (it === null) return;
    const { walk } = it;
    const step = words[at + WORD.kindAndStep] >>> 16;
    if (kind !== KIND.conditionMet) return this.#followRequest(words, at, kind, it);
    if (it.inRequest) it.leaveRequest();
    if (walk.kind !== kind || walk.step !== step) return this.#leavePlan(words, at, kind, it);
    walk.meet(words[at + WORD.a] === 1);
  }

  /** A redirect is followed, or another try is made: whether it had to be was seen, how often it may be is decided. */
  #followRequest(words: Uint32Array, at: number, kind: number, it: VuWalk): void {
    const { walk } = it;
    const { request } = walk;
    const step = words[at + WORD.kindAndStep] >>> 16;
    if (!it.inRequest || walk.step !== step || request === null) return this.#leavePlan(words, at, kind, it);
    const limit = kind === KIND.redirected
      ? beyondRedirects(request, words[at + WORD.b])
      : beyondTries(request, words[at + WORD.a], words[at + WORD.b]);
    if (limit !== null) {
      this.#deviate(words, at, limit, decisionText(this.#plan, toldAt(words, at, kind)), step);
      it.state = "lost";
      return;
    }
    it.inRequest = false;
    this.#exchanges.leaves(words[at + WORD.vu]);
    if (kind === KIND.redirected) walk.redirect();
    else walk.retry();
  }

  #end(words: Uint32Array, at: number): void {
    const it = this.#walkAt(words, at);
    if (it === null) {
      const lost = this.#walks[words[at + WORD.vu]] ?? null;
      if (lost !== null) lost.state = "free";
      return;
    }
    const end = words[at + WORD.a];
    const { onError } = it.walk.request ?? { onError: "continue" };
    const mayFail = it.inRequest && onError !== "continue";
    if (end !== END.completed) this.#endedEarly++;
    const isCutShort = end === END.runStopped || (end === END.stepFailed && mayFail);
    if (it.inRequest && !isCutShort) it.leaveRequest();
    const isDone = it.walk.kind === KIND.sessionEnded &&
      it.walk.step === words[at + WORD.kindAndStep] >>> 16;
    const fits = isCutShort || (end === END.completed && isDone);
    if (!fits) this.#leavePlan(words, at, KIND.sessionEnded, it);
    it.state = "free";
  }

  // Deviations.

  #leavePlan(words: Uint32Array, at: number, kind: number, it: VuWalk): void {
    const { walk } = it;
    const told = { kind: walk.kind, step: walk.step, a: walk.a, b: walk.b, c: walk.c, tick: 0 };
    const step = walk.kind === KIND.sessionEnded ? words[at + WORD.kindAndStep] >>> 16 : walk.step;
    const found = decisionText(this.#plan, toldAt(words, at, kind));
    this.#deviate(words, at, decisionText(this.#plan, told), found, step);
    it.state = "lost";
  }

  #deviate(words: Uint32Array, at: number, expected: string, found: string, step: number | null): void {
    this.#deviating++;
    this.#first ??= {
      ledger: this.#ledger,
      session: words[at + WORD.session],
      step,
      tick: toldAt(words, at, 0).tick,
      expected,
      found,
    };
  }
}

/** The walk of the session on a VU. */
class VuWalk {
  readonly walk: SessionWalk;
  /** lost: its session has left the plan, and is not followed any more. */
  state: "free" | "walking" | "lost" = "free";
  /** Its request was planned, and what became of it is not known yet. */
  inRequest = false;

  readonly #exchanges: Exchanges;
  readonly #vu: number;

  constructor(walked: WalkedPlan, exchanges: Exchanges, vu: number) {
    this.walk = new SessionWalk(walked);
    this.#exchanges = exchanges;
    this.#vu = vu;
  }

  leaveRequest(): void {
    this.inRequest = false;
    if (this.#exchanges.leaves(this.#vu)) this.walk.leaveExchange();
    else this.walk.next();
  }
}

function toldAt(words: Uint32Array, at: number, kind: number): ToldRecord {
  return {
    kind,
    step: words[at + WORD.kindAndStep] >>> 16,
    a: words[at + WORD.a],
    b: words[at + WORD.b],
    c: words[at + WORD.c],
    tick: words[at + WORD.tickHigh] * 2 ** 32 + words[at + WORD.tickLow],
  };
}
