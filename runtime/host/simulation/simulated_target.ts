import type { Tick } from "../../plan.ts";

/** What stands behind a simulated network. Deterministic: the same calls in the same order give the same replies. */
export interface SimulatedTarget {
  /** A connection is asked for at `tick`, to send `request` of the plan; `openConnections`: those there are besides. */
  open(request: number, tick: Tick, openConnections: number): Opening;
  /** Gets `bytes[0, length)`, which are `request` of the plan, on `slot`. */
  answer(request: number, tick: Tick, slot: number, bytes: Uint8Array, length: number): Reply;
}

/** `refused`: why the connection is not opened after that time, or empty. */
export type Opening = Readonly<{ afterTicks: Tick; refused: string }>;

/** What comes back, `afterTicks` behind the request. */
export type Reply = Readonly<
  /** Bytes for the codec, all at once where `overTicks` is 0, else in pieces; behind them the connection may end. */
  | { kind: "bytes"; afterTicks: Tick; bytes: Uint8Array; overTicks: Tick; ends: boolean }
  /** A response as it was read. */
  | {
    kind: "decoded";
    afterTicks: Tick;
    status: number;
    bytes: number;
    body: Uint8Array | null;
    head: Uint8Array;
    close: boolean;
  }
  /** The connection fails with one of `ERRORS`. */
  | { kind: "error"; afterTicks: Tick; error: number; cause: string }
  /** Nothing, ever. */
  | { kind: "silence" }
>;
