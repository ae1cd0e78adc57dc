/** What the practice shop sells: as many goods as there are numbers, each always the same. */

/** A u32 that depends on seed and key. */
export type KeyedDraw = (key: number) => number;

export type Good = Readonly<{ id: number; name: string; price_cents: number }>;

/** Results on one page. */
const PAGE = 10;
/** A search finds fewer than this; one of so many words finds nothing. */
const MOST_FOUND = 40;
const WORDS_TO_A_MISS = 5;
/** Search results are numbered below this. */
const GOODS = 1000;

/** The good of this number. */
export function good(id: number, draw: KeyedDraw): Good {
  return { id, name: `item ${id}`, price_cents: 100 + draw(id) % 9900 };
}

/** What a search for `text` finds, on one page of ten. */
export function searched(
  text: string,
  page: number,
  draw: KeyedDraw,
): Readonly<{ total: number; items: readonly Good[] }> {
  const key = keyOf(text.trim().toLowerCase());
  const drawn = draw(key);
  const total = drawn % WORDS_TO_A_MISS === 0 ? 0 : 1 + drawn % (MOST_FOUND - 1);
  const first = (page - 1) * PAGE;
  const length = Math.max(0, Math.min(PAGE, total - first));
  return {
    total,
    items: Array.from({ length }, (_, n) => good(1 + draw(key + 1 + first + n) % GOODS, draw)),
  };
}

/** FNV-1a of the text's UTF-16 units, as a u32: a key to draw by. */
export function keyOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
