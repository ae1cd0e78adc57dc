import { deepEqual, equal, throws } from "node:assert/strict";
import fc from "fast-check";
import { frameBytes, OPCODE, writeFrame } from "../../protocol/websocket_frame.ts";
import { readClientFrame } from "./client_frame.ts";

function written(opcode: number, key: number, payload: Uint8Array): Uint8Array {
  const into = new Uint8Array(frameBytes(payload.length) + 3);
  writeFrame(into, 0, opcode, true, key, payload, 0, payload.length);
  return into;
}

Deno.test("a frame is read as it was written, whatever its length", () => {
  const lengths = fc.constantFrom(0, 1, 125, 126, 127, 65_535, 65_536, 70_001);
  fc.assert(
    fc.property(
      fc.constantFrom(...Object.values(OPCODE)),
      fc.integer({ min: 0, max: 2 ** 32 - 1 }),
      lengths,
      (opcode, key, length) => {
        const payload = Uint8Array.from({ length }, (_, at) => at * 7);
        const frame = readClientFrame(written(opcode, key, payload), frameBytes(length));
        equal(frame.opcode, opcode);
        deepEqual(frame.payload, payload);
      },
    ),
    { numRuns: 200 },
  );
});

Deno.test("anything but one whole, masked frame is a bug", () => {
  const payload = Uint8Array.of(1, 2, 3);
  const whole = written(OPCODE.text, 5, payload);
  const changed = (at: number, bit: number) => whole.map((octet, n) => n === at ? octet ^ bit : octet);
  const cases: [Uint8Array, number][] = [
    [whole, frameBytes(3) - 1],
    [whole, frameBytes(3) + 1],
    [changed(0, 0x80), frameBytes(3)],
    [changed(0, 0x40), frameBytes(3)],
    [changed(1, 0x80), frameBytes(3)],
  ];
  for (const [bytes, length] of cases) throws(() => readClientFrame(bytes, length), /z6c has a bug/);
});
