import assert from "node:assert/strict";
import { DrivenConnection } from "../../tests/http2/driven_connection.ts";
import * as server from "../../tests/http2/server_frames.ts";
import { CODE, FLAG, FRAME, SETTING } from "./http2_frames.ts";

const OK = server.block([":status", "200"]);
const headers = server.headers;

/** One request on slot 7 (stream 1), and a server that greets and then sends this. */
function driven(frames: readonly server.Wire[]): DrivenConnection {
  const driven = new DrivenConnection();
  driven.request(7);
  driven.frames();
  driven.feed([server.settings(), ...frames].flat());
  return driven;
}

// What ends the connection: the frames, what is told, and the code that the target is told.
for (
  const [what, frames, failure, code] of [
    [
      "no SETTINGS first",
      [server.windowUpdate(0, 1)],
      "protocol.frame (the first frame is not SETTINGS)",
      CODE.protocolError,
    ],
    [
      "DATA first",
      [server.data(1, "a")],
      "protocol.frame (the first frame is not SETTINGS)",
      CODE.protocolError,
    ],
    [
      "an acknowledgement first",
      [server.settingsAck],
      "protocol.frame (the first frame is not SETTINGS)",
      CODE.protocolError,
    ],
    [
      "an answer of HTTP/1.1",
      [[..."HTTP/1.1 400 Bad Request\r\n\r\n"].map((letter) => letter.charCodeAt(0))],
      "protocol.frame (the answer is one of HTTP/1: HTTP/1.1 400 Bad Request)",
      CODE.protocolError,
    ],
  ] as const
) {
  Deno.test(`http2: ${what} ends the connection`, () => {
    const it = new DrivenConnection();
    it.request(7);
    it.frames();
    it.feed(frames.flat());
    expectFailure(it, failure, code);
  });
}

const padTooLong = server.frame(FRAME.data, FLAG.padded, 1, [9, 1, 1]);
for (
  const [what, frames, failure, code] of [
    ["DATA on no stream", [server.data(0, "a")], "protocol.frame (DATA on no stream)", CODE.protocolError],
    [
      "DATA of a stream that never was",
      [server.data(5, "a")],
      "protocol.frame (stream 5 was never opened)",
      CODE.protocolError,
    ],
    [
      "HEADERS on no stream",
      [headers(0, OK)],
      "protocol.frame (a frame of a stream, on none)",
      CODE.protocolError,
    ],
    [
      "HEADERS of a stream of the server",
      [headers(2, OK)],
      "protocol.frame (stream 2 was never opened)",
      CODE.protocolError,
    ],
    [
      "padding of DATA longer than it",
      [headers(1, OK), padTooLong],
      "protocol.frame (padding longer than its frame)",
      CODE.protocolError,
    ],
    [
      "padding that DATA has no room for",
      [headers(1, OK), server.frame(FRAME.data, FLAG.padded, 1, [])],
      "protocol.frame (padding longer than its frame)",
      CODE.protocolError,
    ],
    [
      "padding of HEADERS longer than it",
      [server.frame(FRAME.headers, FLAG.padded | FLAG.endHeaders, 1, [4, 0x88])],
      "protocol.frame (padding longer than its frame)",
      CODE.protocolError,
    ],
    [
      "padding that HEADERS has no room for",
      [server.frame(FRAME.headers, FLAG.padded | FLAG.endHeaders, 1, [])],
      "protocol.frame (padding longer than its frame)",
      CODE.protocolError,
    ],
    [
      "priority that HEADERS has no room for",
      [server.frame(FRAME.headers, FLAG.priority | FLAG.endHeaders, 1, [0, 0])],
      "protocol.frame (padding longer than its frame)",
      CODE.protocolError,
    ],
    [
      "a frame that is too long",
      [server.frame(FRAME.ping, 0, 0, new Uint8Array(16_385))],
      "protocol.frame (a frame longer than was allowed)",
      CODE.frameSizeError,
    ],
    [
      "CONTINUATION of nothing",
      [server.frame(FRAME.continuation, FLAG.endHeaders, 1, OK)],
      "protocol.frame (CONTINUATION of nothing)",
      CODE.protocolError,
    ],
    [
      "DATA within a header block",
      [server.frame(FRAME.headers, 0, 1, OK), server.data(1, "a")],
      "protocol.frame (another frame within a header block)",
      CODE.protocolError,
    ],
    [
      "PING within a header block",
      [server.frame(FRAME.headers, 0, 1, OK), server.frame(FRAME.ping, 0, 0, new Uint8Array(8))],
      "protocol.frame (another frame within a header block)",
      CODE.protocolError,
    ],
    [
      "a header block that is malformed",
      [headers(1, [0xff])],
      "protocol.header-block ()",
      CODE.compressionError,
    ],
    [
      "a header block without end",
      [
        server.frame(FRAME.headers, 0, 1, OK),
        ...Array.from({ length: 5 }, () => server.frame(FRAME.continuation, 0, 1, new Uint8Array(16_384))),
      ],
      "too-large.head ()",
      CODE.enhanceYourCalm,
    ],
    [
      "PUSH_PROMISE",
      [server.frame(FRAME.pushPromise, FLAG.endHeaders, 1, [0, 0, 0, 2, 0x82])],
      "protocol.frame (PUSH_PROMISE, which was not allowed)",
      CODE.protocolError,
    ],
    [
      "RST_STREAM of a wrong length",
      [server.frame(FRAME.resetStream, 0, 1, [0])],
      "protocol.frame (RST_STREAM of a wrong length)",
      CODE.frameSizeError,
    ],
    [
      "RST_STREAM of a stream that never was",
      [server.resetStream(9, 0)],
      "protocol.frame (stream 9 was never opened)",
      CODE.protocolError,
    ],
    [
      "SETTINGS on a stream",
      [server.frame(FRAME.settings, 0, 1, [])],
      "protocol.frame (SETTINGS on a stream)",
      CODE.protocolError,
    ],
    [
      "SETTINGS of a wrong length",
      [server.frame(FRAME.settings, 0, 0, [0, 1, 0])],
      "protocol.frame (SETTINGS of a wrong length)",
      CODE.frameSizeError,
    ],
    [
      "an acknowledgement with something in it",
      [server.frame(FRAME.settings, FLAG.ack, 0, new Uint8Array(6))],
      "protocol.frame (SETTINGS of a wrong length)",
      CODE.frameSizeError,
    ],
    [
      "a server that wants to push",
      [server.settings([SETTING.enablePush, 1])],
      "protocol.frame (SETTINGS of a wrong value)",
      CODE.protocolError,
    ],
    [
      "frames that are to be too short",
      [server.settings([SETTING.maxFrameSize, 16_383])],
      "protocol.frame (SETTINGS of a wrong value)",
      CODE.protocolError,
    ],
    [
      "a first window that is too large",
      [server.settings([SETTING.initialWindowSize, 2 ** 31])],
      "protocol.flow-control (SETTINGS of a wrong value)",
      CODE.flowControlError,
    ],
    [
      "a window that settings make too large",
      [server.windowUpdate(1, 2 ** 31 - 1 - 65_535), server.settings([SETTING.initialWindowSize, 65_536])],
      "protocol.flow-control (a window above its limit)",
      CODE.flowControlError,
    ],
    [
      "a window of the connection that is too large",
      [server.windowUpdate(0, 2 ** 31 - 1)],
      "protocol.flow-control (a window above its limit)",
      CODE.flowControlError,
    ],
    [
      "a window of the connection of nothing",
      [server.windowUpdate(0, 0)],
      "protocol.frame (WINDOW_UPDATE of nothing)",
      CODE.protocolError,
    ],
    [
      "a window of a wrong length",
      [server.frame(FRAME.windowUpdate, 0, 0, [1])],
      "protocol.frame (WINDOW_UPDATE of a wrong length)",
      CODE.frameSizeError,
    ],
    [
      "a window of a stream that never was",
      [server.windowUpdate(3, 1)],
      "protocol.frame (stream 3 was never opened)",
      CODE.protocolError,
    ],
    [
      "PING of a wrong length",
      [server.frame(FRAME.ping, 0, 0, [1])],
      "protocol.frame (PING of a wrong length)",
      CODE.frameSizeError,
    ],
    [
      "PING on a stream",
      [server.frame(FRAME.ping, 0, 1, new Uint8Array(8))],
      "protocol.frame (PING on a stream)",
      CODE.protocolError,
    ],
    [
      "GOAWAY on a stream",
      [server.frame(FRAME.goAway, 0, 1, new Uint8Array(8))],
      "protocol.frame (GOAWAY on a stream)",
      CODE.protocolError,
    ],
    [
      "GOAWAY of a wrong length",
      [server.frame(FRAME.goAway, 0, 0, [0])],
      "protocol.frame (GOAWAY of a wrong length)",
      CODE.frameSizeError,
    ],
  ] as readonly (readonly [string, readonly server.Wire[], string, number])[]
) {
  Deno.test(`http2: ${what} ends the connection, split anywhere`, () => {
    const whole = driven(frames);
    const { told } = whole;
    const copy = [...told];
    expectFailure(whole, failure, code);
    const wire = [server.settings(), ...frames].flat();
    for (let split = 1; split < wire.length; split += Math.ceil(wire.length / 300)) {
      const other = new DrivenConnection();
      other.request(7);
      other.feed(wire, [split]);
      assert.deepEqual(other.told, copy, `split at ${split}`);
    }
  });
}

/** The request and the connection fail, the target is told, and nothing is read any more. */
function expectFailure(it: DrivenConnection, failure: string, code: number): void {
  const told = it.take().filter((text) => text !== "7 began").map((text) => text.replace(/ \{.*/, ""));
  assert.deepEqual(told, ["closing", `7 failed ${failure}`, `connection failed ${failure}`]);
  const goAway = `GOAWAY 0 flags 0: 00000000${code.toString(16).padStart(8, "0")}`;
  assert.equal(it.written().at(-1), goAway);
  it.feed([...server.settings(), ...headers(1, OK, FLAG.endStream)]);
  it.connection.close();
  assert.deepEqual([it.take(), it.written()], [[], []]);
}
