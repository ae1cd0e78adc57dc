import { join } from "node:path";
import { bytes, counted } from "../runtime/report/format.ts";
import { freePort, Z6C } from "../tests/running.ts";
import { type Contestant, peerContestant, subjectContestant } from "./contestant.ts";
import { firstByteMs } from "./first_byte.ts";
import { CLOSED, installed, versionsOf } from "./installed.ts";
import { longScenario } from "./long_scenario.ts";
import { PLAIN_LOAD } from "./peers/peer.ts";
import { type Finished, runPinned } from "./process.ts";
import { runContestant } from "./run_contestant.ts";
import { spread } from "./statistics.ts";
import { type BenchOptions, failedRow, type Table } from "./table.ts";
import { inTurns } from "./turns.ts";

const CLIENT_CORE = 0;
const LINES = 2_000;
const COLUMNS = ["what", "median", "range", "file"];

type Timed = Contestant & Readonly<{ kind: "first byte" | "whole run"; size: string }>;

/** How soon the first request is there, and how long building and checking take. */
export async function startup({ folder, rounds, isToy }: BenchOptions): Promise<Table> {
  const port = freePort();
  const peers = await installed(CLOSED);
  const turns = isToy ? 1 : 2 * rounds;
  const load = { ...PLAIN_LOAD, url: `http://127.0.0.1:${port}/`, connections: 1, seconds: 2, folder };
  const contestants: Timed[] = [
    ...await Promise.all((["epoll", "socket"] as const).map(async (transport) => {
      const name = `start-${transport}`;
      const it = await subjectContestant(folder, name, scenario(name, port, transport), `z6c ${transport}`);
      return await starting(it, it.command[0]);
    })),
    ...await Promise.all(peers.map(async (peer) => starting(await peerContestant(peer, load), peer.program))),
    ...await tools(folder, port),
  ];
  const outcomes = await inTurns(contestants, turns, async (contestant) => {
    if (contestant.kind === "first byte") return await firstByteMs(contestant, CLIENT_CORE, port);
    const start = performance.now();
    await runContestant(contestant, runFreely);
    return performance.now() - start;
  });
  const values: Record<string, number> = {};
  const rows = contestants.map(({ name, size }, at) => {
    const { results, failure } = outcomes[at];
    if (failure !== null) return failedRow([name], failure, COLUMNS.length);
    const { median, min, max } = spread(results);
    values[`${name}_ms`] = median;
    return [name, `${median.toFixed(0)} ms`, `${min.toFixed(0)}–${max.toFixed(0)} ms`, size];
  });
  return {
    name: "startup",
    title: "Starting, building, checking",
    note: `${counted(turns, "round")} in turn, files in the system's cache; medians and ranges. ` +
      "To the first byte: from starting the process, on one core, until a server has read something. The others are whole " +
      "processes, as a user starts them, start-up of Deno included. Scripts are started by interpreters, which are not in their files' sizes.",
    columns: COLUMNS,
    rows,
    values,
    versions: versionsOf(peers),
  };
}

/** As a user starts it, on all cores. */
function runFreely(command: readonly string[], cwd: string): Promise<Finished> {
  return runPinned(command, null, cwd);
}

async function starting(contestant: Contestant, program: string): Promise<Timed> {
  const { size } = await Deno.stat(program);
  return {
    ...contestant,
    name: `${contestant.name}, to the first byte`,
    kind: "first byte",
    size: bytes(size),
  };
}

/** z6c's own commands, from source. The first build of a folder is left out: it fills caches. */
async function tools(folder: string, port: number): Promise<Timed[]> {
  const own = join(folder, "tools");
  await Deno.mkdir(own);
  await Deno.writeTextFile(join(own, "short.toml"), scenario("short", port, "socket"));
  await Deno.writeTextFile(join(own, "long.toml"), longScenario(LINES));
  const tool = (name: string, ...args: string[]): Timed => ({
    name,
    command: [...Z6C, ...args],
    folder: own,
    kind: "whole run",
    size: "",
  });
  const build = tool("z6c build, warm cache", "build", "short.toml");
  await runContestant(build, runFreely);
  await Deno.writeTextFile(join(own, "empty.js"), "");
  return [
    build,
    {
      name: "Deno, an empty module",
      command: [Deno.execPath(), "run", "empty.js"],
      folder: own,
      kind: "whole run",
      size: "",
    },
    tool("z6c --version", "--version"),
    tool("z6c check, 15 lines", "check", "short.toml"),
    tool(`z6c check, ${LINES.toLocaleString("en")} lines`, "check", "long.toml"),
  ];
}

function scenario(name: string, port: number, transport: string): string {
  return `name = "${name}"
[target]
base = "http://127.0.0.1:${port}"
transport = "${transport}"
[load]
model = "closed"
stages = [
  { for = "2s", vus = 1 },
]
[[flow]]
name = "hello"
[[flow.step]]
name = "hello"
get = "/"
# That is all.
`;
}
