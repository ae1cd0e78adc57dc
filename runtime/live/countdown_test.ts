import assert from "node:assert/strict";
import { momentToBegin } from "./countdown.ts";

const ALONE = { aheadMs: 20, alone: true };
const TOGETHER = { aheadMs: 100, alone: false };
const never = new AbortController().signal;

Deno.test("without a time to begin, a load alone begins now, and several when all have heard of it", async () => {
  assert.equal(await momentToBegin(null, ALONE, never, true), "now");
  const soonestMs = Date.now() + TOGETHER.aheadMs;
  const moment = await momentToBegin(null, TOGETHER, never, true);
  assert.ok(typeof moment === "number" && moment >= soonestMs, String(moment));
});

Deno.test("a time to come is waited for, less what a load must know of it before", async () => {
  const wantedMs = Date.now() + 60;
  assert.equal(await momentToBegin(wantedMs, ALONE, never, true), wantedMs);
  const leftMs = wantedMs - Date.now();
  assert.ok(leftMs <= ALONE.aheadMs, `${leftMs} ms left`);
});

Deno.test("a time that is over begins what can begin, and what is called off does not", async () => {
  const overMs = Date.now() - 1;
  assert.equal(await momentToBegin(overMs, ALONE, never, true), "now");
  assert.equal(typeof await momentToBegin(overMs, TOGETHER, never, true), "number");
  assert.equal(await momentToBegin(null, ALONE, AbortSignal.abort(), true), null);
});
