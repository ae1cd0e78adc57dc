import { deepEqual, equal, ok } from "node:assert/strict";
import type { Plan, Request } from "../../runtime/plan.ts";
import { compile } from "../compile.ts";
import { readProtos } from "../protos/read_protos.ts";

const PROTO = `syntax = "proto3";
package shop;
service Catalog {
  rpc GetItem (GetItemRequest) returns (Item);
  rpc Watch (GetItemRequest) returns (stream Item);
}
message GetItemRequest { int32 id = 1; string full_name = 2; }
message Item { int32 id = 1; }`;

function planOf(step: string): Plan {
  const scenario = `name = "x"
proto = ["shop.proto"]
[target]
base = "http://127.0.0.1:8080"
protocol = "h2"
[load]
model = "open"
rate = "1/s"
for = "1s"
max_vus = 1
[[data]]
name = "users"
rows = [{ name = "Ada" }]
[[flow]]
name = "browse"
[[flow.step]]
${step}`;
  const { plan, diagnostics } = compile("x.toml", scenario, {
    environment: new Map(),
    version: "0.0.0",
    readFile: () => new TextEncoder().encode(PROTO),
    readProtos,
  });
  ok(plan !== undefined, JSON.stringify(diagnostics));
  return plan;
}

const requestOf = (step: string): Request => planOf(step).requests[0];
const linesOf = ({ head }: Request): string[] =>
  head.map((part) => typeof part === "string" ? part : "?").join("").split("\r\n");

Deno.test("a call is a POST to its method, and its deadline is the step's timeout", () => {
  const call = requestOf(
    'grpc = "shop.Catalog/GetItem"\nmessage = { id = 150, full_name = "hi" }\ntimeout = "1500ms"',
  );
  deepEqual(linesOf(call), [
    "POST /shop.Catalog/GetItem HTTP/1.1",
    "host: ?",
    "content-type: application/grpc",
    "grpc-accept-encoding: identity",
    "grpc-timeout: 1500m",
    "te: trailers",
    "user-agent: z6c/0.0.0",
    "",
    "",
  ]);
  const [part] = call.body;
  ok(typeof part === "object" && "base64" in part && call.body.length === 1);
  equal(Uint8Array.fromBase64(part.base64).toHex(), "0000000007" + "089601" + "12026869");
  deepEqual(call.grpc, { requestType: 0, responseType: 1 });
  deepEqual(call.stream, { kind: "grpc", until: null, count: 0 });
  deepEqual(call.expect.status, [[600, 600]]);
});

Deno.test("a message that only the run knows stays JSON, by the names of JSON", () => {
  const { body } = requestOf(
    'grpc = "shop.Catalog/GetItem"\nmessage = { full_name = "${users.name}", id = 7 }',
  );
  deepEqual(body, [
    '{"fullName":"',
    { slot: "data", table: 0, column: 0, encoding: "json" },
    '","id":7}',
  ]);
});

Deno.test("what ends a stream is told", () => {
  const watch = requestOf(
    'grpc = "shop.Catalog/Watch"\nmessages = { count = 5, until = { json = { "/id" = 3 } } }\nexpect = { grpc = ["NOT_FOUND", "OK"] }',
  );
  deepEqual(watch.stream, {
    kind: "grpc",
    count: 5,
    until: { event: "", json: [{ pointer: "/id", test: { kind: "equals", json: "3" } }], body: [] },
  });
  deepEqual(watch.expect.status, [[600, 600], [605, 605]]);
  const events = requestOf(
    'get = "/events"\nevents = { until = { event = "done", contains = "for ${users.name}", max_bytes = 9 } }',
  );
  ok(linesOf(events).includes("accept: text/event-stream"));
  deepEqual(events.stream, {
    kind: "events",
    count: 0,
    until: {
      event: "done",
      json: [],
      body: [
        { kind: "size", minBytes: 0, maxBytes: 9 },
        {
          kind: "rendered contains",
          text: ["for ", { slot: "data", table: 0, column: 0, encoding: "none" }],
        },
      ],
    },
  });
});

Deno.test("types that messages are made of are in the plan once", () => {
  const { messageTypes } = planOf('grpc = "shop.Catalog/GetItem"');
  deepEqual(messageTypes.map(({ name, fields }) => [name, fields.map((field) => field.name)]), [
    ["shop.GetItemRequest", ["id", "fullName"]],
    ["shop.Item", ["id"]],
  ]);
});
