import assert from "node:assert/strict";
import type { SimulatedFault } from "../2_check/scenario.ts";
import { lower } from "./lower.ts";
import { lognormalQuantiles } from "./quantiles.ts";
import {
  place,
  sampleFlow,
  sampleRequest,
  sampleScenario,
  sampleTarget,
  sampleThink,
} from "../../tests/sample_scenario.ts";

const plain = sampleScenario().simulation;

Deno.test("answers and faults name requests by their number; times are tables", () => {
  const flows = [
    sampleFlow("a", [sampleThink("t"), sampleRequest("x")]),
    sampleFlow("b", [sampleRequest("x"), sampleRequest("y")]),
  ];
  const setup = sampleFlow("setup", [sampleRequest("x")]);
  const time = { kind: "lognormal", medianTicks: 12_000, sigmaMillionths: 400_000 } as const;
  const quantiles = lognormalQuantiles(12_000, 400_000);
  const fault: SimulatedFault = {
    place,
    kind: "delay",
    of: null,
    fromTick: 1,
    toTick: 9,
    ppm: 5,
    ticks: 7,
    status: 0,
  };
  const simulation = {
    ...plain,
    service: time,
    servers: 64,
    queue: 1_000,
    errorsPpm: 500,
    connections: 3,
    answers: [{
      place,
      of: { flow: "b", step: "y" },
      service: time,
      errorsPpm: -1,
      status: 201,
      headers: [["x", "y"]] as const,
      body: "{}",
    }, {
      place,
      of: { flow: "setup", step: "x" },
      service: null,
      errorsPpm: 0,
      status: 0,
      headers: null,
      body: null,
    }],
    faults: [fault, { ...fault, of: [{ flow: "a", step: "x" }, { flow: "b", step: "x" }] }],
  };
  const { plan } = lower(sampleScenario({ flows, setup, simulation }), "1");
  const service = { minTicks: quantiles[0], maxTicks: quantiles[256], quantiles };
  const { place: _, of: __, ...rest } = fault;
  assert.deepEqual(plan?.simulation, {
    service,
    servers: 64,
    queue: 1_000,
    errorsPpm: 500,
    connect: { minTicks: 100, maxTicks: 100, quantiles: [] },
    connections: 3,
    answers: [
      { request: 2, service, errorsPpm: -1, status: 201, headers: [["x", "y"]], body: "{}" },
      { request: 3, service: null, errorsPpm: 0, status: 0, headers: null, body: null },
    ],
    faults: [-1, 0, 1].map((request) => ({ ...rest, request })),
  });
});

Deno.test("targets have their slots one behind the other; what runs once stands behind the load's flows", () => {
  const targets = [
    sampleTarget,
    { ...sampleTarget, name: "b", connections: { kind: "shared", size: 3 } } as const,
    { ...sampleTarget, name: "c", connections: { kind: "per-request" }, cookies: true } as const,
  ];
  const once = (name: string) => sampleFlow(name, [sampleRequest("s")]);
  const { plan } = lower(sampleScenario({ targets, setup: once("setup"), teardown: once("teardown") }), "1");
  assert.deepEqual(
    plan?.targets.map(({ name, firstSlot, slots, cookies }) => [name, firstSlot, slots, cookies]),
    [
      ["", 0, 10, false],
      ["b", 10, 3, false],
      ["c", 13, 10, true],
    ],
  );
  assert.equal(plan?.bounds.connections, 23);
  assert.deepEqual(plan?.flows.map(({ name }) => name), ["visit", "setup", "teardown"]);
  assert.deepEqual([plan?.setup, plan?.teardown, plan?.choice.length], [1, 2, 1]);
  const { plan: only } = lower(sampleScenario({ teardown: once("teardown") }), "1");
  assert.deepEqual([only?.setup, only?.teardown], [-1, 1]);
});
