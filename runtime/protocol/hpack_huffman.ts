/**
 * The Huffman code of HPACK (RFC 7541 section 5.2 and appendix B). It is canonical, so the lengths of its codes say
 * all: codes of one length follow each other in the order of their octets, and shorter ones come first.
 */

/** End of string: no octet; its code's first bits pad a string to whole octets. */
const END_OF_STRING = 256;

// deno-fmt-ignore
const CODE_BITS = [
  13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
  6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
  13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
  15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28,
  20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
  22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
  26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
  20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
  30,
] as const;

const LONGEST_BITS = 30;
/** The shortest code has five bits: n octets of code are at most this many of text. */
export const LARGEST_EXPANSION = 8 / 5;

const CODES = canonicalCodes();

function canonicalCodes(): Uint32Array {
  const codes = new Uint32Array(CODE_BITS.length);
  let code = 0;
  for (let bits = 1; bits <= LONGEST_BITS; bits++) {
    code *= 2;
    for (let octet = 0; octet < CODE_BITS.length; octet++) {
      if (CODE_BITS[octet] === bits) codes[octet] = code++;
    }
  }
  return codes;
}

// Decoding goes four bits at a time. A state is an inner node of the code's tree; the root is 0.
const STATES = 256;
const STATE = 0xff;
/** An octet ends within these four bits: the one in bits 16 to 23 of the step. */
const EMITS = 0x100;
/** What came since the last octet may be padding: fewer than eight bits, all of them 1. */
const MAY_END = 0x200;
/** The code of `END_OF_STRING` came whole, which is an error. */
const FAILS = 0x400;

/** By state × 16 + four bits: the next state, and the flags above. */
const STEPS = decodingSteps();

function decodingSteps(): Uint32Array {
  /** By node × 2 + bit: an inner node, or −1 − octet. */
  const children = new Int32Array(STATES * 2);
  const depths = new Uint8Array(STATES);
  const isAllOnes = new Uint8Array(STATES).fill(0);
  isAllOnes[0] = 1;
  let nodes = 1;
  for (let octet = 0; octet < CODE_BITS.length; octet++) {
    let node = 0;
    for (let bit = CODE_BITS[octet] - 1; bit > 0; bit--) {
      const at = node * 2 + ((CODES[octet] >>> bit) & 1);
      if (children[at] === 0) {
        children[at] = nodes;
        depths[nodes] = depths[node] + 1;
        isAllOnes[nodes] = isAllOnes[node] & at & 1;
        nodes++;
      }
      node = children[at];
    }
    children[node * 2 + (CODES[octet] & 1)] = -1 - octet;
  }
  const steps = new Uint32Array(STATES * 16);
  for (let state = 0; state < STATES; state++) {
    for (let bits = 0; bits < 16; bits++) {
      let node = state;
      let flags = 0;
      for (let bit = 3; bit >= 0; bit--) {
        node = children[node * 2 + ((bits >>> bit) & 1)];
        if (node >= 0) continue;
        const octet = -1 - node;
        flags |= octet === END_OF_STRING ? FAILS : EMITS | (octet << 16);
        node = 0;
      }
      if (isAllOnes[node] === 1 && depths[node] < 8) flags |= MAY_END;
      steps[state * 16 + bits] = node | flags;
    }
  }
  return steps;
}

/**
 * Decodes bytes[start, end) to `into` from `at` on, which must have room for `LARGEST_EXPANSION` times as many; returns
 * where the text ends, or −1 where the code is malformed.
 */
export function decodeHuffman(
  bytes: Uint8Array,
  start: number,
  end: number,
  into: Uint8Array,
  at: number,
): number {
  let step = MAY_END;
  let flags = 0;
  for (let i = start; i < end; i++) {
    const octet = bytes[i];
    step = STEPS[((step & STATE) << 4) | (octet >>> 4)];
    flags |= step;
    if ((step & EMITS) !== 0) into[at++] = step >>> 16;
    step = STEPS[((step & STATE) << 4) | (octet & 15)];
    flags |= step;
    if ((step & EMITS) !== 0) into[at++] = step >>> 16;
  }
  return (flags & FAILS) !== 0 || (step & MAY_END) === 0 ? -1 : at;
}

/** Octets that bytes[start, end) take in the code. */
export function huffmanLength(bytes: Uint8Array, start: number, end: number): number {
  let bits = 0;
  for (let i = start; i < end; i++) bits += CODE_BITS[bytes[i]];
  return Math.ceil(bits / 8);
}

/** Encodes bytes[start, end) to `into` from `at` on; returns where the code ends. */
export function encodeHuffman(
  bytes: Uint8Array,
  start: number,
  end: number,
  into: Uint8Array,
  at: number,
): number {
  // The last `pendingBits` of it, fewer than eight, are not written yet; what is above them is forgotten.
  let pending = 0;
  let pendingBits = 0;
  for (let i = start; i < end; i++) {
    let code = CODES[bytes[i]];
    let bits: number = CODE_BITS[bytes[i]];
    if (bits > 24) {
      // In two parts, so that 32 bits hold what is pending.
      bits -= 8;
      pending = (pending << bits) | (code >>> 8);
      for (pendingBits += bits; pendingBits >= 8; pendingBits -= 8) {
        into[at++] = pending >>> (pendingBits - 8);
      }
      code &= 0xff;
      bits = 8;
    }
    pending = (pending << bits) | code;
    for (pendingBits += bits; pendingBits >= 8; pendingBits -= 8) into[at++] = pending >>> (pendingBits - 8);
  }
  if (pendingBits > 0) into[at++] = (pending << (8 - pendingBits)) | (0xff >>> pendingBits);
  return at;
}
