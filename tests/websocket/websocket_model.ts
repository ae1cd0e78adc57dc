/** For tests: what a WebSocket's client makes of all that a server sent, as slowly and plainly as RFC 6455 has it. */
import { hex } from "./websocket_reading.ts";

const CODES = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014];

type Message = { opcode: number; octets: number[]; decoder: TextDecoder | null };

/** As `readFrames` writes it down. Knows no limit of 16 MiB. */
export function modelFrames(wire: Uint8Array): string[] {
  const found: string[] = [];
  let message: Message | null = null;
  for (let at = 0; at < wire.length;) {
    const [first, second] = wire.subarray(at, at + 2);
    const opcode = first & 15;
    const isFinal = first >= 128;
    const isMistaken = opcode < 8 && (opcode === 0) !== (message !== null);
    if ((first & 0x70) !== 0 || ![0, 1, 2, 8, 9, 10].includes(opcode)) return [...found, "websocket.frame"];
    if ((opcode >= 8 && !isFinal) || isMistaken) return [...found, "websocket.frame"];
    if (second === undefined) return found;
    if (second >= 128 || (opcode >= 8 && second > 125)) return [...found, "websocket.frame"];
    if (opcode === 8 && second === 1) return [...found, "websocket.frame"];
    const octetsOfLength = second === 126 ? 2 : second === 127 ? 8 : 0;
    const written = [...wire.subarray(at + 2, at + 2 + octetsOfLength)];
    if (octetsOfLength === 8 && (written[0] ?? 0) >= 128) return [...found, "websocket.frame"];
    if (written.length < octetsOfLength) return found;
    const length = octetsOfLength === 0 ? second : written.reduce((sum, octet) => sum * 256 + octet, 0);
    if (length < (octetsOfLength === 2 ? 126 : octetsOfLength === 8 ? 65_536 : 0)) {
      return [...found, "websocket.frame"];
    }
    const body = at + 2 + octetsOfLength;
    const payload = wire.subarray(body, body + length);
    const isWhole = payload.length === length;
    at = body + length;
    if (opcode < 8) {
      message ??= { opcode, octets: [], decoder: opcode === 1 ? newDecoder() : null } as Message;
      if (message.decoder !== null && !decodes(message.decoder, payload, isWhole && isFinal)) {
        return [...found, "websocket.utf8"];
      }
      message.octets.push(...payload);
      if (!isWhole || !isFinal) continue;
      const bytes = Uint8Array.from(message.octets);
      found.push(message.opcode === 1 ? `text ${new TextDecoder().decode(bytes)}` : `binary ${hex(bytes)}`);
      message = null;
    } else if (isWhole) {
      const told = opcode === 8 ? modelClose(payload) : `${opcode === 9 ? "ping" : "pong"} ${hex(payload)}`;
      found.push(told);
      if (opcode === 8) return found;
    }
  }
  return found;
}

function modelClose(payload: Uint8Array): string {
  if (payload.length === 0) return "close 1005";
  const code = payload[0] * 256 + payload[1];
  if (!CODES.includes(code) && !(code >= 3000 && code < 5000)) return "websocket.frame";
  if (!decodes(newDecoder(), payload.subarray(2), true)) return "websocket.utf8";
  return `close ${code} ${new TextDecoder().decode(payload.subarray(2))}`.trimEnd();
}

function newDecoder(): TextDecoder {
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
}

function decodes(decoder: TextDecoder, bytes: Uint8Array, isLast: boolean): boolean {
  try {
    decoder.decode(bytes, { stream: !isLast });
    return true;
  } catch {
    return false;
  }
}
