/** Worst cases and expectations, computed once: the runtime allocates by them, and `z6c plan` prints them. */
import type {
  Bounds,
  Connections,
  Flow,
  Instruction,
  Load,
  Plan,
  Request,
  Tick,
} from "../../runtime/plan.ts";
import { cellsByColumn } from "./tables.ts";
import { longestBytes, type SlotBounds } from "./template_size.ts";
import { slotsOf } from "./templates.ts";

/** A signed token of a few claims has one or two KiB; every VU has room for the longest request. */
const CAPTURE_BYTES = 4_096;

const RECORD_BYTES = 32n;
/** Records of a session's start and end, of a request (planned, issued, ended), of a connection (opened, closed). */
const SESSION_RECORDS = 2;
const REQUEST_RECORDS = 3;
const CONNECTION_RECORDS = 2;
/** A captured value of up to 56 bytes. */
const CAPTURE_RECORDS = 3;
/** Parts of a hundred that a ledger grows by for its blocks' headers, its own header and footer. */
const BLOCK_PERCENT = 6n;

/** What a session may do. */
type Programs = Pick<Plan, "flows" | "requests" | "captures" | "tables">;

/** `sessions` is what the load should hold, 0 where only time bounds it. */
export function boundsOf(load: Load, sessions: number, connections: Connections, programs: Programs): Bounds {
  const { flows, requests, captures, tables } = programs;
  const captureBytes = captures.length > 0 ? CAPTURE_BYTES : 0;
  const slots = { bodyBytes: 0, captureBytes, cells: tables.map(cellsByColumn) };
  return {
    vus: load.maxVus,
    connections: connections.kind === "shared" ? connections.size : load.maxVus,
    sessions,
    peakRate: load.model === "open" ? Math.max(...load.stages.map(peakOf)) : 0,
    requestBytes: requests.reduce((most, request) => Math.max(most, longestRequest(request, slots)), 0),
    captureBytes,
    // A repeat holds one step, so repeats do not nest.
    repeatDepth: flows.some(({ program }) => program.some(({ kind }) => kind === "repeat")) ? 1 : 0,
    endTick: endTick(load),
    ledgerBytes: ledgerBytes(sessions, connections, programs),
  };
}

/** Thousandths of a session per second, rounded up. */
function peakOf(stage: { rateStart: number; rateEnd: number; perTicks: number }): number {
  const perTicks = BigInt(stage.perTicks);
  const highest = BigInt(Math.max(stage.rateStart, stage.rateEnd)) * 1_000n * 1_000_000n;
  return Number((highest + perTicks - 1n) / perTicks);
}

function longestRequest({ head, body }: Request, slots: SlotBounds): number {
  const bodyBytes = longestBytes(body, slots);
  return longestBytes(head, { ...slots, bodyBytes }) + bodyBytes;
}

function endTick({ stages, gracefulStopTicks }: Load): Tick {
  const last = stages[stages.length - 1];
  return last.lengthTicks === 0 ? 0 : last.startTick + last.lengthTicks + gracefulStopTicks;
}

/** What a ledger should hold where nothing fails: neither retries nor redirects are foreseen, and every `when` holds. */
function ledgerBytes(sessions: number, connections: Connections, { flows, requests }: Programs): number {
  const weights = flows.reduce((sum, { weight }) => sum + BigInt(weight), 0n);
  const halves = flows.reduce(
    (sum, flow) => sum + BigInt(flow.weight) * halfRecordsOf(flow, connections, requests),
    0n,
  );
  const bytes = BigInt(sessions) * halves * RECORD_BYTES * (100n + BLOCK_PERCENT);
  const divisor = weights * 2n * 100n;
  const rounded = (bytes + divisor - 1n) / divisor;
  return Number(rounded < BigInt(Number.MAX_SAFE_INTEGER) ? rounded : BigInt(Number.MAX_SAFE_INTEGER));
}

/** Records of a session that goes through, times 2: the mean of `min … max` passes may have a half. */
function halfRecordsOf({ program }: Flow, connections: Connections, requests: readonly Request[]): bigint {
  const ofConnections = (kind: Connections["kind"]) => connections.kind === kind ? CONNECTION_RECORDS : 0;
  const perRequest = REQUEST_RECORDS + ofConnections("per-request");
  const perSession = SESSION_RECORDS + ofConnections("per-session") + tablesUsed(program, requests);
  let halves = 2n * BigInt(perSession);
  // Twice the passes to expect here: one number will do, since repeats do not nest.
  let passes = 2n;
  for (const instruction of program) {
    switch (instruction.kind) {
      case "request": {
        const { captures } = requests[instruction.request];
        halves += passes * BigInt(perRequest + captures.length * CAPTURE_RECORDS);
        break;
      }
      case "think":
      case "when":
        halves += passes;
        break;
      case "repeat":
        halves += passes;
        passes = BigInt(instruction.min) + BigInt(instruction.max);
        break;
      case "again":
        passes = 2n;
        break;
      case "end":
        break;
    }
  }
  return halves;
}

/** Of how many data tables a session takes a row. */
function tablesUsed(program: readonly Instruction[], requests: readonly Request[]): number {
  const templates = program.flatMap((instruction) => {
    if (instruction.kind !== "request") return [];
    const { head, body } = requests[instruction.request];
    return [head, body];
  });
  const used = templates.flatMap(slotsOf).flatMap((slot) => slot.slot === "data" ? [slot.table] : []);
  return new Set(used).size;
}
