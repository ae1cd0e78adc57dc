/**
 * Tells UTF-8 (RFC 3629 section 4) from other bytes, in pieces, and at the first byte that no text can have there:
 * overlong forms, surrogates and what lies above U+10FFFF show at their second byte.
 */
export class Utf8Check {
  /** Bytes that the character begun still lacks. */
  #lacking = 0;
  /** What the next of them may be. */
  #low = 0x80;
  #high = 0xbf;

  /** Prepares for a new text. */
  begin(): void {
    this.#lacking = 0;
  }

  /** No character is left unfinished. */
  get isWhole(): boolean {
    return this.#lacking === 0;
  }

  /** Whether a text can go on with bytes[start, end). Where it cannot, `begin` comes before the next feed. */
  feed(bytes: Uint8Array, start: number, end: number): boolean {
    let at = start;
    while (at < end) {
      const octet = bytes[at++];
      if (this.#lacking > 0) {
        if (octet < this.#low || octet > this.#high) return false;
        this.#low = 0x80;
        this.#high = 0xbf;
        this.#lacking--;
      } else if (octet >= 0x80) {
        if (!this.#lead(octet)) return false;
      } else {
        while (at < end && bytes[at] < 0x80) at++;
      }
    }
    return true;
  }

  #lead(octet: number): boolean {
    if (octet < 0xc2 || octet > 0xf4) return false;
    this.#lacking = octet < 0xe0 ? 1 : octet < 0xf0 ? 2 : 3;
    this.#low = octet === 0xe0 ? 0xa0 : octet === 0xf0 ? 0x90 : 0x80;
    this.#high = octet === 0xed ? 0x9f : octet === 0xf4 ? 0x8f : 0xbf;
    return true;
  }
}
