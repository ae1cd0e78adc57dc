import { basename, dirname, resolve } from "node:path";
import { canonicalJson } from "../compiler/3_lower/canonical_json.ts";
import type { ReadFile } from "../compiler/2_check/files.ts";
import type { PlanSize } from "../compiler/3_lower/lower.ts";
import { compile, type CompileOptions } from "../compiler/compile.ts";
import type { Diagnostic } from "../compiler/diagnostic.ts";
import { renderDiagnostics } from "../compiler/render.ts";
import { terminalSize } from "../runtime/live/terminal_size.ts";
import { EXIT } from "../runtime/reduce/exit_codes.ts";
import type { Plan } from "../runtime/plan.ts";
import { fileErrorText } from "../runtime/out_folder.ts";
import { UserError } from "../runtime/user_error.ts";
import { VERSION } from "../runtime/version.ts";

/**
 * What the compiler makes of a scenario's file: a plan (when it is asked for) and its size, unless a diagnostic is an
 * error. `text` is for people.
 */
export type CompiledScenario = Readonly<{
  plan: Plan | null;
  size: PlanSize | null;
  diagnostics: readonly Diagnostic[];
  errors: number;
  warnings: number;
  text: string;
}>;

/**
 * Compiles a scenario's file; `text` shows its diagnostics for people. `given` are `KEY=VALUE` from the command line,
 * which win over the environment. Throws `UserError` (104) where the file cannot be read.
 */
export async function compileFile(
  file: string,
  given: readonly string[],
  color: boolean,
): Promise<CompiledScenario> {
  const source = readScenario(file);
  const readProtos = await protoReader(source);
  const compiled = compile(file, source, {
    environment: environment(given),
    version: VERSION,
    readFile: filesBeside(file),
    ...readProtos,
  });
  const { size = null, diagnostics } = compiled;
  const errors = diagnostics.filter(({ severity }) => severity === "error").length;
  return {
    get plan() {
      return compiled.plan ?? null;
    },
    size,
    diagnostics,
    errors,
    warnings: diagnostics.length - errors,
    text: renderDiagnostics(diagnostics, new Map([[file, source]]), { color, width: terminalSize().columns }),
  };
}

/** The plan of a scenario's file. Its diagnostics go to stderr; throws `UserError` (104) where one is an error. */
export async function planOf(file: string, given: readonly string[], color: boolean): Promise<Plan> {
  const { plan, text } = await compileFile(file, given, color && Deno.stderr.isTerminal());
  if (text !== "") console.error(text);
  if (plan === null) throw new UserError(`${file} has errors; nothing was sent`, EXIT.badInput);
  return plan;
}

/** `path/checkout.toml` → `checkout`: what is made of a scenario bears its file's name. */
export function stemOf(file: string): string {
  return basename(file).replace(/\.toml$/, "");
}

/** What reads `.proto` files is a library that takes its time to load, and few scenarios have some. */
async function protoReader(source: string): Promise<Pick<CompileOptions, "readProtos">> {
  return /\bproto\b/.test(source) ? await import("../compiler/protos/read_protos.ts") : {};
}

function readScenario(file: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Deno.readFileSync(file));
  } catch (cause) {
    const found = cause instanceof TypeError ? "it is not UTF-8 text, which TOML is" : unreadable(cause);
    throw new UserError(`cannot read the scenario ${file}: ${found}`, EXIT.badInput);
  }
}

function unreadable(cause: unknown): string {
  if (cause instanceof Deno.errors.NotFound) return "there is no such file";
  if (cause instanceof Deno.errors.IsADirectory) return "it is a folder; name a file";
  return fileErrorText(cause);
}

/** Reads files that a scenario names; a relative path begins at the scenario's own folder. */
function filesBeside(scenario: string): ReadFile {
  return (path) => {
    try {
      return Deno.readFileSync(resolve(dirname(scenario), path));
    } catch (cause) {
      return { reason: unreadable(cause) };
    }
  };
}

function environment(given: readonly string[]): Map<string, string> {
  const all = new Map(Object.entries(Deno.env.toObject()));
  for (const pair of given) {
    const at = pair.indexOf("=");
    if (at < 1) throw new UserError(`-e wants KEY=VALUE; found "${pair}"`, EXIT.badInput);
    all.set(pair.slice(0, at), pair.slice(at + 1));
  }
  return all;
}

/** The plan with its keys in canonical order, as an executable reads it: runs of either have the same hash. */
export function canonicalPlan(plan: Plan): Plan {
  return JSON.parse(canonicalJson(plan));
}
