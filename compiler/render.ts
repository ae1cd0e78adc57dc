/** Diagnostics → text for people: what is wrong, and the source line with carets under it. */
import { graphemes, graphemeWidth } from "../runtime/text_width.ts";
import type { Diagnostic } from "./diagnostic.ts";

/** `width` is that of the terminal in columns; `color` switches ANSI colours. */
export type RenderOptions = Readonly<{ color: boolean; width: number }>;

/** All diagnostics with their source lines, and a closing line that counts them. Empty text for none. */
export function renderDiagnostics(
  diagnostics: readonly Diagnostic[],
  sources: ReadonlyMap<string, string>,
  options: RenderOptions,
): string {
  if (diagnostics.length === 0) return "";
  const paint = painter(options.color);
  const frames = diagnostics.map((diagnostic) =>
    frame(diagnostic, sources.get(diagnostic.file), options.width, paint)
  );
  return `${frames.join("\n\n")}\n\n${closingLine(diagnostics)}\n`;
}

/** `file:12:9  Z1204  message`, for editors and logs. */
export function renderOneLine({ file, place, code, severity, message }: Diagnostic): string {
  const words = severity === "warning" ? `warning: ${message}` : message;
  return `${file}:${place.line}:${place.column}  ${code}  ${words}`;
}

type Style = "error" | "warning" | "quiet" | "strong";

function frame(
  { file, place, code, severity, message }: Diagnostic,
  source: string | undefined,
  width: number,
  paint: (style: Style, text: string) => string,
): string {
  const lead = `${severity} ${code}  `;
  const [first = "", ...more] = wrapped(message, Math.max(20, width - lead.length));
  const lines = [paint(severity, `${severity} ${code}`) + `  ${paint("strong", first)}`];
  for (const line of more) lines.push(" ".repeat(lead.length) + paint("strong", line));
  const number = String(place.line);
  const margin = " ".repeat(number.length);
  lines.push(`${margin} ${paint("quiet", "┌─")} ${file}:${place.line}:${place.column}`);
  const text = source?.split(/\r?\n/)[place.line - 1];
  if (text === undefined) return lines.join("\n");
  const endColumn = place.endLine > place.line ? text.trimEnd().length + 1 : place.endColumn;
  const room = Math.max(20, width - margin.length - 3);
  const view = clipped(text, place.column - 1, Math.max(place.column, endColumn - 1), room);
  const bar = paint("quiet", "│");
  lines.push(`${margin} ${bar}`);
  lines.push(`${paint("quiet", number)} ${bar} ${view.text}`.trimEnd());
  lines.push(`${margin} ${bar} ${" ".repeat(view.from)}${paint(severity, "^".repeat(view.length))}`);
  return lines.join("\n");
}

/** The source line with tabs as spaces, cut to `room` columns around the marked stretch [start, end). */
function clipped(
  line: string,
  start: number,
  end: number,
  room: number,
): { text: string; from: number; length: number } {
  const cells = [...cellsOf(line)];
  const columnOf = (offset: number) =>
    cells.filter((cell) => cell.offset < offset).reduce((column, cell) => column + cell.width, 0);
  const total = columnOf(line.length);
  const [from, to] = [columnOf(start), Math.max(columnOf(start) + 1, columnOf(end))];
  if (Math.max(total, to) <= room) {
    return { text: cells.map((cell) => cell.text).join(""), from, length: to - from };
  }
  // A third of the room shows what stands in front of the mark.
  const cut = from <= room - 10 && to <= room - 1 ? 0 : Math.max(0, from - Math.floor(room / 3));
  const front = cut > 0 ? "…" : "";
  let column = 0;
  let shown = front;
  let shownWidth = front.length;
  let shift = 0;
  for (const cell of cells) {
    const begins = column;
    column += cell.width;
    if (begins < cut + front.length) {
      shift = column;
      continue;
    }
    if (shownWidth + cell.width > room - 1) {
      shown += "…";
      break;
    }
    shown += cell.text;
    shownWidth += cell.width;
  }
  const marked = Math.max(0, from - shift + front.length);
  return { text: shown, from: marked, length: Math.max(1, Math.min(to - from, room - marked - 1)) };
}

/** Characters with the columns they take: a tab is two spaces, East Asian and pictographic ones take two. */
function* cellsOf(line: string): Generator<{ offset: number; text: string; width: number }> {
  let offset = 0;
  for (const { segment } of graphemes(line)) {
    if (segment === "\t") yield { offset, text: "  ", width: 2 };
    else if (/\p{Cc}/u.test(segment)) yield { offset, text: "·", width: 1 };
    else yield { offset, text: segment, width: graphemeWidth(segment) };
    offset += segment.length;
  }
}

function wrapped(message: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of message.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

/** `2 errors, 1 warning in checkout.toml` */
function closingLine(diagnostics: readonly Diagnostic[]): string {
  const counts = (["error", "warning"] as const).flatMap((severity) => {
    const count = diagnostics.filter((one) => one.severity === severity).length;
    return count === 0 ? [] : [`${count} ${severity}${count === 1 ? "" : "s"}`];
  });
  const files = new Set(diagnostics.map(({ file }) => file));
  const [only] = files;
  return `${counts.join(", ")} in ${files.size === 1 ? only : `${files.size} files`}`;
}

function painter(color: boolean): (style: Style, text: string) => string {
  const codes: Record<Style, string> = { error: "1;31", warning: "1;33", quiet: "2", strong: "1" };
  return (style, text) => color ? `\x1b[${codes[style]}m${text}\x1b[0m` : text;
}
