import assert from "node:assert/strict";
import fc from "fast-check";
import { compile } from "./compile.ts";

/** Scenarios to be damaged: all that are wrong already, in every way there is, and those people learn from. */
const TEXTS = ["tests/golden/diagnostics", "tests/golden/plans", "scenarios"].flatMap((folder) =>
  [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) => {
    if (isDirectory) return [`${folder}/${name}/scenario.toml`];
    return name.endsWith(".toml") ? [`${folder}/${name}`] : [];
  }).sort()
).map((file) => Deno.readTextFileSync(file));
const LINES = TEXTS.flatMap((text) => text.split("\n")).filter((line) => line.trim() !== "");

const VALUES = [
  ...[
    "1",
    "-1",
    "1.5",
    "true",
    "1979-05-27",
    '""',
    '"x"',
    '"${x}"',
    '"${setup.token}"',
    "[]",
    "[1]",
    "[[1]]",
  ],
  ...["{}", "[{}]", "{ a = 1 }", "{ __proto__ = 1 }", "{ constructor = 1 }", '[{ step = [{ get = "/" }] }]'],
];
const KEYS = [
  "__proto__",
  "constructor",
  "toString",
  "step",
  "target",
  "targets",
  "tags",
  "auth",
  "when",
  "allow",
];
const HEADERS = ["[[setup.step]]", "[[flow.step.step]]", "[targets.a]", "[setup]", "[[simulation.answer]]"];

type Damage = Readonly<{ kind: "remove" | "insert" | "value" | "key" | "header"; at: number; pick: number }>;

function damaged(text: string, damages: readonly Damage[]): string {
  const lines = text.split("\n");
  for (const { kind, at, pick } of damages) {
    const index = at % lines.length;
    const line = lines[index] ?? "";
    const from = (list: readonly string[]) => list[pick % list.length];
    switch (kind) {
      case "remove":
        lines.splice(index, 1, "");
        break;
      case "insert":
        lines.splice(index, 0, from(LINES));
        break;
      case "value":
        lines[index] = line.replace(/= .*/, () => `= ${from(VALUES)}`);
        break;
      case "key":
        lines[index] = line.replace(/[\w"-]+ =/, () => `${from(KEYS)} =`);
        break;
      case "header":
        lines[index] = line.replace(/^\[.*/, () => from(HEADERS));
    }
  }
  return lines.join("\n");
}

Deno.test("a damaged scenario makes a plan or has errors with places, and nothing is thrown", () => {
  const damage = fc.record({
    kind: fc.constantFrom("remove", "insert", "value", "key", "header"),
    at: fc.nat({ max: 200 }),
    pick: fc.nat({ max: 5_000 }),
  });
  const options = {
    environment: new Map<string, string>(),
    version: "0.0.0",
    readFile: () => ({ reason: "there are no files" }),
  };
  fc.assert(
    fc.property(fc.constantFrom(...TEXTS), fc.array(damage, { maxLength: 4 }), (text, damages) => {
      const source = damaged(text, damages);
      const { plan, diagnostics } = compile("scenario.toml", source, options);
      const isRefused = diagnostics.some(({ severity }) => severity === "error");
      assert.equal(plan === undefined, isRefused, source);
      const lines = source.split("\n").length;
      for (const { message, place } of diagnostics) {
        assert.ok(place.line >= 1 && place.line <= lines && place.column >= 1, source);
        assert.doesNotMatch(message, /\bundefined\b|\[object /, source);
      }
    }),
    { numRuns: 3_000 },
  );
});
