import type { Diagnostic } from "../../compiler/diagnostic.ts";
import { EXIT } from "../../runtime/reduce/exit_codes.ts";
import { counted } from "../../runtime/report/format.ts";
import { VERSION } from "../../runtime/version.ts";
import { type CompiledScenario, compileFile } from "../scenario.ts";

/** `format`: for people, for programs, for code scanning. `denyWarnings`: warnings, too, lead to exit code 104. */
export type CheckOptions = Readonly<
  { format: "text" | "json" | "sarif"; denyWarnings: boolean; color: boolean }
>;

/** Shows every problem of every file at once. `given` are `KEY=VALUE`. Throws `UserError` where a file cannot be read. */
export async function check(
  files: readonly string[],
  given: readonly string[],
  options: CheckOptions,
): Promise<number> {
  const color = options.color && Deno.stdout.isTerminal();
  // A file that is named twice has its problems once.
  const compiled: Checked[] = [];
  for (const file of new Set(files)) compiled.push([file, await compileFile(file, given, color)]);
  console.log(await shown(compiled, options));
  const sound = compiled.every(([, it]) => it.errors === 0 && !(options.denyWarnings && it.warnings > 0));
  return sound ? EXIT.passed : EXIT.badInput;
}

type Checked = readonly [file: string, compiled: CompiledScenario];

async function shown(compiled: readonly Checked[], { format, denyWarnings }: CheckOptions): Promise<string> {
  const diagnostics = compiled.flatMap(([, it]) => it.diagnostics);
  switch (format) {
    case "text":
      return compiled.map(([file, it]) => textOf(file, it, denyWarnings)).join("\n");
    case "json":
      return JSON.stringify(diagnostics.map(plain), null, 2);
    case "sarif": {
      // It brings the whole catalogue of diagnostics, which nobody else here needs.
      const { sarifOf } = await import("../sarif.ts");
      return JSON.stringify(sarifOf(diagnostics, VERSION), null, 2);
    }
  }
}

function textOf(file: string, { size, warnings, text }: CompiledScenario, denyWarnings: boolean): string {
  if (size === null) return text;
  const parts = `${counted(size.flows, "flow")}, ${counted(size.steps, "step")}`;
  const verdict = denyWarnings && warnings > 0
    ? `${file}: ${counted(warnings, "warning")}, which --deny-warnings does not let pass`
    : `${file}: sound (${parts})`;
  return text === "" ? verdict : `${text}\n${verdict}`;
}

/** The fields that docs/check.md promises, in its order. */
function plain({ code, severity, file, place, message }: Diagnostic): Diagnostic {
  const { line, column, endLine, endColumn } = place;
  return { code, severity, file, place: { line, column, endLine, endColumn }, message };
}
