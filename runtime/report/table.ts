/** Tables of text: aligned columns, no wider than asked. Widths are columns of a terminal. */
import { aligned, textStart, textWidth } from "../text_width.ts";

export type Column = Readonly<{
  title: string;
  align: "left" | "right";
  /** When the table is too wide, the columns of the highest number go first; 0 stays. */
  optional: number;
  /** Of the first column: optional columns go before it is cut to less than this. */
  least?: number;
  /** Of the first column: where there is no room it is broken, not cut. */
  breaks?: true;
}>;

/** Between columns. */
const GAP = 2;
/** Narrower than this, a text column tells nothing. */
const TEXT_WIDTH_MIN = 12;
const INDENT = "  ";

/** The lines of a table, the titles first: see `tableRows`. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
): string[] {
  return tableRows(columns, rows, width).flat();
}

/**
 * The lines of each row of a table, the titles first. Optional columns are left out, and then the first column is cut, or
 * broken, until all fits `width`. Where even that does not help, it has a line of its own above the others.
 */
export function tableRows(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
): string[][] {
  const all = [columns.map((column) => column.title), ...rows];
  const widths = columns.map((_, index) => Math.max(...all.map((row) => textWidth(row[index]))));
  const shown = fitting(columns, widths, width);
  const [first, ...others] = shown;
  const room = width - totalWidth(others.map((index) => widths[index])) - GAP;
  if (others.length > 0 && room < Math.min(widths[first], TEXT_WIDTH_MIN)) {
    return stacked(columns, all, widths, shown, width);
  }
  const firstWidth = Math.min(widths[first], Math.max(TEXT_WIDTH_MIN, room));
  const cells = (row: readonly string[]) =>
    others.map((index) => aligned(row[index], widths[index], columns[index].align));
  return all.map((row) => {
    const [begin, ...rest] = columns[first].breaks === true
      ? wrapped(row[first], firstWidth)
      : [cut(row[first], firstWidth)];
    const line = [aligned(begin, firstWidth, columns[first].align), ...cells(row)].join(" ".repeat(GAP));
    return [line.trimEnd(), ...rest];
  });
}

/** The first column above the others, which are indented, and nearer to each other where they must be. */
function stacked(
  columns: readonly Column[],
  all: readonly (readonly string[])[],
  widths: readonly number[],
  [first, ...others]: readonly number[],
  width: number,
): string[][] {
  const isTight = totalWidth(others.map((index) => widths[index])) > width - INDENT.length;
  const gap = " ".repeat(isTight ? 1 : GAP);
  return all.map((row) => {
    const cells = others.map((index) => aligned(row[index], widths[index], columns[index].align));
    const name = columns[first].breaks === true ? wrapped(row[first], width) : [cut(row[first], width)];
    return [...name.filter((line) => line !== ""), (INDENT + cells.join(gap)).trimEnd()];
  });
}

/** The same numbers with rows for columns: for a narrow screen. */
export function transposed(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): { columns: Column[]; rows: string[][] } {
  return {
    columns: ["", ...rows.map((row) => row[0])].map((title, index) => ({
      title,
      align: index === 0 ? "left" : "right",
      optional: 0,
    })),
    rows: columns.slice(1).map((column, index) => [column.title, ...rows.map((row) => row[index + 1])]),
  };
}

/** How wide the table would like to be. */
export function tableWidth(columns: readonly Column[], rows: readonly (readonly string[])[]): number {
  return totalWidth(
    columns.map(({ title }, index) => Math.max(...[title, ...rows.map((row) => row[index])].map(textWidth))),
  );
}

/** Cuts a text to a width, and shows that it did. */
export function cut(text: string, width: number): string {
  return textWidth(text) <= width ? text : width < 1 ? "" : textStart(text, width - 1) + "…";
}

/** Words in lines no wider than `width`; a longer word has a line of its own. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && textWidth(line) + 1 + textWidth(word) > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

/** The first column is judged by the least it needs: it can be cut. */
function fitting(columns: readonly Column[], widths: readonly number[], width: number): number[] {
  let shown = columns.map((_, index) => index);
  const least = (index: number) =>
    index === 0 ? Math.min(widths[0], columns[0].least ?? TEXT_WIDTH_MIN) : widths[index];
  for (;;) {
    if (totalWidth(shown.map(least)) <= width) return shown;
    const dearest = Math.max(...shown.map((index) => columns[index].optional));
    if (dearest === 0) return shown;
    shown = shown.filter((index) => columns[index].optional < dearest);
  }
}

function totalWidth(widths: readonly number[]): number {
  return widths.reduce((sum, one) => sum + one, 0) + GAP * (widths.length - 1);
}
