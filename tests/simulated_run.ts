import { Engine } from "../runtime/engine/engine.ts";
import { SimulatedHost, type TargetModel } from "../runtime/host/simulated.ts";
import { type DecodedRecord, decodeRecord } from "../runtime/ledger/decode.ts";
import { type OpenedLedger, openLedger } from "../runtime/ledger/reader.ts";
import { MemorySink } from "../runtime/ledger/memory_sink.ts";
import { memorySource } from "../runtime/ledger/source.ts";
import { LedgerWriter } from "../runtime/ledger/writer.ts";
import type { Plan } from "../runtime/plan.ts";
import { run } from "../runtime/run.ts";

export type Whole = Exclude<DecodedRecord, { lane: "text" }>;

/** A run on a virtual clock, and its ledger. `during` gets the engine before the run begins. */
export async function simulatedRun(
  plan: Plan,
  model: TargetModel,
  { during = () => {}, decode = true }: {
    during?: (engine: Engine) => void;
    /** Whether `records` are wanted: objects take their time. */
    decode?: boolean;
  } = {},
): Promise<{ engine: Engine; ledger: OpenedLedger; bytes: Uint8Array; records: Whole[] }> {
  const host = new SimulatedHost(plan.bounds.connections, model);
  const sink = new MemorySink();
  const writer = new LedgerWriter(sink, JSON.stringify(headerOf(plan)));
  const engine = new Engine(plan, host, writer);
  during(engine);
  await run(engine, host.clock, writer);
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
  return { engine, ledger, bytes: sink.bytes(), records };
}

function headerOf(plan: Plan) {
  return {
    format: 1,
    plan_sha256: "0".repeat(64),
    seed: plan.seed,
    shard: { index: 1, count: 1 },
    tick_ns: 1000,
    started: "2026-01-01T00:00:00.000Z",
    z6c: "0.1.0",
    deno: "2.7.11",
    host: { os: "linux", arch: "x86_64", kernel: "6", cores: 2, memory_bytes: 0 },
    overrides: [],
    plan,
  };
}
