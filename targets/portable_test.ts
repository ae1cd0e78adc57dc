import assert from "node:assert/strict";
import { join } from "node:path";
import { toyProgram } from "../tests/toy_program.ts";
import type { Executable } from "./executable.ts";
import type { Permissions } from "./permissions.ts";
import { buildPortable } from "./portable.ts";

const PERMISSIONS: Permissions = {
  net: ["127.0.0.1:8080"],
  read: [],
  write: ["out file"],
  sys: [],
  env: [],
  ffi: [],
};
const NOT_HERE = Deno.build.os === "windows";

async function built(folder: string, output: string): Promise<Executable> {
  const program = await toyProgram(folder);
  const outcome = await buildPortable({ ...program, output, permissions: PERMISSIONS });
  assert.equal(outcome.kind, "built", JSON.stringify(outcome));
  return outcome as Executable;
}

type Started = { program: string; args?: string[]; cwd: string; env?: Record<string, string> };

async function outputOf({ program, args = [], cwd, env = {} }: Started) {
  const { code, stdout, stderr } = await new Deno.Command(program, {
    args,
    cwd,
    env,
    clearEnv: true,
    stdin: "null",
  })
    .output();
  const text = new TextDecoder();
  return { code, stdout: text.decode(stdout), stderr: text.decode(stderr) };
}

async function namesIn(folder: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(folder)) names.push(name);
  return names;
}

Deno.test({ name: "a portable executable", ignore: NOT_HERE }, async (test) => {
  const folder = await Deno.makeTempDir({ prefix: "z6c-portable-test-" });
  const empty = join(folder, "an empty folder");
  const home = join(folder, "home");
  const temporary = join(folder, "tmp");
  await Promise.all([empty, home, temporary].map((path) => Deno.mkdir(path)));
  const first = await built(folder, join(folder, "toy"));
  const program = first.path;
  const hello = `{"name":"toy","words":["a b","'\\"$"]}\n`;
  const args = ["hello", "a b", `'"$`];

  await test.step("is the same file when built again", async () => {
    const again = await built(folder, join(folder, "again"));
    assert.equal(again.sha256, first.sha256);
    assert.equal(again.bytes, (await Deno.stat(again.path)).size);
    await Deno.remove(again.path);
  });
  await test.step("starts without HOME and PATH, and leaves nothing behind", async () => {
    const run = await outputOf({ program, args, cwd: empty, env: { TMPDIR: temporary } });
    assert.deepEqual(run, { code: 0, stdout: hello, stderr: "" });
    assert.deepEqual(await namesIn(temporary), []);
    assert.deepEqual(await namesIn(empty), []);
  });
  await test.step("passes on the exit code without HOME", async () => {
    const run = await outputOf({ program, args: ["exit", "99"], cwd: empty, env: { TMPDIR: temporary } });
    assert.equal(run.code, 99);
    assert.deepEqual(await namesIn(temporary), []);
  });
  await test.step("unpacks once into the cache, also when started twice at a time, and when copied", async () => {
    const copy = join(folder, "a copy");
    await Deno.copyFile(program, copy);
    const env = { HOME: home };
    const runs = await Promise.all(
      [program, copy].map((program) => outputOf({ program, args, cwd: empty, env })),
    );
    for (const run of runs) assert.deepEqual(run, { code: 0, stdout: hello, stderr: "" });
    const [kept, ...others] = await namesIn(join(home, ".cache/z6c"));
    assert.deepEqual(others, []);
    const { mtime } = await Deno.stat(join(home, ".cache/z6c", kept, "entry.ts"));
    assert.equal((await outputOf({ program, args, cwd: empty, env })).stdout, hello);
    assert.deepEqual((await Deno.stat(join(home, ".cache/z6c", kept, "entry.ts"))).mtime, mtime);
    const inside = await namesIn(join(home, ".cache/z6c", kept));
    assert.deepEqual(inside.sort(), ["cache", "deno", "entry.ts", "plan.json", "runtime"]);
    assert.deepEqual(await namesIn(join(home, ".cache/z6c", kept, "runtime")), ["main.ts"]);
  });
  await test.step("may do what its permissions say, and nothing else", async () => {
    const cases: [Deno.PermissionDescriptor, string][] = [
      [{ name: "net", host: "127.0.0.1:8080" }, "granted"],
      [{ name: "net", host: "127.0.0.1:8081" }, "prompt"],
      [{ name: "net" }, "prompt"],
      [{ name: "write", path: "out file" }, "granted"],
      [{ name: "write", path: "elsewhere" }, "prompt"],
      [{ name: "read" }, "prompt"],
      [{ name: "env" }, "prompt"],
      [{ name: "run" }, "prompt"],
      [{ name: "sys" }, "prompt"],
    ];
    for (const [descriptor, state] of cases) {
      const args = ["may", JSON.stringify(descriptor)];
      const { stdout } = await outputOf({ program, args, cwd: empty, env: { HOME: home } });
      // Without a terminal and with --no-prompt, what may not be asked for is denied.
      assert.equal(JSON.parse(stdout) === "granted", state === "granted", JSON.stringify(descriptor));
    }
    const run = await outputOf({ program, args: ["write", "out file"], cwd: empty, env: { HOME: home } });
    assert.equal(run.code, 0, run.stderr);
    assert.equal(await Deno.readTextFile(join(empty, "out file")), "written");
  });
  await test.step("is reached by signals", async () => {
    const child = new Deno.Command(program, {
      args: ["wait"],
      cwd: empty,
      env: { HOME: home },
      clearEnv: true,
      stdin: "null",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const reader = child.stdout.getReader();
    await reader.read();
    child.kill("SIGINT");
    assert.equal((await child.status).code, 105);
    await reader.cancel();
  });
  await test.step("says so when it is incomplete or damaged", async () => {
    const whole = await Deno.readFile(program);
    const damaged = whole.slice();
    damaged[whole.length >> 1] ^= 0x55;
    for (const bytes of [whole.subarray(0, whole.length - 1000), damaged]) {
      const broken = join(folder, "broken");
      await Deno.writeFile(broken, bytes, { mode: 0o755 });
      const caches = join(folder, "other caches");
      const run = await outputOf({ program: broken, cwd: empty, env: { XDG_CACHE_HOME: caches } });
      assert.equal(run.code, 1);
      assert.match(run.stderr, /broken: could not unpack into .*: the disk is full, or this file is damaged/);
      assert.deepEqual(await namesIn(join(caches, "z6c")), []);
    }
  });
  await Deno.remove(folder, { recursive: true });
});

Deno.test("the portable form is refused for another target", async () => {
  const outcome = await buildPortable({
    entrySource: "",
    planJson: "{}",
    runtimeDirectory: ".",
    output: "never written",
    permissions: PERMISSIONS,
    targetTriple: "riscv64gc-unknown-none",
  });
  assert.equal(outcome.kind, "unsupported");
});
