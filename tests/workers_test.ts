/** One machine's part among its cores: the same decisions, one report, one Ctrl-C; a worker that dies takes nobody along. */
import assert from "node:assert/strict";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { hasCompileBase } from "./compile_base.ts";
import {
  ENDLESS,
  ITERATIONS,
  ledgersIn,
  merge,
  OPEN,
  runDivided,
  sessionsOfEach,
  summaryIn,
  withDivided,
} from "./divided_run.ts";
import { FRAGILE_RUN } from "./fragile_run.ts";
import { readLedger } from "./ledger_records.ts";
import { inFolder, runToEnd, start, until, Z6C } from "./running.ts";
import { writeScenario } from "./scenario_text.ts";

for (const [name, load] of Object.entries({ OPEN, ITERATIONS })) {
  Deno.test(`workers decide what one alone decides, and count what the target counts (${name})`, () =>
    withDivided(load, async (folder, target) => {
      const [alone, ended] = await Promise.all([
        runDivided(folder, "alone", []).then(summaryIn),
        runDivided(folder, "workers", ["--workers", "3"]),
      ]);
      const together = summaryIn(ended);

      assert(alone.decisions.whole, alone.decisions.lacking ?? "");
      assert.deepEqual(together.decisions, alone.decisions);
      assert.equal(2 * together.requests.issued, target.asked("/look") + target.asked("/buy"));
      assert.deepEqual(together.statuses, [{ status: 204, name: null, count: alone.requests.issued }]);
      assert.deepEqual([together.integrity.state, together.shards.length], ["whole", 3]);
      assert.deepEqual([target.asked("/token"), target.asked("/bye")], [2, 2], "set up once, torn down once");
      for (const [at, numbers] of sessionsOfEach(`${folder}/workers`).entries()) {
        assert(numbers.length > 20 && numbers.every((number) => number % 3 === at), String(numbers));
      }
      assert.match(
        ended.stderr,
        /\n3 workers: shards 1, 2, 3 of 3\nsetup: 1 request\nteardown: 1 request\n$/,
      );
      const again = summaryIn(await merge(folder, ledgersIn(`${folder}/workers`)));
      assert.deepEqual({ ...again, run: null }, { ...together, run: null }, "as `z6c report` has it");
    }));
}

Deno.test("a machine's shard is divided among its workers", () =>
  withDivided(ITERATIONS, async (folder) => {
    const [alone, ...halves] = (await Promise.all([
      runDivided(folder, "alone", []),
      ...["1/2", "2/2"].map((shard) => runDivided(folder, "out", ["--shard", shard, "--workers", "2"])),
    ])).map(summaryIn);
    const paths = ledgersIn(`${folder}/out`);
    const merged = summaryIn(await merge(folder, paths));
    assert.deepEqual(merged.decisions, alone.decisions);
    assert.deepEqual(halves.map(({ integrity }) => integrity.state), ["whole", "whole"]);
    const names = paths.map((path) => basename(path).replace(/^.*-(?=\dof)/, "")).sort();
    assert.deepEqual(names, ["1of4.z6log", "2of4.z6log", "3of4.z6log", "4of4.z6log"]);
  }));

Deno.test("Ctrl-C reaches all workers", () =>
  withDivided(ENDLESS, async (folder, target) => {
    const command = [...Z6C, "run", "divided.toml", "--json", "--workers", "2", "--out", `${folder}/out`];
    const running = start(command, { cwd: folder });
    await until("the load is under way", () => target.asked("/look") > 20);
    running.signal("SIGINT");
    const { code, stdout, stderr } = await running.ended;
    const report = JSON.parse(stdout);
    assert(code === 105 || code === 97, stderr);
    assert.match(
      stderr,
      /\nstopping: \d+ sessions? may finish; Ctrl-C again stops at once\nteardown: 1 request\n$/,
    );
    assert.equal(report.requests.issued, target.asked("/look") + target.asked("/buy"));
    for (const path of ledgersIn(`${folder}/out`)) {
      const { integrity, records } = readLedger(path);
      assert.equal(integrity.state, "whole");
      assert(records.some(({ name }) => name === "runStopped"), path);
    }
  }));

const ABORT = `[[threshold]]\nmetric = "errors"\ncount = "<= 0"\nabort = true`;

for (
  const [name, lines, reason] of [["threshold", ABORT, 5], ["step", `on_error = "stop-run"`, 3]] as const
) {
  Deno.test(`a ${name} that stops one worker's load stops all`, () =>
    inFolder(async (folder) => {
      let asked = 0;
      const server = Deno.serve(
        { port: 0, hostname: "127.0.0.1", onListen: () => {} },
        () => new Response(null, { status: ++asked === 30 ? 500 : 204 }),
      );
      const base = `http://127.0.0.1:${server.addr.port}`;
      const load = `model = "closed"\nstages = [{ for = "60s", vus = 4 }]`;
      const scenario = writeScenario(folder, { base, load, thresholds: lines });
      const command = [...Z6C, "run", scenario, "--json", "--workers", "2", "--out", `${folder}/out`];
      const report = summaryIn(await runToEnd(command, { cwd: folder }));
      await server.shutdown();
      assert(report.time.elapsedTicks < 20_000_000, "long before its end");
      for (const path of ledgersIn(`${folder}/out`)) {
        const stops = readLedger(path).records.filter((record) => record.name === "runStopped");
        assert.deepEqual(stops.map(({ a }) => a), [reason], path);
      }
    }));
}

Deno.test("a secret reaches the workers' requests, and no ledger", () =>
  inFolder(async (folder) => {
    const secret = "s3cr3t-0f-the-workers";
    const keys = new Map<string | null, number>();
    const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, ({ headers }) => {
      const key = headers.get("x-key");
      keys.set(key, (keys.get(key) ?? 0) + 1);
      return new Response(null, { status: 204 });
    });
    const base = `http://127.0.0.1:${server.addr.port}`;
    const load = `model = "closed"\nvus = 2\niterations = 10`;
    const thresholds = 'headers = { x-key = "${secret.WORKERS_KEY}" }';
    const scenario = writeScenario(folder, { base, load, thresholds });
    const env = { ...Deno.env.toObject(), WORKERS_KEY: secret };
    const command = [...Z6C, "run", scenario, "--workers", "2", "--out", `${folder}/out`];
    const { stdout, stderr } = await runToEnd(command, { cwd: folder, env });
    await server.shutdown();
    assert.deepEqual([...keys], [[secret, 10]], stderr);
    const ledgers = ledgersIn(`${folder}/out`).map((path) =>
      new TextDecoder("latin1").decode(Deno.readFileSync(path))
    );
    for (const text of [stdout, stderr, ...ledgers]) assert(!text.includes(secret));
  }));

/** Runs `fragile_run.ts` on the plan of `divided.toml`. */
async function runFragile(folder: string, when: "early" | "late") {
  const planned = await runToEnd([...Z6C, "plan", "divided.toml"], { cwd: folder });
  assert.equal(planned.code, 0, planned.stderr);
  const config = fileURLToPath(new URL("../deno.json", import.meta.url));
  const deno = [Deno.execPath(), "run", "-A", "--quiet", "--no-check", "--config", config];
  return await runToEnd(
    [...deno, FRAGILE_RUN, join(folder, "divided.plan.json"), join(folder, "out"), when],
    {
      cwd: folder,
    },
  );
}

Deno.test("a worker that dies is named, and the others' results stand, marked partial", () =>
  withDivided(ITERATIONS, async (folder, target) => {
    const { code, stdout, stderr } = await runFragile(folder, "late");
    const report = JSON.parse(stdout);
    assert.equal(code, 97);
    assert.match(stderr, /z6c: the worker of shard 2 of 2 died: .*the worker fell over late\n/);
    assert.equal(report.integrity.state, "partial");
    assert.match(report.verdict.reasons.join("; "), /the worker of shard 2 of 2 died/);
    const [first, second] = ledgersIn(`${folder}/out`).map(readLedger);
    assert.deepEqual([first.integrity.state, second.integrity.state], ["whole", "partial"]);
    const [sessions] = sessionsOfEach(`${folder}/out`);
    assert.equal(sessions.length, 60, "the first did all that was its part");
    assert.deepEqual([target.asked("/token"), target.asked("/bye")], [1, 1]);
  }));

Deno.test("a worker that dies before the load calls it off, and what was set up is torn down", () =>
  withDivided(ITERATIONS, async (folder, target) => {
    const { code, stdout, stderr } = await runFragile(folder, "early");
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(stderr, /z6c: the worker of shard 2 of 2 died: .*the worker fell over early\n/);
    assert.deepEqual(["/token", "/bye", "/look", "/buy"].map(target.asked), [1, 1, 0, 0]);
  }));

const native = await hasCompileBase(Deno.build.target);
const forms = Deno.build.os === "windows" ? ["native"] : ["native", "portable"];
for (const form of forms) {
  Deno.test({
    name: `an executable brings its workers along (${form})`,
    ignore: form === "native" && !native,
  }, () =>
    withDivided(ITERATIONS, async (folder, target) => {
      const built = await runToEnd([...Z6C, "build", "divided.toml", "--form", form], { cwd: folder });
      assert.equal(built.code, 0, built.stderr);
      const env = { TMPDIR: folder, HOME: folder, JOB_COMPLETION_INDEX: "1", JOB_COMPLETIONS: "2" };
      const ended = await runToEnd([join(folder, "divided"), "--json", "--workers", "2"], {
        cwd: folder,
        env,
      });
      const report = summaryIn(ended);
      assert.equal(report.requests.issued, target.asked("/look") + target.asked("/buy"));
      assert.deepEqual([report.sessions.completed, report.integrity.state], [60, "whole"]);
      const numbers = sessionsOfEach(`${folder}/z6c-out`).map((it) => it.map((number) => number % 4));
      assert.deepEqual(numbers.map((it) => [...new Set(it)]), [[1], [3]]);
    }));
}
