import assert from "node:assert/strict";
import fc from "fast-check";
import { grpcFrame, GrpcReader } from "./grpc_frame.ts";
import { KEPT_MESSAGE_BYTES } from "./message_payload.ts";
import { PARSED } from "./parsed.ts";

type Reading = { messages: number[][]; failure: string | null; isWhole: boolean };

/** In pieces that are wiped behind the reader. */
function readMessages(wire: Uint8Array, splits: readonly number[], reader = new GrpcReader()): Reading {
  reader.begin(true);
  const messages: number[][] = [];
  for (const [i, to] of [...splits, wire.length].entries()) {
    const piece = Uint8Array.of(1, 0, ...wire.subarray(i === 0 ? 0 : splits[i - 1], to), 0, 0, 0);
    const end = piece.length - 3;
    for (let at = 2;; at = reader.consumed) {
      const parsed = reader.feed(piece, at, end);
      if (parsed !== PARSED.done) {
        if (parsed === PARSED.more) assert.equal(reader.consumed, end);
        break;
      }
      assert.equal(reader.message().length, reader.messageBytes);
      messages.push([...reader.message()]);
    }
    piece.fill(0xee);
  }
  return { messages, failure: reader.failure, isWhole: reader.isWhole };
}

Deno.test("grpc frame: a flag, the length, the message", () => {
  assert.deepEqual([...grpcFrame(Uint8Array.of(7, 8))], [0, 0, 0, 0, 2, 7, 8]);
  assert.deepEqual([...grpcFrame(new Uint8Array(70_000)).subarray(0, 6)], [0, 0, 1, 0x11, 0x70, 0]);
});

const CASES: readonly (readonly [name: string, wire: readonly number[], reading: Reading])[] = [
  ["nothing", [], { messages: [], failure: null, isWhole: true }],
  ["an empty message", [0, 0, 0, 0, 0], { messages: [[]], failure: null, isWhole: true }],
  ["one and another", [0, 0, 0, 0, 1, 9, 0, 0, 0, 0, 2, 8, 7], {
    messages: [[9], [8, 7]],
    failure: null,
    isWhole: true,
  }],
  ["a head that is cut off", [0, 0, 0, 0, 0, 0, 0, 0], { messages: [[]], failure: null, isWhole: false }],
  ["a message that is cut off", [0, 0, 0, 0, 2, 1], { messages: [], failure: null, isWhole: false }],
  ["a compressed message", [0, 0, 0, 0, 0, 1, 0, 0], {
    messages: [[]],
    failure: "grpc.message",
    isWhole: false,
  }],
  ["a flag that means nothing", [2], { messages: [], failure: "grpc.message", isWhole: false }],
  ["a trailer of gRPC-Web", [128, 0, 0, 0, 1, 1], { messages: [], failure: "grpc.message", isWhole: false }],
  ["16 MiB and a byte", [0, 1, 0, 0, 1, 1], { messages: [], failure: "too-large.message", isWhole: false }],
];
for (const [name, octets, reading] of CASES) {
  Deno.test(`grpc frame: ${name}`, () => {
    const wire = Uint8Array.from(octets);
    const reader = new GrpcReader();
    assert.deepEqual(readMessages(wire, [], reader), reading);
    assert.deepEqual(readMessages(wire, octets.map((_, i) => i), reader), reading, "byte by byte");
    for (let split = 0; split <= wire.length; split++) {
      assert.deepEqual(readMessages(wire, [split], reader), reading, `split at ${split}`);
    }
  });
}

Deno.test("grpc frame: what was framed is read, wherever it is split", () => {
  const reader = new GrpcReader();
  const messages = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 5 });
  fc.assert(fc.property(messages, fc.array(fc.nat(), { maxLength: 5 }), (messages, offsets) => {
    const wire = Uint8Array.from(messages.flatMap((message) => [...grpcFrame(message)]));
    const splits = offsets.map((offset) => offset % (wire.length + 1)).sort((one, other) => one - other);
    const wanted = { messages: messages.map((message) => [...message]), failure: null, isWhole: true };
    assert.deepEqual(readMessages(wire, splits, reader), wanted);
  }));
});

Deno.test("grpc frame: a message in one piece stays where it was fed", () => {
  const reader = new GrpcReader();
  reader.begin(true);
  const wire = grpcFrame(Uint8Array.of(1, 2, 3));
  assert.equal(reader.feed(wire, 0, wire.length), PARSED.done);
  assert.equal(reader.message().buffer, wire.buffer);
});

Deno.test("grpc frame: what is only counted may be longer than 16 MiB", () => {
  const reader = new GrpcReader();
  reader.begin(false);
  assert.equal(reader.feed(Uint8Array.of(0, 1, 0, 0, 1), 0, 5), PARSED.more);
  assert.equal(reader.feed(new Uint8Array(KEPT_MESSAGE_BYTES), 0, KEPT_MESSAGE_BYTES), PARSED.more);
  assert.equal(reader.feed(Uint8Array.of(0), 0, 1), PARSED.done);
  assert.deepEqual([reader.messageBytes, reader.message().length], [KEPT_MESSAGE_BYTES + 1, 0]);
});
