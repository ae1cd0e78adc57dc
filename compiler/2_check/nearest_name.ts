/** "Did you mean …?" */

/** The known name that `name` was probably meant to be, or null. */
export function nearestName(name: string, known: Iterable<string>): string | null {
  let best: string | null = null;
  let bestDistance = Infinity;
  for (const candidate of known) {
    const [a, b] = [name.toLowerCase(), candidate.toLowerCase()];
    // `head` for `headers` and the other way round, but not `max` for `max_users`.
    const shorter = Math.min(a.length, b.length);
    const begins = shorter >= 3 && shorter * 2 >= Math.max(a.length, b.length) &&
      (a.startsWith(b) || b.startsWith(a));
    // Two edits turn any two-letter name into any other.
    const limit = Math.min(2, Math.floor(Math.max(a.length, b.length) / 2));
    const exact = editDistance(a, b);
    const distance = exact <= limit ? exact : begins ? 3 : Infinity;
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** ` — did you mean …?` as the end of a message, or nothing. */
export function didYouMean(name: string, known: Iterable<string>): string {
  const nearest = nearestName(name, known);
  return nearest === null ? "" : `; did you mean ${nearest}?`;
}

/** Damerau–Levenshtein with adjacent transpositions (optimal string alignment). */
export function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(
        (previous[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (previous[j - 1] ?? 0) + (same ? 0 : 1),
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, (before[j - 2] ?? 0) + 1);
      }
      row.push(cost);
    }
    [before, previous] = [previous, row];
  }
  return previous[b.length] ?? 0;
}
