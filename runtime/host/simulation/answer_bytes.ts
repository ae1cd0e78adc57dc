import { askedUpgrade } from "../../protocol/websocket_handshake.ts";

/** A response before it is written. */
export type SampleAnswer = Readonly<
  { status: number; headers: readonly (readonly [name: string, value: string])[]; body: string }
>;

const FRAMING = ["content-length", "transfer-encoding"];

/** A response as a target sends it. Its length is added where it does not say it itself, its type where it has a body. */
export function answerBytes({ status, headers, body }: SampleAnswer, method: string): Uint8Array {
  const encoder = new TextEncoder();
  const content = encoder.encode(body);
  const hasBody = status !== 204 && status !== 304;
  const has = (name: string) => headers.some(([other]) => other.toLowerCase() === name);
  const lines = [`HTTP/1.1 ${status} `, ...headers.map(([name, value]) => `${name}: ${value}`)];
  if (hasBody && body !== "" && !has("content-type")) lines.push(`content-type: ${typeOf(body)}`);
  if (hasBody && !FRAMING.some(has)) lines.push(`content-length: ${content.length}`);
  const head = encoder.encode(`${lines.join("\r\n")}\r\n\r\n`);
  if (!hasBody || method === "HEAD") return head;
  const bytes = new Uint8Array(head.length + content.length);
  bytes.set(head);
  bytes.set(content, head.length);
  return bytes;
}

/** The head of a response whose content is a stream of that type. */
export function streamHead({ status, headers }: SampleAnswer, type: string): Uint8Array {
  const isTyped = headers.some(([name]) => name.toLowerCase() === "content-type");
  const fields = isTyped ? headers : [["content-type", type] as const, ...headers];
  const lines = [`HTTP/1.1 ${status} `, ...fields.map(([name, value]) => `${name}: ${value}`)];
  return new TextEncoder().encode(`${lines.join("\r\n")}\r\n\r\n`);
}

/** The response that opens the WebSocket which a request asks for, in the first subprotocol that it names. */
export function upgradeBytes({ headers }: SampleAnswer, request: Uint8Array): Uint8Array {
  const { accept, protocols } = askedUpgrade(request);
  const own = [
    ["upgrade", "websocket"],
    ["connection", "Upgrade"],
    ["sec-websocket-accept", accept],
    ...protocols.slice(0, 1).map((protocol) => ["sec-websocket-protocol", protocol]),
  ];
  const isOwn = (name: string) => own.some(([other]) => other === name.toLowerCase());
  const fields = [...own, ...headers.filter(([name]) => !isOwn(name))];
  const lines = ["HTTP/1.1 101 ", ...fields.map(([name, value]) => `${name}: ${value}`)];
  return new TextEncoder().encode(`${lines.join("\r\n")}\r\n\r\n`);
}

function typeOf(body: string): string {
  return /^[[{]/.test(body) ? "application/json" : "text/plain; charset=utf-8";
}
