/** How long a template can become when it is rendered. */
import type { Slot, Template } from "../../runtime/plan.ts";

/** A host name has at most 253 characters (RFC 1035 section 2.3.4); then a colon and a port. */
const LONGEST_AUTHORITY = 260;
/** Decimal digits of 2^32 − 1, the highest session, VU or pass of a repeat. */
const U32_DIGITS = 10;
const UUID_BYTES = 36;
/** `2026-11-21T12:34:56.789Z` */
const NOW_BYTES = 24;

/** UTF-8 bytes of a text. */
export function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** Bytes of the longest rendering. `bodyBytes` is what `content-length` may have to say at most. */
export function longestBytes(template: Template, bodyBytes: number): number {
  return template
    .map((part) => typeof part === "string" ? byteLength(part) : longestSlot(part, bodyBytes))
    .reduce((sum, bytes) => sum + bytes, 0);
}

function longestSlot(slot: Slot, bodyBytes: number): number {
  switch (slot.slot) {
    case "authority":
      return LONGEST_AUTHORITY;
    case "content-length":
      return String(bodyBytes).length;
    case "session":
    case "vu":
    case "loop":
      return U32_DIGITS;
    case "uuid":
      return UUID_BYTES;
    case "now":
      return NOW_BYTES;
    case "int":
      return Math.max(String(slot.min).length, String(slot.max).length);
    case "stage":
    case "choice":
      return Math.max(...slot.texts.map(byteLength));
  }
}
