import assert from "node:assert/strict";
import fc from "fast-check";
import { serverFrame } from "../../tests/websocket/server_frames.ts";
import { hex } from "../../tests/websocket/websocket_reading.ts";
import { frameBytes, OPCODE, writeFrame } from "./websocket_frame.ts";

const GUARD = 0x55;

/** The frame, written at an odd place between other bytes, which stay as they are. */
function written(opcode: number, isFinal: boolean, maskingKey: number, payload: Uint8Array): Uint8Array {
  const at = 3;
  const length = frameBytes(payload.length);
  const into = new Uint8Array(at + length + 5).fill(GUARD);
  const source = Uint8Array.of(1, ...payload, 2);
  assert.equal(writeFrame(into, at, opcode, isFinal, maskingKey, source, 1, 1 + payload.length), at + length);
  assert.deepEqual([...into.subarray(0, at), ...into.subarray(at + length)], Array(8).fill(GUARD));
  return into.subarray(at, at + length);
}

Deno.test("websocket frame: the masked hello of RFC 6455 section 5.7", () => {
  const hello = new TextEncoder().encode("Hello");
  assert.equal(hex(written(OPCODE.text, true, 0x37fa213d, hello)), "818537fa213d7f9f4d5158");
});

Deno.test("websocket frame: is what the plain way of masking makes it, at every length around a limit", () => {
  const lengths = fc.oneof(fc.nat(400), fc.constantFrom(125, 126, 127, 65_535, 65_536, 70_001));
  const key = fc.tuple(...Array.from({ length: 4 }, () => fc.integer({ min: 0, max: 255 })));
  fc.assert(
    fc.property(
      lengths,
      key,
      fc.boolean(),
      fc.constantFrom(0, 1, 2, 8, 9, 10),
      (length, mask, isFinal, opcode) => {
        const payload = Uint8Array.from({ length }, (_, i) => i * 7 + length);
        const [one, two, three, four] = mask;
        const maskingKey = new DataView(Uint8Array.from(mask).buffer).getUint32(0);
        const plain = serverFrame(opcode, payload, { isFinal, maskingKey: [one, two, three, four] });
        assert.equal(hex(written(opcode, isFinal, maskingKey, payload)), hex(plain));
      },
    ),
  );
});

Deno.test("websocket frame: a payload may already lie where it will stand", () => {
  for (const length of [0, 5, 125, 126, 255, 256, 70_000]) {
    const payload = Uint8Array.from({ length }, (_, i) => i);
    const into = new Uint8Array(frameBytes(length));
    const body = into.length - length;
    into.set(payload, body);
    writeFrame(into, 0, OPCODE.binary, true, 0x01020304, into, body, into.length);
    assert.deepEqual(into, written(OPCODE.binary, true, 0x01020304, payload));
  }
});
