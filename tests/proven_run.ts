/** A run of z6c whose ledger is held against its plan, and made again, before anything else is asked of it. */
import assert from "node:assert/strict";
import { Conformance } from "../runtime/decisions/conformance.ts";
import { openLedgerFile } from "../runtime/host/ledger_file.ts";
import { openLedger } from "../runtime/ledger/reader.ts";
import { replay } from "../runtime/replay/replay.ts";
import { replayText } from "../runtime/replay/replay_command.ts";
import { recordsOf, type WholeRecord } from "./ledger_records.ts";
import { agreedRequests, type Outcome, outcomeOf, startRun } from "./run_report.ts";

/**
 * Runs `scenario`, the text of a file in `folder`, in a folder of its own. `readAtStart`: files of `folder` that are to
 * lie there.
 */
export async function provenRun(
  folder: string,
  scenario: string,
  flags: readonly string[] = [],
  readAtStart: readonly string[] = [],
): Promise<Outcome> {
  const own = Deno.makeTempDirSync({ dir: folder });
  for (const name of readAtStart) Deno.copyFileSync(`${folder}/${name}`, `${own}/${name}`);
  const file = `${folder}/${own.slice(folder.length + 1)}.toml`;
  Deno.writeTextFileSync(file, scenario);
  const outcome = await outcomeOf(own, startRun(own, file, ["--quiet", ...flags]));
  await assertProven(outcome);
  return outcome;
}

/** What `z6c verify` and `z6c replay` find: every decision as planned, and the same ledger to the byte. */
export async function assertProven(outcome: Outcome): Promise<void> {
  agreedRequests(outcome);
  const { path, header } = outcome.ledger;
  using source = openLedgerFile(path);
  const conformance = new Conformance(header.plan, header.shard);
  openLedger(source).scan((block) => conformance.visit(block));
  assert.equal(conformance.result().first, null);
  const again = await replay(source);
  assert.equal(again.departure, null, replayText(again));
}

/** The records of one kind that are of the step of that name, as reports call it. */
export function recordsOfStep({ ledger }: Outcome, kind: string, name: string): WholeRecord[] {
  const { steps } = ledger.header.plan;
  return recordsOf(ledger, kind).filter(({ step }) => step !== null && steps[step].name === name);
}

/** By name of the error: how often, at which steps, and the system's words for the first of them. */
export function errorsOf(
  { report }: Outcome,
): Record<string, { count: number; steps: string[]; excerpt: string }> {
  return Object.fromEntries(report.errors.map(({ name, count, steps }) => [name, {
    count,
    steps: steps.map(({ step }) => step).sort(),
    excerpt: steps[0]?.excerpt ?? "",
  }]));
}
