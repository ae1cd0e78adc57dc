/** What every section of the text report needs: how wide it may be, and how things are emphasised. */
import type { Paint } from "./paint.ts";
import { type Column, cut, table, wrapped } from "./table.ts";

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

/** `label   this · that · another`, broken between the items. */
export function labelled(label: string, items: readonly string[], page: Page): string[] {
  const lines = wrappedItems(items, page.width - INDENT.length - LABEL_WIDTH);
  return lines.map((line, index) => INDENT + (index === 0 ? label : "").padEnd(LABEL_WIDTH) + line);
}

/** The titles are faint. */
export function indentedTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  page: Page,
): string[] {
  const [titles, ...lines] = table(columns, rows, page.width - INDENT.length);
  return [page.paint.faint(INDENT + titles), ...lines.map((line) => INDENT + line)];
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

/** The items with ` · ` between them, in lines that end behind an item. */
export function wrappedItems(items: readonly string[], width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const item of items) {
    const longer = line === "" ? item : `${line} · ${item}`;
    if (line !== "" && longer.length > width) {
      lines.push(line);
      line = item;
    } else {
      line = longer;
    }
  }
  return line === "" ? lines : [...lines, line];
}
