import assert from "node:assert/strict";
import fc from "fast-check";
import { ModelDecoder } from "../../tests/http2/hpack_model.ts";
import { DrivenConnection } from "../../tests/http2/driven_connection.ts";
import * as server from "../../tests/http2/server_frames.ts";
import { FLAG, FRAME, SETTING } from "./http2_frames.ts";

const OK = server.block([":status", "200"]);
const POST = (content: string) =>
  `POST / HTTP/1.1\r\nhost: a.test\r\ncontent-length: ${content.length}\r\n\r\n${content}`;

Deno.test("http2 sending: the greeting", () => {
  const driven = new DrivenConnection();
  assert.deepEqual(driven.written(), [
    // ENABLE_PUSH 0, INITIAL_WINDOW_SIZE 16 MiB, MAX_HEADER_LIST_SIZE 64 KiB; then 1 GiB for all streams together.
    "SETTINGS 0 flags 0: 000200000000000401000000000600010000",
    "WINDOW_UPDATE 0 flags 0: 3fff0001",
  ]);
});

Deno.test("http2 sending: settings and pings are answered, answers are not", () => {
  const driven = new DrivenConnection();
  driven.frames();
  const ping = [1, 2, 3, 4, 5, 6, 7, 8];
  driven.feed([...server.settings([9, 9]), ...server.settingsAck, ...server.frame(FRAME.ping, 0, 0, ping)]);
  driven.feed(server.frame(FRAME.ping, FLAG.ack, 0, ping));
  assert.deepEqual(driven.written(), ["SETTINGS 0 flags 1: ", "PING 0 flags 1: 0102030405060708"]);
});

Deno.test("http2 sending: requests beyond what the target allows wait in order", () => {
  const driven = new DrivenConnection();
  driven.feed(server.settings([SETTING.maxConcurrentStreams, 2]));
  driven.frames();
  const streams = () =>
    driven.frames().filter(({ type }) => type === FRAME.headers).map(({ stream }) => stream);
  for (const slot of [4, 3, 2, 1, 0]) driven.request(slot);
  assert.deepEqual(streams(), [1, 3]);
  assert.deepEqual([driven.connection.phase(4), driven.connection.phase(2)], ["wait", "write"]);
  driven.connection.reset(1);
  driven.feed(server.headers(1, OK, FLAG.endStream));
  assert.deepEqual([streams(), driven.connection.slots()], [[5], [3, 2, 0]]);
  driven.feed(server.settings([SETTING.maxConcurrentStreams, 3]));
  assert.deepEqual([streams(), driven.connection.inFlight], [[7], 3]);
});

Deno.test("http2 sending: before the target says how many streams it allows, a hundred", () => {
  const driven = new DrivenConnection();
  for (let slot = 0; slot < 101; slot++) driven.request(slot);
  assert.equal(driven.connection.inFlight, 100);
  driven.feed(server.settings());
  assert.equal(
    driven.connection.inFlight,
    100,
    "RFC 9113 knows no limit then, but a target that has none says nothing",
  );
});

Deno.test("http2 sending: a header block longer than a frame goes on in CONTINUATION", () => {
  const driven = new DrivenConnection();
  driven.frames();
  const value = "~".repeat(40_000);
  driven.request(0, `GET / HTTP/1.1\r\nhost: a\r\nx: ${value}\r\n\r\n`);
  const frames = driven.frames();
  assert.deepEqual(frames.map(({ type, flags }) => [type, flags]), [[1, FLAG.endStream], [9, 0], [
    9,
    FLAG.endHeaders,
  ]]);
  assert.ok(frames.every(({ payload, stream }) => payload.length <= 16_384 && stream === 1));
  const block = Uint8Array.from(frames.flatMap(({ payload }) => [...payload]));
  assert.equal(new ModelDecoder().decode(block).at(-1)?.[1], value);
});

Deno.test("http2 sending: who allows a smaller table is told that none is used, once", () => {
  const driven = new DrivenConnection();
  driven.feed(server.settings([SETTING.headerTableSize, 0]));
  driven.frames();
  driven.request(0);
  driven.request(1);
  const [first, second] = driven.frames().map(({ payload }) => payload);
  assert.deepEqual([first[0], first.length], [0x20, second.length + 1]);
  assert.deepEqual(first.slice(1), second);
});

Deno.test("http2 sending: the rest of a request is not sent when its answer is there", () => {
  const driven = new DrivenConnection();
  // Of its own window there is something left: it waits for the connection's.
  driven.feed(server.settings([SETTING.initialWindowSize, 200_000]));
  driven.request(0, POST("x".repeat(70_000)));
  driven.request(1, POST("y".repeat(10)));
  assert.equal(driven.connection.phase(0), "write");
  driven.frames();
  driven.feed(server.headers(1, OK, FLAG.endStream));
  assert.match(driven.told.join(), /0 ended/);
  assert.deepEqual(driven.written(), ["RST_STREAM 1 flags 0: 00000008"]);
  driven.feed(server.windowUpdate(0, 100_000));
  assert.deepEqual(driven.written(), [`DATA 3 flags 1: ${"79".repeat(10)}`]);
});

Deno.test("http2 receiving: windows are opened again when half of them is used", () => {
  const driven = new DrivenConnection();
  driven.request(0, undefined, { keepBody: false });
  driven.feed([...server.settings(), ...server.headers(1, OK)]);
  driven.frames();
  const piece = Uint8Array.from(server.padded(1, "x".repeat(16_000), 255));
  const updates: string[] = [];
  for (let i = 0; i < 2200; i++) {
    driven.connection.feed(piece, 0, piece.length);
    updates.push(...driven.written());
  }
  // 16,256 octets each, padding and its length among them; 8 MiB of them are 517 frames.
  const half = (517 * 16_256).toString(16).padStart(8, "0");
  assert.deepEqual(updates, new Array(4).fill(`WINDOW_UPDATE 1 flags 0: ${half}`));
});

/** What a server allows, step by step, while requests wait to be sent. */
const step = fc.oneof(
  fc.record({
    kind: fc.constant("stream" as const),
    which: fc.nat(3),
    bytes: fc.integer({ min: 1, max: 30_000 }),
  }),
  fc.record({ kind: fc.constant("connection" as const), bytes: fc.integer({ min: 1, max: 60_000 }) }),
  fc.record({ kind: fc.constant("initial" as const), bytes: fc.nat(100_000) }),
  fc.record({ kind: fc.constant("frame" as const), bytes: fc.integer({ min: 16_384, max: 40_000 }) }),
);

Deno.test("http2 sending: content keeps to the windows, and all that they allow is sent", () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(120_000), { minLength: 1, maxLength: 4 }),
      fc.array(step, { maxLength: 25 }),
      (lengths, steps) => {
        const driven = new DrivenConnection();
        driven.feed(server.settings());
        lengths.forEach((length, slot) => driven.request(slot, POST("x".repeat(length))));
        // The model: three kinds of numbers.
        const windows = lengths.map(() => 65_535);
        let [connection, initial, frameMax] = [65_535, 65_535, 16_384];
        const left = [...lengths];
        const look = () => {
          for (const { type, stream, flags, payload } of driven.frames()) {
            const slot = (stream - 1) / 2;
            if (type === FRAME.headers && lengths[slot] === 0) assert.ok(flags & FLAG.endStream);
            if (type !== FRAME.data) continue;
            assert.ok(payload.length <= frameMax && payload.length > 0);
            windows[slot] -= payload.length;
            connection -= payload.length;
            left[slot] -= payload.length;
            assert.ok(windows[slot] >= 0 && connection >= 0 && left[slot] >= 0);
            assert.equal(left[slot] === 0, (flags & FLAG.endStream) !== 0);
          }
          left.forEach((bytes, slot) => {
            assert.ok(bytes === 0 || windows[slot] <= 0 || connection === 0, "nothing waits that may go");
          });
        };
        look();
        for (const it of steps) {
          switch (it.kind) {
            case "stream":
              if (it.which >= lengths.length) continue;
              windows[it.which] += it.bytes;
              driven.feed(server.windowUpdate(2 * it.which + 1, it.bytes));
              break;
            case "connection":
              connection += it.bytes;
              driven.feed(server.windowUpdate(0, it.bytes));
              break;
            case "initial":
              windows.forEach((_, slot) => windows[slot] += it.bytes - initial);
              initial = it.bytes;
              driven.feed(server.settings([SETTING.initialWindowSize, it.bytes]));
              break;
            case "frame":
              frameMax = it.bytes;
              driven.feed(server.settings([SETTING.maxFrameSize, it.bytes]));
              break;
          }
          look();
        }
        driven.feed([
          ...server.windowUpdate(0, 2 ** 30),
          ...server.settings([SETTING.initialWindowSize, 2 ** 30]),
        ]);
        connection += 2 ** 30;
        windows.forEach((_, slot) => windows[slot] += 2 ** 30 - initial);
        look();
        assert.deepEqual(left, lengths.map(() => 0));
      },
    ),
    { numRuns: 150 },
  );
});
