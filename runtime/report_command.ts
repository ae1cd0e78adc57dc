import type { RunOptions } from "./command_line.ts";
import { causeText } from "./host/causes.ts";
import { openLedgerFile } from "./host/ledger_file.ts";
import { LedgerUnreadable } from "./ledger/header.ts";
import { openLedger } from "./ledger/reader.ts";
import { writeReport } from "./out_folder.ts";
import { columns } from "./progress.ts";
import { EXIT } from "./reduce/exit_codes.ts";
import { reduce } from "./reduce/reduce.ts";
import type { Summary } from "./reduce/summary.ts";
import { renderJson } from "./report/json.ts";
import { renderText } from "./report/text.ts";
import { UserError } from "./user_error.ts";

/**
 * Reduces a ledger, prints its report, writes the others that are wanted, and returns the exit code. `failure`: why
 * the ledger could not be written to its end, which it cannot tell itself. Throws `UserError`.
 */
export function report(
  path: string,
  options: Pick<RunOptions, "reports" | "json" | "color">,
  failure: string | null = null,
): number {
  const summary = withReason(summaryOf(path), failure);
  const stem = path.replace(/\.z6log$/, "");
  const files: [string, string][] = [["ledger", path]];
  let unwritten = false;
  for (const name of options.reports) {
    const file = `${stem}.${name === "json" ? "json" : "txt"}`;
    try {
      writeReport(
        file,
        name === "json" ? renderJson(summary) : renderText(summary, { width: 100, color: false }),
      );
      files.push([name, file]);
    } catch (cause) {
      // The report that is printed must not be lost with the one that cannot be written.
      if (!(cause instanceof UserError)) throw cause;
      console.error(`z6c: ${cause.message}`);
      unwritten = true;
    }
  }
  const text = options.json
    ? renderJson(summary)
    : renderText(summary, { width: columns(), color: options.color && Deno.stdout.isTerminal(), files });
  printWhole(text);
  const { exitCode } = summary.verdict;
  return unwritten && exitCode === EXIT.passed ? EXIT.error : exitCode;
}

function withReason(summary: Summary, failure: string | null): Summary {
  if (failure === null) return summary;
  const reasons = [`the ledger could not be written to its end: ${failure}`, ...summary.verdict.reasons];
  return { ...summary, verdict: { ...summary.verdict, reasons } };
}

/** What a ledger's file amounts to. Throws `UserError` where it cannot be read. */
export function summaryOf(path: string): Summary {
  try {
    using source = openLedgerFile(path);
    return reduce(openLedger(source));
  } catch (cause) {
    if (cause instanceof LedgerUnreadable) {
      throw new UserError(`cannot read ${path}: ${cause.message}`, EXIT.badInput);
    }
    if (cause instanceof Deno.errors.NotFound) {
      throw new UserError(`there is no ledger ${path}`, EXIT.badInput);
    }
    if (cause instanceof Deno.errors.NotCapable) {
      throw new UserError(`this executable may not read ${path}; \`z6c report ${path}\` can`, EXIT.badInput);
    }
    if (cause instanceof Deno.errors.IsADirectory) {
      throw new UserError(
        `cannot read ${path}: it is a folder; give the .z6log file of a run`,
        EXIT.badInput,
      );
    }
    if (isSystemError(cause)) throw new UserError(`cannot read ${path}: ${causeText(cause)}`, EXIT.error);
    throw cause;
  }
}

/** Errors of files, as opposed to mistakes in z6c. */
export function isSystemError(cause: unknown): boolean {
  return cause instanceof Error && Object.values(Deno.errors).some((kind) => cause instanceof kind);
}

/** A pipe may take less than it is given. */
function printWhole(text: string): void {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));
}
