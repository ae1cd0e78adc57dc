import type { Tick } from "../../plan.ts";

/** What becomes of a request, as those who read replies tell it. */
export interface Ends {
  /** Looks at the reply again, so many ticks behind the request. */
  again(slot: number, ticks: Tick): void;
  /** The response is whole; `body` and `head` where they are wanted. `reason`: a `CLOSED` where its connection ends with it, else −1. */
  ended(
    slot: number,
    reason: number,
    firstByte: Tick,
    status: number,
    bytes: number,
    body: Uint8Array | null,
    head: Uint8Array | null,
  ): void;
  /** It failed; its connection is lost, unless it carries others. */
  failed(slot: number, error: number, firstByte: Tick, bytes: number, cause: string): void;
}
