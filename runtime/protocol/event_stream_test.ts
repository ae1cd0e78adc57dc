import assert from "node:assert/strict";
import fc from "fast-check";
import { EventStreamReader } from "./event_stream.ts";
import { KEPT_MESSAGE_BYTES } from "./message_payload.ts";
import { PARSED } from "./parsed.ts";

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Every event as `name|data|last id`, read in pieces that are wiped behind the reader. */
function readEvents(wire: Uint8Array, splits: readonly number[], reader = new EventStreamReader()): string[] {
  reader.begin(true);
  const found: string[] = [];
  for (const [i, to] of [...splits, wire.length].entries()) {
    const piece = Uint8Array.of(58, 32, ...wire.subarray(i === 0 ? 0 : splits[i - 1], to), 10, 10);
    const end = piece.length - 2;
    for (let at = 2;; at = reader.consumed) {
      const parsed = reader.feed(piece, at, end);
      if (parsed === PARSED.more) {
        assert.equal(reader.consumed, end);
        break;
      }
      assert.equal(parsed, PARSED.done);
      assert.equal(reader.dataBytes, reader.data().length);
      found.push(`${reader.event}|${decoder.decode(reader.data())}|${reader.lastEventId}`);
    }
    piece.fill(0xee);
  }
  return found;
}

const CASES: readonly (readonly [name: string, stream: string, events: readonly string[]])[] = [
  ["the standard: lines of data are joined", "data: YHOO\ndata: +2\ndata: 10\n\n", ["message|YHOO\n+2\n10|"]],
  [
    "the standard: a comment, ids, one of which is taken back, and an event that is cut off",
    ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n",
    ["message|first event|1", "message|second event|"],
  ],
  [
    "the standard: a third event, were it ended",
    ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n",
    ["message|first event|1", "message|second event|", "message| third event|"],
  ],
  ["the standard: empty data", "data\n\ndata\ndata\n\ndata:", ["message||", "message|\n|"]],
  ["the standard: one space is no part of a value", "data:test\n\ndata: test\n\n", [
    "message|test|",
    "message|test|",
  ]],
  [
    "the standard: names",
    "event: add\ndata: 73857293\n\nevent: remove\ndata: 2153\n\nevent: add\ndata: 113411\n\n",
    ["add|73857293|", "remove|2153|", "add|113411|"],
  ],
  ["line ends of every kind", "data: a\rdata: b\r\ndata: c\n\r\ndata: d\r\rdata: e\r\n\r\n", [
    "message|a\nb\nc|",
    "message|d|",
    "message|e|",
  ]],
  ["CR LF once ends one line and not two", "data: a\r\ndata: b\r\n\r\n", ["message|a\nb|"]],
  ["LF CR ends two lines", "data: a\n\rdata: b\n\r", ["message|a|", "message|b|"]],
  ["a byte order mark", "\ufeffdata: a\n\n", ["message|a|"]],
  ["a second byte order mark is part of a name", "\ufeff\ufeffdata: a\n\ndata: b\n\n", ["message|b|"]],
  ["a byte order mark later on", "data: \ufeffa\n\n\ufeffdata: b\n\n", ["message|\ufeffa|"]],
  ["a byte order mark alone", "\ufeff\ndata: a\n\n", ["message|a|"]],
  ["a name without data is forgotten", "event: x\n\ndata: a\n\n", ["message|a|"]],
  [
    "the last name counts, and an empty one is none",
    "event: x\nevent: y\ndata: a\n\nevent: x\nevent\ndata\n\n",
    [
      "y|a|",
      "message||",
    ],
  ],
  ["an id stays", "id: 7\ndata: a\n\ndata: b\n\n", ["message|a|7", "message|b|7"]],
  ["an id without data stays, too", "id: 7\n\ndata: b\n\n", ["message|b|7"]],
  ["an id with a zero byte is ignored", "id: 7\nid: a\0b\ndata: a\n\n", ["message|a|7"]],
  ["unknown fields, and those in other case", "Data: a\nDATA: b\ndatas: c\ndat: d\n data: e\nfoo\n\n", []],
  ["colons in values, and white space", "data: a: b:c \ndata:\t d\n\n", ["message|a: b:c \n\t d|"]],
  ["comments in an event", "data: a\n: comment\n:\ndata: b\n\n", ["message|a\nb|"]],
  ["texts", "event: größe\ndata: \u{1f600}\n\n", ["größe|\u{1f600}|"]],
  ["no line ends at all", "data: a", []],
  ["nothing but line ends", "\n\r\n\r\r\n", []],
  ["nothing", "", []],
];

for (const [name, stream, events] of CASES) {
  Deno.test(`event stream: ${name}`, () => {
    const wire = new TextEncoder().encode(stream);
    const reader = new EventStreamReader();
    assert.deepEqual(readEvents(wire, []), events);
    assert.deepEqual(readEvents(wire, Array.from(wire, (_, i) => i), reader), events, "byte by byte");
    for (let one = 0; one <= wire.length; one++) {
      for (let two = one; two <= wire.length; two += 7) {
        assert.deepEqual(readEvents(wire, [one, two], reader), events, `split at ${one} and ${two}`);
      }
    }
  });
}

Deno.test("event stream: an event is told with the CR that ends it, though an LF may follow", () => {
  assert.deepEqual(readEvents(new TextEncoder().encode("data: a\r\n\r"), []), ["message|a|"]);
});

Deno.test("event stream: what is no UTF-8 becomes U+FFFD, and ends with its line", () => {
  const wire = Uint8Array.from([
    ...new TextEncoder().encode("event: x"),
    0xff,
    10,
    0x64,
    0x61,
    0x74,
    0x61,
    58,
    0xc3,
    10,
    10,
  ]);
  assert.deepEqual(readEvents(wire, []), ["x\ufffd|\ufffd|"]);
});

Deno.test("event stream: how long to wait before a new connection", () => {
  const reader = new EventStreamReader();
  for (
    const [line, retryMs] of [["retry: 2500", 2500], ["retry", -1], ["retry: 1s", -1], [
      "retry: -1",
      -1,
    ]] as const
  ) {
    const wire = new TextEncoder().encode(`${line}\n`);
    reader.begin(true);
    assert.equal(reader.feed(wire, 0, wire.length), PARSED.more);
    assert.equal(reader.retryMs, retryMs, line);
  }
});

Deno.test("event stream: 16 MiB of a line, or of data that is kept, and no byte more", () => {
  const reader = new EventStreamReader();
  const head = new TextEncoder().encode("data:");
  const filling = new Uint8Array(KEPT_MESSAGE_BYTES / 2).fill(120);
  const feed = (bytes: Uint8Array, end = bytes.length) => reader.feed(bytes, 0, end);
  const feedLines = (lines: number, spared: number) => {
    let parsed: number = PARSED.more;
    for (let line = 0; line < lines && parsed === PARSED.more; line++) {
      feed(head);
      feed(filling, filling.length - spared);
      parsed = feed(Uint8Array.of(10));
    }
    return parsed === PARSED.more ? feed(Uint8Array.of(10)) : parsed;
  };
  reader.begin(true);
  assert.equal(feedLines(2, 1), PARSED.done);
  assert.equal(reader.data().length, KEPT_MESSAGE_BYTES - 1);
  reader.begin(true);
  assert.equal(feedLines(2, 0), PARSED.failed);
  assert.equal(reader.failure, "too-large.message");
  reader.begin(false);
  assert.equal(feedLines(3, 0), PARSED.done);
  assert.deepEqual([reader.dataBytes, reader.data().length], [KEPT_MESSAGE_BYTES * 1.5 + 2, 0]);
  reader.begin(false);
  assert.equal(feed(filling), PARSED.more);
  assert.equal(feed(filling), PARSED.more);
  assert.equal(feed(head), PARSED.failed);
});

/** The standard's algorithm on the whole text, by its words. */
function modelEvents(stream: string): string[] {
  const found: string[] = [];
  let data = "", name = "", id = "", last = "";
  const lines = stream.replace(/^\ufeff/, "").split(/\r\n|\r|\n/);
  for (const line of lines.slice(0, -1)) {
    const [, field, value] = /^([^:]*)(?::\u0020?([^]*))?$/.exec(line) ?? [];
    if (line === "") {
      last = id;
      if (data !== "") found.push(`${name || "message"}|${data.slice(0, -1)}|${last}`);
      data = "";
      name = "";
    } else if (field === "data") data += `${value ?? ""}\n`;
    else if (field === "event") name = value ?? "";
    else if (field === "id" && !value?.includes("\0")) id = value ?? "";
  }
  return found;
}

Deno.test("event stream: finds in any text what the standard's words find, wherever it is split", () => {
  const reader = new EventStreamReader();
  const tokens =
    "data|data:|data: |event: |id: |id|\n|\r|\r\n|\n\n|:|x|y\0|\ufeff|ä|retry: 5|data: a\n|data:b\r\n|event: c\r|\r\r|\n\r\n"
      .split("|");
  const piece = fc.constantFrom(...tokens);
  let events = 0;
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 40 }),
      fc.array(fc.nat(), { maxLength: 5 }),
      (pieces, offsets) => {
        const stream = pieces.join("");
        const wire = new TextEncoder().encode(stream);
        const splits = offsets.map((offset) => offset % (wire.length + 1)).sort((one, other) => one - other);
        const found = readEvents(wire, splits, reader);
        assert.deepEqual(found, modelEvents(stream));
        events += found.length;
      },
    ),
    { numRuns: 5000 },
  );
  assert.ok(events > 500, String(events));
});
