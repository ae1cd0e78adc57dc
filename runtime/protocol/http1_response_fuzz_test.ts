import assert from "node:assert/strict";
import { CASES } from "../../tests/http1/response_cases.ts";
import { ResponseParser } from "./http1_response.ts";
import { octetsOf } from "./octets.ts";
import { latin1 } from "../../tests/http1/response_reading.ts";
import { LIMITS, PARSED } from "./parsed.ts";

const FUZZED_BYTES = 10_000_000;

/** Mulberry32: integers in [0, below). */
function seededIntegers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

Deno.test("response fuzz: ten million bytes crash nothing, hang nothing and keep the bounds", () => {
  const integer = seededIntegers(20261121);
  const seeds = CASES.map((example) => octetsOf(example.wire)).filter((wire) => wire.length > 0);
  const parser = new ResponseParser();
  const split = new ResponseParser();
  const ends = { more: 0, done: 0, failed: 0 };
  let fuzzed = 0;
  while (fuzzed < FUZZED_BYTES) {
    const wire = fuzzedWire(integer, seeds);
    const head = integer(16) === 0;
    const keepBody = integer(2) === 0;
    fuzzed += wire.length;
    parser.begin(head, keepBody, true);
    const parsed = parser.feed(wire, 0, wire.length);
    assertBounds(parser, wire.length, parsed, keepBody);
    ends[parsed === PARSED.done ? "done" : parsed === PARSED.failed ? "failed" : "more"]++;

    split.begin(head, keepBody, true);
    let at = 0;
    let parsedSplit: number = PARSED.more;
    while (parsedSplit === PARSED.more && at < wire.length) {
      const end = Math.min(wire.length, at + 1 + integer(1 + integer(wire.length)));
      parsedSplit = split.feed(wire, at, end);
      at = split.consumed;
    }
    assert.ok(
      parsedSplit === parsed && at === parser.consumed && split.status === parser.status &&
        split.failure === parser.failure && split.headBytes === parser.headBytes &&
        split.contentBytes === parser.contentBytes && split.keepAlive === parser.keepAlive &&
        latin1(split.head()) === latin1(parser.head()),
      `Splits change the result of ${JSON.stringify(String.fromCharCode(...wire))}`,
    );
  }
  assert.ok(fuzzed >= FUZZED_BYTES);
  for (const count of Object.values(ends)) assert.ok(count > 1000, JSON.stringify(ends));
});

function assertBounds(parser: ResponseParser, length: number, parsed: number, keepBody: boolean): void {
  assert.ok(parser.consumed >= 0 && parser.consumed <= length);
  assert.ok(parsed !== PARSED.more || parser.consumed === length);
  assert.equal((parsed === PARSED.failed) === (parser.failure !== null), true);
  assert.ok(parsed === PARSED.done || !parser.keepAlive);
  assert.ok(parser.headBytes <= LIMITS.headBytes && parser.contentBytes <= parser.bodyBytes);
  assert.equal(parser.headBytes + parser.bodyBytes, parser.consumed);
  assert.equal(parser.body().length, keepBody ? parser.contentBytes : 0);
}

/** One case with a few octets changed, two cases spliced, a good beginning with noise behind it, or noise. */
function fuzzedWire(integer: (below: number) => number, seeds: readonly Uint8Array[]): Uint8Array {
  const seed = seeds[integer(seeds.length)];
  const kind = integer(8);
  if (kind === 0) return noise(integer, 1 + integer(300));
  if (kind === 1) return joined(seed.subarray(0, integer(seed.length)), noise(integer, 1 + integer(100)));
  if (kind === 2) {
    const other = seeds[integer(seeds.length)];
    return joined(seed.subarray(0, integer(seed.length + 1)), other.subarray(integer(other.length)));
  }
  const wire = seed.slice();
  for (let left = 1 + integer(4); left > 0; left--) wire[integer(wire.length)] = oddOctet(integer);
  return wire;
}

function noise(integer: (below: number) => number, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => oddOctet(integer));
}

/** Half of them octets that the grammar names. */
function oddOctet(integer: (below: number) => number): number {
  const telling = "\r\n :;,\t05afHTP/1.-\0";
  return integer(2) === 0 ? integer(256) : telling.charCodeAt(integer(telling.length));
}

function joined(before: Uint8Array, after: Uint8Array): Uint8Array {
  const wire = new Uint8Array(before.length + after.length);
  wire.set(before);
  wire.set(after, before.length);
  return wire;
}
