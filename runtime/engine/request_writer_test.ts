import { deepEqual, equal, match, notEqual } from "node:assert/strict";
import { samplePlan } from "../../tests/sample_plans.ts";
import type { Request, Slot, Template } from "../plan.ts";
import { KeyedRandom } from "./random.ts";
import { type RenderContext, RequestWriter } from "./request_writer.ts";

const CONTEXT: RenderContext = { session: 7, vu: 3, stage: 1, loop: 2, wallClockMs: 1_795_258_800_123 };

function writerOf(head: Template, body: Template = [], target = {}): RequestWriter {
  const plan = samplePlan({ target });
  const request: Request = { ...plan.requests[0], head, body };
  return new RequestWriter(plan, request, 99, new KeyedRandom(42), new Uint8Array(1024));
}

function rendered(writer: RequestWriter, context = CONTEXT): string {
  const into = new Uint8Array(1024);
  return new TextDecoder().decode(into.subarray(0, writer.render(into, context)));
}

Deno.test("a request without slots is one array of bytes, the target's name in it", () => {
  const head: Template = ["GET / HTTP/1.1\r\nhost: ", { slot: "authority" }, "\r\n\r\n"];
  const cases: [object, string][] = [
    [{}, "127.0.0.1:8080"],
    [{ host: "shop.test", port: 80 }, "shop.test"],
    [{ host: "shop.test", port: 443, scheme: "https" }, "shop.test"],
    [{ host: "shop.test", port: 80, scheme: "https" }, "shop.test:80"],
    [{ host: "::1", port: 8080 }, "[::1]:8080"],
  ];
  for (const [target, name] of cases) {
    const { fixed } = writerOf(head, [], target);
    equal(new TextDecoder().decode(fixed ?? new Uint8Array()), `GET / HTTP/1.1\r\nhost: ${name}\r\n\r\n`);
  }
});

Deno.test("every kind of slot is filled, and the body's length told", () => {
  const cases: [Slot, RegExp][] = [
    [{ slot: "session" }, /^7$/],
    [{ slot: "vu" }, /^3$/],
    [{ slot: "loop" }, /^2$/],
    [{ slot: "stage", texts: ["warm", "höchst"] }, /^höchst$/],
    [{ slot: "uuid", use: 0 }, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/],
    [{ slot: "int", use: 0, min: -5, max: 5 }, /^-?[0-5]$/],
    [{ slot: "choice", use: 0, texts: ["a", "b"] }, /^[ab]$/],
    [{ slot: "now" }, /^2026-11-21T\d\d:\d\d:\d\d\.123Z$/],
  ];
  for (const [slot, wanted] of cases) {
    const text = rendered(
      writerOf(["POST / HTTP/1.1\r\ncontent-length: ", { slot: "content-length" }, "\r\n\r\n"], [slot]),
    );
    const [head, body] = text.split("\r\n\r\n");
    match(body, wanted, slot.slot);
    equal(head.split(": ")[1], String(new TextEncoder().encode(body).length), slot.slot);
  }
});

Deno.test("draws depend on session, pass and use, and on nothing else", () => {
  const writer = writerOf(["", { slot: "int", use: 0, min: 0, max: 1e9 }, " ", {
    slot: "int",
    use: 1,
    min: 0,
    max: 1e9,
  }]);
  const first = rendered(writer);
  equal(rendered(writer, { ...CONTEXT, vu: 9, stage: 0, wallClockMs: 0 }), first);
  notEqual(rendered(writer, { ...CONTEXT, session: 8 }), first);
  notEqual(rendered(writer, { ...CONTEXT, loop: 3 }), first);
  const [a, b] = first.split(" ");
  notEqual(a, b);
});

Deno.test("the digest covers what is decided: not the target, the VU or the time of day", () => {
  const head: Template = ["GET /", { slot: "session" }, { slot: "vu" }, " ", { slot: "now" }, {
    slot: "authority",
  }];
  const digest = (target: object, context: RenderContext) => {
    const writer = writerOf(head, ["body", { slot: "content-length" }], target);
    rendered(writer, context);
    return [writer.digestLow, writer.digestHigh];
  };
  const one = digest({}, CONTEXT);
  deepEqual(digest({ host: "elsewhere.test" }, { ...CONTEXT, vu: 123, wallClockMs: 1 }), one);
  notEqual(digest({}, { ...CONTEXT, session: 8 })[0], one[0]);
  notEqual(digest({}, { ...CONTEXT, session: 8 })[1], one[1]);
});
