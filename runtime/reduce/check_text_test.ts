import { equal } from "node:assert/strict";
import { samplePlan } from "../../tests/sample_plans.ts";
import { checkText } from "./check_text.ts";

Deno.test("every check is told in words, by its number", () => {
  const plan = samplePlan({
    captures: ["flow-0/token", "flow-0/id"],
    flows: [[{
      get: "/",
      request: {
        expect: {
          status: [[200, 200], [300, 304]],
          withinTicks: 500_500,
          headers: [{ name: "etag", test: { kind: "exists", wanted: false } }],
          json: [
            { pointer: "/a", test: { kind: "compares", comparison: ">=", limit: "1.5" } },
            { pointer: "", test: { kind: "type", type: "list" } },
            { pointer: "/b", test: { kind: "equals", json: '{"c":1}' } },
          ],
          body: [{ kind: "size", minBytes: 1, maxBytes: 9 }, { kind: "matches", pattern: "x+" }],
        },
        captures: [
          { capture: 0, optional: false, from: { kind: "json", pointer: "/token", pattern: null } },
          { capture: 1, optional: true, from: { kind: "header", name: "location", pattern: "(\\d+)" } },
          { capture: 1, optional: true, from: { kind: "regex", pattern: "y" } },
        ],
      },
    }]],
  });
  const wanted = [
    "status 200, 300–304",
    "within 500.5 ms",
    "header etag is missing",
    "json /a >= 1.5",
    "json text is of type list",
    'json /b equals {"c":1}',
    "body has 1 … 9 bytes",
    "body matches /x+/u",
    "captured token from json /token",
    "captured id from header location by /(\\d+)/u",
    "captured id from body by /y/u",
    "check 11",
  ];
  wanted.forEach((text, check) => equal(checkText(plan, 0, check), text));
});
