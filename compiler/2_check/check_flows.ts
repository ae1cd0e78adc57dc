/** `[[flow]]`: what users do; and `[setup]` and `[teardown]`, what is done once. */
import { nodeAt, type Path, placeAt } from "../1_parse/document.ts";
import { quote } from "../diagnostic.ts";
import { checkCaptureUses, type KnownCaptures } from "./capture_uses.ts";
import { checkSteps } from "./check_steps.ts";
import type { Protos } from "./protos.ts";
import type { KnownTargets } from "./check_targets.ts";
import { allSteps } from "./all_steps.ts";
import {
  type Checking,
  lengthAt,
  placeOf,
  plainAt,
  report,
  section,
  templatesUnder,
  warn,
} from "./checking.ts";
import { capturesOf } from "./names.ts";
import type { Flow } from "./scenario.ts";
import { flowSchema, METHODS } from "./schema_flow.ts";
import { tableName } from "./table_names.ts";
import { tagPositions } from "./tags.ts";
import { allWritten, givenName, type WrittenStep, writtenSteps } from "./written_steps.ts";

const flowHead = flowSchema.omit({ step: true });

/** A flow of the load by name, with its steps; known even where it is wrong. */
export type WrittenFlow = Readonly<{
  path: Path;
  name: string | null;
  steps: readonly WrittenStep[];
  /** The same, and those in groups. */
  all: readonly WrittenStep[];
  /** All of them by name; where several have the same, the first. */
  byName: ReadonlyMap<string, WrittenStep>;
}>;

export function writtenFlows(checking: Checking): readonly WrittenFlow[] {
  return Array.from({ length: lengthAt(checking, ["flow"]) }, (_, index) => {
    const path = ["flow", index];
    const name = plainAt(checking, [...path, "name"]);
    return writtenFlow(checking, path, typeof name === "string" ? name : null);
  });
}

/** `[setup]` and `[teardown]`, by their names; without steps where the scenario has none. */
export function writtenOnce(checking: Checking): Readonly<Record<"setup" | "teardown", WrittenFlow>> {
  const [setup, teardown] = ["setup", "teardown"].map((name) => writtenFlow(checking, [name], name));
  return { setup, teardown };
}

function writtenFlow(checking: Checking, path: Path, name: string | null): WrittenFlow {
  const steps = writtenSteps(checking, path);
  const all = allWritten(steps);
  const byName = new Map<string, WrittenStep>();
  for (const step of all) if (!byName.has(step.name)) byName.set(step.name, step);
  return { path, name, steps, all, byName };
}

/** What flows refer to: targets, and the names of all tags. */
export type FlowSurroundings = Readonly<
  { targets: KnownTargets; tags: readonly string[]; protos: Protos | null }
>;

/** Null where something is wrong. `setup` is what the setup captures. */
export function checkFlows(
  checking: Checking,
  written: readonly WrittenFlow[],
  around: FlowSurroundings,
  setup: KnownCaptures,
): readonly Flow[] | null {
  checkCounts(checking, written);
  const flows: Flow[] = [];
  const taken = new Set<string>();
  for (const one of written) {
    checkFlowName(checking, one, taken);
    const flow = checkFlow(checking, one, around, setup);
    if (flow !== null) flows.push(flow);
  }
  warnOfIdleFlows(checking, flows);
  return flows.length === written.length && flows.length > 0 ? flows : null;
}

function checkFlowName(checking: Checking, { path, name }: WrittenFlow, taken: Set<string>): void {
  if (name === null) return;
  const at = [...path, "name"];
  if (taken.has(name)) {
    report(
      checking,
      "Z1602",
      at,
      `there are two flows ${quote(name)}; thresholds and reports tell flows apart by name`,
    );
  }
  if (name === "setup" || name === "teardown") {
    report(
      checking,
      "Z1106",
      at,
      `name ${
        quote(name)
      } is that of what runs once; take another name, or write [[${name}.step]] if that is meant`,
    );
  }
  taken.add(name);
}

function warnOfIdleFlows(checking: Checking, flows: readonly Flow[]): void {
  const isAsking = ({ kind }: { kind: string }) => kind === "request" || kind === "webSocket";
  const idle = flows.filter(({ steps }) => !allSteps(steps).some(isAsking));
  // Where no flow sends anything, that is an error of its own.
  if (idle.length === flows.length) return;
  for (const { name, place } of idle) {
    warn(checking, "Z1903", place, `flow ${quote(name)} only thinks; its sessions send nothing`);
  }
}

function checkFlow(
  checking: Checking,
  { path, steps: written, all }: WrittenFlow,
  { targets, tags, protos }: FlowSurroundings,
  setup: KnownCaptures,
): Flow | null {
  if (written.length === 0) {
    reportNoSteps(checking, path);
    return null;
  }
  checkStepNames(checking, path, all);
  const inherited = tagPositions(checking, path, tags, []);
  const steps = checkSteps(checking, written, {
    targets,
    tags,
    inherited,
    protos,
    depth: 0,
    onError: "continue",
  });
  checkCaptureUses(checking, path, { steps: written, all }, setup);
  const { name, weight } = headOf(checking, path) ?? {};
  if (name === undefined || weight === undefined || steps === null) return null;
  return { name, place: placeOf(checking, path), weight, captures: capturesAt(checking, path), steps };
}

/** `flow` is null where the scenario has none, or where it is wrong, which is then reported. */
export type CheckedOnce = Readonly<{ flow: Flow | null; captured: KnownCaptures }>;

/** `[setup]` or `[teardown]`. */
export function checkOnce(
  checking: Checking,
  { path, steps: written, all }: WrittenFlow,
  { targets, tags, protos }: FlowSurroundings,
  setup: KnownCaptures,
): CheckedOnce {
  const name = path[0] === "setup" ? "setup" : "teardown";
  const none = { flow: null, captured: new Map() };
  if (plainAt(checking, path) === undefined) return none;
  if (written.length === 0) {
    reportNoSteps(checking, path);
    return none;
  }
  checkStepNames(checking, path, all);
  checkUniqueRows(checking, path);
  const onError = name === "setup" ? "stop-run" : "continue";
  const steps = checkSteps(checking, written, { targets, tags, protos, inherited: [], depth: 0, onError });
  const captured = checkCaptureUses(checking, path, { steps: written, all }, setup);
  if (steps === null) return { flow: null, captured };
  const captures = capturesAt(checking, path);
  return { flow: { name, place: placeOf(checking, path), weight: 1, captures, steps }, captured };
}

/** A `step` that is no list has been reported already. */
function reportNoSteps(checking: Checking, path: Path): void {
  const steps = plainAt(checking, [...path, "step"]);
  if (steps !== undefined && !Array.isArray(steps)) return;
  if (nodeAt(checking.document, path)?.kind !== "table") return;
  report(
    checking,
    "Z1610",
    path,
    `${tableName(path, checking.plain)} has no steps; add [[${path[0]}.step]] with, say, get = "/"`,
  );
}

function checkUniqueRows(checking: Checking, path: Path): void {
  for (const part of templatesUnder(checking, path).flat()) {
    if (typeof part === "string" || part.variable !== "data") continue;
    if (plainAt(checking, ["data", part.table, "pick"]) !== "unique") continue;
    report(
      checking,
      "Z1309",
      part.place,
      `\${${part.name}} is of a table whose rows are unique to the sessions of the load; ` +
        "take a row of another table, or write the value out",
    );
  }
}

function capturesAt(checking: Checking, path: Path): string[] {
  return [...new Set(capturesOf(checking.captures, path))];
}

/** Name and weight, whatever the steps are like. */
function headOf(checking: Checking, path: Path): { name: string; weight: number } | null {
  if (checking.whole !== null) return checking.whole.flow[Number(path[1])] ?? null;
  const ownFaults = checking.faults.filter((fault) => fault[path.length] !== "step");
  return section({ ...checking, faults: ownFaults, plain: withoutSteps(checking, path) }, flowHead, path);
}

function withoutSteps(checking: Checking, path: Path): unknown {
  const flow = plainAt(checking, path);
  if (typeof flow !== "object" || flow === null) return checking.plain;
  const { step: _, ...head } = Object.assign(Object.create(null), flow);
  return { flow: Object.fromEntries([[path[1], head]]) };
}

function checkStepNames(checking: Checking, flow: Path, steps: readonly WrittenStep[]): void {
  const taken = new Set<string>();
  for (const { path, name } of steps) {
    if (givenName(checking, path) === null) continue;
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

function checkCounts(checking: Checking, flows: readonly WrittenFlow[]): void {
  if (flows.length === 0) {
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
  const steps = flows.flatMap(({ all }) => all).filter(({ isGroup, kind }) => !isGroup && kind === "step");
  const isRequest = ({ path }: WrittenStep) =>
    Object.keys(METHODS).some((key) => plainAt(checking, [...path, key]) !== undefined);
  const onlyThinks = steps.length > 0 &&
    steps.every(({ path }) => plainAt(checking, [...path, "think"]) !== undefined);
  if (onlyThinks && !steps.some(isRequest)) {
    report(
      checking,
      "Z1611",
      ["flow", 0],
      'no flow sends a request, so there is nothing to measure; add a step with, say, get = "/"',
    );
  }
}
