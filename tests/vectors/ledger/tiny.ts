/**
 * The small ledger of docs/ledger.md: one session whose only request finds nobody listening.
 *
 * `deno run -A tests/vectors/ledger/tiny.ts` writes tiny.bin, and prints the dump for docs/ledger.md.
 */
import { createHash } from "node:crypto";
import { ERROR } from "../../../runtime/ledger/errors.ts";
import type { LedgerHeader } from "../../../runtime/ledger/header.ts";
import { MemorySink } from "../../../runtime/ledger/memory_sink.ts";
import { END, KIND, NO_STEP, NONE } from "../../../runtime/ledger/record.ts";
import { LedgerWriter } from "../../../runtime/ledger/writer.ts";
import type { Plan } from "../../../runtime/plan.ts";

// Fields in canonical order (RFC 8785), so that JSON.stringify writes canonical JSON.
const plan: Plan = {
  bounds: {
    captureBytes: 0,
    connections: 1,
    endTick: 0,
    groupDepth: 0,
    ledgerBytes: 288,
    peakRate: 0,
    repeatDepth: 0,
    requestBytes: 43,
    sessions: 1,
    vus: 1,
  },
  captures: [],
  choice: [{ keep: 4294967295, other: 0 }],
  description: "",
  flows: [{ name: "visit", program: [{ kind: "request", request: 0, step: 0 }], weight: 1 }],
  format: 3,
  load: {
    gracefulStopTicks: 0,
    iterations: 1,
    maxVus: 1,
    model: "closed",
    paceTicks: 0,
    stages: [{ lengthTicks: 0, name: "all", startTick: 0, vusEnd: 1, vusStart: 1, warmup: false }],
  },
  messageTypes: [],
  name: "tiny",
  requests: [{
    body: [],
    captures: [],
    expect: { body: [], headers: [], json: [], status: [[200, 299]], withinTicks: 0 },
    grpc: null,
    head: ["GET / HTTP/1.1\r\nhost: ", { slot: "authority" }, "\r\n\r\n"],
    isBinary: false,
    kind: "http",
    method: "GET",
    onError: "continue",
    redirects: 0,
    retry: null,
    stream: null,
    target: 0,
    timeoutTicks: 10000000,
  }],
  secrets: [],
  seed: 7,
  setup: -1,
  simulation: {
    answers: [],
    connect: { maxTicks: 100, minTicks: 100, quantiles: [] },
    connections: 0,
    errorsPpm: 0,
    faults: [],
    queue: 0,
    servers: 0,
    service: { maxTicks: 1000, minTicks: 1000, quantiles: [] },
  },
  steps: [{ flow: 0, group: -1, kind: "request", name: "home", salt: 305419896, tags: [] }],
  tables: [],
  tags: [],
  targets: [{
    connections: { kind: "per-vu" },
    cookies: false,
    firstSlot: 0,
    firstWebSocketSlot: -1,
    host: "127.0.0.1",
    name: "",
    port: 8080,
    protocol: "http/1.1",
    scheme: "http",
    slots: 1,
    streams: 1,
    tls: null,
  }],
  teardown: -1,
  thresholds: [],
  transport: "socket",
  validity: { dropsPpm: 0, gapsPpm: 10000, lagP99Ticks: 10000 },
};

const header: LedgerHeader = {
  deno: "2.7.11",
  format: 1,
  host: { arch: "x86_64", cores: 2, kernel: "6.1.0", memory_bytes: 4294967296, os: "linux" },
  overrides: [],
  plan,
  plan_sha256: createHash("sha256").update(JSON.stringify(plan)).digest("hex"),
  seed: 7,
  shard: { count: 1, index: 1 },
  started: "2026-01-02T03:04:05.678Z",
  tick_ns: 1000,
  z6c: "0.1.0",
};

/** The ledger's bytes, and its digest. */
export function tinyLedger(): { bytes: Uint8Array; digest: string | null } {
  const sink = new MemorySink();
  const writer = new LedgerWriter(sink, JSON.stringify(header));
  writer.append(0, NONE, NONE, KIND.stageEntered, NO_STEP, 0, 0, 0);
  writer.append(12, 0, 0, KIND.sessionStarted, 0, 0, 0, 0);
  writer.append(12, 0, 0, KIND.requestPlanned, 0, 1, 0x89abcdef, 0x01234567);
  writer.append(15, 0, 0, KIND.requestIssued, 0, 3, 0, 43);
  writer.seal();
  // A tick above 2^32: more than an hour and eleven minutes.
  const failed = 2 ** 32 + 5;
  writer.append(failed, 0, 0, KIND.requestFailed, 0, ERROR["connect.refused"], 0, NONE);
  writer.appendText("Connexion refusée: 127.0.0.1:8080");
  writer.append(failed, 0, 0, KIND.sessionEnded, 0, END.completed, 0, 0);
  writer.append(failed, NONE, NONE, KIND.runEnded, NO_STEP, 1, 0, 1);
  const { digest } = writer.finish();
  return { bytes: sink.bytes(), digest };
}

/** Sixteen bytes a line: offset, bytes, and what of them is ASCII. */
export function hexDump(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const line = bytes.subarray(at, at + 16);
    const hex = Array.from(line, (byte) => byte.toString(16).padStart(2, "0")).join(" ").padEnd(47);
    const ascii = Array.from(line, (byte) => byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".")
      .join("");
    lines.push(`${at.toString(16).padStart(4, "0")}  ${hex}  ${ascii}`);
  }
  return lines.join("\n");
}

if (import.meta.main) {
  const { bytes, digest } = tinyLedger();
  Deno.writeFileSync(new URL("tiny.bin", import.meta.url), bytes);
  console.log(`${hexDump(bytes)}\n\n${digest}`);
}
