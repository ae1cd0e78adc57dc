import { counted } from "../runtime/report/format.ts";
import { closedScenario } from "./closed_scenario.ts";
import { peerContestant, subjectContestant } from "./contestant.ts";
import { installed, versionsOf } from "./installed.ts";
import { startNginx } from "./nginx.ts";
import { H2LOAD } from "./peers/h2load.ts";
import { K6 } from "./peers/k6.ts";
import { OHA } from "./peers/oha.ts";
import { PLAIN_LOAD } from "./peers/peer.ts";
import { WRK } from "./peers/wrk.ts";
import {
  loadSeconds,
  type ServedCase,
  servedNote,
  servedTable,
  servedWindowOf,
  SERVER_CORE,
} from "./served_table.ts";
import type { BenchOptions, Table } from "./table.ts";

/** h2load does not open a connection again that the server has closed, and never ends. */
const KEPT = { key: "kept", label: "kept open", connections: "per-vu", peers: [WRK, H2LOAD, OHA, K6] };
const CLOSING = {
  key: "closing",
  label: "a handshake for each request",
  connections: "per-request",
  peers: [WRK, OHA, K6],
};

/** Requests a second over TLS 1.3, on connections that stay, and on one for each request. */
export async function tls(options: BenchOptions): Promise<Table> {
  const { folder, rounds, isToy } = options;
  const nginx = await startNginx(SERVER_CORE, { isSecure: true });
  const window = servedWindowOf(options);
  const seconds = loadSeconds(window);
  const vus = isToy ? 8 : 64;
  try {
    const peers = await installed(KEPT.peers);
    const cases = [KEPT, CLOSING].map(
      async ({ key, label, connections, peers: wanted }): Promise<ServedCase> => {
        const url = key === CLOSING.key ? nginx.closingUrl : nginx.url;
        const load = { ...PLAIN_LOAD, url, connections: vus, seconds, folder, ca: nginx.ca };
        const name = `tls-${key}`;
        const subject = subjectContestant(
          folder,
          name,
          closedScenario({
            name,
            base: url,
            transport: "socket",
            target: `connections = "${connections}"\ntls = { ca = "${nginx.ca}" }`,
            vus,
            seconds,
          }),
          "z6c socket",
        );
        const rivals = peers.filter(({ name }) => wanted.some((peer) => peer.name === name));
        return {
          label,
          key,
          server: nginx,
          contestants: await Promise.all([...rivals.map((peer) => peerContestant(peer, load)), subject]),
        };
      },
    );
    const unit = { one: "request", many: "requests", ruler: "wrk", cases: "connections" };
    return {
      name: "tls",
      title: `Closed loop, HTTP/1.1 over TLS 1.3, ${vus} connections, one core each for client and nginx`,
      note: `${counted(rounds, "round")} ${servedNote("Requests are counted by nginx", window)} ` +
        "Every handshake is a whole one, with a key of the curve P-256. z6c and oha verify nginx's certificate, the others take any.",
      ...await servedTable(await Promise.all(cases), unit, options),
      versions: versionsOf(peers),
    };
  } finally {
    await nginx.stop();
  }
}
