import { counted } from "../runtime/report/format.ts";
import { closedScenario } from "./closed_scenario.ts";
import { ANY_VALIDITY, peerContestant, subjectContestant } from "./contestant.ts";
import { startGoServer } from "./go_server.ts";
import { HELLO_MESSAGE, HELLO_METHOD, HELLO_PROTO } from "./grpc_hello.ts";
import { installed, versionsOf } from "./installed.ts";
import { GHZ } from "./peers/ghz.ts";
import { K6_GRPC } from "./peers/k6_grpc.ts";
import { PLAIN_LOAD } from "./peers/peer.ts";
import { loadSeconds, servedNote, servedTable, servedWindowOf, SERVER_CORE } from "./served_table.ts";
import type { BenchOptions, Table } from "./table.ts";

/** Of bench/servers/grpc. */
const SERVER = "z6c-bench-grpc";
const CONNECTIONS = 4;
const REST = `${ANY_VALIDITY}[[flow]]
name = "hello"
[[flow.step]]
name = "hello"
grpc = "${HELLO_METHOD}"
message = { name = "${HELLO_MESSAGE.name}" }
`;

/** Unary calls a second. */
export async function grpc(options: BenchOptions): Promise<Table> {
  const { folder, rounds, isToy } = options;
  const server = await startGoServer(SERVER, SERVER_CORE);
  const window = servedWindowOf(options);
  const streams = isToy ? 2 : 16;
  try {
    const peers = await installed([GHZ, K6_GRPC]);
    const seconds = loadSeconds(window);
    const load = { ...PLAIN_LOAD, url: server.url, connections: CONNECTIONS, seconds, streams, folder };
    const subjects = (["epoll", "socket"] as const).map((transport) => {
      const name = `grpc-${transport}`;
      const text = closedScenario({
        name,
        top: `proto = ["${HELLO_PROTO}"]`,
        base: server.url,
        transport,
        target: `protocol = "h2"\nconnections = "shared:${CONNECTIONS}"\nstreams = ${streams}`,
        vus: CONNECTIONS * streams,
        seconds,
        rest: REST,
      });
      return subjectContestant(folder, name, text, `z6c ${transport}`);
    });
    const contestants = await Promise.all([...subjects, ...peers.map((peer) => peerContestant(peer, load))]);
    const unit = { one: "call", many: "calls", ruler: "ghz", cases: "connections × calls at once" };
    const label = `${CONNECTIONS} × ${streams}`;
    return {
      name: "grpc",
      title: "gRPC: unary calls, one core each for client and server",
      note: `${counted(rounds, "round")} ${servedNote("Calls are counted by the server", window)} ` +
        "The server is one of grpc-go, in clear text. Each user of k6's has a connection of its own.",
      ...await servedTable([{ label, key: label.replaceAll(" ", ""), server, contestants }], unit, options),
      versions: versionsOf(peers),
    };
  } finally {
    await server.stop();
  }
}
