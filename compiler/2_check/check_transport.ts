/** What a transport cannot carry. */
import type { Path } from "../1_parse/document.ts";
import { quote } from "../diagnostic.ts";
import { originOf } from "./bases.ts";
import type { WrittenFlow } from "./check_flows.ts";
import type { KnownTargets } from "./check_targets.ts";
import { type Checking, plainAt, report, section } from "./checking.ts";
import { targetSchema } from "./schema.ts";

/** `flows` are all of them, those that run once too. */
export function checkTransport(
  checking: Checking,
  targets: KnownTargets,
  flows: readonly WrittenFlow[],
): void {
  const transport = section(checking, targetSchema.shape.transport, ["target", "transport"]);
  if (transport === "epoll") checkCleartext(checking, targets);
  if (transport === "fetch") checkFetch(checking, targets, flows);
}

/** Reports each target that needs TLS where the transport has none. */
function checkCleartext(checking: Checking, targets: KnownTargets): void {
  for (const { name, base } of targets) {
    if (base?.scheme !== "https") continue;
    report(
      checking,
      "Z1413",
      [...pathOf(name), "base"],
      `transport "epoll" carries no TLS, and ${quote(originOf(base))} wants it; write transport = "socket"`,
    );
  }
}

/** By the key of the step that asks for it. */
const FETCH_LACKS = [
  ["websocket", "opens no WebSockets"],
  ["events", "reads no server-sent events"],
  ["grpc", "calls no methods of gRPC"],
] as const;

/** The client of the Deno runtime says neither which name it looks for, nor opens WebSockets as a plan has them. */
function checkFetch(checking: Checking, targets: KnownTargets, flows: readonly WrittenFlow[]): void {
  const instead = 'write transport = "socket"';
  for (const { name, base } of targets) {
    const path = pathOf(name);
    if (base?.scheme === "http" && plainAt(checking, [...path, "protocol"]) === "h2") {
      const words = `transport "fetch" speaks HTTP/2 over TLS only, and base is of http; ${instead}`;
      report(checking, "Z1421", [...path, "protocol"], words);
    }
    for (const key of ["server_name", "insecure"]) {
      const value = plainAt(checking, [...path, "tls", key]);
      if (base?.scheme !== "https" || value === undefined || value === false) continue;
      report(checking, "Z1421", [...path, "tls", key], `transport "fetch" knows no ${key}; ${instead}`);
    }
  }
  for (const { path } of flows.flatMap(({ all }) => all)) {
    for (const [key, words] of FETCH_LACKS) {
      if (plainAt(checking, [...path, key]) === undefined) continue;
      report(checking, "Z1421", [...path, key], `transport "fetch" ${words}; ${instead}`);
    }
  }
}

function pathOf(name: string): Path {
  return name === "" ? ["target"] : ["targets", name];
}
