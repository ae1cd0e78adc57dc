/**
 * For tests: what RFC 9112 says of a response, written a second time over strings and regular expressions. It reads
 * whole inputs, without limits and without speed.
 */
import type { Failure } from "../../runtime/protocol/parsed.ts";
import type { Reading, ReadingWish } from "./response_reading.ts";

const TEXT = "[\\t\\x20-\\x7e\\x80-\\xff]";
const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const STATUS_LINE = new RegExp(`^HTTP/1\\.(\\d) ([1-9]\\d\\d)(?: ${TEXT}*)?\\r?\\n`);
const FIELD = new RegExp(`^(${TOKEN}):((?:${TEXT}|\\r?\\n[ \\t])*)\\r?\\n(?=[^ \\t])`);
/** As much of a field as is well formed. */
const FIELD_START = new RegExp(`^(?:${TOKEN}(?::(?:${TEXT}|\\r?\\n[ \\t])*(?:\\r?\\n|\\r)?)?)?`);
const CHUNK_LINE = new RegExp(`^([0-9A-Fa-f]+)[ \\t]*(?:;${TEXT}*)?\\r\\n`);
const CHUNK_LINE_START = new RegExp(`^(?:[0-9A-Fa-f]+(?:[ \\t]*(?:;${TEXT}*)?(?:\\r\\n?)?)?)?`);

/** Where and why reading stopped: null where more bytes are needed. */
class Stop {
  constructor(readonly failure: Failure | null, readonly at: number) {}
}

type Field = Readonly<{ name: string; value: string }>;

export function modelResponse(wire: string, wish: ReadingWish): Reading {
  const reading: Reading = {
    parsed: "done",
    status: 0,
    headBytes: 0,
    bodyBytes: 0,
    contentBytes: 0,
    body: "",
    keepAlive: false,
    failure: null,
    consumed: 0,
  };
  let isInBody = false;
  try {
    let minorVersion: number;
    let fields: readonly Field[];
    do {
      reading.status = 0;
      minorVersion = statusLine(wire, reading);
      fields = fieldsAt(wire, reading);
      if (reading.status === 101) throw new Stop("protocol.upgrade", reading.consumed);
    } while (reading.status < 200);
    reading.headBytes = reading.consumed;
    isInBody = true;
    readBody(wire, wish, reading, fields, minorVersion);
  } catch (stop) {
    if (!(stop instanceof Stop)) throw stop;
    reading.consumed = stop.at;
    reading.failure = stop.failure ?? (wish.closes ? "receive.closed" : null);
    reading.parsed = reading.failure === null ? "more" : "failed";
    reading.keepAlive = false;
  }
  if (!isInBody) reading.headBytes = reading.consumed;
  reading.bodyBytes = reading.consumed - reading.headBytes;
  reading.contentBytes = reading.body.length;
  if (!wish.keepBody) reading.body = "";
  return reading;
}

function statusLine(wire: string, reading: Reading): number {
  const at = reading.consumed;
  for (let i = 0; i < 7; i++) {
    if (at + i >= wire.length) throw new Stop(null, wire.length);
    if (wire[at + i] !== "HTTP/1."[i]) throw new Stop("protocol.status-line", at + i + 1);
  }
  const lineFeed = wire.indexOf("\n", at);
  if (lineFeed < 0) throw new Stop(null, wire.length);
  const match = STATUS_LINE.exec(wire.slice(at, lineFeed + 1));
  if (match === null) throw new Stop("protocol.status-line", lineFeed + 1);
  reading.status = Number(match[2]);
  reading.consumed = lineFeed + 1;
  return Number(match[1]);
}

function fieldsAt(wire: string, reading: Reading): Field[] {
  const fields: Field[] = [];
  for (;;) {
    const rest = wire.slice(reading.consumed);
    const empty = /^\r?\n/.exec(rest);
    if (empty !== null) {
      reading.consumed += empty[0].length;
      return fields;
    }
    const match = FIELD.exec(rest);
    if (match === null) {
      const well = rest === "\r" ? 1 : (FIELD_START.exec(rest)?.[0].length ?? 0);
      const lineFeed = rest.indexOf("\n", well);
      if (well === rest.length || lineFeed < 0) throw new Stop(null, wire.length);
      throw new Stop("protocol.header", reading.consumed + lineFeed + 1);
    }
    fields.push({ name: match[1].toLowerCase(), value: match[2].replaceAll(/\r?\n/g, " ") });
    reading.consumed += match[0].length;
  }
}

function readBody(
  wire: string,
  wish: ReadingWish,
  reading: Reading,
  fields: readonly Field[],
  minorVersion: number,
): void {
  const elements = (name: string) =>
    fields.filter((field) => field.name === name)
      .flatMap((field) =>
        field.value.split(",").map((element) => element.replaceAll(/^[ \t]+|[ \t]+$/g, ""))
      );
  const options = elements("connection").map((option) => option.toLowerCase());
  const lengths = elements("content-length");
  const hasCoding = fields.some((field) => field.name === "transfer-encoding");
  const mayReuse = !options.includes("close") && (minorVersion > 0 || options.includes("keep-alive")) &&
    !(hasCoding && (lengths.length > 0 || minorVersion === 0));
  if (wish.head || reading.status === 204 || reading.status === 304) {
    reading.keepAlive = mayReuse;
  } else if (hasCoding) {
    const codings = elements("transfer-encoding").filter((coding) => coding !== "");
    if (codings.length !== 1 || codings[0].toLowerCase() !== "chunked") {
      throw new Stop("protocol.transfer-encoding", reading.consumed);
    }
    readChunks(wire, reading);
    fieldsAt(wire, reading);
    reading.keepAlive = mayReuse;
  } else if (lengths.length > 0) {
    const isWell = lengths.every((length) =>
      /^\d+$/.test(length) && BigInt(length) === BigInt(lengths[0]) && BigInt(length) < 2n ** 53n
    );
    if (!isWell) throw new Stop("protocol.content-length", reading.consumed);
    take(wire, reading, Number(lengths[0]));
    reading.keepAlive = mayReuse;
  } else {
    take(wire, reading, wire.length - reading.consumed);
    if (!wish.closes) throw new Stop(null, wire.length);
  }
}

function readChunks(wire: string, reading: Reading): void {
  for (;;) {
    const at = reading.consumed;
    const rest = wire.slice(at);
    const digits = /^[0-9A-Fa-f]*/.exec(rest)?.[0] ?? "";
    for (let i = 1; i <= digits.length; i++) {
      if (BigInt("0x" + digits.slice(0, i)) >= 2n ** 53n) throw new Stop("protocol.chunk", at + i);
    }
    const line = CHUNK_LINE.exec(rest);
    if (line === null) {
      const well = CHUNK_LINE_START.exec(rest)?.[0].length ?? 0;
      if (well === rest.length) throw new Stop(null, wire.length);
      throw new Stop("protocol.chunk", at + well + 1);
    }
    reading.consumed += line[0].length;
    const sizeBytes = Number("0x" + line[1]);
    if (sizeBytes === 0) return;
    take(wire, reading, sizeBytes);
    for (const expected of "\r\n") {
      if (reading.consumed === wire.length) throw new Stop(null, wire.length);
      if (wire[reading.consumed++] !== expected) throw new Stop("protocol.chunk", reading.consumed);
    }
  }
}

function take(wire: string, reading: Reading, count: number): void {
  const content = wire.slice(reading.consumed, reading.consumed + count);
  reading.body += content;
  reading.consumed += content.length;
  if (content.length < count) throw new Stop(null, wire.length);
}
