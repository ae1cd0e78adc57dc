import { counted } from "../runtime/report/format.ts";
import { RUNTIME_FLAGS } from "../targets/runtime_flags.ts";
import { closedScenario } from "./closed_scenario.ts";
import { type Contestant, peerContestant, subjectContestant } from "./contestant.ts";
import { installed, versionsOf } from "./installed.ts";
import { type Nginx, startNginx } from "./nginx.ts";
import { PLAIN_LOAD } from "./peers/peer.ts";
import { WRK } from "./peers/wrk.ts";
import {
  casesByConnections,
  loadSeconds,
  servedNote,
  servedTable,
  servedWindowOf,
  SERVER_CORE,
} from "./served_table.ts";
import type { BenchOptions, Table } from "./table.ts";

/** What bench/floor_client.ts is told to do, and what that is called. */
const LAYERS = [
  ["calls", "the calls alone"],
  ["records", "calls, records"],
  ["parsed", "calls, records, answers read"],
] as const;

/** What of a request's processor time is calls, records, reading and the rest: z6c's `epoll` in layers, beside wrk. */
export async function floor(options: BenchOptions): Promise<Table> {
  const { folder, rounds } = options;
  const nginx = await startNginx(SERVER_CORE);
  const window = servedWindowOf(options);
  const seconds = loadSeconds(window);
  try {
    const peers = await installed([WRK]);
    const cases = await casesByConnections(options, nginx, (connections) => {
      const load = { ...PLAIN_LOAD, url: nginx.url, connections, seconds, folder };
      const name = `floor-${connections}`;
      const text = closedScenario({ name, base: nginx.url, transport: "epoll", vus: connections, seconds });
      return Promise.all([
        ...peers.map((peer) => peerContestant(peer, load)),
        ...LAYERS.map(([kind, does]) => layer(folder, nginx, connections, seconds, kind, does)),
        subjectContestant(folder, name, text, "z6c epoll"),
      ]);
    });
    const unit = { one: "request", many: "requests", ruler: "wrk", cases: "connections" };
    return {
      name: "floor",
      title: "Where the processor's time goes, plain HTTP/1.1, one core each for client and nginx",
      note: `${counted(rounds, "round")} ${servedNote("Requests are counted by nginx", window)} ` +
        "The rows between wrk and z6c are loops in bench/floor_client.ts, without any engine.",
      ...await servedTable(cases, unit, options),
      versions: versionsOf(peers),
    };
  } finally {
    await nginx.stop();
  }
}

async function layer(
  folder: string,
  nginx: Nginx,
  connections: number,
  seconds: number,
  kind: string,
  does: string,
): Promise<Contestant> {
  const program = new URL("floor_client.ts", import.meta.url).href;
  const args = [program, String(nginx.port), String(connections), String(seconds), kind];
  return {
    name: does,
    command: [Deno.execPath(), "run", "-A", "--quiet", ...RUNTIME_FLAGS, ...args],
    folder: await Deno.makeTempDir({ dir: folder, prefix: `floor-${kind}-` }),
  };
}
