import assert from "node:assert/strict";
import { DrivenConnection } from "../../tests/http2/driven_connection.ts";

type Asked = readonly [line: string, expected: string];

/** What nginx 1.22.1, Node 20.20.2 and nghttpd 1.52.0 sent, and what was asked of them, slot by slot. */
const recordings: readonly Readonly<{ file: string; everyOffset: number; asked: readonly Asked[] }>[] = [
  {
    // Closes after eight requests.
    file: "nginx",
    everyOffset: 1,
    asked: [
      ["GET /small.txt", "200 6"],
      ["HEAD /large.txt", "200 0"],
      ["GET /large.txt", "200 1300"],
      ["GET /moved", "301 169"],
      ["GET /none", "204 0"],
      ["GET /missing", "404 153"],
      ["GZIP /large.txt", "200 47"],
      ["GET /small.txt", "200 6"],
      ["GET /small.txt", "failed stream.goaway (NO_ERROR)"],
    ],
  },
  {
    // All frames padded; an interim response, trailers, CONTINUATION, and one stream refused.
    file: "node",
    everyOffset: 31,
    asked: [
      ["GET /hints", "200 5"],
      ["GET /trailer", "200 4"],
      ["GET /long", "200 0"],
      ["GET /reset", "200 4"],
      ["GET /refuse", "failed stream.refused (REFUSED_STREAM)"],
      ["POST /echo", "200 11"],
      ["GET /missing", "404 2"],
      ["GET /goaway", "200 4"],
    ],
  },
  {
    // Some padding, a trailer with each body, and fields that the second answer takes from the first's.
    file: "nghttpd",
    everyOffset: 1,
    asked: [
      ["GET /small.txt", "200 6"],
      ["HEAD /large.txt", "200 0"],
      ["STREAM /large.txt", "200 1300"],
      ["GET /missing", "404 148"],
      ["GET /small.txt", "200 6"],
    ],
  },
];

function ask(driven: DrivenConnection, asked: readonly Asked[]): void {
  asked.forEach(([line], slot) => {
    const [how, path] = line.split(" ");
    const method = how === "GZIP" || how === "STREAM" ? "GET" : how;
    const content = method === "POST" ? "hello there" : "";
    const length = method === "POST" ? "content-length: 11\r\n" : "";
    const text = `${method} ${path} HTTP/1.1\r\nhost: a.test\r\n${length}\r\n${content}`;
    driven.request(slot, text, { head: method === "HEAD", stream: how === "STREAM" ? "events" : null });
  });
}

/** `200 6`: status and bytes of content; or why it failed. */
function summaryOf(told: readonly string[], slot: number): string {
  const end = told.find((text) => text.startsWith(`${slot} ended`) || text.startsWith(`${slot} failed`)) ??
    "";
  const { status, contentBytes } = JSON.parse(end.slice(end.indexOf("{")));
  return end.includes(" failed ") ? end.slice(2, end.indexOf(" {")) : `${status} ${contentBytes}`;
}

for (const { file, everyOffset, asked } of recordings) {
  const wire = Deno.readFileSync(new URL(`recorded/${file}.h2`, import.meta.url));

  Deno.test(`recorded http2: ${file}, whole and split ${everyOffset === 1 ? "" : "almost "}everywhere`, () => {
    const whole = new DrivenConnection();
    ask(whole, asked);
    whole.feed(wire);
    asked.forEach(([line, expected], slot) => assert.equal(summaryOf(whole.told, slot), expected, line));
    const written = whole.written();
    for (let split = 1; split < wire.length; split += everyOffset) {
      const driven = new DrivenConnection();
      ask(driven, asked);
      driven.feed(wire, [split]);
      assert.deepEqual(driven.told, whole.told, `split at ${split}`);
      assert.deepEqual(driven.written(), written);
    }
  });

  Deno.test(`recorded http2: ${file}, octet by octet`, () => {
    const [whole, single] = [new DrivenConnection(), new DrivenConnection()];
    for (const driven of [whole, single]) ask(driven, asked);
    whole.feed(wire);
    single.feed(wire, Array.from(wire, (_, i) => i));
    assert.deepEqual(single.told, whole.told);
  });

  Deno.test(`recorded http2: ${file}, cut off anywhere, ends every request once`, () => {
    for (let length = 0; length < wire.length; length += everyOffset) {
      const driven = new DrivenConnection();
      ask(driven, asked);
      driven.feed(wire.subarray(0, length));
      driven.connection.close();
      const ends = driven.told.filter((text) => / (?:ended|failed|unsent)/.test(text));
      assert.deepEqual(ends.map((text) => parseInt(text)).sort(), asked.map((_, slot) => slot));
    }
  });
}
