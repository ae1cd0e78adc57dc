import assert from "node:assert/strict";
import fc from "fast-check";
import type { Connections, Flow, Instruction, Load, Part, Request, Slot } from "../../runtime/plan.ts";
import { boundsOf } from "./bounds.ts";
import { longestBytes } from "./template_size.ts";

const open = (rateStart: number, rateEnd: number, perTicks: number): Load => ({
  model: "open",
  arrivals: "uniform",
  maxVus: 50,
  gracefulStopTicks: 10,
  stages: [{
    name: "s",
    warmup: false,
    startTick: 0,
    lengthTicks: 90,
    rateStart,
    rateEnd,
    perTicks,
    firstSession: 0,
    sessions: 0,
    lacking: 0,
    slotQuantiles: [],
  }],
});

const closed = (lengthTicks: number): Load => ({
  model: "closed",
  iterations: 5,
  maxVus: 8,
  gracefulStopTicks: 10,
  stages: [{ name: "s", warmup: false, startTick: 0, lengthTicks, vusStart: 8, vusEnd: 8 }],
});

const request = (head: Part[], body: Part[] = []): Request => ({
  method: "GET",
  head,
  body,
  timeoutTicks: 1,
  onError: "continue",
  expect: { status: [], body: [] },
});

const flow = (weight: number, ...program: Instruction[]): Flow => ({ name: "f", weight, program });
const once: Instruction = { kind: "request", step: 0, request: 0 };
const think: Instruction = { kind: "think", step: 1, minTicks: 1, maxTicks: 1 };
const repeated = (min: number, max: number): Instruction[] => [
  { kind: "repeat", step: 2, min, max, again: 2 },
  once,
  { kind: "again", step: 2, repeat: 0 },
];

Deno.test("connections, peak rate and end", () => {
  const of = (load: Load, connections: Connections) => boundsOf(load, 0, connections, [flow(1, once)], []);
  for (const kind of ["per-vu", "per-session", "per-request"] as const) {
    assert.equal(of(open(1, 1, 1), { kind }).connections, 50);
  }
  assert.equal(of(open(1, 1, 1), { kind: "shared", size: 7 }).connections, 7);
  assert.equal(of(open(1, 3, 3_000), { kind: "per-vu" }).peakRate, 1_000_000);
  assert.equal(of(open(1, 0, 3_600_000_000), { kind: "per-vu" }).peakRate, 1, "0.28 thousandths, rounded up");
  assert.equal(of(closed(90), { kind: "per-vu" }).peakRate, 0);
  assert.deepEqual([open(1, 1, 1), closed(90), closed(0)].map((it) => of(it, { kind: "per-vu" }).endTick), [
    100,
    100,
    0,
  ]);
});

Deno.test("ledger bytes: records per session, weighted, and 6 % for blocks", () => {
  const bytes = (sessions: number, kind: "per-vu" | "per-session" | "per-request", ...flows: Flow[]) =>
    boundsOf(closed(0), sessions, { kind }, flows, []).ledgerBytes;
  const records = (count: number) => Math.ceil(count * 32 * 1.06 - 1e-6);
  assert.equal(bytes(0, "per-vu", flow(1, once)), 0);
  assert.equal(bytes(100, "per-vu", flow(1, once)), records(100 * 5));
  assert.equal(bytes(100, "per-vu", flow(1, once, think)), records(100 * 6));
  assert.equal(bytes(100, "per-session", flow(1, once, think)), records(100 * 8));
  assert.equal(bytes(100, "per-request", flow(1, once, think)), records(100 * 8));
  assert.equal(bytes(100, "per-vu", flow(1, ...repeated(1, 4), once)), records(100 * (2 + 1 + 2.5 * 3 + 3)));
  assert.equal(
    bytes(100, "per-vu", flow(3, once), flow(1, once, once)),
    records(100 * (0.75 * 5 + 0.25 * 8)),
  );
  assert.equal(bytes(2 ** 32 - 1, "per-vu", flow(1, ...repeated(2 ** 31, 2 ** 31))), Number.MAX_SAFE_INTEGER);
});

Deno.test("the longest request counts head and body, and the longest choice in UTF-8", () => {
  const requests = [
    request(["a", { slot: "authority" }, { slot: "content-length" }], [{
      slot: "choice",
      use: 0,
      texts: ["é😀", "abc"],
    }]),
    request(["abc", { slot: "content-length" }], [{ slot: "now" }]),
  ];
  const bounds = boundsOf(closed(0), 1, { kind: "per-vu" }, [flow(1, ...repeated(1, 2))], requests);
  assert.equal(bounds.requestBytes, 1 + 260 + 1 + 6);
  assert.equal(bounds.repeatDepth, 1);
});

Deno.test("no rendering is longer than the bound", () => {
  const texts = fc.array(fc.string({ unit: "grapheme", maxLength: 5 }), { minLength: 1, maxLength: 4 });
  const u32 = fc.integer({ min: 0, max: 2 ** 32 - 1 }).map(String);
  /** A slot together with something that it may be rendered as. */
  const rendered: fc.Arbitrary<readonly [Slot, string]> = fc.oneof(
    fc.tuple(fc.constantFrom("session" as const, "vu" as const, "loop" as const), u32).map(
      ([slot, text]) => [{ slot }, text] as const,
    ),
    fc.uuid().map((text) => [{ slot: "uuid", use: 0 }, text] as const),
    fc.date({ min: new Date(0), max: new Date("9999-12-31"), noInvalidDate: true }).map(
      (date) => [{ slot: "now" }, date.toISOString()] as const,
    ),
    fc.tuple(fc.maxSafeInteger(), fc.maxSafeInteger(), fc.double({ min: 0, max: 1, noNaN: true })).map(
      ([a, b, at]) => {
        const [min, max] = [Math.min(a, b), Math.max(a, b)];
        const value = BigInt(min) + (BigInt(max) - BigInt(min)) * BigInt(Math.floor(at * 1_000)) / 1_000n;
        return [{ slot: "int", use: 0, min, max }, String(value)] as const;
      },
    ),
    fc.tuple(texts, fc.nat(), fc.constantFrom("choice" as const, "stage" as const)).map((
      [texts, index, slot],
    ) =>
      [slot === "choice" ? { slot, use: 0, texts } : { slot, texts }, texts[index % texts.length]] as const
    ),
  );
  fc.assert(fc.property(fc.array(rendered), (parts) => {
    const bound = longestBytes(parts.map(([slot]) => slot), 0);
    const text = parts.map(([, text]) => text).join("");
    assert(new TextEncoder().encode(text).length <= bound);
  }));
});
