import { assertNone, numberAt, type Peer, type PeerLoad, type Reported } from "./peer.ts";

function argumentsFor({ url, connections, seconds, rate, streams, ca }: PeerLoad): string[] {
  const paced = rate === null ? [] : ["-q", String(rate)];
  const http2 = streams === null ? [] : ["--http2", `-p${streams}`];
  const trusted = ca === null ? [] : ["--cacert", ca];
  const kinds = [...paced, ...http2, ...trusted];
  return ["--no-tui", "--output-format", "json", `-c${connections}`, `-z${seconds}s`, ...kinds, url];
}

function reported(stdout: string): Reported {
  const json: unknown = JSON.parse(stdout);
  assertNone("share of requests", 1 - numberAt(json, "summary", "successRate"));
  const at = (name: string) => numberAt(json, "latencyPercentiles", name) * 1000;
  return { p50: at("p50"), p99: at("p99"), p999: at("p99.9") };
}

export const OHA: Peer = {
  name: "oha",
  versionArguments: ["--version"],
  pacing: "-q",
  argumentsFor,
  reported,
};

/** It counts from when a request was due, if it is told to. */
export const OHA_CORRECTED: Peer = {
  ...OHA,
  pacing: "-q --latency-correction",
  argumentsFor: (load) => ["--latency-correction", ...argumentsFor(load)],
};
