/**
 * The cases of the Autobahn test suite that a client can meet, by their numbers there and written anew from RFC 6455:
 * each whole, byte by byte, and split in two everywhere. Timing (2.11, 5.20, 9.5, 9.6) is a matter of splits here.
 * Cases 12 and 13 (compression) end in the handshake, whose tests have them.
 */
import assert from "node:assert/strict";
import { closing, fragments, serverFrame } from "../../tests/websocket/server_frames.ts";
import { hex, readFrames } from "../../tests/websocket/websocket_reading.ts";
import { OPCODE } from "./websocket_frame.ts";

type Case = readonly [name: string, frames: readonly (readonly number[])[], found: readonly string[]];

const { text, binary, close, ping, pong } = OPCODE;
const BAD_FRAME = ["websocket.frame"];
const BAD_TEXT = ["websocket.utf8"];
const CLOSE = serverFrame(close, closing(1000));
const CLOSED = "close 1000";
const HELLO = serverFrame(text, "Hello, world!");
const TOLD = "text Hello, world!";
/** No UTF-8. */
const OCTETS = [0, 255, 254, 253, 252, 251, 0, 255];
const BYTES_125 = Array<number>(125).fill(0xfe);

const FRAMING: readonly Case[] = [0, 125, 126, 127, 128, 65_535, 65_536].flatMap((length, i): Case[] => [
  [`1.1.${i + 1}`, [serverFrame(text, "*".repeat(length)), CLOSE], [`text ${"*".repeat(length)}`, CLOSED]],
  [
    `1.2.${i + 1}`,
    [serverFrame(binary, Array<number>(length).fill(0xfe)), CLOSE],
    [`binary ${"fe".repeat(length)}`, CLOSED],
  ],
]);

const PINGS: readonly Case[] = [
  ["2.1 no payload", [serverFrame(ping), CLOSE], ["ping ", CLOSED]],
  ["2.2 text", [serverFrame(ping, "Hello"), CLOSE], ["ping 48656c6c6f", CLOSED]],
  ["2.3 no text", [serverFrame(ping, OCTETS), CLOSE], [`ping ${hex(OCTETS)}`, CLOSED]],
  ["2.4, 2.6 125 bytes", [serverFrame(ping, BYTES_125), CLOSE], [`ping ${hex(BYTES_125)}`, CLOSED]],
  ["2.5 126 bytes", [serverFrame(ping, [...BYTES_125, 0xfe]), CLOSE], BAD_FRAME],
  ["2.7 a pong that nobody asked for", [serverFrame(pong), CLOSE], ["pong ", CLOSED]],
  ["2.8 with payload", [serverFrame(pong, "unasked"), CLOSE], ["pong 756e61736b6564", CLOSED]],
  ["2.9 then a ping", [serverFrame(pong, "a"), serverFrame(ping, "b"), CLOSE], [
    "pong 61",
    "ping 62",
    CLOSED,
  ]],
  [
    "2.10, 2.11 ten pings",
    [...Array.from({ length: 10 }, (_, i) => serverFrame(ping, [i])), CLOSE],
    [...Array.from({ length: 10 }, (_, i) => `ping 0${i}`), CLOSED],
  ],
];

const RESERVED_BITS: readonly Case[] = [
  ["3.1", [serverFrame(text, "Hello", { reserved: 1 })], BAD_FRAME],
  ...[2, 3, 4].map((reserved): Case => [
    `3.${reserved}`,
    [HELLO, serverFrame(text, "Hello", { reserved }), serverFrame(ping)],
    [TOLD, ...BAD_FRAME],
  ]),
  ["3.5", [serverFrame(binary, OCTETS, { reserved: 5 })], BAD_FRAME],
  ["3.6", [serverFrame(ping, "Hello", { reserved: 6 })], BAD_FRAME],
  ["3.7", [serverFrame(close, closing(1000), { reserved: 7 })], BAD_FRAME],
];

const OPCODES: readonly Case[] = [
  ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].flatMap((opcode): Case[] => [
    [`4 opcode ${opcode}`, [serverFrame(opcode)], BAD_FRAME],
    [
      `4 opcode ${opcode} behind a message`,
      [HELLO, serverFrame(opcode, "reserved"), serverFrame(ping)],
      [TOLD, ...BAD_FRAME],
    ],
  ]),
];

const [ONE, TWO] = fragments(text, "fragment1", "fragment2");
const WHOLE = "text fragment1fragment2";
const STRAY = serverFrame(0, "nothing to continue");
const STRAY_OPEN = serverFrame(0, "nothing to continue", { isFinal: false });

const FRAGMENTATION: readonly Case[] = [
  ["5.1 a ping", fragments(ping, "frag", "ment"), BAD_FRAME],
  ["5.2 a pong", fragments(pong, "frag", "ment"), BAD_FRAME],
  ["5.3 to 5.5 a text", [ONE, TWO, CLOSE], [WHOLE, CLOSED]],
  ["5.6 to 5.8 a ping between", [ONE, serverFrame(ping, "p"), TWO, CLOSE], ["ping 70", WHOLE, CLOSED]],
  ["5.9 to 5.11 nothing to continue, final", [STRAY, HELLO], BAD_FRAME],
  ["5.12 to 5.14 nothing to continue, not final", [STRAY_OPEN, HELLO], BAD_FRAME],
  ["5.15 nothing to continue any more", [ONE, TWO, STRAY_OPEN, HELLO], [WHOLE, ...BAD_FRAME]],
  ["5.16 not final, twice", [STRAY_OPEN, ONE, TWO, STRAY_OPEN, ONE, TWO], BAD_FRAME],
  ["5.17 final, twice", [STRAY, ONE, TWO, STRAY, ONE, TWO], BAD_FRAME],
  ["5.18 both with the opcode of text", [ONE, serverFrame(text, "fragment2")], BAD_FRAME],
  ["5.18 the second as binary", [ONE, serverFrame(binary, "fragment2")], BAD_FRAME],
  ["5.19, 5.20 five fragments and two pings", fiveFragments(), ["ping 31", "ping 32", "text 12345", CLOSED]],
  ["5 a close between", [ONE, CLOSE], [CLOSED]],
];

function fiveFragments(): number[][] {
  const [one, two, three, four, five] = fragments(text, "1", "2", "3", "4", "5");
  return [one, two, serverFrame(ping, "1"), three, four, serverFrame(ping, "2"), five, CLOSE];
}

const CLOSES: readonly Case[] = [
  ["7.1.1 behind a message", [HELLO, CLOSE], [TOLD, CLOSED]],
  ["7.1.2 twice", [CLOSE, CLOSE], [CLOSED]],
  ["7.1.3 a ping behind it", [CLOSE, serverFrame(ping)], [CLOSED]],
  ["7.1.4 a text behind it", [CLOSE, HELLO], [CLOSED]],
  ["7.1.5 in a message, with the rest behind it", [ONE, CLOSE, TWO], [CLOSED]],
  ["7.1.6 malformed bytes behind it", [CLOSE, OCTETS], [CLOSED]],
  ["7.3.1 no payload", [serverFrame(close)], ["close 1005"]],
  ["7.3.2 one byte", [serverFrame(close, [3])], BAD_FRAME],
  ["7.3.3 a code", [CLOSE], [CLOSED]],
  ["7.3.4 a reason", [serverFrame(close, closing(1000, "Hello"))], ["close 1000 Hello"]],
  ["7.3.5 123 bytes", [serverFrame(close, closing(1000, "*".repeat(123)))], [
    `close 1000 ${"*".repeat(123)}`,
  ]],
  ["7.3.6 124 bytes", [serverFrame(close, closing(1000, "*".repeat(124)))], BAD_FRAME],
  [
    "7.5.1 a reason that is no text",
    [serverFrame(close, closing(1000, [0xce, 0xba, 0xed, 0xa0, 0x80]))],
    BAD_TEXT,
  ],
  ["7.5.1 a reason that is cut off", [serverFrame(close, closing(1000, [0xce]))], BAD_TEXT],
  ...[1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999].map(
    (code): Case => [`7.7 code ${code}`, [serverFrame(close, closing(code, "x"))], [`close ${code} x`]],
  ),
  ...[0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535].map(
    (code): Case => [`7.9, 7.13 code ${code}`, [serverFrame(close, closing(code))], BAD_FRAME],
  ),
];

const LIMITS: readonly Case[] = [
  ["9.1 a long text", [serverFrame(text, "BAsd7&jh23".repeat(200)), CLOSE], [
    `text ${"BAsd7&jh23".repeat(200)}`,
    CLOSED,
  ]],
  [
    "9.3 many fragments",
    [...fragments(text, ...Array<string>(64).fill("*".repeat(16))), CLOSE],
    [`text ${"*".repeat(1024)}`, CLOSED],
  ],
  [
    "9.4 many binary fragments",
    [...fragments(binary, ...Array<string>(16).fill("*".repeat(64))), CLOSE],
    [`binary ${"2a".repeat(1024)}`, CLOSED],
  ],
  ["9.7, 9.8 many messages", Array<number[]>(50).fill(HELLO), Array<string>(50).fill(TOLD)],
  [
    "10.1.1 fragments of 1300 bytes",
    fragments(text, "*".repeat(1300), "*".repeat(1300), "*".repeat(536)),
    [`text ${"*".repeat(3136)}`],
  ],
];

/** What the suite leaves out, and the RFC does not allow a server either. */
const BEYOND: readonly Case[] = [
  ["a masked text", [serverFrame(text, "Hello", { maskingKey: [1, 2, 3, 4] })], BAD_FRAME],
  ["a masked ping", [HELLO, serverFrame(ping, "", { maskingKey: [0, 0, 0, 0] })], [TOLD, ...BAD_FRAME]],
  ["125 bytes with a length of two", [serverFrame(text, "*".repeat(125), { lengthOctets: 2 })], BAD_FRAME],
  ["no bytes with a length of eight", [serverFrame(text, "", { lengthOctets: 8 })], BAD_FRAME],
  ["65535 bytes with a length of eight", [[0x82, 127, 0, 0, 0, 0, 0, 0, 255, 255]], BAD_FRAME],
  ["a length below 0", [[0x82, 127, 128, 0, 0, 0, 0, 1, 0, 0]], BAD_FRAME],
  ["a length of 2^63 − 1", [[0x82, 127, 127, 255, 255, 255, 255, 255, 255, 255]], ["too-large.message"]],
  ["a ping with a length of two", [serverFrame(ping, "p", { lengthOctets: 2 })], BAD_FRAME],
  ["16 MiB and a byte", [[0x82, 127, 0, 0, 0, 0, 1, 0, 0, 1]], ["too-large.message"]],
  [
    "16 MiB and a byte in fragments",
    [serverFrame(binary, "*", { isFinal: false }), [0x80, 127, 0, 0, 0, 0, 1, 0, 0, 0]],
    ["too-large.message"],
  ],
];

const GROUPS = { FRAMING, PINGS, RESERVED_BITS, OPCODES, FRAGMENTATION, CLOSES, LIMITS, BEYOND };

for (const cases of Object.values(GROUPS)) {
  for (const [name, frames, found] of cases) {
    Deno.test(`websocket: ${name}`, () => {
      const wire = Uint8Array.from(frames.flat());
      assert.deepEqual(readFrames(wire, []), found);
      assert.deepEqual(readFrames(wire, Array.from(wire, (_, i) => i)), found, "byte by byte");
      assert.deepEqual(readFrames(wire, everyOf(wire, 997)), found, "in pieces of 997 bytes");
      // Beside the two ends, where heads are, every offset of a long message is like the next.
      const step = wire.length < 4000 ? 1 : 9973;
      for (let split = 0; split <= wire.length; split += split < 20 ? 1 : step) {
        assert.deepEqual(readFrames(wire, [split]), found, `split at ${split}`);
      }
    });
  }
}

function everyOf(wire: Uint8Array, size: number): number[] {
  return Array.from({ length: Math.floor(wire.length / size) }, (_, i) => i * size);
}
