import { deepEqual, equal, match } from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../cli/main.ts", import.meta.url));
const CONFIG = fileURLToPath(new URL("../deno.json", import.meta.url));

const SOUND = `name = "sound"
[target]
base = "http://127.0.0.1:8080"
[load]
model = "open"
max_vus = 10
rate = "10/s"
for = "10s"
[[flow]]
name = "browse"
[[flow.step]]
get = "/"
`;
const FILES = {
  "sound.toml": SOUND,
  "odd.toml": SOUND.replace('get = "/"', 'get = "/?pass=${loop}"'),
  "wrong.toml": SOUND.replace('"10/s"', '"10/sec"').replace('"/"', '"no slash"'),
};

/** Runs `z6c check` in a folder that holds `FILES`. */
async function check(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const folder = await Deno.makeTempDir();
  for (const [name, text] of Object.entries(FILES)) await Deno.writeTextFile(join(folder, name), text);
  const run = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--config", CONFIG, MAIN, "check", ...args],
    cwd: folder,
    env: { NO_COLOR: "1" },
  });
  const { code, stdout, stderr } = await run.output();
  await Deno.remove(folder, { recursive: true });
  return { code, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
}

Deno.test("check says all of several files, and exits with 104 for an error", async () => {
  const { code, stdout } = await check("sound.toml", "odd.toml", "wrong.toml");
  equal(code, 104);
  match(stdout, /^sound\.toml: sound \(1 flow, 1 step\)$/m);
  match(stdout, /^warning Z1901 [^]*^odd\.toml: sound/m);
  match(stdout, /^error Z1204 [^]*^error Z16\d\d [^]*^2 errors in wrong\.toml$/m);
});

Deno.test("a warning passes, unless warnings are denied", async () => {
  equal((await check("sound.toml", "odd.toml")).code, 0);
  const denied = await check("--deny-warnings", "sound.toml", "odd.toml");
  equal(denied.code, 104);
  match(denied.stdout, /^odd\.toml: 1 warning, which --deny-warnings does not let pass$/m);
  equal((await check("--deny-warnings", "sound.toml")).code, 0);
});

Deno.test("JSON: the diagnostics of all files in order, with the fields of docs/check.md", async () => {
  const { code, stdout } = await check("--format", "json", "wrong.toml", "sound.toml", "odd.toml");
  equal(code, 104);
  const found: Record<string, unknown>[] = JSON.parse(stdout);
  deepEqual(found.map(({ file, severity }) => [file, severity]), [
    ["wrong.toml", "error"],
    ["wrong.toml", "error"],
    ["odd.toml", "warning"],
  ]);
  deepEqual(found[0], {
    code: "Z1204",
    severity: "error",
    file: "wrong.toml",
    place: { line: 7, column: 8, endLine: 7, endColumn: 16 },
    message: 'rate "10/sec" has no unit z6c knows; use "10/s", "10/min" or "10/h"',
  });
  deepEqual(JSON.parse((await check("--format", "json", "sound.toml")).stdout), []);
});

Deno.test("SARIF: one log for all files", async () => {
  const { code, stdout } = await check("--format", "sarif", "wrong.toml", "odd.toml");
  equal(code, 104);
  const { version, runs: [{ results }] } = JSON.parse(stdout);
  equal(version, "2.1.0");
  equal(results.length, 3);
});

Deno.test("what cannot be read or asked for is said on stderr, and nothing on stdout", async () => {
  for (
    const [args, words] of [
      [
        ["--format", "json", "sound.toml", "gone.toml"],
        /cannot read the scenario gone\.toml: there is no such/,
      ],
      [["--format", "xml", "sound.toml"], /Allowed choices are text, json, sarif/],
    ] as const
  ) {
    const { code, stdout, stderr } = await check(...args);
    equal(code, 104);
    equal(stdout, "");
    match(stderr, words);
  }
});
