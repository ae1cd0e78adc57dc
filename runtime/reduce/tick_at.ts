import { WORD } from "../ledger/layout.ts";

const HIGH = 0x1_0000_0000;

/** The tick of the record that begins at word `at`. */
export function tickAt(words: Uint32Array, at: number): number {
  return words[at + WORD.tickHigh] * HIGH + words[at + WORD.tickLow];
}
