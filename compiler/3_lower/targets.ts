/** Targets, with the connections that each may have. */
import type { Target, Tls } from "../../runtime/plan.ts";
import type { Target as SourceTarget } from "../2_check/scenario.ts";

const PLAIN_TLS: Tls = { ca: null, cert: null, key: null, serverName: "", insecure: false };

/** Slots are numbered through: those of a target lie behind those of the one before it. */
export function lowerTargets(targets: readonly SourceTarget[], maxVus: number): Target[] {
  let firstSlot = 0;
  return targets.map(({ name, scheme, host, port, connections, cookies }) => {
    const slots = connections.kind === "shared" ? connections.size : maxVus;
    const target: Target = {
      name,
      scheme,
      host,
      port,
      protocol: "http/1.1",
      tls: scheme === "https" ? PLAIN_TLS : null,
      connections,
      streams: 1,
      cookies,
      firstSlot,
      slots,
      firstWebSocketSlot: -1,
    };
    firstSlot += slots;
    return target;
  });
}
