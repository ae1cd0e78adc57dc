/** A request step → the bytes it sends and what must come back. */
import type { BodyCheck, Part, Request, Template } from "../../runtime/plan.ts";
import type { BodyCheck as SourceBodyCheck, Header, RequestStep, Target } from "../2_check/scenario.ts";
import { lowerBody } from "./bodies.ts";
import { byteLength } from "./template_size.ts";
import { lowerTemplate, mergeLiterals, type SlotContext, VERBATIM } from "./templates.ts";
import { lowerUrl } from "./urls.ts";

/** What all requests of a scenario share. */
export type RequestContext = Readonly<{ target: Target; stages: readonly string[]; version: string }>;

/** Random draws are numbered as they stand on the wire: URL, headers by name, body. */
export function lowerRequest(step: RequestStep, { target, stages, version }: RequestContext): Request {
  let uses = 0;
  const context: SlotContext = { stages, nextUse: () => uses++ };
  const url = lowerUrl(step.url, step.query, context);
  const written = writtenHeaders(target.headers, step.headers).map(
    ({ name, value }): WireHeader => [name, lowerTemplate(value, VERBATIM, context)],
  );
  const body = lowerBody(step.body, context);
  const headers = new Map([...impliedHeaders(step, body, target, version), ...written]);
  return {
    method: step.method,
    head: lowerHead(step.method, url, headers),
    body,
    timeoutTicks: step.timeoutTicks,
    onError: step.onError,
    expect: { status: step.expect.status, body: step.expect.body.map(lowerCheck) },
  };
}

type WireHeader = readonly [name: string, value: Template];

/** The target's and the step's headers by name; of two with one name the step's. */
function writtenHeaders(target: readonly Header[], step: readonly Header[]): Header[] {
  const byName = new Map([...target, ...step].map((header) => [header.name, header]));
  return [...byName.values()].sort((left, right) => (left.name < right.name ? -1 : 1));
}

/** What a request says without being told to. A header of the scenario with the same name replaces it. */
function impliedHeaders(step: RequestStep, body: Template, target: Target, version: string): WireHeader[] {
  const headers: WireHeader[] = [["accept", ["*/*"]], ["user-agent", [`z6c/${version}`]]];
  if (step.body.kind === "json") headers.push(["content-type", ["application/json"]]);
  // RFC 9110 section 8.6: also where a method that anticipates content comes without any.
  if (step.body.kind !== "none" || ["POST", "PUT", "PATCH"].includes(step.method)) {
    headers.push(["content-length", contentLength(body)]);
  }
  if (target.connections.kind === "per-request") headers.push(["connection", ["close"]]);
  return headers;
}

function contentLength(body: Template): Template {
  const isLiteral = body.every((part) => typeof part === "string");
  return isLiteral ? [String(byteLength(body.join("")))] : [{ slot: "content-length" }];
}

/**
 * From the request line to the empty line (RFC 9112 section 3). `host` stands first, as RFC 9110 section 7.2 asks
 * for; the others follow by name, since a TOML table has no order.
 */
function lowerHead(method: string, url: readonly Part[], headers: ReadonlyMap<string, Template>): Template {
  const byName = [...headers].sort(([left], [right]) => (left < right ? -1 : 1));
  return mergeLiterals([
    `${method} `,
    ...url,
    " HTTP/1.1\r\nhost: ",
    { slot: "authority" },
    "\r\n",
    ...byName.flatMap(([name, value]) => [`${name}: `, ...value, "\r\n"]),
    "\r\n",
  ]);
}

function lowerCheck(check: SourceBodyCheck): BodyCheck {
  switch (check.kind) {
    case "contains":
    case "equals":
      return { kind: check.kind, text: check.text };
    case "matches":
      return { kind: "matches", pattern: check.pattern };
    case "size":
      return { kind: "size", minBytes: check.minBytes, maxBytes: check.maxBytes };
  }
}
