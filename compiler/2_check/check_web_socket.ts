/** A step with `websocket`: the request that opens it; what is done on it stands in `check_exchange.ts`. */
import { keyPlaceAt, nodeAt, type Path } from "../1_parse/document.ts";
import { quote } from "../diagnostic.ts";
import { checkExchange } from "./check_exchange.ts";
import { type Checking, hasUnknownKey, plainAt, report } from "./checking.ts";
import type { Header, RequestStep, Template, WebSocketStep } from "./scenario.ts";
import { type FoundStep, type MethodKey, WEBSOCKET_KEYS } from "./schema_flow.ts";
import { literalText } from "./templates.ts";
import type { WrittenStep } from "./written_steps.ts";

/** Switching Protocols. */
const OPENED = 101;

/** Keys that are spoken of elsewhere, wherever they have no meaning. */
const SPOKEN_OF: readonly string[] = ["variables", "operation", "message", "messages"];

/** The URL as other requests have it: `ws` and `wss` are `http` and `https` (RFC 6455, section 3). */
export function requestUrl(action: MethodKey, url: Template): Template {
  const [first, ...rest] = url;
  if (action !== "websocket" || typeof first !== "string") return url;
  return [first.replace(/^ws(s?):\/\//i, "http$1://"), ...rest];
}

/** `step` is its request, `isOnce` tells that nothing repeats it. Null where something is wrong. */
export function checkWebSocket(
  checking: Checking,
  written: WrittenStep,
  found: FoundStep,
  step: RequestStep,
  isOnce: boolean,
): WebSocketStep | null {
  const { path } = written;
  checkKeys(checking, path);
  checkAnswer(checking, path, found);
  checkSubprotocols(checking, step.headers);
  if (found.exchange === undefined || found.exchange.length === 0) {
    if (found.exchange === undefined && hasUnknownKey(checking, path)) return null;
    report(
      checking,
      "Z1623",
      found.exchange === undefined ? path : [...path, "exchange"],
      'nothing is done on this WebSocket; give it an exchange, as in exchange = [{ send = "hello" }, { receive = {} }]',
    );
    return null;
  }
  const exchange = checkExchange(checking, written.steps, found.exchange, {
    tags: step.tags,
    timeoutTicks: step.timeoutTicks,
    isOnce,
  });
  if (exchange === null) return null;
  const expect = { ...step.expect, status: [[OPENED, OPENED]] as const, json: [], body: [] };
  return { ...step, kind: "webSocket", expect, redirects: 0, retry: null, exchange };
}

/** `exchange` in a step that opens no WebSocket. */
export function checkForeignExchange(checking: Checking, step: Path): void {
  if (nodeAt(checking.document, [...step, "exchange"]) === undefined) return;
  const at = keyPlaceAt(checking.document, [...step, "exchange"]);
  const words = 'exchange belongs to a step with websocket; write websocket = "/path", or remove it';
  report(checking, "Z1622", at, words);
}

function checkKeys(checking: Checking, step: Path): void {
  const node = nodeAt(checking.document, step);
  const keys = node?.kind === "table" ? [...node.entries.keys()] : [];
  for (const key of keys) {
    if (WEBSOCKET_KEYS.includes(key) || SPOKEN_OF.includes(key)) continue;
    if (plainAt(checking, [...step, key]) === undefined) continue;
    const words = `${key} has no meaning beside websocket, which opens a WebSocket by a plain GET; remove it`;
    report(checking, "Z1622", keyPlaceAt(checking.document, [...step, key]), words);
  }
}

/** What opens a WebSocket is a response of status 101, which has headers and no body. */
function checkAnswer(checking: Checking, step: Path, found: FoundStep): void {
  for (const key of ["status", "json", "body"]) {
    if (plainAt(checking, [...step, "expect", key]) === undefined) continue;
    const words =
      `${key} is not for this step to expect: a WebSocket opens with status 101 and without a body; ` +
      "what messages must be stands in receive";
    report(checking, "Z1622", keyPlaceAt(checking.document, [...step, "expect", key]), words);
  }
  for (const [name, { header, cookie }] of Object.entries(found.capture)) {
    if (header !== undefined || cookie !== undefined) continue;
    const words = `the capture ${quote(name)} is of a body, and what opens a WebSocket has none; ` +
      "take it from a message, beside receive, or from a header";
    report(checking, "Z1622", [...step, "capture", name], words);
  }
}

/** RFC 6455, section 4.1: tokens, each once. */
function checkSubprotocols(checking: Checking, headers: readonly Header[]): void {
  for (const { name, value, place } of headers) {
    const text = literalText(value);
    if (name !== "sec-websocket-protocol" || text === null) continue;
    const tokens = text.split(",").map((token) => token.trim());
    const wrong = tokens.find((token) => !/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(token));
    const twice = tokens.find((token, index) => tokens.indexOf(token) < index);
    if (wrong !== undefined) {
      const words = `${quote(wrong)} is no subprotocol; write names without spaces, with commas between them`;
      report(checking, "Z1632", place, words);
    } else if (twice !== undefined) {
      report(checking, "Z1632", place, `the subprotocol ${quote(twice)} is asked for twice; once is enough`);
    }
  }
}
