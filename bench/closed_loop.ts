import { counted } from "../runtime/report/format.ts";
import { closedScenario } from "./closed_scenario.ts";
import { peerContestant, subjectContestant } from "./contestant.ts";
import { CLOSED, installed, versionsOf } from "./installed.ts";
import { startNginx } from "./nginx.ts";
import { PLAIN_LOAD } from "./peers/peer.ts";
import {
  casesByConnections,
  loadSeconds,
  servedNote,
  servedTable,
  servedWindowOf,
  SERVER_CORE,
} from "./served_table.ts";
import type { BenchOptions, Table } from "./table.ts";

const TRANSPORTS = ["epoll", "socket", "fetch"] as const;

/** Requests a second, as fast as they go: one core for nginx, one for the client, in turn. */
export async function closedLoop(options: BenchOptions): Promise<Table> {
  const { folder, rounds } = options;
  const nginx = await startNginx(SERVER_CORE);
  const window = servedWindowOf(options);
  const seconds = loadSeconds(window);
  try {
    const peers = await installed(CLOSED);
    const cases = await casesByConnections(options, nginx, (connections) => {
      const load = { ...PLAIN_LOAD, url: nginx.url, connections, seconds, folder };
      const subjects = TRANSPORTS.map((transport) => {
        const name = `closed-${connections}-${transport}`;
        const text = closedScenario({ name, base: nginx.url, transport, vus: connections, seconds });
        return subjectContestant(folder, name, text, `z6c ${transport}`);
      });
      return Promise.all([...peers.map((peer) => peerContestant(peer, load)), ...subjects]);
    });
    const unit = { one: "request", many: "requests", ruler: "wrk", cases: "connections" };
    return {
      name: "closed_loop",
      title: "Closed loop, plain HTTP/1.1, one core each for client and nginx",
      note: `${counted(rounds, "round")} ${servedNote("Requests are counted by nginx", window)}`,
      ...await servedTable(cases, unit, options),
      versions: versionsOf(peers),
    };
  } finally {
    await nginx.stop();
  }
}
