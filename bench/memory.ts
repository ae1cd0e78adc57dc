import { bytes, counted } from "../runtime/report/format.ts";
import { type Contestant, HELLO, peerContestant, subjectContestant } from "./contestant.ts";
import { installed, type InstalledPeer, versionsOf } from "./installed.ts";
import { startNginx } from "./nginx.ts";
import { peakMemory } from "./peak_memory.ts";
import { AUTOCANNON } from "./peers/autocannon.ts";
import { HEY } from "./peers/hey.ts";
import { K6 } from "./peers/k6.ts";
import { LOCUST } from "./peers/locust.ts";
import { OHA } from "./peers/oha.ts";
import { PLAIN_LOAD } from "./peers/peer.ts";
import { WRK } from "./peers/wrk.ts";
import { type BenchOptions, failedRow, type Table } from "./table.ts";
import { inTurns } from "./turns.ts";

const CLIENT_CORE = 0;
const SERVER_CORE = 1;
const TRANSPORTS = ["epoll", "socket"] as const;
/** Between the requests of a user; those that cannot think get the same rate in all, or go as fast as they can. */
const THINK_MS = 500;
const THINKING: readonly string[] = [K6.name, LOCUST.name];

/** The most memory a run takes, by its users: each has a connection of its own. */
export async function memory({ folder, seconds, isToy }: BenchOptions): Promise<Table> {
  const nginx = await startNginx(SERVER_CORE);
  try {
    const users = isToy ? [1, 100] : [1, 1_000, 10_000];
    const peers = await installed([K6, OHA, WRK, HEY, AUTOCANNON, LOCUST]);
    const columns = ["client", ...users.map((vus) => counted(vus, "VU")), "each beyond the first"];
    const rows: string[][] = [];
    const values: Record<string, number> = {};
    const kinds = [
      ...TRANSPORTS.map((transport) => ({
        name: `z6c ${transport}`,
        of: (vus: number) => subject(folder, transport, nginx.port, vus, seconds),
      })),
      ...peers.map((peer) => ({
        name: peer.name,
        of: (vus: number) => rival(folder, peer, nginx.url, vus, seconds),
      })),
    ];
    for (const { name, of } of kinds) {
      const outcomes = await inTurns(users, 1, async (vus) => await peakMemory(await of(vus), CLIENT_CORE));
      const peaks = outcomes.map(({ results: [peak] }) => peak);
      const failure = outcomes.find(({ failure }) => failure !== null)?.failure ?? null;
      if (failure !== null) {
        rows.push(failedRow([name], failure, columns.length));
        continue;
      }
      const last = users.length - 1;
      const each = (peaks[last] - peaks[0]) / (users[last] - users[0]);
      rows.push([name, ...peaks.map((peak) => bytes(peak)), bytes(each)]);
      values[`${name}_bytes_of_one`] = peaks[0];
      values[`${name}_bytes_each`] = Math.round(each);
    }
    return {
      name: "memory",
      title: "Memory, closed load, a connection for each VU",
      note:
        `Peak resident memory over ${seconds} s, as the system tells it. z6c, ${
          THINKING.join(" and ")
        } think for ${THINK_MS} ms between ` +
        "requests; oha and autocannon are held to the same rate in all; wrk and hey go as fast as they can.",
      columns,
      rows,
      values,
      versions: versionsOf(peers),
    };
  } finally {
    await nginx.stop();
  }
}

function rival(
  folder: string,
  peer: InstalledPeer,
  url: string,
  connections: number,
  seconds: number,
): Promise<Contestant> {
  const isPaced = peer.name === OHA.name || peer.name === AUTOCANNON.name;
  const rate = isPaced ? (connections * 1000) / THINK_MS : null;
  return peerContestant(peer, { ...PLAIN_LOAD, url, connections, seconds, rate, thinkMs: THINK_MS, folder });
}

function subject(
  folder: string,
  transport: string,
  port: number,
  vus: number,
  seconds: number,
): Promise<Contestant> {
  const name = `memory-${transport}-${vus}`;
  const text = `name = "${name}"
[target]
base = "http://127.0.0.1:${port}"
transport = "${transport}"
[load]
model = "closed"
stages = [{ for = "${seconds}s", vus = ${vus} }]
${HELLO}[[flow.step]]
think = "${THINK_MS}ms"
`;
  return subjectContestant(folder, name, text, `z6c ${transport}`);
}
