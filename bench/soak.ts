import { join } from "node:path";
import { bytes, count } from "../runtime/report/format.ts";
import { Z6C } from "../tests/running.ts";
import { type Contestant, HELLO, subjectContestant } from "./contestant.ts";
import { type Nginx, startNginx } from "./nginx.ts";
import { spread } from "./statistics.ts";
import type { BenchOptions, Table } from "./table.ts";
import { type Watched, watched } from "./watched.ts";

const CLIENT_CORE = 0;
const SERVER_CORE = 1;
const RATE = 10_000;
const CONNECTIONS = 64;
const QUARTERS = [1, 2, 3, 4] as const;
/** A missed threshold is a way to be told a figure here. */
const GOOD_CODES = [0, 99];

/** Long runs: memory stays flat, lag does not grow, and the ledger has what the server counted. */
export async function soak({ folder, simulatedSeconds, liveSeconds }: BenchOptions): Promise<Table> {
  const rows: string[][] = [];
  const values: Record<string, number> = {};
  if (simulatedSeconds > 0) {
    rows.push(simulatedRow(simulatedSeconds, await simulated(folder, simulatedSeconds), values));
  }
  if (liveSeconds > 0) {
    const nginx = await startNginx(SERVER_CORE);
    try {
      for (const transport of ["epoll", "socket"]) {
        rows.push(await liveRow(folder, transport, nginx, liveSeconds, values));
      }
    } finally {
      await nginx.stop();
    }
  }
  return {
    name: "soak",
    title: `Long runs at ${count(RATE)} requests a second`,
    note:
      "Memory: the middle of resident memory in each quarter of the process's life, reading its ledger at the end included. " +
      "Lag: p99 of each quarter's sessions. The server's count: nginx's own, or what the plan has where the run is simulated.",
    columns: [
      "run",
      "memory by quarters",
      "peak",
      "lag p99 by quarters",
      "in the ledger",
      "the server's count",
    ],
    rows,
    values,
  };
}

async function simulated(folder: string, seconds: number): Promise<Watched> {
  const own = join(folder, "soak-simulated");
  await Deno.mkdir(own, { recursive: true });
  const file = join(own, "soak.toml");
  await Deno.writeTextFile(file, scenario("soak", 9, "socket", seconds));
  const command = [...Z6C, "simulate", file, "--json", "--quiet"];
  const result = await watched({ name: "z6c simulate", command, folder: own }, null, GOOD_CODES);
  await Deno.remove(join(own, "z6c-out"), { recursive: true });
  return result;
}

function simulatedRow(seconds: number, it: Watched, values: Record<string, number>): string[] {
  const issued: number = JSON.parse(it.stdout).requests.issued;
  const quarters = memoryByQuarters(it);
  values.simulated_memory_growth = quarters[3] / quarters[1] - 1;
  values.simulated_requests_missing = RATE * seconds - issued;
  return [
    `simulated, ${seconds} s (took ${it.seconds.toFixed(0)} s)`,
    quarters.map((size) => bytes(size)).join(", "),
    bytes(it.peak),
    lagOf(it.stdout),
    count(issued),
    count(RATE * seconds),
  ];
}

async function liveRow(
  folder: string,
  transport: string,
  nginx: Nginx,
  seconds: number,
  values: Record<string, number>,
): Promise<string[]> {
  const name = `soak-${transport}`;
  const contestant: Contestant = await subjectContestant(
    folder,
    name,
    scenario(name, nginx.port, transport, seconds),
    `z6c ${transport}`,
  );
  const before = await nginx.served();
  const it = await watched(contestant, CLIENT_CORE, GOOD_CODES);
  const served = await nginx.served() - before;
  await Deno.remove(join(contestant.folder, "z6c-out"), { recursive: true });
  const issued: number = JSON.parse(it.stdout).requests.issued;
  const quarters = memoryByQuarters(it);
  values[`${transport}_memory_growth`] = quarters[3] / quarters[1] - 1;
  values[`${transport}_requests_apart`] = served - issued;
  return [
    `z6c ${transport}, ${seconds} s`,
    quarters.map((size) => bytes(size)).join(", "),
    bytes(it.peak),
    lagOf(it.stdout),
    count(issued),
    count(served),
  ];
}

function memoryByQuarters({ course }: Watched): number[] {
  const length = Math.floor(course.length / QUARTERS.length);
  if (length === 0) throw new Error("the run was too short to look at");
  return QUARTERS.map((quarter) => spread(course.slice((quarter - 1) * length, quarter * length)).median);
}

/** What the thresholds found. */
function lagOf(stdout: string): string {
  const found: readonly { actual: number | null }[] = JSON.parse(stdout).thresholds;
  return found.map(({ actual }) => actual === null ? "none" : `${(actual / 1000).toFixed(2)} ms`).join(", ");
}

function scenario(name: string, port: number, transport: string, seconds: number): string {
  const stages = QUARTERS.map((quarter) =>
    `  { name = "quarter ${quarter}", for = "${(seconds * 1000) / QUARTERS.length}ms", rate = "${RATE}/s" },`
  );
  const thresholds = QUARTERS.map((quarter) =>
    `[[threshold]]\nmetric = "lag"\nstage = "quarter ${quarter}"\np99 = "< 1s"\n`
  );
  return `name = "${name}"
[target]
base = "http://127.0.0.1:${port}"
transport = "${transport}"
connections = "shared:${CONNECTIONS}"
[load]
model = "open"
max_vus = 20_000
stages = [
${stages.join("\n")}
]
${HELLO}${thresholds.join("")}`;
}
