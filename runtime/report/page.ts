/** What every section of the text report needs: how wide it may be, and how things are emphasised. */
import type { Paint } from "./paint.ts";
import { type Column, cut, tableRows, wrapped } from "./table.ts";
import { aligned, textWidth } from "../text_width.ts";

export type Page = Readonly<{ width: number; paint: Paint }>;

const INDENT = "  ";
const LABEL_WIDTH = 13;
const HANGING = 6;

export function title(text: string, { paint }: Page): string {
  return paint.strong(text.toUpperCase());
}

/** Words that are no faint remark. */
export function paragraph(text: string, { width }: Page): string[] {
  return wrapped(text, width - INDENT.length).map((line) => INDENT + line);
}

/** One line to say what the numbers above it mean. */
export function definition(text: string, { width, paint }: Page): string[] {
  return wrapped(text, width - INDENT.length).map((line) => INDENT + paint.faint(line));
}

/** `label   this · that · another`, broken between the items. The label goes above what has no room beside it. */
export function labelled(label: string, items: readonly string[], { width }: Page): string[] {
  const room = width - INDENT.length - LABEL_WIDTH;
  const lines = wrappedItems(items, room);
  if (lines.every((line) => textWidth(line) <= room)) {
    return lines.map((line, index) => INDENT + aligned(index === 0 ? label : "", LABEL_WIDTH, "left") + line);
  }
  const below = wrappedItems(items, width - 2 * INDENT.length).map((line) => INDENT.repeat(2) + line);
  return label === "" ? below : [INDENT + label, ...below];
}

/** The titles are faint. */
export function indentedTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  page: Page,
): string[] {
  return indentedRows(columns, rows, page).flat();
}

/** The same, row by row, the titles first. */
export function indentedRows(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  { width, paint }: Page,
): string[][] {
  const [titles, ...lines] = tableRows(columns, rows, width - INDENT.length);
  return [
    titles.map((line) => paint.faint(INDENT + line)),
    ...lines.map((ofRow) => ofRow.map((line) => INDENT + line)),
  ];
}

/** A paragraph under a line of a list. */
export function hanging(mark: string, text: string, { width }: Page): string[] {
  const room = width - HANGING - mark.length;
  return wrapped(text, room).flatMap((line, index) =>
    " ".repeat(HANGING) + (index === 0 ? mark : " ".repeat(mark.length)) + cut(line, room)
  );
}

/** ✓ or ✗. */
export function tick(good: boolean, { paint }: Page): string {
  return good ? paint.good("✓") : paint.bad("✗");
}

/** The items with ` · ` between them, in lines that end behind an item, but for items that are longer than a line. */
export function wrappedItems(items: readonly string[], width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const item of items) {
    if (textWidth(item) > width) {
      const own = wrapped(item, width);
      lines.push(...(line === "" ? [] : [line]), ...own.slice(0, -1));
      line = own[own.length - 1];
      continue;
    }
    const longer = line === "" ? item : `${line} · ${item}`;
    if (line !== "" && textWidth(longer) > width) {
      lines.push(line);
      line = item;
    } else {
      line = longer;
    }
  }
  return line === "" ? lines : [...lines, line];
}
