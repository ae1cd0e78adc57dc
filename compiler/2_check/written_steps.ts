/** The steps of a flow as the source has them, sound or not, with their names: given, or derived from what they do. */
import type { Path } from "../1_parse/document.ts";
import { type Checking, lengthAt, plainAt } from "./checking.ts";
import { METHODS } from "./schema_flow.ts";
import { RunTimeText, templateSource } from "./templates.ts";

/** `steps` are those of a group. */
export type WrittenStep = Readonly<
  { path: Path; name: string; isGroup: boolean; steps: readonly WrittenStep[] }
>;

/** The steps of the flow at a path. Derived names differ from all others in the flow. */
export function writtenSteps(checking: Checking, flow: Path): WrittenStep[] {
  const taken = new Set(pathsUnder(checking, flow).map((path) => givenName(checking, path)));
  const next = new Map<string, number>();
  const named = (path: Path): string => {
    const given = givenName(checking, path);
    if (given !== null) return given;
    const derived = derivedName(checking, path);
    let unique = derived;
    let number = next.get(derived) ?? 2;
    for (; taken.has(unique); number++) unique = `${derived} ${number}`;
    next.set(derived, number);
    taken.add(unique);
    return unique;
  };
  const steps = (owner: Path): WrittenStep[] =>
    stepPaths(checking, owner).map((path) => ({
      path,
      name: named(path),
      isGroup: plainAt(checking, [...path, "step"]) !== undefined,
      steps: steps(path),
    }));
  return steps(flow);
}

/** In the order of the source, those in groups behind their group. */
export function allWritten(steps: readonly WrittenStep[]): WrittenStep[] {
  return steps.flatMap((step) => [step, ...allWritten(step.steps)]);
}

/** The `name` key, or null. */
export function givenName(checking: Checking, step: Path): string | null {
  const name = plainAt(checking, [...step, "name"]);
  return typeof name === "string" ? name : null;
}

function stepPaths(checking: Checking, owner: Path): Path[] {
  const list = [...owner, "step"];
  return Array.from({ length: lengthAt(checking, list) }, (_, index) => [...list, index]);
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
    const path = text.replace(/^https?:\/\/[^/?#]*/i, "").replace(/[?#].*$/s, "");
    return `${method} ${path.slice(0, 80) || "/"}`;
  }
  return "step";
}
