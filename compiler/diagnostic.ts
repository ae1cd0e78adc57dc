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
