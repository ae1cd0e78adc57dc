import { deepEqual, equal, match, ok, throws } from "node:assert/strict";
import { CATALOGUE } from "../../compiler/catalogue.ts";
import { ERRORS } from "../../runtime/ledger/errors.ts";
import { EXIT } from "../../runtime/reduce/exit_codes.ts";
import { UserError } from "../../runtime/user_error.ts";
import { ERROR_EXAMPLES } from "../explained_errors.ts";
import { EXPLAINED_EXITS } from "../explained_exits.ts";
import { CODE_GROUPS, groupOf, relatedTo } from "../explained_groups.ts";
import { listText, pageText } from "../explained_page.ts";
import { explain } from "./explain.ts";

/** What is printed, and the exit code. */
function said(code?: string): { text: string; exit: number } {
  const lines: string[] = [];
  const log = console.log;
  console.log = (line: string) => void lines.push(line);
  try {
    return { exit: explain(code, false), text: lines.join("\n") };
  } finally {
    console.log = log;
  }
}

const CODES = [
  ...CATALOGUE.map(({ code }) => code),
  ...ERRORS.map(({ code }) => `Z${code}`),
  ...Object.values(EXIT).map(String),
];

Deno.test("every code has a cause, an example, a mend and something to read beside it", () => {
  for (const code of CODES) {
    const { text, exit } = said(code);
    equal(exit, 0);
    match(text, new RegExp(`^${code}  \\S[^\\n]*  \\([^)]+\\)\\n\\n  \\S`), code);
    const heads = text.split("\n").filter((line) => /^[a-z ]+$/.test(line)).join(", ");
    match(heads, /^(?:wrong, right|for example, what to do), see also$/);
    equal(/\n\n\n|undefined|^[a-z ]+\n\n/m.test(text), false, code);
  }
});

Deno.test("request errors are found by name too, and codes in whatever case", () => {
  equal(said("connect.refused").text, said("z3201").text);
  equal(said("z1204").text, said("Z1204").text);
});

Deno.test("without a code, all of them are listed with their titles", () => {
  const { text } = said();
  for (const code of CODES) match(text, new RegExp(`^ +${code}  \\S`, "m"));
  equal(text.includes("\n\nscenario: values\n  Z1201  unreadable duration\n"), true);
});

Deno.test("a code that does not exist is said with the way out", () => {
  throws(() => said("Z9999"), (error) => error instanceof UserError && error.exitCode === 104);
});

Deno.test("what the pages are made of is complete, and names nothing that does not exist", () => {
  deepEqual(Object.keys(ERROR_EXAMPLES), ERRORS.map(({ name }) => name));
  deepEqual(EXPLAINED_EXITS.map(({ code }) => code).sort(), Object.values(EXIT).sort());
  for (const { code } of CATALOGUE) {
    equal(CODE_GROUPS.filter(({ prefix }) => code.startsWith(prefix)).length, 1, code);
    ok(groupOf(code) !== undefined, code);
  }
  const beside = [...CODES.flatMap(relatedTo), ...EXPLAINED_EXITS.flatMap(({ related }) => related)];
  for (const code of beside) equal(CODES.includes(code), true, code);
});

Deno.test("a page marks the lines that differ, and wraps prose", () => {
  const page = {
    code: "Z1",
    title: "odd",
    about: "example",
    cause: "One two three four five.",
    example: { kind: "toml", text: "[load]\nrate = 1\n" },
    mend: { kind: "toml", text: '[load]\nrate = "1/s"\n' },
    related: ["Z2 odder"],
    page: "docs/a.md",
  } as const;
  equal(
    pageText(page, { color: false, width: 14 }),
    'Z1  odd  (example)\n\n  One two\n  three four\n  five.\n\nwrong\n    [load]\n  - rate = 1\n\nright\n    [load]\n  + rate = "1/s"\n\nsee also\n  Z2 odder\n  docs/a.md',
  );
  const look = { color: true, width: 80 };
  equal(pageText(page, look).includes("\x1b[31m- rate = 1\x1b[0m"), true);
  const list = listText([{ title: "odd", rows: [["Z1", "odder"]] }], look);
  equal(list.startsWith("\x1b[1modd\x1b[0m\n  Z1  odder\n\n"), true);
});
