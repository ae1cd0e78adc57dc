import { dirname, join } from "node:path";
import { planFileText } from "../../compiler/4_emit/plan_file.ts";
import type { RunOptions } from "../../runtime/command_line.ts";
import { cannotWrite } from "../../runtime/out_folder.ts";
import { effectivePlan } from "../../runtime/overrides.ts";
import { preview } from "../../runtime/main.ts";
import { EXIT } from "../../runtime/reduce/exit_codes.ts";
import type { Plan } from "../../runtime/plan.ts";
import { readPlanFile } from "../plan_file.ts";
import { canonicalPlan, planOf, stemOf } from "../scenario.ts";
import { planDiff } from "./plan_diff.ts";
import { decisionLines } from "./verify.ts";

/**
 * Shows what a scenario will do, and writes its plan beside it. With `older`, a plan's file, it shows only what changed
 * since then, and writes nothing.
 */
export async function plan(
  file: string,
  given: readonly string[],
  options: RunOptions,
  older: string | null = null,
): Promise<number> {
  const built = canonicalPlan(await planOf(file, given, options.color));
  if (older !== null) return showChanges(readPlanFile(older), built);
  const effective = effectivePlan(built, options, [built.transport]);
  if (options.json) {
    console.log(effective.json);
    return 0;
  }
  const planFile = join(dirname(file), `${stemOf(file)}.plan.json`);
  try {
    Deno.writeTextFileSync(planFile, planFileText(built));
  } catch (cause) {
    throw cannotWrite(planFile, cause);
  }
  const code = await preview(effective, options);
  console.log(`\nwrote ${planFile}`);
  return code;
}

function showChanges(before: Plan, now: Plan): number {
  const lines = [...planDiff(before, now), ...decisionLines(before, now)];
  console.log(lines.length === 0 ? "the plans are the same" : lines.join("\n"));
  return EXIT.passed;
}
