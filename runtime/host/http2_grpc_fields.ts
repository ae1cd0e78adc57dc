/** What head and trailer of gRPC's responses say, both as text of HTTP/1.1: `name: value\r\n…`, names in lower case. */
import { COLON, CR, isWord, LF, octetsOf, SEMICOLON, SP } from "../protocol/octets.ts";

const STATUS = octetsOf("grpc-status");
const MESSAGE = octetsOf("grpc-message");
const CONTENT_TYPE = octetsOf("content-type");
const GRPC_TYPE = octetsOf("application/grpc");
const PLUS = 43;
const DIGIT_0 = 48;
const UNKNOWN = 2;
/** UNAUTHENTICATED is the last that there is. */
const LAST_STATUS = 16;

/** Statuses of HTTP that mean something to gRPC where no `grpc-status` came; all others are UNKNOWN. */
const OF_HTTP: ReadonlyMap<number, number> = new Map([
  [400, 13],
  [401, 16],
  [403, 7],
  [404, 12],
  [429, 14],
  [502, 14],
  [503, 14],
  [504, 14],
]);

/** The status of gRPC that a status of HTTP stands for. */
export function statusOfHttp(status: number): number {
  return OF_HTTP.get(status) ?? UNKNOWN;
}

/** The status that stands there, or −1; whatever gRPC does not know is UNKNOWN. */
export function grpcStatusIn(fields: Uint8Array): number {
  const at = valueOf(fields, STATUS);
  if (at < 0) return -1;
  let status = 0;
  for (let i = at; i < fields.length && fields[i] !== CR; i++) {
    const digit = fields[i] - DIGIT_0;
    if (digit < 0 || digit > 9 || status > LAST_STATUS) return UNKNOWN;
    status = status * 10 + digit;
  }
  return fields[at] === CR || status > LAST_STATUS ? UNKNOWN : status;
}

/** What a response is in place of one of gRPC, in words, or empty where it is one: `application/grpc`, `…+proto`. */
export function grpcTypeFault(head: Uint8Array): string {
  const at = valueOf(head, CONTENT_TYPE);
  if (at < 0) return "it has no content-type";
  const behind = head[at + GRPC_TYPE.length];
  const isEnd = behind === CR || behind === PLUS || behind === SEMICOLON;
  if (isEnd && isWord(head, at, at + GRPC_TYPE.length, GRPC_TYPE)) return "";
  return `its content-type is ${decoder.decode(head.subarray(at, head.indexOf(CR, at)))}`;
}

/** Head and trailer as one head, with the words of `grpc-message` as they were before they were encoded. */
export function grpcHead(head: Uint8Array, trailer: Uint8Array): Uint8Array {
  const lines = decoder.decode(head).slice(0, -2) + decoder.decode(trailer);
  const words = valueOf(trailer, MESSAGE) >= 0 || valueOf(head, MESSAGE) >= 0;
  const text = words ? lines.replace(/^grpc-message: .*/m, decodedMessage) : lines;
  return encoder.encode(`${text}\r\n`);
}

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** Percent-encoded UTF-8; what is encoded wrongly stays as it is. On one line. */
function decodedMessage(line: string): string {
  const octets = line.replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
  const text = decoder.decode(Uint8Array.from(octets, (it) => it.charCodeAt(0)));
  return text.replace(/\p{Cc}+/gu, " ");
}

/** Where the value begins of the first field of that name, or −1. */
function valueOf(fields: Uint8Array, name: Uint8Array): number {
  for (let line = 0; line < fields.length; line = fields.indexOf(LF, line) + 1) {
    if (!isNamed(fields, line, name)) continue;
    let at = line + name.length + 1;
    while (fields[at] === SP) at++;
    return at;
  }
  return -1;
}

function isNamed(fields: Uint8Array, line: number, name: Uint8Array): boolean {
  if (fields[line + name.length] !== COLON) return false;
  for (let i = 0; i < name.length; i++) {
    if (fields[line + i] !== name[i]) return false;
  }
  return true;
}
