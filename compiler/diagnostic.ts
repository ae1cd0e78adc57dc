/** A problem in a scenario, as data. Rendered at the edge; collected, never thrown. */
export type Diagnostic = Readonly<{
  /** Stable: `Z1204`. Each has an entry in `catalogue.ts`. */
  code: string;
  severity: "error" | "warning";
  file: string;
  place: Place;
  /** What is wrong, with what was found, and what would be right. One sentence, no full stop. */
  message: string;
}>;

/** A stretch of source. Lines and columns count from 1; `endColumn` is just behind the last character. */
export type Place = Readonly<{ line: number; column: number; endLine: number; endColumn: number }>;

/** An error at a place. */
export function problem(code: string, file: string, place: Place, message: string): Diagnostic {
  return { code, severity: "error", file, place, message };
}

/** Something legal but odd at a place. */
export function warning(code: string, file: string, place: Place, message: string): Diagnostic {
  return { code, severity: "warning", file, place, message };
}

/** A text as messages show it: in double quotes, control characters made visible, long ones cut. */
export function quote(text: string): string {
  const shown = text.length > 80 ? `${text.slice(0, 77)}…` : text;
  return JSON.stringify(shown);
}

/** By place in the file, then by code. */
export function sortDiagnostics(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return [...diagnostics].sort((a, b) =>
    a.place.line - b.place.line || a.place.column - b.place.column ||
    (a.code < b.code ? -1 : a.code > b.code ? 1 : 0)
  );
}
