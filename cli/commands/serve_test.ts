import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { UserError } from "../../runtime/user_error.ts";
import { startPracticeServer } from "../practice_server.ts";
import { practiceTable, serve, type ServeOptions } from "./serve.ts";

const ignore = Deno.build.os === "windows";

/** `serve` in a process of its own. */
function startServe(options: object): Deno.ChildProcess {
  const url = new URL("./serve.ts", import.meta.url);
  const code = `const { serve } = await import(${JSON.stringify(url.href)});
    Deno.exit(await serve(${JSON.stringify(options)}));`;
  const config = fileURLToPath(new URL("../../deno.json", import.meta.url));
  return new Deno.Command(Deno.execPath(), {
    args: ["eval", "--config", config, code],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
}

Deno.test({ name: "serve says where it listens, and ends when asked to", ignore }, async () => {
  const child = startServe({ port: "0", host: "127.0.0.1", seed: "1", quiet: false, caOut: "" });
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { value: line = "" } = await reader.read();
  const [, address] = /^listening on (http:\/\/127\.0\.0\.1:\d+)\n$/.exec(line) ?? [];
  assert(address !== undefined, line);
  assert.equal((await (await fetch(address)).json()).ok, true);
  child.kill("SIGTERM");
  assert.equal((await child.status).code, 0);
  assert.equal((await reader.read()).done, true);
});

Deno.test(
  { name: "with TLS and gRPC it listens on four ports, and says whom to trust", ignore },
  async () => {
    const caOut = await Deno.makeTempFile({ suffix: ".pem" });
    const options = { port: "0", host: "127.0.0.1", seed: "1", quiet: true, tls: true, grpc: true, caOut };
    const child = startServe(options);
    const lines = child.stdout.pipeThrough(new TextDecoderStream()).pipeThrough(splitLines()).getReader();
    const wanted = [
      /^listening on http:\/\/127\.0\.0\.1:\d+$/,
      /^listening on https:\/\/127\.0\.0\.1:\d+ \(trust .+\.pem\)$/,
      /^listening on http:\/\/127\.0\.0\.1:\d+ \(gRPC\)$/,
      /^listening on https:\/\/127\.0\.0\.1:\d+ \(gRPC, trust .+\.pem\)$/,
    ];
    const found: string[] = [];
    for (const pattern of wanted) {
      const { value = "" } = await lines.read();
      assert.match(value, pattern);
      found.push(/https?:\S+/.exec(value)?.[0] ?? "");
    }
    assert.equal(new Set(found).size, 4, found.join());
    {
      using client = Deno.createHttpClient({ caCerts: [await Deno.readTextFile(caOut)] });
      assert.equal((await (await fetch(found[1], { client })).json()).ok, true);
      const answer = await fetch(found[3], { client });
      assert.equal(answer.status, 415, "a plain request to gRPC");
      await answer.body?.cancel();
    }
    child.kill("SIGTERM");
    assert.equal((await child.status).code, 0);
    assert.equal((await lines.read()).done, true);
    await Deno.remove(caOut);
  },
);

function splitLines(): TransformStream<string, string> {
  let rest = "";
  return new TransformStream({
    transform(text, controller) {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) controller.enqueue(line);
    },
  });
}

Deno.test("what cannot be served is said with the way out", async () => {
  const taken = startPracticeServer({ port: 0, host: "127.0.0.1", seed: 1 });
  const good = { port: "0", host: "127.0.0.1", seed: "1", quiet: true, caOut: "" };
  const noFile = await Deno.makeTempFile({ suffix: ".pem" });
  const cases: [Partial<ServeOptions>, RegExp, number][] = [
    [{ port: String(taken.port) }, /cannot listen on 127.0.0.1:\d+: another program .*--port 0/, 1],
    [{ port: "65536" }, /--port "65536" is no whole number from 0 to 65535/, 104],
    [{ port: "http" }, /--port "http"/, 104],
    [{ seed: "-1" }, /--seed "-1"/, 104],
    [{ trouble: "12s" }, /--trouble: "12s" is not like "12s\.\.17s"/, 104],
    [{ host: "256.0.0.1" }, /cannot listen on 256.0.0.1:0/, 1],
    [{ tlsPort: "1e9", caOut: noFile }, /--tls-port "1e9"/, 104],
    [{ tlsPort: String(taken.port), caOut: noFile }, /127.0.0.1:\d+: another program/, 1],
    [{ grpcPort: String(taken.port) }, /127.0.0.1:\d+: another program/, 1],
    [{ grpcPort: "65535", tlsPort: "0", caOut: noFile }, /--grpc-port "65536"/, 104],
    [{ tls: true, caOut: "no/such/folder/ca.pem" }, /cannot write to no\/such/, 1],
  ];
  for (const [wrong, message, exitCode] of cases) {
    await assert.rejects(serve({ ...good, ...wrong }), (error) => {
      assert(error instanceof UserError);
      assert.match(error.message, message);
      assert.equal(error.exitCode, exitCode);
      return true;
    });
  }
  await taken.stop();
  await Deno.remove(noFile);
});

Deno.test("the table shows every path and header on lines of their own", () => {
  for (
    const shown of ["/bytes/64KiB", "/stall?every=1s&for=500ms", "x-z6c-fail: 1%", "practice.Shop/Watch"]
  ) {
    assert.match(practiceTable(), new RegExp(`^  ${shown.replace(/[?]/g, "\\$&")}  +\\S`, "m"));
  }
});
