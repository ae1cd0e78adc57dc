/** Runs a trial's plan in its troubled world, into a ledger in memory. */
import { ok } from "node:assert/strict";
import type { RunLedger } from "../../runtime/engine/appending.ts";
import type { Phase } from "../../runtime/engine/engine.ts";
import type { Host } from "../../runtime/engine/host.ts";
import type { Shard } from "../../runtime/engine/shares.ts";
import { MemorySink } from "../../runtime/ledger/memory_sink.ts";
import type { Sink } from "../../runtime/ledger/sink.ts";
import { LedgerWriter } from "../../runtime/ledger/writer.ts";
import { type Handed, PlanRun, type World } from "../../runtime/run.ts";
import { VERSION } from "../../runtime/version.ts";
import type { CompiledTrial, Course } from "./trial.ts";
import { TroubledHost } from "./troubled_host.ts";

export type TrialRun = Readonly<{ planRun: PlanRun; bytes: Uint8Array; failure: string | null }>;

/** A run that is too long to be looked at. */
export class TooLong extends Error {
  override readonly name = "TooLong";
}

export const SECRET = "simulated-secret";

/** One shard of a trial, or all of it. `handed`: what another one's setup captured, null where that failed. */
export async function runTrial(
  { plan, sha256 }: CompiledTrial,
  { troubles, sessionLimit, ledgerBytes }: Course,
  shard: Shard,
  handed?: Handed | null,
): Promise<TrialRun> {
  const memory = new MemorySink();
  const sink = ledgerBytes === null ? memory : new FullSink(memory, ledgerBytes);
  const header = {
    deno: "simulated",
    format: 1,
    host: { arch: "simulated", cores: 0, kernel: "simulated", memory_bytes: 0, os: "simulated" },
    overrides: ["--simulated", ...(sessionLimit === null ? [] : [`--sessions ${sessionLimit}`])],
    plan,
    plan_sha256: sha256,
    seed: plan.seed,
    shard: { count: shard.count, index: shard.index },
    simulated: true,
    started: "1970-01-01T00:00:00.000Z",
    tick_ns: 1000,
    z6c: VERSION,
  };
  const writer = new LedgerWriter(sink, JSON.stringify(header));
  const hosts: TroubledHost[] = [];
  const world: World = {
    newHost: (phase): Host => {
      const host = new TroubledHost(plan, phase, shard, troubles, () => planRun.interrupt());
      hosts.push(host);
      return host;
    },
    ...(handed === undefined ? {} : { setUp: () => Promise.resolve(handed) }),
  };
  const phases: readonly Phase[] = handed === undefined ? ["setup", "load", "teardown"] : ["load"];
  const choices = {
    phases,
    secrets: plan.secrets.map(() => SECRET),
    shard,
    sessionLimit: sessionLimit ?? Infinity,
  };
  const planRun: PlanRun = new PlanRun(world, plan, new BoundedLedger(writer), choices);
  await planRun.go();
  writer.finish();
  for (const host of hosts) {
    ok(host.isQuiet, "a phase that is over leaves no connection and no request behind");
  }
  return { planRun, bytes: memory.bytes(), failure: writer.failure };
}

/** A disk that is full after so many bytes. */
class FullSink implements Sink {
  readonly #inner: Sink;
  #left: number;

  constructor(inner: Sink, bytes: number) {
    this.#inner = inner;
    this.#left = bytes;
  }

  write(bytes: Uint8Array): void {
    this.#left -= bytes.length;
    if (this.#left < 0) throw new Error("no space left on device");
    this.#inner.write(bytes);
  }

  close(): void {
    this.#inner.close();
  }
}

const MOST_RECORDS = 60_000;
/** At one moment no more can happen than this. */
const MOST_AT_ONCE = 30_000;

/** Ends runs that go on for ever. */
class BoundedLedger implements RunLedger {
  readonly #inner: LedgerWriter;
  #records = 0;
  #tick = 0;
  #since = 0;

  constructor(inner: LedgerWriter) {
    this.#inner = inner;
  }

  get failure(): string | null {
    return this.#inner.failure;
  }

  append(...record: Parameters<RunLedger["append"]>): void {
    this.#records++;
    if (record[0] !== this.#tick) [this.#tick, this.#since] = [record[0], this.#records];
    ok(this.#records - this.#since < MOST_AT_ONCE, "time goes on");
    if (this.#records > MOST_RECORDS) throw new TooLong("the run is too long");
    this.#inner.append(...record);
  }

  appendText(text: string): void {
    this.#inner.appendText(text);
  }

  seal(): void {
    this.#inner.seal();
  }
}
