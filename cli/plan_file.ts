import { fileErrorText } from "../runtime/out_folder.ts";
import type { Plan } from "../runtime/plan.ts";
import { EXIT } from "../runtime/reduce/exit_codes.ts";
import { UserError } from "../runtime/user_error.ts";
import { canonicalPlan } from "./scenario.ts";

const FORMAT: Plan["format"] = 3;

/** Whether a file is a plan by its name, `checkout.plan.json`, and no scenario. */
export function isPlanFile(file: string): boolean {
  return file.endsWith(".json");
}

/** The plan of a file that z6c wrote, in canonical order. Throws `UserError` (104). */
export function readPlanFile(file: string): Plan {
  const found = parsed(file);
  if (typeof found !== "object" || found === null || !("format" in found) || !("flows" in found)) {
    throw unusable(file, "it is no plan; `z6c plan` writes one");
  }
  if (found.format !== FORMAT) {
    throw unusable(
      file,
      `it is a plan of format ${found.format}, and this z6c reads format ${FORMAT}; write it anew with \`z6c plan\``,
    );
  }
  return canonicalPlan(found as unknown as Plan);
}

function parsed(file: string): unknown {
  let text: string;
  try {
    text = Deno.readTextFileSync(file);
  } catch (cause) {
    throw unusable(
      file,
      cause instanceof Deno.errors.NotFound ? "there is no such file" : fileErrorText(cause),
    );
  }
  try {
    return JSON.parse(text);
  } catch {
    throw unusable(file, "it is no JSON");
  }
}

function unusable(file: string, problem: string): UserError {
  return new UserError(`cannot read the plan ${file}: ${problem}`, EXIT.badInput);
}
