import { dirname, join } from "node:path";
import { planFileText } from "../../compiler/4_emit/plan_file.ts";
import type { RunOptions } from "../../runtime/command_line.ts";
import { cannotWrite } from "../../runtime/out_folder.ts";
import { effectivePlan } from "../../runtime/overrides.ts";
import { preview } from "../../runtime/main.ts";
import { canonicalPlan, planOf, stemOf } from "../scenario.ts";

/** Shows what a scenario will do, and writes its plan beside it. */
export function plan(file: string, given: readonly string[], options: RunOptions): number {
  const built = canonicalPlan(planOf(file, given, options.color));
  const effective = effectivePlan(built, options, [built.target.transport]);
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
  const code = preview(effective, options);
  console.log(`\nwrote ${planFile}`);
  return code;
}
