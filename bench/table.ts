/** How much to measure, and where files may lie meanwhile. */
export type BenchOptions = Readonly<{
  folder: string;
  /** Of each run's measurement, behind its warm-up. */
  seconds: number;
  rounds: number;
  /** Measure just enough to see that it can be measured. */
  isToy: boolean;
  /** Of the table `ledger_size`. */
  ledgerBytes: number;
  /** Of the table `soak`: of the simulated run, and of the live one; 0 leaves that out. */
  simulatedSeconds: number;
  liveSeconds: number;
}>;

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
  /** Of the other programs that are in it: `wrk 4.1.0, k6 1.8.1`. */
  versions?: string;
}>;

/** The table as Markdown, its title and note above it. */
export function markdown({ title, note, columns, rows }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [`### ${title}`, "", note, "", line(columns), line(columns.map(() => "---")), ...rows.map(line)]
    .join("\n");
}

/** The row of somebody who did not come to a result: why, in as many cells as there are columns. */
export function failedRow(first: readonly string[], failure: string, columns: number): string[] {
  const reason = failure.replaceAll(/\s+/g, " ").replaceAll("|", "/").slice(0, 120);
  const rest = columns - first.length - 1;
  return [...first, `failed: ${reason}`, ...Array.from({ length: rest }, () => "")];
}
