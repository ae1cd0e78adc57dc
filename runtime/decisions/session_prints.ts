import { WORD } from "../ledger/layout.ts";
import type { OpenedLedger, RecordBlock } from "../ledger/reader.ts";
import { CONTINUATION, KIND, OBSERVATION } from "../ledger/record.ts";
import { FIRST_OF_THOSE_ONCE } from "./decision_hash.ts";

/** Places in a session's five words: two hashes of 32 bits each, and whether its next request follows from what was seen. */
const PRINT = { decisions: 0, observations: 2, observed: 4, words: 5 } as const;

/** What tells two sessions apart, in 20 bytes each: prints of their decisions, and of everything else about them. */
export class SessionPrints {
  readonly #isOpen: boolean;
  readonly #places = new Map<number, number>();
  #prints = new Uint32Array(PRINT.words * 1024);

  constructor(ledger: Pick<OpenedLedger, "header" | "scan">) {
    this.#isOpen = ledger.header.plan.load.model === "open";
    ledger.scan((block) => this.#visit(block));
  }

  /** Numbers of the sessions, in the order in which they were first seen; NONE stands for the run itself. */
  sessions(): Iterable<number> {
    return this.#places.keys();
  }

  sameDecisions(other: SessionPrints, session: number): boolean {
    return this.#same(other, session, PRINT.decisions);
  }

  sameObservations(other: SessionPrints, session: number): boolean {
    return this.#same(other, session, PRINT.observations);
  }

  #same(other: SessionPrints, session: number, print: number): boolean {
    const mine = this.#places.get(session);
    const its = other.#places.get(session);
    if (mine === undefined || its === undefined) return mine === its;
    return [0, 1].every((n) => this.#prints[mine + print + n] === other.#prints[its + print + n]);
  }

  #visit({ words, records }: RecordBlock): void {
    let place = 0;
    for (let at = 0; at < records * WORD.words; at += WORD.words) {
      const kind = words[at + WORD.kindAndStep] & 0xffff;
      if ((kind & CONTINUATION) !== 0) {
        for (let n = 0; n < WORD.words; n++) this.#mix(place + PRINT.observations, words[at + n]);
        continue;
      }
      const session = words[at + WORD.session];
      place = this.#placeOf(session);
      const prints = this.#prints;
      if (isDecided(kind, prints[place + PRINT.observed] === 1)) {
        this.#decide(place, words, at, kind, session);
      }
      this.#observe(place, words, at, kind);
      if (kind === KIND.redirected || kind === KIND.retried) prints[place + PRINT.observed] = 1;
      if (kind === KIND.requestPlanned) prints[place + PRINT.observed] = 0;
    }
  }

  #decide(place: number, words: Uint32Array, at: number, kind: number, session: number): void {
    const print = place + PRINT.decisions;
    const isStart = kind === KIND.sessionStarted;
    if (isStart && this.#isOpen && session < FIRST_OF_THOSE_ONCE) {
      this.#mix(print, words[at + WORD.tickLow]);
      this.#mix(print, words[at + WORD.tickHigh]);
    }
    this.#mix(print, words[at + WORD.kindAndStep]);
    if (!isStart || this.#isOpen) this.#mix(print, words[at + WORD.a]);
    this.#mix(print, words[at + WORD.b]);
    this.#mix(print, words[at + WORD.c]);
  }

  /** Decisions too: when they were due was seen. Which VU and which slot it was does not matter. */
  #observe(place: number, words: Uint32Array, at: number, kind: number): void {
    const print = place + PRINT.observations;
    for (let n = 0; n < WORD.words; n++) {
      const isPlace = n === WORD.vu || (n === WORD.c && kind === KIND.connectionClosed);
      if (!isPlace) this.#mix(print, words[at + n]);
    }
  }

  #mix(at: number, word: number): void {
    const prints = this.#prints;
    prints[at] = rotated(Math.imul(prints[at] ^ word, 0x9e3779b1));
    prints[at + 1] = rotated(Math.imul(prints[at + 1] + word, 0x85ebca77) ^ 0x27d4eb2f);
  }

  #placeOf(session: number): number {
    const known = this.#places.get(session);
    if (known !== undefined) return known;
    const place = this.#places.size * PRINT.words;
    if (place + PRINT.words > this.#prints.length) {
      const larger = new Uint32Array(2 * this.#prints.length);
      larger.set(this.#prints);
      this.#prints = larger;
    }
    this.#places.set(session, place);
    return place;
  }
}

function rotated(word: number): number {
  return (word << 13) | (word >>> 19);
}

/**
 * Whether a record tells what plan and seed decided: of the decision lane, but not how a session ended, nor the request
 * that follows a redirect or is tried again.
 */
export function isDecided(kind: number, isObserved: boolean): boolean {
  if ((kind & (OBSERVATION | CONTINUATION)) !== 0 || kind === KIND.sessionEnded) return false;
  return kind !== KIND.requestPlanned || !isObserved;
}
