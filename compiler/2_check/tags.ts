/** Tags: names that thresholds and reports know steps by. */
import type { Path } from "../1_parse/document.ts";
import { type Checking, plainAt } from "./checking.ts";
import type { WrittenStep } from "./written_steps.ts";

/** All tags, each once, in the order in which flows and steps name them. `flows` may have tags of their own. */
export function allTags(
  checking: Checking,
  flows: readonly Readonly<{ path: Path; all: readonly WrittenStep[] }>[],
): string[] {
  const paths = flows.flatMap(({ path, all }) => [path, ...all.map((step) => step.path)]);
  return [...new Set(paths.flatMap((path) => tagsAt(checking, path)))];
}

/** Positions in `all` of what the table at a path has as tags, and of those it inherits, ascending. */
export function tagPositions(
  checking: Checking,
  path: Path,
  all: readonly string[],
  inherited: readonly number[],
): number[] {
  const own = tagsAt(checking, path).map((tag) => all.indexOf(tag));
  return [...new Set([...inherited, ...own])].sort((a, b) => a - b);
}

function tagsAt(checking: Checking, path: Path): string[] {
  const tags = plainAt(checking, [...path, "tags"]);
  return Array.isArray(tags) ? tags.filter((tag) => typeof tag === "string") : [];
}
