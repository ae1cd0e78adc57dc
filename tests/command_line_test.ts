/** `z6c run` as people and pipes meet it: the report, the live line, a terminal, and numbers that a naive reader confirms. */
import assert from "node:assert/strict";
import { startPracticeServer } from "../cli/practice_server.ts";
import type { Distribution } from "../runtime/reduce/summary.ts";
import { recordsOf, type WholeRecord } from "./ledger_records.ts";
import { agreedRequests, outcomeOf, startRun } from "./run_report.ts";
import { type Ended, inFolder, onQuietMachine, runToEnd, start, Z6C } from "./running.ts";
import { writeScenario } from "./scenario_text.ts";
import { screenAfter } from "./screen.ts";

const SCRIPT = "/usr/bin/script";
const SHORT = `model = "closed"\nvus = 3\niterations = 60`;
const LONG = `model = "closed"\nstages = [{ for = "60s", vus = 2 }]`;

/** Lends a folder and a practice target. */
function withTarget(use: (folder: string, base: string) => Promise<void>): Promise<void> {
  return inFolder(async (folder) => {
    const server = startPracticeServer({ port: 0, host: "127.0.0.1", seed: 1 });
    try {
      await use(folder, server.url);
    } finally {
      await server.stop();
    }
  });
}

Deno.test("stdout is the report alone, and stderr what goes on", () =>
  withTarget(async (folder, base) => {
    const scenario = writeScenario(folder, { base, load: SHORT });
    const command = [...Z6C, "run", scenario];
    const run = (...flags: string[]) =>
      onQuietMachine(() => runToEnd([...command, ...flags], { cwd: folder }));
    const text = await run();
    assert.equal(text.code, 0, text.stderr);
    assert.match(text.stdout, /^✓ PASSED {2}small\n/);
    assert.match(text.stderr, /^plan [0-9a-f]{64}\nsmall on http:\/\/127\.0\.0\.1:\d+ by socket, seed 1\n$/);
    const json = await run("--json");
    assert.equal(JSON.parse(json.stdout).requests.issued, 60);
    const quiet = await run("--json", "--quiet");
    assert.equal(quiet.stderr, "");
    assert.equal(JSON.parse(quiet.stdout).verdict.exitCode, quiet.code);
    const dry = await run("--dry-run");
    assert.deepEqual([dry.code, dry.stderr], [0, ""]);
    for (const { stdout, stderr } of [text, json, dry]) assert(!(stdout + stderr).includes("\x1b"));
  }));

Deno.test("without a terminal a plain line is printed every ten seconds", () =>
  withTarget(async (folder, base) => {
    const load = `model = "open"
arrivals = "uniform"
max_vus = 20
stages = [{ name = "calm", for = "11s", rate = "20/s" }]`;
    const { ended } = await outcomeOf(
      folder,
      startRun(folder, writeScenario(folder, { base, load })),
    );
    const [, , ...lines] = ended.stderr.trimEnd().split("\n");
    assert.equal(lines.length, 1, ended.stderr);
    assert.match(
      lines[0],
      /^0:10 of 0:11 calm 9\d% · [\d.]+ requests\/s · 2\d\d issued · \d+ in flight · 0 failed · /,
    );
  }));

/**
 * A run on a pseudo-terminal of unknown size, or of so many columns, on which somebody presses Ctrl-C when the live
 * block has been drawn and erased once. All that it shows is at stdout.
 */
function interruptedOnTerminal(
  folder: string,
  scenario: string,
  columns: number | null,
  env = {},
): Promise<Ended> {
  const words = [...Z6C, "run", scenario].map((word) => `'${word}'`).join(" ");
  const size = columns === null ? "" : `stty cols ${columns}; `;
  const surroundings = { cwd: folder, env: { ...Deno.env.toObject(), ...env }, typed: true };
  return onQuietMachine(async () => {
    const running = start([SCRIPT, "-qec", `${size}exec ${words}`, "/dev/null"], surroundings);
    await running.printed("\x1b[0J");
    await running.type("\x03");
    return await running.ended;
  });
}

const ignore = !hasScript();

function hasScript(): boolean {
  try {
    return Deno.build.os === "linux" && Deno.statSync(SCRIPT).isFile;
  } catch {
    console.log(`tests on a terminal are skipped: there is no ${SCRIPT} (util-linux)`);
    return false;
  }
}

for (const columns of [null, 100, 40]) {
  const name = columns === null ? "a terminal that does not tell its size" : `${columns} columns`;
  Deno.test(
    { name: `Ctrl-C on ${name}: the live block is gone, and the report is there`, ignore },
    () =>
      withTarget(async (folder, base) => {
        const scenario = writeScenario(folder, { base, load: LONG });
        const { code, stdout } = await interruptedOnTerminal(folder, scenario, columns);

        assert.equal(code, 105);
        assert(stdout.includes("\x1b[1m"), "colours where there is a terminal");
        assert.match(stdout, /0:00 of 1:00/);
        if (columns !== 40) assert.match(stdout, /requests {2}[\d,.]+\/s · [\d,]+ issued/);
        const screen = screenAfter(stdout).map((line) => line.replace("^C", ""));
        assert.match(screen[0], /^plan [0-9a-f]{64}$/);
        const verdict = screen.indexOf("! INTERRUPTED  small");
        const said = screen.slice(2, verdict);
        assert.match(said.join(" "), /^stopping: \d+ sessions? may finish; Ctrl-C again stops at once$/);
        assert.equal(said.length, columns === 40 ? 2 : 1, said.join("\n"));
        assert.doesNotMatch(screen.join("\n"), /0:00 of 1:00/, "nothing of the block is left");
        const widest = Math.max(
          ...screen.slice(verdict).filter((line) => !line.includes("z6c-out/")).map((line) => line.length),
        );
        assert(widest <= (columns ?? 80), `the report is ${widest} wide`);
        assert(columns !== null || widest > 60, "and uses the usual 80 where nobody tells");
      }),
  );
}

Deno.test(
  { name: "NO_COLOR: the block moves without colours", ignore },
  () =>
    withTarget(async (folder, base) => {
      const scenario = writeScenario(folder, { base, load: LONG });
      const { code, stdout } = await interruptedOnTerminal(folder, scenario, 100, { NO_COLOR: "1" });

      assert.equal(code, 105);
      // deno-lint-ignore no-control-regex
      assert.doesNotMatch(stdout, /\x1b\[[\d;]*m/);
    }),
);

/** Nearest rank. */
function quantile(sorted: readonly number[], ppm: number): number {
  return sorted[Math.ceil(sorted.length * ppm / 1_000_000) - 1];
}

function assertTimes(name: string, reported: Distribution | null, times: readonly number[]): void {
  assert(reported !== null);
  const sorted = [...times].sort((a, b) => a - b);
  const { count, min, p50, p90, p95, p99, p999, max } = reported;
  const naive = [500_000, 900_000, 950_000, 990_000, 999_000].map((ppm) => quantile(sorted, ppm));
  assert.deepEqual(
    [count, min, p50, p90, p95, p99, p999, max],
    [sorted.length, sorted[0], ...naive, sorted[sorted.length - 1]],
    name,
  );
}

Deno.test("a naive reader of the ledger finds the numbers of the report", () =>
  withTarget(async (folder, base) => {
    const load = `model = "open"
arrivals = "poisson"
max_vus = 100
stages = [
  { for = "300ms", rate = "200/s", warmup = true },
  { for = "1s", rate = "200/s..800/s" },
]`;
    const scenario = writeScenario(folder, { base, load, path: "/delay/1ms..20ms" });
    const outcome = await outcomeOf(folder, startRun(folder, scenario, ["--quiet"]));
    agreedRequests(outcome);
    const { report, ledger } = outcome;
    const warm = new Set(
      recordsOf(ledger, "sessionStarted").filter(({ a }) => a === 0).map(({ session }) => session),
    );
    const measured = (name: string) => recordsOf(ledger, name).filter(({ session }) => !warm.has(session));
    // One request a session, so a session tells which request a record speaks of.
    const issued = new Map(measured("requestIssued").map((record) => [record.session, record]));
    const issuedOf = ({ session }: WholeRecord): WholeRecord => {
      const record = issued.get(session);
      assert(record !== undefined, "what ended was issued");
      return record;
    };
    const ended = measured("responseEnded");
    assert.equal(report.requests.issued, issued.size);
    assert.equal(report.requests.responded, ended.length);
    assert.equal(report.warmup.sessions, warm.size);
    assert(warm.size > 20 && ended.length > 200, "there was something to measure");
    assertTimes("service", report.serviceTime, ended.map((end) => end.tick - issuedOf(end).tick));
    // A session's only request is due when the session is.
    const due = new Map(measured("sessionStarted").map(({ session, tick }) => [session, tick]));
    for (const [session, { tick, a: lag, b: blocked }] of issued) {
      assert.equal(tick - lag - blocked, due.get(session), "issued = due + lag + blocked");
    }
    assertTimes(
      "response",
      report.responseTime,
      ended.map(({ tick, session }) => tick - (due.get(session) ?? NaN)),
    );
    assertTimes("first byte", report.phases.firstByte, ended.map(({ a }) => a));
    assertTimes("lag", report.generator.lag, [...issued.values()].map(({ a }) => a));
    const sent = [...issued.values()].reduce((sum, { c }) => sum + c, 0);
    const received = ended.reduce((sum, { b }) => sum + b, 0);
    assert.deepEqual(report.data, { sentBytes: sent, receivedBytes: received });
    assert.deepEqual(report.statuses, [{ status: 200, name: null, count: ended.length }]);
    assert.deepEqual(
      [report.phases.dns?.max ?? 0, report.phases.tls?.max ?? 0],
      [0, 0],
      "an address is not resolved, and http does no handshake",
    );
  }));
