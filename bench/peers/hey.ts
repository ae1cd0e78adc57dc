import { nearestRank } from "../statistics.ts";
import type { Peer } from "./peer.ts";

/** Its rate is each worker's own. */
export const HEY: Peer = {
  name: "hey",
  versionArguments: null,
  pacing: "-q, shared out",
  argumentsFor({ url, connections, seconds, rate }) {
    const paced = rate === null ? [] : ["-q", String(rate / connections)];
    return ["-z", `${seconds}s`, "-c", String(connections), ...paced, "-o", "csv", url];
  },
  reported(stdout) {
    const lines = stdout.trim().split("\n").slice(1);
    const milliseconds = lines.map((line) => 1000 * Number(line.slice(0, line.indexOf(","))));
    const at = (q: number) => lines.length === 0 ? null : nearestRank(milliseconds, q);
    return { p50: at(0.5), p99: at(0.99), p999: at(0.999) };
  },
};
