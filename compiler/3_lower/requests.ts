/** A request step → the bytes it sends and what must come back. */
import type { Request } from "../../runtime/plan.ts";
import type { Part, Template } from "../../runtime/plan_templates.ts";
import type { Header, RequestStep, Target, WebSocketStep } from "../2_check/scenario.ts";
import { lowerAuthorization } from "./authorization.ts";
import { lowerBody, type LoweredBody } from "./bodies.ts";
import { IN_HEADER } from "./encodings.ts";
import { lowerCaptures, lowerExpect } from "./expectations.ts";
import { grpcHeaders, lowerGrpc, lowerStream } from "./streams.ts";
import { lowerRetry } from "./retries.ts";
import { literalBytes } from "./template_size.ts";
import { isLiteral, lowerTemplate, mergeLiterals, type SlotContext } from "./templates.ts";
import { lowerUrl } from "./urls.ts";

/** What all requests of a scenario share. */
export type RequestContext = Readonly<
  { targets: readonly Target[]; stages: readonly string[]; version: string }
>;

/** Positions in the plan of what a request names. */
export type Positions = Pick<SlotContext, "captureAt" | "secretAt">;

/**
 * Random draws are numbered as they stand on the wire: URL, headers by name, body; behind them the key of what opens a
 * WebSocket.
 */
export function lowerRequest(
  step: RequestStep | WebSocketStep,
  { targets, stages, version }: RequestContext,
  positions: Positions,
): Request {
  let uses = 0;
  const context: SlotContext = { stages, nextUse: () => uses++, ...positions };
  const target = targets[step.target];
  const url = lowerUrl(step.url, step.query, context);
  const written = writtenHeaders(target.headers, step, context);
  const body = lowerBody(step.body, context);
  const implied = step.kind === "webSocket"
    ? openingHeaders(target, version, context)
    : impliedHeaders(step, body, target, version);
  const headers = new Map([...implied, ...written]);
  return {
    kind: step.kind === "webSocket" ? "webSocket" : "http",
    target: step.target,
    method: step.method,
    head: lowerHead(step.method, url, headers),
    body: body.template,
    isBinary: false,
    stream: step.stream === null ? null : lowerStream(step.stream, context),
    grpc: step.body.kind === "grpc" ? lowerGrpc(step.body) : null,
    timeoutTicks: step.timeoutTicks,
    onError: step.onError,
    expect: lowerExpect(step.expect),
    captures: lowerCaptures(step.captures, (name) => positions.captureAt(name, "flow")),
    redirects: step.redirects,
    retry: step.retry === null ? null : lowerRetry(step.retry),
  };
}

/** A header's line, or what stands for one: `cookies` brings its own name. */
type WireHeader = readonly [name: string, line: Template];

/** By name, each once: the step's replace what `auth` says, and that the target's. */
function writtenHeaders(
  ofTarget: readonly Header[],
  { auth, headers }: RequestStep | WebSocketStep,
  context: SlotContext,
): WireHeader[] {
  const values = new Map<string, () => Template>();
  const write = ({ name, value }: Header) => values.set(name, () => lowerTemplate(value, IN_HEADER, context));
  ofTarget.forEach(write);
  if (auth.kind !== "none") values.set("authorization", () => lowerAuthorization(auth, context));
  headers.forEach(write);
  return [...values].sort(byName).map(([name, value]) => headerLine(name, value()));
}

/** What a request says without being told to. A header of the scenario with the same name replaces it. */
function impliedHeaders(step: RequestStep, body: LoweredBody, target: Target, version: string): WireHeader[] {
  const headers = [headerLine("user-agent", [`z6c/${version}`]), ...acceptHeaders(step)];
  if (body.contentType !== null) headers.push(headerLine("content-type", [body.contentType]));
  // RFC 9110 section 8.6: also where a method that anticipates content comes without any.
  const anticipates = step.body.kind !== "none" || ["POST", "PUT", "PATCH"].includes(step.method);
  if (anticipates && step.body.kind !== "grpc") {
    headers.push(headerLine("content-length", contentLength(body.template)));
  }
  // In HTTP/2, connections are no affair of requests (RFC 9113 section 8.2.2).
  if (target.connections.kind === "per-request" && target.protocol !== "h2") {
    headers.push(headerLine("connection", ["close"]));
  }
  return [...headers, ...cookiesOf(target)];
}

/** RFC 6455 section 4.1: what asks for a WebSocket. */
function openingHeaders(target: Target, version: string, { nextUse }: SlotContext): WireHeader[] {
  return [
    headerLine("connection", ["Upgrade"]),
    headerLine("sec-websocket-key", [{ slot: "websocket-key", use: nextUse() }]),
    headerLine("sec-websocket-version", ["13"]),
    headerLine("upgrade", ["websocket"]),
    headerLine("user-agent", [`z6c/${version}`]),
    ...cookiesOf(target),
  ];
}

function cookiesOf({ cookies }: Target): WireHeader[] {
  return cookies ? [["cookie", [{ slot: "cookies" }]]] : [];
}

function acceptHeaders({ body, stream, timeoutTicks }: RequestStep): WireHeader[] {
  if (body.kind === "grpc") return grpcHeaders(timeoutTicks);
  return [headerLine("accept", [stream?.kind === "events" ? "text/event-stream" : "*/*"])];
}

function headerLine(name: string, value: Template): WireHeader {
  return [name, [`${name}: `, ...value, "\r\n"]];
}

function contentLength(body: Template): Template {
  return isLiteral(body) ? [String(literalBytes(body))] : [{ slot: "content-length" }];
}

/**
 * From the request line to the empty line (RFC 9112 section 3). `host` stands first, as RFC 9110 section 7.2 asks
 * for; the others follow by name, since a TOML table has no order.
 */
function lowerHead(method: string, url: readonly Part[], headers: ReadonlyMap<string, Template>): Template {
  return mergeLiterals([
    `${method} `,
    ...url,
    " HTTP/1.1\r\nhost: ",
    { slot: "authority" },
    "\r\n",
    ...[...headers].sort(byName).flatMap(([, line]) => line),
    "\r\n",
  ]);
}

function byName([left]: readonly [string, unknown], [right]: readonly [string, unknown]): number {
  return left < right ? -1 : 1;
}
