import { Conformance } from "../runtime/decisions/conformance.ts";
import type { Shard } from "../runtime/engine/shares.ts";
import { WakeQueue } from "../runtime/engine/wake_queue.ts";
import { KeyedRandom } from "../runtime/engine/random.ts";
import { LedgerWriter } from "../runtime/ledger/writer.ts";
import { MemorySink } from "../runtime/ledger/memory_sink.ts";
import { memorySource } from "../runtime/ledger/source.ts";
import { openLedger } from "../runtime/ledger/reader.ts";
import { reduce } from "../runtime/reduce/reduce.ts";
import { ResponseParser } from "../runtime/protocol/http1_response.ts";
import { replay } from "../runtime/replay/replay.ts";
import { constantLoad, samplePlan } from "../tests/sample_plans.ts";
import { simulatedRun } from "../tests/simulated_run.ts";
import { counted } from "../runtime/report/format.ts";
import { spread } from "./statistics.ts";
import type { BenchOptions, Table } from "./table.ts";

const RESPONSE = "HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nDate: Sat, 21 Nov 2026 12:00:00 GMT\r\n" +
  "Content-Type: text/plain\r\nContent-Length: 12\r\nConnection: keep-alive\r\n\r\nhello world\n";

const SHARDS = 4;

/** What the parts cost, each alone and in a loop, in this process. */
export async function costs({ seconds, rounds }: BenchOptions): Promise<Table> {
  const n = Math.round(200_000 * seconds);
  const parts = [
    { name: "random draw (four words)", unit: "ns", run: () => perItem(n, randomDraws) },
    { name: "wake set and popped, 1,000 VUs", unit: "ns", run: () => perItem(n, wakes) },
    { name: `response read, ${RESPONSE.length} bytes`, unit: "ns", run: () => perItem(n, responses) },
    { name: "ledger append, to memory", unit: "ns", run: () => perItem(n, appends) },
    { name: "simulated session of one request", unit: "ns", run: () => simulated(Math.round(n / 10)) },
    {
      name: "session begun and ended, without a request",
      unit: "ns",
      run: () => spawned(Math.round(n / 10)),
    },
    { name: "ledger record reduced", unit: "ns", run: () => reduced(Math.round(n / 10)) },
    { name: `ledger record merged, of ${SHARDS} shards`, unit: "ns", run: () => merged(Math.round(n / 10)) },
    { name: "ledger record verified", unit: "ns", run: () => verified(Math.round(n / 10)) },
    { name: "ledger record replayed", unit: "ns", run: () => replayed(Math.round(n / 10)) },
  ];
  const rows: string[][] = [];
  const values: Record<string, number> = {};
  for (const { name, unit, run } of parts) {
    const measured: number[] = [];
    for (let round = 0; round < rounds; round++) measured.push(await run());
    const { median, min, max } = spread(measured);
    rows.push([name, `${median.toFixed(0)} ${unit}`, `${min.toFixed(0)}–${max.toFixed(0)} ${unit}`]);
    values[name] = median;
  }
  return {
    name: "costs",
    title: "What the parts cost",
    note: `${counted(rounds, "round")} in one process; medians and range. A record is 32 bytes.`,
    columns: ["part", "cost", "range"],
    rows,
    values,
  };
}

function perItem(n: number, work: (n: number) => void): number {
  work(Math.min(n, 20_000));
  const start = performance.now();
  work(n);
  return ((performance.now() - start) * 1e6) / n;
}

function randomDraws(n: number): void {
  const random = new KeyedRandom(42);
  for (let at = 0; at < n; at++) random.draw(at, 1, 2, 3);
}

function wakes(n: number): void {
  const queue = new WakeQueue(1000);
  for (let vu = 0; vu < 1000; vu++) queue.set(vu, vu, vu);
  for (let at = 0; at < n; at++) queue.set(queue.pop(Infinity), at + 1000, at);
}

function responses(n: number): void {
  const bytes = new TextEncoder().encode(RESPONSE);
  const parser = new ResponseParser();
  for (let at = 0; at < n; at++) {
    parser.begin(false, false);
    parser.feed(bytes, 0, bytes.length);
  }
}

function appends(n: number): void {
  const ledger = new LedgerWriter(new MemorySink(), "{}");
  for (let at = 0; at < n; at++) ledger.append(at, at, at & 1023, 0x8004, 1, at, 2, 3);
}

/** Every part below is told what it costs a session or a record. */
async function simulated(sessions: number): Promise<number> {
  const start = performance.now();
  await simulatedLedger(sessions);
  return ((performance.now() - start) * 1e6) / sessions;
}

async function spawned(sessions: number): Promise<number> {
  const start = performance.now();
  await simulatedLedger(sessions, { flows: [[{ think: [1, 1] }]] });
  return ((performance.now() - start) * 1e6) / sessions;
}

async function reduced(sessions: number): Promise<number> {
  const { bytes } = await simulatedLedger(sessions);
  const start = performance.now();
  const { integrity } = reduce([openLedger(memorySource(bytes))]);
  return ((performance.now() - start) * 1e6) / integrity.records;
}

async function merged(sessions: number): Promise<number> {
  const shards = [];
  for (let index = 1; index <= SHARDS; index++) {
    shards.push((await simulatedLedger(sessions, {}, { index, count: SHARDS })).bytes);
  }
  const start = performance.now();
  const { integrity } = reduce(shards.map((bytes) => openLedger(memorySource(bytes))));
  return ((performance.now() - start) * 1e6) / integrity.records;
}

async function verified(sessions: number): Promise<number> {
  const { bytes } = await simulatedLedger(sessions);
  const start = performance.now();
  const { header, scan } = openLedger(memorySource(bytes));
  const conformance = new Conformance(header.plan, header.shard);
  const { records } = scan((block) => conformance.visit(block));
  if (conformance.result().first !== null) throw new Error("a decision is not as planned");
  return ((performance.now() - start) * 1e6) / records;
}

async function replayed(sessions: number): Promise<number> {
  const { bytes } = await simulatedLedger(sessions);
  const start = performance.now();
  const { records, departure } = await replay(memorySource(bytes));
  if (departure !== null) throw new Error("the replay went another way");
  return ((performance.now() - start) * 1e6) / records;
}

function simulatedLedger(sessions: number, changes: Parameters<typeof samplePlan>[0] = {}, shard?: Shard) {
  const plan = samplePlan({ load: constantLoad(10_000, sessions * 100, 100), ...changes });
  return simulatedRun(plan, () => ({ kind: "response", afterTicks: 500, status: 200, bytes: 161 }), {
    decode: false,
    ...(shard === undefined ? {} : { shard }),
  });
}
