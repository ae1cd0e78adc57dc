/** Captures agree with what both ends of a connection know of it. */
import assert from "node:assert/strict";
import { inFolder } from "../running.ts";
import { startCapture } from "./capture.ts";
import { echoed } from "./echoed.ts";
import { startNghttpd } from "./nghttpd.ts";
import { startWebSocketServer } from "./npm_programs.ts";

Deno.test("a capture counts what went over the wire, and decodes it", () =>
  inFolder(async (folder) => {
    await Deno.writeFile(`${folder}/a`, new Uint8Array(40_000));
    await using nghttpd = await startNghttpd(folder);
    await using capture = await startCapture(folder, nghttpd.port);
    {
      using client = Deno.createHttpClient({ http1: false, http2: true });
      for (const path of ["/a", "/a", "/none"]) {
        const answer = await fetch(nghttpd.url + path, { client });
        await answer.bytes();
      }
    }
    const captured = await capture.stop();
    await nghttpd.stop();
    const frames = await captured.http2Frames();
    const count = (from: string, type: number) =>
      frames.filter((frame) => frame.from === from && frame.type === type).length;
    assert.equal(count("client", 1), 3);
    assert.equal(count("client", 1), nghttpd.received("HEADERS"));
    assert.equal(count("server", 0), nghttpd.sent("DATA"));
    const data = frames.filter(({ from, type, stream }) => from === "server" && type === 0 && stream === 1);
    assert.equal(data.reduce((sum, { bytes }) => sum + bytes, 0), 40_000);
    const { connections, bytes } = await captured.tcp();
    assert.equal(connections, 1);
    const framed = frames.filter(({ from }) => from === "server").reduce(
      (sum, { bytes }) => sum + 9 + bytes,
      0,
    );
    assert.equal(bytes.server, framed);
    const lines = await captured.fields("http2.headers.path", ["http2.headers.path"], "http2");
    assert.deepEqual(lines.flat(2), ["/a", "/a", "/none"]);
  }));

Deno.test("a capture shows frames of WebSockets of every length", () =>
  inFolder(async (folder) => {
    await using server = await startWebSocketServer();
    await using capture = await startCapture(folder, server.port);
    const texts = ["short", "m".repeat(300), "l".repeat(70_000)];
    await echoed(`ws://${server.address}/echo`, null, texts);
    const captured = await capture.stop();
    const frames = await captured.webSocketFrames();
    for (const [from, isMasked] of [["client", true], ["server", false]] as const) {
      const own = frames.filter((frame) => frame.from === from);
      assert.deepEqual(own.map(({ opcode }) => opcode), [1, 1, 1, 8], from);
      assert.deepEqual(own.slice(0, 3).map(({ bytes }) => bytes), texts.map(({ length }) => length), from);
      assert(own.every((frame) => frame.isMasked === isMasked), from);
    }
  }));
