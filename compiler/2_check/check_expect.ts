/** What the response of a step must be. */
import type { z } from "../zod/zod.ts";
import { keyPlaceAt, type Node, nodeAt, type Path } from "../1_parse/document.ts";
import { type Place, quote } from "../diagnostic.ts";
import {
  type Checking,
  entrySection,
  hasUnknownKey,
  placeOf,
  plainAt,
  report,
  section,
  warn,
} from "./checking.ts";
import { decimalText } from "./decimal.ts";
import { readPointer } from "./fields.ts";
import { fixedJsonValue } from "./json_values.ts";
import { isTrouble } from "./reading.ts";
import type { BodyCheck, Expect, JsonExpectation } from "./scenario.ts";
import type { FoundStep } from "./schema_flow.ts";
import { headerTestsSchema, jsonTestsSchema } from "./schema_response.ts";
import { RunTimeText } from "./templates.ts";

/**
 * The tests of headers and of JSON values: those that are sound, whatever the rest of the step is like. `known` is what
 * the schema has made of `expect` already, if it is sound.
 */
export function checkTests(
  checking: Checking,
  step: Path,
  known?: FoundStep["expect"],
): Pick<Expect, "headers" | "json"> {
  return {
    headers: checkHeaderTests(checking, [...step, "expect", "headers"], known?.headers),
    json: checkJsonTests(checking, [...step, "expect", "json"], known?.json),
  };
}

/** `step` is the step's path, `tests` what `checkTests` makes of it. */
export function checkExpect(
  checking: Checking,
  found: FoundStep,
  step: Path,
  tests: Pick<Expect, "headers" | "json">,
  isGrpc: boolean,
): Expect {
  const path = [...step, "expect"];
  checkForeignStatus(checking, path, isGrpc);
  if (found.expect.within === 0) {
    report(
      checking,
      "Z1105",
      [...path, "within"],
      "within is 0, and no response comes in no time; give it a time",
    );
  }
  const expect: Expect = {
    status: isGrpc
      ? found.expect.grpc.map((code): [number, number] => [GRPC_STATUS + code, GRPC_STATUS + code])
      : found.expect.status,
    withinTicks: found.expect.within ?? 0,
    ...tests,
    body: checkBodyTests(checking, found.expect.body, [...path, "body"]),
  };
  const isHead = plainAt(checking, [...step, "head"]) !== undefined;
  for (const key of ["json", "body"] as const) {
    if (!isHead || expect[key].length === 0) continue;
    warn(
      checking,
      "Z1906",
      [...path, key],
      "a response to HEAD has no body, so every check sees an empty one",
    );
  }
  return expect;
}

/** Added to a status of gRPC where a response's status stands (docs/ledger.md). */
const GRPC_STATUS = 600;

function checkForeignStatus(checking: Checking, path: Path, isGrpc: boolean): void {
  const [key, words] = isGrpc
    ? [
      "status",
      'status is that of HTTP; what a step with grpc expects is grpc, as in expect = { grpc = "OK" }',
    ]
    : [
      "grpc",
      "grpc is what a step with grpc expects; this one expects status, as in expect = { status = 200 }",
    ];
  if (nodeAt(checking.document, [...path, key]) === undefined) return;
  report(checking, "Z1684", keyPlaceAt(checking.document, [...path, key]), words);
}

/** RFC 9110, section 5.6.2: a token. */
export const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

function keysAt(checking: Checking, path: Path): string[] {
  const table = nodeAt(checking.document, path);
  return table?.kind === "table" ? [...table.entries.keys()] : [];
}

function checkHeaderTests(
  checking: Checking,
  path: Path,
  known?: FoundStep["expect"]["headers"],
): Expect["headers"] {
  return keysAt(checking, path).flatMap((key) => {
    const at = [...path, key];
    const place = placeOf(checking, at);
    if (!HEADER_NAME.test(key)) {
      report(checking, "Z1403", at, `${quote(key)} is no header name; it has letters, digits and "-" only`);
    }
    const found = entrySection(checking, headerTestsSchema, at, known);
    if (found === null) return [];
    const name = key.toLowerCase();
    if (typeof found === "string") return [{ name, place, test: { kind: "equals" as const, text: found } }];
    const tests: Expect["headers"][number]["test"][] = [];
    if (found.exists !== undefined) tests.push({ kind: "exists", wanted: found.exists });
    if (found.contains !== undefined) tests.push({ kind: "contains", text: found.contains });
    if (found.equals !== undefined) tests.push({ kind: "equals", text: found.equals });
    if (found.matches !== undefined) tests.push({ kind: "matches", pattern: found.matches });
    checkAny(checking, at, key, tests);
    return tests.map((test) => ({ name, place, test }));
  });
}

function checkJsonTests(
  checking: Checking,
  path: Path,
  known?: FoundStep["expect"]["json"],
): Expect["json"] {
  const equals = (node: Node) => fixedEquals(checking, node);
  return keysAt(checking, path).flatMap((key) => checkJsonTest(checking, path, key, equals, known));
}

/** The test for a value that is fixed when the scenario is compiled. */
export function fixedEquals(checking: Checking, node: Node): Extract<JsonExpectation, { kind: "equals" }> {
  return { kind: "equals", value: fixedJsonValue(checking, node, "a check") };
}

type OtherJsonTest = Exclude<JsonExpectation, { kind: "equals" }>;

/**
 * What the value at the pointer `key` must be; `path` is that of the table that the key is in, `equals` makes the test for
 * a value that is wanted.
 */
export function checkJsonTest<T extends Readonly<{ kind: string }>>(
  checking: Checking,
  path: Path,
  key: string,
  equals: (node: Node) => T,
  known?: Readonly<Record<string, unknown>>,
): Readonly<{ pointer: string; place: Place; test: OtherJsonTest | T }>[] {
  const at = [...path, key];
  const place = placeOf(checking, at);
  const pointer = readPointer(key);
  if (isTrouble(pointer)) report(checking, pointer.code, at, pointer.words);
  const isKnown = known !== undefined && Object.hasOwn(known, key);
  const found = isKnown
    ? (known[key] as z.output<typeof jsonTestsSchema> | RunTimeText | undefined) ?? null
    : section(checking, jsonTestsSchema, at);
  const node = nodeAt(checking.document, at);
  if (found === null || node === undefined) return [];
  if (typeof found !== "object" || Array.isArray(found) || found instanceof RunTimeText) {
    return [{ pointer: key, place, test: equals(node) }];
  }
  const tests: (OtherJsonTest | T)[] = [];
  if (found.exists !== undefined) tests.push({ kind: "exists", wanted: found.exists });
  const wanted = nodeAt(checking.document, [...at, "equals"]);
  if (wanted !== undefined) tests.push(equals(wanted));
  if (found.matches !== undefined) tests.push({ kind: "matches", pattern: found.matches });
  if (found.min !== undefined) {
    tests.push({ kind: "compares", comparison: ">=", limit: limitAt(checking, [...at, "min"]) });
  }
  if (found.max !== undefined) {
    tests.push({ kind: "compares", comparison: "<=", limit: limitAt(checking, [...at, "max"]) });
  }
  if (found.type !== undefined) tests.push({ kind: "type", type: found.type });
  if (found.min !== undefined && found.max !== undefined && found.min > found.max) {
    report(
      checking,
      "Z1614",
      [...at, "min"],
      `nothing is at least ${found.min} and at most ${found.max}; exchange the two`,
    );
  }
  checkAny(checking, at, key, tests);
  return tests.map((test) => ({ pointer: key, place, test }));
}

function limitAt(checking: Checking, path: Path): string {
  const node = nodeAt(checking.document, path);
  return node?.kind === "integer" || node?.kind === "float" ? decimalText(node.value) : "0";
}

/** What is tested is there, so asking for its absence beside another test can never hold. */
function checkAny(
  checking: Checking,
  at: Path,
  key: string,
  tests: readonly Readonly<{ kind: string; wanted?: boolean }>[],
): void {
  if (tests.length === 0) {
    if (hasUnknownKey(checking, at)) return;
    report(checking, "Z1615", at, `the check of ${quote(key)} tests nothing; write, say, { exists = true }`);
  } else if (tests.length > 1 && tests.some(({ kind, wanted }) => kind === "exists" && wanted === false)) {
    report(
      checking,
      "Z1614",
      at,
      `${quote(key)} cannot be absent and pass another test; keep one of the two`,
    );
  }
}

/** `path` is that of the table that the tests stand in. */
export function checkBodyTests(
  checking: Checking,
  { contains, equals, matches, min_bytes, max_bytes }: FoundStep["expect"]["body"],
  path: Path,
): BodyCheck[] {
  const place = (key: string) => placeOf(checking, [...path, key]);
  const checks: BodyCheck[] = [];
  if (contains !== undefined) checks.push({ kind: "contains", text: contains, place: place("contains") });
  if (equals !== undefined) checks.push({ kind: "equals", text: equals, place: place("equals") });
  if (matches !== undefined) checks.push({ kind: "matches", pattern: matches, place: place("matches") });
  if (min_bytes !== undefined || max_bytes !== undefined) {
    const [minBytes, maxBytes] = [min_bytes ?? 0, max_bytes ?? Number.MAX_SAFE_INTEGER];
    const at = place(min_bytes === undefined ? "max_bytes" : "min_bytes");
    if (minBytes > maxBytes) {
      report(
        checking,
        "Z1614",
        at,
        `no body has at least ${minBytes} and at most ${maxBytes} bytes; exchange the two`,
      );
    }
    checks.push({ kind: "size", minBytes, maxBytes, place: at });
  }
  return checks;
}
