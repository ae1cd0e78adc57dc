import { join } from "node:path";
import { assertNone, numberAt, type Peer, type PeerLoad } from "./peer.ts";

export const K6: Peer = {
  name: "k6",
  versionArguments: ["version"],
  pacing: "constant-arrival-rate",
  argumentsFor(load) {
    const script = join(load.folder, "k6.js");
    Deno.writeTextFileSync(script, scriptOf(load));
    return ["run", "--quiet", "--no-usage-report", "--log-output", "none", "--address", "", script];
  },
  reported(stdout) {
    const json: unknown = JSON.parse(stdout.slice(stdout.indexOf("{")));
    assertNone("requests", numberAt(json, "metrics", "http_req_failed", "values", "passes"));
    const at = (name: string) => numberAt(json, "metrics", "http_req_duration", "values", name);
    return { p50: at("med"), p99: at("p(99)"), p999: at("p(99.9)") };
  },
};

function scriptOf({ url, connections, seconds, rate, thinkMs }: PeerLoad): string {
  const scenario = rate === null
    ? { executor: "constant-vus", vus: connections, duration: `${seconds}s`, gracefulStop: "0s" }
    : {
      executor: "constant-arrival-rate",
      rate,
      timeUnit: "1s",
      duration: `${seconds}s`,
      preAllocatedVUs: connections,
      maxVUs: connections,
      gracefulStop: "5s",
    };
  const options = {
    scenarios: { load: scenario },
    discardResponseBodies: true,
    summaryTrendStats: ["med", "p(99)", "p(99.9)"],
  };
  return `import http from "k6/http";
import { sleep } from "k6";
export const options = ${JSON.stringify(options)};
export default function () {
  http.get(${JSON.stringify(url)});
  ${thinkMs > 0 ? `sleep(${thinkMs / 1000});` : ""}
}
export function handleSummary(data) {
  return { stdout: JSON.stringify(data) };
}
`;
}
