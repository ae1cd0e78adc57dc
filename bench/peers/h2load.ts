import type { Peer } from "./peer.ts";

/** Of nghttp2. Closed loop only; it tells no quantiles. */
export const H2LOAD: Peer = {
  name: "h2load",
  versionArguments: ["--version"],
  pacing: null,
  argumentsFor: ({ url, connections, seconds, streams }) => [
    streams === null ? "--h1" : `-m${streams}`,
    "-t1",
    `-c${connections}`,
    `-D${seconds}`,
    url,
  ],
  reported: () => ({ p50: null, p99: null, p999: null }),
};
