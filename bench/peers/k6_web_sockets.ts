import { k6Arguments } from "./k6.ts";
import type { Peer, PeerLoad } from "./peer.ts";

const BASE = {
  name: "k6",
  versionArguments: ["version"],
  pacing: null,
  reported: () => ({ p50: null, p99: null, p999: null }),
} as const;

/** A message on each WebSocket, and when it is back the next. */
export const K6_ECHOES: Peer = {
  ...BASE,
  argumentsFor: (load) =>
    k6Arguments(
      load,
      scriptOf(
        load,
        `socket.onopen = () => socket.send("hello");
  socket.onmessage = () => isOver ? socket.close() : socket.send("hello");
  setTimeout(() => isOver = true, ${load.seconds * 1000});`,
      ),
    ),
};

/** WebSockets that listen, and nothing else. */
export const K6_LISTENERS: Peer = {
  ...BASE,
  argumentsFor: (load) =>
    k6Arguments(load, scriptOf(load, `setTimeout(() => socket.close(), ${load.seconds * 1000});`)),
};

function scriptOf({ url, connections, seconds }: PeerLoad, talk: string): string {
  const scenario = {
    executor: "per-vu-iterations",
    vus: connections,
    iterations: 1,
    maxDuration: `${2 * seconds + 30}s`,
  };
  return `import { WebSocket } from "k6/websockets";
export const options = ${JSON.stringify({ scenarios: { load: scenario } })};
export default function () {
  let isOver = false;
  const socket = new WebSocket(${JSON.stringify(url)});
  ${talk}
}
`;
}
