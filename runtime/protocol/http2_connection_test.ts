import assert from "node:assert/strict";
import { DrivenConnection } from "../../tests/http2/driven_connection.ts";
import * as server from "../../tests/http2/server_frames.ts";
import { CODE, FLAG, FRAME, SETTING } from "./http2_frames.ts";
import type { Http2Wish } from "./http2_stream.ts";
import { LIMITS } from "./parsed.ts";

const END = FLAG.endStream;
const OK = server.block([":status", "200"]);
const headers = server.headers;
const withLength = (length: number) => server.block([":status", "200"], ["content-length", String(length)]);
const long = (octets: number) => "x".repeat(octets);

/** One request on slot 7 (stream 1), and a server that greets and then sends this. */
function driven(frames: readonly server.Wire[], wish: Partial<Http2Wish> = {}): DrivenConnection {
  const driven = new DrivenConnection();
  driven.request(7, undefined, wish);
  driven.frames();
  driven.feed([server.settings(), ...frames].flat());
  return driven;
}

/** What the end of slot 7 says, without its sums of bytes. */
function endOf(told: readonly string[]): string {
  const end = told.filter((text) => /^7 (?:ended|failed)/.test(text));
  assert.equal(end.length, 1, told.join("\n"));
  const { status, head, body, trailer, contentBytes, streamed } = JSON.parse(
    end[0].slice(end[0].indexOf("{")),
  );
  const words = end[0].slice(2, end[0].indexOf(" {"));
  const text = JSON.stringify([status, head, streamed ?? body, trailer]);
  return words === "ended" ? `${contentBytes} ${text}` : words;
}

const HEAD_200 = "HTTP/2 200\\r\\n\\r\\n";

for (
  const [what, frames, expected, wish] of [
    ["a head alone", [headers(1, OK, END)], `0 [200,"${HEAD_200}","",""]`],
    ["a head and data", [headers(1, OK), server.data(1, "hello", END)], `5 [200,"${HEAD_200}","hello",""]`],
    [
      "data in pieces, padded, the last one empty",
      [
        headers(1, OK),
        server.padded(1, "hel", 9),
        server.padded(1, "lo", 0),
        server.padded(1, "", 3),
        server.data(1, "", END),
      ],
      `5 [200,"${HEAD_200}","hello",""]`,
    ],
    [
      "a trailer",
      [headers(1, OK), server.data(1, "a"), headers(1, server.block(["grpc-status", "0"]), END)],
      `1 [200,"${HEAD_200}","a","grpc-status: 0\\r\\n"]`,
    ],
    [
      "a head in three frames, with padding and priority",
      [
        server.frame(FRAME.headers, FLAG.padded | FLAG.priority | END, 1, [
          2,
          0,
          0,
          0,
          0,
          5,
          ...OK.slice(0, 3),
          0,
          0,
        ]),
        server.frame(FRAME.continuation, 0, 1, OK.slice(3, 6)),
        server.frame(FRAME.continuation, FLAG.endHeaders, 1, OK.slice(6)),
      ],
      `0 [200,"${HEAD_200}","",""]`,
    ],
    [
      "interim responses before the final one",
      [
        headers(1, server.block([":status", "100"])),
        headers(1, server.block([":status", "103"], ["link", "a"])),
        headers(1, OK, END),
      ],
      `0 [200,"${HEAD_200}","",""]`,
    ],
    [
      "the length that was said",
      [headers(1, withLength(2)), server.data(1, "ab", END)],
      `2 [200,"HTTP/2 200\\r\\ncontent-length: 2\\r\\n\\r\\n","ab",""]`,
    ],
    [
      "a length that HEAD only tells",
      [headers(1, withLength(2), END)],
      `0 [200,"HTTP/2 200\\r\\ncontent-length: 2\\r\\n\\r\\n","",""]`,
      { head: true },
    ],
    [
      "304 with a length",
      [headers(1, server.block([":status", "304"], ["content-length", "9"]), END)],
      `0 [304,"HTTP/2 304\\r\\ncontent-length: 9\\r\\n\\r\\n","",""]`,
    ],
    [
      "no head where none is kept",
      [headers(1, OK), headers(1, server.block(["a", "b"]), END)],
      `0 [200,"","",""]`,
      { keepHead: false },
    ],
    [
      "no body where none is kept",
      [headers(1, OK), server.data(1, "hello", END)],
      `5 [200,"${HEAD_200}","",""]`,
      { keepBody: false },
    ],
    [
      "content as it comes",
      [headers(1, OK), server.data(1, "hel"), server.padded(1, "lo", 4, END)],
      `5 [200,"${HEAD_200}","hello",""]`,
      { stream: "events" },
    ],
    [
      "frames between that mean nothing here",
      [
        server.frame(FRAME.priority, 0, 1, [0, 0, 0, 3, 1]),
        server.frame(0xbe, 255, 1, [1, 2]),
        headers(1, OK),
        server.settingsAck,
        server.data(1, "a", END),
      ],
      `1 [200,"${HEAD_200}","a",""]`,
    ],

    [
      "a length that is longer",
      [headers(1, withLength(2)), server.data(1, "abcdef")],
      "failed protocol.content-length (content-length is 2, and more came)",
    ],
    [
      "a length that is shorter",
      [headers(1, withLength(2)), server.data(1, "a", END)],
      "failed protocol.content-length (content-length is 2, and 1 bytes came)",
    ],
    [
      "a length, and nothing",
      [headers(1, withLength(2), END)],
      "failed protocol.content-length (content-length is 2, and 0 bytes came)",
    ],
    [
      "a length that is none",
      [headers(1, server.block([":status", "200"], ["content-length", "x"]))],
      "failed protocol.content-length ()",
    ],
    [
      "content in answer to HEAD",
      [headers(1, OK), server.data(1, "a", END)],
      "failed protocol.frame (content where a response has none)",
      { head: true },
    ],
    [
      "content of 204",
      [headers(1, server.block([":status", "204"])), server.data(1, "a", END)],
      "failed protocol.frame (content where a response has none)",
    ],
    ["no status", [headers(1, server.block(["a", "b"]), END)], "failed protocol.status-line ()"],
    [
      "a malformed field",
      [headers(1, server.block([":status", "200"], ["A", "b"]), END)],
      "failed protocol.header ()",
    ],
    ["a pseudo-field in a trailer", [headers(1, OK), headers(1, OK, END)], "failed protocol.header ()"],
    [
      "a trailer in the middle",
      [headers(1, OK), headers(1, server.block(["a", "b"]))],
      "failed protocol.frame (a trailer that does not end the stream)",
    ],
    ["data without a head", [server.data(1, "a")], "failed protocol.frame (DATA before HEADERS)"],
    [
      "data behind an interim response",
      [headers(1, server.block([":status", "100"])), server.data(1, "a")],
      "failed protocol.frame (DATA before HEADERS)",
    ],
    [
      "an interim response at the end",
      [headers(1, server.block([":status", "100"]), END)],
      "failed protocol.frame (the stream ends with an interim response)",
    ],
    ["another protocol", [headers(1, server.block([":status", "101"]))], "failed protocol.upgrade ()"],
    [
      "a reset",
      [headers(1, OK), server.resetStream(1, CODE.internalError)],
      "failed stream.reset (INTERNAL_ERROR)",
    ],
    [
      "a reset of a code that nobody knows",
      [server.resetStream(1, 99)],
      "failed stream.reset (error code 99)",
    ],
    ["a refusal", [server.resetStream(1, CODE.refusedStream)], "failed stream.refused (REFUSED_STREAM)"],
    [
      "a body that is too large to keep",
      [headers(1, withLength(LIMITS.keptBodyBytes + 1))],
      "failed too-large.body ()",
    ],
    ["a window of nothing", [server.windowUpdate(1, 0)], "failed protocol.frame (WINDOW_UPDATE of nothing)"],
    [
      "a window without end",
      [server.windowUpdate(1, 2 ** 31 - 1)],
      "failed protocol.flow-control (a window above its limit)",
    ],
    [
      "heads that are too long together",
      [
        ...Array.from({ length: 5 }, () => headers(1, server.block([":status", "103"], ["a", long(14_000)]))),
        headers(1, OK),
      ],
      "failed too-large.head ()",
    ],
  ] as readonly (readonly [string, readonly server.Wire[], string, Partial<Http2Wish>?])[]
) {
  Deno.test(`http2: ${what}, split anywhere`, () => {
    const whole = driven(frames, wish);
    assert.equal(endOf(whole.told), expected);
    assert.deepEqual(whole.told.filter((text) => !text.startsWith("7")), [], "the connection lives");
    // Whoever fails on its own tells the target; who was reset does not answer.
    const isOurs = expected.startsWith("failed") && !expected.startsWith("failed stream.");
    assert.equal(whole.written().some((text) => text.startsWith("RST_STREAM 1 ")), isOurs);
    const wire = [server.settings(), ...frames].flat();
    for (let split = 1; split < wire.length; split += Math.ceil(wire.length / 300)) {
      const other = new DrivenConnection();
      other.request(7, undefined, wish);
      other.feed(wire, [split]);
      assert.deepEqual(other.told, whole.told, `split at ${split}`);
    }
  });
}

Deno.test("http2: sums of bytes are those of the frames", () => {
  const interim = headers(1, server.block([":status", "103"]));
  const head = headers(1, OK);
  const content = [server.padded(1, "hello", 9), server.data(1, "!")];
  const trailer = headers(1, server.block(["a", "b"]), END);
  const { told } = driven([interim, head, ...content, trailer]);
  const { headBytes, bodyBytes, contentBytes } = JSON.parse(told[1].slice(told[1].indexOf("{")));
  assert.equal(headBytes, interim.length + head.length);
  assert.equal(bodyBytes, content.flat().length + trailer.length);
  assert.equal(contentBytes, 6);
});

Deno.test("http2: content of 16 MiB is kept, and one octet more is not", () => {
  const { connection, told, ...rest } = driven([headers(1, OK)]);
  const piece = Uint8Array.from(server.data(1, long(16_384)));
  for (let i = 0; i < 1024; i++) connection.feed(piece, 0, piece.length);
  assert.deepEqual(told, ["7 began"], JSON.stringify(rest));
  const last = Uint8Array.from(server.data(1, "x"));
  connection.feed(last, 0, last.length);
  assert.match(told[1], /^7 failed too-large.body/);
});

Deno.test("http2: a request that is given up is told of no more, and what still comes for it is taken", () => {
  const connection = driven([]);
  connection.request(8);
  connection.frames();
  connection.connection.reset(7);
  assert.deepEqual(connection.written(), ["RST_STREAM 1 flags 0: 00000008"]);
  // Its head must be decoded all the same: it adds a field to the table, which the other response uses.
  connection.feed(headers(1, [0x88, 0x40, 1, 97, 1, 49]));
  connection.feed([...server.data(1, "late"), ...headers(3, [0x88, 0xbe], END), ...server.resetStream(1, 0)]);
  assert.deepEqual(connection.told.map((text) => text.slice(0, 7)), ["8 began", "8 ended"]);
  assert.match(connection.told[1], /HTTP\/2 200\\r\\na: 1/);
  connection.connection.reset(7);
  connection.connection.reset(99);
  assert.deepEqual(connection.written(), []);
});

Deno.test("http2: a slot is free as soon as its response is told of, and its stream is another", () => {
  const first = driven([]);
  assert.equal(first.connection.phase(7), "wait");
  assert.throws(() => first.request(7), /slot 7 has one/);
  const other = driven([headers(1, OK)]);
  assert.equal(other.connection.phase(7), "receive");
  other.feed(server.data(1, "", END));
  assert.deepEqual([other.connection.inFlight, other.connection.slots()], [0, []]);
  other.request(7);
  other.feed([...server.data(1, "not its own"), ...headers(3, OK, END)]);
  assert.equal(other.told.filter((text) => text.startsWith("7 ended")).length, 2);
});

Deno.test("http2: nothing of a response is left in the next one on its slot", () => {
  const heads = Array.from({ length: 4 }, () => server.block([":status", "103"], ["a", long(14_000)]));
  const it = driven([...heads.map((head) => headers(1, head)), headers(1, OK), server.data(1, "a")]);
  it.feed(headers(1, server.block(["b", "c"]), END));
  it.request(7);
  it.feed([...heads.map((head) => headers(3, head)), ...[headers(3, OK), server.data(3, "", END)]].flat());
  const [first, second] = it.take().filter((text) => text.startsWith("7 ended"));
  assert.match(first, /"body":"a","trailer":"b: c/);
  assert.match(second, /"contentBytes":0,.*"body":"","trailer":""/);
});

Deno.test("http2: GOAWAY lets what the target looked at go on, and says what it did not", () => {
  const it = driven([server.settings([SETTING.maxConcurrentStreams, 3])]);
  for (const slot of [8, 9, 10, 11]) it.request(slot);
  assert.deepEqual(it.connection.slots(), [7, 8, 9, 10, 11]);
  it.feed(server.goAway(3, CODE.enhanceYourCalm, "too many"));
  assert.deepEqual(it.take().map((text) => text.replace(/ \{.*/, "")), [
    "closing",
    "10 unsent",
    "11 unsent",
    "9 failed stream.goaway (ENHANCE_YOUR_CALM: too many)",
  ]);
  assert.ok(it.connection.isClosing);
  assert.throws(() => it.request(12), /closing/);
  it.feed([...headers(1, OK, END), ...server.goAway(1, 0)]);
  assert.deepEqual(it.take().map((text) => text.replace(/ \{.*/, "")), [
    "7 began",
    "7 ended",
    "8 failed stream.goaway (NO_ERROR)",
  ]);
  assert.equal(it.connection.inFlight, 0);
});

Deno.test("http2: GOAWAY that announces itself, as proxies do it", () => {
  const it = driven([server.goAway(2 ** 31 - 1, 0)]);
  it.feed([...headers(1, OK, END)]);
  assert.deepEqual(it.take().map((text) => text.slice(0, 7)), ["closing", "7 began", "7 ended"]);
});

Deno.test("http2: a connection that ends takes every request with it", () => {
  const it = driven([server.settings([SETTING.maxConcurrentStreams, 2]), headers(1, OK)]);
  it.request(8);
  it.request(9);
  it.connection.close();
  assert.deepEqual(it.take().map((text) => text.replace(/ \{.*/, "")), [
    "7 began",
    "closing",
    "7 failed receive.closed ()",
    "8 failed wait.closed ()",
    "9 failed wait.closed ()",
  ]);
  it.connection.close();
  it.feed(headers(3, OK, END));
  assert.deepEqual(it.take(), []);
});

Deno.test("http2: who is told of one end may give up others, and they are not told of", () => {
  for (
    const [frames, gone] of [[[], "close"], [server.goAway(1, 0), "goaway"], [
      server.data(0, "a"),
      "error",
    ]] as const
  ) {
    const it = driven([server.settings([SETTING.maxConcurrentStreams, 3])]);
    for (const slot of [8, 9, 10, 11, 12]) it.request(slot);
    it.then = (text) => {
      if (text.startsWith("8 failed")) it.connection.reset(9);
      if (text === "closing") it.connection.reset(10);
      if (/^11 (?:unsent|failed)/.test(text)) it.connection.reset(12);
    };
    it.feed(frames);
    if (gone !== "error") it.connection.close();
    const slots = it.take().filter((text) => /^\d/.test(text)).map((text) => parseInt(text));
    assert.deepEqual(slots.sort(), [11, 7, 8], gone);
    assert.deepEqual([it.connection.inFlight, it.connection.slots()], [0, []]);
  }
});

Deno.test("http2: a response may be answered by the next request at once, on its own slot", () => {
  const it = driven([server.settings([SETTING.maxConcurrentStreams, 1])]);
  it.request(8);
  let left = 3;
  it.then = (text) => {
    if (text.startsWith("7 ended") && left-- > 0) it.request(7);
  };
  const answers = Array.from({ length: 5 }, (_, i) => headers(2 * i + 1, OK, END));
  it.feed(answers.flat());
  assert.deepEqual(it.take().filter((text) => text.includes("ended")).map((text) => parseInt(text)), [
    7,
    8,
    7,
    7,
    7,
  ]);
});

Deno.test("http2: a stream of content may be given up in the middle", () => {
  const it = driven([]);
  it.request(8, undefined, { stream: "events" });
  it.feed([...headers(3, OK), ...server.data(3, "one")]);
  it.connection.reset(8);
  it.feed([...server.padded(3, "two", 3), ...server.data(3, "", END), ...headers(1, OK, END)]);
  assert.deepEqual(it.take().map((text) => text.slice(0, 7)), ["8 began", "7 began", "7 ended"]);
});

Deno.test("http2: the last number of a stream is the last request", () => {
  const it = new DrivenConnection(2 ** 31 - 3);
  it.request(0);
  assert.equal(it.connection.isClosing, false);
  it.request(1);
  assert.deepEqual(it.take(), ["closing"]);
  it.feed([...server.settings(), ...headers(2 ** 31 - 1, OK, END)]);
  assert.deepEqual(it.take().map((text) => text.slice(0, 7)), ["1 began", "1 ended"]);
});
