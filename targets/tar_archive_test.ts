import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { tarArchive } from "./tar_archive.ts";

Deno.test({ name: "tar unpacks what was packed", ignore: Deno.build.os === "windows" }, async () => {
  const files = [
    { path: "program", content: new Uint8Array(513).fill(7), executable: true },
    { path: "empty", content: new Uint8Array(0), executable: false },
    { path: "a/b/full block", content: new Uint8Array(512).fill(8), executable: false },
    { path: "a/c", content: new TextEncoder().encode("text\n"), executable: false },
  ];
  const folder = await Deno.makeTempDir({ prefix: "z6c-tar-test-" });
  const tar = new Deno.Command("tar", { args: ["-xf", "-", "-C", folder], stdin: "piped" }).spawn();
  const writer = tar.stdin.getWriter();
  await writer.write(tarArchive(files));
  await writer.close();
  assert.equal((await tar.status).code, 0);
  for (const { path, content, executable } of files) {
    assert.deepEqual(await Deno.readFile(join(folder, path)), content, path);
    const { mode } = await Deno.stat(join(folder, path));
    assert.equal(((mode ?? 0) & 0o100) !== 0, executable, path);
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("an archive is whole blocks, each header's sum is right, and its bytes depend on the files alone", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 2000 }), fc.boolean(), (content, executable) => {
    const archive = tarArchive([{ path: "a/file", content, executable }]);
    assert.equal(archive.length % 512, 0);
    assert.deepEqual(archive, tarArchive([{ path: "a/file", content, executable }]));
    for (const at of [0, 512]) {
      const header = archive.slice(at, at + 512);
      const said = parseInt(new TextDecoder().decode(header.subarray(148, 156)), 8);
      header.fill(0x20, 148, 156);
      assert.equal(said, header.reduce((sum, byte) => sum + byte, 0));
    }
  }));
});

Deno.test("a name that does not fit is a mistake of the program", () => {
  assert.throws(
    () => tarArchive([{ path: "x".repeat(101), content: new Uint8Array(), executable: false }]),
    /100 bytes/,
  );
});
