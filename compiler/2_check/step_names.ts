/** Names of steps: given, or derived from what the step does. */
import type { Path } from "../1_parse/document.ts";
import { type Checking, lengthAt, plainAt } from "./checking.ts";
import { METHODS } from "./schema_flow.ts";
import { RunTimeText, templateSource } from "./templates.ts";

/** The names of the flow's steps in order, known even where a step is wrong; derived ones differ from all others. */
export function stepNames(checking: Checking, flow: Path): string[] {
  const paths = Array.from(
    { length: lengthAt(checking, [...flow, "step"]) },
    (_, index) => [...flow, "step", index],
  );
  const given = paths.map((path) => givenName(checking, path));
  const taken = new Set(given);
  const next = new Map<string, number>();
  return paths.map((path, index) => {
    const name = given[index];
    if (typeof name === "string") return name;
    const derived = derivedName(checking, path);
    let unique = derived;
    let number = next.get(derived) ?? 2;
    for (; taken.has(unique); number++) unique = `${derived} ${number}`;
    next.set(derived, number);
    taken.add(unique);
    return unique;
  });
}

/** The `name` key, or null. */
export function givenName(checking: Checking, step: Path): string | null {
  const name = plainAt(checking, [...step, "name"]);
  return typeof name === "string" ? name : null;
}

/** `get /item/${random.int}`: without origin, query and fragment. */
function derivedName(checking: Checking, step: Path): string {
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
