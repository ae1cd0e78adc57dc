import { counted } from "../runtime/report/format.ts";
import { closedScenario } from "./closed_scenario.ts";
import { peerContestant, subjectContestant } from "./contestant.ts";
import { installed, type InstalledPeer, versionsOf } from "./installed.ts";
import { type Nginx, startNginx } from "./nginx.ts";
import { H2LOAD } from "./peers/h2load.ts";
import { K6 } from "./peers/k6.ts";
import { OHA } from "./peers/oha.ts";
import { PLAIN_LOAD } from "./peers/peer.ts";
import {
  loadSeconds,
  type ServedCase,
  servedNote,
  servedTable,
  servedWindowOf,
  SERVER_CORE,
} from "./served_table.ts";
import type { BenchOptions, Table } from "./table.ts";

type Shape = Readonly<{ connections: number; streams: number }>;

const SHAPES: readonly Shape[] = [{ connections: 4, streams: 100 }, { connections: 64, streams: 1 }];
const TOY_SHAPES: readonly Shape[] = [{ connections: 2, streams: 4 }];

/** Requests a second by HTTP/2, in clear text by prior knowledge and over TLS. */
export async function http2(options: BenchOptions): Promise<Table> {
  const { rounds, isToy } = options;
  const clear = await startNginx(SERVER_CORE, { isHttp2: true });
  const secure = await startNginx(SERVER_CORE, { isHttp2: true, isSecure: true });
  const window = servedWindowOf(options);
  try {
    const peers = await installed([H2LOAD, OHA, K6]);
    const shapes = isToy ? TOY_SHAPES : SHAPES;
    const cases = [clear, secure].flatMap((nginx) =>
      shapes.map((shape) => caseOf(nginx, shape, peers, options))
    );
    const unit = {
      one: "request",
      many: "requests",
      ruler: "h2load",
      cases: "connections × requests at once",
    };
    return {
      name: "http2",
      title: "Closed loop, HTTP/2, one core each for client and nginx",
      note: `${counted(rounds, "round")} ${servedNote("Requests are counted by nginx", window)} ` +
        "k6 has no HTTP/2 without TLS; of several requests at once it makes batches, and waits for the last of each.",
      ...await servedTable(await Promise.all(cases), unit, options),
      versions: versionsOf(peers),
    };
  } finally {
    await clear.stop();
    await secure.stop();
  }
}

async function caseOf(
  nginx: Nginx,
  { connections, streams }: Shape,
  peers: readonly InstalledPeer[],
  options: BenchOptions,
): Promise<ServedCase> {
  const { folder } = options;
  const isSecure = nginx.ca !== null;
  const seconds = loadSeconds(servedWindowOf(options));
  const load = { ...PLAIN_LOAD, url: nginx.url, connections, seconds, streams, ca: nginx.ca, folder };
  const rivals = peers.filter(({ name }) => isSecure || name !== K6.name);
  const key = `${isSecure ? "tls" : "clear"}-${connections}x${streams}`;
  const owner = streams === 1 ? "per-vu" : `shared:${connections}`;
  const target = `protocol = "h2"\nconnections = "${owner}"\nstreams = ${streams}` +
    (isSecure ? `\ntls = { ca = "${nginx.ca}" }` : "");
  const subjects = (isSecure ? ["socket"] : ["epoll", "socket"]).map((transport) => {
    const name = `h2-${key}-${transport}`;
    const vus = connections * streams;
    const text = closedScenario({ name, base: nginx.url, transport, target, vus, seconds });
    return subjectContestant(folder, name, text, `z6c ${transport}`);
  });
  return {
    label: `${isSecure ? "TLS" : "clear"}, ${connections} × ${streams}`,
    key,
    server: nginx,
    contestants: await Promise.all([...rivals.map((peer) => peerContestant(peer, load)), ...subjects]),
  };
}
