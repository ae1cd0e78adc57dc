import { equal } from "node:assert/strict";
import fc from "fast-check";
import { crc32c } from "./crc32c.ts";

Deno.test("crc32c gives the values of RFC 3720 B.4", () => {
  const scsi = "01c00000000000000000000000000000" + "14000000000004000000001400000018" +
    "28000000000000000200000000000000";
  const cases: [string, Uint8Array, number][] = [
    ["32 bytes of zeros", new Uint8Array(32), 0x8a9136aa],
    ["32 bytes of ones", new Uint8Array(32).fill(0xff), 0x62a8ab43],
    ["ascending", Uint8Array.from({ length: 32 }, (_, at) => at), 0x46dd794e],
    ["descending", Uint8Array.from({ length: 32 }, (_, at) => 31 - at), 0x113fdb5c],
    ["an iSCSI read command", Uint8Array.fromHex(scsi), 0xd9963a56],
  ];
  for (const [name, bytes, expected] of cases) {
    const words = new Uint32Array(bytes.slice().buffer);
    equal(crc32c(words, 0, words.length), expected, name);
  }
});

Deno.test("crc32c is the bit-by-bit division of any stretch", () => {
  fc.assert(fc.property(
    fc.array(fc.nat(0xffff_ffff), { maxLength: 40 }),
    fc.nat(3),
    (values, from) => {
      const words = Uint32Array.from(values);
      const to = from + Math.max(0, Math.floor((words.length - from) / 4)) * 4;
      equal(crc32c(words, from, to), bitByBit(new Uint8Array(words.buffer).subarray(from * 4, to * 4)));
    },
  ));
});

function bitByBit(bytes: Uint8Array): number {
  let sum = 0xffff_ffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0x82f6_3b78 : 0);
  }
  return ~sum >>> 0;
}
