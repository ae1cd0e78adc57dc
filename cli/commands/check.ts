import { EXIT } from "../../runtime/reduce/exit_codes.ts";
import { counted } from "../../runtime/report/format.ts";
import { compileFile } from "../scenario.ts";

/** Shows every problem of every file at once. */
export function check(files: readonly string[], given: readonly string[], color: boolean): number {
  let errors = 0;
  for (const file of files) {
    const compiled = compileFile(file, given, color && Deno.stdout.isTerminal());
    errors += compiled.errors;
    if (compiled.text !== "") console.log(compiled.text);
    const { plan } = compiled;
    if (plan !== null) {
      console.log(
        `${file}: sound (${counted(plan.flows.length, "flow")}, ${counted(plan.steps.length, "step")})`,
      );
    }
  }
  return errors > 0 ? EXIT.badInput : EXIT.passed;
}
