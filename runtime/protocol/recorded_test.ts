import assert from "node:assert/strict";
import { modelResponse } from "../../tests/http1/response_model.ts";
import { latin1, readResponse } from "../../tests/http1/response_reading.ts";
import { ResponseParser } from "./http1_response.ts";

const TEXT = "hello from nginx, forty-two bytes of text.\n";

/** What nginx 1.22.1 sent; `body` null where only its length is told. */
const recordings: readonly Readonly<{
  file: string;
  status: number;
  contentBytes: number;
  body?: string;
  keepAlive: boolean;
  head?: true;
  closes?: true;
}>[] = [
  { file: "200_length", status: 200, contentBytes: 43, body: TEXT, keepAlive: true },
  { file: "200_head", status: 200, contentBytes: 0, body: "", keepAlive: true, head: true },
  { file: "200_chunked_gzip", status: 200, contentBytes: 117, keepAlive: true },
  { file: "200_chunked_proxied", status: 200, contentBytes: 117, keepAlive: true },
  { file: "200_close_delimited", status: 200, contentBytes: 117, keepAlive: false, closes: true },
  { file: "200_close_http10", status: 200, contentBytes: 43, body: TEXT, keepAlive: false },
  { file: "200_keep_alive_http10", status: 200, contentBytes: 43, body: TEXT, keepAlive: true },
  { file: "200_connection_close", status: 200, contentBytes: 43, body: TEXT, keepAlive: false },
  { file: "206_range", status: 206, contentBytes: 7, body: TEXT.slice(3, 10), keepAlive: true },
  { file: "206_multipart", status: 206, contentBytes: 206, keepAlive: true },
  { file: "204_none", status: 204, contentBytes: 0, body: "", keepAlive: true },
  { file: "301_moved", status: 301, contentBytes: 169, keepAlive: true },
  { file: "304_not_modified", status: 304, contentBytes: 0, body: "", keepAlive: true },
  { file: "400_bad_request", status: 400, contentBytes: 157, keepAlive: false },
  { file: "404_not_found", status: 404, contentBytes: 153, keepAlive: true },
  { file: "100_continue_then_201", status: 201, contentBytes: 0, body: "", keepAlive: true },
];

function recorded(file: string): Uint8Array {
  return Deno.readFileSync(new URL(`recorded/${file}.http`, import.meta.url));
}

for (const { file, status, contentBytes, body, keepAlive, head, closes } of recordings) {
  Deno.test(`recorded: ${file}, whole and split at every offset`, () => {
    const wire = recorded(file);
    const wish = { head: head ?? false, keepBody: true, closes: closes ?? false };
    const whole = readResponse(wire, [], wish);
    assert.equal(whole.parsed, "done");
    assert.equal(whole.consumed, wire.length);
    assert.deepEqual(
      { status: whole.status, contentBytes: whole.contentBytes, keepAlive: whole.keepAlive },
      { status, contentBytes, keepAlive },
    );
    if (body !== undefined) assert.equal(whole.body, body);
    assert.deepEqual(modelResponse(latin1(wire), wish), whole);
    const parser = new ResponseParser();
    for (let split = 1; split < wire.length; split++) {
      assert.deepEqual(readResponse(wire, [split], wish, parser), whole, `split at ${split}`);
    }
  });
}

for (const file of ["200_chunked_gzip", "200_chunked_proxied", "200_close_delimited"]) {
  Deno.test(`recorded: ${file} unzips to what the server holds`, async () => {
    const wish = { head: false, keepBody: true, closes: true };
    const { body } = readResponse(recorded(file), [], wish);
    const zipped = Uint8Array.from(body, (letter) => letter.charCodeAt(0));
    const stream = new Blob([zipped]).stream().pipeThrough(new DecompressionStream("gzip"));
    assert.equal(await new Response(stream).text(), "line of text that compresses well\n".repeat(200));
  });
}

Deno.test("recorded: three pipelined responses", () => {
  const wire = recorded("pipelined_three");
  const wish = { head: false, keepBody: true, closes: false };
  const statuses: number[] = [];
  for (let at = 0; at < wire.length;) {
    const { parsed, status, consumed } = readResponse(wire.subarray(at), [], wish);
    assert.equal(parsed, "done");
    statuses.push(status);
    at += consumed;
  }
  assert.deepEqual(statuses, [200, 200, 404]);
});
