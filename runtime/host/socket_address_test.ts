import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import { isIPv6 } from "node:net";
import { socketAddress } from "./socket_address.ts";

const v6 = (...groups: number[]) => groups.flatMap((group) => [group >> 8, group & 255]);

Deno.test("addresses are laid out as the kernel wants them", () => {
  const cases: [address: string, port: number, wanted: number[]][] = [
    ["127.0.0.1", 80, [2, 0, 0, 80, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]],
    ["255.254.0.9", 65_535, [2, 0, 255, 255, 255, 254, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0]],
    ["::", 1, [10, 0, 0, 1, 0, 0, 0, 0, ...v6(0, 0, 0, 0, 0, 0, 0, 0), 0, 0, 0, 0]],
    ["::1", 8080, [10, 0, 31, 144, 0, 0, 0, 0, ...v6(0, 0, 0, 0, 0, 0, 0, 1), 0, 0, 0, 0]],
    ["fe80::", 1, [10, 0, 0, 1, 0, 0, 0, 0, ...v6(0xfe80, 0, 0, 0, 0, 0, 0, 0), 0, 0, 0, 0]],
    ["2001:db8::a:0:B", 1, [10, 0, 0, 1, 0, 0, 0, 0, ...v6(0x2001, 0xdb8, 0, 0, 0, 10, 0, 11), 0, 0, 0, 0]],
    ["1:2:3:4:5:6:7::", 1, [10, 0, 0, 1, 0, 0, 0, 0, ...v6(1, 2, 3, 4, 5, 6, 7, 0), 0, 0, 0, 0]],
    ["::ffff:1.2.3.4", 1, [
      ...[10, 0, 0, 1, 0, 0, 0, 0],
      ...v6(0, 0, 0, 0, 0, 0xffff, 0x102, 0x304),
      ...[0, 0, 0, 0],
    ]],
    ["1:2:3:4:5:6:7.8.9.10", 1, [
      ...[10, 0, 0, 1, 0, 0, 0, 0],
      ...v6(1, 2, 3, 4, 5, 6, 0x708, 0x90a),
      ...[0, 0, 0, 0],
    ]],
  ];
  for (const [address, port, wanted] of cases) deepEqual([...socketAddress(address, port)], wanted, address);
});

Deno.test("every IPv6 address is read as it was meant, however it is written", () => {
  // Many zeros, so that there is something to leave out.
  const group = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff }));
  const groups = fc.array(group, { minLength: 8, maxLength: 8 });
  fc.assert(fc.property(groups, (parts) => {
    const hex = parts.map((part) => part.toString(16));
    const last = v6(...parts.slice(6)).join(".");
    const written = [
      hex.join(":"),
      hex.map((text) => text.toUpperCase().padStart(4, "0")).join(":"),
      [...hex.slice(0, 6), last].join(":"),
      // The URL standard's serialiser leaves out the longest run of zeros.
      new URL(`http://[${hex.join(":")}]/`).hostname.slice(1, -1),
    ];
    for (const text of written) {
      equal(isIPv6(text), true, text);
      deepEqual([...socketAddress(text, 1).subarray(8, 24)], v6(...parts), text);
    }
  }));
});
