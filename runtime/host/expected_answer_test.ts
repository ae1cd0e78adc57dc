import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import { ANY_SUCCESS, PLAIN_REQUEST, samplePlan } from "../../tests/sample_plans.ts";
import type { Capture, Expect, Extraction, Plan, Request } from "../plan.ts";
import type { BodyCheck, HeaderCheck, JsonCheck } from "../plan_checks.ts";
import { canonicalJson, type Json } from "../protocol/json_value.ts";
import { expectedAnswer, unmetChecks } from "./expected_answer.ts";

function requestOf(expect: Partial<Expect>, captures: readonly Extraction[] = [], method = "GET"): Request {
  return {
    ...PLAIN_REQUEST,
    target: 0,
    method,
    head: [],
    body: [],
    timeoutTicks: 1,
    onError: "continue",
    expect: { ...ANY_SUCCESS, ...expect },
    captures: captures.map((from, capture): Capture => ({ capture, from, optional: false })),
    redirects: 0,
    retry: null,
  };
}

/** A plan that cuts captures at so many bytes. */
function cutting(captureBytes: number): Plan {
  const plan = samplePlan();
  return { ...plan, bounds: { ...plan.bounds, captureBytes } };
}

Deno.test("the answer is what the checks and captures ask for, and no more", () => {
  const answerOf = (...request: Parameters<typeof requestOf>) => {
    const { status, headers, body } = expectedAnswer(requestOf(...request));
    return [status, headers, body];
  };
  const cases: [Partial<Expect>, Extraction[], unknown[]][] = [
    [{}, [], [200, [], ""]],
    [{ status: [[201, 299]] }, [], [201, [], ""]],
    [{ status: [[404, 404], [204, 204]] }, [], [204, [], ""]],
    [{ status: [[100, 199], [301, 308]] }, [], [301, [], ""]],
    [
      { headers: [{ name: "etag", test: { kind: "exists", wanted: true } }] },
      [{ kind: "cookie", name: "sid", pattern: "^\\d{4}$" }],
      [200, [["set-cookie", "sid=1111"], ["etag", "simulated"]], ""],
    ],
    [
      {
        json: [
          { pointer: "/ok", test: { kind: "equals", json: "true" } },
          { pointer: "/items", test: { kind: "compares", comparison: ">=", limit: "2" } },
          { pointer: "/gone", test: { kind: "exists", wanted: false } },
        ],
      },
      [{ kind: "json", pointer: "/items/0/id", pattern: null }],
      [200, [], '{"ok":true,"items":[{"id":"simulated"},{"id":"simulated"}]}'],
    ],
    [
      { body: [{ kind: "contains", text: '"status": "ok"' }] },
      [{ kind: "json", pointer: "/id", pattern: null }],
      [200, [], '{"status": "ok","id":"simulated"}'],
    ],
    [{ body: [{ kind: "size", minBytes: 5, maxBytes: 9 }] }, [{ kind: "regex", pattern: "a(b)" }], [
      200,
      [],
      "ab   ",
    ]],
  ];
  for (const [expect, captures, wanted] of cases) {
    deepEqual(answerOf(expect, captures), wanted);
    deepEqual(unmetChecks(cutting(100), requestOf(expect, captures)), []);
  }
});

Deno.test("an answer that is given goes before what is expected, part by part", () => {
  const request = requestOf({ status: [[201, 201]] }, [{ kind: "header", name: "x", pattern: null }]);
  const given = { request: 0, service: null, errorsPpm: -1, status: 0, headers: null, body: null };
  deepEqual(expectedAnswer(request, { ...given, body: "a" }), {
    status: 201,
    headers: [["x", "simulated"]],
    body: "a",
  });
  deepEqual(expectedAnswer(request, { ...given, status: 500, headers: [] }), {
    status: 500,
    headers: [],
    body: "",
  });
});

Deno.test("what cannot hold is told by its number", () => {
  const json: JsonCheck = { pointer: "/a", test: { kind: "exists", wanted: true } };
  deepEqual(unmetChecks(cutting(100), requestOf({ json: [json] }, [], "HEAD")), [1]);
  deepEqual(unmetChecks(cutting(100), requestOf({ status: [[100, 199]] })), [0]);
  deepEqual(unmetChecks(cutting(100), requestOf({}, [{ kind: "regex", pattern: "a^b" }])), [1]);
  deepEqual(unmetChecks(cutting(8), requestOf({}, [{ kind: "regex", pattern: "a{9}" }])), [1]);
});

/** Checks that hold of a value, by where it stands. */
function checksOf(value: Json, pointer: string, choose: () => number): (JsonCheck | Extraction)[] {
  const checks: (JsonCheck | Extraction)[] = [];
  const inside = typeof value === "object" && value !== null ? Object.entries(value) : [];
  switch (choose() % 6) {
    case 0:
      checks.push({ pointer, test: { kind: "equals", json: canonicalJson(value) } });
      break;
    case 1:
      checks.push({ pointer, test: { kind: "exists", wanted: true } });
      break;
    case 2:
      checks.push({ kind: "json", pointer, pattern: null });
      break;
    case 3:
      if (typeof value === "number") {
        const comparison = (["<", "<=", ">", ">="] as const)[choose() % 4];
        const step = Math.max(1, Math.abs(value) / 1_000);
        const limit = { "<": value + step, "<=": value, ">": value - step, ">=": value }[comparison];
        checks.push({ pointer, test: { kind: "compares", comparison, limit: String(limit) } });
      } else if (Array.isArray(value)) {
        checks.push({ pointer, test: { kind: "type", type: "list" } });
        checks.push({ pointer, test: { kind: "compares", comparison: ">=", limit: String(value.length) } });
      } else if (typeof value === "string" && /^\w{2,}$/.test(value)) {
        checks.push({ pointer, test: { kind: "matches", pattern: "^\\w{2,}$" } });
      }
      break;
    case 4:
      if (typeof value === "boolean") checks.push({ pointer, test: { kind: "type", type: "boolean" } });
      else if (value === null) checks.push({ pointer, test: { kind: "type", type: "null" } });
      else if (typeof value === "string") checks.push({ pointer, test: { kind: "type", type: "text" } });
      break;
  }
  return [
    ...checks,
    ...inside.flatMap(([key, of]) =>
      checksOf(of, `${pointer}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`, choose)
    ),
  ];
}

Deno.test("an answer is found wherever there is one", () => {
  const json = fc.jsonValue({ maxDepth: 3, noUnicodeString: false }) as fc.Arbitrary<Json>;
  const header = fc.record<HeaderCheck>({
    name: fc.constantFrom(
      "etag",
      "x-one",
      "location",
      "set-cookie",
      "content-type",
      "content-length",
      "date",
    ),
    test: fc.constantFrom({ kind: "exists", wanted: true }, { kind: "exists", wanted: true }),
  });
  const texts = fc.uniqueArray(fc.constantFrom("x", '"a":', "two words", '"hi"', "<b>", "é"), {
    maxLength: 3,
  });
  const patterns = fc.uniqueArray(fc.constantFrom("id=(.)", "\\d{3}", "(?:on|off)", "^"), { maxLength: 2 });
  fc.assert(
    fc.property(
      fc.record({ json, header: fc.array(header, { maxLength: 3 }), texts, patterns }),
      fc.boolean(),
      fc.infiniteStream(fc.nat()),
      ({ json, header, texts, patterns }, isTable, stream) => {
        const value = isTable ? { value: json } : json;
        const all = checksOf(value, "", () => stream.next().value);
        const checks = all.flatMap((it) => "test" in it ? [it] : []);
        const captures: Extraction[] = all.flatMap((it) => "kind" in it ? [it] : []);
        // Only a JSON table has room for texts of any kind.
        const wantsTable = isTable && !checks.some(({ pointer }) => pointer === "");
        const body: BodyCheck[] = wantsTable || all.length === 0
          ? texts.map((text) => ({ kind: "contains", text }))
          : [];
        if (wantsTable || all.length === 0) {
          captures.push(...patterns.map((pattern) => ({ kind: "regex", pattern }) as const));
        }
        const headers = header.filter(({ name }) => name !== "content-type" || body.length > 0);
        const unmet = unmetChecks(cutting(1_000_000), requestOf({ json: checks, headers, body }, captures));
        equal(unmet.length, 0, JSON.stringify({ checks, captures, body, headers, unmet }));
      },
    ),
    { numRuns: 1_000 },
  );
});
