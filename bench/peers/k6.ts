import { join } from "node:path";
import { assertNone, numberAt, type Peer, type PeerLoad } from "./peer.ts";

export const K6: Peer = {
  name: "k6",
  versionArguments: ["version"],
  pacing: "constant-arrival-rate",
  argumentsFor: (load) => k6Arguments(load, scriptOf(load)),
  reported(stdout) {
    const json: unknown = JSON.parse(stdout.slice(stdout.indexOf("{")));
    assertNone("requests", numberAt(json, "metrics", "http_req_failed", "values", "passes"));
    const at = (name: string) => numberAt(json, "metrics", "http_req_duration", "values", name);
    return { p50: at("med"), p99: at("p(99)"), p999: at("p(99.9)") };
  },
};

/** What makes it run a script. Its summary is JSON, on stdout. */
export function k6Arguments({ folder }: PeerLoad, script: string): string[] {
  const file = join(folder, "k6.js");
  Deno.writeTextFileSync(file, script + SUMMARY);
  return ["run", "--quiet", "--no-usage-report", "--log-output", "none", "--address", "", file];
}

/** A scenario of `connections` users, each with a connection of its own, over and over. */
export function k6Users({ connections, seconds }: PeerLoad): Readonly<Record<string, unknown>> {
  return { executor: "constant-vus", vus: connections, duration: `${seconds}s`, gracefulStop: "0s" };
}

const SUMMARY = `export function handleSummary(data) {
  return { stdout: JSON.stringify(data) };
}
`;

/** Of several streams on a connection it makes batches, and waits for the last of each. */
function scriptOf(load: PeerLoad): string {
  const { url, connections, seconds, rate, thinkMs, streams, ca } = load;
  const scenario = rate === null ? k6Users(load) : {
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
    insecureSkipTLSVerify: ca !== null,
    batch: streams ?? 1,
    batchPerHost: streams ?? 1,
  };
  const get = streams === null || streams === 1
    ? `http.get(${JSON.stringify(url)});`
    : `http.batch(Array(${streams}).fill(${JSON.stringify(url)}));`;
  return `import http from "k6/http";
import { sleep } from "k6";
export const options = ${JSON.stringify(options)};
export default function () {
  ${get}
  ${thinkMs > 0 ? `sleep(${thinkMs / 1000});` : ""}
}
`;
}
