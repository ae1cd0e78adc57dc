import assert from "node:assert/strict";
import fc from "fast-check";
import type { Connections, Flow, Instruction, Load, Request, Table, Target } from "../../runtime/plan.ts";
import type { Encoding, Part, Slot } from "../../runtime/plan_templates.ts";
import { PLAIN_REQUEST, PLAIN_TARGET } from "../../tests/sample_plans.ts";
import { boundsOf } from "./bounds.ts";
import { literalBytes } from "./template_size.ts";

const open = (rateStart: number, rateEnd: number, perTicks: number): Load => ({
  model: "open",
  arrivals: "uniform",
  burst: 1,
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
  paceTicks: 0,
  gracefulStopTicks: 10,
  stages: [{ name: "s", warmup: false, startTick: 0, lengthTicks, vusStart: 8, vusEnd: 8 }],
});

const request = (
  head: Part[],
  body: Part[] = [],
  captures: Request["captures"] = [],
  target = 0,
): Request => ({
  ...PLAIN_REQUEST,
  target,
  method: "GET",
  head,
  body,
  timeoutTicks: 1,
  onError: "continue",
  expect: { status: [], withinTicks: 0, headers: [], json: [], body: [] },
  captures,
  redirects: 0,
  retry: null,
});

const flow = (weight: number, ...program: Instruction[]): Flow => ({ name: "f", weight, program });
const once: Instruction = { kind: "request", step: 0, request: 0 };
const think: Instruction = { kind: "think", step: 1, minTicks: 1, maxTicks: 1, quantiles: [] };
const repeated = (min: number, max: number): Instruction[] => [
  { kind: "repeat", step: 2, min, max, again: 2 },
  once,
  { kind: "again", step: 2, repeat: 0 },
];

/** Targets with these connections, of 50 VUs. */
const targetsOf = (...connections: Connections[]): Target[] =>
  connections.map((one, at) => ({
    ...PLAIN_TARGET,
    name: String(at),
    scheme: "http",
    host: "a",
    port: 80,
    connections: one,
    cookies: false,
    firstSlot: 0,
    slots: one.kind === "shared" ? one.size : 50,
  }));

/** Programs of these flows, whose requests have no slots unless they are given. */
const programs = (
  flows: Flow[],
  requests: Request[] = [request([])],
  tables: Table[] = [],
  targets: Target[] = targetsOf({ kind: "per-vu" }),
) => ({
  targets,
  flows,
  choice: flows.map((_, other) => ({ keep: 2 ** 32, other })),
  setup: -1,
  teardown: -1,
  requests,
  captures: requests.flatMap((it) => it.captures.map(() => "f/c")),
  tables,
});

Deno.test("connections, peak rate and end", () => {
  const of = (load: Load, connections: Connections) =>
    boundsOf(load, 0, programs([flow(1, once)], undefined, undefined, targetsOf(connections)));
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
    boundsOf(closed(0), sessions, programs(flows, undefined, undefined, targetsOf({ kind }))).ledgerBytes;
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

Deno.test("ledger bytes: groups, nested repeats, several targets, and what runs once", () => {
  const kinds = targetsOf({ kind: "per-session" }, { kind: "per-request" }, { kind: "per-session" });
  const requests = kinds.map((_, target) => request([], [], [], target));
  const ask = (request: number): Instruction => ({ kind: "request", step: 0, request });
  const bytes = (flows: Flow[], once: object = {}) =>
    boundsOf(closed(0), 100, { ...programs(flows, requests, [], kinds), ...once }).ledgerBytes;
  const records = (count: number) => Math.ceil(count * 32 * 1.06 - 1e-6);
  assert.equal(bytes([flow(1, ask(0), ask(0))]), records(100 * (2 + 2 + 6)));
  assert.equal(bytes([flow(1, ask(0), ask(1), ask(2))]), records(100 * (2 + 2 + 2 + 2 + 9)));
  const nested = flow(
    1,
    { kind: "repeat", step: 0, min: 1, max: 2, again: 6 },
    { kind: "group", step: 0, end: 5 },
    { kind: "repeat", step: 1, min: 0, max: 3, again: 4 },
    think,
    { kind: "again", step: 1, repeat: 2 },
    { kind: "groupEnd", step: 0, group: 1 },
    { kind: "again", step: 0, repeat: 0 },
    think,
  );
  assert.equal(bytes([nested]), records(100 * (2 + 1 + 1.5 * (1 + 1.5 + 1) + 1)));
  const { repeatDepth, groupDepth } = boundsOf(closed(0), 1, programs([flow(1, once), nested]));
  assert.deepEqual([repeatDepth, groupDepth], [2, 1]);
  const setup = { choice: [{ keep: 2 ** 32, other: 0 }], setup: 1 };
  assert.equal(bytes([flow(1, think), flow(9, ask(1))], setup), records(100 * 3 + 7));
});

const table: Table = {
  name: "t",
  columns: ["a", "b"],
  rows: 2,
  pick: "random",
  salt: 9,
  cells: "é\u007fx\u007f\u007fa b\u007f",
};
const cell = (column: number, encoding: Encoding): Slot => ({ slot: "data", table: 0, column, encoding });

Deno.test("ledger bytes: captures, rows taken, and conditions", () => {
  const capturing = request([cell(0, "none")], [cell(1, "none")], [
    { capture: 0, from: { kind: "header", name: "x", pattern: null }, optional: false },
    { capture: 0, from: { kind: "cookie", name: "x", pattern: null }, optional: true },
  ]);
  const condition = { kind: "status", ranges: [] } as const;
  const bytes = (...program: Instruction[]) =>
    boundsOf(closed(0), 100, programs([flow(1, ...program)], [capturing], [table]))
      .ledgerBytes;
  const records = (count: number) => Math.ceil(count * 32 * 1.06 - 1e-6);
  assert.equal(bytes(think), records(100 * 3));
  assert.equal(bytes(once), records(100 * (2 + 1 + 3 + 2 * 3)));
  assert.equal(
    bytes({ kind: "when", step: 0, condition, end: 2 }, think, { kind: "end", step: 0 }),
    records(100 * 4),
  );
});

Deno.test("cells, captures, secrets, credentials and cookies at their longest", () => {
  const longest = (...head: Part[]) =>
    boundsOf(closed(0), 1, programs([flow(1, once)], [request(head)], [table]))
      .requestBytes;
  assert.equal(longest(cell(0, "none")), 2);
  assert.equal(longest(cell(0, "query")), 6);
  assert.equal(longest(cell(1, "none")), 3);
  assert.equal(longest(cell(1, "path")), 5);
  assert.equal(longest({ slot: "secret", secret: 0, encoding: "header" }), 4_096);
  assert.equal(longest({ slot: "secret", secret: 0, encoding: "json" }), 6 * 4_096);
  assert.equal(longest({ slot: "cookies" }), 8_192 + 10);
  assert.equal(longest({ slot: "basic", user: ["ab"], password: [cell(1, "none")] }), 8);
  assert.equal(longest({ base64: "AAEC/w==" }), 4);
});

Deno.test("captured values have room only where there are some", () => {
  const capturing = (head: Part[]) =>
    request(head, [], [{ capture: 0, from: { kind: "json", pointer: "", pattern: null }, optional: true }]);
  const of = (requests: Request[]) => boundsOf(closed(0), 1, programs([flow(1, once)], requests));
  assert.equal(of([request([])]).captureBytes, 0);
  const { captureBytes, requestBytes } = of([
    capturing(["GET /", { slot: "capture", capture: 0, encoding: "path" }]),
  ]);
  assert.equal(captureBytes, 4_096);
  assert.equal(requestBytes, 5 + 3 * 4_096);
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
  const bounds = boundsOf(closed(0), 1, programs([flow(1, ...repeated(1, 2))], requests));
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
    const bound = literalBytes(parts.map(([slot]) => slot));
    const text = parts.map(([, text]) => text).join("");
    assert(new TextEncoder().encode(text).length <= bound);
  }));
});
