/** How much to measure, and where files may lie meanwhile. */
export type BenchOptions = Readonly<{ folder: string; seconds: number; rounds: number }>;

/** One table of docs/performance.md. */
export type Table = Readonly<{
  /** As in `<!-- bench:NAME -->`. */
  name: string;
  title: string;
  /** How it was measured, in a sentence or two. */
  note: string;
  columns: readonly string[];
  rows: readonly (readonly string[])[];
  /** The figures that something is promised of, for programs. */
  values: Readonly<Record<string, number>>;
}>;

/** The table as Markdown, its title and note above it. */
export function markdown({ title, note, columns, rows }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [`### ${title}`, "", note, "", line(columns), line(columns.map(() => "---")), ...rows.map(line)]
    .join("\n");
}
