import { deepEqual, equal, notEqual } from "node:assert/strict";
import { PLAIN_WISH } from "../../tests/plain_network.ts";
import { samplePlan } from "../../tests/sample_plans.ts";
import type { Http2Request } from "../protocol/http2_request.ts";
import { octetsOf } from "../protocol/octets.ts";
import { Http2Requests } from "./http2_requests.ts";

const PLAN = samplePlan({
  flows: [[{ get: "/" }, {
    get: "/",
    request: { head: ["GET /", { slot: "session" }, " HTTP/1.1\r\n\r\n"] },
  }]],
});
const FIXED = 0;
const WITH_SLOTS = 1;

const request = (path: string, body = "") => octetsOf(`GET ${path} HTTP/1.1\r\nhost: a\r\n\r\n${body}`);

function blockText({ block, blockBytes }: Http2Request): string {
  return String.fromCharCode(...block.subarray(0, blockBytes));
}

Deno.test("a request that is always the same is encoded once", () => {
  const planned = new Http2Requests(PLAN).of(FIXED);
  const bytes = request("/");
  const first = planned.read(bytes, bytes.length);
  equal(planned.read(bytes, bytes.length), first);
  equal(first.body, bytes);
});

Deno.test("what follows a redirect is encoded as it is, and the first is good still", () => {
  const planned = new Http2Requests(PLAN).of(FIXED);
  const [bytes, elsewhere] = [request("/"), request("/elsewhere")];
  const first = planned.read(bytes, bytes.length);
  const text = blockText(first);
  const other = planned.read(elsewhere, elsewhere.length);
  notEqual(blockText(other), text);
  equal(planned.read(bytes, bytes.length), first);
  equal(blockText(first), text);
});

Deno.test("of bytes with room behind them, only the request is one that stays", () => {
  const planned = new Http2Requests(PLAN).of(FIXED);
  const room = request("/", "left over");
  const { bodyStart, bodyEnd } = planned.read(room, room.length - 9);
  equal(bodyStart, bodyEnd);
});

Deno.test("a request with slots is encoded each time, from as many bytes as it has", () => {
  const planned = new Http2Requests(PLAN).of(WITH_SLOTS);
  const room = request("/1", "body");
  const { bodyStart, bodyEnd } = planned.read(room, room.length - 4);
  equal(bodyStart, bodyEnd);
  const one = blockText(planned.read(room, room.length));
  room.set(request("/2"));
  notEqual(blockText(planned.read(room, room.length)), one);
});

Deno.test("where there are messages, head and trailer are wanted, too", () => {
  const planned = new Http2Requests(PLAN).of(FIXED);
  equal(planned.wish(PLAIN_WISH), PLAIN_WISH);
  const asked = { ...PLAIN_WISH, stream: "grpc", keepBody: true } as const;
  const wish = planned.wish(asked);
  deepEqual(wish, { head: false, keepBody: true, keepHead: true, stream: "grpc" });
  equal(planned.wish(asked), wish);
  equal(planned.wish({ ...asked, stream: "events" }).stream, "events");
});
