import assert from "node:assert/strict";
import fc from "fast-check";
import { closing, serverFrame } from "../../tests/websocket/server_frames.ts";
import { modelFrames } from "../../tests/websocket/websocket_model.ts";
import { readFrames } from "../../tests/websocket/websocket_reading.ts";
import { KEPT_MESSAGE_BYTES } from "./message_payload.ts";
import { OPCODE } from "./websocket_frame.ts";
import { WEBSOCKET_READ, WebSocketReader } from "./websocket_reader.ts";

const { text, binary, close, ping } = OPCODE;

Deno.test("websocket reader: a message in one piece stays where it was fed", () => {
  const reader = new WebSocketReader();
  reader.begin(true);
  const wire = Uint8Array.from([
    ...serverFrame(text, "one"),
    ...serverFrame(ping, "two"),
    ...serverFrame(text, ""),
  ]);
  for (const [read, told] of [[text, "one"], [ping, "two"], [text, ""]] as const) {
    assert.equal(reader.feed(wire, reader.consumed, wire.length), read);
    const payload = reader.payload();
    assert.equal(new TextDecoder().decode(payload), told);
    assert.equal(payload.buffer, wire.buffer);
  }
  assert.equal(reader.feed(wire, reader.consumed, wire.length), WEBSOCKET_READ.more);
});

Deno.test("websocket reader: 16 MiB are kept and no byte more; what is only counted has no such limit", () => {
  const reader = new WebSocketReader();
  const head = (length: number) =>
    Uint8Array.of(0x82, 127, 0, 0, 0, 0, length >>> 24, length >>> 16, length >>> 8, length);
  const payload = new Uint8Array(KEPT_MESSAGE_BYTES);
  payload[KEPT_MESSAGE_BYTES - 1] = 7;
  reader.begin(true);
  assert.equal(reader.feed(head(KEPT_MESSAGE_BYTES), 0, 10), WEBSOCKET_READ.more);
  assert.equal(reader.feed(payload, 0, 1000), WEBSOCKET_READ.more);
  assert.equal(reader.feed(payload, 1000, payload.length), binary);
  assert.equal(reader.payload().length, KEPT_MESSAGE_BYTES);
  assert.equal(reader.payload()[KEPT_MESSAGE_BYTES - 1], 7);
  assert.equal(reader.feed(head(KEPT_MESSAGE_BYTES + 1), 0, 10), WEBSOCKET_READ.failed);
  assert.equal(reader.failure, "too-large.message");

  reader.begin(false);
  assert.equal(reader.feed(head(KEPT_MESSAGE_BYTES + 1), 0, 10), WEBSOCKET_READ.more);
  assert.equal(reader.feed(payload, 0, payload.length), WEBSOCKET_READ.more);
  assert.equal(reader.feed(payload, 0, 1), binary);
  assert.deepEqual([reader.payloadBytes, reader.payload().length], [KEPT_MESSAGE_BYTES + 1, 0]);
});

Deno.test("websocket reader: stays failed, stays closed, and begins anew", () => {
  const reader = new WebSocketReader();
  const wrong = Uint8Array.from(serverFrame(3));
  const right = Uint8Array.from(serverFrame(text, "a"));
  const bye = Uint8Array.from(serverFrame(close, closing(4000, "bye")));
  reader.begin(true);
  for (const wire of [wrong, right, bye]) {
    assert.equal(reader.feed(wire, 0, wire.length), WEBSOCKET_READ.failed);
  }
  reader.begin(true);
  assert.equal(reader.failure, null);
  assert.equal(reader.feed(bye, 0, bye.length), WEBSOCKET_READ.close);
  assert.deepEqual([reader.closeCode, reader.closeReason(), reader.payloadBytes], [4000, "bye", 5]);
  for (const wire of [wrong, right, bye]) {
    assert.equal(reader.feed(wire, 0, wire.length), WEBSOCKET_READ.more);
    assert.equal(reader.consumed, wire.length);
  }
  assert.deepEqual(readFrames(right, [], true, reader), ["text a"]);
});

const octets = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 5 }).map((letters) => [...new TextEncoder().encode(letters)]),
  fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 4 }),
  fc.constantFrom(124, 125, 126, 127, 300).map((length) => Array<number>(length).fill(97)),
);
const rightFrame = fc.oneof(
  fc.tuple(fc.constantFrom(1, 2, 9, 10), octets).map(([opcode, payload]) => serverFrame(opcode, payload)),
  fc.tuple(fc.constantFrom(1, 2), octets, octets, octets).map(([opcode, one, between, two]) => [
    ...serverFrame(opcode, one, { isFinal: false }),
    ...serverFrame(ping, between),
    ...serverFrame(0, two),
  ]),
);
const anyFrame = fc.record({
  opcode: fc.constantFrom(0, 0, 1, 2, 3, 8, 9, 10, 11),
  payload: octets,
  isFinal: fc.boolean(),
  reserved: fc.constantFrom(0, 0, 0, 0, 1),
}).map(({ opcode, payload, ...options }) => serverFrame(opcode, payload, options));
const anyClose = fc.tuple(fc.constantFrom(0, 1000, 1006, 1011, 1015, 3000, 4999, 5000), octets)
  .map(([code, reason]) => serverFrame(close, closing(code, reason)));

Deno.test("websocket reader: finds in any bytes what the model finds, wherever they are split", () => {
  const reader = new WebSocketReader();
  const pieces = fc.oneof(
    { weight: 8, arbitrary: rightFrame },
    { weight: 2, arbitrary: anyFrame },
    anyClose,
    octets,
  );
  let messages = 0;
  let failures = 0;
  fc.assert(
    fc.property(
      fc.array(pieces, { maxLength: 8 }),
      fc.array(fc.nat(), { maxLength: 6 }),
      fc.nat(),
      (frames, offsets, cut) => {
        const all = Uint8Array.from(frames.flat());
        const wire = all.subarray(0, cut % 4 === 0 ? cut % (all.length + 1) : all.length);
        const splits = offsets.map((offset) => offset % (wire.length + 1)).sort((one, other) => one - other);
        const found = readFrames(wire, splits, true, reader);
        assert.deepEqual(found, modelFrames(wire));
        if (found.some((told) => told.startsWith("websocket."))) failures++;
        messages += found.filter((told) => /^(text|binary)/.test(told)).length;
      },
    ),
    { numRuns: 4000 },
  );
  assert.ok(messages > 2000 && failures > 500, `${messages} messages, ${failures} failures`);
});
