import { assert } from "../ledger/assert.ts";
import type { Flow, Plan, Request, StatusRange, Tick } from "../plan.ts";
import { ProtobufCodec } from "../protocol/protobuf.ts";
import { AwaitedMessage } from "./awaited_messages.ts";
import { isOfHead, prepareCapture, type PreparedCapture } from "./captures.ts";
import { GrpcMessages } from "./grpc_messages.ts";
import type { ResponseWish } from "./host.ts";
import { RequestWriter } from "./request_writer.ts";
import { prepareChecks, type PreparedCheck } from "./response_checks.ts";
import type { WriterParts } from "./template_writer.ts";

/** A request of the plan, made ready for the hot path. */
export type PreparedRequest = Readonly<{
  plan: Request;
  writer: RequestWriter;
  wish: ResponseWish;
  /** 1 where its status is judged, which is a check; 0 where it has none, or any is good. */
  statusChecks: number;
  /** 1 where the status is as expected, by status. */
  statusOk: Uint8Array;
  /** Behind the status. */
  checks: readonly PreparedCheck[];
  captures: readonly PreparedCapture[];
  /** Its target sets cookies that are kept. */
  keepsCookies: boolean;
  /** There is nothing to do with a response but to judge its status. */
  isPlain: boolean;
  /** It opens a WebSocket, or is done on one. */
  isOnWebSocket: boolean;
  /** Which message it waits for; null where its response is none. */
  awaited: AwaitedMessage | null;
  /** Makes JSON of a message of gRPC, or null where it is none of its type; null where responses are none. */
  decode: ((message: Uint8Array) => Uint8Array | null) | null;
}>;

/** Makes every request of the plan ready: literals encoded, patterns compiled, statuses looked up. */
export function prepareRequests(known: Omit<WriterParts, "codec" | "scratch">): PreparedRequest[] {
  const { plan } = known;
  const codec = new ProtobufCodec(plan.messageTypes);
  const parts = { ...known, codec, scratch: new Uint8Array(plan.bounds.requestBytes) };
  const stepOf = stepsOfRequests(plan);
  const keeping = requestsThatKeep(plan);
  return plan.requests.map((request, id) => {
    const step = stepOf.get(id);
    assert(step !== undefined, "every request belongs to a step");
    const { expect, captures, redirects, retry, grpc } = request;
    const checks = prepareChecks(expect);
    const hasHead = request.kind === "http" || request.kind === "webSocket";
    const keepsCookies = hasHead && plan.targets[request.target].cookies;
    const followsHead = redirects > 0 || keepsCookies;
    return {
      plan: request,
      writer: new RequestWriter(parts, request, plan.steps[step].salt),
      wish: {
        request: id,
        kind: request.kind,
        stream: grpc !== null ? "grpc" : request.stream?.kind ?? null,
        keepMessages: keeping.has(id),
        head: request.method === "HEAD",
        keepBody: expect.body.length > 0 || expect.json.length > 0 ||
          captures.some((it) => !isOfHead(it.from)),
        keepHead: followsHead || expect.headers.length > 0 || captures.some((it) => isOfHead(it.from)),
      },
      statusChecks: judgesStatus(request) ? 1 : 0,
      statusOk: judgesStatus(request) ? statusTable(expect.status) : ANY_STATUS,
      checks,
      captures: captures.map((capture) => prepareCapture(capture, plan.bounds.captureBytes)),
      keepsCookies,
      isPlain: checks.length === 0 && captures.length === 0 && !followsHead && retry === null &&
        grpc === null,
      isOnWebSocket: request.kind !== "http",
      awaited: awaitedBy(request),
      decode: grpc === null ? null : decoder(new GrpcMessages(codec, grpc.responseType)),
    };
  });
}

/** By position in the plan's requests, the step that makes it. */
export function stepsOfRequests({ flows }: Plan): ReadonlyMap<number, number> {
  const instructions = flows.flatMap(({ program }) => program);
  return new Map(
    instructions.flatMap((it) =>
      it.kind === "request" || it.kind === "webSocket" ? [[it.request, it.step]] : []
    ),
  );
}

/** Whether a response's status is a check; on a WebSocket, where nothing is said of it, any is good. */
export function judgesStatus({ kind, expect }: Request): boolean {
  return kind === "http" || kind === "webSocket" || expect.status.length > 0;
}

/** Those that open a WebSocket on which something is received. */
function requestsThatKeep({ flows, requests }: Plan): ReadonlySet<number> {
  const receives = ({ program }: Flow, from: number, to: number) =>
    program.slice(from, to).some((it) => it.kind === "request" && requests[it.request].kind === "receive");
  return new Set(
    flows.flatMap((flow) =>
      flow.program.flatMap((it, at) =>
        it.kind === "webSocket" && receives(flow, at, it.end) ? [it.request] : []
      )
    ),
  );
}

function awaitedBy({ kind, stream }: Request): AwaitedMessage | null {
  if (stream !== null) return new AwaitedMessage(stream);
  return kind === "receive" ? new AwaitedMessage({ kind: "webSocket", until: null, count: 0 }) : null;
}

function decoder(messages: GrpcMessages): (message: Uint8Array) => Uint8Array | null {
  return (message) => messages.json(message);
}

/** Of HTTP, of gRPC and of closed WebSockets. */
const STATUSES = 5_000;
const ANY_STATUS = new Uint8Array(STATUSES).fill(1);

function statusTable(ranges: readonly StatusRange[]): Uint8Array {
  const table = new Uint8Array(STATUSES);
  for (const [from, to] of ranges) table.fill(1, from, to + 1);
  return table;
}

/** May a request be tried again that ended with `error` (0: none) and `status` (0: none), after `tries` in vain? */
export function mayRetry({ retry }: Request, error: number, status: number, tries: number): boolean {
  return retry !== null && tries < retry.times &&
    (retry.errors.includes(error) || retry.statuses.some(([from, to]) => status >= from && status <= to));
}

/** The wait before try number `next` (from 2): twice the one before it, from the least to the most. */
export function retryWait({ retry }: Request, next: number): Tick {
  assert(retry !== null, "only a request with a retry is tried again");
  return Math.min(retry.maxTicks, retry.minTicks * 2 ** (next - 2));
}
