/** How long a template can become when it is rendered. */
import type { Slot, Template } from "../../runtime/plan_templates.ts";
import { encodeValue, longestEncodedByte } from "./encodings.ts";

/** A host name has at most 253 characters (RFC 1035 section 2.3.4); then a colon and a port. */
const LONGEST_AUTHORITY = 260;
/** Decimal digits of 2^32 − 1, the highest session, VU or pass of a repeat. */
const U32_DIGITS = 10;
const UUID_BYTES = 36;
/** 16 bytes in base64. */
const WEBSOCKET_KEY_BYTES = 24;
/** `2026-11-21T12:34:56.789Z` */
const NOW_BYTES = 24;
const SECRET_BYTES = 4_096;
/** All cookies of a session, their header's name included. */
const COOKIES_BYTES = 8_192 + "cookie: \r\n".length;

/** What slots can bring at most. */
export type SlotBounds = Readonly<{
  /** What `content-length` may have to say. */
  bodyBytes: number;
  captureBytes: number;
  /** Of every table the cells of every column. */
  cells: readonly (readonly (readonly string[])[])[];
}>;

/** Of a template that has no slots. */
export function literalBytes(template: Template): number {
  return longestBytes(template, { bodyBytes: 0, captureBytes: 0, cells: [] });
}

/** UTF-8 bytes of a text. */
export function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** Bytes of the longest rendering. */
export function longestBytes(template: Template, bounds: SlotBounds): number {
  return template
    .map((part) => {
      if (typeof part === "string") return byteLength(part);
      return "base64" in part ? Uint8Array.fromBase64(part.base64).length : longestSlot(part, bounds);
    })
    .reduce((sum, bytes) => sum + bytes, 0);
}

function longestSlot(slot: Slot, bounds: SlotBounds): number {
  switch (slot.slot) {
    case "authority":
      return LONGEST_AUTHORITY;
    case "content-length":
      return String(bounds.bodyBytes).length;
    case "session":
    case "vu":
    case "loop":
      return U32_DIGITS;
    case "uuid":
      return UUID_BYTES;
    case "websocket-key":
      return WEBSOCKET_KEY_BYTES;
    case "now":
      return NOW_BYTES;
    case "int":
      return Math.max(String(slot.min).length, String(slot.max).length);
    case "stage":
    case "choice":
      return Math.max(...slot.texts.map(byteLength));
    case "data":
      return bounds.cells[slot.table][slot.column]
        .reduce((most, cell) => Math.max(most, byteLength(encodeValue(cell, slot.encoding))), 0);
    case "capture":
      // Where a URL is wanted, a value without `/` gets one.
      return (slot.encoding === "target" ? 1 : 0) + bounds.captureBytes * longestEncodedByte(slot.encoding);
    case "secret":
      return SECRET_BYTES * longestEncodedByte(slot.encoding);
    case "basic":
      return 4 * Math.ceil((longestBytes(slot.user, bounds) + 1 + longestBytes(slot.password, bounds)) / 3);
    case "cookies":
      return COOKIES_BYTES;
  }
}
