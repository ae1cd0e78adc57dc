import { deepEqual } from "node:assert/strict";
import { TextAllowance } from "./text_allowance.ts";

Deno.test("twenty texts for each cause of a step, and warm-up uses up its own only", () => {
  const texts = new TextAllowance();
  const taken = (stage: number, step: number, cause: number) =>
    Array.from({ length: 30 }, () => texts.take(stage, step, cause)).filter(Boolean).length;
  deepEqual([taken(0, 1, 3501), taken(0, 1, 3501), taken(1, 1, 3501), taken(0, 2, 3501), taken(0, 1, 0)], [
    20,
    0,
    20,
    20,
    20,
  ]);
});
