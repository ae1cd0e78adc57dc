/**
 * Random numbers that are a pure function of their name. Nothing is shared, so adding a step, a session or a shard
 * changes nobody else's draws.
 *
 * Philox4x32-10 (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3", SC11): the seed is
 * the key, and (session, salt, use, n) is the counter. One call gives four independent u32 words.
 */

/**
 * What a draw is for; with salt, session and n it names the draw. `mask`: the masking key of a frame. A permutation uses
 * one number a round, and slots of templates begin at `slot`.
 */
export const USE = { flow: 0, think: 1, repeat: 2, row: 3, mask: 4, permutation: 8, slot: 16 } as const;

/** The salt of draws that belong to no step: the choice of a session's flow, and poisson arrivals. */
export const SALT = { flow: 0, arrivals: 1 } as const;

/** The draws of one seed. Holds no state but the words of the last draw. */
export class KeyedRandom {
  /** The four words of the last draw. */
  readonly words = new Uint32Array(4);
  readonly #keyLow: number;
  readonly #keyHigh: number;

  /** `seed`: 0 … 2^53 − 1. */
  constructor(seed: number) {
    this.#keyLow = seed >>> 0;
    this.#keyHigh = Math.floor(seed / 2 ** 32) >>> 0;
  }

  /** Draws four u32 words into `words` and returns the first. All arguments are u32. */
  draw(session: number, salt: number, use: number, n: number): number {
    let c0 = session, c1 = salt, c2 = use, c3 = n;
    let k0 = this.#keyLow, k1 = this.#keyHigh;
    for (let round = 0; round < 10; round++) {
      const high0 = multiplyHigh(0xd2511f53, c0);
      const low0 = Math.imul(0xd2511f53, c0);
      const high1 = multiplyHigh(0xcd9e8d57, c2);
      const low1 = Math.imul(0xcd9e8d57, c2);
      c0 = high1 ^ c1 ^ k0;
      c1 = low1;
      c2 = high0 ^ c3 ^ k1;
      c3 = low0;
      k0 = (k0 + 0x9e3779b9) | 0;
      k1 = (k1 + 0xbb67ae85) | 0;
    }
    const words = this.words;
    words[0] = c0;
    words[1] = c1;
    words[2] = c2;
    words[3] = c3;
    return words[0];
  }
}

/** The upper 32 bits of the product of two u32, as an int32. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff, aHigh = a >>> 16;
  const bLow = b & 0xffff, bHigh = b >>> 16;
  const cross = aHigh * bLow + ((aLow * bLow) >>> 16);
  const middle = (cross & 0xffff) + aLow * bHigh;
  return (aHigh * bHigh + Math.floor(cross / 65536) + (middle >>> 16)) | 0;
}

/**
 * Maps a u32 draw to 0 … width − 1 by multiplication (Lemire 2019, without rejection: the bias is below
 * width / 2^32). Exact for every width up to 2^36.
 */
export function scale(draw: number, width: number): number {
  const low = Math.floor(((draw & 0xffff) * width) / 65536);
  return Math.floor(((draw >>> 16) * width + low) / 65536);
}

/** Maps a draw to 0 … width − 1, for any width up to 2^53: beyond 2^32, by its first two words as one u64. */
export function scaleWords(words: Uint32Array, width: number): number {
  if (width <= 2 ** 32) return scale(words[0], width);
  return Number((((BigInt(words[0]) << 32n) | BigInt(words[1])) * BigInt(width)) >> 64n);
}
