/** Characters that no TOML file may hold and that the parser lets through. */
import { type Diagnostic, problem } from "../diagnostic.ts";

/**
 * The first lone surrogate, or the first carriage return without its line feed, as a diagnostic; else null. Text
 * decoded from UTF-8 has no lone surrogates, and later phases rely on it.
 */
export function strayCharacter(file: string, text: string): Diagnostic | null {
  const index = text.search(/\p{Surrogate}|\r(?!\n)/u);
  if (index < 0) return null;
  const line = text.slice(0, index).split("\n").length;
  const column = index - text.lastIndexOf("\n", index - 1);
  const place = { line, column, endLine: line, endColumn: column + 1 };
  const found = text[index] === "\r"
    ? "a carriage return without a line feed stands here; end lines with LF or CR LF"
    : "half a surrogate pair stands here; save the file as UTF-8";
  return problem("Z1004", file, place, found);
}
