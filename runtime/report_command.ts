import type { RunOptions } from "./command_line.ts";
import { htmlReport } from "./html_report.ts";
import { terminalSize } from "./live/terminal_size.ts";
import { withLedgers } from "./opened_ledgers.ts";
import { writeReport } from "./out_folder.ts";
import { EXIT } from "./reduce/exit_codes.ts";
import type { ReducibleLedger } from "./reduce/first_pass.ts";
import { reduce, type ReduceOptions } from "./reduce/reduce.ts";
import { CannotMerge } from "./reduce/shards.ts";
import type { Summary } from "./reduce/summary.ts";
import { renderJson } from "./report/json.ts";
import { renderJunit } from "./report/junit.ts";
import { renderMarkdown } from "./report/markdown.ts";
import { renderPrometheus } from "./report/prometheus.ts";
import { renderText } from "./report/text.ts";
import { UserError } from "./user_error.ts";

/**
 * Reduces the ledgers of one run, one for each shard, prints its report, writes the others that are wanted, and returns
 * the exit code. `failure`: why a ledger could not be written to its end, which it cannot tell itself. Throws
 * `UserError`.
 */
export function report(
  paths: readonly string[],
  options: Pick<RunOptions, "reports" | "json" | "color">,
  failure: string | null = null,
  reduceOptions: ReduceOptions = {},
): number {
  return ofOneRun(paths, (ledgers) => {
    const summary = withReason(reduce(ledgers, reduceOptions), failure);
    return tell(summary, ledgers, paths, options);
  });
}

/** What a report may still need of the ledgers was proven when they were reduced. */
function tell(
  summary: Summary,
  ledgers: readonly ReducibleLedger[],
  paths: readonly string[],
  options: Pick<RunOptions, "reports" | "json" | "color">,
): number {
  const stem = reportStem(paths);
  const files = paths.map((path, at): [string, string] => [at === 0 ? "ledger" : "", path]);
  let unwritten = false;
  for (const name of options.reports) {
    const file = `${stem}.${EXTENSIONS.get(name) ?? name}`;
    try {
      writeReport(file, rendered(name, summary, ledgers));
      files.push([name, file]);
    } catch (cause) {
      // The report that is printed must not be lost with the one that cannot be written.
      if (!(cause instanceof UserError)) throw cause;
      console.error(`z6c: ${cause.message}`);
      unwritten = true;
    }
  }
  const text = options.json ? renderJson(summary) : renderText(summary, {
    width: terminalSize().columns,
    color: options.color && Deno.stdout.isTerminal(),
    files,
  });
  printWhole(text);
  const { exitCode } = summary.verdict;
  return unwritten && exitCode === EXIT.passed ? EXIT.error : exitCode;
}

/** Of reports whose name is not their file's. */
const EXTENSIONS = new Map([
  ["text", "txt"],
  ["junit", "junit.xml"],
  ["markdown", "md"],
  ["prometheus", "prom"],
]);

function rendered(name: string, summary: Summary, ledgers: readonly ReducibleLedger[]): string {
  switch (name) {
    case "json":
      return renderJson(summary);
    case "html":
      return htmlReport(ledgers, summary);
    case "junit":
      return renderJunit(summary);
    case "markdown":
      return renderMarkdown(summary);
    case "prometheus":
      return renderPrometheus(summary);
    default:
      return renderText(summary, { width: 100, color: false });
  }
}

/** Where reports lie: beside the ledger, and beside the first of several, without its shard. */
export function reportStem(paths: readonly string[]): string {
  const [path] = paths;
  const stem = path.replace(/\.z6log$/, "");
  return paths.length === 1 ? stem : stem.replace(/-\d+of\d+$/, "");
}

function withReason(summary: Summary, failure: string | null): Summary {
  if (failure === null) return summary;
  const reasons = [`the ledger could not be written to its end: ${failure}`, ...summary.verdict.reasons];
  return { ...summary, verdict: { ...summary.verdict, reasons } };
}

/** What the ledgers of one run amount to. Throws `UserError` where one cannot be read, or they are not of one run. */
export function summaryOf(paths: readonly string[], options: ReduceOptions = {}): Summary {
  return ofOneRun(paths, (ledgers) => reduce(ledgers, options));
}

function ofOneRun<Result>(
  paths: readonly string[],
  use: (ledgers: readonly ReducibleLedger[]) => Result,
): Result {
  try {
    return withLedgers(paths, use);
  } catch (cause) {
    if (!(cause instanceof CannotMerge)) throw cause;
    throw new UserError(
      `${paths[cause.first]} and ${paths[cause.second]} ${cause.problem}; ` +
        "only the shards of one run can be reported together",
      EXIT.badInput,
    );
  }
}

/** A pipe may take less than it is given, or be closed by who has read enough: `z6c report … | head`. */
function printWhole(text: string): void {
  const bytes = new TextEncoder().encode(text);
  try {
    for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));
  } catch (cause) {
    if (!(cause instanceof Deno.errors.BrokenPipe)) throw cause;
  }
}
