import { assertNone, numberAt, type Peer } from "./peer.ts";

/** It corrects for coordinated omission by itself where it has a rate. */
export const AUTOCANNON: Peer = {
  name: "autocannon",
  versionArguments: ["--version"],
  pacing: "-R",
  argumentsFor({ url, connections, seconds, rate }) {
    const paced = rate === null ? [] : ["-R", String(rate)];
    return ["--json", "--no-progress", "-c", String(connections), "-d", String(seconds), ...paced, url];
  },
  reported(stdout) {
    const json: unknown = JSON.parse(stdout);
    assertNone("requests", numberAt(json, "errors"));
    const at = (name: string) => numberAt(json, "latency", name);
    return { p50: at("p50"), p99: at("p99"), p999: at("p99_9") };
  },
};
