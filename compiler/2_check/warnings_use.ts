/** Steps that never run, and values that nobody uses. */
import { nodeAt, type Table } from "../1_parse/document.ts";
import { type Diagnostic, quote, warning } from "../diagnostic.ts";
import type { Flow, RequestStep, Scenario, Step, Variable } from "./scenario.ts";

/** Z1951 to Z1953. */
export function useWarnings(scenario: Scenario, document: Table): Diagnostic[] {
  const { file, flows } = scenario;
  return [
    ...flows.flatMap(({ steps }) => stepsNeverRun(file, steps)),
    ...unusedColumns(scenario, document),
    ...flows.flatMap((flow) => unusedCaptures(file, flow)),
  ];
}

function stepsNeverRun(file: string, steps: readonly Step[]): Diagnostic[] {
  const never: Diagnostic[] = [];
  let isAnswered = false;
  for (const { kind, name, when } of steps) {
    const ofStatus = when.find((condition) => condition.kind === "status");
    if (ofStatus !== undefined && !isAnswered) {
      const words = `step ${quote(name)} never runs: no step in front of it gets a response, ` +
        "whose status this asks for; put it behind a request";
      never.push(warning("Z1951", file, ofStatus.place, words));
    } else if (kind === "request") isAnswered = true;
  }
  return never;
}

/** Columns of rows in the scenario itself: a file may well hold more than one test needs. */
function unusedColumns({ file, target, flows, tables }: Scenario, document: Table): Diagnostic[] {
  const cells = variablesIn([target, flows]).flatMap((it) => it.variable === "data" ? [it] : []);
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

function unusedCaptures(file: string, { captures, steps }: Flow): Diagnostic[] {
  const sent = variablesIn(steps).flatMap((it) => it.variable === "capture" ? [it.name] : []);
  const asked = steps.flatMap(({ when }) => when).flatMap((it) => "capture" in it ? [it.capture] : []);
  const used = new Set([...sent, ...asked]);
  const made = steps.filter((step): step is RequestStep => step.kind === "request")
    .flatMap((step) => step.captures);
  return captures.filter((name) => !used.has(name)).flatMap((name) => {
    const first = made.find(({ capture }) => capture === name);
    if (first === undefined) return [];
    const words = `nothing uses the captured ${quote(name)}; use it as \${${name}} in a later step, ` +
      "or remove it (what a response must hold is for expect)";
    return [warning("Z1953", file, first.place, words)];
  });
}

/** Every variable within a part of a scenario. */
function variablesIn(value: unknown): Variable[] {
  if (Array.isArray(value)) return value.flatMap(variablesIn);
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return [];
  return isVariable(value) ? [value] : Object.values(value).flatMap(variablesIn);
}

function isVariable(value: object): value is Variable {
  return "variable" in value && typeof value.variable === "string";
}
