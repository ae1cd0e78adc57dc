/** Worst cases and expectations, computed once: the runtime allocates by them, and `z6c plan` prints them. */
import type { Bounds, Connections, Flow, Instruction, Load, Request, Tick } from "../../runtime/plan.ts";
import { longestBytes } from "./template_size.ts";

const RECORD_BYTES = 32n;
/** Records of a session's start and end, of a request (planned, issued, ended), of a connection (opened, closed). */
const SESSION_RECORDS = 2;
const REQUEST_RECORDS = 3;
const CONNECTION_RECORDS = 2;
/** Parts of a hundred that a ledger grows by for its blocks' headers, its own header and footer. */
const BLOCK_PERCENT = 6n;

/** `sessions` is what the load should hold, 0 where only time bounds it; `flows` and `requests` are the plan's. */
export function boundsOf(
  load: Load,
  sessions: number,
  connections: Connections,
  flows: readonly Flow[],
  requests: readonly Request[],
): Bounds {
  return {
    vus: load.maxVus,
    connections: connections.kind === "shared" ? connections.size : load.maxVus,
    sessions,
    peakRate: load.model === "open" ? Math.max(...load.stages.map(peakOf)) : 0,
    requestBytes: Math.max(0, ...requests.map(longestRequest)),
    // A repeat holds one step, so repeats do not nest.
    repeatDepth: flows.some(({ program }) => program.some(({ kind }) => kind === "repeat")) ? 1 : 0,
    endTick: endTick(load),
    ledgerBytes: ledgerBytes(sessions, connections, flows),
  };
}

/** Thousandths of a session per second, rounded up. */
function peakOf(stage: { rateStart: number; rateEnd: number; perTicks: number }): number {
  const perTicks = BigInt(stage.perTicks);
  const highest = BigInt(Math.max(stage.rateStart, stage.rateEnd)) * 1_000n * 1_000_000n;
  return Number((highest + perTicks - 1n) / perTicks);
}

function longestRequest({ head, body }: Request): number {
  const bodyBytes = longestBytes(body, 0);
  return longestBytes(head, bodyBytes) + bodyBytes;
}

function endTick({ stages, gracefulStopTicks }: Load): Tick {
  const last = stages[stages.length - 1];
  return last.lengthTicks === 0 ? 0 : last.startTick + last.lengthTicks + gracefulStopTicks;
}

function ledgerBytes(sessions: number, connections: Connections, flows: readonly Flow[]): number {
  const weights = flows.reduce((sum, { weight }) => sum + BigInt(weight), 0n);
  const halves = flows.reduce(
    (sum, { weight, program }) => sum + BigInt(weight) * halfRecordsOf(program, connections),
    0n,
  );
  const bytes = BigInt(sessions) * halves * RECORD_BYTES * (100n + BLOCK_PERCENT);
  const divisor = weights * 2n * 100n;
  const rounded = (bytes + divisor - 1n) / divisor;
  return Number(rounded < BigInt(Number.MAX_SAFE_INTEGER) ? rounded : BigInt(Number.MAX_SAFE_INTEGER));
}

/** Records of a session that goes through, times 2: the mean of `min … max` passes may have a half. */
function halfRecordsOf(program: readonly Instruction[], connections: Connections): bigint {
  const perRequest = REQUEST_RECORDS + (connections.kind === "per-request" ? CONNECTION_RECORDS : 0);
  let halves = 2n * BigInt(SESSION_RECORDS + (connections.kind === "per-session" ? CONNECTION_RECORDS : 0));
  // Twice the passes to expect here: one number will do, since repeats do not nest.
  let passes = 2n;
  for (const instruction of program) {
    switch (instruction.kind) {
      case "request":
        halves += passes * BigInt(perRequest);
        break;
      case "think":
        halves += passes;
        break;
      case "repeat":
        halves += passes;
        passes = BigInt(instruction.min) + BigInt(instruction.max);
        break;
      case "again":
        passes = 2n;
        break;
    }
  }
  return halves;
}
