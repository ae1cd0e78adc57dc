/** The carrier by itself: moments, heads, and what goes out when. */
import { deepEqual, equal } from "node:assert/strict";
import { latin1 } from "../../tests/http1/response_reading.ts";
import { clientFrames, frameText } from "../../tests/http2/client_frames.ts";
import { answer, HELLO } from "../../tests/http2/met_peer.ts";
import { GET, HEAD_BYTES } from "../../tests/http2/plain_exchange.ts";
import { block, data, headers, type Wire } from "../../tests/http2/server_frames.ts";
import { NO_MESSAGES, PLAIN_WISH } from "../../tests/plain_network.ts";
import { samplePlan } from "../../tests/sample_plans.ts";
import type { Completions, ResponseWish } from "../engine/host.ts";
import { FLAG } from "../protocol/http2_frames.ts";
import { octetsOf } from "../protocol/octets.ts";
import type { Pipes } from "./pipes.ts";
import { Http2Carrier } from "./http2_carrier.ts";
import { Http2Requests } from "./http2_requests.ts";

const FIRST_SLOT = 40;

function driven() {
  const told: unknown[] = [];
  const written: Uint8Array[] = [];
  const state = { unsent: 0, turns: 0 };
  const hooks = { failed: (_slot: number) => {} };
  const pipes: Pipes = {
    open: () => {},
    write: (_connection, bytes, length) => written.push(bytes.slice(0, length)),
    unsent: () => state.unsent,
    writeFailure: () => "",
    phase: () => "connect",
    close: () => {},
    poll: () => {},
  };
  const completions: Completions = {
    ...NO_MESSAGES,
    dueTick: () => Infinity,
    connectionOpened: () => {},
    connectionClosed: () => {},
    responseEnded: (slot, firstByte, end, status, _bytes, body, head) =>
      told.push([slot, firstByte, end, status, body && latin1(body), head && new TextDecoder().decode(head)]),
    requestFailed: (slot, _error, firstByte, end, bytes) => {
      told.push([slot, firstByte, end, bytes]);
      hooks.failed(slot);
    },
  };
  const carrier = new Http2Carrier(FIRST_SLOT, 4, {
    pipes,
    completions,
    lose: (connection) => told.push(`lost ${connection}`),
    drain: () => {},
    resend: () => {},
    wantTurn: () => state.turns++,
    knownHeads: [],
  }, new Http2Requests(samplePlan()));
  carrier.begin();
  const get = octetsOf(GET);
  const send = (slot: number, wish: Partial<ResponseWish> = {}) =>
    carrier.send(slot, get, get.length, { ...PLAIN_WISH, ...wish });
  const receive = (wire: Wire, now: number) => carrier.received(Uint8Array.from(wire), wire.length, now);
  return { carrier, told, written, state, hooks, send, receive };
}

Deno.test("frames of one turn go out in one write, and a turn is asked for once", () => {
  const { carrier, written, state, send, receive } = driven();
  send(FIRST_SLOT + 1);
  send(FIRST_SLOT);
  deepEqual([written.length, state.turns], [0, 1]);
  carrier.turn(1);
  carrier.turn(2);
  equal(written.length, 1);
  const sent = clientFrames(written[0]).map((frame) => frameText(frame).split(" flags")[0]);
  deepEqual(sent, ["SETTINGS 0", "WINDOW_UPDATE 0", "HEADERS 1", "HEADERS 3"]);
  receive(HELLO, 3);
  equal(state.turns, 2);
  carrier.turn(4);
  deepEqual(clientFrames(written[1], false).map(frameText), ["SETTINGS 0 flags 1: "]);
  carrier.cancel(FIRST_SLOT + 1);
  carrier.turn(5);
  deepEqual(clientFrames(written[2], false).map(frameText), ["RST_STREAM 1 flags 0: 00000008"]);
});

Deno.test("a large turn's room is given back, and nothing of it comes again", () => {
  const { carrier, written, receive } = driven();
  const large = octetsOf(`POST / HTTP/1.1\r\nhost: a\r\n\r\n`);
  const bytes = new Uint8Array(large.length + 60_000);
  bytes.set(large);
  for (let n = 0; n < 4; n++) carrier.send(FIRST_SLOT + n, bytes, bytes.length, PLAIN_WISH);
  receive([...HELLO, 0, 0, 4, 8, 0, 0, 0, 0, 0, 0, 4, 0, 0], 1);
  carrier.turn(2);
  equal(written[0].length > 4 * 60_000, true);
  carrier.turn(3);
  carrier.cancel(FIRST_SLOT);
  carrier.turn(4);
  deepEqual(clientFrames(written[1], false).map(frameText), ["RST_STREAM 1 flags 0: 00000008"]);
});

Deno.test("the first byte is the response's first, the end its last; heads are those of HTTP/1.1", () => {
  const { carrier, told, send, receive } = driven();
  send(FIRST_SLOT, { keepHead: true, keepBody: true });
  send(FIRST_SLOT + 1);
  send(FIRST_SLOT + 2);
  receive([...HELLO, ...headers(1, block([":status", "200"], ["a", "b"]))], 10);
  receive(data(1, "hel"), 20);
  receive(data(1, "lo", FLAG.endStream), 30);
  receive(answer(3, "x"), 40);
  receive(headers(5, block([":status", "200"])), 50);
  carrier.ended(true, "", 60);
  deepEqual(told, [
    [FIRST_SLOT, 10, 30, 200, "hello", "HTTP/2 200\r\na: b\r\n\r\n"],
    [FIRST_SLOT + 1, 40, 40, 200, null, null],
    `lost ${FIRST_SLOT}`,
    [FIRST_SLOT + 2, 50, 60, HEAD_BYTES],
  ]);
});

Deno.test("a call of gRPC is told with its trailer in its head", () => {
  const { told, send, receive } = driven();
  send(FIRST_SLOT, { stream: "grpc", keepHead: true });
  send(FIRST_SLOT + 1, { stream: "grpc" });
  const type = ["content-type", "application/grpc"] as const;
  const ends = [["grpc-status", "5"], ["grpc-message", "no %C3%A4"]] as const;
  receive([...HELLO, ...answer(1, "", [type], ends), ...answer(3, "", [type], ends)], 10);
  const head = "HTTP/2 200\r\ncontent-type: application/grpc\r\ngrpc-status: 5\r\ngrpc-message: no ä\r\n\r\n";
  deepEqual(told, [[FIRST_SLOT, 10, 10, 605, null, head], [FIRST_SLOT + 1, 10, 10, 605, null, head]]);
});

Deno.test("a request of which not all has gone out is being written", () => {
  const { carrier, state, send } = driven();
  send(FIRST_SLOT);
  carrier.turn(1);
  state.unsent = 1;
  equal(carrier.phase(FIRST_SLOT), "write");
  state.unsent = 0;
  equal(carrier.phase(FIRST_SLOT), "wait");
});

Deno.test("of those that are lost together, some are given up when the others are told", () => {
  const { carrier, told, hooks, send, receive } = driven();
  for (let n = 0; n < 4; n++) send(FIRST_SLOT + n);
  receive([...HELLO, ...headers(3, block([":status", "200"]))], 10);
  const phases: string[] = [];
  hooks.failed = (slot) => {
    if (slot !== FIRST_SLOT) return;
    for (const other of [FIRST_SLOT + 1, FIRST_SLOT + 2]) {
      phases.push(carrier.phase(other));
      carrier.cancel(other);
    }
  };
  carrier.ended(true, "", 20);
  carrier.turn(30);
  deepEqual(phases, ["receive", "wait"]);
  deepEqual(told, [`lost ${FIRST_SLOT}`, [FIRST_SLOT, -1, 20, 0], [FIRST_SLOT + 3, -1, 20, 0]]);
});

Deno.test("in place of events: a response that is no success, and one of another type without content", () => {
  const { told, send, receive } = driven();
  for (let n = 0; n < 3; n++) send(FIRST_SLOT + n, { stream: "events", keepBody: true });
  const page = (stream: number, status: string, type: string) =>
    headers(stream, block([":status", status], ["content-type", type]), FLAG.endStream);
  const missing = headers(1, block([":status", "404"], ["content-type", "text/html"]));
  receive([...HELLO, ...missing, ...data(1, "data: 1\n\n", FLAG.endStream)], 10);
  const html = page(3, "200", "text/html");
  receive([...html, ...page(5, "200", "text/event-stream")], 20);
  send(FIRST_SLOT + 2, { stream: "events" });
  receive(page(7, "200", "text/html"), 30);
  deepEqual(told, [
    [FIRST_SLOT, 10, 10, 404, null, null],
    [FIRST_SLOT + 1, 20, 20, html.length],
    [FIRST_SLOT + 2, 20, 20, 200, null, null],
    [FIRST_SLOT + 2, 30, 30, html.length],
  ]);
});

Deno.test("the last message of a call is none of the next call's", () => {
  const { told, send, receive } = driven();
  const type = ["content-type", "application/grpc"] as const;
  const call = (stream: number, octets: string) => {
    send(FIRST_SLOT, { stream: "grpc", keepBody: true });
    receive(
      [...(stream === 1 ? HELLO : []), ...answer(stream, octets, [type], [["grpc-status", "0"]])],
      stream,
    );
  };
  call(1, "\0\0\0\0\x01a");
  call(3, "");
  deepEqual(told, [[FIRST_SLOT, 1, 1, 600, "a", null], [FIRST_SLOT, 3, 3, 600, null, null]]);
});
