import { type Confidence, CONFIDENCES } from "../compare/interval.ts";
import { compareRuns } from "../compare/compare_runs.ts";
import { readGate } from "../compare/gate.ts";
import { comparisonHtml } from "../compare/html.ts";
import { comparisonMarkdown } from "../compare/markdown.ts";
import { openRun } from "../compare/run_ledgers.ts";
import { comparisonText } from "../compare/text.ts";
import { terminalSize } from "../../runtime/live/terminal_size.ts";
import { writeReport } from "../../runtime/out_folder.ts";
import { EXIT } from "../../runtime/reduce/exit_codes.ts";
import { UserError } from "../../runtime/user_error.ts";

export type CompareOptions = Readonly<{
  /** `p99 of step pay > +5%` */
  failOn: readonly string[];
  /** A percentage, as it was written. */
  confidence: string;
  /** What is printed. */
  form: "text" | "markdown" | "json";
  /** Where the page for a browser is written to, or null. */
  html: string | null;
  color: boolean;
}>;

/**
 * Shows two runs side by side: the ledgers at `baseline` and `candidate`, each a path, or those of all shards with commas
 * between them. Returns 99 where a `failOn` holds with confidence, 97 where there are any and a run is invalid. Throws
 * `UserError`.
 */
export function compare(baseline: string, candidate: string, options: CompareOptions): number {
  const confidence = readConfidence(options.confidence);
  using sources = new DisposableStack();
  const sides = [baseline, candidate].map((argument) => openRun(argument, sources));
  const [planA, planB] = sides.map(([{ ledger }]) => ledger.header.plan);
  const gates = options.failOn.map((text) => readGate(text, planA, planB));
  const [a, b] = sides.map((side) => ({
    ledgers: side.map(({ ledger }) => ledger),
    paths: side.map(({ path }) => path),
  }));
  const comparison = compareRuns(a, b, { confidence, gates });
  if (options.html !== null) writeReport(options.html, comparisonHtml(comparison));
  switch (options.form) {
    case "json":
      console.log(JSON.stringify(comparison, null, 2));
      break;
    case "markdown":
      console.log(comparisonMarkdown(comparison).trimEnd());
      break;
    case "text": {
      const color = options.color && Deno.stdout.isTerminal();
      console.log(comparisonText(comparison, { width: terminalSize().columns, color }).trimEnd());
    }
  }
  return comparison.exitCode;
}

function readConfidence(text: string): Confidence {
  const found = CONFIDENCES.find((one) => String(one) === text.replace(/%$/, ""));
  if (found !== undefined) return found;
  throw new UserError(
    `--confidence ${JSON.stringify(text)} is none that z6c knows; use ${CONFIDENCES.join(", ")}`,
    EXIT.badInput,
  );
}
