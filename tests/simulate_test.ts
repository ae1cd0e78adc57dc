/** Simulated runs as a whole: the plan's own target behind the engine, and `z6c simulate`. */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { planFileText } from "../compiler/4_emit/plan_file.ts";
import { planOf } from "../cli/scenario.ts";
import { ERROR } from "../runtime/ledger/errors.ts";
import { decodeRecord } from "../runtime/ledger/decode.ts";
import { MemorySink } from "../runtime/ledger/memory_sink.ts";
import { openLedger } from "../runtime/ledger/reader.ts";
import { memorySource } from "../runtime/ledger/source.ts";
import type { ClosedLoad, Plan, SimulatedFault, Simulation } from "../runtime/plan.ts";
import { simulate, type SimulationChoices, unmetSteps } from "../runtime/simulated_run.ts";
import { checkSessions, checkStory } from "./run_invariants.ts";
import { inFolder, runToEnd, Z6C } from "./running.ts";
import { ANY_SUCCESS, constantLoad, FAULT_KINDS, samplePlan } from "./sample_plans.ts";
import type { Whole } from "./simulated_run.ts";

async function simulated(plan: Plan, choices: SimulationChoices = {}) {
  const sink = new MemorySink();
  const effective = { plan, sha256: "0".repeat(64), overrides: [] };
  const totals = await simulate(effective, sink, choices);
  const ledger = openLedger(memorySource(sink.bytes()));
  const records: Whole[] = [];
  ledger.scan(({ words, records: count }) => {
    for (let n = 0; n < count; n++) {
      const record = decodeRecord(words, n);
      if (record.lane !== "text") records.push(record);
    }
  });
  return { totals, header: ledger.header, headerJson: ledger.headerJson, records };
}

const counts = (records: readonly Whole[], name: string) => records.filter((it) => it.name === name).length;
const fixed = (ticks: number) => ({ minTicks: ticks, maxTicks: ticks, quantiles: [] });

Deno.test("the header says that nothing was real, and names no machine and no day", async () => {
  const { header, headerJson } = await simulated(samplePlan(), {
    sessionLimit: 5,
    shard: { index: 2, count: 3 },
  });
  const { plan: _, ...told } = header;
  deepEqual(told, {
    deno: "simulated",
    format: 1,
    host: { arch: "simulated", cores: 0, kernel: "simulated", memory_bytes: 0, os: "simulated" },
    overrides: ["--simulated", "--sessions 5"],
    plan_sha256: "0".repeat(64),
    seed: 1,
    shard: { count: 3, index: 2 },
    simulated: true,
    started: "1970-01-01T00:00:00.000Z",
    tick_ns: 1000,
    z6c: header.z6c,
  });
  const keys = Object.keys(JSON.parse(headerJson));
  deepEqual(keys, [...keys].sort());
});

Deno.test("sessions beyond the limit do not begin, and those before it are the same", async () => {
  const plan = samplePlan({
    load: constantLoad(100, 1_000_000),
    simulation: { service: { ...fixed(1), maxTicks: 900 } },
  });
  const whole = await simulated(plan);
  const limited = await simulated(plan, { sessionLimit: 40 });
  equal(counts(whole.records, "sessionStarted"), 100);
  equal(counts(limited.records, "sessionStarted"), 40);
  const ofSessions = (records: readonly Whole[]) =>
    records.filter(({ session }) => session !== null && session < 40);
  deepEqual(ofSessions(limited.records), ofSessions(whole.records));
});

Deno.test("saturation shows: what is more than servers can do waits, and then is turned away", async () => {
  const simulation = { service: fixed(20_000), servers: 8, queue: 40 };
  const at = async (perSecond: number) => {
    const plan = samplePlan({ load: constantLoad(perSecond, 10_000_000, 200), simulation });
    const { records } = await simulated(plan);
    const ended = records.filter(({ name }) => name === "responseEnded");
    const waits = ended.filter(({ c }) => (c & 0xffff) === 200).map(({ a }) => a);
    return { longest: Math.max(...waits), full: ended.filter(({ c }) => (c & 0xffff) === 503).length };
  };
  deepEqual(await at(400), { longest: 20_100, full: 0 });
  const { longest, full } = await at(800);
  // 400 of 800 a second find a place; the line of 40 in front of 8 servers is five turns of 20 ms long.
  ok(longest > 110_000 && longest <= 120_100, `${longest}`);
  ok(full > 3_800 && full < 4_000, `${full}`);
});

Deno.test("the setup is answered, too, and what it was told is used", async () => {
  const token = {
    capture: 0,
    from: { kind: "json", pointer: "/token", pattern: null },
    optional: false,
  } as const;
  const plan = samplePlan({
    setup: [{ get: "/login", request: { captures: [token] } }],
    teardown: [{ get: "/logout" }],
    captures: ["setup/token"],
    simulation: { errorsPpm: 1_000_000, faults: [faultOf("drop", 1_000_000)] },
    flows: [[{
      get: "/",
      request: {
        head: ["GET /", { slot: "capture", capture: 0, encoding: "path" }, " HTTP/1.1\r\n\r\n"],
        timeoutTicks: 5,
      },
    }]],
  });
  const { records } = await simulated(plan);
  const captured = records.findIndex(({ name }) => name === "valueCaptured");
  ok(captured > 0 && captured < records.findIndex(({ name }) => name === "stageEntered"));
  const failed = records.filter(({ name }) => name === "requestFailed");
  ok(
    failed.length === 100 &&
      failed.every(({ a }) => a === ERROR["wait.timeout"] || a === ERROR["connect.timeout"]),
  );
  // "GET /simulated HTTP/1.1" and two line ends.
  ok(records.some(({ name, c }) => name === "requestIssued" && c === 27));
  equal(records.filter(({ name }) => name === "responseEnded").length, 2);
});

Deno.test("a step whose answer cannot be found is told, with the way out", () => {
  const expect = { ...ANY_SUCCESS, body: [{ kind: "matches", pattern: "a^b" }] } as const;
  const plan = samplePlan({ flows: [[{ get: "/" }, { get: "/odd", request: { expect } }]] });
  const lines = unmetSteps(plan);
  equal(lines.length, 1);
  match(lines[0], /flow-0\/\/odd .*matches.*a\^b.*\[\[simulation\.answer\]\] with step = "\/odd"/);
  const answer = { request: 1, service: null, errorsPpm: -1, status: 0, headers: null, body: "" };
  deepEqual(unmetSteps({ ...plan, simulation: { ...plan.simulation, answers: [answer] } }), []);
});

function faultOf(kind: SimulatedFault["kind"], ppm: number): SimulatedFault {
  return { kind, request: -1, fromTick: 0, toTick: Number.MAX_SAFE_INTEGER, ppm, ticks: 700, status: 503 };
}

/** Any target, and what may go wrong with it. */
const simulations: fc.Arbitrary<Simulation> = fc.record({
  service: fc.constantFrom(fixed(0), fixed(1_000), { ...fixed(0), maxTicks: 9_000 }),
  servers: fc.constantFrom(0, 1, 3),
  queue: fc.nat(5),
  errorsPpm: fc.constantFrom(0, 100_000),
  connect: fc.constantFrom(fixed(0), { ...fixed(10), maxTicks: 500 }),
  connections: fc.constantFrom(0, 1, 4),
  answers: fc.constantFrom<Simulation["answers"]>(
    [],
    [{
      request: 0,
      service: fixed(30),
      errorsPpm: 200_000,
      status: 201,
      headers: [["connection", "close"]],
      body: "hi",
    }],
  ),
  faults: fc.array(
    fc.record({
      kind: fc.constantFrom(...FAULT_KINDS),
      request: fc.constantFrom(-1, 0, 1),
      fromTick: fc.constantFrom(0, 100_000),
      toTick: fc.constantFrom(200_000, Number.MAX_SAFE_INTEGER),
      ppm: fc.constantFrom(50_000, 500_000, 1_000_000),
      ticks: fc.constantFrom(0, 5, 30_000),
      status: fc.constantFrom(204, 302, 404, 503),
    }),
    { maxLength: 3 },
  ),
});

const CLOSED: ClosedLoad = {
  model: "closed",
  stages: [{ name: "hold", warmup: false, startTick: 0, lengthTicks: 0, vusStart: 3, vusEnd: 3 }],
  iterations: 60,
  maxVus: 3,
  paceTicks: 0,
  gracefulStopTicks: 10_000,
};

const plans: fc.Arbitrary<Plan> = fc.record({
  simulation: simulations,
  load: fc.constantFrom(constantLoad(200, 300_000, 8), CLOSED),
  connections: fc.constantFrom(
    { kind: "per-vu" } as const,
    { kind: "per-session" } as const,
    { kind: "per-request" } as const,
    { kind: "shared", size: 2 } as const,
  ),
  seed: fc.nat(),
  onError: fc.constantFrom("continue" as const, "end-session" as const),
  keeps: fc.boolean(),
}).map(({ simulation, load, connections, seed, onError, keeps }) => {
  const expect = keeps
    ? { ...ANY_SUCCESS, json: [{ pointer: "/id", test: { kind: "exists", wanted: true } as const }] }
    : ANY_SUCCESS;
  const retry = {
    times: 1,
    errors: [ERROR["wait.reset"]],
    statuses: [[503, 503] as const],
    minTicks: 10,
    maxTicks: 10,
  };
  const request = { timeoutTicks: 40_000, onError, expect };
  return samplePlan({
    flows: [[{ get: "/a", request }, { think: [0, 900] }, { get: "/b", request: { ...request, retry } }]],
    load,
    seed,
    target: { connections },
    simulation,
  });
});

Deno.test("whatever goes wrong at the target, no session and no request is lost, and it goes wrong the same way again", async () => {
  await fc.assert(
    fc.asyncProperty(plans, async (plan) => {
      const { records, totals } = await simulated(plan);
      checkStory(records, plan);
      checkSessions(records, plan);
      equal((await simulated(plan)).totals.digest, totals.digest);
    }),
    { numRuns: 200 },
  );
});

const NAMES = [...Deno.readDirSync("scenarios")].map(({ name }) => name).filter((name) =>
  name.endsWith(".toml")
).sort();

for (const name of NAMES) {
  Deno.test(`all checks of scenarios/${name} hold where nothing is said of its target`, async () => {
    const built = await planOf(`scenarios/${name}`, [], false);
    const plan = { ...built, simulation: { ...samplePlan().simulation, service: fixed(1_000) } };
    deepEqual(unmetSteps(plan), []);
    const { records } = await simulated(plan, { sessionLimit: 2_000 });
    ok(counts(records, "sessionStarted") > 0);
    for (const bad of ["checkFailed", "requestFailed", "arrivalDropped"]) equal(counts(records, bad), 0, bad);
  });
}

const SCENARIO = `
name = "tiny"
[target]
base = "http://127.0.0.1:9"
[load]
model = "open"
max_vus = 50
stages = [{ for = "10s", rate = "50/s" }]
[simulation]
latency = "lognormal(20ms, 0.5)"
errors = "2%"
[[flow]]
name = "only"
[[flow.step]]
name = "get"
get = "/\${uuid}"
[[threshold]]
metric = "errors"
ratio = "< 1%"
`;

Deno.test("z6c simulate gives the same ledger from a scenario and from its plan, wherever it runs, and its report", () =>
  inFolder(async (folder) => {
    const scenario = join(folder, "tiny.toml");
    const plan = join(folder, "tiny.plan.json");
    Deno.writeTextFileSync(scenario, SCENARIO);
    Deno.writeTextFileSync(plan, planFileText(await planOf(scenario, [], false)));
    const places = [
      { file: scenario, env: { TZ: "Asia/Kathmandu", LANG: "tr_TR.UTF-8" }, out: "a" },
      { file: plan, env: { TZ: "America/New_York", LANG: "C" }, out: "b" },
    ];
    const ledgers: Uint8Array[] = [];
    for (const { file, env, out } of places) {
      const { HOME = "", PATH = "", DENO_DIR = "" } = Deno.env.toObject();
      const all = { HOME, PATH, ...(DENO_DIR === "" ? {} : { DENO_DIR }), ...env };
      const ended = await runToEnd([...Z6C, "simulate", file, "--out", out, "--report", "json"], {
        cwd: folder,
        env: all,
      });
      equal(ended.code, 99, ended.stderr);
      match(ended.stderr, /^ledger [0-9a-f]{64}$/m);
      match(ended.stdout, /FAILED {2}tiny/);
      match(ended.stdout.split("\n")[0], /simulated/);
      const files = [...Deno.readDirSync(join(folder, out))].map(({ name }) => name).sort();
      equal(files.length, 2);
      match(files[0], /^tiny-simulated-[\d-]+\.json$/);
      ledgers.push(Deno.readFileSync(join(folder, out, files[1])));
    }
    deepEqual(ledgers[0], ledgers[1]);
    const other = await runToEnd([...Z6C, "simulate", plan, "--seed", "2", "--sessions", "100", "--json"], {
      cwd: folder,
    });
    const report = JSON.parse(other.stdout);
    deepEqual([report.run.seed, report.sessions.started], [2, 100]);
    const part = await runToEnd([...Z6C, "simulate", plan, "--shard", "2/4", "--json", "--quiet"], {
      cwd: folder,
    });
    deepEqual([part.stderr, JSON.parse(part.stdout).sessions.started], ["", 125]);
  }));

Deno.test("what cannot be simulated is refused, with the reason", () =>
  inFolder(async (folder) => {
    Deno.writeTextFileSync(join(folder, "old.plan.json"), '{"format":1,"flows":[]}');
    Deno.writeTextFileSync(join(folder, "no.json"), "[]");
    Deno.writeTextFileSync(join(folder, "torn.json"), "{");
    Deno.writeTextFileSync(join(folder, "tiny.toml"), SCENARIO);
    const cases: [string[], RegExp][] = [
      [["gone.plan.json"], /there is no such file/],
      [["old.plan.json"], /plan of format 1.*reads format 3/],
      [["no.json"], /it is no plan/],
      [["torn.json"], /it is no JSON/],
      [["tiny.toml", "--sessions", "0"], /--sessions wants a whole number from 1/],
      [["tiny.toml", "--shard", "4/3"], /--shard wants/],
      [["tiny.toml", "--seed", "x"], /--seed wants/],
    ];
    for (const [args, wanted] of cases) {
      const { code, stderr } = await runToEnd([...Z6C, "simulate", ...args], { cwd: folder });
      equal(code, 104, stderr);
      match(stderr, wanted);
    }
    deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name).includes("z6c-out"), false);
  }));
