/** What must hold of a ledger that was cut or changed anywhere: all that is read of it was written so. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { LedgerUnreadable } from "../../runtime/ledger/header.ts";
import { type Integrity, openLedger, type RecordBlock } from "../../runtime/ledger/reader.ts";
import { memorySource } from "../../runtime/ledger/source.ts";
import type { Luck } from "./luck.ts";

const CUTS = 6;
const CHANGES = 3;

/** `whole`: a ledger with its end, or without. */
export function checkDamage(whole: Uint8Array, luck: Luck): void {
  const { headerBytes, scan } = openLedger(memorySource(whole));
  const starts = [0];
  let records = 0;
  const { state } = scan((block) => starts.push(records += block.records));
  const words = wordsOf(whole);
  const places = [whole.length - 1, headerBytes, ...luck.several(CUTS, CUTS, () => luck.below(whole.length))];
  for (const bytes of places) {
    const read = tryToRead(whole.subarray(0, bytes));
    if (read === null) {
      ok(bytes < headerBytes, `a ledger of ${bytes} bytes cannot be read`);
      continue;
    }
    ok(bytes >= headerBytes);
    equal(read.integrity.state, "partial", `cut behind byte ${bytes}`);
    ok(starts.includes(read.integrity.records), "whole blocks are read");
    deepEqual(read.words, words.slice(0, read.words.length));
  }
  for (let n = 0; n < CHANGES; n++) {
    const changed = whole.slice();
    const place = luck.below(whole.length);
    changed[place] ^= 1 << luck.below(8);
    const read = tryToRead(changed);
    if (read === null) {
      ok(place < headerBytes, `a change of byte ${place} makes the ledger unreadable`);
      continue;
    }
    ok(place >= headerBytes);
    if (state === "whole") equal(read.integrity.state, "damaged", `byte ${place} was changed`);
    else ok(read.integrity.state !== "whole");
    deepEqual(read.words, words.slice(0, read.words.length));
  }
}

function tryToRead(bytes: Uint8Array): { integrity: Integrity; words: Uint32Array } | null {
  try {
    const parts: Uint32Array[] = [];
    const integrity = openLedger(memorySource(bytes)).scan((block) => parts.push(ownWords(block)));
    return { integrity, words: joined(parts) };
  } catch (cause) {
    if (cause instanceof LedgerUnreadable) return null;
    throw cause;
  }
}

function wordsOf(bytes: Uint8Array): Uint32Array {
  return tryToRead(bytes)?.words ?? new Uint32Array();
}

function ownWords({ words, records }: RecordBlock): Uint32Array {
  return words.slice(0, records * 8);
}

function joined(parts: readonly Uint32Array[]): Uint32Array {
  const all = new Uint32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const words of parts) {
    all.set(words, at);
    at += words.length;
  }
  return all;
}
