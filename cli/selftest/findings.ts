/** What `z6c selftest` finds out: types only, all of it JSON. docs/selftest.md tells what each is. */
import type { Tick, Transport } from "../../runtime/plan.ts";

export type Findings = Readonly<{
  /** Version of this shape; fields may be added to it without a new one. */
  format: 1;
  z6c: string;
  deno: string;
  machine: MachineFacts;
  /** In the order in which they were tried. */
  transports: readonly TransportFindings[];
  /** What can be changed, as sentences. */
  advice: readonly string[];
  verdict: Verdict;
}>;

/** What the system says of itself; null: it does not tell. */
export type MachineFacts = Readonly<{
  os: string;
  arch: string;
  cores: number;
  memoryBytes: number;
  /** Processes that wanted to run, on average of the last minute, before anything was measured. */
  load: number | null;
  /** How fast the processor may become: `performance`, `powersave` … */
  governor: string | null;
  clock: ClockFacts;
  /** Files and connections that one process may have open. */
  descriptors: number | null;
  /** First and last of the ports that connections go out from. */
  ports: readonly [number, number] | null;
  /** Connections that may wait for a server on this machine to take them. */
  somaxconn: number | null;
}>;

/** `stepTicks`: the least difference of two readings, in ticks (a fraction of one); `readNs`: what a reading costs. */
export type ClockFacts = Readonly<{ stepTicks: number; readNs: number }>;

/** A transport beside the server of `selftest`, or why it could not be tried. */
export type TransportFindings = Readonly<
  & { transport: Transport }
  & ({ problem: string } | {
    problem: null;
    /** The highest rate, with 64 connections as fast as they go: of client and server together. */
    perSecond: number;
    /** Of requests due 1,000 times a second: how much later they were issued. */
    lag: Readonly<{ p50: Tick; p99: Tick; max: Tick }>;
    /** The time of a request at the median, one at a time: nothing can be measured below it. */
    floorTicks: Tick;
    /** Requests that did not end well; a sound machine has none. */
    errors: number;
  })
>;

/** The transport with the highest rate, its rate rounded down, and its lag; null where none could be tried. */
export type Verdict = Readonly<{ transport: Transport; perSecond: number; lagP99Ticks: Tick }> | null;

/** Standard streams, the ledger, and what the runtime itself has open. */
const OTHER_DESCRIPTORS = 32;

/** How many users with a connection each one process may have, by its descriptors. */
export function usersWithin(descriptors: number): number {
  return Math.max(0, descriptors - OTHER_DESCRIPTORS);
}

/** How many ports are in a range. */
export function portsIn([first, last]: readonly [number, number]): number {
  return last - first + 1;
}

/** A transport that was tried. */
export type Measured = Extract<TransportFindings, { problem: null }>;

/** The transports that were tried, the fastest first. */
export function fastestFirst(transports: readonly TransportFindings[]): Measured[] {
  return transports.filter((it): it is Measured => it.problem === null)
    .toSorted((a, b) => b.perSecond - a.perSecond);
}

/** What the fastest transport is good for. */
export function verdictOf(transports: readonly TransportFindings[]): Verdict {
  const fastest = fastestFirst(transports).at(0);
  if (fastest === undefined) return null;
  const { transport, perSecond, lag } = fastest;
  return { transport, perSecond: roundedDown(perSecond), lagP99Ticks: lag.p99 };
}

/** To two digits: another minute gives another third one. */
function roundedDown(rate: number): number {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, rate))) - 1);
  return Math.floor(rate / step) * step;
}
