/** The steps of a flow as the source has them, sound or not, with their names: given, or derived from what they do. */
import type { Path } from "../1_parse/document.ts";
import { type Checking, lengthAt, plainAt } from "./checking.ts";
import { ACTIONS } from "./schema_exchange.ts";
import { METHODS } from "./schema_flow.ts";
import { RunTimeText, templateSource } from "./templates.ts";

/**
 * `steps` are those of a group; of a step with `websocket`, what its exchange does; of a repeat within that, what is
 * repeated. A repeat has no name.
 */
export type WrittenStep = Readonly<{
  path: Path;
  name: string;
  kind: "step" | "action" | "repeat";
  isGroup: boolean;
  steps: readonly WrittenStep[];
}>;

/** The steps of the flow at a path. Derived names differ from all others in the flow. */
export function writtenSteps(checking: Checking, flow: Path): WrittenStep[] {
  const taken = new Set(pathsUnder(checking, flow).map((path) => givenName(checking, path)));
  const next = new Map<string, number>();
  const named = (path: Path): string => {
    const given = givenName(checking, path);
    return given ?? free(derivedName(checking, path));
  };
  const free = (derived: string): string => {
    let unique = derived;
    let number = next.get(derived) ?? 2;
    for (; taken.has(unique); number++) unique = `${derived} ${number}`;
    next.set(derived, number);
    taken.add(unique);
    return unique;
  };
  const steps = (owner: Path): WrittenStep[] =>
    stepPaths(checking, owner).map((path) => {
      const name = named(path);
      const isGroup = plainAt(checking, [...path, "step"]) !== undefined;
      const hasSocket = plainAt(checking, [...path, "websocket"]) !== undefined;
      return { path, name, kind: "step", isGroup, steps: hasSocket ? exchange(path, name) : steps(path) };
    });
  const exchange = (path: Path, room: string): WrittenStep[] => {
    for (const given of namesIn(checking, path)) taken.add(`${room}.${given}`);
    const items = actions(path, room);
    const isClosed = items.some(({ path }) => plainAt(checking, [...path, "close"]) !== undefined);
    // What nobody wrote has its name all the same: the WebSocket is closed.
    if (items.length > 0 && !isClosed) items.push(action([...path, "exchange", items.length], room, "close"));
    return items;
  };
  const actions = (owner: Path, room: string): WrittenStep[] =>
    itemPaths(checking, owner, "exchange").map((path) => {
      const verb = ACTIONS.find((key) => plainAt(checking, [...path, key]) !== undefined) ?? "action";
      if (verb !== "exchange") return action(path, room, verb);
      return { path, name: "", kind: "repeat", isGroup: false, steps: actions(path, room) };
    });
  const action = (path: Path, room: string, verb: string): WrittenStep => {
    const given = givenName(checking, path);
    const name = given === null ? free(`${room}.${verb}`) : `${room}.${given}`;
    return { path, name, kind: "action", isGroup: false, steps: [] };
  };
  return steps(flow);
}

/** All that have names, in the order of the source, those in groups behind their group. */
export function allWritten(steps: readonly WrittenStep[]): WrittenStep[] {
  return steps.flatMap((step) =>
    step.kind === "repeat" ? allWritten(step.steps) : [step, ...allWritten(step.steps)]
  );
}

/** The `name` key, or null. */
export function givenName(checking: Checking, step: Path): string | null {
  const name = plainAt(checking, [...step, "name"]);
  return typeof name === "string" ? name : null;
}

function stepPaths(checking: Checking, owner: Path): Path[] {
  return itemPaths(checking, owner, "step");
}

function itemPaths(checking: Checking, owner: Path, key: "step" | "exchange"): Path[] {
  const list = [...owner, key];
  return Array.from({ length: lengthAt(checking, list) }, (_, index) => [...list, index]);
}

/** The names that actions of an exchange are given, those of repeated ones too. */
function namesIn(checking: Checking, owner: Path): string[] {
  return itemPaths(checking, owner, "exchange").flatMap((path) => [
    ...[givenName(checking, path)].filter((name) => name !== null),
    ...namesIn(checking, path),
  ]);
}

function pathsUnder(checking: Checking, owner: Path): Path[] {
  return stepPaths(checking, owner).flatMap((path) => [path, ...pathsUnder(checking, path)]);
}

/** `get /item/${random.int}`: without origin, query and fragment. */
function derivedName(checking: Checking, step: Path): string {
  if (plainAt(checking, [...step, "step"]) !== undefined) return "group";
  if (plainAt(checking, [...step, "think"]) !== undefined) return "think";
  for (const method of Object.keys(METHODS)) {
    const url = plainAt(checking, [...step, method]);
    const text = url instanceof RunTimeText ? templateSource(url.template) : url;
    if (typeof text !== "string") continue;
    const path = text.replace(/^(?:http|ws)s?:\/\/[^/?#]*/i, "").replace(/[?#].*$/s, "");
    return `${method} ${path.slice(0, 80) || "/"}`;
  }
  return "step";
}
