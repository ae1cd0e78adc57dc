import { deepEqual, rejects } from "node:assert/strict";
import { samplePlan } from "../../tests/sample_plans.ts";
import { readSecrets } from "./secrets.ts";
import { UserError } from "../user_error.ts";

const NAMES = ["Z6C_TEST_ONE", "Z6C_TEST_TWO"];

Deno.test("secrets come from the environment; what is wrong is told at once, by name", async () => {
  const plan = samplePlan({ secrets: NAMES });
  const cases: [string | null, string | null, RegExp | null][] = [
    ["one", "t w o", null],
    [null, "", /Z6C_TEST_ONE is not set.*Z6C_TEST_TWO is not set/],
    ["one", "ä".repeat(2049), /Z6C_TEST_TWO is longer/],
    ["one", "x".repeat(4096), null],
  ];
  try {
    for (const [one, two, problem] of cases) {
      [one, two].forEach((value, at) =>
        value === null ? Deno.env.delete(NAMES[at]) : Deno.env.set(NAMES[at], value)
      );
      if (problem === null) deepEqual(await readSecrets(plan), [one, two]);
      else {await rejects(readSecrets(plan), (it) =>
          it instanceof UserError && it.exitCode === 104 && problem.test(it.message));}
    }
  } finally {
    for (const name of NAMES) Deno.env.delete(name);
  }
});
