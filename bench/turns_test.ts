import { deepEqual } from "node:assert/strict";
import { inTurns } from "./turns.ts";

Deno.test("contestants take turns, and one that fails is out", async () => {
  const turns: string[] = [];
  const outcomes = await inTurns(["a", "b"], 3, (name, round) => {
    turns.push(name + round);
    if (name === "b" && round === 1) return Promise.reject(new Error("no ports"));
    return Promise.resolve(round * 10);
  });
  deepEqual(turns, ["a0", "b0", "a1", "b1", "a2"]);
  deepEqual(outcomes, [{ results: [0, 10, 20], failure: null }, { results: [0], failure: "no ports" }]);
});
