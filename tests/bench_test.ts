/** Every table at toy size, so that none of them rots. Peers that are not installed are left out, and named. */
import assert from "node:assert/strict";
import { hasNginx } from "./nginx.ts";

const CONTESTANT = "(?:z6c \\w+|wrk|h2load|oha|k6|hey|autocannon|locust|artillery|ghz)";
const TIME = "-?[\\d.]+ ms";

/** Rows that a table must have, and what any of its rows may be; a failure of z6c's is none of these. */
const TABLES: Readonly<Record<string, readonly RegExp[]>> = {
  closed_loop: ["epoll", "socket", "fetch"].map((name) => served("8", name)),
  floor: [
    served("8", "epoll"),
    /^\| 8 \| calls, records, answers read \| [\d,]+ \| .* \| [\d.]+ µs \|$/m,
  ],
  tls: ["kept open", "a handshake for each request"].map((label) => served(label, "socket")),
  http2: [
    served("clear, 2 × 4", "epoll"),
    served("clear, 2 × 4", "socket"),
    served("TLS, 2 × 4", "socket"),
  ],
  web_sockets: ["epoll", "socket"].map((name) => served("8", name)),
  grpc: ["epoll", "socket"].map((name) => served("4 × 2", name)),
  open_loop: ["epoll", "socket"].map((name) =>
    new RegExp(
      `^\\| 1,000/s \\| z6c ${name} \\| [\\d.]+% \\| ${TIME} \\| ${TIME} \\| .* \\| ${TIME} \\|$`,
      "m",
    )
  ),
  truth: ["epoll", "socket"].flatMap((name) =>
    ["uniform", "poisson"].map((kind) =>
      new RegExp(`^\\| z6c ${name} \\| ${kind}(?: \\| ${TIME}){6} \\|$`, "m")
    )
  ),
  memory: ["epoll", "socket"].map((name) =>
    new RegExp(`^\\| z6c ${name} \\| [\\d.]+MiB \\| [\\d.]+MiB \\|`, "m")
  ),
  idle_web_sockets: ["epoll", "socket"].map((name) =>
    new RegExp(`^\\| z6c ${name} \\| [\\d.]+MiB \\| [\\d.]+MiB \\|`, "m")
  ),
  preallocation: [/^\| kept ready, 10 sessions\/s \| /m, /^\| all under way \| [\d.]+[KM]iB \|/m],
  startup: [
    /^\| z6c epoll, to the first byte \| \d+ ms \| .* \| [\d.]+MiB \|$/m,
    /^\| z6c build, warm cache \| \d+ ms \|/m,
    /^\| z6c check, 2,000 lines \| \d+ ms \|/m,
  ],
  live_screen: [/ takes \d+ µs: 4 a second are [\d.]+% of a core\.$/m].concat(
    ["epoll", "socket"].flatMap((name) =>
      ["closed, 8 connections", "open, 1,000/s"].map((label) =>
        new RegExp(
          `^\\| ${label} \\| z6c ${name} \\| [\\d,]+ \\| .*% \\| [\\d.]+ µs \\| .*% \\| ${TIME} \\| ${TIME} \\|$`,
          "m",
        )
      )
    ),
  ),
  costs: [/^\| ledger append, to memory \| \d+ ns \|/m, /^\| ledger record replayed \| \d+ ns \|/m],
  simulation: [/^\| one request \| [\d.]+ M\/s \|/m],
  ledger_size: [/^\| 9\.\d+MiB \| [\d,]+ \| [\d.]+MiB \| [\d.]+ s \|/m],
  long_reports: ["report, text", "report, text and HTML", "comparison of two"].map((name) =>
    new RegExp(`^\\| ${name} \\| [\\d.]+ s \\| [\\d.]+ s \\| [\\d.]+–[\\d.]+ s \\| [\\d.]+MiB \\|$`, "m")
  ),
  soak: [
    /^\| simulated, 10 s .* \| 100,000 \| 100,000 \|$/m,
    /^\| z6c epoll, 1 s .* \| 10,000 \| 10,000 \|$/m,
    /^\| z6c socket, 1 s .* \| 10,000 \| 10,000 \|$/m,
  ],
};

/** A row of z6c's where a server counts. */
function served(label: string, transport: string): RegExp {
  return new RegExp(`^\\| ${label} \\| z6c ${transport} \\| [\\d,]+ \\| .* \\| [\\d.]+ µs \\|$`, "m");
}

function hasTaskset(): boolean {
  try {
    return new Deno.Command("taskset", { args: ["-V"], stdout: "null" }).outputSync().success;
  } catch {
    console.log("the benchmarks are skipped: there is no taskset (apt-get install util-linux)");
    return false;
  }
}

const ignore = Deno.build.os !== "linux" || !hasNginx() || !hasTaskset();

/** Tables at the same time: at toy size nothing depends on a quiet core. */
const AT_ONCE = 3;

Deno.test({ name: "every benchmark runs, at toy size, and prints its table", ignore }, async (test) => {
  const left = Object.keys(TABLES);
  const outputs = new Map<string, Deno.CommandOutput>();
  const runs = async () => {
    for (let table = left.shift(); table !== undefined; table = left.shift()) {
      const args = ["run", "-A", "--quiet", "bench/main.ts", table, "--toy"];
      outputs.set(table, await new Deno.Command(Deno.execPath(), { args }).output());
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, runs));
  for (const [table, output] of outputs) await test.step(table, () => assertTable(table, output));
});

function assertTable(table: string, { code, stdout, stderr }: Deno.CommandOutput): void {
  const [text, complaints] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  assert.equal(code, 0, text + complaints);
  for (const line of complaints.split("\n").filter((line) => line.includes(" is left out: "))) {
    console.log(line);
  }
  // Its server takes Go to be built: a machine without it does without the table.
  if (complaints.includes(`the table ${table} is left out: `)) return;
  for (const row of TABLES[table]) assert.match(text, row);
  for (const [line, name] of text.matchAll(new RegExp(`^.*\\| (${CONTESTANT}) \\|.*failed: .*$`, "gm"))) {
    console.log(`${name} fails: ${line}`);
  }
}

Deno.test("the page has a place for every table, and the command's list is the tests'", async () => {
  const page = await Deno.readTextFile("docs/performance.md");
  const places = [...page.matchAll(/<!-- bench:(\w+) -->/g)].map(([, name]) => name);
  assert.deepEqual(places.toSorted(), Object.keys(TABLES).toSorted());
  const { stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "bench/main.ts", "no_such_table"],
  }).output();
  const [, told] = /there are ([\w, ]+)/.exec(new TextDecoder().decode(stderr)) ?? [];
  assert.deepEqual(told.split(", ").toSorted(), Object.keys(TABLES).toSorted());
});
