/** Located document → Scenario, with everything that is wrong reported at once. */
import type { Table } from "../1_parse/document.ts";
import { type Diagnostic, sortDiagnostics } from "../diagnostic.ts";
import { checkData } from "./check_data.ts";
import { checkFlows, checkOnce, writtenFlows, writtenOnce } from "./check_flows.ts";
import { checkLoad, stageNames } from "./check_load.ts";
import { checkShape } from "./check_shape.ts";
import { checkSimulation } from "./check_simulation.ts";
import { checkTargets } from "./check_targets.ts";
import { checkTransport } from "./check_transport.ts";
import { checkThresholds } from "./check_thresholds.ts";
import { type Checking, plainAt, section } from "./checking.ts";
import { warnOfUnusedTables } from "./data_uses.ts";
import type { ReadFile } from "./files.ts";
import { checkProtos } from "./check_grpc.ts";
import type { ReadProtos } from "./protos.ts";
import type { Scenario } from "./scenario.ts";
import { scenarioSchema } from "./schema.ts";
import { limitsOf } from "./schema_validity.ts";
import { allTags } from "./tags.ts";
import { warningsOf } from "./warnings.ts";

/** The scenario where nothing is wrong; warnings alone do not hold it back. Diagnostics are sorted by place. */
export type Checked = Readonly<{ scenario?: Scenario; diagnostics: readonly Diagnostic[] }>;

/** `environment` answers `${env.NAME}`; `file` is the name that diagnostics give; `readFile` answers for data and bodies, `readProtos` for `.proto` files. */
export function checkScenario(
  document: Table,
  file: string,
  environment: ReadonlyMap<string, string>,
  readFile: ReadFile,
  readProtos: ReadProtos | null = null,
): Checked {
  const data = checkData(document, file, { environment, readFile });
  const checking = checkShape(document, file, { environment, readFile, tables: data.known });
  checking.diagnostics.push(...data.diagnostics);
  const head = checkHead(checking);
  const parts = checkParts(checking, readProtos);
  warnOfUnusedTables(checking);

  const failed = checking.diagnostics.some(({ severity }) => severity === "error");
  const tables = data.tables.filter((table) => table !== null);
  const isWhole = !failed && head !== null && parts !== null && tables.length === data.tables.length;
  const scenario = isWhole ? { file, ...head, ...parts, tables } : undefined;
  const warnings = scenario === undefined ? [] : warningsOf(scenario, document);
  const all = sortDiagnostics([...checking.diagnostics, ...warnings]);
  const diagnostics = all.filter(({ severity, code }) =>
    severity === "error" || !allowedIn(checking).includes(code)
  );
  return scenario === undefined ? { diagnostics } : { scenario, diagnostics };
}

function checkHead(checking: Checking): Pick<Scenario, "name" | "description" | "seed" | "transport"> | null {
  const { shape } = scenarioSchema;
  const name = section(checking, shape.name, ["name"]);
  const description = section(checking, shape.description, ["description"]);
  const seed = section(checking, shape.seed, ["seed"]);
  const transport = section(checking, shape.target.shape.transport, ["target", "transport"]);
  if (name === null || description === null || seed === null || transport === null) return null;
  return { name, description, seed, transport };
}

type Parts = Omit<Scenario, "file" | "name" | "description" | "seed" | "transport" | "tables">;

function checkParts(checking: Checking, readProtos: ReadProtos | null): Parts | null {
  const { known, targets: checked } = checkTargets(checking);
  const load = checkLoad(checking);
  const written = writtenFlows(checking);
  const once = writtenOnce(checking);
  checkTransport(checking, known, [...written, once.setup, once.teardown]);
  const tags = allTags(checking, [...written, once.setup, once.teardown]);
  const files = section(checking, scenarioSchema.shape.proto, ["proto"]);
  const protos = checkProtos(checking, readProtos, files ?? []);
  const around = { targets: known, tags, protos };
  const setup = checkOnce(checking, once.setup, around, new Map());
  const flows = checkFlows(checking, written, around, setup.captured);
  const teardown = checkOnce(checking, once.teardown, around, setup.captured);
  const stages = stageNames(checking);
  const thresholds = checkThresholds(checking, { flows: written, tags, stages, load });
  const validity = section(checking, scenarioSchema.shape.validity, ["validity"]);
  const simulation = checkSimulation(checking, [
    ...written,
    ...[once.setup, once.teardown].filter(({ steps }) => steps.length > 0),
  ]);
  const targets = checked.filter((target) => target !== null);
  const isThere = (key: string) => plainAt(checking, [key]) !== undefined;
  if (
    files === null || load === null || flows === null || simulation === null || validity === null ||
    targets.length < checked.length
  ) return null;
  if (setup.flow === null && isThere("setup") || teardown.flow === null && isThere("teardown")) return null;
  return {
    targets,
    load,
    messageTypes: protos?.types ?? [],
    tags,
    flows,
    setup: setup.flow,
    teardown: teardown.flow,
    thresholds,
    validity: limitsOf(validity),
    simulation,
  };
}

function allowedIn(checking: Checking): readonly string[] {
  const allow = plainAt(checking, ["allow"]);
  return Array.isArray(allow) ? allow.filter((code) => typeof code === "string") : [];
}
