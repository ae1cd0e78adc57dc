import { counted } from "../runtime/report/format.ts";
import { closedScenario } from "./closed_scenario.ts";
import { ANY_VALIDITY, peerContestant, subjectContestant } from "./contestant.ts";
import { startGoServer } from "./go_server.ts";
import { installed, versionsOf } from "./installed.ts";
import { ARTILLERY } from "./peers/artillery.ts";
import { K6_ECHOES } from "./peers/k6_web_sockets.ts";
import { PLAIN_LOAD } from "./peers/peer.ts";
import { loadSeconds, servedNote, servedTable, servedWindowOf, SERVER_CORE } from "./served_table.ts";
import type { BenchOptions, Table } from "./table.ts";

/** Of bench/servers/web_sockets. */
const SERVER = "z6c-bench-web-sockets";
/** On each WebSocket of z6c's, before it opens another. */
const ECHOES = 1_000;
const REST = `${ANY_VALIDITY}[[flow]]
name = "echoes"
[[flow.step]]
name = "socket"
websocket = "/"
exchange = [{ repeat = ${ECHOES}, exchange = [{ send = "hello" }, { receive = {} }] }]
`;

/** Messages a second there and back, one at a time on each WebSocket. */
export async function webSockets(options: BenchOptions): Promise<Table> {
  const { folder, rounds, isToy } = options;
  const server = await startGoServer(SERVER, SERVER_CORE);
  const window = servedWindowOf(options);
  const connections = isToy ? 8 : 64;
  try {
    const peers = await installed([K6_ECHOES, ARTILLERY]);
    const seconds = loadSeconds(window);
    const load = { ...PLAIN_LOAD, url: server.url.replace("http", "ws"), connections, seconds, folder };
    const subjects = (["epoll", "socket"] as const).map((transport) => {
      const name = `echoes-${transport}`;
      const base = server.url;
      const text = closedScenario({ name, base, transport, vus: connections, seconds, rest: REST });
      return subjectContestant(folder, name, text, `z6c ${transport}`);
    });
    const contestants = await Promise.all([...subjects, ...peers.map((peer) => peerContestant(peer, load))]);
    const unit = { one: "message", many: "messages", ruler: "k6", cases: "WebSockets" };
    const cases = [{ label: String(connections), key: String(connections), server, contestants }];
    return {
      name: "web_sockets",
      title: "WebSockets: messages there and back, one core each for client and server",
      note: `${counted(rounds, "round")} ${servedNote("Messages are counted by the server", window)} ` +
        "The server is one of Go with gws, which sends every message back.",
      ...await servedTable(cases, unit, options),
      versions: versionsOf(peers),
    };
  } finally {
    await server.stop();
  }
}
