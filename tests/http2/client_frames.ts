/** What a client wrote, cut into frames and told in words. */
import assert from "node:assert/strict";
import { toHex } from "./hex.ts";

export type ClientFrame = Readonly<{ type: number; flags: number; stream: number; payload: Uint8Array }>;

const PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const NAMES = ["DATA", "HEADERS", "PRIORITY", "RST_STREAM", "SETTINGS", "PUSH_PROMISE", "PING", "GOAWAY"]
  .concat(["WINDOW_UPDATE", "CONTINUATION"]);

/** All of `bytes`, which begin with the preface where `fromStart`. */
export function clientFrames(bytes: Uint8Array, fromStart = true): ClientFrame[] {
  const frames: ClientFrame[] = [];
  let at = 0;
  if (fromStart) {
    assert.equal(String.fromCharCode(...bytes.subarray(0, PREFACE.length)), PREFACE);
    at = PREFACE.length;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  while (at < bytes.length) {
    const length = view.getUint32(at) >>> 8;
    const payload = bytes.slice(at + 9, at + 9 + length);
    assert.equal(payload.length, length, "frames are whole");
    frames.push({ type: bytes[at + 3], flags: bytes[at + 4], stream: view.getUint32(at + 5), payload });
    at += 9 + length;
  }
  return frames;
}

/** `RST_STREAM 1 flags 0: 00000008` */
export function frameText({ type, flags, stream, payload }: ClientFrame): string {
  return `${NAMES[type]} ${stream} flags ${flags}: ${toHex(payload)}`;
}
