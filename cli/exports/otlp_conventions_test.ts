import assert from "node:assert/strict";
import { syntheticPlan } from "../../tests/synthetic_ledger.ts";
import { ERROR } from "../../runtime/ledger/errors.ts";
import type { Plan, Request } from "../../runtime/plan.ts";
import { endAttributes, stepConventions } from "./otlp_conventions.ts";

/** One step that sends the request. */
function planOf(request: Partial<Request>): Plan {
  const plan = syntheticPlan({
    flows: [{ name: "main", steps: ["ask"] }],
    stages: [{ name: "all", lengthTicks: 1_000_000, rate: 1 }],
  });
  return { ...plan, requests: plan.requests.map((usual) => ({ ...usual, ...request })) };
}

const secret = { slot: "authority" } as const;
const CASES: readonly (readonly [string, Partial<Request>, string, Readonly<Record<string, unknown>>])[] = [
  [
    "a path without slots",
    { method: "GET", head: ["GET /items/7 HTTP/1.1\r\nhost: ", secret, "\r\n\r\n"] },
    "GET /items/7",
    { "http.request.method": "GET", "url.template": "/items/7", "network.protocol.version": "1.1" },
  ],
  [
    "a path with what a session holds, and a query",
    { method: "PUT", head: ["PUT /items/", secret, "/price?of=", secret, " HTTP/1.1\r\n\r\n"] },
    "PUT /items/{}/price",
    { "http.request.method": "PUT", "url.template": "/items/{}/price" },
  ],
  [
    "a method that the conventions do not know",
    { method: "PURGE", head: ["PURGE /cache HTTP/1.1\r\n\r\n"] },
    "HTTP /cache",
    { "http.request.method": "_OTHER" },
  ],
  [
    "a call of gRPC",
    {
      method: "POST",
      head: ["POST /shop.Shop/Buy HTTP/1.1\r\n\r\n"],
      grpc: { requestType: 0, responseType: 0 },
    },
    "shop.Shop/Buy",
    { "rpc.system.name": "grpc", "rpc.method": "shop.Shop/Buy", "http.request.method": undefined },
  ],
];

for (const [what, request, spanName, wanted] of CASES) {
  Deno.test(`${what}: its names by the semantic conventions`, () => {
    const [convention] = stepConventions(planOf(request));
    assert.equal(convention.spanName, spanName);
    const { attributes } = convention;
    assert.deepEqual(
      Object.fromEntries(Object.keys(wanted).map((key) => [key, attributes[key]])),
      wanted,
    );
    assert.deepEqual([attributes["server.address"], attributes["server.port"]], ["127.0.0.1", 8080]);
    assert.deepEqual([attributes["z6c.flow"], attributes["z6c.step"]], ["main", "ask"]);
  });
}

Deno.test("a method that is not known is told by spans", () => {
  const [{ ofSpans }] = stepConventions(planOf({ method: "PURGE", head: ["PURGE / HTTP/1.1\r\n\r\n"] }));
  assert.equal(ofSpans["http.request.method_original"], "PURGE");
});

const ENDS = [
  [{ status: 200, error: -1, outcome: "good" }, [200, null, null]],
  [{ status: 200, error: -1, outcome: "unexpected" }, [200, null, "check"]],
  [{ status: 503, error: -1, outcome: "unexpected" }, [503, null, "503"]],
  [{ status: 404, error: -1, outcome: "good" }, [404, null, "404"]],
  [{ status: 600, error: -1, outcome: "good" }, [null, "OK", null]],
  [{ status: 605, error: -1, outcome: "unexpected" }, [null, "NOT_FOUND", "NOT_FOUND"]],
  [{ status: -1, error: ERROR["wait.timeout"], outcome: "failed" }, [null, null, "wait.timeout"]],
] as const;

for (const [end, wanted] of ENDS) {
  Deno.test(`what status ${end.status} and error ${end.error} (${end.outcome}) are called`, () => {
    const told = endAttributes(end);
    const names = ["http.response.status_code", "rpc.response.status_code", "error.type"];
    assert.deepEqual(names.map((name) => told[name]), wanted);
  });
}
