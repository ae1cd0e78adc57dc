/**
 * z6c against nginx: what the generator says it sent is what the server says it got. nginx logs a request when it
 * is over, whatever became of it, so for a run that nobody cut short: lines = issued in the ledger = issued in the
 * report.
 */
import assert from "node:assert/strict";
import { startHeldServer } from "./held_server.ts";
import { recordsOf } from "./ledger_records.ts";
import { hasNginx, type LoggedRequest, type Nginx, startNginx } from "./nginx.ts";
import { agreedRequests, assertExitCode, type Outcome, outcomeOf, startRun } from "./run_report.ts";
import { inFolder, until } from "./running.ts";
import { type SmallScenario, writeScenario } from "./scenario_text.ts";
import { TRANSPORTS } from "./transports.ts";

const OPEN = `model = "open"
arrivals = "uniform"
max_vus = 50
stages = [{ for = "400ms", rate = "300/s" }]`;
const CLOSED = `model = "closed"
vus = 5
iterations = 150`;

const ignore = !hasNginx();

/** Lends nginx, with a server behind `/held`, and a folder. */
async function withNginx(
  use: (nginx: Nginx, folder: string, held: ReturnType<typeof startHeldServer>) => Promise<void>,
): Promise<void> {
  await inFolder(async (folder) => {
    const held = startHeldServer();
    const nginx = await startNginx(folder, held.port);
    try {
      await use(nginx, folder, held);
    } finally {
      await nginx.stop();
      await held.stop();
    }
  });
}

async function runAgainst(
  nginx: Nginx,
  folder: string,
  scenario: Omit<SmallScenario, "base">,
  transport: string,
): Promise<Outcome> {
  const file = writeScenario(folder, { base: nginx.url, ...scenario });
  return await outcomeOf(folder, startRun(folder, file, ["--transport", transport, "--quiet"]));
}

/** nginx writes a line when the response has been sent, which may be just after z6c has read it. */
function logged(nginx: Nginx, lines: number): Promise<void> {
  return until(`nginx logs ${lines} requests`, () => nginx.log().length >= lines);
}

function connectionsOf(log: readonly LoggedRequest[]): number {
  return new Set(log.map(({ connection }) => connection)).size;
}

type CleanCase = Readonly<{
  connections: string;
  load: string;
  /** How many connections there must be to nginx. */
  wanted(outcome: Outcome, issued: number): readonly [least: number, most: number];
}>;

const CLEAN: readonly CleanCase[] = [
  { connections: "per-vu", load: OPEN, wanted: () => [1, 50] },
  { connections: "per-vu", load: CLOSED, wanted: () => [5, 5] },
  { connections: "per-session", load: CLOSED, wanted: (_, issued) => [issued, issued] },
  { connections: "per-request", load: OPEN, wanted: (_, issued) => [issued, issued] },
  { connections: "shared:3", load: CLOSED, wanted: () => [1, 3] },
];

for (const transport of TRANSPORTS) {
  for (const { connections, load, wanted } of CLEAN) {
    const model = load === OPEN ? "open" : "closed";
    Deno.test(
      { name: `nginx counts as z6c does: ${transport}, ${model}, ${connections}`, ignore },
      () =>
        withNginx(async (nginx, folder) => {
          const outcome = await runAgainst(nginx, folder, { load, connections }, transport);
          const { issued } = agreedRequests(outcome);
          assertExitCode(outcome, 0);
          assert.equal(issued, load === OPEN ? 120 : 150);
          await logged(nginx, issued);
          const log = nginx.log();
          assert.equal(log.length, issued);
          assert(log.every(({ status }) => status === 200));
          const [least, most] = wanted(outcome, issued);
          const open = connectionsOf(log);
          assert(open >= least && open <= most, `${open} connections; ${least} to ${most} wanted`);
          if (transport !== "fetch") assertConnections(outcome, log);
        }),
    );
  }

  Deno.test(
    { name: `nginx closes after 1000 requests, and none is lost: ${transport}`, ignore },
    () =>
      withNginx(async (nginx, folder) => {
        const load = `model = "closed"\nvus = 2\niterations = 3500`;
        const outcome = await runAgainst(nginx, folder, { load }, transport);
        const { issued } = agreedRequests(outcome);
        assertExitCode(outcome, 0);
        await logged(nginx, issued);
        const log = nginx.log();
        assert.equal(log.length, 3500);
        assert.equal(outcome.report.requests.responded, 3500);
        assert.equal(Math.max(...log.map(({ requestOfConnection }) => requestOfConnection)), 1000);
        if (transport !== "fetch") assertConnections(outcome, log);
      }),
  );
}

/** Connections are opened, closed and used in the ledger as in nginx's log. */
function assertConnections({ ledger, report }: Outcome, log: readonly LoggedRequest[]): void {
  const opened = recordsOf(ledger, "connectionOpened");
  const closed = recordsOf(ledger, "connectionClosed");
  assert.equal(opened.length, connectionsOf(log));
  assert.equal(report.connections?.opened ?? 0, opened.length);
  assert.equal(closed.length, opened.length, "every connection is closed");
  const carried = new Map<number, number>();
  for (const { connection } of log) carried.set(connection, (carried.get(connection) ?? 0) + 1);
  const numbers = (all: Iterable<number>) => [...all].sort((a, b) => a - b);
  assert.deepEqual(numbers(closed.map(({ b }) => b)), numbers(carried.values()), "requests a connection");
}

Deno.test(
  { name: "nginx counts warm-up too, and the report leaves it out", ignore },
  () =>
    withNginx(async (nginx, folder) => {
      const load = `model = "open"
arrivals = "uniform"
max_vus = 50
stages = [{ for = "300ms", rate = "200/s", warmup = true }, { for = "300ms", rate = "300/s" }]`;
      const outcome = await runAgainst(nginx, folder, { load }, "socket");
      const { issued } = agreedRequests(outcome);
      assertExitCode(outcome, 0);
      const { requests, warmup } = outcome.report;
      assert.deepEqual([warmup.requests, requests.issued, issued], [60, 90, 150]);
      assert.equal(outcome.report.responseTime?.count, 90);
      assert.deepEqual(outcome.report.statuses, [{ status: 200, name: null, count: 90 }]);
      await logged(nginx, issued);
      assert.equal(nginx.log().length, issued);
    }),
);

const LONG_OPEN = `model = "open"
arrivals = "uniform"
max_vus = 100
stages = [{ for = "60s", rate = "100/s" }]`;
const LONG_CLOSED = `model = "closed"
stages = [{ for = "60s", vus = 8 }]`;

for (const transport of TRANSPORTS) {
  for (const [model, load] of [["open", LONG_OPEN], ["closed", LONG_CLOSED]] as const) {
    Deno.test(
      { name: `SIGINT drains, and nginx counts as z6c does: ${transport}, ${model}`, ignore },
      () =>
        withNginx(async (nginx, folder, held) => {
          const file = writeScenario(folder, { base: nginx.url, load, path: "/held" });
          const running = startRun(folder, file, ["--transport", transport]);
          await until("five requests are in flight", () => held.waiting() >= 5);
          running.signal("SIGINT");
          await running.said("may finish; Ctrl-C again stops at once");
          held.release();
          const outcome = await outcomeOf(folder, running);
          const { issued, cancelled } = agreedRequests(outcome);
          assertExitCode(outcome, 105);
          assert.equal(cancelled, 0, "what was under way was waited for");
          assert.equal(outcome.report.requests.failed, 0);
          assert.equal(outcome.report.sessions.stopped, 0);
          await logged(nginx, issued);
          const log = nginx.log();
          assert.equal(log.length, issued);
          assert(log.every(({ status }) => status === 200));
        }),
    );

    // A request is issued before its connection is opened: one cancelled there has not been sent, and nginx cannot
    // know of it; one cancelled later is logged with 499. All that were answered are logged. So, once nginx has seen
    // all connections end: issued − cancelled ≤ logged ≤ issued, and as many 499 as there are lines beyond the answers.
    Deno.test(
      { name: `two SIGINTs end at once, with a whole ledger: ${transport}, ${model}`, ignore },
      () =>
        withNginx(async (nginx, folder, held) => {
          const file = writeScenario(folder, { base: nginx.url, load, path: "/held" });
          const running = startRun(folder, file, ["--transport", transport]);
          await until("five requests are in flight", () => held.waiting() >= 5);
          running.signal("SIGINT");
          await running.said("may finish; Ctrl-C again stops at once");
          const sent = held.waiting();
          running.signal("SIGINT");
          const outcome = await outcomeOf(folder, running);
          const { issued, cancelled } = agreedRequests(outcome);
          assertExitCode(outcome, 105);
          assert(cancelled >= sent, `${cancelled} cancelled, and ${sent} were in flight`);
          assert.equal(cancelled, issued, "nothing was answered");
          await until("nginx notices that its clients have gone", () => held.waiting() === 0);
          await logged(nginx, sent);
          const log = nginx.log();
          assert(log.length <= issued && log.length >= sent, `${sent} ≤ ${log.length} ≤ ${issued}`);
          assert(log.every(({ status }) => status === 499));
        }),
    );
  }

  // Requests may fail before nginx has read them, but none can be logged that was not issued.
  Deno.test(
    { name: `nginx is killed in the middle, and the run goes on: ${transport}`, ignore },
    () =>
      withNginx(async (nginx, folder) => {
        const load = `model = "open"
arrivals = "uniform"
max_vus = 50
stages = [{ for = "1500ms", rate = "200/s" }]`;
        const thresholds = `[[threshold]]\nmetric = "errors"\nratio = "< 1%"`;
        const file = writeScenario(folder, { base: nginx.url, load, thresholds });
        const running = startRun(folder, file, ["--transport", transport, "--quiet"]);
        await logged(nginx, 50);
        nginx.kill();
        const outcome = await outcomeOf(folder, running);
        const { issued } = agreedRequests(outcome);
        assertExitCode(outcome, 99);
        assert.equal(issued, 300, "the run goes on to its end");
        const { requests, errors, verdict } = outcome.report;
        const log = nginx.log();
        assert(log.length <= issued, `${log.length} logged, ${issued} issued`);
        assert(requests.responded <= log.length, "what was answered was logged");
        assert(requests.failed > 0);
        const possible = ["connect.refused", "connect.reset", "wait.closed", "wait.reset", "write.reset"];
        const found = errors.map(({ name }) => name);
        assert(found.includes("connect.refused"), found.join());
        assert.deepEqual(found.filter((name) => !possible.includes(name)), []);
        assert.equal(errors.reduce((sum, { count }) => sum + count, 0), requests.failed);
        assert(verdict.reasons.some((reason) => reason.includes("errors ratio < 1%")));
      }),
  );
}
