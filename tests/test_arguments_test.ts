import assert from "node:assert/strict";
import { testArguments } from "./test_arguments.ts";

const PROJECTS = ["", "browser", "docs/schema"];

Deno.test("each project's tests get the arguments that are meant for them", () => {
  const cases: [
    args: string[],
    checkout: string[] | null,
    browser: string[] | null,
    docs: string[] | null,
  ][] = [
    [[], [], [], []],
    [["--filter", "html"], ["--filter", "html"], ["--filter", "html"], ["--filter", "html"]],
    [["tests/a_test.ts"], ["tests/a_test.ts"], null, null],
    [["browser/a_test.ts", "--quiet"], null, ["a_test.ts", "--quiet"], null],
    [["browser", "docs/schema/"], null, ["."], ["."]],
    [["browser_notes/a_test.ts"], ["browser_notes/a_test.ts"], null, null],
    [["--filter=a", "tests/"], ["--filter=a", "tests/"], null, null],
  ];
  for (const [args, ...wanted] of cases) {
    const found = PROJECTS.map((project) => testArguments(project, PROJECTS, args));
    assert.deepEqual(found, wanted, args.join(" "));
  }
});
