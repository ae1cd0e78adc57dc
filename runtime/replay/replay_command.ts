import type { Departure } from "../host/replayed_ledger.ts";
import type { ToldRecord } from "../host/replayed_records.ts";
import { createLedgerFile, openLedgerFile } from "../host/ledger_file.ts";
import type { LedgerHeader } from "../ledger/header.ts";
import { OBSERVATION } from "../ledger/record.ts";
import type { Sink } from "../ledger/sink.ts";
import { ledgerError } from "../ledger_error.ts";
import { cannotWrite } from "../out_folder.ts";
import type { Plan } from "../plan.ts";
import { EXIT } from "../reduce/exit_codes.ts";
import { count, counted } from "../report/format.ts";
import { hasItsPlan, replay, type ReplayResult } from "./replay.ts";
import { VERSION } from "../version.ts";

/**
 * Runs a ledger's plan again in the world that the ledger tells of, says whether the same ledger comes of it, and
 * returns the exit code: 99 where it does not, or where the ledger is damaged. `out`: where the new ledger goes, or
 * null. Throws `UserError`.
 */
export async function replayLedger(path: string, out: string | null): Promise<number> {
  const result = await replayed(path, out);
  console.log(replayText(result));
  const isSame = result.departure === null && result.integrity.state !== "damaged";
  return isSame ? EXIT.passed : EXIT.failed;
}

async function replayed(path: string, out: string | null): Promise<ReplayResult> {
  using stack = new DisposableStack();
  try {
    const source = stack.use(openLedgerFile(path));
    return await replay(source, out === null ? null : newFile(out));
  } catch (cause) {
    throw ledgerError("replay", path, cause);
  }
}

function newFile(path: string): Sink {
  try {
    return createLedgerFile(path);
  } catch (cause) {
    throw cannotWrite(path, cause);
  }
}

/** What came of a replay, for people. */
export function replayText({ header, integrity, decisions, records, departure }: ReplayResult): string {
  const decided = `decisions ${decisions.sha256}`;
  if (departure !== null) return departureText(header, departure);
  const same = `${counted(records, "record")}, ${counted(integrity.blocks, "block")}`;
  return integrity.state === "whole"
    ? `identical: ${same}, ledger digest ${integrity.digest}, ${decided}`
    : `identical as far as it goes: ${same}, ${decided}\n${integrity.problem}`;
}

function departureText(header: LedgerHeader, departure: Departure): string {
  const { index, block, recorded, replayed } = departure;
  const { plan } = header;
  return [
    `the replay leaves the ledger at record ${count(index)}, in block ${count(block)}: ${
      causeText(header, departure)
    }`,
    `  ledger  ${recorded === null ? "its end" : recordText(plan, recorded)}`,
    `  replay  ${replayed === null ? "nothing of the kind" : recordText(plan, replayed)}`,
  ].join("\n");
}

/** What is wrong, and how that may be. */
function causeText(header: LedgerHeader, { recorded, replayed, reason }: Departure): string {
  const how = howText(header);
  if (reason !== "") return `what is recorded cannot have come, for ${reason}; ${how}`;
  const isDecided = [recorded, replayed].some((it) => it !== null && isDecision(it));
  return isDecided
    ? `a decision differs from what plan and seed decide; ${how}`
    : `what is recorded does not follow from what stands before it; ${how}`;
}

function howText(header: LedgerHeader): string {
  if (!hasItsPlan(header)) return "the plan or the seed in its header is not the one of its hash";
  return header.z6c === VERSION
    ? "it was changed after the run, or z6c has a bug"
    : `it is of z6c ${header.z6c}, and this is ${VERSION}, which may do otherwise; or it was changed after the run`;
}

function isDecision({ record }: ToldRecord): boolean {
  return (record.kind & OBSERVATION) === 0;
}

function recordText({ steps, flows }: Plan, { record, text }: ToldRecord): string {
  if (record.lane === "text") return `${record.name}, continued: ${JSON.stringify(text ?? "")}`;
  const { name, session, vu, step, tick, a, b, c } = record;
  const ofFlow = name === "sessionStarted" || name === "sessionEnded";
  const place = step === null ? undefined : ofFlow ? flows[step]?.name : steps[step]?.name;
  const parts = [
    name.padEnd(16),
    `session ${session ?? "-"}`,
    `vu ${vu ?? "-"}`,
    step === null ? "step -" : `${ofFlow ? "flow" : "step"} ${JSON.stringify(place ?? String(step))}`,
    `tick ${tick}`,
    `a ${a}`,
    `b ${b}`,
    `c ${c}`,
    ...(text === null ? [] : [JSON.stringify(text)]),
  ];
  return parts.join("  ");
}
