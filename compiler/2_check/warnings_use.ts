/** Values that nobody uses. */
import { nodeAt, type Table } from "../1_parse/document.ts";
import { type Diagnostic, quote, warning } from "../diagnostic.ts";
import { allFlows, allSteps } from "./all_steps.ts";
import type { CaptureOwner, Condition, Flow, Scenario, Step, Target, Variable } from "./scenario.ts";
import { SETUP_PREFIX } from "./templates.ts";

/** Z1952 and Z1953. */
export function useWarnings(scenario: Scenario, document: Table): Diagnostic[] {
  const targets = usesIn(scenario.targets);
  const flows = allFlows(scenario).map(({ flow }) => ({ flow, uses: usesIn(flow.steps) }));
  const all = [targets, ...flows.map(({ uses }) => uses)];
  return [...unusedColumns(scenario, document, all), ...unusedCaptures(scenario, flows, all)];
}

/** What is sent, and which captures are sent or asked about: names of the flow's, and of the setup's. */
type Uses = Readonly<{ cells: Cell[]; captures: Readonly<Record<CaptureOwner, Set<string>>> }>;
type Cell = Readonly<{ table: number; column: number }>;

/** Columns of rows in the scenario itself: a file may well hold more than one test needs. */
function unusedColumns({ file, tables }: Scenario, document: Table, uses: readonly Uses[]): Diagnostic[] {
  const cells = uses.flatMap((one) => one.cells);
  return tables.flatMap((table, index) => {
    const used = new Set(cells.filter((cell) => cell.table === index).map((cell) => cell.column));
    const rows = nodeAt(document, ["data", index, "rows"]);
    if (used.size === 0 || rows?.kind !== "list") return [];
    return table.columns.flatMap(({ name }, column) => {
      const row = rows.items.find((item) => item.kind === "table" && item.entries.has(name));
      const place = row?.kind === "table" ? row.entries.get(name)?.keyPlace : undefined;
      if (used.has(column) || place === undefined) return [];
      const words = `nothing uses column ${quote(name)} of table ${quote(table.name)}; ` +
        `use it as \${${table.name}.${name}}, or remove it`;
      return [warning("Z1952", file, place, words)];
    });
  });
}

/** What a flow captures is used in it; what the setup captures, everywhere. */
function unusedCaptures(
  scenario: Scenario,
  flows: readonly Readonly<{ flow: Flow; uses: Uses }>[],
  all: readonly Uses[],
): Diagnostic[] {
  return flows.flatMap(({ flow, uses }) => {
    const isSetup = flow === scenario.setup;
    const isUsed = (name: string) =>
      uses.captures.flow.has(name) || (isSetup && all.some(({ captures }) => captures.setup.has(name)));
    const unused = flow.captures.filter((name) => !isUsed(name));
    if (unused.length === 0) return [];
    const made = allSteps(flow.steps).flatMap((step) => "captures" in step ? step.captures : []);
    return unused.flatMap((name) => {
      const first = made.find(({ capture }) => capture === name);
      if (first === undefined) return [];
      const use = isSetup ? `\${${SETUP_PREFIX}${name}} in a flow` : `\${${name}} in a later step`;
      const words = `nothing uses the captured ${quote(name)}; use it as ${use}, ` +
        "or remove it (what a response must hold is for expect)";
      return [warning("Z1953", scenario.file, first.place, words)];
    });
  });
}

/** Parts of steps and targets that hold no variables: not worth looking through. */
const WITHOUT_VARIABLES: ReadonlySet<string> = new Set([
  "place",
  "urlPlace",
  "tags",
  "expect",
  "captures",
  "retry",
  "bytes",
]);

function usesIn(part: readonly (Step | Target)[]): Uses {
  const uses: Uses = { cells: [], captures: { flow: new Set(), setup: new Set() } };
  const look = (value: unknown): void => {
    if (typeof value !== "object" || value === null || value instanceof Uint8Array) return;
    if (Array.isArray(value)) value.forEach(look);
    else if (isVariable(value)) add(value);
    else if (isCondition(value)) uses.captures[value.of].add(value.capture);
    else {
      for (const key of Object.keys(value)) if (!WITHOUT_VARIABLES.has(key)) look(Reflect.get(value, key));
    }
  };
  const add = (variable: Variable) => {
    if (variable.variable === "data") uses.cells.push(variable);
    else if (variable.variable === "capture") uses.captures[variable.of].add(variable.name);
  };
  look(part);
  return uses;
}

function isVariable(value: object): value is Variable {
  return "variable" in value && typeof value.variable === "string";
}

function isCondition(value: object): value is Exclude<Condition, { kind: "status" }> {
  return "of" in value && "capture" in value;
}
