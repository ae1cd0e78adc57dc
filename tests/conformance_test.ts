/**
 * What was locked is what runs: live runs against servers that are fast, slow, failing and overrun have the decisions of
 * their lock, all at once where every session went through, and session by session where not.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { Summary } from "../runtime/reduce/summary.ts";
import { hasNginx, startNginx } from "./nginx.ts";
import { assertExitCode } from "./run_report.ts";
import { inFolder, runToEnd, Z6C } from "./running.ts";

const FLOWS = `
[[data]]
name = "words"
rows = [{ word = "one" }, { word = "two" }, { word = "three" }]
pick = "random"
[[flow]]
name = "browse"
weight = 3
[[flow.step]]
name = "home"
get = "/?n=\${random.int(1, 1000)}"
[[flow.step]]
think = "1ms..20ms"
[[flow.step]]
name = "search"
get = "/?word=\${words.word}&id=\${uuid}"
repeat = "1..3"
[[flow]]
name = "look"
[[flow.step]]
name = "look"
get = "/"
`;

const OPEN = `model = "open"
arrivals = "poisson"
max_vus = 200
stages = [{ for = "500ms", rate = "100/s..300/s" }, { for = "300ms", rate = "200/s" }]`;

type Case = Readonly<{
  load?: string;
  flags?: readonly string[];
  /** Of the run. */
  code?: number;
  /** What `z6c verify LEDGER…` says of it. */
  says: RegExp;
  /** Whether the run has the lock's digest. */
  whole: boolean;
  expectation?: string;
}>;

/** Locks a scenario against a server, runs it, and holds the run against the lock. */
async function hold(
  base: string,
  { load = OPEN, flags = [], code = 0, says, whole, expectation = "" }: Case,
) {
  await inFolder(async (folder) => {
    const target = `name = "held"\n[target]\nbase = "${base}"\n[load]\n${load}\n`;
    const flows = FLOWS.replace(`get = "/"\n`, `get = "/"\n${expectation}`);
    Deno.writeTextFileSync(join(folder, "held.toml"), target + flows);
    const locking = await runToEnd([...Z6C, "verify", "--update", "held.toml"], { cwd: folder });
    assert.equal(locking.code, 0, locking.stderr);
    const lock = JSON.parse(Deno.readTextFileSync(join(folder, "held.lock")));
    const run = [...Z6C, "run", "held.toml", "--json", "--out", "out", ...flags];
    const ended = await runToEnd(run, { cwd: folder });
    const report: Summary = JSON.parse(ended.stdout);
    assertExitCode({ ended, report }, code);
    assert.equal(report.decisions.whole, whole);
    if (whole) assert.equal(report.decisions.sha256, lock.decision_digest.sha256);
    const ledgers = [...Deno.readDirSync(join(folder, "out"))].map(({ name }) => `out/${name}`);
    const verified = await runToEnd([...Z6C, "verify", ...ledgers], { cwd: folder });
    assert.equal(verified.code, 0, verified.stdout + verified.stderr);
    assert.match(verified.stdout, says);
  });
}

/** Lends a server that answers as told. */
async function served(answer: () => Response | Promise<Response>, use: (base: string) => Promise<void>) {
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, answer);
  try {
    await use(`http://127.0.0.1:${server.addr.port}`);
  } finally {
    await server.shutdown();
  }
}

const afterMs = (ms: number) =>
  new Promise<Response>((done) => setTimeout(() => done(new Response("ok")), ms));

Deno.test({
  name: "against nginx, and divided among two workers, a run decides what its lock says",
  ignore: !hasNginx(),
  fn: () =>
    inFolder(async (folder) => {
      const nginx = await startNginx(folder);
      try {
        await hold(nginx.url, { whole: true, says: /decisions as planned[^]*the plan's/ });
        await hold(nginx.url, { flags: ["--workers", "2"], whole: true, says: /the plan's/ });
      } finally {
        await nginx.stop();
      }
    }),
});

Deno.test("against a slow server, too", () =>
  served(() => afterMs(80), (base) => hold(base, { whole: true, says: /the plan's/ })));

Deno.test("failing checks end no session: all is decided as locked", () =>
  served(
    () => new Response("no", { status: 500 }),
    (base) =>
      hold(base, { whole: true, says: /decisions as planned/, expectation: "expect = { status = 200 }\n" }),
  ));

Deno.test("a step that fails and ends its session leaves decisions unmade, and those made are as planned", () =>
  served(
    () => new Response("no", { status: 500 }),
    (base) =>
      hold(base, {
        whole: false,
        says: /of \d+ planned sessions, all [\d,]+ decisions as planned/,
        expectation: 'expect = { status = 200 }\non_error = "end-session"\n',
      }),
  ));

Deno.test("arrivals that are dropped are told, and the sessions that began are as planned", () =>
  served(() => afterMs(40), (base) =>
    hold(base, {
      load: OPEN.replace("max_vus = 200", "max_vus = 3"),
      code: 97,
      whole: false,
      says: /all [\d,]+ decisions as planned; [\d,]+ arrivals? dropped/,
    })));

Deno.test("a closed load that time bounds is verified session by session", () =>
  served(() => new Response("ok"), (base) =>
    hold(base, {
      load: `model = "closed"\nstages = [{ for = "400ms", vus = "1..6" }]`,
      whole: false,
      says: /sessions \(how many was a matter of time\), all [\d,]+ decisions as planned/,
    })));
