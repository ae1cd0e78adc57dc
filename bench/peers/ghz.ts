import { HELLO_MESSAGE, HELLO_METHOD, HELLO_PROTO } from "../grpc_hello.ts";
import type { Peer } from "./peer.ts";

export const GHZ: Peer = {
  name: "ghz",
  versionArguments: null,
  pacing: null,
  argumentsFor: ({ url, connections, seconds, streams }) => [
    "--insecure",
    `--proto=${HELLO_PROTO}`,
    `--call=${HELLO_METHOD}`,
    `--data=${JSON.stringify(HELLO_MESSAGE)}`,
    `--connections=${connections}`,
    `--concurrency=${connections * (streams ?? 1)}`,
    `--duration=${seconds}s`,
    new URL(url).host,
  ],
  reported: () => ({ p50: null, p99: null, p999: null }),
};
