/** Small ledgers for tests. */
import type { Sink } from "../runtime/ledger/sink.ts";
import { KIND } from "../runtime/ledger/record.ts";
import { LedgerWriter } from "../runtime/ledger/writer.ts";

/** A header with everything but a plan worth running. */
export function sampleHeaderJson(seed = 7): string {
  return JSON.stringify({
    deno: "2.7.11",
    format: 1,
    host: { arch: "x86_64", cores: 2, kernel: "6.1.0", memory_bytes: 4294967296, os: "linux" },
    overrides: [],
    plan: { format: 2, name: "sample" },
    plan_sha256: "00".repeat(32),
    seed,
    shard: { count: 1, index: 1 },
    started: "2026-01-02T03:04:05Z",
    tick_ns: 1000,
    z6c: "0.1.0",
  });
}

/** Appends `records` records, all different, every seventh of them with a text. */
export function appendSample(writer: LedgerWriter, records: number): void {
  for (let n = 0; n < records; n++) {
    if (n % 7 === 6) {
      writer.append(n * 1000, n, n % 5, KIND.requestFailed, 1, 3201, n, n + 1);
      writer.appendText(`Connexion refusée ${n}: ${"é".repeat(n % 40)}`);
    } else writer.append(n * 1000, n, n % 5, KIND.responseEnded, 1, n * 3, n * 5, 200);
  }
}

/** The pieces that a sink was given: header, blocks, footer. */
export function samplePieces(records: number, blockRecords: number, seed = 7): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  const sink: Sink = { write: (bytes) => void pieces.push(bytes.slice()), close() {} };
  const writer = new LedgerWriter(sink, sampleHeaderJson(seed), { blockRecords });
  appendSample(writer, records);
  writer.finish();
  return pieces;
}

export function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
