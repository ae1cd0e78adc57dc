import { deepEqual, rejects } from "node:assert/strict";
import { samplePlan, type SampleStep } from "../../tests/sample_plans.ts";
import { readSecrets } from "./secrets.ts";
import { UserError } from "../user_error.ts";

const NAMES = ["Z6C_TEST_ONE", "Z6C_TEST_TWO"];

Deno.test("secrets come from the environment; what is wrong is told at once, by name", async () => {
  const sent: SampleStep = { get: "/", request: { body: [{ slot: "secret", secret: 1, encoding: "none" }] } };
  const plan = samplePlan({ secrets: NAMES, flows: [[sent]] });
  const cases: [string | null, string | null, RegExp | null][] = [
    ["one", "t w o", null],
    [null, "", /Z6C_TEST_ONE is not set.*Z6C_TEST_TWO is not set/],
    ["one", "ä".repeat(2049), /Z6C_TEST_TWO is longer/],
    ["one", "x".repeat(4096), null],
    // What is not sent may be a certificate.
    ["x".repeat(65_536), "two", null],
    ["x".repeat(65_537), "two", /Z6C_TEST_ONE is longer than 64 KiB/],
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
