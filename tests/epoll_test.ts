/** The transport `epoll` in the whole: among workers, with a screen, where descriptors run out, and what it is allowed. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { hasCompileBase } from "./compile_base.ts";
import { ENDLESS, ITERATIONS, ledgersIn, runDivided, summaryIn, withDivided } from "./divided_run.ts";
import { readLedger } from "./ledger_records.ts";
import { agreedRequests, outcomeOf } from "./run_report.ts";
import { inFolder, runToEnd, start, until, Z6C } from "./running.ts";
import { writeScenario } from "./scenario_text.ts";

const ignore = Deno.build.os !== "linux";

Deno.test(
  { name: "epoll: workers begin at one moment, and count what the target counts", ignore },
  () =>
    withDivided(ITERATIONS, async (folder, target) => {
      const flags = ["--transport", "epoll", "--workers", "2", "--start-at", "+1s"];
      const together = summaryIn(await runDivided(folder, "workers", flags));
      const alone = summaryIn(await runDivided(folder, "alone", ["--transport", "socket"]));
      assert.deepEqual(together.decisions, alone.decisions);
      assert.equal(together.requests.responded, together.requests.issued);
      assert.equal(2 * together.requests.issued, target.asked("/look") + target.asked("/buy"));
      assert.deepEqual([together.integrity.state, together.shards.length], ["whole", 2]);
    }),
);

Deno.test(
  { name: "epoll: Ctrl-C reaches all workers, however busy they are", ignore },
  () =>
    withDivided(ENDLESS, async (folder, target) => {
      const flags = ["--json", "--workers", "2", "--transport", "epoll", "--out", `${folder}/out`];
      const running = start([...Z6C, "run", "divided.toml", ...flags], { cwd: folder });
      await until("the load is under way", () => target.asked("/look") > 20);
      running.signal("SIGINT");
      const { code, stderr } = await running.ended;
      assert(code === 105 || code === 97, stderr);
      assert.match(stderr, /\nstopping: \d+ sessions? may finish/);
      for (const path of ledgersIn(`${folder}/out`)) assert.equal(readLedger(path).integrity.state, "whole");
    }),
);

/** Answers everything with 204. */
async function withTarget(use: (base: string, folder: string) => Promise<void>): Promise<void> {
  await inFolder(async (folder) => {
    const server = Deno.serve(
      { port: 0, hostname: "127.0.0.1", onListen: () => {} },
      () => new Response(null, { status: 204 }),
    );
    try {
      await use(`http://127.0.0.1:${server.addr.port}`, folder);
    } finally {
      await server.shutdown();
    }
  });
}

for (const transport of ["socket", "epoll"]) {
  Deno.test(
    { name: `${transport}: descriptors run out, and the run goes on`, ignore },
    () =>
      withTarget(async (base, folder) => {
        const load = `model = "closed"\nvus = 200\niterations = 400`;
        const file = writeScenario(folder, { base, load });
        const command = [...Z6C, "run", file, "--json", "--quiet", "--transport", transport];
        const limited = ["sh", "-c", 'ulimit -n 100; exec "$@"', "sh", ...command, "--out", `${folder}/out`];
        const outcome = await outcomeOf(folder, start(limited, { cwd: folder }));
        assert.equal(agreedRequests(outcome).issued, 400);
        const { errors, requests } = outcome.report;
        assert.deepEqual(errors.map(({ name }) => name), ["resource.descriptors"]);
        assert(requests.responded >= 40, `${requests.responded} were answered`);
        assert.equal(errors[0].steps[0].excerpt, "Too many open files (os error 24)");
      }),
  );
}

Deno.test(
  { name: "epoll: what it cannot carry is said before anything is sent", ignore },
  () =>
    withTarget(async (base, folder) => {
      const file = writeScenario(folder, { base, load: `model = "closed"\nvus = 1\niterations = 1` });
      const z6c = (...args: string[]) => runToEnd([...Z6C, ...args], { cwd: folder });
      const secure = await z6c("run", file, "--transport", "epoll", "--base", "https://127.0.0.1:1");
      assert.equal(secure.code, 104);
      assert.match(secure.stderr, /epoll carries no TLS, and https:\/\/127\.0\.0\.1:1 wants it; .*socket/);
      const elsewhere = await z6c("build", file, "--with", "epoll", "--target", "x86_64-pc-windows-msvc");
      assert.equal(elsewhere.code, 104);
      assert.match(elsewhere.stderr, /Linux's system calls.*x86_64-pc-windows-msvc.*leave out --with epoll/);
      Deno.writeTextFileSync(
        file,
        Deno.readTextFileSync(file).replace("[load]", 'transport = "epoll"\n[load]'),
      );
      const own = await z6c("build", file, "--target", "aarch64-apple-darwin");
      assert.equal(own.code, 104);
      assert.match(own.stderr, /aarch64-apple-darwin has none; write transport = "socket"/);
      assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["small.toml"]);
    }),
);

const native = !ignore && await hasCompileBase(Deno.build.target);

Deno.test(
  { name: "epoll: only an executable that has it may call the C library", ignore: !native },
  () =>
    withTarget(async (base, folder) => {
      const file = writeScenario(folder, { base, load: `model = "closed"\nvus = 3\niterations = 30` });
      const path = join(folder, "small");
      const run = (...args: string[]) => runToEnd([path, ...args], { cwd: folder, env: { HOME: folder } });
      const plain = await runToEnd([...Z6C, "build", file], { cwd: folder });
      assert.equal(plain.code, 0, plain.stderr);
      assert.doesNotMatch(plain.stdout, /C library/);
      const refused = await run("--transport", "epoll");
      assert.equal(refused.code, 104);
      assert.match(refused.stderr, /no transport "epoll" here; there is socket/);
      const built = await runToEnd([...Z6C, "build", file, "--with", "epoll"], { cwd: folder });
      assert.match(built.stdout, /\n {2}calls {4}the C library, for transport epoll\n/);
      const { code, stdout, stderr } = await run("--transport", "epoll", "--json", "--workers", "2");
      assert.equal(code, 0, stderr);
      assert.equal(JSON.parse(stdout).requests.responded, 30);
      const other = await run("--transport", "epoll", "--base", "http://127.0.0.2:80");
      assert.match(other.stderr, /not among the hosts this executable may reach/);
    }),
);
