/** CSV as RFC 4180 has it: a header line, commas, double quotes around what holds commas, quotes or line breaks. */
import { columnFault, faultAt, type Rows, type RowsFault, textOf } from "./rows.ts";

type Field = Readonly<{ text: string; from: number; end: number }>;

/**
 * Lines end with CRLF or LF, within quotes as they are written. Empty lines are left out: an empty cell of a single
 * column is written `""`. Spaces belong to cells (RFC 4180 section 2.4).
 */
export function readCsv(bytes: Uint8Array): Rows | RowsFault {
  const text = textOf(bytes);
  if (typeof text !== "string") return text;
  let columns: string[] | null = null;
  const rows: string[][] = [];
  let at = 0;
  while (at < text.length) {
    const empty = lineEndAt(text, at);
    if (empty > 0) {
      at += empty;
      continue;
    }
    const fields = readRecord(text, at);
    if ("fault" in fields) return fields;
    const cells = fields.map((field) => field.text);
    if (columns === null) {
      const trouble = columnFault(cells);
      if (trouble !== null) return faultAt(text, fields[trouble.column].from, trouble.fault);
      columns = cells;
    } else if (cells.length === columns.length) {
      rows.push(cells);
    } else {
      return faultAt(text, at, countFault(cells.length, columns.length));
    }
    const { end } = fields[fields.length - 1];
    at = end + lineEndAt(text, end);
  }
  if (columns === null) return faultAt(text, 0, "is empty; its first line names the columns");
  return { columns, rows, types: columns.map(() => "text") };
}

function countFault(found: number, wanted: number): string {
  return `has ${found} ${found === 1 ? "cell" : "cells"} in this row, and ${wanted} in its header; ` +
    "put quotes around cells that hold a comma";
}

/** The fields of a record that begins at `at`; the last ends where the line does. */
function readRecord(text: string, at: number): Field[] | RowsFault {
  const fields: Field[] = [];
  for (let from = at;; from++) {
    const field = text[from] === '"' ? readQuoted(text, from) : readPlain(text, from);
    if ("fault" in field) return field;
    fields.push(field);
    if (text[field.end] !== ",") return fields;
    from = field.end;
  }
}

function readPlain(text: string, from: number): Field | RowsFault {
  let end = from;
  while (end < text.length && text[end] !== "," && lineEndAt(text, end) === 0) {
    if (text[end] === '"') {
      return faultAt(
        text,
        end,
        'has a quote within a cell; put quotes around the cell, and write "" for one',
      );
    }
    end++;
  }
  return { text: text.slice(from, end), from, end };
}

function readQuoted(text: string, from: number): Field | RowsFault {
  let content = "";
  let at = from + 1;
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote < 0) return faultAt(text, from, "has a cell whose quote is never closed; close it");
    content += text.slice(at, quote);
    if (text[quote + 1] !== '"') {
      at = quote + 1;
      break;
    }
    content += '"';
    at = quote + 2;
  }
  if (at < text.length && text[at] !== "," && lineEndAt(text, at) === 0) {
    return faultAt(
      text,
      at,
      'goes on behind a closing quote; end the cell here, or write "" for a quote in it',
    );
  }
  return { text: content, from, end: at };
}

/** How long the line ending at `at` is; 0 where there is none. */
function lineEndAt(text: string, at: number): number {
  if (text[at] === "\n") return 1;
  return text[at] === "\r" && text[at + 1] === "\n" ? 2 : 0;
}
