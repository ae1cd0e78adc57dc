/**
 * Coordinated omission, against a server that stalls on a known schedule: response time counts the waiting of every
 * arrival that was due, service time does not.
 */
import assert from "node:assert/strict";
import type { Summary } from "../runtime/reduce/summary.ts";
import { recordsOf } from "./ledger_records.ts";
import { type Outcome, outcomeOf, startRun } from "./run_report.ts";
import { inFolder } from "./running.ts";
import { writeScenario } from "./scenario_text.ts";
import { STALL, type StallingServer, startStallingServer } from "./stalling_server.ts";
import { EXACT_TRANSPORTS } from "./transports.ts";

const RATE = 400;
const SECONDS = 5;
/** 2 % of the stall. */
const TOLERANCE_MS = 0.02 * STALL.lengthMs;
const LOAD = `model = "open"
arrivals = "uniform"
max_vus = 1000
stages = [{ for = "${SECONDS}s", rate = "${RATE}/s" }]`;

type Times = Readonly<{ responseMs: readonly number[]; serviceMs: readonly number[] }>;

/**
 * What an ideal generator would measure. Arrival n is due n / RATE seconds after arrival 0, which begins the server's
 * schedule. One connection serves them first come, first served; whoever is begun within a stall is done when it is
 * over. What the server cannot help is taken as it was: its cycle time, and how late its timers ended a stall.
 */
function fifoModel(serviceMs: number, stallEndsMs: readonly number[]): Times {
  const times = { responseMs: [] as number[], serviceMs: [] as number[] };
  let freeMs = 0;
  for (let n = 0; n < RATE * SECONDS; n++) {
    const dueMs = n * 1000 / RATE;
    const beginMs = Math.max(dueMs, freeMs);
    const round = Math.floor(beginMs / STALL.everyMs);
    const stalled = beginMs - round * STALL.everyMs >= STALL.fromMs;
    const plannedEndMs = round * STALL.everyMs + STALL.fromMs + STALL.lengthMs;
    freeMs = (stalled ? stallEndsMs[round] ?? plannedEndMs : beginMs) + serviceMs;
    times.responseMs.push(freeMs - dueMs);
    times.serviceMs.push(freeMs - beginMs);
  }
  return times;
}

/** When a stall ends, RATE · 0.5 = 200 arrivals wait; so many answers after it surely follow each other at once. */
const QUEUED = 150;

/**
 * One whole cycle of the connection, by the server's own clock: the time between two answers while a queue is worked
 * off. The mean, because a queue of n takes n means, and a few slow cycles count in it as they did. It holds the
 * way there and back and z6c's turn, for one connection can do no better.
 */
function cycleMs({ answeredMs, stallEndsMs }: StallingServer): number {
  const drains = stallEndsMs.map((endMs) => {
    const first = answeredMs.findIndex((ms) => ms >= endMs);
    return answeredMs[first + QUEUED] - answeredMs[first];
  });
  return drains.reduce((sum, ms) => sum + ms, 0) / drains.length / QUEUED;
}

/** Nearest rank. */
function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil(q * sorted.length) - 1];
}

/** A run that z6c declares invalid for this machine's sake says nothing, and is run again, twice at most. */
async function validRun(transport: string): Promise<{ outcome: Outcome; server: StallingServer }> {
  for (let attempt = 1;; attempt++) {
    const server = startStallingServer();
    try {
      const outcome = await inFolder((folder) => {
        const base = `http://127.0.0.1:${server.port}`;
        const file = writeScenario(folder, { base, load: LOAD, connections: "shared:1" });
        return outcomeOf(folder, startRun(folder, file, ["--quiet", "--transport", transport]));
      });
      if (outcome.report.verdict.verdict !== "invalid") return { outcome, server };
      const why = outcome.report.verdict.reasons.join("; ");
      assert(attempt < 3, `z6c declares three runs invalid: ${why}`);
      console.log(`run ${attempt} is repeated: ${why}`);
    } finally {
      await server.stop();
    }
  }
}

for (const transport of EXACT_TRANSPORTS) {
  Deno.test(`response time tells of a stall whole, and service time does not: ${transport}`, () =>
    tell(transport));
}

async function tell(transport: string): Promise<void> {
  const { outcome: { report, ledger }, server } = await validRun(transport);
  assert.equal(report.requests.responded, RATE * SECONDS);
  assert.equal(report.connections?.opened, 1, "all arrivals queue for one connection");
  const due = recordsOf(ledger, "sessionStarted").map(({ tick }) => tick);
  due.forEach((tick, n) => assert.equal(tick, n * 1_000_000 / RATE, "arrivals are due by the clock"));

  const service = cycleMs(server);
  assert(service < 1, `a cycle of ${service} ms: z6c is slow, or this machine too busy to tell`);
  const model = fifoModel(service, server.stallEndsMs);
  const rows = [];
  for (const [name, q] of [["p50", 0.5], ["p90", 0.9], ["p99", 0.99]] as const) {
    rows.push(
      row(`response ${name}`, quantile(model.responseMs, q), milliseconds(report.responseTime, name)),
    );
  }
  // One request a second is in flight when a stall begins: 1 in 400, below the 1 % of p99. So service time's p99 is
  // that of an undisturbed request, and a stall may show in it by no more than what this machine adds of its own:
  // the same 10 ms that response time may be off, for a service of well below one.
  rows.push(row("service p99", quantile(model.serviceMs, 0.99), milliseconds(report.serviceTime, "p99")));
  console.log(
    `one cycle of the connection takes ${service.toFixed(3)} ms\n${rows.map(({ text }) => text).join("\n")}`,
  );

  assert(quantile(model.responseMs, 0.99) > 0.95 * STALL.lengthMs, "the stall is long in the truth");
  assert(quantile(model.serviceMs, 0.99) < TOLERANCE_MS, "and absent in the service's truth");
  for (const { text, wanted, actual } of rows) {
    assert(Math.abs(actual - wanted) <= TOLERANCE_MS, `${text}: more than ${TOLERANCE_MS} ms apart`);
  }
  // What a load tester reports that waits for answers before it sends: the stall would be gone.
  assert(
    milliseconds(report.serviceTime, "max") >= STALL.lengthMs - TOLERANCE_MS,
    "five requests met a stall",
  );
}

function milliseconds(times: Summary["responseTime"], name: "p50" | "p90" | "p99" | "max"): number {
  assert(times !== null);
  return times[name] / 1000;
}

function row(name: string, wanted: number, actual: number) {
  const [w, a] = [wanted, actual].map((ms) => ms.toFixed(2).padStart(8));
  return { wanted, actual, text: `${name.padEnd(12)}  expected ${w} ms  reported ${a} ms` };
}
