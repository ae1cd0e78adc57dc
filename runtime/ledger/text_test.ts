import { equal } from "node:assert/strict";
import fc from "fast-check";
import { KIND, RECORD } from "./record.ts";
import { encodeText, putText, recordText, TEXT_BYTES_A_RECORD, TEXT_BYTES_MAX } from "./text.ts";

const encoder = new TextEncoder();

function roundTrip(text: string): string | null {
  const bytes = new Uint8Array(TEXT_BYTES_MAX);
  const length = encodeText(text, bytes);
  const records = 1 + Math.ceil(length / TEXT_BYTES_A_RECORD);
  const block = new Uint8Array(records * RECORD.bytes).fill(0xaa);
  const words = new Uint32Array(block.buffer);
  words[RECORD.kind / 4] = KIND.requestFailed;
  putText(block, RECORD.bytes, KIND.requestFailed, bytes, length);
  return recordText(words, records, 0);
}

/** What must be read back, by the rule in docs/ledger.md and nothing else. */
function expected(text: string): string | null {
  const total = encoder.encode(text).length;
  if (total === 0) return null;
  if (total <= 504) return text.toWellFormed();
  const room = 504 - encoder.encode(`… (${total} bytes more)`).length;
  let kept = "";
  let keptBytes = 0;
  for (const character of text.toWellFormed()) {
    const length = encoder.encode(character).length;
    if (keptBytes + length > room) break;
    kept += character;
    keptBytes += length;
  }
  return `${kept}… (${total - keptBytes} bytes more)`;
}

Deno.test("a text comes back whole, or cut between two characters with what is missing", () => {
  const character = fc.constantFrom("a", "é", "€", "😀", "\u0000", "\ufeff", "\ud800", "e\u0301");
  const text = fc.tuple(fc.constantFrom("", "x", "\ufeff"), fc.array(character, { maxLength: 700 }))
    .map(([start, rest]) => start + rest.join(""));
  fc.assert(fc.property(text, (text) => equal(roundTrip(text), expected(text))), { numRuns: 500 });
});

Deno.test("a text of every length from 0 to 600 bytes comes back", () => {
  for (const character of ["a", "é", "€", "😀"]) {
    for (let count = 0; count <= 600; count++) {
      const text = character.repeat(count);
      equal(roundTrip(text), expected(text), `${count} times ${character}`);
    }
  }
});

Deno.test("a text is read as far as it is there", () => {
  const text = new Uint8Array(TEXT_BYTES_MAX);
  const length = encodeText("0123456789abcdefghijklmnopq|" + "rest", text);
  const block = new Uint8Array(4 * RECORD.bytes);
  const words = new Uint32Array(block.buffer);
  const kindWord = RECORD.kind / 4;
  words[kindWord] = KIND.checkFailed;
  putText(block, RECORD.bytes, KIND.checkFailed, text, length);
  words[3 * 8 + kindWord] = KIND.checkFailed;
  equal(recordText(words, 4, 0), "0123456789abcdefghijklmnopq|rest");
  equal(recordText(words, 2, 0), "0123456789abcdefghijklmnopq|", "the block ends early");
  equal(recordText(words, 1, 0), null, "nothing follows");
  equal(recordText(words, 4, 1), null, "a continuation has no text of its own");
  equal(recordText(words, 4, 3), null, "the last record has none");
  words[2 * 8 + kindWord] = words[2 * 8 + kindWord] & 0xffff | 9 << 16;
  equal(recordText(words, 4, 0), "0123456789abcdefghijklmnopq|", "the next record is of another text");
  words[2 * 8 + kindWord] = KIND.requestFailed | 0x4000 | 4 << 16;
  equal(recordText(words, 4, 0), "0123456789abcdefghijklmnopq|", "the next record is of another kind");
});
