/** The ledger's header: what was run, where and with what, so that one file explains itself. */
import type { Plan } from "../plan.ts";
import { FORMAT, HASH_BYTES, HEADER, link, MAGIC } from "./layout.ts";
import { readFully, type Source } from "./source.ts";
import { utf8 } from "./utf8.ts";

/** The header's JSON. Written in canonical order (RFC 8785); readers take any. */
export type LedgerHeader = Readonly<{
  format: 1;
  /** SHA-256 of the canonical plan, 64 hexadecimal digits. */
  plan_sha256: string;
  /** The seed that was used; differs from the plan's where it was overridden. */
  seed: number;
  /** `index` counts from 1 to `count`. */
  shard: Readonly<{ index: number; count: number }>;
  /** There only in a ledger whose target was a model: its observations are computed, and its digest is reproducible. */
  simulated?: true;
  /** Nanoseconds in a tick. */
  tick_ns: 1000;
  /** Wall-clock time when the header was written, RFC 3339; tick 0 follows as soon as all is prepared. */
  started: string;
  z6c: string;
  deno: string;
  host: Readonly<{ os: string; arch: string; kernel: string; cores: number; memory_bytes: number }>;
  /** What was changed on the command line, as it was written there. */
  overrides: readonly string[];
  plan: Plan;
}>;

/** There is no ledger to read from, not even in part. The message is for people: what was found, and the way out. */
export class LedgerUnreadable extends Error {
  override readonly name = "LedgerUnreadable";
}

/** The header as it stands in the file, its hash included: the last 32 bytes are the root of the chain. */
export function encodeHeader(headerJson: string): Uint8Array {
  const json = new TextEncoder().encode(headerJson);
  const covered = coveredBytes(json.length);
  const bytes = new Uint8Array(covered + HASH_BYTES);
  bytes.set(utf8(MAGIC));
  const view = new DataView(bytes.buffer);
  view.setUint32(HEADER.version, FORMAT, true);
  view.setUint32(HEADER.jsonBytes, json.length, true);
  bytes.set(json, HEADER.json);
  bytes.set(link(bytes.subarray(0, covered)), covered);
  return bytes;
}

export type ReadHeader = Readonly<{
  header: LedgerHeader;
  /** The JSON as it was written. */
  headerJson: string;
  /** Where the first block begins. */
  headerBytes: number;
  /** The root of the chain. */
  hash: Uint8Array;
}>;

/** Reads and checks the header. Throws `LedgerUnreadable`. */
export function readHeader(source: Source): ReadHeader {
  const start = new Uint8Array(HEADER.json);
  checkMagic(start.subarray(0, readFully(source, start, 0)));
  const view = new DataView(start.buffer);
  const version = view.getUint32(HEADER.version, true);
  if (version !== FORMAT) {
    throw new LedgerUnreadable(
      `this ledger says it is of format ${version}, and this z6c reads format ${FORMAT}; use the z6c that wrote it`,
    );
  }
  const jsonBytes = view.getUint32(HEADER.jsonBytes, true);
  const covered = coveredBytes(jsonBytes);
  const headerBytes = covered + HASH_BYTES;
  if (headerBytes > source.size) {
    throw new LedgerUnreadable(
      `the ledger's header is cut short: it says it has ${headerBytes} bytes, and the file has ${source.size}; ` +
        `copy the file again, or run the test again`,
    );
  }
  const bytes = new Uint8Array(headerBytes);
  readFully(source, bytes, 0);
  const hash = bytes.subarray(covered);
  if (link(bytes.subarray(0, covered)).some((byte, at) => byte !== hash[at])) {
    throw new LedgerUnreadable(
      `the ledger's header (its first ${headerBytes} bytes) was changed: its SHA-256 does not agree; ` +
        `copy the file again, or run the test again`,
    );
  }
  const headerJson = new TextDecoder().decode(bytes.subarray(HEADER.json, HEADER.json + jsonBytes));
  return { header: parseHeader(headerJson), headerJson, headerBytes, hash };
}

/** Bytes from the file's start to the header's hash. */
function coveredBytes(jsonBytes: number): number {
  return Math.ceil((HEADER.json + jsonBytes) / 8) * 8;
}

function checkMagic(start: Uint8Array): void {
  const found = String.fromCharCode(...start.subarray(0, MAGIC.length));
  if (start.length === HEADER.json && found === MAGIC) return;
  if (start.length === 0) {
    throw new LedgerUnreadable("the file is empty; a run writes its ledger as a .z6log file");
  }
  if (MAGIC.startsWith(found) || found === MAGIC) {
    throw new LedgerUnreadable(
      `the ledger is cut short: it has ${start.length} bytes, not even a header; copy the file again, or run the test again`,
    );
  }
  if (found.startsWith("Z6CLOG\n")) {
    throw new LedgerUnreadable(
      "the ledger's line endings were changed on the way; copy the file again, as binary",
    );
  }
  throw new LedgerUnreadable(
    `this is no ledger: it begins with ${JSON.stringify(found)}, and a ledger with ${
      JSON.stringify(MAGIC)
    }; ` +
      `give the .z6log file of a run`,
  );
}

/** The hash proves the bytes, not their meaning: another writer may have made them. */
function parseHeader(headerJson: string): LedgerHeader {
  let value: unknown;
  try {
    value = JSON.parse(headerJson);
  } catch {
    value = null;
  }
  const wrong = firstWrongField(value);
  if (wrong === null) return value as LedgerHeader;
  throw new LedgerUnreadable(
    `the ledger's header JSON is not as docs/ledger.md has it: ${wrong}; use the program that wrote it`,
  );
}

function firstWrongField(value: unknown): string | null {
  if (typeof value !== "object" || value === null) return "it is no object";
  const fields = new Map<string, unknown>(Object.entries(value));
  for (const [name, type] of Object.entries(TYPES)) {
    if (typeof fields.get(name) !== type || fields.get(name) === null) return `\`${name}\` is no ${type}`;
  }
  if (fields.get("format") !== 1) return "`format` is not 1";
  if (fields.get("tick_ns") !== 1000) return "`tick_ns` is not 1000";
  return null;
}

const TYPES = {
  format: "number",
  plan_sha256: "string",
  seed: "number",
  shard: "object",
  tick_ns: "number",
  started: "string",
  z6c: "string",
  deno: "string",
  host: "object",
  overrides: "object",
  plan: "object",
} as const;
