import { sessionText, stepName, tickText } from "../../runtime/decisions/decision_text.ts";
import {
  compare,
  type Comparison,
  type Divergence,
  type SessionRecord,
} from "../../runtime/decisions/divergence.ts";
import { openLedgerFile } from "../../runtime/host/ledger_file.ts";
import { ledgerError } from "../../runtime/ledger_error.ts";
import { openLedger } from "../../runtime/ledger/reader.ts";
import { KIND, NONE } from "../../runtime/ledger/record.ts";
import type { Plan } from "../../runtime/plan.ts";
import { EXIT } from "../../runtime/reduce/exit_codes.ts";
import { count, counted } from "../../runtime/report/format.ts";

/** Shows where two ledgers part first; returns 99 where they do. Throws `UserError` where one cannot be read. */
export function diff(pathA: string, pathB: string): number {
  using a = opened(pathA);
  using b = opened(pathB);
  const [inA, inB] = [read(pathA, () => openLedger(a)), read(pathB, () => openLedger(b))];
  const comparison = read(`${pathA} and ${pathB}`, () => compare(inA, inB));
  const plans = inA.header.plan_sha256 === inB.header.plan_sha256
    ? []
    : [`the plans differ: ${inA.header.plan_sha256} and ${inB.header.plan_sha256}`];
  console.log([...plans, ...comparisonLines(inA.header.plan, comparison)].join("\n"));
  return comparison.first === null ? EXIT.passed : EXIT.failed;
}

function opened(path: string) {
  return read(path, () => openLedgerFile(path));
}

function read<T>(path: string, what: () => T): T {
  try {
    return what();
  } catch (cause) {
    throw ledgerError("diff", path, cause);
  }
}

/** What was found, for people. `plan`: of the first ledger. */
export function comparisonLines(plan: Plan, it: Comparison): string[] {
  const all = counted(it.sessions, "session");
  if (it.first === null) return [`${all}: the same decisions and the same observations`];
  return [
    `${all}: ${count(it.decisionsDiffer)} with other decisions, ` +
    `${count(it.observationsDiffer)} with the same decisions and other observations`,
    ...divergenceLines(plan, it.first),
  ];
}

function divergenceLines(plan: Plan, { session, what, before, a, b }: Divergence): string[] {
  const whose = session === NONE ? "the run itself" : sessionText(session);
  const at = a ?? b;
  const when = at === null ? "" : `, at ${tickText(at.tick)}`;
  const records = [...before, a, b].flatMap((record) => record === null ? [] : [lineOf(plan, record)]);
  const widths = [0, 1, 2].map((n) => Math.max(0, ...records.map((cells) => cells[n].length)));
  const line = (mark: string, record: SessionRecord | null) => {
    if (record === null) return `  ${mark} nothing more`;
    const [tick, name, step, rest] = lineOf(plan, record);
    const cells = [tick.padStart(widths[0]), name.padEnd(widths[1]), step.padEnd(widths[2]), rest];
    return `  ${mark} ${cells.join("  ")}`.trimEnd();
  };
  return [
    `the first ${what} that differs: ${whose}${when}`,
    ...before.map((record) => line(" ", record)),
    line("A", a),
    line("B", b),
  ];
}

/** Tick, kind, step or flow, and operands with what follows them. */
function lineOf(plan: Plan, { kind, name, tick, step, a, b, c, text }: SessionRecord): string[] {
  const isOfFlow = kind === KIND.sessionStarted || kind === KIND.sessionEnded;
  const where = step === null ? "" : isOfFlow ? plan.flows[step]?.name ?? String(step) : stepName(plan, step);
  return [tickText(tick), name, where, `${a} ${b} ${c}${text === null ? "" : ` ${JSON.stringify(text)}`}`];
}
