import { deepEqual, equal } from "node:assert/strict";
import { decodeFooter, encodeFooter, footerBytes } from "./footer.ts";
import { KINDS } from "./layout.ts";

const counts = new Float64Array(KINDS);
counts[1] = 2;
counts[0x8004] = 5_000_000_000;
counts[0xffff] = 1;
const footer = { blocks: 3, records: 5_000_000_003, counts };

Deno.test("a footer comes back with its counts, above 2^32 too", () => {
  const bytes = encodeFooter(footer, new Uint8Array(32));
  equal(bytes.length, footerBytes(3));
  deepEqual(decodeFooter(bytes), footer);
});

Deno.test("a footer that contradicts itself is none", () => {
  const cases: [string, number, number][] = [
    ["magic", 0, 0],
    ["length", 4, 96],
    ["number of kinds", 12, 2],
    ["records", 16, 4],
    ["a kind twice", 24, 0x8004],
    ["a kind beyond u16", 24 + 32, 0x1_0000],
    ["bytes that must be zero", 28, 1],
    ["no record of a kind", 24 + 8, 0],
    ["length at the end", footerBytes(3) - 40, 1],
    ["magic at the end", footerBytes(3) - 36, 1],
  ];
  for (const [name, at, value] of cases) {
    const bytes = encodeFooter(footer, new Uint8Array(32));
    new DataView(bytes.buffer, bytes.byteOffset).setUint32(at, value, true);
    equal(decodeFooter(bytes), null, name);
  }
});
