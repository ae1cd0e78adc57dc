import { counted } from "../runtime/report/format.ts";
import { type Contestant, HELLO, peerContestant, subjectContestant } from "./contestant.ts";
import { CLOSED, installed, versionsOf } from "./installed.ts";
import { startNginx } from "./nginx.ts";
import { type ServedWindow, servedWindow, type Window } from "./served_window.ts";
import { spread } from "./statistics.ts";
import { type BenchOptions, failedRow, type Table } from "./table.ts";
import { inTurns, type Outcome } from "./turns.ts";

const CLIENT_CORE = 0;
const SERVER_CORE = 1;
const TRANSPORTS = ["epoll", "socket", "fetch"] as const;
const COLUMNS = [
  "connections",
  "client",
  "requests/s",
  "range",
  "ratio to wrk",
  "range of it",
  "user CPU a request",
];

/** Requests a second, as fast as they go: one core for nginx, one for the client, in turn. */
export async function closedLoop({ folder, seconds, rounds, isToy }: BenchOptions): Promise<Table> {
  const nginx = await startNginx(SERVER_CORE);
  const window = isToy ? { warmupSeconds: 0.1, seconds: 0.2 } : { warmupSeconds: 1, seconds };
  try {
    const peers = await installed(CLOSED);
    const rows: string[][] = [];
    const values: Record<string, number> = {};
    for (const connections of isToy ? [8] : [64, 512]) {
      // Half a second more than the window, so that it ends before the client does.
      const load = {
        url: nginx.url,
        connections,
        seconds: Math.ceil(window.warmupSeconds + window.seconds + 0.5),
        rate: null,
        thinkMs: 0,
        folder,
      };
      const contestants: Contestant[] = [
        ...await Promise.all(peers.map((peer) => peerContestant(peer, load))),
        ...await Promise.all(TRANSPORTS.map((transport) => {
          const name = `closed-${connections}-${transport}`;
          const text = scenario(name, transport, nginx.port, connections, load.seconds);
          return subjectContestant(folder, name, text, `z6c ${transport}`);
        })),
      ];
      const outcomes = await inTurns(
        contestants,
        rounds,
        (contestant) => servedWindow(contestant, CLIENT_CORE, nginx, window),
      );
      addRows(rows, values, connections, contestants, outcomes);
    }
    return {
      name: "closed_loop",
      title: "Closed loop, plain HTTP/1.1, one core each for client and nginx",
      note: noteOf(rounds, window),
      columns: COLUMNS,
      rows,
      values,
      versions: versionsOf(peers),
    };
  } finally {
    await nginx.stop();
  }
}

function noteOf(rounds: number, { warmupSeconds, seconds }: Window): string {
  return `${
    counted(rounds, "round")
  } in turn; medians and ranges. Requests are counted by nginx, and user CPU by the system, ` +
    `for ${seconds} s from ${warmupSeconds} s after the first request on; a ratio is of one round. z6c writes its whole ledger meanwhile.`;
}

function addRows(
  rows: string[][],
  values: Record<string, number>,
  connections: number,
  contestants: readonly Contestant[],
  outcomes: readonly Outcome<ServedWindow>[],
): void {
  const wrk = outcomes[contestants.findIndex(({ name }) => name === "wrk")];
  for (const [at, { name }] of contestants.entries()) {
    const { results, failure } = outcomes[at];
    const first = [connections.toLocaleString("en"), name];
    if (failure !== null) {
      rows.push(failedRow(first, failure, COLUMNS.length));
      continue;
    }
    const rate = spread(results.map(({ rate }) => rate));
    const user = spread(results.map(({ userMicroseconds }) => userMicroseconds)).median;
    values[`${name}_${connections}_rate`] = rate.median;
    values[`${name}_${connections}_user_microseconds`] = user;
    const whole = (value: number) => Math.round(value).toLocaleString("en");
    const cells = [...first, whole(rate.median), `${whole(rate.min)}–${whole(rate.max)}`];
    if (wrk === undefined || wrk.failure !== null) cells.push("", "");
    else {
      const ratio = spread(results.map(({ rate }, round) => rate / wrk.results[round].rate));
      values[`${name}_${connections}_ratio`] = ratio.median;
      cells.push(ratio.median.toFixed(2), `${ratio.min.toFixed(2)}–${ratio.max.toFixed(2)}`);
    }
    rows.push([...cells, `${user.toFixed(2)} µs`]);
  }
}

function scenario(name: string, transport: string, port: number, vus: number, seconds: number): string {
  return `name = "${name}"
[target]
base = "http://127.0.0.1:${port}"
transport = "${transport}"
[load]
model = "closed"
stages = [{ for = "${seconds}s", vus = ${vus} }]
${HELLO}`;
}
