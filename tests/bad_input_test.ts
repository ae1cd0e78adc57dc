/** What goes wrong for users: each case has a message that says what, where and the way out, and its exit code. */
import assert from "node:assert/strict";
import { startPracticeServer } from "../cli/practice_server.ts";
import { onlyLedger } from "./ledger_records.ts";
import { type Ended, freePort, inFolder, runToEnd, Z6C } from "./running.ts";
import { writeScenario } from "./scenario_text.ts";

const SHORT = `model = "closed"\nvus = 2\niterations = 20`;

type Case = readonly [name: string, args: readonly string[], code: number, says: readonly RegExp[]];

/** `@NAME` in arguments is a file that `layOut` makes; `@up` and `@down` are targets. */
const CASES: readonly Case[] = [
  ["no such verb", ["frob"], 104, [/z6c: unknown command 'frob'/, /--help/]],
  ["no such flag", ["run", "@good.toml", "--frob"], 104, [/z6c: unknown option '--frob'/, /--help/]],
  ["nothing to run", ["run"], 104, [/z6c: missing required argument 'file'/, /--help/]],
  ["nothing to report", ["report"], 104, [/z6c: missing required argument 'ledger'/, /--help/]],
  ["unknown key", ["run", "@unknown_key.toml"], 104, [
    /Z1101/,
    /unknown_key\.toml:4:1/,
    /knows no key "conections"; did you mean connections\?/,
    /nothing was sent/,
  ]],
  ["no TOML", ["run", "@broken.toml"], 104, [/broken\.toml:\d+:\d+/, /nothing was sent/]],
  ["no such scenario", ["run", "@none.toml"], 104, [/none\.toml: there is no such file/]],
  ["a folder as scenario", ["check", "@folder"], 104, [/folder: it is a folder; name a file/]],
  ["nothing listens", ["run", "@good.toml", "--base", "@down"], 1, [
    /cannot reach http:\/\/127\.0\.0\.1:\d+: nothing listens/,
    /connect\.refused/,
    /start the target/,
    /--base/,
  ]],
  ["a name that does not resolve", ["run", "@good.toml", "--base", "http://no-such-host.invalid"], 1, [
    /cannot reach http:\/\/no-such-host\.invalid: .*could not be resolved \(dns\.failed\)/,
    /resolver/,
  ]],
  ["seed", ["run", "@good.toml", "--seed", "x"], 104, [
    /--seed wants a whole number from 0 to \d+; found "x"/,
  ]],
  ["base of another scheme", ["run", "@good.toml", "--base", "ftp://127.0.0.1"], 104, [
    /--base wants scheme, host and port only, such as http:/,
    /found "ftp:\/\/127\.0\.0\.1"/,
  ]],
  ["base with a path", ["plan", "@good.toml", "--base", "http://127.0.0.1/a"], 104, [/--base wants/]],
  ["transport", ["run", "@good.toml", "--transport", "quic"], 104, [/there is socket and fetch/]],
  ["report form", ["run", "@good.toml", "--report", "pdf"], 104, [/there are text, json/]],
  ["environment", ["check", "@good.toml", "-e", "FOO"], 104, [/-e wants KEY=VALUE; found "FOO"/]],
  ["out below a file", ["run", "@good.toml", "--out", "@empty.z6log/out"], 1, [
    /cannot write to .*empty\.z6log\/out: Not a directory/,
    /--out with a folder you may write to/,
  ]],
  ["out where nobody may write", ["run", "@good.toml", "--out", "/proc/z6c"], 1, [
    /cannot write to \/proc\/z6c: /,
    /--out with a folder you may write to/,
  ]],
  ["no such ledger", ["report", "@none.z6log"], 104, [/there is no ledger .*none\.z6log/]],
  ["no ledger", ["report", "@good.toml"], 104, [/this is no ledger/, /give the \.z6log file of a run/]],
  ["empty ledger", ["report", "@empty.z6log"], 104, [/the file is empty/]],
  ["a folder as ledger", ["report", "@folder"], 104, [/it is a folder; give the \.z6log file/]],
  ["no such code", ["explain", "Z0"], 104, [/there is no code "Z0"; codes look like Z\d+/]],
  ["port", ["serve", "--port", "80x"], 104, [/--port "80x" is no whole number from 0 to 65535/]],
  ["port in use", ["serve", "--port", "@port"], 1, [
    /cannot listen on 127\.0\.0\.1:\d+: another program listens there/,
    /--port 0/,
  ]],
];

const ignore = !await mayMount();

/** Makes the files that the cases name, and runs `use` while the target is up. */
function laidOut(use: (folder: string, place: (arg: string) => string) => Promise<void>): Promise<void> {
  return inFolder(async (folder) => {
    const server = startPracticeServer({ port: 0, host: "127.0.0.1", seed: 1 });
    const file = writeScenario(folder, { base: server.url, load: SHORT });
    const good = Deno.readTextFileSync(file);
    Deno.renameSync(file, `${folder}/good.toml`);
    Deno.writeTextFileSync(`${folder}/unknown_key.toml`, good.replace("connections", "conections"));
    Deno.writeTextFileSync(`${folder}/broken.toml`, "name = [1,\n");
    Deno.writeTextFileSync(`${folder}/empty.z6log`, "");
    Deno.mkdirSync(`${folder}/folder`);
    const down = `http://127.0.0.1:${freePort()}`;
    const places: Record<string, string> = { "@up": server.url, "@down": down, "@port": `${server.port}` };
    try {
      await use(folder, (arg) => places[arg] ?? arg.replace(/^@/, `${folder}/`));
    } finally {
      await server.stop();
    }
  });
}

function assertClear({ code, stdout, stderr }: Ended, wanted: number, says: readonly RegExp[]): void {
  assert.equal(code, wanted, stdout + stderr);
  for (const pattern of says) assert.match(stderr, pattern);
  assert.doesNotMatch(stderr, /at (?:async )?\S* ?\(?(?:file|ext):|failed in a way it should not/);
  assert(!(stdout + stderr).includes("\x1b"), "no escape codes where there is no terminal");
}

Deno.test("mistakes have clear messages", async (t) => {
  await laidOut(async (folder, place) => {
    for (const [name, args, code, says] of CASES) {
      await t.step(name, async () => {
        assertClear(await runToEnd([...Z6C, ...args.map(place)], { cwd: folder }), code, says);
      });
    }
  });
});

Deno.test("a damaged ledger is reported up to the damage, and does not pass", () =>
  laidOut(async (folder, place) => {
    const run = await runToEnd([...Z6C, "run", place("@good.toml"), "--quiet", "--out", place("@out")], {
      cwd: folder,
    });
    assertClear(run, run.code === 97 ? 97 : 0, []);
    const { path } = onlyLedger(place("@out"));
    const bytes = Deno.readFileSync(path);
    bytes[bytes.length - 500] ^= 1;
    Deno.writeFileSync(path, bytes);
    const damaged = await runToEnd([...Z6C, "report", path], { cwd: folder });
    assertClear(damaged, 97, []);
    assert.match(damaged.stdout, /INVALID/);
    assert.match(damaged.stdout, /CRC32C does not agree/);
    Deno.writeFileSync(path, bytes.subarray(0, 100));
    assertClear(await runToEnd([...Z6C, "report", path], { cwd: folder }), 104, [/header is cut short/]);
  }));

Deno.test({
  name: "a folder on a read-only disk is named, with a way out",
  ignore,
  fn: async () => {
    await withDisk(["-o", "ro"], (disk) =>
      laidOut(async (folder, place) => {
        const ended = await runToEnd([...Z6C, "run", place("@good.toml"), "--out", disk], { cwd: folder });
        assertClear(ended, 1, [
          /cannot write to .*: Read-only file system/,
          /--out with a folder you may write to/,
        ]);
      }));
  },
});

Deno.test({
  name: "a disk that is full before the run is named, with a way out",
  ignore,
  fn: async () => {
    await withDisk(["-o", "size=16k"], (disk) =>
      laidOut(async (folder, place) => {
        Deno.writeFileSync(`${disk}/fill`, new Uint8Array(16 * 1024));
        const ended = await runToEnd([...Z6C, "run", place("@good.toml"), "--out", disk], { cwd: folder });
        assertClear(ended, 1, [/the ledger will take about|No space left/, /--out/]);
      }));
  },
});

Deno.test({
  name: "a disk that fills up ends the run; its ledger stays readable and says that it is partial",
  ignore,
  fn: async () => {
    await withDisk(["-o", "size=300k"], (disk) =>
      laidOut(async (folder, place) => {
        // Bound by time alone, so that nobody can know beforehand how large the ledger will be.
        const load = `model = "closed"\nstages = [{ for = "60s", vus = 4 }]`;
        const scenario = writeScenario(folder, { base: place("@up"), load });
        const flags = ["--out", disk, "--report", "json"];
        const ended = await runToEnd([...Z6C, "run", scenario, ...flags], { cwd: folder });
        assertClear(ended, 97, [
          /the ledger ends early, [\d,]+ records are lost: No space left on device/,
          /free some space, or use --out/,
          /cannot write to .*\.json: No space left on device/,
        ]);
        assert.match(ended.stdout, /INVALID/);
        assert.match(ended.stdout, /the ledger could not be written to its end: No space left on device/);
        assert.match(ended.stdout, /cut short|without a footer/);
        const { integrity, records, path } = onlyLedger(disk);
        assert.equal(integrity.state, "partial");
        assert(records.length > 1000, `${records.length} records were read`);
        const again = await runToEnd([...Z6C, "report", path, "--json"], { cwd: folder });
        assertClear(again, 97, []);
        assert.equal(JSON.parse(again.stdout).integrity.records, integrity.records);
      }));
  },
});

/** Lends a disk in memory. */
async function withDisk(options: readonly string[], use: (disk: string) => Promise<void>): Promise<void> {
  await inFolder(async (folder) => {
    const { code, stderr } = await runToEnd(["mount", "-t", "tmpfs", ...options, "none", folder], {
      cwd: "/",
    });
    assert.equal(code, 0, stderr);
    try {
      await use(folder);
    } finally {
      await runToEnd(["umount", folder], { cwd: "/" });
    }
  });
}

/** Whether this user may mount a disk; says so where not. */
async function mayMount(): Promise<boolean> {
  try {
    await withDisk([], () => Promise.resolve());
    return true;
  } catch {
    console.log(
      "tests with full and read-only disks are skipped: only root of a Linux machine may mount one",
    );
    return false;
  }
}
