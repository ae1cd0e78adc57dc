/**
 * How many columns of a terminal a text takes: the one home of it. Unicode's East Asian wide and fullwidth characters
 * (UAX #11) and pictures (UTS #51) take two, marks that stand upon another character none.
 */

/** Beside pictures: Hangul, kana, ideographs with their radicals and punctuation, fullwidth forms. */
const WIDE =
  /^[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff]|^[\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18dff}\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]|^\p{Emoji_Presentation}/u;
/** Told by its last code point that it is drawn as a picture, or as a flag. */
const PICTURE = /\ufe0f|^\p{Regional_Indicator}{2}/u;
/** What stands upon another character, or cannot be seen. */
const NOTHING = /[\p{Mn}\p{Me}\p{Cf}]/gu;
/** Characters of one column each, as nearly all texts are made of: ASCII, Latin, Greek, Cyrillic, and what z6c draws with. */
const PLAIN =
  /^[\x20-\x7e\xa0-\xac\xae-\u02ff\u0370-\u0482\u048a-\u052f\u2010-\u2027\u2190-\u21ff\u2212\u2500-\u259f\u2713\u2717]*$/;

/** Made when first needed: to make one takes 10 ms, and most commands meet plain characters alone. */
let segmenter: Intl.Segmenter | null = null;

/** Of a text without control characters. */
export function textWidth(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes(text)) width += graphemeWidth(segment);
  return width;
}

/** As much of the text, from its start, as takes `width` columns at most. */
export function textStart(text: string, width: number): string {
  if (PLAIN.test(text)) return text.slice(0, width);
  let room = width;
  for (const { segment, index } of graphemes(text)) {
    room -= graphemeWidth(segment);
    if (room < 0) return text.slice(0, index);
  }
  return text;
}

/** Filled with spaces up to `width` columns. */
export function aligned(text: string, width: number, align: "left" | "right"): string {
  const spaces = " ".repeat(Math.max(0, width - textWidth(text)));
  return align === "left" ? text + spaces : spaces + text;
}

/** What readers take for one character each (UAX #29): with its marks, a flag, a family. */
export function graphemes(text: string): Iterable<Intl.SegmentData> {
  segmenter ??= new Intl.Segmenter("en", { granularity: "grapheme" });
  return segmenter.segment(text);
}

/** Of one of `graphemes`. Some scripts draw several characters so, side by side. */
export function graphemeWidth(grapheme: string): number {
  if (WIDE.test(grapheme) || PICTURE.test(grapheme)) return 2;
  return [...grapheme.replace(NOTHING, "")].length;
}
