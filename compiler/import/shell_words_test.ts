import assert from "node:assert/strict";
import fc from "fast-check";
import { readShell, withoutCarets } from "./shell_words.ts";
import { Variables } from "./variables.ts";

/** Commands as lists of words, variables written out; a here-document is the last word, behind `<<`. */
function words(text: string): string[][] | string {
  const variables = new Variables(text);
  const read = readShell(text, variables);
  if ("fault" in read) return `${read.fault.at}: ${read.fault.text}`;
  return read.commands.map(({ words, input }) => [
    ...words.map(({ text }) => variables.shown(text)),
    ...(input === null ? [] : ["<<", input]),
  ]);
}

Deno.test("command lines are cut as a shell cuts them", () => {
  const cases: [string, string[][] | string][] = [
    ["curl a\\\n  b", [["curl", "a", "b"]]],
    ["curl a \\\r\n  'b c' ;d", [["curl", "a", "b c"], ["d"]]],
    [`a 'it'\\''s' "x\\"y\\n$"`, [["a", "it's", `x"y\\n$`]]],
    ["a $'\\x41\\u00e9\\'\\n\\101'", [["a", "Aé'\nA"]]],
    ["a # no\nb", [["a"], ["b"]]],
    ["a#b '#'", [["a#b", "#"]]],
    ["a && b || c | d & e", [["a"], ["b"], ["c"], ["d"], ["e"]]],
    ["X=1 Y=2\ncurl $X ${Z:-q} $Y", [["curl", "${env.X:-1}", "${env.Z:-q}", "${env.Y:-2}"]]],
    ["A=http://h B=$A/x; c $B", [["c", "${env.B:-http://h/x}"]]],
    ["a '$X' \\$X", [["a", "$X", "$X"]]],
    ["a > out.txt 2>&1 b", [["a", "b"]]],
    ["a -d @- <<'E'\none\ntwo\nE\nb", [["a", "-d", "@-", "<<", "one\ntwo\n"], ["b"]]],
    ["a <<-E\n\tone\n\tE\n", [["a", "<<", "one\n"]]],
    ["a $(date +%s) `x`", [["a", "${env.VALUE:-}", "${env.VALUE:-}"]]],
    ["a 'b", "2: this quote ' is never closed"],
    ['a "b', '2: this quote " is never closed'],
    ["a $'b", "2: this quote $' is never closed"],
    ["a ''", [["a", ""]]],
    ["", []],
  ];
  for (const [text, wanted] of cases) assert.deepEqual(words(text), wanted, text);
});

Deno.test("any words come back from every way to quote them", () => {
  const word = fc.string({ unit: "grapheme-ascii" }).filter((text) => !text.includes("\r"));
  const quotings: ((text: string) => string)[] = [
    (text) => `'${text.replaceAll("'", "'\\''")}'`,
    (text) => `"${text.replace(/[\\"$`]/g, "\\$&")}"`,
    (text) => `$'${text.replace(/[\\']/g, "\\$&").replaceAll("\n", "\\n")}'`,
  ];
  fc.assert(
    fc.property(fc.array(fc.tuple(word, fc.nat(2)), { minLength: 1 }), (given) => {
      const line = ["curl", ...given.map(([text, way]) => quotings[way]?.(text) ?? "")].join(" ");
      assert.deepEqual(words(line), [["curl", ...given.map(([text]) => text)]], line);
    }),
    { numRuns: 500 },
  );
});

Deno.test("carets of Windows' command prompt", () => {
  const text = 'curl ^"https://a.test/?x=1^&y=2^" ^\r\n  -H ^"a: b^"';
  assert.deepEqual(words(withoutCarets(text)), [["curl", "https://a.test/?x=1&y=2", "-H", "a: b"]]);
});
