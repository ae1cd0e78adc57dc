import { deepEqual, equal } from "node:assert/strict";
import { decodeRecord, kindName } from "./decode.ts";
import { KIND } from "./record.ts";

Deno.test("a record is decoded by name, and what it is not about is null", () => {
  const none = 0xffff_ffff;
  // deno-fmt-ignore
  const words = Uint32Array.from([
    7, 1, 42, 3, KIND.requestIssued | 9 << 16, 1, 2, 3,
    7, 0, none, none, KIND.repeatChosen | 0xffff << 16, none, 2, 3,
    0x6c6c_6548, 0x6f, 0, 0, KIND.requestFailed | 0x4000 | 5 << 16, 0, 0, 0,
    0, 0, 0, 0, 0x8fff, 0, 0, 0,
  ]);
  deepEqual(decodeRecord(words, 0), {
    lane: "observation",
    kind: 0x8004,
    name: "requestIssued",
    tick: 4_294_967_303,
    session: 42,
    vu: 3,
    step: 9,
    a: 1,
    b: 2,
    c: 3,
  });
  deepEqual(decodeRecord(words, 1), {
    lane: "decision",
    kind: 0x0004,
    name: "repeatChosen",
    tick: 7,
    session: null,
    vu: null,
    step: null,
    a: none,
    b: 2,
    c: 3,
  });
  deepEqual(decodeRecord(words, 2), {
    lane: "text",
    kind: 0xc006,
    name: "requestFailed",
    left: 5,
    bytes: new TextEncoder().encode("Hello"),
  });
  equal(decodeRecord(words, 3).name, "unknown.0x8fff");
  equal(kindName(KIND.runEnded), "runEnded");
});
