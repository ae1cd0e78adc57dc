/** Frames as a server sends them, right or wrong, written as RFC 9113 draws them. */
import { FLAG, FRAME } from "../../runtime/protocol/http2_frames.ts";
import { octetsOf } from "../../runtime/protocol/octets.ts";

export type Wire = readonly number[];

export function frame(type: number, flags: number, stream: number, payload: ArrayLike<number>): Wire {
  const { length } = payload;
  const header = [length >>> 16, (length >>> 8) & 255, length & 255, type, flags];
  return [...header, ...uint32(stream), ...Array.from(payload)];
}

export function uint32(value: number): Wire {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255);
}

/** By pairs of number and value. */
export function settings(...pairs: readonly (readonly [number, number])[]): Wire {
  return frame(FRAME.settings, 0, 0, pairs.flatMap(([setting, value]) => [0, setting, ...uint32(value)]));
}

export const settingsAck: Wire = frame(FRAME.settings, FLAG.ack, 0, []);

/** A header block of literals that nobody is to remember. */
export function block(...fields: readonly (readonly [name: string, value: string])[]): Wire {
  return fields.flatMap(([name, value]) => [0, ...text(name), ...text(value)]);
}

function text(value: string): Wire {
  const { length } = value;
  const prefix = length < 127
    ? [length]
    : [127, (length - 127) % 128 + 128, Math.floor((length - 127) / 128)];
  return [...prefix, ...octetsOf(value)];
}

/** HEADERS, whole. */
export function headers(stream: number, payload: Wire, flags = 0): Wire {
  return frame(FRAME.headers, FLAG.endHeaders | flags, stream, payload);
}

export function data(stream: number, content: string, flags = 0): Wire {
  return frame(FRAME.data, flags, stream, octetsOf(content));
}

export function padded(stream: number, content: string, padding: number, flags = 0): Wire {
  const payload = [padding, ...octetsOf(content), ...new Array<number>(padding).fill(0)];
  return frame(FRAME.data, FLAG.padded | flags, stream, payload);
}

export function resetStream(stream: number, code: number): Wire {
  return frame(FRAME.resetStream, 0, stream, uint32(code));
}

export function goAway(lastStream: number, code: number, debug = ""): Wire {
  return frame(FRAME.goAway, 0, 0, [...uint32(lastStream), ...uint32(code), ...octetsOf(debug)]);
}

export function windowUpdate(stream: number, bytes: number): Wire {
  return frame(FRAME.windowUpdate, 0, stream, uint32(bytes));
}
