import type { Engine, Phase } from "../runtime/engine/engine.ts";
import type { Counters } from "../runtime/engine/counters.ts";
import { type Shard, WHOLE } from "../runtime/engine/shares.ts";
import { SimulatedHost, type TargetModel } from "../runtime/host/simulated.ts";
import { type DecodedRecord, decodeRecord } from "../runtime/ledger/decode.ts";
import { type OpenedLedger, openLedger } from "../runtime/ledger/reader.ts";
import { MemorySink } from "../runtime/ledger/memory_sink.ts";
import { memorySource } from "../runtime/ledger/source.ts";
import { LedgerWriter } from "../runtime/ledger/writer.ts";
import type { Plan } from "../runtime/plan.ts";
import { PlanRun, type RunChoices, type World } from "../runtime/run.ts";

export type SimulatedRun = Readonly<{
  planRun: PlanRun;
  /** Of the load. */
  counters: Counters;
  ledger: OpenedLedger;
  bytes: Uint8Array;
  records: Whole[];
}>;
export type Whole = Exclude<DecodedRecord, { lane: "text" }>;

/** A run on a virtual clock, and its ledger. `during` gets the engine of each phase before it begins. */
export async function simulatedRun(
  plan: Plan,
  model: TargetModel,
  {
    during = () => {},
    decode = true,
    newHost = () => new SimulatedHost(plan.bounds.connections, model),
    ...choices
  }: RunChoices & {
    during?: (engine: Engine, phase: Phase, planRun: PlanRun) => void;
    /** Whether `records` are wanted: objects take their time. */
    decode?: boolean;
    /** Another world than that of `model`. */
    newHost?: World["newHost"];
  } = {},
): Promise<SimulatedRun> {
  const sink = new MemorySink();
  const writer = new LedgerWriter(sink, JSON.stringify(headerOf(plan, choices.shard)));
  const planRun: PlanRun = new PlanRun(
    {
      newHost,
      begin: (phase, engine) => during(engine, phase, planRun),
    },
    plan,
    writer,
    choices,
  );
  await planRun.go();
  writer.finish();
  const ledger = openLedger(memorySource(sink.bytes()));
  const records: Whole[] = [];
  if (decode) {
    ledger.scan(({ words, records: count }) => {
      for (let n = 0; n < count; n++) {
        const record = decodeRecord(words, n);
        if (record.lane !== "text") records.push(record);
      }
    });
  }
  return { planRun, counters: planRun.counters, ledger, bytes: sink.bytes(), records };
}

function headerOf(plan: Plan, shard: Shard = WHOLE) {
  return {
    format: 1,
    plan_sha256: "0".repeat(64),
    seed: plan.seed,
    shard,
    tick_ns: 1000,
    started: "2026-01-01T00:00:00.000Z",
    z6c: "0.1.0",
    deno: "2.7.11",
    host: { os: "linux", arch: "x86_64", kernel: "6", cores: 2, memory_bytes: 0 },
    overrides: [],
    plan,
  };
}
