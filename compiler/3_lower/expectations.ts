/** What a response must be, and what is taken from it. */
import type { Capture, Expect } from "../../runtime/plan.ts";
import type { BodyCheck, JsonCheck } from "../../runtime/plan_checks.ts";
import type {
  BodyCheck as SourceBodyCheck,
  Capture as SourceCapture,
  Expect as SourceExpect,
  JsonExpectation,
  JsonValue,
} from "../2_check/scenario.ts";
import { canonicalJson } from "./canonical_json.ts";

/** Checks in the order in which they are numbered. */
export function lowerExpect({ status, withinTicks, headers, json, body }: SourceExpect): Expect {
  return {
    status,
    withinTicks,
    headers: headers.map(({ name, test }) => ({ name, test })),
    json: json.map(({ pointer, test }) => ({ pointer, test: lowerJsonTest(test) })),
    body: body.map(lowerBodyCheck),
  };
}

/** `captureAt` tells the place of a name among the captures of the plan. */
export function lowerCaptures(
  captures: readonly SourceCapture[],
  captureAt: (name: string) => number,
): readonly Capture[] {
  return captures.map(({ capture, from, optional }) => ({ capture: captureAt(capture), from, optional }));
}

/** What a value in a JSON body must be. */
export function lowerJsonTest(test: JsonExpectation): JsonCheck["test"] {
  return test.kind === "equals" ? { kind: "equals", json: canonicalJson(plainValue(test.value)) } : test;
}

/** Numbers as doubles, as whoever parses the response reads them. */
function plainValue(value: JsonValue): unknown {
  switch (value.kind) {
    case "text":
      return value.text.join("");
    case "number":
      return Number(value.text);
    case "boolean":
      return value.value;
    case "list":
      return value.items.map(plainValue);
    case "table":
      return Object.fromEntries(value.entries.map((entry) => [entry.key, plainValue(entry.value)]));
    case "cell":
      throw new Error("z6c has a bug: a value to compare with holds no variables");
  }
}

/** What a body must be. */
export function lowerBodyCheck(check: SourceBodyCheck): BodyCheck {
  switch (check.kind) {
    case "contains":
    case "equals":
      return { kind: check.kind, text: check.text };
    case "matches":
      return { kind: "matches", pattern: check.pattern };
    case "size":
      return { kind: "size", minBytes: check.minBytes, maxBytes: check.maxBytes };
  }
}
