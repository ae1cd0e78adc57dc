import { basename, dirname } from "node:path";
import { HELLO_MESSAGE, HELLO_METHOD, HELLO_PROTO } from "../grpc_hello.ts";
import { k6Arguments, k6Users } from "./k6.ts";
import type { Peer } from "./peer.ts";

/** Each of its users has a connection of its own, with one call at a time. */
export const K6_GRPC: Peer = {
  name: "k6",
  versionArguments: ["version"],
  pacing: null,
  argumentsFor(load) {
    const users = load.connections * (load.streams ?? 1);
    const options = { scenarios: { load: k6Users({ ...load, connections: users }) } };
    return k6Arguments(
      load,
      `import grpc from "k6/net/grpc";
export const options = ${JSON.stringify(options)};
const client = new grpc.Client();
client.load([${JSON.stringify(dirname(HELLO_PROTO))}], ${JSON.stringify(basename(HELLO_PROTO))});
export default function () {
  if (__ITER === 0) client.connect(${JSON.stringify(new URL(load.url).host)}, { plaintext: true });
  client.invoke(${JSON.stringify(HELLO_METHOD)}, ${JSON.stringify(HELLO_MESSAGE)});
}
`,
    );
  },
  reported: () => ({ p50: null, p99: null, p999: null }),
};
