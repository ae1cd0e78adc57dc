/** Tables of text: aligned columns, no wider than asked. */

export type Column = Readonly<{
  title: string;
  align: "left" | "right";
  /** When the table is too wide, the columns of the highest number go first; 0 stays. */
  optional: number;
  /** Of the first column: optional columns go before it is cut to less than this. */
  least?: number;
}>;

/** Between columns. */
const GAP = 2;
/** Narrower than this, a text column tells nothing. */
const TEXT_WIDTH_MIN = 12;

/**
 * The lines of a table, the titles first. Optional columns are left out, and then the first column is cut, until all
 * fits `width`.
 */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
): string[] {
  const all = [columns.map((column) => column.title), ...rows];
  const widths = columns.map((_, index) => Math.max(...all.map((row) => row[index].length)));
  const shown = fitting(columns, widths, width);
  const total = totalWidth(shown.map((index) => widths[index]));
  const [first] = shown;
  if (total > width) widths[first] = Math.max(TEXT_WIDTH_MIN, widths[first] - (total - width));
  return all.map((row) =>
    shown.map((index) => {
      const cell = cut(row[index], widths[index]);
      return columns[index].align === "left" ? cell.padEnd(widths[index]) : cell.padStart(widths[index]);
    }).join(" ".repeat(GAP)).trimEnd()
  );
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
    columns.map((column, index) => Math.max(column.title.length, ...rows.map((row) => row[index].length))),
  );
}

/** Cuts a text to a width, and shows that it did. */
export function cut(text: string, width: number): string {
  return text.length <= width ? text : text.slice(0, Math.max(0, width - 1)) + "…";
}

/** Words in lines no wider than `width`; a longer word has a line of its own. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
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
