/** What `z6c build` makes: copied to another folder, without an environment, it runs, reports and keeps its bounds. */
import assert from "node:assert/strict";
import { basename, join } from "node:path";
import { startPracticeServer } from "../cli/practice_server.ts";
import { hasCompileBase } from "./compile_base.ts";
import { startHeldServer } from "./held_server.ts";
import { onlyLedger } from "./ledger_records.ts";
import { assertExitCode } from "./run_report.ts";
import { type Ended, inFolder, onQuietMachine, runToEnd, start, until, Z6C } from "./running.ts";
import { writeScenario } from "./scenario_text.ts";

const native = await hasCompileBase(Deno.build.target);
if (!native) console.log("only the portable form is tested: deno's compile base cannot be had here");
const posix = Deno.build.os !== "windows";

/** Targets that the executable may reach, one that it may not, and where they may be. */
type Targets = Readonly<{ good: string; failing: string; held: ReturnType<typeof startHeldServer> }>;

async function withTargets(use: (targets: Targets) => Promise<void>): Promise<void> {
  const good = startPracticeServer({ port: 0, host: "127.0.0.1", seed: 1 });
  const ending = new AbortController();
  const failing = Deno.serve(
    { port: 0, hostname: "127.0.0.1", signal: ending.signal, onListen: () => {} },
    () => new Response(null, { status: 500 }),
  );
  const held = startHeldServer();
  try {
    await use({ good: good.url, failing: `http://127.0.0.1:${failing.addr.port}`, held });
  } finally {
    ending.abort();
    await Promise.all([good.stop(), failing.finished, held.stop()]);
  }
}

/** Builds in `folder`, which is made, and returns the executable's path and what `build` said. */
async function built(folder: string, form: string, { good, failing, held }: Targets) {
  Deno.mkdirSync(folder);
  const load = `model = "closed"\nvus = 2\niterations = 50`;
  const thresholds = `[[threshold]]\nmetric = "errors"\nratio = "< 1%"`;
  const scenario = writeScenario(folder, { base: good, load, thresholds });
  const path = join(folder, "visit");
  const hosts = [new URL(failing).host, `127.0.0.1:${held.port}`];
  const ended = await runToEnd([
    ...[...Z6C, "build", scenario, "--form", form, "--output", path],
    ...hosts.flatMap((host) => ["--allow-host", host]),
  ], { cwd: folder });
  assert.equal(ended.code, 0, ended.stderr);
  return { path, said: ended.stdout };
}

/** Copies an executable into a new folder and runs it there with an absolute path and an empty environment. */
function elsewhere(executable: string, folder: string): (args: readonly string[]) => Promise<Ended> {
  Deno.mkdirSync(folder);
  const path = join(folder, basename(executable));
  Deno.copyFileSync(executable, path);
  return async (args) => {
    const ended = await onQuietMachine(() => runToEnd([path, ...args], { cwd: folder, env: {} }));
    assert(!(ended.stdout + ended.stderr).includes("\x1b"), "no escape codes where there is no terminal");
    assert.doesNotMatch(ended.stderr, /at (?:async )?\S* ?\(?(?:file|ext):|failed in a way it should not/);
    return ended;
  };
}

/** A port on which somebody listens and no executable may ask. */
class Forbidden implements Disposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly url = `http://127.0.0.1:${this.#listener.addr.port}`;
  connections = 0;

  constructor() {
    this.#count();
  }

  async #count(): Promise<void> {
    for await (const connection of this.#listener) {
      this.connections++;
      connection.close();
    }
  }

  [Symbol.dispose](): void {
    this.#listener.close();
  }
}

function filesBelow(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) =>
    isDirectory ? filesBelow(join(folder, name)).map((file) => `${name}/${file}`) : [name]
  ).sort();
}

/** The same test for both forms of executable, with a new folder and targets. */
function forms(
  name: string,
  use: (form: string, folder: string, targets: Targets) => Promise<void>,
): void {
  const inForm = (form: string) => inFolder((folder) => withTargets((targets) => use(form, folder, targets)));
  Deno.test({ name: `native: ${name}`, ignore: !native, fn: () => inForm("native") });
  Deno.test({ name: `portable: ${name}`, ignore: !posix, fn: () => inForm("portable") });
}

forms(
  "the same scenario gives the same bytes, wherever it is built",
  async (form, folder, targets) => {
    const [one, two] = [
      await built(join(folder, "one"), form, targets),
      await built(join(folder, "two"), form, targets),
    ];
    const hash = /^plan [0-9a-f]{64}$/m;
    assert.match(one.said, hash);
    assert.equal(hash.exec(one.said)?.[0], hash.exec(two.said)?.[0]);
    assert.deepEqual(Deno.readFileSync(one.path), Deno.readFileSync(two.path));
    for (const file of ["small.plan.json", "small.lock"]) {
      const [first, second] = ["one", "two"].map((name) => Deno.readTextFileSync(join(folder, name, file)));
      assert.equal(first, second);
    }
  },
);

forms(
  "runs and reports in an empty folder, and writes nowhere else",
  async (form, folder, targets) => {
    const { path, said } = await built(join(folder, "built"), form, targets);
    const empty = join(folder, "empty");
    Deno.mkdirSync(empty);
    Deno.copyFileSync(path, join(empty, "visit"));
    const before = filesBelow(folder);
    const command = [join(empty, "visit"), "--json", "--report", "text,json"];
    const ended = await runToEnd(command, { cwd: empty, env: {} });
    const { stdout, stderr } = ended;
    const report = JSON.parse(stdout);
    assertExitCode({ ended, report }, 0);
    const ledger = onlyLedger(join(folder, "empty/z6c-out"));
    assert.equal(report.requests.issued, 50);
    assert.equal(ledger.integrity.state, "whole");
    assert(said.includes(`plan ${report.run.planSha256}`), "the plan that was built is run");
    assert(stderr.startsWith(`plan ${report.run.planSha256}\n`), "and named first");
    const stem = basename(ledger.path, ".z6log");
    const written = ["json", "txt", "z6log"].map((it) => `empty/z6c-out/${stem}.${it}`);
    assert.deepEqual(filesBelow(folder), [...before, ...written].sort());
    assert.equal(Deno.readTextFileSync(join(folder, written[0])), stdout);
  },
);

/** Arguments, exit code, and what stdout and stderr must show; `null`: nothing at all. */
type Case = readonly [name: string, args: readonly string[], number, out: RegExp | null, err: RegExp | null];

function cases({ failing }: Targets, forbidden: string, ledger: string): readonly Case[] {
  return [
    ["version", ["--version"], 0, /^z6c \d+\.\d+\.\d+, Deno \S+\n$/, null],
    ["help", ["--help"], 0, /Usage[^]*--dry-run[^]*105 {2}interrupted/, null],
    ["plan", ["plan"], 0, /flow[^]*visit/, null],
    ["plan as JSON", ["plan", "--json"], 0, /^\{"bounds":.*\}\n$/, null],
    ["dry run", ["--dry-run"], 0, /at most/, null],
    ["report", ["report", ledger], 0, /✓ PASSED {2}small/, null],
    ["verify", ["verify", ledger], 0, /all [\d,]+ decisions as planned[^]*: the plan's\n$/, null],
    ["verify nothing", ["verify"], 104, null, /verify wants a ledger/],
    ["quiet", ["--quiet"], 0, /✓ PASSED {2}small/, null],
    ["no colour", ["--no-color"], 0, /✓ PASSED {2}small/, /^plan [0-9a-f]{64}\n/],
    ["seed", ["--quiet", "--seed", "7"], 0, /seed 7/, null],
    ["threshold missed", ["--quiet", "--base", failing], 99, /✗ FAILED[^]*missed: errors ratio < 1%/, null],
    [
      "base not baked in",
      ["--base", forbidden],
      104,
      null,
      /not among the hosts.*--allow-host 127\.0\.0\.1:/,
    ],
    ["another address", ["--base", "http://127.0.0.2:80"], 104, null, /not among the hosts/],
    ["a scheme it cannot speak", ["--base", "ftp://127.0.0.1"], 104, null, /found "ftp:/],
    [
      "transport not built in",
      ["--transport", "fetch"],
      104,
      null,
      /no transport "fetch" here; there is socket/,
    ],
    [
      "another folder",
      ["--quiet", "--out", "../other"],
      104,
      null,
      /may write only where it was built to.*--out-dir/,
    ],
    ["a ledger elsewhere", ["report", "../other.z6log"], 104, null, /may not read .*z6c report/],
    ["no such verb", ["frob"], 104, null, /no verb "frob"; there are run, plan, report, verify and replay/],
    ["no such flag", ["--frob"], 104, null, /--frob.*--help/],
    ["a seed that is none", ["--seed", "x"], 104, null, /--seed wants a whole number.*found "x"/],
  ];
}

Deno.test({ name: "native: verbs, flags, bounds and exit codes", ignore: !native }, async (t) => {
  await inFolder((folder) =>
    withTargets(async (targets) => {
      const { path } = await built(join(folder, "built"), "native", targets);
      const run = elsewhere(path, join(folder, "empty"));
      Deno.writeTextFileSync(join(folder, "other.z6log"), "");
      const [, ledger] = /ledger +(z6c-out\/\S+\.z6log)/.exec((await run(["--quiet"])).stdout) ?? [];
      assert(ledger !== undefined, "the report says where the ledger lies");
      using forbidden = new Forbidden();
      for (const [name, args, code, out, err] of cases(targets, forbidden.url, ledger)) {
        await t.step(name, async () => {
          const ended = await run(args);
          assert.equal(ended.code, code, ended.stdout + ended.stderr);
          for (const [text, pattern] of [[ended.stdout, out], [ended.stderr, err]] as const) {
            if (pattern === null) assert.equal(text, "");
            else assert.match(text, pattern);
          }
        });
      }
      assert.equal(forbidden.connections, 0, "nobody was asked who may not be");
      assert.deepEqual(Deno.readDirSync(folder).map(({ name }) => name).toArray().sort(), [
        ...["built", "empty", "other.z6log"],
      ]);
    })
  );
});

forms(
  "SIGINT drains, reports and ends with 105",
  async (form, folder, targets) => {
    const { path } = await built(join(folder, "built"), form, targets);
    const { held } = targets;
    const running = start([path, "--json", "--base", `http://127.0.0.1:${held.port}`], {
      cwd: folder,
      env: {},
    });
    await until("two requests are in flight", () => held.waiting() === 2);
    running.signal("SIGINT");
    await running.said("2 sessions may finish");
    held.release();
    const ended = await running.ended;
    const report = JSON.parse(ended.stdout);
    assertExitCode({ ended, report }, 105);
    const { verdict, requests } = report;
    assert(verdict.reasons.includes("interrupted before its end; what was under way was waited for"));
    assert.deepEqual([requests.issued, requests.responded, requests.cancelled], [2, 2, 0]);
    assert.equal(onlyLedger(join(folder, "z6c-out")).integrity.state, "whole");
  },
);
