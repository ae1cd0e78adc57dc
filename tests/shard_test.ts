/** A run in shards decides and counts what the run of one does, wherever the shards are told who they are. */
import assert from "node:assert/strict";
import { basename } from "node:path";
import {
  ITERATIONS,
  ledgersIn,
  merge,
  OPEN,
  POISSON,
  runDivided,
  sessionsOfEach,
  summaryIn,
  withDivided,
} from "./divided_run.ts";
import { start, Z6C } from "./running.ts";

for (const [name, load] of Object.entries({ OPEN, POISSON, ITERATIONS })) {
  Deno.test(`three shards make the whole run (${name})`, () =>
    withDivided(load, async (folder, target) => {
      const [ended, ...shards] = await Promise.all([
        runDivided(folder, "whole", []),
        ...["1/3", "2/3", "3/3"].map((shard) => runDivided(folder, "shards", ["--shard", shard])),
      ]);
      const whole = summaryIn(ended);
      const paths = ledgersIn(`${folder}/shards`);
      const merged = summaryIn(await merge(folder, paths));

      assert(whole.decisions.whole, whole.decisions.lacking ?? "");
      assert.deepEqual(merged.decisions, whole.decisions);
      assert.equal(merged.integrity.state, "whole");
      assert.equal(merged.requests.issued, whole.requests.issued);
      assert.equal(2 * merged.requests.issued, target.asked("/look") + target.asked("/buy"));
      assert.deepEqual(merged.statuses, [{ status: 204, name: null, count: merged.requests.issued }]);
      assert.equal(
        merged.sessions.started,
        shards.reduce((sum, it) => sum + summaryIn(it).sessions.started, 0),
      );
      for (const [at, numbers] of sessionsOfEach(`${folder}/shards`).entries()) {
        assert(
          numbers.length > 20 && numbers.every((number) => number % 3 === at),
          `shard ${at + 1}: ${numbers}`,
        );
      }
      assert.deepEqual(
        [target.asked("/token"), target.asked("/bye")],
        [4, 4],
        "each shard has its own setup",
      );
      const names = paths.map((path) => basename(path).replace(/^divided-\d{8}-\d{6}(-\d+)?-/, ""));
      assert.deepEqual(names, ["1of3.z6log", "2of3.z6log", "3of3.z6log"]);
      assert.match(
        shards[1].stderr,
        /^plan [0-9a-f]{64} \(--shard 2\/3\)\n.*\nshard 2 of 3: 1\/3 of the sessions\n/,
      );
    }));
}

Deno.test("a missing shard makes the report partial, a doubled one is refused", () =>
  withDivided(ITERATIONS, async (folder) => {
    await Promise.all(["1/3", "3/3"].map((shard) => runDivided(folder, "out", ["--shard", shard])));
    const [first, third] = ledgersIn(`${folder}/out`);
    const partial = summaryIn(await merge(folder, [first, third]));
    assert.equal(partial.integrity.state, "partial");
    assert.match(partial.integrity.problem ?? "", /shard 2 of 3 is missing/);
    const doubled = await merge(folder, [first, third, first]);
    assert.equal(doubled.code, 104);
    assert.match(doubled.stderr, /both hold shard 1 of 3/);
  }));

Deno.test("an indexed job and an array job say which shard this is; what is unclear sends nothing", () =>
  withDivided(ITERATIONS, async (folder, target) => {
    const inherited = Deno.env.toObject();
    const cases: [Record<string, string>, number][] = [
      [{ JOB_COMPLETION_INDEX: "1", JOB_COMPLETIONS: "6" }, 1],
      [{ SLURM_ARRAY_TASK_ID: "7", SLURM_ARRAY_TASK_COUNT: "6", SLURM_ARRAY_TASK_MIN: "3" }, 4],
    ];
    for (const [env, residue] of cases) {
      const { run } = summaryIn(await runDivided(folder, `out-${residue}`, [], { ...inherited, ...env }));
      assert.deepEqual(run.shard, { index: residue + 1, count: 6 });
      const [numbers] = sessionsOfEach(`${folder}/out-${residue}`);
      assert(numbers.length === 20 && numbers.every((number) => number % 6 === residue), String(numbers));
    }
    const before = target.asked("/token");
    const unclear: [string[], Record<string, string>, RegExp][] = [
      [[], { JOB_COMPLETION_INDEX: "1" }, /set JOB_COMPLETIONS to the Job's `completions`/],
      [["--shard", "0/3"], {}, /--shard wants i\/n/],
      [["--workers", "many"], {}, /--workers wants a whole number/],
      [["--start-at", "noon"], {}, /--start-at wants a time with its offset/],
      [["--start-at", "2020-01-01T00:00:00Z"], {}, /--start-at 2020-01-01T00:00:00Z was \d+ h \d+ min ago/],
      [["--dry-run", "--shard", "4/3"], {}, /--shard wants i\/n/],
    ];
    await Promise.all(unclear.map(async ([flags, env, message]) => {
      const { code, stderr } = await runDivided(folder, "none", flags, { ...inherited, ...env });
      assert.equal(code, 104, stderr);
      assert.match(stderr, message);
    }));
    assert.equal(target.asked("/token"), before);
  }));

Deno.test("--start-at: the setup runs before, and the load begins when it shall", () =>
  withDivided(OPEN, async (folder, target) => {
    const startMs = Date.now() + 2500;
    const at = new Date(startMs).toISOString();
    const { stderr, stdout } = await runDivided(folder, "out", ["--start-at", at, "--shard", "1/2"]);
    const lateMs = target.firstMs() - startMs;
    assert(lateMs >= 0 && lateMs < 500, `the first request came ${lateMs} ms after the start`);
    assert.match(
      stderr,
      /\nsetup: 1 request\nthe load begins in 0:0[123], at .*; Ctrl-C calls it off\nteardown: /,
    );
    assert(JSON.parse(stdout).run.overrides.includes(`--start-at ${at}`));
  }));

Deno.test("--start-at: a setup that takes too long delays the load, and says so", () =>
  withDivided(ITERATIONS, async (folder) => {
    const { stderr, stdout } = await runDivided(folder, "out", ["--start-at", "+0s"]);
    assert.match(
      stderr,
      /\nwarning: the load begins [\d.]+m?s after --start-at: preparing and setting up took longer\n/,
    );
    assert.equal(JSON.parse(stdout).requests.failed, 0);
  }));

for (const flags of [[], ["--workers", "2"]]) {
  Deno.test(`Ctrl-C calls a load off that has not begun ${flags.join(" ")}`, () =>
    withDivided(OPEN, async (folder, target) => {
      const command = [...Z6C, "run", "divided.toml", "--json", "--start-at", "+60s", ...flags];
      const running = start(command, { cwd: folder });
      await running.said("the load begins in");
      running.signal("SIGINT");
      const { code, stdout, stderr } = await running.ended;
      const report = JSON.parse(stdout);
      assert.equal(code, 105, stderr);
      assert.match(stderr, /\ncalled off: the load does not begin\nteardown: 1 request\n/);
      assert.deepEqual([report.integrity.state, report.requests.issued], ["whole", 0]);
      assert.deepEqual(["/token", "/bye", "/look", "/buy"].map(target.asked), [1, 1, 0, 0]);
    }));
}
