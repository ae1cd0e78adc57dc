import { capacityProblems, capacityWarnings } from "./capacity.ts";
import type { RunOptions } from "./command_line.ts";
import { Engine } from "./engine/engine.ts";
import type { Completions } from "./engine/host.ts";
import { causeText } from "./host/causes.ts";
import { createLedgerFile } from "./host/ledger_file.ts";
import { LiveClock } from "./host/live_clock.ts";
import type { TransportModule } from "./host/transport.ts";
import type { LedgerHeader } from "./ledger/header.ts";
import { STOP } from "./ledger/record.ts";
import type { Sink } from "./ledger/sink.ts";
import { LedgerWriter } from "./ledger/writer.ts";
import type { EffectivePlan } from "./overrides.ts";
import { cannotWrite, newLedgerPath, removeEmpty } from "./out_folder.ts";
import { preflight } from "./preflight.ts";
import { ProgressScreen } from "./progress.ts";
import { EXIT } from "./reduce/exit_codes.ts";
import { report } from "./report_command.ts";
import { run } from "./run.ts";
import { readSecrets } from "./secrets.ts";
import { targetName } from "./target_name.ts";
import { UserError } from "./user_error.ts";
import { VERSION } from "./version.ts";

/** Runs a plan against its target, prints the report and returns the exit code. Throws `UserError`. */
export async function liveRun(
  effective: EffectivePlan,
  transports: readonly TransportModule[],
  options: RunOptions,
): Promise<number> {
  const { plan } = effective;
  if (!options.quiet) announce(effective);
  const [problem] = capacityProblems(plan, options.out);
  if (problem !== undefined) throw new UserError(problem, EXIT.error);
  const secrets = await readSecrets(plan);
  await preflight(plan.target);

  const path = newLedgerPath(options.out, plan.name);
  const clock = new LiveClock();
  const ledger = newLedger(path, effective);
  const transport = transports.find(({ name }) => name === plan.target.transport);
  if (transport === undefined) throw new Error("z6c has a bug: a plan was run without its transport");
  const host = { clock, openNetwork: (completions: Completions) => transport.open(plan, clock, completions) };
  const engine = new Engine(plan, host, ledger, secrets);

  const screen = options.quiet ? null : new ProgressScreen(plan, engine.counters, clock, options.color);
  const forget = onInterrupt(engine, screen);
  try {
    clock.start();
    await run(engine, clock, ledger);
  } finally {
    forget();
    screen?.stop();
  }
  ledger.finish();
  if (ledger.failure !== null) {
    console.error(`z6c: the ledger ends early, ${ledger.lost} records are lost: ${ledger.failure}`);
    console.error(`     free some space, or use --out with a larger disk; what was written stays readable`);
  }
  return report(path, options, ledger.failure);
}

/** A ledger whose header is written. Throws `UserError`. */
function newLedger(path: string, effective: EffectivePlan): LedgerWriter {
  let file: Sink;
  try {
    file = createLedgerFile(path);
  } catch (cause) {
    throw cannotWrite(path, cause);
  }
  const ledger = new LedgerWriter(file, JSON.stringify(headerOf(effective)));
  if (ledger.failure !== null) {
    removeEmpty(path);
    throw cannotWrite(path, ledger.failure);
  }
  return ledger;
}

/** What is about to be done, beginning with the plan's hash. */
function announce({ plan, sha256, overrides }: EffectivePlan): void {
  const changed = overrides.length === 0 ? "" : ` (${overrides.join(" ")})`;
  console.error(`plan ${sha256}${changed}`);
  console.error(`${plan.name} on ${targetName(plan.target)} by ${plan.target.transport}, seed ${plan.seed}`);
  for (const warning of capacityWarnings(plan)) console.error(`warning: ${warning}`);
}

/** Once: no more arrivals, and a graceful end. Again: an end at once. Returns what takes the listeners away. */
function onInterrupt(engine: Engine, screen: ProgressScreen | null): () => void {
  let again = false;
  const stop = () => {
    if (again || !engine.stop(STOP.interrupted)) {
      screen?.say(`stopping at once: ${engine.counters.sessionsActive} sessions are cut short`);
      return engine.halt(STOP.halted);
    }
    again = true;
    screen?.say(
      `stopping: ${engine.counters.sessionsActive} sessions may finish; Ctrl-C again stops at once`,
    );
  };
  const signals: Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM"];
  for (const signal of signals) Deno.addSignalListener(signal, stop);
  return () => {
    for (const signal of signals) Deno.removeSignalListener(signal, stop);
  };
}

/** In canonical order (RFC 8785), so that its JSON is canonical. */
function headerOf({ plan, sha256, overrides }: EffectivePlan): LedgerHeader {
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
    shard: { count: 1, index: 1 },
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
