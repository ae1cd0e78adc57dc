/**
 * Whole numbers as text, in few characters: variable-length bytes of seven bits each, the lowest first, in base64. A
 * number that may be negative is doubled, and one less than that where it is below zero ("zigzag").
 */

const BYTE = 0x80;

/** Puts numbers one behind the other. */
export class Packer {
  private bytes = new Uint8Array(1 << 16);
  private length = 0;

  /** A whole number from 0 to 2^53 − 1. */
  number(value: number): void {
    if (this.length + 8 > this.bytes.length) this.grow();
    let left = value;
    while (left >= BYTE) {
      this.bytes[this.length++] = left % BYTE + BYTE;
      left = Math.floor(left / BYTE);
    }
    this.bytes[this.length++] = left;
  }

  /** How many there are, and each as its difference from the one before. */
  series(values: readonly number[]): void {
    this.number(values.length);
    let before = 0;
    for (const value of values) {
      const difference = value - before;
      this.number(difference < 0 ? -2 * difference - 1 : 2 * difference);
      before = value;
    }
  }

  text(): string {
    const parts: string[] = [];
    for (let from = 0; from < this.length; from += CHUNK) {
      const part = this.bytes.subarray(from, Math.min(from + CHUNK, this.length));
      parts.push(btoa(String.fromCharCode(...part)));
    }
    return parts.join("");
  }

  private grow(): void {
    const grown = new Uint8Array(this.bytes.length * 2);
    grown.set(this.bytes);
    this.bytes = grown;
  }
}

/** A multiple of three, so that parts in base64 can stand one behind the other. */
const CHUNK = 3 * 4096;

/** Takes them again, in the same order. */
export class Unpacker {
  private readonly bytes: Uint8Array;
  private at = 0;

  constructor(text: string) {
    this.bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  }

  get isAtEnd(): boolean {
    return this.at >= this.bytes.length;
  }

  number(): number {
    let value = 0;
    for (let scale = 1;; scale *= BYTE) {
      const byte = this.bytes[this.at++];
      value += (byte % BYTE) * scale;
      if (byte < BYTE) return value;
    }
  }

  series(): number[] {
    const values: number[] = [];
    let value = 0;
    for (let left = this.number(); left > 0; left--) {
      const difference = this.number();
      value += difference % 2 === 1 ? -(difference + 1) / 2 : difference / 2;
      values.push(value);
    }
    return values;
  }
}
