import assert from "node:assert/strict";
import fc from "fast-check";
import { aligned, textStart, textWidth } from "./text_width.ts";

/** As terminals show them; `tests/terminal_test.ts` holds what z6c prints against one. */
const WIDTHS: readonly (readonly [string, number])[] = [
  ["", 0],
  ["plain", 5],
  ["naïve café – “x” · ✓ ✗ … → │ ━", 30],
  ["cafe\u0301", 4],
  ["東京", 4],
  ["ホーム", 6],
  ["ﾊﾝｶｸ", 4],
  ["Ａ！", 4],
  ["한국어", 6],
  ["𠮷", 2],
  ["🏠", 2],
  ["❤", 1],
  ["❤\ufe0f", 2],
  ["👍🏽", 2],
  ["👩\u200d👩\u200d👧\u200d👦", 2],
  ["🇫🇷", 2],
  ["नमस्ते", 4],
  ["a\u200bb", 2],
];

Deno.test("a text takes as many columns as a terminal gives it", () => {
  for (const [text, width] of WIDTHS) assert.equal(textWidth(text), width, text);
});

const TEXT = fc.array(fc.constantFrom(...WIDTHS.map(([text]) => text), " ")).map((all) => all.join(" "));

Deno.test("the start of a text is as much of it as there is room for", () => {
  fc.assert(fc.property(TEXT, fc.integer({ min: 0, max: 40 }), (text, width) => {
    const start = textStart(text, width);
    assert.ok(text.startsWith(start));
    assert.ok(textWidth(start) <= width);
    // What was left out had no room: one more takes two columns at most, and Indian letters some more.
    if (start !== text) assert.ok(textWidth(start) > width - 3, `${start} of ${text}`);
    for (const align of ["left", "right"] as const) assert.equal(textWidth(aligned(start, 40, align)), 40);
  }));
});
