import { WORD } from "../ledger/layout.ts";
import type { RecordBlock } from "../ledger/reader.ts";
import { END, KIND, NONE, SESSION } from "../ledger/record.ts";
import type { Plan } from "../plan.ts";
import { DecisionHash, DIGEST_SESSIONS, DigestSum, FIRST_OF_THOSE_ONCE, isCovered } from "./decision_hash.ts";
import { Exchanges } from "./exchanges.ts";
import { coveredSessions } from "./planned_sessions.ts";
import { isDecided } from "./session_prints.ts";

/** What sessions decided, as one number (docs/determinism.md). */
export type DecisionDigestResult = Readonly<{
  /** 64 hexadecimal digits. */
  sha256: string;
  /** The sessions that it covers: those that ended, setup and teardown among them. */
  sessions: number;
  /** Every planned session that a digest covers went through, and nothing that was seen chose its way. */
  whole: boolean;
  /** Why it is not whole, a clause for people; null where it is. */
  lacking: string | null;
}>;

/**
 * The decision digest as a fold over a ledger's blocks, in their order. For shards, `nextShard` stands between two
 * ledgers. Memory grows with the plan's VUs only.
 */
export class DecisionDigest {
  readonly #plan: Plan;
  readonly #isOpen: boolean;
  readonly #hash: DecisionHash;
  /** By VU: the session on it, or NONE where it is none that is covered. */
  readonly #session: Uint32Array;
  /** By VU: its next `requestPlanned` follows from what was seen. */
  readonly #observed: Uint8Array;
  readonly #sum = new DigestSum();
  /** Digests of the sessions that run once, by number: of several shards each has its own, and the first counts. */
  readonly #once = new Map<number, Uint32Array>();
  readonly #ended: ((session: number, digest: Uint32Array) => void) | null;
  #onceDiffers = false;
  #onceIncomplete = 0;
  #sessions = 0;
  #dropped = 0;
  #endedEarly = 0;
  #conditions = 0;
  readonly #exchanges: Exchanges;
  #exchangesLeft = 0;

  /** `ended` is told the digest of every session as it ends; valid during the call. */
  constructor(plan: Plan, ended: ((session: number, digest: Uint32Array) => void) | null = null) {
    const { vus } = plan.bounds;
    this.#plan = plan;
    this.#isOpen = plan.load.model === "open";
    this.#hash = new DecisionHash(vus);
    this.#session = new Uint32Array(vus).fill(NONE);
    this.#observed = new Uint8Array(vus);
    this.#ended = ended;
    this.#exchanges = new Exchanges(plan);
  }

  /** What follows is another ledger of the same plan. */
  nextShard(): void {
    this.#session.fill(NONE);
  }

  visit({ words, records }: RecordBlock): void {
    const readsAll = !this.#exchanges.areNone;
    for (let at = 0; at < records * WORD.words; at += WORD.words) {
      // Of long runs these are most.
      if (!readsAll && !isCovered(words[at + WORD.session])) continue;
      const kind = words[at + WORD.kindAndStep] & 0xffff;
      switch (kind) {
        case KIND.sessionStarted:
          this.#start(words, at);
          break;
        case KIND.requestPlanned:
        case KIND.thinkChosen:
        case KIND.repeatChosen:
        case KIND.rowTaken:
          this.#decide(words, at, kind);
          break;
        case KIND.redirected:
        case KIND.retried:
          if (words[at + WORD.vu] < this.#observed.length) this.#observed[words[at + WORD.vu]] = 1;
          break;
        case KIND.conditionMet:
          if (isCovered(words[at + WORD.session])) this.#conditions++;
          break;
        case KIND.arrivalDropped:
          if (isCovered(words[at + WORD.session])) this.#dropped++;
          break;
        case KIND.sessionEnded:
          this.#end(words, at);
          break;
      }
      if (readsAll) this.#follow(words, at, kind);
    }
  }

  /** `planned`: how many sessions of the load a digest covers, by a caller who has counted them; null: as time has it. */
  result(planned?: number | null): DecisionDigestResult {
    const sum = new DigestSum();
    sum.add(this.#sum.words);
    for (const digest of this.#once.values()) sum.add(digest);
    const lacking = this.#lacking(planned);
    return {
      sha256: sum.hex,
      sessions: this.#sessions + this.#once.size,
      whole: lacking === null,
      lacking,
    };
  }

  /** What became of an exchange is told by what comes next: a try more, or anything else. */
  #follow(words: Uint32Array, at: number, kind: number): void {
    this.#exchanges.visit(words, at, kind);
    const vu = words[at + WORD.vu];
    if (kind === KIND.retried || kind === KIND.redirected) this.#exchanges.surprises(vu);
    else if (kind === KIND.sessionEnded || isDecided(kind, false)) {
      if (this.#exchanges.surprises(vu) && isCovered(words[at + WORD.session])) this.#exchangesLeft++;
    }
  }

  #start(words: Uint32Array, at: number): void {
    const session = words[at + WORD.session];
    const vu = words[at + WORD.vu];
    if (vu >= this.#session.length) return;
    this.#session[vu] = isCovered(session) ? session : NONE;
    this.#observed[vu] = 0;
    if (this.#session[vu] === NONE) return;
    const isByClock = this.#isOpen && session < FIRST_OF_THOSE_ONCE;
    this.#hash.begin(
      vu,
      session,
      isByClock ? words[at + WORD.tickLow] : 0,
      isByClock ? words[at + WORD.tickHigh] : 0,
    );
    this.#hash.add(vu, words[at + WORD.kindAndStep], isByClock ? words[at + WORD.a] : 0, 0, 0);
  }

  #decide(words: Uint32Array, at: number, kind: number): void {
    const vu = words[at + WORD.vu];
    if (vu >= this.#session.length || this.#session[vu] === NONE) return;
    if (kind === KIND.requestPlanned && this.#observed[vu] === 1) {
      this.#observed[vu] = 0;
      return;
    }
    this.#hash.add(
      vu,
      words[at + WORD.kindAndStep],
      words[at + WORD.a],
      words[at + WORD.b],
      words[at + WORD.c],
    );
  }

  #end(words: Uint32Array, at: number): void {
    const session = words[at + WORD.session];
    const vu = words[at + WORD.vu];
    if (vu >= this.#session.length || this.#session[vu] !== session || session === NONE) return;
    this.#session[vu] = NONE;
    this.#hash.end(vu);
    const { digest } = this.#hash;
    this.#ended?.(session, digest);
    const completed = words[at + WORD.a] === END.completed;
    if (session >= FIRST_OF_THOSE_ONCE) return this.#endOnce(session, digest, completed);
    this.#sum.add(digest);
    this.#sessions++;
    if (!completed) this.#endedEarly++;
  }

  #endOnce(session: number, digest: Uint32Array, completed: boolean): void {
    const first = this.#once.get(session);
    if (first === undefined) this.#once.set(session, digest.slice());
    else if (first.some((word, n) => word !== digest[n])) this.#onceDiffers = true;
    if (!completed) this.#onceIncomplete++;
  }

  #lacking(known: number | null | undefined): string | null {
    const { setup, teardown } = this.#plan;
    if (setup >= 0 && !this.#once.has(SESSION.setup)) return "the setup is not there";
    if (teardown >= 0 && !this.#once.has(SESSION.teardown)) return "the teardown is not there";
    if (this.#onceIncomplete > 0) return "setup or teardown did not go through";
    if (this.#onceDiffers) return "the shards' setups or teardowns went different ways";
    if (this.#dropped > 0) return `${this.#dropped} arrivals were dropped`;
    if (this.#endedEarly > 0) return `${this.#endedEarly} sessions ended early`;
    if (this.#exchangesLeft > 0) {
      return `what was left to do on ${this.#exchangesLeft} WebSockets that were lost or refused was left out`;
    }
    if (this.#conditions > 0) return "what was seen chose which steps were run";
    // Counted last, for poisson arrivals are counted by drawing them all.
    const planned = known === undefined ? coveredSessions(this.#plan) : known;
    if (planned === null) return "how many sessions there are was a matter of time";
    if (this.#sessions < planned) {
      const all = planned === DIGEST_SESSIONS ? `the first ${planned}` : `${planned}`;
      return `${this.#sessions} of ${all} planned sessions are there`;
    }
    return null;
  }
}
