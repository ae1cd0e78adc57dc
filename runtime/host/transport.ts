import type { Clock, Completions, Network } from "../engine/host.ts";
import type { Plan, Transport } from "../plan.ts";
import type { Looking } from "./looking.ts";

/** A way of carrying requests on a real network. An executable holds only those that its plan may use. */
export type TransportModule = Readonly<{
  name: Transport;
  /** Why it cannot work on this machine, with the way out, as one sentence without a full stop; null where it can. */
  problem?(): string | null;
  /** `texts`: by target, what its `tls` names, in PEM; none where no target has TLS. `looking` counts what it waits awake. */
  open(
    plan: Plan,
    clock: Clock,
    completions: Completions,
    texts?: readonly TlsTexts[],
    looking?: Looking,
  ): Network;
}>;

/** A target's own authorities, and the client's certificate with its key: both or neither. PEM. */
export type TlsTexts = Readonly<{ ca: string | null; cert: string | null; key: string | null }>;
