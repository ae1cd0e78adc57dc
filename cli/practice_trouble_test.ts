import assert from "node:assert/strict";
import { inTrouble, readTrouble } from "./practice_trouble.ts";

Deno.test("trouble is read with and without a path", () => {
  assert.deepEqual(readTrouble("12s..17s"), { path: "", fromMs: 12_000, toMs: 17_000 });
  assert.deepEqual(readTrouble("/echo 500ms..1.5s"), { path: "/echo", fromMs: 500, toMs: 1500 });
  for (const text of ["", "12s", "12s..", "..12s", "12..17", "17s..12s", "echo 1s..2s", "/echo"]) {
    assert.throws(() => readTrouble(text), { name: "Error" }, text);
  }
});

Deno.test("while there is trouble, its path answers late and fails one time in five", async () => {
  const waits: number[] = [];
  const draw = (n: number, use: 0 | 1) => use === 1 ? Math.floor((n % 10 + 0.5) / 10 * 2 ** 32) : 0xffff_ffff;
  const wait = (ms: number) => (waits.push(ms), Promise.resolve());
  const ask = inTrouble(() => new Response("fine"), { path: "/pay", fromMs: 0, toMs: 1e9 }, draw, wait);
  const status = async (path: string) => (await ask(new Request(`http://127.0.0.1:1${path}`))).status;
  for (const path of ["/", "/items/7", "/payment", "/x/pay"]) assert.equal(await status(path), 200);
  assert.deepEqual(waits, []);
  const found: number[] = [];
  for (const path of ["/pay", "/pay/7", "/pay?a", "/pay", "/pay", "/pay", "/pay", "/pay", "/pay", "/pay"]) {
    found.push(await status(path));
  }
  assert.deepEqual(found, [503, 503, 200, 200, 200, 200, 200, 200, 200, 200]);
  assert.deepEqual(waits, found.map(() => 450));
});

Deno.test("before and after, all is well", async () => {
  for (const trouble of [{ path: "", fromMs: 1e9, toMs: 2e9 }, { path: "", fromMs: -2, toMs: 0 }]) {
    const ask = inTrouble(() => new Response("fine"), trouble, () => 0, () => assert.fail("nobody waits"));
    assert.equal(await (await ask(new Request("http://127.0.0.1:1/"))).text(), "fine");
  }
});
