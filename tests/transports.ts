import type { Transport } from "../runtime/plan.ts";

/** The transports that work on this system, for tests that run with each. */
export const TRANSPORTS: readonly Transport[] = Deno.build.os === "linux"
  ? ["socket", "epoll", "fetch"]
  : ["socket", "fetch"];

/** Those that tell everything of connections. */
export const EXACT_TRANSPORTS = TRANSPORTS.filter((name) => name !== "fetch");
