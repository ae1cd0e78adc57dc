import assert from "node:assert/strict";
import type { Flow, RequestStep, Target, ThinkStep, Threshold } from "../2_check/scenario.ts";
import { lowerPrograms, stepNames } from "./programs.ts";
import { exponentialQuantiles, lognormalQuantiles, normalQuantiles } from "./quantiles.ts";
import { fnv1a32, salts } from "./salt.ts";
import { lowerThresholds } from "./thresholds.ts";

const place = { line: 1, column: 1, endLine: 1, endColumn: 2 };

const target: Target = {
  place,
  scheme: "http",
  host: "shop.test",
  port: 80,
  basePlace: place,
  headers: [],
  timeoutTicks: 1,
  connections: { kind: "per-vu" },
  transport: "socket",
  cookies: false,
};

const request = (name: string, min = 1, max = min): RequestStep => ({
  kind: "request",
  name,
  place,
  method: "GET",
  url: [`/${name}`],
  urlPlace: place,
  query: [],
  headers: [],
  auth: { kind: "none" },
  body: { kind: "none" },
  expect: { status: [[200, 399]], withinTicks: 0, headers: [], json: [], body: [] },
  captures: [],
  onError: "continue",
  timeoutTicks: 1,
  redirects: 0,
  retry: null,
  when: [],
  repeat: min === 1 && max === 1 ? null : { min, max, place },
});

const think = (name: string): ThinkStep => ({
  kind: "think",
  name,
  place,
  time: { kind: "uniform", minTicks: 5, maxTicks: 9 },
  when: [],
  repeat: null,
});

const lowered = (flows: readonly Flow[]) =>
  lowerPrograms(flows, salts(stepNames(flows)), { target, stages: [], version: "1" });

const flows: Flow[] = [
  {
    name: "buy",
    place,
    weight: 3,
    captures: [],
    steps: [request("login"), think("think"), request("item", 0, 5)],
  },
  {
    name: "browse",
    place,
    weight: 7,
    captures: [],
    steps: [{ ...request("home"), repeat: { min: 1, max: 1, place } }, request("x", 2)],
  },
];

Deno.test("steps and requests are numbered through; repeats point at their match", () => {
  const { flows: programs, steps, requests } = lowered(flows);
  assert.deepEqual(programs, [
    {
      name: "buy",
      weight: 3,
      program: [
        { kind: "request", step: 0, request: 0 },
        { kind: "think", step: 1, minTicks: 5, maxTicks: 9, quantiles: [] },
        { kind: "repeat", step: 2, min: 0, max: 5, again: 4 },
        { kind: "request", step: 2, request: 1 },
        { kind: "again", step: 2, repeat: 2 },
      ],
    },
    {
      name: "browse",
      weight: 7,
      program: [
        { kind: "request", step: 3, request: 2 },
        { kind: "repeat", step: 4, min: 2, max: 2, again: 3 },
        { kind: "request", step: 4, request: 3 },
        { kind: "again", step: 4, repeat: 1 },
      ],
    },
  ]);
  assert.deepEqual(steps.map(({ flow, name, kind, salt }) => [flow, name, kind, salt]), [
    [0, "login", "request", fnv1a32("buy/login")],
    [0, "think", "think", fnv1a32("buy/think")],
    [0, "item", "request", fnv1a32("buy/item")],
    [1, "home", "request", fnv1a32("browse/home")],
    [1, "x", "request", fnv1a32("browse/x")],
  ]);
  assert.deepEqual(requests.map(({ head }) => String(head[0]).split(" ")[1]), [
    "/login",
    "/item",
    "/home",
    "/x",
  ]);
});

Deno.test("conditions stand around the repeat, one within the other", () => {
  const step: RequestStep = {
    ...request("pay", 2),
    when: [
      { kind: "equals", capture: "b", text: "x", negated: true, place },
      { kind: "status", ranges: [[200, 299]], place },
    ],
  };
  const [, flow] = lowered([
    { name: "a", place, weight: 1, captures: ["b"], steps: [think("t")] },
    {
      name: "c",
      place,
      weight: 1,
      captures: ["a", "b"],
      steps: [think("t"), step, { ...step, name: "n", repeat: null }],
    },
  ]).flows;
  const equals = { kind: "equals", capture: 2, text: "x", negated: true } as const;
  const status = { kind: "status", ranges: [[200, 299]] } as const;
  assert.deepEqual(flow.program.slice(1), [
    { kind: "when", step: 2, condition: equals, end: 7 },
    { kind: "when", step: 2, condition: status, end: 6 },
    { kind: "repeat", step: 2, min: 2, max: 2, again: 5 },
    { kind: "request", step: 2, request: 0 },
    { kind: "again", step: 2, repeat: 3 },
    { kind: "end", step: 2 },
    { kind: "end", step: 2 },
    { kind: "when", step: 3, condition: equals, end: 12 },
    { kind: "when", step: 3, condition: status, end: 11 },
    { kind: "request", step: 3, request: 1 },
    { kind: "end", step: 3 },
    { kind: "end", step: 3 },
  ]);
});

Deno.test("captures belong to their flow; a secret is named once", () => {
  const variable = (kind: "capture" | "secret", name: string) => ({ variable: kind, name, place });
  const step = (...url: RequestStep["url"]): RequestStep => ({
    ...request("s"),
    url: ["/", ...url],
    captures: [{ capture: "id", from: { kind: "header", name: "x", pattern: null }, optional: true, place }],
  });
  const { captures, secrets, requests } = lowered([
    {
      name: "a",
      place,
      weight: 1,
      captures: ["token", "id"],
      steps: [step(variable("secret", "B"), variable("capture", "token"))],
    },
    {
      name: "b",
      place,
      weight: 1,
      captures: ["id"],
      steps: [step(variable("secret", "A"), variable("secret", "B"), variable("capture", "id"))],
    },
  ]);
  assert.deepEqual(captures, ["a/token", "a/id", "b/id"]);
  assert.deepEqual(secrets, ["B", "A"]);
  const encoding = "path";
  assert.deepEqual(requests.map(({ head }) => head.filter((part) => typeof part !== "string").slice(0, -1)), [
    [{ slot: "secret", secret: 0, encoding }, { slot: "capture", capture: 0, encoding }],
    [
      { slot: "secret", secret: 1, encoding },
      { slot: "secret", secret: 0, encoding },
      { slot: "capture", capture: 2, encoding },
    ],
  ]);
  assert.deepEqual(
    requests.map((it) => it.captures),
    [1, 2].map((capture) => [
      { capture, from: { kind: "header", name: "x", pattern: null }, optional: true },
    ]),
  );
});

Deno.test("think times are tables, unless they are even", () => {
  const program = (time: ThinkStep["time"]) =>
    lowered([{ name: "f", place, weight: 1, captures: [], steps: [{ ...think("t"), time }] }]).flows[0]
      .program[0];
  const cases: [ThinkStep["time"], quantiles: readonly number[]][] = [
    [{ kind: "normal", meanTicks: 2_000, deviationTicks: 300 }, normalQuantiles(2_000, 300)],
    [{ kind: "exponential", meanTicks: 2_000 }, exponentialQuantiles(2_000)],
    [{ kind: "lognormal", medianTicks: 2_000, sigmaMillionths: 500_000 }, lognormalQuantiles(2_000, 500_000)],
  ];
  for (const [time, quantiles] of cases) {
    const [minTicks, maxTicks] = [quantiles[0], quantiles[256]];
    assert.deepEqual(program(time), { kind: "think", step: 0, minTicks, maxTicks, quantiles });
  }
});

Deno.test("a threshold's step becomes its number in the plan", () => {
  const threshold: Threshold = {
    place,
    metric: "lag",
    statistic: { kind: "max" },
    comparison: "<",
    limit: 1,
    flow: -1,
    step: -1,
    stage: -1,
    text: "t",
  };
  const lowered = lowerThresholds([
    threshold,
    { ...threshold, flow: 0, step: 2 },
    { ...threshold, flow: 1 },
    { ...threshold, flow: 1, step: 1, stage: 4 },
  ], flows);
  assert.deepEqual(lowered.map(({ flow, step, stage }) => [flow, step, stage]), [
    [-1, -1, -1],
    [0, 2, -1],
    [1, -1, -1],
    [1, 4, 4],
  ]);
  assert(lowered.every((it) => !("place" in it)));
});
