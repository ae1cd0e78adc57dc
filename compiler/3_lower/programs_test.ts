import assert from "node:assert/strict";
import type { Flow, RequestStep, Target, ThinkStep, Threshold } from "../2_check/scenario.ts";
import { lowerPrograms } from "./programs.ts";
import { fnv1a32 } from "./salt.ts";
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
  body: { kind: "none" },
  expect: { status: [[200, 399]], body: [] },
  onError: "continue",
  timeoutTicks: 1,
  repeat: min === 1 && max === 1 ? null : { min, max, place },
});

const think = (name: string): ThinkStep => ({
  kind: "think",
  name,
  place,
  minTicks: 5,
  maxTicks: 9,
  repeat: null,
});

const flows: Flow[] = [
  { name: "buy", place, weight: 3, steps: [request("login"), think("think"), request("item", 0, 5)] },
  {
    name: "browse",
    place,
    weight: 7,
    steps: [{ ...request("home"), repeat: { min: 1, max: 1, place } }, request("x", 2)],
  },
];

Deno.test("steps and requests are numbered through; repeats point at their match", () => {
  const { flows: lowered, steps, requests } = lowerPrograms(flows, { target, stages: [], version: "1" });
  assert.deepEqual(lowered, [
    {
      name: "buy",
      weight: 3,
      program: [
        { kind: "request", step: 0, request: 0 },
        { kind: "think", step: 1, minTicks: 5, maxTicks: 9 },
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
