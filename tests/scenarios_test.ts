/** The scenarios that people learn from: each compiles as checked in, holds at full length, and runs for real. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { issueCertificate, makeAuthority } from "../cli/practice_certificates.ts";
import { startPracticeGrpc } from "../cli/practice_grpc.ts";
import { startPracticeServer } from "../cli/practice_server.ts";
import { readDuration } from "../compiler/2_check/durations.ts";
import { isTrouble } from "../compiler/2_check/reading.ts";
import { planFileText } from "../compiler/4_emit/plan_file.ts";
import { planHash } from "../compiler/4_emit/plan_hash.ts";
import { compile } from "../compiler/compile.ts";
import { readProtos } from "../compiler/protos/read_protos.ts";
import type { Phase } from "../runtime/engine/engine.ts";
import { SimulatedHost, type TargetModel } from "../runtime/host/simulated.ts";
import type { Plan } from "../runtime/plan.ts";
import { openLedgerFile } from "../runtime/host/ledger_file.ts";
import { replay } from "../runtime/replay/replay.ts";
import { reduce } from "../runtime/reduce/reduce.ts";
import type { Summary } from "../runtime/reduce/summary.ts";
import { VERSION } from "../runtime/version.ts";
import { readLock } from "../targets/lock.ts";
import { practiceModel } from "./practice_model.ts";
import { outcomeOf, startRun } from "./run_report.ts";
import { inFolder } from "./running.ts";
import { type SimulatedRun, simulatedRun } from "./simulated_run.ts";

const FILES = [...Deno.readDirSync("scenarios")].map(({ name }) => name).sort();
const NAMES = FILES.filter((name) => name.endsWith(".toml"));
/** What a real run's stages may last in all. */
const REAL_TICKS = 1_500_000;
/** Real runs at the same time: each is a process. */
const AT_ONCE = 3;
/** What scenarios ask the environment for, and the practice server takes. */
const SECRET = "practice";

for (const name of NAMES) {
  const file = `scenarios/${name}`;

  Deno.test(`${file} compiles without a word into the plan and lock beside it`, () => {
    const plan = planOf(name);
    equal(Deno.readTextFileSync(file.replace(/\.toml$/, ".plan.json")), planFileText(plan));
    const lock = readLock(Deno.readTextFileSync(file.replace(/\.toml$/, ".lock")));
    equal(lock.kind, "read");
    if (lock.kind === "read") {
      equal(lock.lock.plan_sha256, planHash(plan));
      equal(lock.lock.seed, plan.seed);
    }
  });

  Deno.test(`${file} passes at full length against a shop on a virtual clock`, async () => {
    const plan = planOf(name);
    const { ledger } = await simulated(plan, practiceModel());
    const summary = reduce([ledger]);
    assertAllWell(summary);
    equal(summary.verdict.verdict, "passed", summary.verdict.reasons.join("; "));
    for (const { flow, step, requests } of summary.steps) {
      ok(requests.issued > 0, `${flow}/${step} is never done`);
    }
    const { started, completed, dropped } = summary.sessions;
    deepEqual({ completed, dropped }, { completed: started, dropped: 0 });
  });
}

Deno.test("a model that errs fails each scenario", async () => {
  for (const name of NAMES) {
    const model = practiceModel();
    let asked = 0;
    const plan = planOf(name, scaled(name, Deno.readTextFileSync(`scenarios/${name}`), 5_000_000));
    const erring = { ...plan, simulation: { ...plan.simulation, errorsPpm: 333_333 } };
    const { ledger } = await simulated(erring, (request) => {
      const good = model(request);
      return ++asked % 3 === 0 ? { kind: "response", afterTicks: 1, status: 500, bytes: 0 } : good;
    });
    equal(reduce([ledger]).verdict.verdict, "failed", name);
  }
});

Deno.test("every scenario runs for real, its stages cut to a second or two", () =>
  inFolder(async (folder) => {
    const listening = { host: "127.0.0.1", port: 0, seed: 1 };
    const authority = makeAuthority("practice");
    const certificate = issueCertificate(authority, { name: "practice", hosts: ["127.0.0.1"] });
    const server = startPracticeServer({ ...listening, tls: { port: 0, certificate } });
    const grpc = await startPracticeGrpc(listening);
    for (const name of FILES.filter((name) => /\.(?:csv|json|proto)$/.test(name))) {
      Deno.copyFileSync(`scenarios/${name}`, `${folder}/${name}`);
    }
    const left = [...NAMES];
    const runs = async () => {
      for (let name = left.pop(); name !== undefined; name = left.pop()) {
        const { messageTypes, targets: [target] } = planOf(name);
        const isGrpc = messageTypes.length > 0;
        const base = isGrpc ? grpc.url : target.scheme === "https" ? server.tlsUrl : server.url;
        await runsForReal(name, folder, base ?? "", authority.certificatePem);
      }
    };
    try {
      await Promise.all(Array.from({ length: AT_ONCE }, runs));
    } finally {
      await server.stop();
      await grpc.stop();
    }
  }));

/** Thresholds are not judged: of stages cut short there are too few samples, and this machine has other things to do. */
async function runsForReal(name: string, folder: string, base: string, authority: string): Promise<void> {
  for (const secret of planOf(name).secrets) Deno.env.set(secret, SECRET);
  const own = `${folder}/${name.replace(".toml", "")}`;
  Deno.mkdirSync(own);
  Deno.writeTextFileSync(`${own}/practice-ca.pem`, authority);
  const file = `${folder}/${name}`;
  Deno.writeTextFileSync(file, scaled(name, Deno.readTextFileSync(`scenarios/${name}`), REAL_TICKS));
  const running = startRun(own, file, ["--base", base, "--quiet"]);
  const { report, ledger } = await outcomeOf(own, running);
  assertAllWell(report);
  using recorded = openLedgerFile(ledger.path);
  const { departure } = await replay(recorded);
  equal(departure, null, `${name} is replayed to the same bytes`);
  ok(report.requests.responded > 0, `${name} has measured nothing`);
}

/** What is no plain HTTP is not the shop's: those targets are as their plans describe them. */
function simulated(plan: Plan, shop: TargetModel): Promise<SimulatedRun> {
  const isPlain = plan.targets.every(({ scheme }) => scheme === "http") &&
    plan.requests.every(({ kind, stream }) => kind === "http" && stream === null);
  const newHost = isPlain ? undefined : (phase: Phase) => SimulatedHost.ofPlan(plan, phase);
  return simulatedRun(plan, shop, { decode: false, secrets: secretsOf(plan), newHost });
}

function secretsOf({ secrets }: Plan): string[] {
  return secrets.map(() => SECRET);
}

function assertAllWell(summary: Summary): void {
  const { requests, failedChecks, errors, integrity, run } = summary;
  equal(integrity.state, "whole", run.name);
  deepEqual(errors, [], run.name);
  // A try that failed is an error, though the next did what was wanted.
  const told = JSON.stringify(failedChecks);
  equal(requests.errors, requests.retried, `${run.name}: ${told}`);
  for (const { requests, flow, step } of summary.steps) {
    equal(requests.errors, requests.retried, `${run.name}: ${flow}/${step}: ${told}`);
  }
}

/** The scenario with all its lengths cut by the factor that makes its stages last `lengthTicks` in all. */
function scaled(name: string, text: string, lengthTicks: number): string {
  const { stages } = planOf(name).load;
  const factor = lengthTicks / stages.reduce((sum, stage) => sum + stage.lengthTicks, 0);
  const cut = (length: string) => {
    const ticks = readDuration(length);
    return isTrouble(ticks) ? length : `${Math.max(1, Math.round(ticks.value * factor))}us`;
  };
  const lengths = (line: string) => line.replace(/\b\d+(?:ms|s|m|h)\b/g, cut);
  return text
    .replace(/\bfor = "[^"]+"/g, lengths)
    .replace(/\b(?:think|pace) = "[^"]+"/g, lengths);
}

/** The plan of a scenario beside which its data lie; fails where the compiler has a word to say. */
function planOf(name: string, text = Deno.readTextFileSync(`scenarios/${name}`)): Plan {
  const { plan, diagnostics } = compile(`scenarios/${name}`, text, {
    environment: new Map(),
    version: VERSION,
    readFile: (path) => Deno.readFileSync(`scenarios/${path}`),
    readProtos,
  });
  equal(diagnostics.length, 0, JSON.stringify(diagnostics));
  if (plan === undefined) throw new Error("no plan");
  return plan;
}
