import { join } from "node:path";
import type { Peer } from "./peer.ts";

/** With its faster client. Closed loop only: it paces users, and not their arrivals. */
export const LOCUST: Peer = {
  name: "locust",
  versionArguments: ["--version"],
  pacing: null,
  argumentsFor({ url, connections, seconds, thinkMs, folder }) {
    const file = join(folder, "locustfile.py");
    const { origin, pathname } = new URL(url);
    Deno.writeTextFileSync(
      file,
      `from locust import FastHttpUser, constant, task
class Hello(FastHttpUser):
    host = "${origin}"
    wait_time = constant(${thinkMs / 1000})
    @task
    def hello(self):
        self.client.get("${pathname}")
`,
    );
    const users = String(connections);
    return [
      "-f",
      file,
      "--headless",
      "--only-summary",
      "--stop-timeout",
      "1",
      "-u",
      users,
      "-r",
      users,
      "-t",
      `${seconds}s`,
    ];
  },
  reported: () => ({ p50: null, p99: null, p999: null }),
};
