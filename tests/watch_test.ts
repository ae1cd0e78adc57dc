/** `z6c watch`: as a user meets it, on ledgers that a test writes in pieces and on a run of another process. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { startPracticeServer } from "../cli/practice_server.ts";
import { shopLedger } from "./inspected_run.ts";
import { onlyLedger, recordsOf } from "./ledger_records.ts";
import { inFolder, runToEnd, start, until, Z6C } from "./running.ts";
import { writeScenario } from "./scenario_text.ts";

const { bytes, ledger } = shopLedger(32);
const FIRST_BLOCK = ledger.headerBytes + 16 + 32 * 32 + 32;

Deno.test("z6c watch waits for a ledger, follows it, and ends with it", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "shop.z6log");
    const watch = start([...Z6C, "watch", "shop.z6log"], { cwd: folder });
    await watch.said("waiting for shop.z6log\n");
    Deno.writeFileSync(path, bytes.subarray(0, 100));
    Deno.writeFileSync(path, bytes.subarray(100, FIRST_BLOCK + 10), { append: true });
    await watch.said("watching shop on http://");
    Deno.writeFileSync(path, bytes.subarray(FIRST_BLOCK + 10, -200), { append: true });
    await watch.said("\n0:1");
    Deno.writeFileSync(path, bytes.subarray(-200), { append: true });
    const { code, stdout, stderr } = await watch.ended;
    assert.equal(code, 0, stderr);
    assert.equal(stdout, "");
    assert.match(
      stderr,
      /36 issued · 0 in flight · 1 failed · 3 unexpected · 0 sessions active · 1 dropped .*Z3501 wait\.timeout\n/,
    );
    assert.match(stderr, /\nthe run has ended; its report: z6c report shop\.z6log\n$/);
  });
});

Deno.test("z6c watch shows the end of a whole ledger at once", async () => {
  await inFolder(async (folder) => {
    Deno.writeFileSync(join(folder, "shop.z6log"), bytes);
    const { code, stderr } = await runToEnd([...Z6C, "watch", "shop.z6log"], { cwd: folder });
    assert.equal(code, 0, stderr);
    const lines = stderr.trim().split("\n");
    assert.equal(lines.length, 3, stderr);
    assert.match(lines[1], /^0:12 of 0:12 hold 100% · .* 36 issued/);
  });
});

Deno.test("z6c watch is ended by Ctrl-C, damage and what is no ledger", async (test) => {
  await inFolder(async (folder) => {
    const watch = (name: string) => start([...Z6C, "watch", name], { cwd: folder });
    await test.step("Ctrl-C while it waits", async () => {
      const waiting = watch("none.z6log");
      await waiting.said("waiting for none.z6log");
      waiting.signal("SIGINT");
      assert.equal((await waiting.ended).code, 105);
    });
    await test.step("Ctrl-C while it watches", async () => {
      Deno.writeFileSync(join(folder, "half.z6log"), bytes.subarray(0, FIRST_BLOCK));
      const watching = watch("half.z6log");
      await watching.said("watching shop");
      watching.signal("SIGINT");
      const { code, stderr } = await watching.ended;
      assert.equal(code, 105);
      assert.match(stderr, /\n0:0\d of 0:12 .* issued/);
    });
    await test.step("a damaged block", async () => {
      const damaged = bytes.slice();
      damaged[FIRST_BLOCK + 50] ^= 1;
      Deno.writeFileSync(join(folder, "damaged.z6log"), damaged);
      const { code, stderr } = await watch("damaged.z6log").ended;
      assert.equal(code, 97);
      assert.match(stderr, /\nz6c: damaged\.z6log is damaged: the records of block 1 were changed/);
    });
    await test.step("another file", async () => {
      Deno.writeTextFileSync(join(folder, "text"), "no ledger");
      const { code, stderr } = await watch("text").ended;
      assert.equal(code, 104);
      assert.match(stderr, /^z6c: cannot read text: this is no ledger/);
    });
    await test.step("a folder", async () => {
      const { code, stderr } = await watch(".").ended;
      assert.equal(code, 104);
      assert.match(stderr, /^z6c: cannot read \.: it is a folder/);
    });
  });
});

Deno.test("z6c watch follows a run of another process to its end", async () => {
  const server = startPracticeServer({ port: 0, host: "127.0.0.1", seed: 1 });
  try {
    await inFolder(async (folder) => {
      const load = `model = "open"\nstages = [{ for = "3s", rate = "40/s" }]\nmax_vus = 50`;
      const scenario = writeScenario(folder, { base: server.url, load });
      const run = start([...Z6C, "run", scenario, "-q", "--out", folder], { cwd: folder });
      let path = "";
      await until("the run writes its ledger", () => {
        path = [...Deno.readDirSync(folder)].find(({ name }) => name.endsWith(".z6log"))?.name ?? "";
        return path !== "";
      });
      const { code, stderr } = await runToEnd([...Z6C, "watch", path], { cwd: folder });
      assert.equal(code, 0, stderr);
      const issued = recordsOf(onlyLedger(folder), "requestIssued").length;
      assert(issued >= 100);
      assert.match(stderr, new RegExp(` ${issued} issued · 0 in flight · 0 failed · 0 sessions active`));
      await run.ended;
    });
  } finally {
    await server.stop();
  }
});
