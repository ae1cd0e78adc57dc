import { type KeyedRandom, scale, USE } from "./random.ts";
import type { TableCells } from "./table_cells.ts";

/** The rows of a plan's tables, and which of them a session takes (docs/determinism.md). */
export class DataTables {
  readonly #cells: TableCells;
  readonly #random: KeyedRandom;

  constructor(cells: TableCells, random: KeyedRandom) {
    this.#cells = cells;
    this.#random = random;
  }

  /** The row that a session takes. */
  row(table: number, session: number): number {
    const { rows, pick, salt } = this.#cells.tables[table];
    switch (pick) {
      case "sequential":
        return session % rows;
      case "random":
        return scale(this.#random.draw(session, salt, USE.row, 0), rows);
      case "shuffle":
      case "unique":
        return permuted(this.#random, salt, rows, Math.floor(session / rows), session % rows);
    }
  }

  cell(table: number, row: number, column: number): string {
    return this.#cells.text(table, row, column);
  }
}

const PERMUTATION_ROUNDS = 6;

/**
 * Where a keyed permutation of 0 … rows − 1 sends `place`. A Feistel network on pairs (left, right) of
 * 0 … width − 1 and 0 … height − 1, walked again until it is back among the rows (Black and Rogaway: "Ciphers with
 * arbitrary finite domains", CT-RSA 2002).
 */
export function permuted(
  random: KeyedRandom,
  salt: number,
  rows: number,
  round: number,
  place: number,
): number {
  const width = Math.ceil(Math.sqrt(rows));
  const height = Math.ceil(rows / width);
  let at = place;
  do {
    let left = at % width;
    let right = Math.floor(at / width);
    for (let n = 0; n < PERMUTATION_ROUNDS; n += 2) {
      left = (left + scale(random.draw(right, salt, USE.permutation + n, round), width)) % width;
      right = (right + scale(random.draw(left, salt, USE.permutation + n + 1, round), height)) % height;
    }
    at = right * width + left;
  } while (at >= rows);
  return at;
}
