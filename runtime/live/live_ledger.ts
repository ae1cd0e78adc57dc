import type { Shard } from "../engine/shares.ts";
import { causeText } from "../host/causes.ts";
import { createLedgerFile } from "../host/ledger_file.ts";
import type { LedgerHeader } from "../ledger/header.ts";
import type { Sink } from "../ledger/sink.ts";
import { LedgerWriter } from "../ledger/writer.ts";
import { cannotWrite, removeEmpty } from "../out_folder.ts";
import type { EffectivePlan } from "../overrides.ts";
import { VERSION } from "../version.ts";

/** A new ledger of a live run, whose header is written. Throws `UserError`. */
export function newLiveLedger(path: string, effective: EffectivePlan, shard: Shard): LedgerWriter {
  let file: Sink;
  try {
    file = createLedgerFile(path);
  } catch (cause) {
    throw cannotWrite(path, cause);
  }
  const ledger = new LedgerWriter(file, JSON.stringify(headerOf(effective, shard)));
  if (ledger.failure !== null) {
    removeEmpty(path);
    throw cannotWrite(path, ledger.failure);
  }
  return ledger;
}

/** In canonical order (RFC 8785), so that its JSON is canonical. */
function headerOf({ plan, sha256, overrides }: EffectivePlan, { index, count }: Shard): LedgerHeader {
  return {
    deno: Deno.version.deno,
    format: 1,
    host: {
      arch: Deno.build.arch,
      cores: navigator.hardwareConcurrency,
      kernel: systemFact(() => Deno.osRelease(), "unknown"),
      memory_bytes: systemFact(() => Deno.systemMemoryInfo().total, 0),
      os: Deno.build.os,
    },
    overrides,
    plan,
    plan_sha256: sha256,
    seed: plan.seed,
    shard: { count, index },
    started: new Date().toISOString(),
    tick_ns: 1000,
    z6c: VERSION,
  };
}

function systemFact<T>(ask: () => T, unknown: T): T {
  try {
    return ask();
  } catch (cause) {
    console.error(`warning: this system does not tell a fact about itself: ${causeText(cause)}`);
    return unknown;
  }
}
