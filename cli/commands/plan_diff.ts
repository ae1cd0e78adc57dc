import type { Flow, Instruction, Load, Plan, Request, Step, Table, Target } from "../../runtime/plan.ts";
import { count, counted } from "../../runtime/report/format.ts";

/** What a person would say has changed from one plan to another, a line each; empty where nothing has. */
export function planDiff(before: Plan, now: Plan): string[] {
  return [
    ...changed("name", before.name, now.name),
    ...changed("description", before.description, now.description),
    ...changed("seed", before.seed, now.seed),
    ...changed("transport", before.transport, now.transport),
    ...listed("target", before.targets, now.targets, ({ name }) => name || "[target]", targetChanges),
    ...loadChanges(before.load, now.load),
    ...listed<Stage>("stage", before.load.stages, now.load.stages, ({ name }) => name, stageChanges),
    ...listed("data", before.tables, now.tables, ({ name }) => name, tableChanges),
    ...listed(
      "flow",
      before.flows,
      now.flows,
      ({ name }) => name,
      (a, b) => flowChanges(before, a, now, b),
    ),
    ...listed(
      "step",
      stepsOf(before),
      stepsOf(now),
      ({ path }) => path,
      (a, b) => partChanges(a.parts, b.parts),
    ),
    ...texts("secret", before.secrets, now.secrets),
    ...texts("threshold", before.thresholds.map(whole), now.thresholds.map(whole)),
    ...(same(before.validity, now.validity)
      ? []
      : [`validity: ${fieldsThatDiffer(before.validity, now.validity)}`]),
    ...(same(before.simulation, now.simulation)
      ? []
      : [`simulation: ${fieldsThatDiffer(before.simulation, now.simulation)}`]),
    ...(before.format === now.format ? [] : [`plan format: ${before.format} → ${now.format}`]),
  ];
}

type Stage = Load["stages"][number];

function changed(what: string, before: string | number, now: string | number): string[] {
  return before === now ? [] : [`${what}: ${JSON.stringify(before)} → ${JSON.stringify(now)}`];
}

/** Things that have names: which came, which went, and what changed in those that stayed. */
function listed<T>(
  what: string,
  before: readonly T[],
  now: readonly T[],
  nameOf: (it: T) => string,
  changes: (before: T, now: T) => readonly string[],
): string[] {
  const [was, is] = [before, now].map((all) => new Map(all.map((it) => [nameOf(it), it])));
  const lines: string[] = [];
  for (const [name, it] of was) {
    const other = is.get(name);
    if (other === undefined) lines.push(`${what} "${name}": removed`);
    else lines.push(...changes(it, other).map((change) => `${what} "${name}": ${change}`));
  }
  for (const name of is.keys()) if (!was.has(name)) lines.push(`${what} "${name}": added`);
  const kept = (all: Map<string, T>, others: Map<string, T>) =>
    [...all.keys()].filter((name) => others.has(name));
  if (!same(kept(was, is), kept(is, was))) lines.push(`${what}s: in another order`);
  return lines;
}

function texts(what: string, before: readonly string[], now: readonly string[]): string[] {
  return [
    ...before.filter((it) => !now.includes(it)).map((it) => `${what} removed: ${it}`),
    ...now.filter((it) => !before.includes(it)).map((it) => `${what} added: ${it}`),
  ];
}

function whole({ text, abortAfter, invalidates }: Plan["thresholds"][number]): string {
  return text + (abortAfter < 0 ? "" : ", aborts the run") + (invalidates ? ", invalidates" : "");
}

// What is in them.

/** When a stage starts, and which sessions it holds, follows from the others. */
function stageChanges(before: Stage, now: Stage): string[] {
  const parts = (it: Stage): [string, string][] => [
    ["for", it.lengthTicks === 0 ? "no set time" : seconds(it.lengthTicks)],
    "rateStart" in it
      ? ["rate", `${it.rateStart}..${it.rateEnd} per ${seconds(it.perTicks)}`]
      : ["users", `${it.vusStart}..${it.vusEnd}`],
    ["warmup", String(it.warmup)],
  ];
  const is = new Map(parts(now));
  return parts(before).flatMap(([name, was]) =>
    was === is.get(name) ? [] : [`${name} ${was} → ${is.get(name) ?? "nothing"}`]
  );
}

function loadChanges(before: Load, now: Load): string[] {
  const computed = ["stages"];
  if (before.model !== now.model) return [`load: ${before.model} → ${now.model}`];
  return changedFields<Load>(computed)(before, now).map((change) => `load: ${change}`);
}

/** Where connections have their slots follows from the rest. */
function targetChanges(before: Target, now: Target): readonly string[] {
  return changedFields<Target>(["firstSlot", "slots", "name"])(before, now);
}

function tableChanges(before: Table, now: Table): string[] {
  const rows = before.rows === now.rows ? [] : [`${counted(before.rows, "row")} → ${count(now.rows)}`];
  const cells = before.cells !== now.cells && rows.length === 0 ? ["other cells"] : [];
  return [...rows, ...cells, ...changedFields<Table>(["cells", "rows", "salt", "name"])(before, now)];
}

function flowChanges(plan: Plan, before: Flow, other: Plan, now: Flow): string[] {
  const order = (it: Plan, { program }: Flow) => [...new Set(program.map(({ step }) => it.steps[step].name))];
  const [was, is] = [order(plan, before), order(other, now)];
  const kept = was.filter((name) => is.includes(name));
  const moved = same(kept, is.filter((name) => was.includes(name))) ? [] : ["its steps are in another order"];
  return [...changed("weight", before.weight, now.weight), ...moved];
}

/** `field: old → new`, for each field that differs. Long values are not shown. */
function changedFields<T extends object>(
  except: readonly string[],
): (before: T, now: T) => readonly string[] {
  return (before, now) => {
    const [was, is] = [new Map(Object.entries(before)), new Map(Object.entries(now))];
    return [...new Set([...was.keys(), ...is.keys()])]
      .filter((name) => !except.includes(name) && !same(was.get(name), is.get(name)))
      .map((name) => `${readable(name)} ${shown(name, was.get(name))} → ${shown(name, is.get(name))}`);
  };
}

function fieldsThatDiffer(before: object, now: object): string {
  return changedFields<object>([])(before, now).join(", ");
}

const SHOWN_MAX = 60;

/** Exact, since two that differ must not look alike. */
function seconds(ticks: number): string {
  return `${ticks / 1_000_000}s`;
}

/** `gracefulStopTicks` → `gracefulStop`. */
function readable(name: string): string {
  return name.replace(/Ticks?$/, "");
}

function shown(name: string, value: unknown): string {
  if (typeof value === "number" && /Ticks?$/.test(name)) return seconds(value);
  const text = JSON.stringify(value) ?? "nothing";
  return text.length <= SHOWN_MAX ? text : `${text.slice(0, SHOWN_MAX - 2)} …`;
}

// Steps.

/** A step as its scenario has it: positions in lists, which move when others come and go, replaced by names. */
type NamedStep = Readonly<{ path: string; parts: ReadonlyMap<string, string> }>;

function stepsOf(plan: Plan): NamedStep[] {
  const instructions = new Map<number, Instruction[]>();
  for (const { program } of plan.flows) {
    for (const it of program) instructions.set(it.step, [...instructions.get(it.step) ?? [], it]);
  }
  return plan.steps.map((step, id) => ({
    path: `${plan.flows[step.flow].name}/${step.name}`,
    parts: partsOf(plan, step, instructions.get(id) ?? []),
  }));
}

function partsOf(plan: Plan, step: Step, instructions: readonly Instruction[]): Map<string, string> {
  const parts = new Map<string, unknown>([
    ["kind", step.kind],
    ["group", step.group < 0 ? "" : plan.steps[step.group].name],
    ["tags", step.tags.map((tag) => plan.tags[tag])],
  ]);
  for (const it of instructions) {
    switch (it.kind) {
      case "request":
        for (const [name, value] of Object.entries(requestParts(plan, plan.requests[it.request]))) {
          parts.set(name, value);
        }
        break;
      case "think":
        parts.set("think", [it.minTicks, it.maxTicks, it.quantiles]);
        break;
      case "when":
        parts.set("when", it.condition);
        break;
      case "repeat":
        parts.set("repeat", [it.min, it.max]);
        break;
      case "end":
      case "again":
      case "group":
      case "groupEnd":
        break;
    }
  }
  return new Map(parts.entries().map(([name, value]) => [name, JSON.stringify(named(plan, value))]));
}

function requestParts(plan: Plan, request: Request): Readonly<Record<string, unknown>> {
  const { target, method, head, body, timeoutTicks, onError, expect, captures, redirects, retry } = request;
  return {
    target: plan.targets[target].name,
    method,
    "request line and headers": head,
    body,
    timeout: seconds(timeoutTicks),
    on_error: onError,
    expect,
    captures,
    redirects,
    retry,
  };
}

/** Positions in the plan's lists, by the key they stand at, become names. */
function named(plan: Plan, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((it) => named(plan, it));
  if (typeof value !== "object" || value === null) return value;
  const fields = new Map(Object.entries(value));
  const table = plan.tables[Number(fields.get("table"))];
  return Object.fromEntries(
    fields.entries().map(([key, it]) => {
      if (key === "capture" && typeof it === "number") return [key, plan.captures[it]];
      if (key === "secret") return [key, plan.secrets[Number(it)]];
      if (key === "table") return [key, table?.name];
      if (key === "column") return [key, table?.columns[Number(it)]];
      return [key, named(plan, it)];
    }),
  );
}

/** Short values are shown, of long ones only that they changed. */
function partChanges(before: ReadonlyMap<string, string>, now: ReadonlyMap<string, string>): string[] {
  return [...new Set([...before.keys(), ...now.keys()])].flatMap((name) => {
    const [was, is] = [before.get(name), now.get(name)];
    if (was === is) return [];
    if (was === undefined) return [`${name} added`];
    if (is === undefined) return [`${name} removed`];
    const isShort = was.length + is.length <= 2 * SHOWN_MAX;
    return [isShort ? `${name} ${was} → ${is}` : `${name} changed`];
  });
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
