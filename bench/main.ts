import { parseArgs } from "node:util";
import { closedLoop } from "./closed_loop.ts";
import { costs } from "./costs.ts";
import { floor } from "./floor.ts";
import { grpc } from "./grpc.ts";
import { http2 } from "./http2.ts";
import { idleWebSockets } from "./idle_web_sockets.ts";
import { NotInstalled } from "./installed.ts";
import { ledgerSize } from "./ledger_size.ts";
import { liveScreen } from "./live_screen.ts";
import { describeMachine } from "./machine.ts";
import { longReports } from "./long_reports.ts";
import { memory } from "./memory.ts";
import { openLoop } from "./open_loop.ts";
import { preallocation } from "./preallocation.ts";
import { simulation } from "./simulation.ts";
import { soak } from "./soak.ts";
import { startup } from "./startup.ts";
import { type BenchOptions, markdown, type Table } from "./table.ts";
import { tls } from "./tls.ts";
import { truth } from "./truth.ts";
import { webSockets } from "./web_sockets.ts";

const TABLES: Readonly<Record<string, (options: BenchOptions) => Promise<Table>>> = {
  closed_loop: closedLoop,
  floor,
  tls,
  http2,
  web_sockets: webSockets,
  grpc,
  open_loop: openLoop,
  truth,
  memory,
  idle_web_sockets: idleWebSockets,
  preallocation,
  startup,
  live_screen: liveScreen,
  costs,
  simulation,
  ledger_size: ledgerSize,
  long_reports: longReports,
  soak,
};

const { values, positionals } = parseArgs({
  args: Deno.args,
  allowPositionals: true,
  options: {
    seconds: { type: "string", default: "5" },
    rounds: { type: "string", default: "5" },
    /** Measure little, and write nothing: for tests. */
    toy: { type: "boolean", default: false },
    /** Of ledger_size. */
    megabytes: { type: "string", default: "10000" },
    /** Of soak: simulated minutes, and those of a live run. */
    minutes: { type: "string", default: "60" },
    "live-minutes": { type: "string", default: "0" },
    page: { type: "string", default: "docs/performance.md" },
  },
});

if (positionals[0] === "serve") {
  // The server of other tables, in a process of its own: PORT FILE EVERY-MS STALL-MS.
  const [, port, file, everyMs, lengthMs] = positionals;
  const { serveStamped } = await import("./stamping_server.ts");
  serveStamped(Number(port), file, Number(everyMs), Number(lengthMs));
} else await measure(positionals.length > 0 ? positionals : Object.keys(TABLES));

async function measure(names: readonly string[]): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "z6c-bench-" });
  const amounts = values.toy
    ? { seconds: 1, rounds: 1, ledgerBytes: 10e6, simulatedSeconds: 10, liveSeconds: 1 }
    : {
      seconds: Number(values.seconds),
      rounds: Number(values.rounds),
      ledgerBytes: Number(values.megabytes) * 1e6,
      simulatedSeconds: Number(values.minutes) * 60,
      liveSeconds: Number(values["live-minutes"]) * 60,
    };
  try {
    for (const name of names) {
      if (!(name in TABLES)) {
        throw new Error(`there is no table ${name}; there are ${Object.keys(TABLES).join(", ")}`);
      }
      const table = await tableOf(name, { folder, isToy: values.toy, ...amounts });
      if (table === null) continue;
      const text = markdown(table);
      console.log(`\n${text}`);
      if (!values.toy) await keep(table, text);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Null, and a line on stderr, where something is not installed that the table cannot do without. */
async function tableOf(name: string, options: BenchOptions): Promise<Table | null> {
  try {
    return await TABLES[name](options);
  } catch (cause) {
    if (!(cause instanceof NotInstalled)) throw cause;
    console.error(`the table ${name} is left out: ${cause.message}`);
    return null;
  }
}

/** Puts a table into the page, between its marks, and its figures into the JSON beside it. */
async function keep(
  { name, values: figures, columns, rows, versions = "" }: Table,
  text: string,
): Promise<void> {
  const machine = await describeMachine(versions);
  const page = await Deno.readTextFile(values.page);
  const marked = new RegExp(`(<!-- bench:${name} -->\\n)[\\s\\S]*?(\\n<!-- end -->)`);
  if (!marked.test(page)) throw new Error(`${values.page} has no place for ${name}`);
  const stamp = `Measured ${new Date().toISOString().slice(0, 10)} on ${machine}.`;
  await Deno.writeTextFile(
    values.page,
    page.replace(marked, (_, open, close) => `${open}\n${text}\n\n${stamp}\n${close}`),
  );
  const file = values.page.replace(/\.md$/, ".json");
  const before = JSON.parse(await Deno.readTextFile(file).catch(() => "{}"));
  const all = {
    ...before,
    [name]: { measured: new Date().toISOString(), machine, columns, rows, values: figures },
  };
  await Deno.writeTextFile(file, JSON.stringify(all, null, 2) + "\n");
}
