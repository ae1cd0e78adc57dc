import { capacityProblems } from "./capacity.ts";
import { type Command, helpText, readCommandLine, type RunOptions } from "./command_line.ts";
import type { TransportModule } from "./host/transport.ts";
import { liveRun } from "./live_run.ts";
import { type EffectivePlan, effectivePlan } from "./overrides.ts";
import type { Plan } from "./plan.ts";
import { previewText } from "./preview.ts";
import { columns } from "./progress.ts";
import { EXIT } from "./reduce/exit_codes.ts";
import { report } from "./report_command.ts";
import { UserError } from "./user_error.ts";
import { VERSION } from "./version.ts";

/** The executable's own entry: reads its arguments, does what they say, and exits. `outFolder`: where it may write. */
export async function main(
  plan: Plan,
  transports: readonly TransportModule[],
  outFolder: string,
): Promise<void> {
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
  switch (command.verb) {
    case "help":
      console.log(helpText(built.name));
      return EXIT.passed;
    case "version":
      console.log(`z6c ${VERSION}, Deno ${Deno.version.deno}`);
      return EXIT.passed;
    case "report":
      return report(command.ledger, command.options);
    case "plan": {
      const effective = effectivePlan(built, command.options, transports.map(({ name }) => name));
      return command.json ? printJson(effective) : preview(effective, command.options);
    }
    case "run":
      return await runPlan(built, transports, command.options);
  }
}

/** Runs a plan, or only shows it, as the options say. Throws `UserError`. */
export async function runPlan(
  built: Plan,
  transports: readonly TransportModule[],
  options: RunOptions,
): Promise<number> {
  const effective = effectivePlan(built, options, transports.map(({ name }) => name));
  return options.dryRun ? preview(effective, options) : await liveRun(effective, transports, options);
}

/** Shows the plan and whether this machine can hold it. */
export function preview(effective: EffectivePlan, { out }: Pick<RunOptions, "out">): number {
  console.log(previewText(effective, columns()));
  const problems = capacityProblems(effective.plan, out);
  for (const problem of problems) console.error(`\nz6c: this machine cannot hold the plan: ${problem}`);
  return problems.length > 0 ? EXIT.error : EXIT.passed;
}

function printJson({ json }: EffectivePlan): number {
  console.log(json);
  return EXIT.passed;
}
