import process from "node:process";
import type { LedgerTotals } from "../runtime/ledger/writer.ts";
import type { Plan, Request, SimulatedFault, Simulation } from "../runtime/plan.ts";
import { simulate } from "../runtime/simulated_run.ts";
import { ANY_SUCCESS, constantLoad, FAULT_KINDS, samplePlan } from "../tests/sample_plans.ts";
import { counted } from "../runtime/report/format.ts";
import { spread } from "./statistics.ts";
import type { BenchOptions, Table } from "./table.ts";

const PER_SECOND = 1_000;
/** Of simulated time in one of real time that is allowed: an hour in five seconds. */
const FACTOR = 720;
const ALL = 1_000_000;

/** How fast a load is simulated, ledger and all, in this process. In processor time, since a simulation waits for nothing. */
export async function simulation({ seconds, rounds }: BenchOptions): Promise<Table> {
  const lengthTicks = Math.round(seconds * FACTOR) * 1_000_000;
  const range = { minTicks: 1_000, maxTicks: 30_000, quantiles: [] };
  const cases: [string, Plan][] = [
    ["one request", planOf(lengthTicks, {}, { service: range })],
    ["one request, checked and captured from", planOf(lengthTicks, EXAMINED, { service: range })],
    ["8 servers, nearly busy", planOf(lengthTicks, {}, { service: fixed(7_900), servers: 8, queue: 1_000 })],
    ["every fault befalls one request in 50", planOf(lengthTicks, {}, { service: range, faults: FAULTS })],
  ];
  const rows: string[][] = [];
  const values: Record<string, number> = {};
  for (const [name, plan] of cases) {
    const speeds: number[] = [];
    let records = 0;
    for (let round = 0; round < rounds; round++) {
      const before = processorSeconds();
      const totals = await simulated(plan);
      records = totals.records;
      speeds.push(records / (processorSeconds() - before));
    }
    const { median, min, max } = spread(speeds);
    const millions = (speed: number) => (speed / 1e6).toFixed(2);
    rows.push([
      name,
      `${millions(median)} M/s`,
      `${millions(min)}–${millions(max)} M/s`,
      `${((records * 3_600) / (lengthTicks / 1e6) / median).toFixed(1)} s`,
    ]);
    values[name] = median;
  }
  return {
    name: "simulation",
    title: `Simulated load, ${PER_SECOND.toLocaleString("en")} sessions/s of one request`,
    note:
      `${counted(rounds, "round")} of ${
        lengthTicks / 1e6
      } simulated seconds each; medians and range. The whole ledger ` +
      "is made, hashes and all, and thrown away. Seconds are processor time, that of all threads together.",
    columns: ["session", "records", "range", "an hour takes"],
    rows,
    values,
  };
}

const EXAMINED: Partial<Request> = {
  expect: { ...ANY_SUCCESS, json: [{ pointer: "/items/0/id", test: { kind: "exists", wanted: true } }] },
  captures: [{ capture: 0, from: { kind: "json", pointer: "/token", pattern: null }, optional: false }],
};

const FAULTS = FAULT_KINDS.map((kind): SimulatedFault => ({
  kind,
  request: -1,
  fromTick: 0,
  toTick: Number.MAX_SAFE_INTEGER,
  ppm: ALL / 50,
  ticks: 20_000,
  status: 503,
}));

function planOf(lengthTicks: number, request: Partial<Request>, simulation: Partial<Simulation>): Plan {
  return samplePlan({
    flows: [[{ get: "/", request: { timeoutTicks: 1_000_000, ...request } }]],
    load: constantLoad(PER_SECOND, lengthTicks, 1_000),
    captures: request.captures === undefined ? [] : ["flow-0/token"],
    simulation,
  });
}

/** Of this process, all of its threads. */
function processorSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

function fixed(ticks: number) {
  return { minTicks: ticks, maxTicks: ticks, quantiles: [] };
}

function simulated(plan: Plan): Promise<LedgerTotals> {
  return simulate({ plan, sha256: "0".repeat(64), overrides: [] }, { write() {}, close() {} });
}
