import { kindName } from "../../runtime/ledger/decode.ts";
import { requestError } from "../../runtime/ledger/errors.ts";
import { KIND } from "../../runtime/ledger/record.ts";
import type { Plan } from "../../runtime/plan.ts";
import type { Entry } from "./entry.ts";
import type { EntryMode } from "./entries.ts";
import { captureWord } from "./record_words.ts";

/** One line of JSON: the fields of docs/inspect.md; what an entry does not have is null. */
export function entryJson(plan: Plan, mode: EntryMode, it: Entry): string {
  const place = {
    tick: it.tick,
    session: orNull(it.session),
    vu: orNull(it.vu),
    flow: plan.flows[it.flow]?.name ?? null,
    step: plan.steps[it.step]?.name ?? null,
    stage: plan.load.stages[it.stage]?.name ?? null,
  };
  const texts = it.notes.filter(({ text }) => text !== "").map(({ kind, a, text }) => ({
    kind: kindName(kind),
    ...(kind === KIND.valueCaptured ? { capture: captureWord(plan, a) } : {}),
    ...(kind === KIND.checkFailed ? { check: a } : {}),
    text,
  }));
  if (mode === "records") {
    return JSON.stringify({ ...place, kind: kindName(it.kind), a: it.a, b: it.b, c: it.c, texts });
  }
  return JSON.stringify({
    ...place,
    outcome: it.outcome,
    status: orNull(it.status),
    error: it.error < 0 ? null : requestError(it.error).name,
    dueTick: it.dueTick,
    issuedTick: it.issuedTick,
    responseTicks: orNull(it.responseTicks),
    serviceTicks: orNull(it.serviceTicks),
    firstByteTicks: orNull(it.firstByteTicks),
    lagTicks: it.lagTicks,
    blockedTicks: it.blockedTicks,
    dnsTicks: orNull(it.dnsTicks),
    connectTicks: orNull(it.connectTicks),
    tlsTicks: orNull(it.tlsTicks),
    sentBytes: orNull(it.sentBytes),
    receivedBytes: orNull(it.receivedBytes),
    connection: it.connection,
    failedChecks: it.notes.filter(({ kind }) => kind === KIND.checkFailed).map(({ a }) => a),
    texts,
  });
}

function orNull(value: number): number | null {
  return value < 0 ? null : value;
}
