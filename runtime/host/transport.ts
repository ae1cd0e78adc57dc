import type { Clock, Completions, Network } from "../engine/host.ts";
import type { Plan, Transport } from "../plan.ts";

/** A way of carrying requests on a real network. An executable holds only those that its plan may use. */
export type TransportModule = Readonly<{
  name: Transport;
  /** Why it cannot work on this machine, with the way out, as one sentence without a full stop; null where it can. */
  problem?(): string | null;
  open(plan: Plan, clock: Clock, completions: Completions): Network;
}>;
