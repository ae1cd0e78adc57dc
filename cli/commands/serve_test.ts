import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { UserError } from "../../runtime/user_error.ts";
import { startPracticeServer } from "../practice_server.ts";
import { practiceTable, serve } from "./serve.ts";

Deno.test({
  name: "serve says where it listens, and ends when asked to",
  ignore: Deno.build.os === "windows",
}, async () => {
  const url = new URL("./serve.ts", import.meta.url);
  const code = `const { serve } = await import(${JSON.stringify(url.href)});
    Deno.exit(await serve({ port: "0", host: "127.0.0.1", seed: "1", quiet: false }));`;
  const config = fileURLToPath(new URL("../../deno.json", import.meta.url));
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", "--config", config, code],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { value: line = "" } = await reader.read();
  const [, address] = /^listening on (http:\/\/127\.0\.0\.1:\d+)\n$/.exec(line) ?? [];
  assert(address !== undefined, line);
  assert.equal((await (await fetch(address)).json()).ok, true);
  child.kill("SIGTERM");
  assert.equal((await child.status).code, 0);
  assert.equal((await reader.read()).done, true);
});

Deno.test("what cannot be served is said with the way out", async () => {
  const taken = startPracticeServer({ port: 0, host: "127.0.0.1", seed: 1 });
  const good = { port: "0", host: "127.0.0.1", seed: "1", quiet: true };
  const cases: [Partial<typeof good>, RegExp, number][] = [
    [{ port: String(taken.port) }, /cannot listen on 127.0.0.1:\d+: another program .*--port 0/, 1],
    [{ port: "65536" }, /--port "65536" is no whole number from 0 to 65535/, 104],
    [{ port: "http" }, /--port "http"/, 104],
    [{ seed: "-1" }, /--seed "-1"/, 104],
    [{ host: "256.0.0.1" }, /cannot listen on 256.0.0.1:0/, 1],
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
});

Deno.test("the table shows every path and header on lines of their own", () => {
  for (const shown of ["/bytes/64KiB", "/stall?every=1s&for=500ms", "x-z6c-fail: 1%"]) {
    assert.match(practiceTable(), new RegExp(`^  ${shown.replace(/[?]/g, "\\$&")}  +\\S`, "m"));
  }
});
