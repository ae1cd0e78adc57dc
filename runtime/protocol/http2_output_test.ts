import assert from "node:assert/strict";
import fc from "fast-check";
import { toHex } from "../../tests/http2/hex.ts";
import { Http2Output } from "./http2_output.ts";

const action = fc.oneof(
  fc.record({ kind: fc.constant("append" as const), octets: fc.uint8Array({ maxLength: 3000 }) }),
  fc.record({ kind: fc.constant("frame" as const), stream: fc.nat(), length: fc.nat(16_384) }),
  fc.record({ kind: fc.constant("drop" as const), count: fc.nat(4000) }),
  fc.record({ kind: fc.constant("exchange" as const), room: fc.nat(10) }),
);

Deno.test("http2 output: what is taken from it is what was put into it, in order", () => {
  fc.assert(fc.property(fc.array(action), (actions) => {
    const output = new Http2Output();
    let expected = "";
    let taken = "";
    for (const it of actions) {
      switch (it.kind) {
        case "append":
          output.append(it.octets, 0, it.octets.length);
          expected += toHex(it.octets);
          break;
        case "frame":
          output.frame(6, 1, it.stream, it.length);
          expected += it.length.toString(16).padStart(6, "0") + "0601" +
            it.stream.toString(16).padStart(8, "0");
          assert.ok(output.bytes.length >= output.length + it.length, "there is room for the payload");
          break;
        case "drop": {
          const count = Math.min(it.count, output.length);
          taken += toHex(output.bytes.subarray(0, count));
          output.drop(count);
          break;
        }
        case "exchange":
          taken += toHex(output.exchange(new Uint8Array(it.room)));
          break;
      }
    }
    taken += toHex(output.bytes.subarray(0, output.length));
    assert.equal(taken, expected);
  }));
});
