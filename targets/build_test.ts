import assert from "node:assert/strict";
import { join } from "node:path";
import { hasCompileBase } from "../tests/compile_base.ts";
import { toyProgram } from "../tests/toy_program.ts";
import { build, type BuildRequest } from "./build.ts";
import { readLock } from "./lock.ts";

const base = await hasCompileBase(Deno.build.target);
const HASH = "ab".repeat(32);

/** A Deno with an empty cache: with no time to answer, the download's server is as good as out of reach. */
async function denoWithoutBase(folder: string): Promise<string> {
  const path = join(folder, "deno");
  await Deno.writeTextFile(
    path,
    `#!/bin/sh\nDENO_DIR='${folder}/no cache' exec '${Deno.execPath()}' "$@"\n`,
    { mode: 0o755 },
  );
  return path;
}

async function requestIn(folder: string, more: Partial<BuildRequest>): Promise<BuildRequest> {
  return {
    ...await toyProgram(folder),
    lock: {
      ...{ format: 1, name: "toy", plan_sha256: HASH, seed: 5, z6c: "1.2.3", deno: Deno.version.deno },
      ...{ decision_digest: null, simulated: null, unknown: {} },
    },
    permissions: { net: [], read: [], write: [], sys: [], env: [], ffi: [] },
    form: "auto",
    targetTriples: [],
    output: join(folder, "toy"),
    planFile: join(folder, "toy.plan.json"),
    lockFile: join(folder, "toy.lock"),
    ...more,
  };
}

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "z6c-build-test-" });
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test(
  { name: "auto is native where the base is there; plan and lock lie beside", ignore: !base },
  () =>
    inFolder(async (folder) => {
      const lock = { format: 1, name: "old", plan_sha256: HASH, seed: 5, z6c: "0", deno: "0", newer: [1] };
      await Deno.writeTextFile(join(folder, "toy.lock"), JSON.stringify(lock));
      const result = await build(await requestIn(folder, {}));
      assert(result.kind === "built", JSON.stringify(result));
      assert.deepEqual(result.executables.map(({ form }) => form), ["native"]);
      assert.deepEqual(result.notices, []);
      assert.equal(await Deno.readTextFile(join(folder, "toy.plan.json")), `{"name":"toy"}\n`);
      assert.deepEqual(readLock(await Deno.readTextFile(join(folder, "toy.lock"))), {
        kind: "read",
        lock: {
          ...{ format: 1, name: "toy", plan_sha256: HASH, seed: 5, z6c: "1.2.3", deno: Deno.version.deno },
          ...{ decision_digest: null, simulated: null },
          unknown: { newer: [1] },
        },
      });
    }),
);

Deno.test({
  name: "auto is portable where the base cannot be had, and says why",
  ignore: Deno.build.os === "windows",
}, () =>
  inFolder(async (folder) => {
    const lock = { format: 1, name: "old", plan_sha256: HASH, seed: 6, z6c: "0", deno: "0", newer: [1] };
    await Deno.writeTextFile(join(folder, "toy.lock"), JSON.stringify(lock));
    const deno = await denoWithoutBase(folder);
    const request = await requestIn(folder, { deno, answerWithinMs: 0 });
    const result = await build(request);
    assert(result.kind === "built", JSON.stringify(result));
    assert.deepEqual(result.executables.map(({ form }) => form), ["portable"]);
    assert.match(result.notices.join(), /compile base .* cannot be had: .*; so .*toy is portable/);
    const reading = readLock(await Deno.readTextFile(join(folder, "toy.lock")));
    assert(reading.kind === "read");
    assert.deepEqual(reading.lock.unknown, {}, "another seed's fields are gone");
    const native = await build({ ...request, form: "native" });
    assert.equal(native.kind, "not-built");
  }));

Deno.test("nothing is written when a target cannot be built", () =>
  inFolder(async (folder) => {
    const result = await build(
      await requestIn(folder, { form: "portable", targetTriples: ["riscv64-unknown"] }),
    );
    assert(result.kind === "not-built");
    assert.match(result.reason, /riscv64-unknown/);
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["toy runtime"]);
  }));
