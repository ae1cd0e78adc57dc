import assert from "node:assert/strict";
import fc from "fast-check";
import { editDistance, nearestName } from "./nearest_name.ts";

Deno.test("the nearest name is what a person meant", () => {
  const keys = ["name", "rate", "for", "stages", "max_vus", "response_time", "min", "max"];
  const cases: [string, string | null][] = [
    ["rat", "rate"],
    ["raet", "rate"],
    ["RATE", "rate"],
    ["stage", "stages"],
    ["max_users", null],
    ["response", "response_time"],
    ["max_vusers", "max_vus"],
    ["mn", "min"],
    ["zz", null],
    ["websocket", null],
  ];
  for (const [name, wanted] of cases) assert.equal(nearestName(name, keys), wanted, name);
});

Deno.test("the edit distance agrees with its recursive definition", () => {
  const naive = (a: string, b: string): number => {
    if (a === "" || b === "") return a.length + b.length;
    const same = a.at(-1) === b.at(-1) ? 0 : 1;
    const [x, y] = [a.slice(0, -1), b.slice(0, -1)];
    let best = Math.min(naive(x, b) + 1, naive(a, y) + 1, naive(x, y) + same);
    if (a.length > 1 && b.length > 1 && a.at(-1) === b.at(-2) && a.at(-2) === b.at(-1)) {
      best = Math.min(best, naive(a.slice(0, -2), b.slice(0, -2)) + 1);
    }
    return best;
  };
  const word = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 5 }).map((letters) => letters.join(""));
  fc.assert(fc.property(word, word, (a, b) => assert.equal(editDistance(a, b), naive(a, b))));
});
