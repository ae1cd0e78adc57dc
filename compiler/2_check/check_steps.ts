/** The steps of a flow, and of groups within it. */
import { keyPlaceAt, nodeAt } from "../1_parse/document.ts";
import { checkRepeat } from "./check_repeat.ts";
import { checkStep, type StepSurroundings } from "./check_step.ts";
import { checkWhen } from "./check_captures.ts";
import { type Checking, placeOf, plainAt, report, section } from "./checking.ts";
import type { GroupStep, Step } from "./scenario.ts";
import { GROUP_KEYS, stepSchema } from "./schema_flow.ts";
import { tableName } from "./table_names.ts";
import { tagPositions } from "./tags.ts";
import type { WrittenStep } from "./written_steps.ts";

/** How deep groups may stand in each other. */
const MOST_DEPTH = 8;

/** `depth` counts the groups around the steps. */
export type StepsSurroundings = StepSurroundings & Readonly<{ depth: number }>;

/** Null where something is wrong. */
export function checkSteps(
  checking: Checking,
  written: readonly WrittenStep[],
  around: StepsSurroundings,
): readonly Step[] | null {
  const steps = written.flatMap((step) =>
    (step.isGroup ? checkGroup(checking, step, around) : checkStep(checking, step, around)) ?? []
  );
  return steps.length === written.length ? steps : null;
}

function checkGroup(checking: Checking, written: WrittenStep, around: StepsSurroundings): GroupStep | null {
  const { path, name } = written;
  const before = errorsOf(checking);
  checkGroupKeys(checking, written);
  if (around.depth === MOST_DEPTH) {
    const words = `groups stand ${
      MOST_DEPTH + 1
    } deep here; ${MOST_DEPTH} are the most, so make flatter ones`;
    report(checking, "Z1621", path, words);
    return null;
  }
  const when = checkWhen(checking, path);
  const given = section(checking, stepSchema.shape.repeat, [...path, "repeat"]) ?? undefined;
  const repeat = checkRepeat(checking, given, path);
  const tags = tagPositions(checking, path, around.tags, around.inherited);
  const isRepeated = around.isRepeated === true || repeat !== null;
  const inside = { ...around, inherited: tags, depth: around.depth + 1, isRepeated };
  const steps = checkSteps(checking, written.steps, inside);
  const isRead = section(checking, stepSchema.shape.tags, [...path, "tags"]) !== null;
  if (steps === null || !isRead || errorsOf(checking) > before) return null;
  return { kind: "group", name, place: placeOf(checking, path), tags, steps, when, repeat };
}

function checkGroupKeys(checking: Checking, { path, steps }: WrittenStep): void {
  const who = tableName(path, checking.plain);
  const node = nodeAt(checking.document, path);
  const keys = node?.kind === "table" ? [...node.entries.keys()] : [];
  for (const key of keys) {
    if (GROUP_KEYS.includes(key) || plainAt(checking, [...path, key]) === undefined) continue;
    const at = keyPlaceAt(checking.document, [...path, key]);
    const words = `${key} has no meaning in a group, a step with steps of its own; move it into one of these`;
    report(checking, "Z1619", at, words);
  }
  if (!keys.includes("name")) {
    report(
      checking,
      "Z1620",
      path,
      `${who} has no name; reports show its times by name, as in name = "checkout"`,
    );
  }
  if (steps.length === 0 && Array.isArray(plainAt(checking, [...path, "step"]))) {
    report(checking, "Z1610", path, `${who} has no steps; give it some, or remove it`);
  }
}

function errorsOf({ diagnostics }: Checking): number {
  return diagnostics.filter(({ severity }) => severity === "error").length;
}
