/**
 * Cases 6.* of the Autobahn test suite, written anew from RFC 3629: texts, and what is none, as messages of a WebSocket
 * in one frame, in two of them split everywhere, and in frames of one byte.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { closing, fragments, serverFrame } from "../../tests/websocket/server_frames.ts";
import { readFrames } from "../../tests/websocket/websocket_reading.ts";
import { OPCODE } from "./websocket_frame.ts";
import { Utf8Check } from "./utf8_check.ts";

/** As hexadecimal digits; blanks are for the eye. */
function octets(digits: string): number[] {
  return (digits.replaceAll(" ", "").match(/../g) ?? []).map((pair) => parseInt(pair, 16));
}

const TEXTS: readonly (readonly [name: string, payloads: readonly string[]])[] = [
  ["6.5 texts", [
    "68656c6c6f24",
    "68 c2a2 77",
    "68 e282ac 77",
    "68 f0a4ada2 77",
    "ceba e1bdb9 cf83 cebc ceb5",
  ]],
  ["6.7 first of each length", ["00", "c280", "e0a080", "f0908080"]],
  ["6.9 last of each length", ["7f", "dfbf", "efbfbf", "f48fbfbf"]],
  ["6.11 beside what is no character", ["ed9fbf", "ee8080", "efbfbd", "f48fbfbf"]],
  [
    "6.22 characters that mean nothing",
    ["efbfbe", "efbfbf", "f09fbfbe", "f0afbfbf", "f18fbfbe", "f2bfbfbf", "f3afbfbe", "f48fbfbf"],
  ],
  ["6.23 specials", ["efbfb9", "efbfba", "efbfbb", "efbfbc", "efbfbd", "efbbbf", "efbbbf 61"]],
];

/** Each is wrong at its last byte, or would be by what must follow: `…` stands for a character that is cut off. */
const NO_TEXTS: readonly (readonly [name: string, payloads: readonly string[]])[] = [
  ["6.6 prefixes", ["ce…", "cebae1…", "cebae1bd…", "cebae1bdb9cf…", "cebae1bdb9cf83ce…"]],
  ["6.8 first of lengths 5 and 6", ["f8", "fc"]],
  ["6.10 last of lengths 4 to 6", ["f7", "fb", "fd"]],
  ["6.11.5 above U+10FFFF", ["f490", "f5"]],
  ["6.12 continuation bytes", ["80", "bf", "61 80", "c280 80", "f0908080 bf"]],
  ["6.13 lonely starts", [
    "c0",
    "c1",
    "c220",
    "df20",
    "e020",
    "ef20",
    "f020",
    "f420",
    "f7",
    "f8",
    "fc",
    "fd",
  ]],
  ["6.14 the last byte missing", ["df…", "efbf…", "f48fbf…", "dfdf", "efbf41", "f48fbf7f"]],
  ["6.15 one incomplete behind the other", ["dfef", "efbff0", "ef80c2"]],
  ["6.16 bytes that no text has", ["fe", "ff", "61fe"]],
  ["6.17 a slash that is too long", ["c0", "e080", "f080"]],
  ["6.18 the longest of them", ["c1", "e09f", "f08f"]],
  ["6.19 a zero that is too long", ["c0", "e080", "f080", "f8"]],
  ["6.20, 6.21 surrogates", ["eda0", "edad", "edae", "edaf", "edb0", "edbe", "edbf", "61eda0"]],
];

for (const [name, payloads] of TEXTS) {
  for (const digits of payloads) {
    Deno.test(`websocket utf-8: ${name}: ${digits}`, () => {
      const payload = octets(digits);
      const found = [`text ${new TextDecoder().decode(Uint8Array.from(payload))}`];
      for (const wire of wiresOf(payload)) assertFound(wire, found);
      const reason = serverFrame(OPCODE.close, closing(1000, payload));
      assert.match(readFrames(Uint8Array.from(reason), [])[0], /^close 1000/);
    });
  }
}

for (const [name, payloads] of NO_TEXTS) {
  for (const digits of payloads) {
    Deno.test(`websocket utf-8: no text: ${name}: ${digits}`, () => {
      const payload = octets(digits.replace("…", ""));
      for (const wire of wiresOf(payload)) assertFound(wire, ["websocket.utf8"]);
      assertFound(serverFrame(OPCODE.close, closing(1000, payload)), ["websocket.utf8"]);
      // As bytes they are welcome.
      assert.match(readFrames(Uint8Array.from(serverFrame(OPCODE.binary, payload)), [])[0], /^binary /);
      if (!digits.endsWith("…")) assertFailsFast(payload);
    });
  }
}

/** Cases 6.2 and 6.3: one frame; two, with an empty one between; and one for each byte. */
function wiresOf(payload: readonly number[]): number[][] {
  const wires = [serverFrame(OPCODE.text, payload)];
  for (let split = 0; split <= payload.length; split++) {
    wires.push(fragments(OPCODE.text, payload.slice(0, split), [], payload.slice(split)).flat());
  }
  wires.push(fragments(OPCODE.text, ...payload.map((octet) => [octet])).flat());
  return wires;
}

function assertFound(wire: readonly number[], found: readonly string[]): void {
  const bytes = Uint8Array.from(wire);
  assert.deepEqual(readFrames(bytes, []), found);
  assert.deepEqual(readFrames(bytes, Array.from(bytes, (_, i) => i)), found, "byte by byte");
  for (let split = 0; split <= bytes.length; split++) {
    assert.deepEqual(readFrames(bytes, [split]), found, `split at ${split}`);
  }
}

/** Cases 6.4: with the byte that makes it none, though the message goes on, and not before. */
function assertFailsFast(payload: readonly number[]): void {
  const start = fragments(OPCODE.text, "ok ", payload, "rest").slice(0, 2).flat();
  assert.deepEqual(readFrames(Uint8Array.from(start), []), ["websocket.utf8"]);
  assert.deepEqual(readFrames(Uint8Array.from(start.slice(0, -1)), []), []);
}

Deno.test("websocket utf-8: 6.1 empty messages and fragments", () => {
  for (const payloads of [[""], ["", "", ""], ["", "", "", ""]]) {
    assertFound(fragments(OPCODE.text, ...payloads).flat(), ["text "]);
  }
  assertFound(fragments(OPCODE.text, "", "middle", "").flat(), ["text middle"]);
});

Deno.test("websocket utf-8: a text is checked though nobody keeps it, and a message begins anew", () => {
  const cutOff = fragments(OPCODE.text, [0xc3], [0x28]).flat();
  const whole = fragments(OPCODE.text, [0xc3], [0xa4]).flat();
  const wire = Uint8Array.from([...whole, ...serverFrame(OPCODE.binary, [0xc3]), ...whole, ...cutOff]);
  const found = ["message of 2", "message of 1", "message of 2", "websocket.utf8"];
  for (let split = 0; split <= wire.length; split++) {
    assert.deepEqual(readFrames(wire, [split], false), found);
  }
});

Deno.test("utf-8 check: says of any bytes what a strict decoder says, wherever they are split", () => {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const telling = fc.constantFrom(
    0x41,
    0x80,
    0x8f,
    0x90,
    0x9f,
    0xa0,
    0xbf,
    0xc1,
    0xc2,
    0xe0,
    0xed,
    0xf0,
    0xf4,
  );
  const piece = fc.oneof(
    fc.array(telling, { maxLength: 6 }),
    fc.string({ unit: "binary", maxLength: 4 }).map((text) => [...new TextEncoder().encode(text)]),
  );
  let texts = 0;
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 4 }), (pieces) => {
      const check = new Utf8Check();
      check.begin();
      const isText = pieces.every((octets) => check.feed(Uint8Array.from(octets), 0, octets.length)) &&
        check.isWhole;
      assert.equal(isText, isDecoded(decoder, pieces.flat()));
      if (isText) texts++;
    }),
    { numRuns: 5000 },
  );
  assert.ok(texts > 500 && texts < 4500, String(texts));
});

function isDecoded(decoder: TextDecoder, octets: readonly number[]): boolean {
  try {
    decoder.decode(Uint8Array.from(octets));
    return true;
  } catch {
    return false;
  }
}
