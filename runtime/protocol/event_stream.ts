/** Server-sent events, as the WHATWG's HTML standard reads them (section 9.2.6, "Interpreting an event stream"). */
import { GrowingBytes } from "./growing_bytes.ts";
import { KEPT_MESSAGE_BYTES } from "./message_payload.ts";
import { COLON, CR, LF, octetsOf, SP } from "./octets.ts";
import { PARSED } from "./parsed.ts";

const FIELD = {
  data: octetsOf("data"),
  event: octetsOf("event"),
  id: octetsOf("id"),
  retry: octetsOf("retry"),
} as const;
const BYTE_ORDER_MARK = Uint8Array.of(0xef, 0xbb, 0xbf);
const JOINT = Uint8Array.of(LF);

/**
 * Reads `text/event-stream`, whatever stands in it: the standard knows no wrong line. What is no UTF-8 becomes U+FFFD
 * when it is decoded; data stays bytes. An event that the stream's end cuts off is none.
 */
export class EventStreamReader {
  /** The index behind the last byte used by the last feed. */
  consumed = 0;
  /** Null until a feed says `PARSED.failed`: a line, or data that is kept, is longer than 16 MiB. */
  failure: "too-large.message" | null = null;
  /** Of the event that the last feed found; `message` where the stream gives it no name. */
  event = "";
  dataBytes = 0;
  /** The last one given, by this event or one before it. */
  lastEventId = "";
  /** How long the stream asks to wait before a new connection; −1 where it does not say. */
  retryMs = -1;

  #keepData = true;
  #isFirstLine = true;
  #isBehindReturn = false;
  #isTold = false;
  #hasData = false;
  #name = "";
  #id = "";
  /** A line whose end has not come. */
  readonly #line = new GrowingBytes();
  readonly #data = new GrowingBytes();
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });

  /** Prepares for a new stream. `keepData`: data is handed over, and otherwise only counted. */
  begin(keepData: boolean): void {
    this.failure = null;
    this.lastEventId = "";
    this.retryMs = -1;
    this.#keepData = keepData;
    this.#isFirstLine = true;
    this.#isBehindReturn = false;
    this.#id = "";
    this.#line.clear();
    this.#clearEvent();
  }

  /** Reads bytes[start, end) up to the end of the first event; returns a `PARSED`, `done` for an event. */
  feed(bytes: Uint8Array, start: number, end: number): number {
    this.consumed = start;
    if (this.#isTold) this.#clearEvent();
    while (this.failure === null && this.consumed < end) {
      const at = this.consumed;
      if (this.#isBehindReturn) {
        this.#isBehindReturn = false;
        if (bytes[at] === LF) {
          this.consumed++;
          continue;
        }
      }
      const lineEnd = lineEndFrom(bytes, at, end);
      this.consumed = Math.min(end, lineEnd + 1);
      if (this.#line.length + lineEnd - at > KEPT_MESSAGE_BYTES) {
        this.failure = "too-large.message";
      } else if (lineEnd === end) {
        this.#line.append(bytes, at, end);
      } else {
        this.#isBehindReturn = bytes[lineEnd] === CR;
        if (this.#wholeLine(bytes, at, lineEnd)) return PARSED.done;
      }
    }
    return this.failure === null ? PARSED.more : PARSED.failed;
  }

  /** Data of the event that the last feed found, its lines joined by LF; good until the next feed. */
  data(): Uint8Array {
    return this.#data.bytes.subarray(0, this.#data.length);
  }

  #clearEvent(): void {
    this.dataBytes = 0;
    this.#isTold = false;
    this.#hasData = false;
    this.#name = "";
    this.#data.clear();
  }

  /** bytes[from, to) end the line; whether it ends an event. */
  #wholeLine(bytes: Uint8Array, from: number, to: number): boolean {
    const line = this.#line;
    if (line.length === 0) return this.#readLine(bytes, from, to);
    line.append(bytes, from, to);
    const endsEvent = this.#readLine(line.bytes, 0, line.length);
    line.clear();
    return endsEvent;
  }

  #readLine(bytes: Uint8Array, start: number, end: number): boolean {
    const isMarked = this.#isFirstLine && isExactly(bytes, start, Math.min(start + 3, end), BYTE_ORDER_MARK);
    const from = isMarked ? start + 3 : start;
    this.#isFirstLine = false;
    if (from === end) return this.#endEvent();
    let colon = from;
    while (colon < end && bytes[colon] !== COLON) colon++;
    const value = bytes[colon + 1] === SP ? colon + 2 : colon + 1;
    this.#readField(bytes, from, colon, Math.min(value, end), end);
    return false;
  }

  #readField(bytes: Uint8Array, from: number, colon: number, value: number, end: number): void {
    if (isExactly(bytes, from, colon, FIELD.data)) {
      this.#addData(bytes, value, end);
    } else if (isExactly(bytes, from, colon, FIELD.event)) {
      this.#name = this.#decoder.decode(bytes.subarray(value, end));
    } else if (isExactly(bytes, from, colon, FIELD.id)) {
      const id = this.#decoder.decode(bytes.subarray(value, end));
      if (!id.includes("\0")) this.#id = id;
    } else if (isExactly(bytes, from, colon, FIELD.retry)) {
      const digits = this.#decoder.decode(bytes.subarray(value, end));
      if (/^\d{1,15}$/.test(digits)) this.retryMs = Number(digits);
    }
  }

  #addData(bytes: Uint8Array, from: number, to: number): void {
    const jointBytes = this.#hasData ? 1 : 0;
    this.#hasData = true;
    this.dataBytes += jointBytes + to - from;
    if (!this.#keepData) return;
    if (this.dataBytes > KEPT_MESSAGE_BYTES) {
      this.failure = "too-large.message";
      return;
    }
    this.#data.append(JOINT, 0, jointBytes);
    this.#data.append(bytes, from, to);
  }

  /** An empty line: an event, where there was data. */
  #endEvent(): boolean {
    this.lastEventId = this.#id;
    if (!this.#hasData) {
      this.#name = "";
      return false;
    }
    this.event = this.#name === "" ? "message" : this.#name;
    this.#isTold = true;
    return true;
  }
}

/** The index of the CR or LF that ends the line, or `end`. */
function lineEndFrom(bytes: Uint8Array, at: number, end: number): number {
  let i = at;
  while (i < end && bytes[i] !== LF && bytes[i] !== CR) i++;
  return i;
}

function isExactly(bytes: Uint8Array, at: number, end: number, wanted: Uint8Array): boolean {
  if (end - at !== wanted.length) return false;
  for (let i = 0; i < wanted.length; i++) if (bytes[at + i] !== wanted[i]) return false;
  return true;
}
