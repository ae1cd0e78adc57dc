import assert from "node:assert/strict";
import { samplePlan } from "../../tests/sample_plans.ts";
import { Counters } from "../engine/counters.ts";
import { UserError } from "../user_error.ts";
import { type WorkerEnd, Workers, type WorkerThread } from "./workers.ts";
import { counterValues, SummedCounters } from "./workers_counters.ts";
import type { FromWorker, ShardJob, ToWorker } from "./workers_messages.ts";

/** A thread of which the test decides what it says, and that keeps what it is told. */
class ScriptedThread implements WorkerThread {
  readonly told: ToWorker[] = [];
  terminated = false;
  onmessage: WorkerThread["onmessage"] = null;
  onerror: WorkerThread["onerror"] = null;

  postMessage(message: ToWorker): void {
    this.told.push(message);
  }

  terminate(): void {
    this.terminated = true;
  }

  say(message: FromWorker): void {
    this.onmessage?.call(this as unknown as Worker, new MessageEvent("message", { data: message }));
  }

  die(message: string): void {
    this.onerror?.call(this as unknown as Worker, new ErrorEvent("error", { message, cancelable: true }));
  }

  get kinds(): string[] {
    return this.told.map(({ kind }) => kind);
  }
}

const ENDED: FromWorker = { kind: "ended", end: { failure: null, lost: 0 } };

function conducted(count: number) {
  const threads: ScriptedThread[] = [];
  const phases: string[] = [];
  const plan = samplePlan();
  const jobs = Array.from({ length: count }, (_, n): ShardJob => ({
    effective: { plan, json: "", sha256: "", overrides: [] },
    shard: { index: n + 1, count },
    path: `${n}.z6log`,
    secrets: [],
    tlsTexts: [],
    runsOnce: n === 0,
  }));
  const start = () => {
    const thread = new ScriptedThread();
    threads.push(thread);
    return thread;
  };
  const workers = new Workers(jobs, start, (phase) => phases.push(phase));
  const all = (message: FromWorker) => threads.forEach((thread) => thread.say(message));
  /** Until whoever waited for what was just said has gone on. */
  const settle = () => new Promise((next) => setTimeout(next, 0));
  return { workers, threads, phases, all, settle };
}

Deno.test("workers are kept in step, and what one sets up is handed to all", async () => {
  const { workers, threads, phases, all, settle } = conducted(3);
  all({ kind: "awake" });
  const prepared = workers.prepare();
  threads[1].say({ kind: "set-up", handed: [] });
  threads[2].say({ kind: "set-up", handed: [] });
  threads[0].say({ kind: "once", phase: "setup" });
  await settle();
  assert.deepEqual(threads.map(({ kinds }) => kinds), [["job"], ["job"], ["job"]], "one still sets up");
  threads[0].say({ kind: "set-up", handed: ["token", null] });
  await settle();
  for (const { told } of threads) assert.deepEqual(told[1], { kind: "hand", handed: ["token", null] });
  all({ kind: "ready" });
  assert.equal(await prepared, true);
  const loaded = workers.load(1234);
  for (const { told } of threads) assert.deepEqual(told[2], { kind: "begin", beginning: 1234 });
  all({ kind: "loaded" });
  await loaded;
  const ends = workers.conclude();
  threads[0].say({ kind: "once", phase: "teardown" });
  all(ENDED);
  assert.deepEqual(await ends, Array(3).fill({ failure: null, lost: 0 }));
  for (const { kinds, terminated } of threads) {
    assert.deepEqual([kinds, terminated], [["job", "hand", "begin", "conclude"], true]);
  }
  assert.deepEqual(phases, ["setup", "teardown"]);
});

Deno.test("a setup that did not go through leaves no load", async () => {
  const { workers, threads, all } = conducted(2);
  const prepared = workers.prepare();
  threads[0].say({ kind: "set-up", handed: null });
  threads[1].say({ kind: "set-up", handed: [] });
  assert.equal(await prepared, false);
  for (const { told } of threads) assert.deepEqual(told, [{ kind: "hand", handed: null }]);
  const loaded = workers.load(null);
  all({ kind: "loaded" });
  await loaded;
});

Deno.test("a worker that refuses or dies early is told of, and the others are called off", async () => {
  const deaths: [(thread: ScriptedThread) => void, string, number][] = [
    [
      (thread) => thread.say({ kind: "refused", message: "cannot write to out", exitCode: 104 }),
      "cannot write to out",
      104,
    ],
    [(thread) => thread.die("boom"), "the worker of shard 2 of 2 died: boom", 1],
  ];
  for (const [end, message, exitCode] of deaths) {
    const { workers, threads } = conducted(2);
    const prepared = workers.prepare();
    threads[0].say({ kind: "set-up", handed: ["token"] });
    end(threads[1]);
    await assert.rejects(prepared, (error: unknown) => {
      assert(error instanceof UserError);
      assert.deepEqual([error.message, error.exitCode], [message, exitCode]);
      return true;
    });
    const loaded = workers.load(null);
    threads[0].say({ kind: "loaded" });
    await loaded;
    const ends = workers.conclude();
    threads[0].say(ENDED);
    assert.deepEqual(await ends, [{ failure: null, lost: 0 }, { died: message }] satisfies WorkerEnd[]);
    assert.deepEqual(threads[0].kinds, ["hand", "begin", "conclude"]);
    assert.deepEqual(threads[1].kinds, []);
  }
});

Deno.test("a worker that dies under way is left behind", async () => {
  const { workers, threads } = conducted(3);
  const loaded = workers.load(0);
  threads[1].die("boom");
  threads[0].say({ kind: "loaded" });
  threads[2].say({ kind: "loaded" });
  await loaded;
  const ends = workers.conclude();
  threads[0].say(ENDED);
  threads[2].die("boom, too");
  assert.deepEqual((await ends).map((end) => "died" in end), [false, true, true]);
});

Deno.test("every interrupt reaches every worker, before anything else, too", () => {
  const { workers, threads } = conducted(2);
  assert.deepEqual([workers.interrupt(), workers.interrupt(), workers.interrupt()], [true, false, false]);
  for (const { kinds } of threads) assert.deepEqual(kinds, ["interrupt", "interrupt", "interrupt"]);
});

Deno.test("a load that stops by itself stops the others, once", () => {
  const { workers, threads } = conducted(2);
  const counters = new Counters();
  threads[0].say({ kind: "counters", counters: counterValues(counters) });
  assert.deepEqual(threads[1].kinds, []);
  counters.stopped = { reason: 5, threshold: 2 };
  for (let n = 0; n < 3; n++) threads[0].say({ kind: "counters", counters: counterValues(counters) });
  assert.deepEqual(threads[1].told, [{ kind: "stop", stopped: { reason: 5, threshold: 2 } }]);
  assert.equal(workers.counters.sessionsStarted, 0);
});

Deno.test("counters of workers add up", () => {
  const [one, other] = [new Counters(), new Counters()];
  const sum = new SummedCounters();
  const take = () => [one, other].forEach((counters, at) => sum.take(at, counterValues(counters)));
  assert.deepEqual([sum.stage, sum.sessionsStarted, sum.takeLagMax()], [-1, 0, 0]);
  one.stage = 1;
  one.sessionsStarted = 5;
  one.sessionsCompleted = 3;
  one.requestIssued(40);
  one.requestFailed(3201);
  other.stage = 0;
  other.sessionsStarted = 2;
  other.sessionsDropped = 1;
  other.requestIssued(30);
  other.responseEnded(false);
  other.requestFailed(3201);
  other.requestFailed(3202);
  take();
  assert.deepEqual([sum.stage, sum.sessionsStarted, sum.sessionsActive, sum.sessionsDropped], [1, 7, 4, 1]);
  assert.deepEqual([sum.requestsIssued, sum.responsesEnded, sum.requestsFailed, sum.inFlight], [2, 1, 3, -2]);
  assert.deepEqual(sum.errors, new Map([[3201, 2], [3202, 1]]));
  assert.deepEqual([sum.takeLagMax(), sum.takeLagMax()], [40, 0]);
  one.requestIssued(7);
  take();
  take();
  assert.deepEqual([sum.requestsIssued, sum.takeLagMax()], [3, 7], "what was told twice counts once");
});
