import { assertNone, numberAt, type Peer } from "./peer.ts";

/** bench/install_peers.sh makes one program of its attack and its report. */
export const VEGETA: Peer = {
  name: "vegeta",
  versionArguments: ["-version"],
  pacing: "-rate",
  argumentsFor({ url, connections, seconds, rate, folder }) {
    const targets = `${folder}/vegeta-targets.txt`;
    Deno.writeTextFileSync(targets, `GET ${url}\n`);
    const workers = ["-workers", String(connections), "-max-workers", String(connections)];
    return ["-targets", targets, "-duration", `${seconds}s`, "-rate", `${rate ?? 0}/s`, ...workers];
  },
  reported(stdout) {
    const json: unknown = JSON.parse(stdout);
    assertNone("share of requests", 1 - numberAt(json, "success"));
    const at = (name: string) => numberAt(json, "latencies", name) / 1e6;
    // Of p99.9 it tells nothing.
    return { p50: at("50th"), p99: at("99th"), p999: null };
  },
};
