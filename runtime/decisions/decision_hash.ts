import { SESSION } from "../ledger/record.ts";
import { Sha256Lanes } from "./sha256_lanes.ts";

/** Sessions of the load with smaller numbers are covered by a run's decision digest: a plan may have billions. */
export const DIGEST_SESSIONS = 250_000;

/** Sessions with numbers from here on run once (`SESSION`). */
export const FIRST_OF_THOSE_ONCE = Math.min(...Object.values(SESSION));

/** Whether the decision digest covers the session of this number. */
export function isCovered(session: number): boolean {
  return session < DIGEST_SESSIONS || session >= FIRST_OF_THOSE_ONCE;
}

/**
 * The decisions of sessions, each hashed as docs/determinism.md has it: several sessions may be under way at once, one
 * on a lane.
 */
export class DecisionHash {
  /** Of the session ended last: its SHA-256 as eight big-endian words. */
  readonly digest: Uint32Array;
  readonly #lanes: Sha256Lanes;

  constructor(lanes: number) {
    this.#lanes = new Sha256Lanes(lanes);
    this.digest = this.#lanes.digest;
  }

  /** A session begins on the lane. `tickLow` and `tickHigh` are 0 unless it arrived by the clock. */
  begin(lane: number, session: number, tickLow: number, tickHigh: number): void {
    const lanes = this.#lanes;
    lanes.begin(lane);
    lanes.feed(lane, session);
    lanes.feed(lane, tickLow);
    lanes.feed(lane, tickHigh);
  }

  /** One decision. `kindAndStep`: the step in the upper 16 bits. */
  add(lane: number, kindAndStep: number, a: number, b: number, c: number): void {
    const lanes = this.#lanes;
    lanes.feed(lane, kindAndStep);
    lanes.feed(lane, a);
    lanes.feed(lane, b);
    lanes.feed(lane, c);
  }

  /** The lane's session is over, and `digest` is its own. */
  end(lane: number): void {
    this.#lanes.finish(lane);
  }
}

/** Digests of sessions added up modulo 2^256: in any order, over any shards. */
export class DigestSum {
  /** Eight big-endian words. */
  readonly words = new Float64Array(8);

  /** `digest`: eight big-endian words. */
  add(digest: ArrayLike<number>): void {
    const words = this.words;
    let carry = 0;
    for (let n = 7; n >= 0; n--) {
      const sum = words[n] + digest[n] + carry;
      carry = sum >= 2 ** 32 ? 1 : 0;
      words[n] = sum - carry * 2 ** 32;
    }
  }

  /** 64 hexadecimal digits. */
  get hex(): string {
    return hexOf(this.words);
  }
}

/** Big-endian words as hexadecimal digits. */
export function hexOf(words: ArrayLike<number>): string {
  return Array.from(words, (word) => word.toString(16).padStart(8, "0")).join("");
}
