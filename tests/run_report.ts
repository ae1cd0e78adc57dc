/** A run of z6c, its JSON report and its ledger side by side. */
import assert from "node:assert/strict";
import type { Summary } from "../runtime/reduce/summary.ts";
import { onlyLedger, type ReadLedger, recordsOf } from "./ledger_records.ts";
import { type Ended, type Running, start, Z6C } from "./running.ts";

export type Outcome = Readonly<{ ended: Ended; report: Summary; ledger: ReadLedger }>;

/** Starts `z6c run` on a scenario; ledger and report are for `outcomeOf`. */
export function startRun(folder: string, scenario: string, flags: readonly string[] = []): Running {
  return start([...Z6C, "run", scenario, "--json", "--out", `${folder}/out`, ...flags], { cwd: folder });
}

/** What a run that `startRun` started came to. */
export async function outcomeOf(folder: string, running: Running): Promise<Outcome> {
  const ended = await running.ended;
  assert.notEqual(ended.stdout, "", `a report was expected; stderr says:\n${ended.stderr}`);
  return { ended, report: JSON.parse(ended.stdout), ledger: onlyLedger(`${folder}/out`) };
}

/**
 * The exit code is `expected`, or 97 where z6c says that this machine was too busy for it (lag, gaps): such a run's
 * counts must agree all the same.
 */
export function assertExitCode({ ended, report }: Omit<Outcome, "ledger">, expected: number): void {
  assert.equal(ended.code, report.verdict.exitCode, "the report names the exit code");
  const busy = report.validity.some(({ name, ok }) => !ok && (name === "lag" || name === "gaps"));
  assert.equal(ended.code, busy ? 97 : expected, `${report.verdict.reasons.join("; ")}\n${ended.stderr}`);
}

/** The requests of a run, without what is done on WebSockets, as its ledger and its report tell them; asserts that the two agree. */
export function agreedRequests({ report, ledger }: Outcome): { issued: number; cancelled: number } {
  const { steps } = ledger.header.plan;
  const all = recordsOf(ledger, "requestIssued");
  const issued = all.filter(({ step }) => step !== null && steps[step].kind === "request").length;
  const [last] = recordsOf(ledger, "runEnded");
  const { requests, warmup } = report;
  assert.equal(ledger.integrity.state, "whole");
  assert.equal(last?.c, all.length, "the ledger's last record counts what was issued");
  assert.equal(requests.issued + warmup.requests, issued, "the report counts what the ledger does");
  assert.equal(
    requests.responded + requests.failed + requests.cancelled,
    requests.issued,
    "every request has one end",
  );
  return { issued, cancelled: requests.cancelled };
}
