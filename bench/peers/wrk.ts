import { join } from "node:path";
import { assertNone, type Peer } from "./peer.ts";

const SCRIPT = `done = function(summary, latency)
  io.write(string.format("quantiles %f %f %f\\n",
    latency:percentile(50), latency:percentile(99), latency:percentile(99.9)))
end
`;

/** Closed loop only. */
export const WRK: Peer = {
  name: "wrk",
  versionArguments: ["-v"],
  pacing: null,
  argumentsFor({ url, connections, seconds, folder }) {
    const script = join(folder, "wrk.lua");
    Deno.writeTextFileSync(script, SCRIPT);
    return ["-t1", `-c${connections}`, `-d${seconds}s`, "-s", script, url];
  },
  reported(stdout) {
    assertNone("requests", /Socket errors: (.*)/.test(stdout) ? NaN : 0);
    const [, p50, p99, p999] = /quantiles ([\d.]+) ([\d.]+) ([\d.]+)/.exec(stdout) ?? [];
    return { p50: Number(p50) / 1000, p99: Number(p99) / 1000, p999: Number(p999) / 1000 };
  },
};
