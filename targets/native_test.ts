import assert from "node:assert/strict";
import { join } from "node:path";
import { hasCompileBase } from "../tests/compile_base.ts";
import { toyProgram } from "../tests/toy_program.ts";
import type { Executable } from "./executable.ts";
import { buildNative, nativeName } from "./native.ts";
import type { Permissions } from "./permissions.ts";

const PERMISSIONS: Permissions = {
  net: ["127.0.0.1:8080"],
  read: [],
  write: ["out"],
  sys: [],
  env: [],
  ffi: [],
};
const OTHER_TARGET = "aarch64-unknown-linux-gnu";
const base = await hasCompileBase(Deno.build.target);
const otherBase = await hasCompileBase(OTHER_TARGET);

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "z6c-native-test-" });
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function built(folder: string, name: string, targetTriple = Deno.build.target): Promise<Executable> {
  const program = await toyProgram(folder);
  const outcome = await buildNative({
    ...program,
    output: join(folder, name),
    permissions: PERMISSIONS,
    targetTriple,
  });
  assert.equal(outcome.kind, "built", JSON.stringify(outcome));
  return outcome as Executable;
}

Deno.test(
  { name: "a native executable runs alone, with its permissions", ignore: !base },
  () =>
    inFolder(async (folder) => {
      const { path, bytes } = await built(folder, "toy");
      assert.equal(bytes, (await Deno.stat(path)).size);
      const empty = join(folder, "empty");
      await Deno.mkdir(empty);
      const run = async (...args: string[]) => {
        const { code, stdout } = await new Deno.Command(path, {
          args,
          cwd: empty,
          clearEnv: true,
          stdin: "null",
        }).output();
        return { code, stdout: new TextDecoder().decode(stdout) };
      };
      assert.deepEqual(await run("hello", "a b"), { code: 0, stdout: `{"name":"toy","words":["a b"]}\n` });
      assert.equal((await run("exit", "97")).code, 97);
      assert.equal((await run("write", "out")).code, 0);
      assert.equal(await Deno.readTextFile(join(empty, "out")), "written");
      assert.notEqual((await run("write", "elsewhere")).code, 0);
      assert.match((await run("may", `{"name":"net","host":"127.0.0.1:8080"}`)).stdout, /granted/);
      assert.doesNotMatch((await run("may", `{"name":"net","host":"127.0.0.1:8081"}`)).stdout, /granted/);
    }),
);

Deno.test(
  { name: "two builds of one plan are the same file, whatever its name", ignore: !base },
  () =>
    inFolder(async (folder) => {
      const [first, second] = [await built(folder, "one"), await built(folder, "another name")];
      assert.equal(first.sha256, second.sha256);
    }),
);

Deno.test(
  { name: "an executable for another machine", ignore: !otherBase },
  () =>
    inFolder(async (folder) => {
      const { path } = await built(folder, "toy", OTHER_TARGET);
      using file = await Deno.open(path);
      const start = new Uint8Array(20);
      await file.read(start);
      // ELF magic, and e_machine EM_AARCH64.
      assert.deepEqual([...start.subarray(0, 4), start[18]], [0x7f, 0x45, 0x4c, 0x46, 183]);
    }),
);

Deno.test("a target without a base is said, quickly", () =>
  inFolder(async (folder) => {
    const began = performance.now();
    const outcome = await buildNative({
      ...await toyProgram(folder),
      output: join(folder, "toy"),
      permissions: PERMISSIONS,
      targetTriple: "x86_64-unknown-nowhere",
      answerWithinMs: 1000,
    });
    assert.equal(outcome.kind, "base-unavailable");
    assert(performance.now() - began < 5000);
  }));

Deno.test(
  { name: "a program that does not compile is a failure with Deno's words", ignore: !base },
  () =>
    inFolder(async (folder) => {
      const outcome = await buildNative({
        ...await toyProgram(folder),
        entrySource: `import "./missing.ts";\n`,
        output: join(folder, "toy"),
        permissions: PERMISSIONS,
      });
      assert(outcome.kind === "failed", JSON.stringify(outcome));
      assert.match(outcome.reason, /missing\.ts/);
      assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["toy runtime"]);
    }),
);

Deno.test("executables for Windows end in .exe", () => {
  assert.equal(nativeName("a", "x86_64-pc-windows-msvc"), "a.exe");
  assert.equal(nativeName("a.exe", "x86_64-pc-windows-msvc"), "a.exe");
  assert.equal(nativeName("a", "aarch64-apple-darwin"), "a");
});
