import { capacityProblems } from "./capacity.ts";
import { type Command, helpText, readCommandLine, type RunOptions } from "./command_line.ts";
import type { Shard } from "./engine/shares.ts";
import type { TransportModule } from "./host/transport.ts";
import { courseOf, liveRun } from "./live/live_run.ts";
import { type EffectivePlan, effectivePlan } from "./overrides.ts";
import type { Plan } from "./plan.ts";
import { terminalSize } from "./live/terminal_size.ts";
import { EXIT } from "./reduce/exit_codes.ts";
import { UserError } from "./user_error.ts";
import { VERSION } from "./version.ts";
import { inWorker, serveWorker } from "./live/worker.ts";

/**
 * The executable's own entry: reads its arguments, does what they say, and exits. `outFolder`: where it may write. In
 * a worker, which is started with the same entry module, does what the main thread says.
 */
export async function main(
  plan: Plan,
  transports: readonly TransportModule[],
  outFolder: string,
): Promise<void> {
  if (inWorker()) return await serveWorker(transports);
  await exitWith(() => perform(plan, transports, readCommandLine(Deno.args, outFolder)));
}

/** Exits with what `perform` returns. A user's mistake is one message; anything else is a bug, and says so. */
export async function exitWith(perform: () => number | Promise<number>): Promise<void> {
  try {
    Deno.exitCode = await perform();
  } catch (cause) {
    if (cause instanceof UserError) {
      console.error(`z6c: ${cause.message}`);
      Deno.exit(cause.exitCode);
    }
    console.error(
      "z6c has failed in a way it should not; please report this text and what you ran as an issue:",
    );
    console.error(cause);
    Deno.exit(EXIT.error);
  }
  Deno.exit();
}

async function perform(
  built: Plan,
  transports: readonly TransportModule[],
  command: Command,
): Promise<number> {
  // What only one verb needs is read when it is asked for: a load begins sooner.
  switch (command.verb) {
    case "help":
      console.log(helpText(built.name));
      return EXIT.passed;
    case "version":
      console.log(`z6c ${VERSION}, Deno ${Deno.version.deno}`);
      return EXIT.passed;
    case "report": {
      const { report } = await import("./report_command.ts");
      return report(command.ledgers, command.options);
    }
    case "verify": {
      const { verifyLedgers } = await import("./verify_command.ts");
      return verifyLedgers(command.ledgers);
    }
    case "replay": {
      const { replayLedger } = await import("./replay/replay_command.ts");
      return await replayLedger(command.ledger, null);
    }
    case "plan": {
      const effective = effectivePlan(built, command.options, transports.map(({ name }) => name));
      return command.json ? printJson(effective) : await preview(effective, command.options);
    }
    case "run":
      return await runPlan(built, transports, command.options, Deno.mainModule);
  }
}

/**
 * Runs a plan, or only shows it, as the options say. `workerModule`: of a module that calls `serveWorker` when it is
 * run as a worker. Throws `UserError`.
 */
export async function runPlan(
  built: Plan,
  transports: readonly TransportModule[],
  options: RunOptions,
  workerModule: string,
): Promise<number> {
  const effective = effectivePlan(built, options, transports.map(({ name }) => name));
  assertWorksHere(effective.plan, transports);
  return options.dryRun
    ? await preview(effective, options, (await courseOf(options)).shards)
    : await liveRun(effective, transports, options, workerModule);
}

/** Throws `UserError` (1) where this machine lacks what the plan's transport is made of. */
function assertWorksHere(plan: Plan, transports: readonly TransportModule[]): void {
  const transport = transports.find(({ name }) => name === plan.transport);
  const problem = transport?.problem?.() ?? null;
  if (problem !== null) throw new UserError(problem, EXIT.error);
}

/** Shows the plan and whether this machine can hold it, or those of its shards that are to be run here. */
export async function preview(
  effective: EffectivePlan,
  { out }: Pick<RunOptions, "out">,
  shards?: readonly Shard[],
): Promise<number> {
  const { previewText } = await import("./preview.ts");
  console.log(previewText(effective, terminalSize().columns));
  const problems = capacityProblems(effective.plan, out, shards);
  for (const problem of problems) console.error(`\nz6c: this machine cannot hold the plan: ${problem}`);
  return problems.length > 0 ? EXIT.error : EXIT.passed;
}

function printJson({ json }: EffectivePlan): number {
  console.log(json);
  return EXIT.passed;
}
