/**
 * What OpenTelemetry's semantic conventions call a step's requests: those of HTTP (stable) and of RPC (as of 2026). A
 * request's own URL may hold what a session captured; its template has `{}` in the places of such values.
 */
import { requestError } from "../../runtime/ledger/errors.ts";
import { GRPC_STATUS } from "../../runtime/ledger/record.ts";
import type { Plan, Request, Target } from "../../runtime/plan.ts";
import { requestOfStep } from "../../runtime/reduce/messaging.ts";
import { grpcStatusName } from "../../runtime/reduce/status_name.ts";
import type { Entry } from "../inspect/entry.ts";

type Attributes = Readonly<Record<string, string | number | boolean | null>>;

/** `system` is null of what is done on a WebSocket: there are no conventions for that. */
export type StepConvention = Readonly<{
  system: "http" | "rpc" | null;
  /** Of its spans. */
  spanName: string;
  /** Of each of its requests. */
  attributes: Attributes;
  /** Of spans alone: not every series of metrics needs them. */
  ofSpans: Attributes;
}>;

const KNOWN_METHODS = [
  "GET",
  "HEAD",
  "POST",
  "PUT",
  "DELETE",
  "CONNECT",
  "OPTIONS",
  "TRACE",
  "PATCH",
  "QUERY",
];

/** By step. */
export function stepConventions(plan: Plan): StepConvention[] {
  return plan.steps.map((_, position) => conventionOf(plan, position));
}

function conventionOf(plan: Plan, position: number): StepConvention {
  const { flow, name, kind } = plan.steps[position];
  const request = kind === "request" ? requestOfStep(plan, position) : null;
  const own = { "z6c.flow": plan.flows[flow].name, "z6c.step": name };
  if (request === null) {
    return { system: null, spanName: name, attributes: own, ofSpans: { "z6c.kind": kind } };
  }
  const target = plan.targets[request.target];
  const server = { "server.address": target.host, "server.port": target.port };
  const path = pathTemplate(request);
  if (request.grpc !== null) {
    const method = path.replace(/^\//, "");
    const attributes = { ...own, ...server, "rpc.system.name": "grpc", "rpc.method": method };
    return { system: "rpc", spanName: method, attributes, ofSpans: {} };
  }
  const isKnown = KNOWN_METHODS.includes(request.method);
  return {
    system: "http",
    spanName: `${isKnown ? request.method : "HTTP"} ${path}`,
    attributes: {
      ...own,
      ...server,
      "http.request.method": isKnown ? request.method : "_OTHER",
      "url.template": path,
      "network.protocol.version": protocolVersion(target),
    },
    ofSpans: {
      "url.scheme": target.scheme,
      "http.request.method_original": isKnown ? null : request.method,
    },
  };
}

/** What its status and its end add. */
export function endAttributes(
  { status, error, outcome }: Pick<Entry, "status" | "error" | "outcome">,
): Attributes {
  const isGrpc = status >= GRPC_STATUS;
  const isBadStatus = isGrpc ? status !== GRPC_STATUS : status >= 400;
  const statusText = isGrpc ? grpcStatusName(status) ?? String(status - GRPC_STATUS) : String(status);
  return {
    "http.response.status_code": status > 0 && !isGrpc ? status : null,
    "rpc.response.status_code": isGrpc ? statusText : null,
    "error.type": error >= 0
      ? requestError(error).name
      : isBadStatus
      ? statusText
      : outcome === "unexpected"
      ? "check"
      : null,
  };
}

/** Of the request line, without its query. */
function pathTemplate({ head }: Request): string {
  let line = "";
  for (const part of head) {
    line += typeof part === "string" ? part : "{}";
    if (line.includes("\r\n")) break;
  }
  const [, path = "/"] = /^\S+ ([^\r\n]*?) HTTP\/1\.1\r\n/.exec(line) ?? [];
  return path.replace(/\?.*$/s, "");
}

/** Null where TLS chooses it. */
function protocolVersion({ protocol }: Target): string | null {
  switch (protocol) {
    case "http/1.1":
      return "1.1";
    case "h2":
      return "2";
    case "auto":
      return null;
  }
}
