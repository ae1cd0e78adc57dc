import assert from "node:assert/strict";
import { addCounts, testCounts } from "./test_counts.ts";

Deno.test("counts are those of the summary", () => {
  const cases: [string, boolean, number, number][] = [
    ["running 1 test from ./a_test.ts\na ... ok (0ms)\n\nok | 1 passed | 0 failed (3ms)\n", true, 1, 0],
    ["ok | 15 passed (7 steps) | 0 failed | 2 ignored (36s)\n", true, 15, 0],
    ["FAILED | 2 passed (1 step) | 3 failed (2 steps) (1s)\n\nerror: Test failed\n", false, 2, 3],
    ["\x1b[0m\x1b[32mok\x1b[0m | 4 passed | 0 failed \x1b[38;5;245m(3ms)\x1b[0m\n", true, 4, 0],
    ["a test's own words: ok | 9 passed | 9 failed\nok | 1 passed | 0 failed (1ms)\n", true, 1, 0],
    ["ok | 1 passed | 0 failed (3ms)\n", false, 1, 1],
    ["error: Type checking failed.\n", false, 0, 1],
    ["", true, 0, 1],
  ];
  for (const [stdout, success, passed, failed] of cases) {
    assert.deepEqual(testCounts(stdout, success), { passed, failed }, stdout);
  }
  assert.deepEqual(addCounts({ passed: 1, failed: 2 }, { passed: 3, failed: 4 }), { passed: 4, failed: 6 });
});
