/** Where a stretch of a text's value stands in the source, past quotes, escapes and line joins. */
import type { Place } from "../diagnostic.ts";
import type { Text } from "./document.ts";

/** The place of `value[start, end)` of a text. */
export function placeInText(text: Text, start: number, end: number): Place {
  if (text.source.length === text.value.length + 2) {
    // One line without escapes, as most texts are.
    const { line, column } = text.place;
    return { line, column: column + 1 + start, endLine: line, endColumn: column + 1 + end };
  }
  const offsets = sourceOffsets(text.source, text.value.length);
  const from = positionOf(text, offsets[start] ?? 0);
  const to = positionOf(text, offsets[end] ?? text.source.length);
  return { line: from.line, column: from.column, endLine: to.line, endColumn: to.column };
}

function positionOf(text: Text, offset: number): { line: number; column: number } {
  const before = text.source.slice(0, offset);
  const lines = before.split("\n").length - 1;
  if (lines === 0) return { line: text.place.line, column: text.place.column + offset };
  return { line: text.place.line + lines, column: offset - before.lastIndexOf("\n") };
}

/** For every UTF-16 unit of the value, and for its end, the offset in `source` (quotes included) that it came from. */
function sourceOffsets(source: string, length: number): number[] {
  const quote = source[0];
  const multiline = source.startsWith(`${quote}${quote}${quote}`);
  let offset = multiline ? 3 : 1;
  if (multiline) offset += /^\r?\n/.exec(source.slice(offset))?.[0].length ?? 0;
  const offsets: number[] = [];
  while (offsets.length < length) {
    const joint = quote === '"' && multiline ? /^\\[ \t]*\r?\n[ \t\r\n]*/.exec(source.slice(offset)) : null;
    if (joint !== null) {
      offset += joint[0].length;
      continue;
    }
    const escape = quote === '"'
      ? /^\\(?:u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)/.exec(source.slice(offset))
      : null;
    offsets.push(offset);
    // An escape beyond U+FFFF makes two units of the value.
    if (escape?.[0].startsWith("\\U") && Number.parseInt(escape[0].slice(2), 16) > 0xffff) {
      offsets.push(offset);
    }
    // The parser reads a line break of two characters as one.
    const lineBreak = multiline && source.startsWith("\r\n", offset) ? 2 : 1;
    offset += escape?.[0].length ?? lineBreak;
  }
  offsets.push(offset);
  return offsets;
}
