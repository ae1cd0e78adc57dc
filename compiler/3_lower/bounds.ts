/** Worst cases and expectations, computed once: the runtime allocates by them, and `z6c plan` prints them. */
import type { Bounds, Flow, Instruction, Load, Plan, Request, Target, Tick } from "../../runtime/plan.ts";
import type { Stream } from "../../runtime/plan_messages.ts";
import type { Template } from "../../runtime/plan_templates.ts";
import { cellsByColumn } from "./tables.ts";
import { longestBytes, type SlotBounds } from "./template_size.ts";
import { slotsOf } from "./templates.ts";
import { FRAME_BYTES } from "./web_sockets.ts";

/** A signed token of a few claims has one or two KiB; every VU has room for the longest request. */
const CAPTURE_BYTES = 4_096;

const RECORD_BYTES = 32n;
/** Records of a session's start and end, of a request (planned, issued, ended), of a connection (opened, closed). */
const SESSION_RECORDS = 2;
const REQUEST_RECORDS = 3;
const CONNECTION_RECORDS = 2;
/** A captured value of up to 56 bytes. */
const CAPTURE_RECORDS = 3;
/** Of a record, for exact means: each repeat may halve once more, and around an action there are at most 17. */
const PARTS = 2n ** 32n;
/** Parts of a hundred that a ledger grows by for its blocks' headers, its own header and footer. */
const BLOCK_PERCENT = 6n;

/** What sessions may do. */
type Programs = Pick<
  Plan,
  "targets" | "flows" | "choice" | "setup" | "teardown" | "requests" | "captures" | "tables"
>;

/** `sessions` is what the load should hold, 0 where only time bounds it. */
export function boundsOf(load: Load, sessions: number, programs: Programs): Bounds {
  const { targets, flows, requests, captures, tables } = programs;
  const captureBytes = captures.length > 0 ? CAPTURE_BYTES : 0;
  const slots = { bodyBytes: 0, captureBytes, cells: tables.map(cellsByColumn) };
  return {
    vus: load.maxVus,
    connections: targets.reduce(
      (sum, { slots, firstWebSocketSlot }) => sum + slots + (firstWebSocketSlot < 0 ? 0 : load.maxVus),
      0,
    ),
    sessions,
    peakRate: load.model === "open" ? Math.max(...load.stages.map(peakOf)) : 0,
    requestBytes: requests.reduce((most, request) => Math.max(most, longestRequest(request, slots)), 0),
    captureBytes,
    repeatDepth: deepest(flows, "repeat", "again"),
    groupDepth: deepest(flows, "group", "groupEnd"),
    endTick: endTick(load),
    ledgerBytes: ledgerBytes(sessions, programs),
  };
}

/** The most instructions `begin` that are open at once. */
function deepest(flows: readonly Flow[], begin: Instruction["kind"], end: Instruction["kind"]): number {
  let most = 0;
  for (const { program } of flows) {
    let depth = 0;
    for (const { kind } of program) {
      if (kind === begin) depth++;
      if (kind === end) depth--;
      most = Math.max(most, depth);
    }
  }
  return most;
}

/** Thousandths of a session per second, rounded up. */
function peakOf(stage: { rateStart: number; rateEnd: number; perTicks: number }): number {
  const perTicks = BigInt(stage.perTicks);
  const highest = BigInt(Math.max(stage.rateStart, stage.rateEnd)) * 1_000n * 1_000_000n;
  return Number((highest + perTicks - 1n) / perTicks);
}

/**
 * In the wire format a message can be longer than its JSON, of which a number in a list has two bytes at least, and there
 * 15 at most: five of tag and ten of varint.
 */
const MESSAGE_GROWTH = 8;
const MESSAGE_FRAME_BYTES = 5;

function longestRequest({ kind, head, body, grpc }: Request, slots: SlotBounds): number {
  const written = longestBytes(body, slots);
  const bodyBytes = grpc === null ? written : MESSAGE_GROWTH * written + MESSAGE_FRAME_BYTES;
  const frameBytes = kind === "send" || kind === "ping" || kind === "close" ? FRAME_BYTES : 0;
  return longestBytes(head, { ...slots, bodyBytes }) + frameBytes + bodyBytes;
}

function endTick({ stages, gracefulStopTicks }: Load): Tick {
  const last = stages[stages.length - 1];
  return last.lengthTicks === 0 ? 0 : last.startTick + last.lengthTicks + gracefulStopTicks;
}

/** What a ledger should hold where nothing fails: neither retries nor redirects are foreseen, and every `when` holds. */
function ledgerBytes(sessions: number, programs: Programs): number {
  if (sessions === 0) return 0;
  const { flows, choice, setup, teardown } = programs;
  const taken = flows.slice(0, choice.length);
  const weights = taken.reduce((sum, { weight }) => sum + BigInt(weight), 0n);
  const records = taken.reduce((sum, flow) => sum + BigInt(flow.weight) * recordsOf(flow, programs), 0n);
  const once = [setup, teardown].filter((it) => it >= 0)
    .reduce((sum, it) => sum + recordsOf(flows[it], programs), 0n);
  const bytes = (BigInt(sessions) * records + weights * once) * RECORD_BYTES * (100n + BLOCK_PERCENT);
  const divisor = weights * PARTS * 100n;
  const rounded = (bytes + divisor - 1n) / divisor;
  return Number(rounded < BigInt(Number.MAX_SAFE_INTEGER) ? rounded : BigInt(Number.MAX_SAFE_INTEGER));
}

/** Records of a session that goes through, in `PARTS` of a record: the mean of `min … max` passes may have a half. */
function recordsOf({ program }: Flow, { targets, requests }: Programs): bigint {
  const asked = program.flatMap((it) => "request" in it ? [requests[it.request]] : []);
  const ofSession = new Set(asked.filter(({ kind }) => kind === "http").map(({ target }) => targets[target]));
  const connections = [...ofSession].filter((target) => target.connections.kind === "per-session")
    .reduce((sum, target) => sum + connectionRecords(target), 0);
  let records = PARTS * BigInt(SESSION_RECORDS + connections + tablesUsed(asked));
  // Parts of a pass to expect here, within the repeats around it.
  let passes = PARTS;
  const around: bigint[] = [];
  for (const instruction of program) {
    switch (instruction.kind) {
      case "request":
      case "webSocket":
        records += passes * BigInt(recordsOfRequest(requests[instruction.request], targets));
        break;
      case "think":
      case "when":
      case "groupEnd":
        records += passes;
        break;
      case "repeat":
        records += passes;
        around.push(passes);
        passes = (passes * (BigInt(instruction.min) + BigInt(instruction.max))) / 2n;
        break;
      case "again":
        passes = around.pop() ?? PARTS;
        break;
      case "group":
      case "webSocketEnd":
      case "end":
        break;
    }
  }
  return records;
}

/** Of a WebSocket's messages, those that are waited for; of a stream's, as many as it is said to have, or one. */
function recordsOfRequest({ kind, target, captures, stream }: Request, targets: Programs["targets"]): number {
  const taken = captures.length * CAPTURE_RECORDS;
  switch (kind) {
    case "http": {
      const isOwn = targets[target].connections.kind === "per-request";
      const messages = stream === null ? 0 : Math.max(1, stream.count);
      return REQUEST_RECORDS + (isOwn ? connectionRecords(targets[target]) : 0) + messages + taken;
    }
    case "webSocket":
      return REQUEST_RECORDS + connectionRecords(targets[target]) + taken;
    case "send":
      return REQUEST_RECORDS - 1;
    case "receive":
    case "ping":
    case "close":
      return REQUEST_RECORDS + 1 + taken;
  }
}

/** Opened, secured where it is of TLS, and closed. */
function connectionRecords({ tls }: Target): number {
  return CONNECTION_RECORDS + (tls === null ? 0 : 1);
}

/** Of how many data tables a session takes a row. */
function tablesUsed(requests: readonly Request[]): number {
  const used = requests.flatMap(({ head, body, stream }) =>
    [head, body, ...awaitedTexts(stream)].flatMap(slotsOf)
  )
    .flatMap((slot) => slot.slot === "data" ? [slot.table] : []);
  return new Set(used).size;
}

/** The texts with variables by which a message is known. */
function awaitedTexts(stream: Stream | null): Template[] {
  const { json = [], body = [] } = stream?.until ?? {};
  const tests = [...json.map(({ test }) => test), ...body];
  return tests.flatMap((test) =>
    test.kind === "rendered contains" || test.kind === "rendered equals" ? [test.text] : []
  );
}
