import { bytes } from "../runtime/report/format.ts";
import { closedScenario } from "./closed_scenario.ts";
import { ANY_VALIDITY, type Contestant, peerContestant, subjectContestant } from "./contestant.ts";
import { type GoServer, startGoServer } from "./go_server.ts";
import { installed, versionsOf } from "./installed.ts";
import { peakMemory } from "./peak_memory.ts";
import { K6_LISTENERS } from "./peers/k6_web_sockets.ts";
import { PLAIN_LOAD } from "./peers/peer.ts";
import { CLIENT_CORE, SERVER_CORE } from "./served_table.ts";
import { type BenchOptions, failedRow, type Table } from "./table.ts";
import { inTurns } from "./turns.ts";

const SERVER = "z6c-bench-web-sockets";
const TRANSPORTS = ["epoll", "socket"] as const;
const LOOK_MS = 50;

/** The most memory of a client whose WebSockets are open, all at once, and only listen. */
export async function idleWebSockets({ folder, seconds, isToy }: BenchOptions): Promise<Table> {
  const server = await startGoServer(SERVER, SERVER_CORE);
  try {
    const counts = isToy ? [1, 100] : [1, 1_000, 10_000];
    // Time for all of them to be opened.
    const length = isToy ? 2 : seconds + 5;
    const peers = await installed([K6_LISTENERS]);
    const columns = [
      "client",
      ...counts.map((count) => `${count.toLocaleString("en")} WebSocket${count === 1 ? "" : "s"}`),
      "each beyond the first",
    ];
    const kinds = [
      ...TRANSPORTS.map((transport) => ({
        name: `z6c ${transport}`,
        of: (count: number) => subject(folder, transport, server.url, count, length),
      })),
      ...peers.map((peer) => ({
        name: peer.name,
        of: (connections: number) => {
          const url = server.url.replace("http", "ws");
          return peerContestant(peer, { ...PLAIN_LOAD, url, connections, seconds: length, folder });
        },
      })),
    ];
    const rows: string[][] = [];
    const values: Record<string, number> = {};
    for (const { name, of } of kinds) {
      const outcomes = await inTurns(
        counts,
        1,
        async (count) => await peakOf(await of(count), server, count),
      );
      const failure = outcomes.find(({ failure }) => failure !== null)?.failure ?? null;
      if (failure !== null) {
        rows.push(failedRow([name], failure, columns.length));
        continue;
      }
      const peaks = outcomes.map(({ results: [peak] }) => peak);
      const last = counts.length - 1;
      const each = (peaks[last] - peaks[0]) / (counts[last] - counts[0]);
      rows.push([name, ...peaks.map((peak) => bytes(peak)), bytes(each)]);
      values[`${name}_bytes_of_one`] = peaks[0];
      values[`${name}_bytes_each`] = Math.round(each);
    }
    return {
      name: "idle_web_sockets",
      title: "Memory, WebSockets that only listen",
      note: `Peak resident memory of a run of ${length} s on one core, as the system tells it. ` +
        "The server, one of Go with gws on the other core, has seen all of them open at once.",
      columns,
      rows,
      values,
      versions: versionsOf(peers),
    };
  } finally {
    await server.stop();
  }
}

/** Throws where they were not all open at once. */
async function peakOf(contestant: Contestant, server: GoServer, count: number): Promise<number> {
  let [most, isOver] = [0, false];
  const looking = (async () => {
    while (!isOver) {
      most = Math.max(most, await server.ask("/open"));
      await new Promise((next) => setTimeout(next, LOOK_MS));
    }
  })();
  try {
    const peak = await peakMemory(contestant, CLIENT_CORE);
    if (most < count) throw new Error(`${most} of ${count} WebSockets were open at once`);
    return peak;
  } finally {
    isOver = true;
    await looking;
  }
}

function subject(
  folder: string,
  transport: string,
  base: string,
  vus: number,
  seconds: number,
): Promise<Contestant> {
  const name = `idle-${transport}-${vus}`;
  const rest = `${ANY_VALIDITY}[[flow]]
name = "listener"
[[flow.step]]
name = "socket"
websocket = "/"
exchange = [{ think = "${seconds}s" }]
`;
  const text = closedScenario({ name, base, transport, vus, seconds, rest });
  return subjectContestant(folder, name, text, `z6c ${transport}`);
}
