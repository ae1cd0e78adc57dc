/**
 * Many SHA-256 (FIPS 180-4) under way at once, each fed word by word, in flat memory: sessions take turns in a
 * ledger, and a hash object for each record would cost more than the hash.
 */
export class Sha256Lanes {
  /** By lane: the eight words of its state, then the sixteen of the block that is being filled. */
  readonly #words: Uint32Array;
  /** By lane: how many words it was fed. */
  readonly #fed: Float64Array;
  readonly #schedule = new Int32Array(64);
  /** The digest of the lane finished last, as eight big-endian words. */
  readonly digest = new Uint32Array(STATE_WORDS);

  constructor(lanes: number) {
    this.#words = new Uint32Array(lanes * LANE_WORDS);
    this.#fed = new Float64Array(lanes);
  }

  /** The lane's next message begins. */
  begin(lane: number): void {
    this.#words.set(START, lane * LANE_WORDS);
    this.#fed[lane] = 0;
  }

  /** Adds four bytes to the lane's message: `word`, little-endian. */
  feed(lane: number, word: number): void {
    const at = this.#fed[lane]++ % BLOCK_WORDS;
    this.#words[lane * LANE_WORDS + STATE_WORDS + at] = swapped(word);
    if (at === BLOCK_WORDS - 1) this.#compress(lane * LANE_WORDS);
  }

  /** Ends the lane's message, and leaves its hash in `digest`. */
  finish(lane: number): void {
    const words = this.#words;
    const base = lane * LANE_WORDS;
    const block = base + STATE_WORDS;
    const fed = this.#fed[lane];
    let at = fed % BLOCK_WORDS;
    words[block + at++] = 0x8000_0000;
    if (at > BLOCK_WORDS - 2) {
      words.fill(0, block + at, block + BLOCK_WORDS);
      this.#compress(base);
      at = 0;
    }
    words.fill(0, block + at, block + BLOCK_WORDS);
    words[block + BLOCK_WORDS - 2] = Math.floor(fed / 2 ** 27);
    words[block + BLOCK_WORDS - 1] = fed * 32;
    this.#compress(base);
    for (let n = 0; n < STATE_WORDS; n++) this.digest[n] = words[base + n];
  }

  #compress(base: number): void {
    const words = this.#words;
    const w = this.#schedule;
    for (let n = 0; n < 16; n++) w[n] = words[base + STATE_WORDS + n];
    for (let n = 16; n < 64; n++) {
      const x = w[n - 15];
      const y = w[n - 2];
      const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
      const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
      w[n] = (w[n - 16] + s0 + w[n - 7] + s1) | 0;
    }
    let a = words[base] | 0, b = words[base + 1] | 0, c = words[base + 2] | 0, d = words[base + 3] | 0;
    let e = words[base + 4] | 0, f = words[base + 5] | 0, g = words[base + 6] | 0, h = words[base + 7] | 0;
    for (let n = 0; n < 64; n++) {
      const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      const t1 = (h + s1 + ((e & f) ^ (~e & g)) + K[n] + w[n]) | 0;
      const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + t1) | 0;
      d = c;
      c = b;
      b = a;
      a = (t1 + t2) | 0;
    }
    words[base] += a;
    words[base + 1] += b;
    words[base + 2] += c;
    words[base + 3] += d;
    words[base + 4] += e;
    words[base + 5] += f;
    words[base + 6] += g;
    words[base + 7] += h;
  }
}

const STATE_WORDS = 8;
const BLOCK_WORDS = 16;
const LANE_WORDS = STATE_WORDS + BLOCK_WORDS;

function swapped(word: number): number {
  return (word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24);
}

/** FIPS 180-4 sections 5.3.3 and 4.2.2: fractional parts of the square and cube roots of the first primes. */
const START = Uint32Array.from(firstPrimes(8), (prime) => fraction(prime, 2));
const K = Int32Array.from(firstPrimes(64), (prime) => fraction(prime, 3));

function firstPrimes(count: number): number[] {
  const primes: number[] = [];
  for (let n = 2; primes.length < count; n++) if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  return primes;
}

/** The first 32 bits behind the point of the prime's square (2) or cube (3) root, in whole numbers. */
function fraction(prime: number, root: number): number {
  const wanted = BigInt(prime) << BigInt(32 * root);
  let low = 0n;
  let high = 1n << 37n;
  while (high - low > 1n) {
    const middle = (low + high) / 2n;
    if (middle ** BigInt(root) <= wanted) low = middle;
    else high = middle;
  }
  return Number(BigInt.asIntN(32, low));
}
