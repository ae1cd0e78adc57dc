/** `[[flow]]`: what users do. */
import { type Path, placeAt } from "../1_parse/document.ts";
import { quote } from "../diagnostic.ts";
import { checkCaptureUses } from "./capture_uses.ts";
import { type Checking, lengthAt, placeOf, plainAt, report, section, warn } from "./checking.ts";
import { checkStep } from "./check_step.ts";
import type { Base, StepDefaults } from "./check_target.ts";
import type { Flow, Step } from "./scenario.ts";
import { flowSchema, METHODS } from "./schema_flow.ts";
import { givenName, stepNames } from "./step_names.ts";
import { tableName } from "./table_names.ts";

const flowHead = flowSchema.omit({ step: true });

/** The flows by name, with the names of their steps; known even where a flow is wrong. */
export type FlowNames = readonly Readonly<{ name: string | null; steps: readonly string[] }>[];

export function flowNames(checking: Checking): FlowNames {
  return Array.from({ length: lengthAt(checking, ["flow"]) }, (_, index) => {
    const name = plainAt(checking, ["flow", index, "name"]);
    return { name: typeof name === "string" ? name : null, steps: stepNames(checking, ["flow", index]) };
  });
}

/** Null where something is wrong. */
export function checkFlows(
  checking: Checking,
  names: FlowNames,
  base: Base | null,
  defaults: StepDefaults,
): readonly Flow[] | null {
  checkCounts(checking, names);
  const flows: Flow[] = [];
  const taken = new Set<string>();
  for (const [index, { name, steps }] of names.entries()) {
    const path = ["flow", index];
    if (name !== null && taken.has(name)) {
      report(
        checking,
        "Z1602",
        [...path, "name"],
        `there are two flows ${quote(name)}; thresholds and reports tell flows apart by name`,
      );
    }
    if (name !== null) taken.add(name);
    const flow = checkFlow(checking, path, steps, base, defaults);
    if (flow !== null) flows.push(flow);
  }
  warnOfIdleFlows(checking, flows);
  return flows.length === names.length && flows.length > 0 ? flows : null;
}

function warnOfIdleFlows(checking: Checking, flows: readonly Flow[]): void {
  const idle = flows.filter(({ steps }) => steps.every(({ kind }) => kind === "think"));
  // Where no flow sends anything, that is an error of its own.
  if (idle.length === flows.length) return;
  for (const { name, place } of idle) {
    warn(checking, "Z1903", place, `flow ${quote(name)} only thinks; its sessions send nothing`);
  }
}

function checkFlow(
  checking: Checking,
  path: Path,
  names: readonly string[],
  base: Base | null,
  defaults: StepDefaults,
): Flow | null {
  if (names.length === 0) {
    // A `step` that is no list has been reported already.
    if (plainAt(checking, [...path, "step"]) === undefined || section(checking, flowSchema, path) !== null) {
      report(
        checking,
        "Z1610",
        path,
        `${tableName(path, checking.plain)} has no steps; add [[flow.step]] with, say, get = "/"`,
      );
    }
    return null;
  }
  checkStepNames(checking, path);
  const steps: Step[] = [];
  for (const [index, name] of names.entries()) {
    const step = checkStep(checking, [...path, "step", index], name, base, defaults);
    if (step !== null) steps.push(step);
  }
  checkCaptureUses(checking, Number(path[1]), names);
  const { name, weight } = headOf(checking, path) ?? {};
  if (name === undefined || weight === undefined || steps.length < names.length) return null;
  const captures = [...new Set(checking.captures[Number(path[1])]?.flat())];
  return { name, place: placeOf(checking, path), weight, captures, steps };
}

/** Name and weight, whatever the steps are like. */
function headOf(checking: Checking, path: Path): { name: string; weight: number } | null {
  const ownFaults = checking.faults.filter((fault) => fault[path.length] !== "step");
  return section({ ...checking, faults: ownFaults, plain: withoutSteps(checking, path) }, flowHead, path);
}

function withoutSteps(checking: Checking, path: Path): unknown {
  const flow = plainAt(checking, path);
  if (typeof flow !== "object" || flow === null) return checking.plain;
  const { step: _, ...head } = Object.assign(Object.create(null), flow);
  return { flow: Object.fromEntries([[path[1], head]]) };
}

function checkStepNames(checking: Checking, flow: Path): void {
  const taken = new Set<string>();
  for (let index = 0; index < lengthAt(checking, [...flow, "step"]); index++) {
    const path = [...flow, "step", index];
    const name = givenName(checking, path);
    if (name === null) continue;
    if (taken.has(name)) {
      report(
        checking,
        "Z1606",
        [...path, "name"],
        `${tableName(flow, checking.plain)} has two steps ${
          quote(name)
        }; thresholds, reports and random draws tell steps apart by name`,
      );
    }
    taken.add(name);
  }
}

function checkCounts(checking: Checking, names: FlowNames): void {
  const paths = names.flatMap(({ steps }, flow) => steps.map((_, step) => ["flow", flow, "step", step]));
  if (names.length === 0) {
    const flow = plainAt(checking, ["flow"]);
    // No [[flow]] at all is a missing key, and a `flow` that is no list a wrong type: both reported already.
    if (Array.isArray(flow)) {
      report(
        checking,
        "Z1601",
        placeAt(checking.document, ["flow"]),
        'there is no flow; add [[flow]] with a name and [[flow.step]] with, say, get = "/"',
      );
    }
    return;
  }
  const isRequest = (path: Path) =>
    Object.keys(METHODS).some((key) => plainAt(checking, [...path, key]) !== undefined);
  const onlyThinks = paths.length > 0 &&
    paths.every((path) => plainAt(checking, [...path, "think"]) !== undefined);
  if (onlyThinks && !paths.some(isRequest)) {
    report(
      checking,
      "Z1611",
      ["flow", 0],
      'no flow sends a request, so there is nothing to measure; add a step with, say, get = "/"',
    );
  }
}
