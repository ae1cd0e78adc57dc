/** What a listing has a line for: a request, or a single record. */
import type { Tick } from "../../runtime/plan.ts";

/** good: answered as expected; unexpected: with a failed check; sent: a message, which has no end. */
export const OUTCOMES = ["good", "unexpected", "failed", "cancelled", "sent"] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** Texts that stand with a request: the cause of its failure, what failed checks found, what was captured. */
export type Note = Readonly<{ kind: number; a: number; text: string }>;

/**
 * Valid until the next one. −1 (a text: null): there is no such thing. Times are those of docs/metrics.md: a request
 * that failed has a response time and a service time only where it timed out.
 */
export type Entry = {
  /** Of a request, the kind of its last record. */
  kind: number;
  tick: Tick;
  session: number;
  vu: number;
  step: number;
  flow: number;
  stage: number;
  a: number;
  b: number;
  c: number;
  outcome: Outcome | null;
  dueTick: Tick;
  issuedTick: Tick;
  status: number;
  error: number;
  responseTicks: Tick;
  serviceTicks: Tick;
  firstByteTicks: Tick;
  lagTicks: Tick;
  blockedTicks: Tick;
  dnsTicks: Tick;
  connectTicks: Tick;
  tlsTicks: Tick;
  sentBytes: number;
  receivedBytes: number;
  connection: "opened" | "reused" | null;
  notes: readonly Note[];
};

export const NO_NOTES: readonly Note[] = [];

/** An entry that says nothing yet. */
export function newEntry(): Entry {
  return {
    kind: 0,
    tick: 0,
    session: -1,
    vu: -1,
    step: -1,
    flow: -1,
    stage: -1,
    a: 0,
    b: 0,
    c: 0,
    outcome: null,
    dueTick: -1,
    issuedTick: -1,
    status: -1,
    error: -1,
    responseTicks: -1,
    serviceTicks: -1,
    firstByteTicks: -1,
    lagTicks: -1,
    blockedTicks: -1,
    dnsTicks: -1,
    connectTicks: -1,
    tlsTicks: -1,
    sentBytes: -1,
    receivedBytes: -1,
    connection: null,
    notes: NO_NOTES,
  };
}
