/** The compiler: scenario text → plan. A pure function; files, environment and version come in as arguments. */
import type { Plan } from "../runtime/plan.ts";
import { parseToml } from "./1_parse/parse_toml.ts";
import { checkScenario } from "./2_check/check_scenario.ts";
import { lower } from "./3_lower/lower.ts";
import { type Diagnostic, sortDiagnostics } from "./diagnostic.ts";

/** `environment` is what `${env.NAME}` may see; `version` is z6c's own, for the `user-agent`. */
export type CompileOptions = Readonly<{ environment: ReadonlyMap<string, string>; version: string }>;

/** A plan, unless one of the diagnostics is an error; they are in the order of the source. */
export type Compiled = Readonly<{ plan?: Plan; diagnostics: readonly Diagnostic[] }>;

/** `file` is the name that diagnostics give, `text` its content. */
export function compile(file: string, text: string, { environment, version }: CompileOptions): Compiled {
  const parsed = parseToml(file, text);
  if (parsed.diagnostics !== undefined) return parsed;

  const { scenario, diagnostics: checks } = checkScenario(parsed.document, file, environment);
  if (scenario === undefined) return { diagnostics: checks };

  const { plan, diagnostics: refusals } = lower(scenario, version);
  return { plan, diagnostics: sortDiagnostics([...checks, ...refusals]) };
}
