/** For tests: reads what a server sends on a WebSocket, in pieces, and writes down what the reader says of it. */
import { WEBSOCKET_READ, WebSocketReader } from "../../runtime/protocol/websocket_reader.ts";

const decoder = new TextDecoder();

/** `text a`, `binary 00ff`, `ping …`, `pong …` (as hexadecimal digits), `close 1000 reason`, or the name of a failure. */
export function readFrames(
  wire: Uint8Array,
  splits: readonly number[],
  keepPayload = true,
  reader = new WebSocketReader(),
): string[] {
  reader.begin(keepPayload);
  const found: string[] = [];
  for (const [i, to] of [...splits, wire.length].entries()) {
    const from = i === 0 ? 0 : splits[i - 1];
    // In a buffer of its own, which is wiped behind the reader: whatever it must keep, it must copy.
    const piece = Uint8Array.of(0x81, 1, ...wire.subarray(from, to), 0x88, 0);
    const end = piece.length - 2;
    for (let at = 2; at <= end; at = reader.consumed) {
      const read = reader.feed(piece, at, end);
      if (reader.consumed < at || reader.consumed > end) throw new Error("Consumed what was not fed");
      if (read === WEBSOCKET_READ.more) {
        if (reader.consumed < end) throw new Error("Left bytes and wants more");
        break;
      }
      found.push(told(reader, read, keepPayload));
      if (read === WEBSOCKET_READ.failed) return found;
    }
    piece.fill(0xee);
  }
  return found;
}

function told(reader: WebSocketReader, read: number, keepPayload: boolean): string {
  if (read === WEBSOCKET_READ.failed) return reader.failure ?? "failed without a failure";
  const payload = reader.payload();
  const isMessage = read === WEBSOCKET_READ.text || read === WEBSOCKET_READ.binary;
  const isKept = keepPayload || !isMessage;
  if (payload.length !== (isKept ? reader.payloadBytes : 0)) {
    throw new Error("The payload has another length");
  }
  if (isMessage && !keepPayload) return `message of ${reader.payloadBytes}`;
  switch (read) {
    case WEBSOCKET_READ.text:
      return `text ${decoder.decode(payload)}`;
    case WEBSOCKET_READ.binary:
      return `binary ${hex(payload)}`;
    case WEBSOCKET_READ.ping:
      return `ping ${hex(payload)}`;
    case WEBSOCKET_READ.pong:
      return `pong ${hex(payload)}`;
    default:
      return `close ${reader.closeCode} ${reader.closeReason()}`.trimEnd();
  }
}

/** As the readings above have it. */
export function hex(bytes: Iterable<number>): string {
  return Array.from(bytes, (octet) => octet.toString(16).padStart(2, "0")).join("");
}
