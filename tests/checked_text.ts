/** Scenarios as texts, through the front end of the compiler. */
import assert from "node:assert/strict";
import { parseToml } from "../compiler/1_parse/parse_toml.ts";
import { checkScenario } from "../compiler/2_check/check_scenario.ts";
import type { ReadFile } from "../compiler/2_check/files.ts";
import type { Scenario } from "../compiler/2_check/scenario.ts";

/** What is around a scenario: nothing, unless it is said. */
export type Surroundings = Readonly<
  { environment?: Readonly<Record<string, string>>; files?: Readonly<Record<string, string>> }
>;

/** What the front end makes of a text that is TOML. */
export function checkText(text: string, { environment = {}, files = {} }: Surroundings = {}) {
  const parsed = parseToml("t.toml", text);
  assert.ok(parsed.diagnostics === undefined, parsed.diagnostics?.[0]?.message);
  const readFile: ReadFile = (path) =>
    files[path] === undefined ? { reason: "there is no such file" } : new TextEncoder().encode(files[path]);
  return checkScenario(parsed.document, "t.toml", new Map(Object.entries(environment)), readFile);
}

/** The scenario of a text of which nothing is to be said, or nothing but warnings. */
export function soundScenario(
  text: string,
  surroundings: Surroundings = {},
  said: "nothing" | "warnings" = "nothing",
): Scenario {
  const { scenario, diagnostics } = checkText(text, surroundings);
  const unwanted = diagnostics.filter(({ severity }) => said === "nothing" || severity === "error");
  assert.deepEqual(unwanted, []);
  assert.ok(scenario !== undefined);
  return scenario;
}
