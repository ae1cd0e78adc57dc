/** Targets, with the connections that each may have. */
import type { Request, Target } from "../../runtime/plan.ts";
import type { Target as SourceTarget } from "../2_check/scenario.ts";
import { lowerTls } from "./tls.ts";

/** What targets are for, and where their secrets are among those of the plan. */
export type TargetContext = Readonly<
  { maxVus: number; requests: readonly Request[]; secretAt: (name: string) => number }
>;

/**
 * Slots are numbered through: those of a target lie behind those of the one before it, and those of WebSockets behind
 * all others.
 */
export function lowerTargets(targets: readonly SourceTarget[], context: TargetContext): Target[] {
  const { maxVus, requests, secretAt } = context;
  const asked = (kind: Request["kind"]) =>
    new Set(requests.filter((request) => request.kind === kind).map(({ target }) => target));
  const [http, webSockets] = [asked("http"), asked("webSocket")];
  // Where nothing but WebSockets is opened, there are no other connections.
  const slots = targets.map((target, index) =>
    webSockets.has(index) && !http.has(index) ? 0 : slotsOf(target, maxVus)
  );
  let firstSlot = 0;
  let firstOfWebSockets = slots.reduce((sum, count) => sum + count, 0);
  return targets.map((source, index) => {
    const { name, scheme, host, port, protocol, connections, streams, tls, cookies } = source;
    const hasWebSockets = webSockets.has(index);
    const target: Target = {
      name,
      scheme,
      host,
      port,
      protocol,
      tls: tls === null ? null : lowerTls(tls, secretAt),
      connections,
      streams,
      cookies,
      firstSlot,
      slots: slots[index],
      firstWebSocketSlot: hasWebSockets ? firstOfWebSockets : -1,
    };
    firstSlot += slots[index];
    if (hasWebSockets) firstOfWebSockets += maxVus;
    return target;
  });
}

function slotsOf({ connections, streams }: SourceTarget, maxVus: number): number {
  return connections.kind === "shared" ? connections.size * streams : maxVus;
}
