/** A row for each request that has ended, and for all that was done on a WebSocket: docs/exports.md. */
import { requestError } from "../../runtime/ledger/errors.ts";
import { KIND } from "../../runtime/ledger/record.ts";
import type { ReducibleLedger } from "../../runtime/reduce/first_pass.ts";
import { EntryFold } from "../inspect/entries.ts";
import type { Entry } from "../inspect/entry.ts";
import { phaseOf } from "./phase.ts";
import { columns, type RowWriter, type Value } from "./table.ts";

export const REQUEST_COLUMNS = [
  ...columns("whole", "shard"),
  ...columns("text", "phase"),
  ...columns("whole", "session?", "vu"),
  ...columns("text", "flow", "step", "kind", "stage?"),
  ...columns("flag", "warmup"),
  ...columns("whole", "due_tick", "issued_tick", "end_tick"),
  ...columns("text", "outcome"),
  ...columns("whole", "status?"),
  ...columns("text", "error?"),
  ...columns("whole", "response_ticks?", "service_ticks?", "first_byte_ticks?", "lag_ticks", "blocked_ticks"),
  ...columns("whole", "dns_ticks?", "connect_ticks?", "tls_ticks?", "sent_bytes", "received_bytes?"),
  ...columns("text", "connection?"),
  ...columns("whole", "checks_passed", "checks_failed"),
  ...columns("text", "text?"),
] as const;

/** In the order of their ends, ledger by ledger. */
export function writeRequests(ledgers: readonly ReducibleLedger[], to: RowWriter): void {
  for (const { header, scan } of ledgers) {
    const { plan, shard: { index } } = header;
    const warmups = plan.load.stages.map(({ warmup }) => warmup);
    const stages = plan.load.stages.map(({ name }) => name);
    const row: Value[] = new Array(REQUEST_COLUMNS.length).fill(null);
    const fold = new EntryFold(plan, "requests", (it) => {
      const step = plan.steps[it.step];
      const phase = phaseOf(it.session);
      let at = 0;
      row[at++] = index;
      row[at++] = phase;
      row[at++] = phase === "load" ? it.session : null;
      row[at++] = it.vu;
      row[at++] = plan.flows[it.flow].name;
      row[at++] = step.name;
      row[at++] = step.kind;
      row[at++] = stages[it.stage] ?? null;
      row[at++] = warmups[it.stage] ?? false;
      row[at++] = it.dueTick;
      row[at++] = it.issuedTick;
      row[at++] = it.tick;
      row[at++] = it.outcome;
      row[at++] = orNull(it.status);
      row[at++] = it.error < 0 ? null : requestError(it.error).name;
      row[at++] = orNull(it.responseTicks);
      row[at++] = orNull(it.serviceTicks);
      row[at++] = orNull(it.firstByteTicks);
      row[at++] = it.lagTicks;
      row[at++] = it.blockedTicks;
      row[at++] = orNull(it.dnsTicks);
      row[at++] = orNull(it.connectTicks);
      row[at++] = orNull(it.tlsTicks);
      row[at++] = it.sentBytes;
      row[at++] = orNull(it.receivedBytes);
      row[at++] = it.connection;
      const checks = it.kind === KIND.responseEnded ? it.c : 0;
      row[at++] = (checks >>> 16) & 0xff;
      row[at++] = checks >>> 24;
      row[at++] = textOf(it);
      to.row(row);
    });
    scan((block) => fold.visit(block));
    fold.end();
  }
}

/** The cause of a failure, or what the first failed check found. Captured values are left out. */
function textOf({ notes }: Entry): string | null {
  const note = notes.find(({ kind, text }) => kind !== KIND.valueCaptured && text !== "");
  return note?.text ?? null;
}

function orNull(value: number): number | null {
  return value < 0 ? null : value;
}
