/** Located document → Scenario, with everything that is wrong reported at once. */
import type { Table } from "../1_parse/document.ts";
import { type Diagnostic, sortDiagnostics } from "../diagnostic.ts";
import { checkData } from "./check_data.ts";
import { checkFlows, flowNames } from "./check_flows.ts";
import { checkLoad, stageNames } from "./check_load.ts";
import { checkShape } from "./check_shape.ts";
import { checkTarget } from "./check_target.ts";
import { checkThresholds } from "./check_thresholds.ts";
import { section } from "./checking.ts";
import { warnOfUnusedTables } from "./data_uses.ts";
import type { ReadFile } from "./files.ts";
import type { Scenario } from "./scenario.ts";
import { scenarioSchema } from "./schema.ts";
import { warningsOf } from "./warnings.ts";

/** The scenario where nothing is wrong; warnings alone do not hold it back. Diagnostics are sorted by place. */
export type Checked = Readonly<{ scenario?: Scenario; diagnostics: readonly Diagnostic[] }>;

/** `environment` answers `${env.NAME}`; `file` is the name that diagnostics give; `readFile` answers for data and bodies. */
export function checkScenario(
  document: Table,
  file: string,
  environment: ReadonlyMap<string, string>,
  readFile: ReadFile,
): Checked {
  const data = checkData(document, file, { environment, readFile });
  const checking = checkShape(document, file, { environment, readFile, tables: data.known });
  checking.diagnostics.push(...data.diagnostics);
  const { name, description, seed } = scenarioSchema.shape;
  const head = {
    name: section(checking, name, ["name"]),
    description: section(checking, description, ["description"]),
    seed: section(checking, seed, ["seed"]),
  };
  const { base, target, defaults } = checkTarget(checking);
  const load = checkLoad(checking);
  const names = flowNames(checking);
  const flows = checkFlows(checking, names, base, defaults);
  warnOfUnusedTables(checking);
  const thresholds = checkThresholds(checking, names, stageNames(checking), load);

  const diagnostics = sortDiagnostics(checking.diagnostics);
  const failed = diagnostics.some(({ severity }) => severity === "error");
  if (failed || head.name === null || head.description === null || head.seed === null) return { diagnostics };
  if (target === null || load === null || flows === null) return { diagnostics };
  const tables = data.tables.filter((table) => table !== null);
  if (tables.length < data.tables.length) return { diagnostics };
  const scenario: Scenario = {
    file,
    name: head.name,
    description: head.description,
    seed: head.seed,
    target,
    load,
    tables,
    flows,
    thresholds,
  };
  return { scenario, diagnostics: sortDiagnostics([...diagnostics, ...warningsOf(scenario, document)]) };
}
