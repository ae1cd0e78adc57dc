/** `repeat`: of a step, and of actions on a WebSocket. */
import type { Path } from "../1_parse/document.ts";
import { renderedVariables } from "./capture_uses.ts";
import { type Checking, placeOf, report, warn } from "./checking.ts";
import type { Repeat } from "./scenario.ts";

/** `given` is what the key says, if it is there; `owner` has the key. */
export function checkRepeat(
  checking: Checking,
  given: readonly [number, number] | undefined,
  owner: Path,
  what: "step" | "actions" = "step",
): Repeat {
  if (given === undefined) return null;
  const path = [...owner, "repeat"];
  const [min, max] = given;
  if (min > max) {
    report(checking, "Z1209", path, `repeat "${min}..${max}" runs backwards; write the smaller number first`);
  } else if (max === 0) {
    const words = what === "step"
      ? "so the step never runs; remove the step, or repeat it at least once"
      : "so these actions are never done; remove them, or repeat them at least once";
    report(checking, "Z1105", path, `repeat is 0, ${words}`);
  }
  return { min, max, place: placeOf(checking, path) };
}

/** Warns of `${loop}` in what a step or an action sends that nothing repeats. */
export function warnOfLoop(checking: Checking, step: Path): void {
  for (const part of renderedVariables(checking, step)) {
    if (part.variable !== "loop") continue;
    warn(
      checking,
      "Z1901",
      part.place,
      "${loop} is always 1 in a step without repeat; add repeat, or write 1",
    );
  }
}
