/** The compiler: scenario text → plan. A pure function; files, environment and version come in as arguments. */
import { parseToml } from "./1_parse/parse_toml.ts";
import { checkScenario } from "./2_check/check_scenario.ts";
import type { ReadFile } from "./2_check/files.ts";
import type { ReadProtos } from "./2_check/protos.ts";
import { lower, type Lowered } from "./3_lower/lower.ts";
import { sortDiagnostics } from "./diagnostic.ts";

/**
 * `environment` is what `${env.NAME}` may see; `version` is z6c's own, for the `user-agent`; `readFile` gives the
 * files that a scenario names, by their paths relative to it; `readProtos` is wanted where it names `.proto` files.
 */
export type CompileOptions = Readonly<
  { environment: ReadonlyMap<string, string>; version: string; readFile: ReadFile; readProtos?: ReadProtos }
>;

/**
 * A plan and its size, unless one of the diagnostics is an error; they are in the order of the source. The plan is made
 * when it is first asked for: an editor wants the diagnostics only.
 */
export type Compiled = Lowered;

/** `file` is the name that diagnostics give, `text` its content. */
export function compile(file: string, text: string, options: CompileOptions): Compiled {
  const { environment, version, readFile, readProtos = null } = options;
  const parsed = parseToml(file, text);
  if (parsed.diagnostics !== undefined) return parsed;

  const { scenario, diagnostics: checks } = checkScenario(
    parsed.document,
    file,
    environment,
    readFile,
    readProtos,
  );
  if (scenario === undefined) return { diagnostics: checks };

  const lowered = lower(scenario, version);
  return {
    get plan() {
      return lowered.plan;
    },
    size: lowered.size,
    diagnostics: sortDiagnostics([...checks, ...lowered.diagnostics]),
  };
}
