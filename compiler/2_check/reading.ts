/** What comes of reading a value: the value, or what is wrong with it. */
export type Reading<T> = Readonly<{ value: T } | Trouble>;

/** `words` go behind the key's name: `"10" has no unit; use "10s"`. */
export type Trouble = Readonly<{ code: string; words: string }>;

export function read<T>(value: T): Reading<T> {
  return { value };
}

/** A reading that failed: its code, and the words of the diagnostic. */
export function trouble(code: string, words: string): Trouble {
  return { code, words };
}

/** Did the reading fail? */
export function isTrouble<T>(reading: Reading<T>): reading is Trouble {
  return "words" in reading;
}

/** Reads both ends of `from..to`, or one value as both. Ends in the wrong order are the caller's affair. */
export function readRange<T>(text: string, readEnd: (text: string) => Reading<T>): Reading<readonly [T, T]> {
  const dots = text.indexOf("..");
  const from = readEnd(dots < 0 ? text : text.slice(0, dots).trim());
  if (isTrouble(from)) return from;
  if (dots < 0) return read([from.value, from.value]);
  const to = readEnd(text.slice(dots + 2).trim());
  return isTrouble(to) ? to : read([from.value, to.value]);
}
