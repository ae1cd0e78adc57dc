import { join } from "node:path";
import type { Peer } from "./peer.ts";

/** A message on each WebSocket, and when it is back the next. */
export const ARTILLERY: Peer = {
  name: "artillery",
  versionArguments: ["--version"],
  pacing: null,
  argumentsFor({ url, connections, seconds, folder }) {
    const [script, processor] = [join(folder, "artillery.json"), join(folder, "processor.cjs")];
    Deno.writeTextFileSync(
      processor,
      `const overMs = Date.now() + ${seconds * 1000};
module.exports = { isUnderWay: (context, next) => next(Date.now() < overMs) };
`,
    );
    const echo = { send: { payload: "hello", match: { regexp: "hello", value: "hello" } } };
    const test = {
      config: {
        target: url,
        // Of each message: the process does not end before these have run out.
        timeout: 1,
        processor,
        phases: [{ duration: 1, arrivalCount: connections }],
      },
      scenarios: [{ engine: "ws", flow: [{ loop: [echo], whileTrue: "isUnderWay" }] }],
    };
    Deno.writeTextFileSync(script, JSON.stringify(test));
    return ["run", "--quiet", script];
  },
  reported: () => ({ p50: null, p99: null, p999: null }),
};
