/** Columns of a timeline while they are filled, made when something first falls into them. */
import type { ColumnName, ColumnPart, TimelineColumn } from "./timeline.ts";

/** Columns that belong together, a set of them for each cell (a position of the caller's); a number a stretch. */
export class NamedColumns<Name extends ColumnName> {
  private readonly cells = new Map<number, Record<Name, Float64Array>>();

  constructor(
    private readonly names: readonly Name[],
    private readonly length: number,
    private readonly empty = 0,
  ) {}

  of(cell: number): Record<Name, Float64Array> {
    let columns = this.cells.get(cell);
    if (columns === undefined) {
      columns = Object.fromEntries(
        this.names.map((name) => [name, new Float64Array(this.length).fill(this.empty)]),
      ) as Record<Name, Float64Array>;
      this.cells.set(cell, columns);
    }
    return columns;
  }

  /** As they are told, the lowest cell first, without those that are empty. `partOf`: which part of the run a cell is. */
  told(partOf: (cell: number) => ColumnPart): TimelineColumn[] {
    return [...this.cells].sort(([one], [other]) => one - other).flatMap(([cell, columns]) =>
      this.names.flatMap((name) => {
        const column = columns[name];
        const from = column.findIndex((value) => value !== this.empty);
        if (from < 0) return [];
        const last = column.findLastIndex((value) => value !== this.empty);
        return [{ name, ...partOf(cell), from, values: [...column.subarray(from, last + 1)] }];
      })
    );
  }
}
