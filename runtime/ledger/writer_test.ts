import { deepEqual, equal, match, notEqual, throws } from "node:assert/strict";
import fc from "fast-check";
import { decodeRecord } from "./decode.ts";
import { MemorySink } from "./memory_sink.ts";
import { openLedger } from "./reader.ts";
import { KIND } from "./record.ts";
import { appendSample, sampleHeaderJson } from "../../tests/sample_ledger.ts";
import type { Sink } from "./sink.ts";
import { memorySource, type Source } from "./source.ts";
import { recordText } from "./text.ts";
import { BLOCK_RECORDS_MIN, LedgerWriter } from "./writer.ts";

type Appended = { fields: number[]; text: string };
type Operation = Appended | "seal";

/** Everything that a ledger holds, as it was appended, and its blocks' sizes. */
function contents(source: Source): { appended: Appended[]; blocks: number[] } {
  const appended: Appended[] = [];
  const blocks: number[] = [];
  openLedger(source).scan(({ words, records }) => {
    blocks.push(records);
    for (let index = 0; index < records; index++) {
      const record = decodeRecord(words, index);
      if (record.lane === "text") continue;
      const { tick, session, vu, kind, step, a, b, c } = record;
      const fields = [tick, session ?? 0xffff_ffff, vu ?? 0xffff_ffff, kind, step ?? 0xffff, a, b, c];
      appended.push({ fields, text: recordText(words, records, index) ?? "" });
    }
  });
  return { appended, blocks };
}

const u32 = fc.oneof(fc.nat(0xffff_ffff), fc.constantFrom(0, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff));
const tick = fc.oneof(
  fc.maxSafeNat(),
  fc.nat(10_000_000),
  fc.constantFrom(0xffff_ffff, 0x1_0000_0000, 2 ** 53 - 1),
);
const kind = fc.constantFrom(...Object.values(KIND), 0x3fff, 0xbfff);
const appended: fc.Arbitrary<Appended> = fc.record({
  fields: fc.tuple(tick, u32, u32, kind, fc.nat(0xffff), u32, u32, u32).map((fields) => [...fields]),
  text: fc.oneof(
    { weight: 3, arbitrary: fc.constant("") },
    fc.string({ unit: "binary", maxLength: 120 }),
    fc.nat(504).map((length) => "t".repeat(length)),
  ),
});
const operations = fc.array(
  fc.oneof({ weight: 9, arbitrary: appended }, fc.constant<Operation>("seal")),
  { maxLength: 120 },
);

function write(writer: LedgerWriter, operations: readonly Operation[]): void {
  for (const operation of operations) {
    if (operation === "seal") writer.seal();
    else {
      const [tick, session, vu, kind, step, a, b, c] = operation.fields;
      writer.append(tick, session, vu, kind, step, a, b, c);
      writer.appendText(operation.text);
    }
  }
}

Deno.test("what was appended comes back, in order, whatever the block size and wherever it was sealed", () => {
  fc.assert(
    fc.property(operations, fc.integer({ min: BLOCK_RECORDS_MIN, max: 70 }), (operations, blockRecords) => {
      const sink = new MemorySink();
      const writer = new LedgerWriter(sink, sampleHeaderJson(), { blockRecords });
      write(writer, operations);
      const totals = writer.finish();
      const model = operations.filter((operation) => operation !== "seal");
      const found = contents(memorySource(sink.bytes()));
      deepEqual(found.appended, model);
      equal(found.blocks.every((records) => records > 0 && records <= blockRecords), true, "block sizes");
      const modelRecords = model.reduce(
        (sum, { text }) => sum + 1 + Math.ceil(new TextEncoder().encode(text).length / 28),
        0,
      );
      const integrity = openLedger(memorySource(sink.bytes())).scan(() => {});
      deepEqual(integrity, {
        state: "whole",
        records: modelRecords,
        blocks: totals.blocks,
        bytesRead: sink.bytes().length,
        bytesLost: 0,
        recordsLost: 0,
        digest: totals.digest,
        problem: null,
      });
      equal(totals.records, modelRecords);
      equal(totals.bytes, sink.bytes().length);
    }),
    { numRuns: 300 },
  );
});

Deno.test("the same records make the same bytes, and one other bit another digest", () => {
  const digest = (step: number) => {
    const sink = new MemorySink();
    const writer = new LedgerWriter(sink, sampleHeaderJson());
    appendSample(writer, 5000);
    writer.append(1, 2, 3, KIND.thinkChosen, step, 4, 5, 6);
    return writer.finish().digest;
  };
  equal(digest(1), digest(1));
  notEqual(digest(1), digest(2));
});

Deno.test("a block is filled to its last record before the next begins", () => {
  const sink = new MemorySink();
  const writer = new LedgerWriter(sink, sampleHeaderJson(), { blockRecords: 20 });
  for (let n = 0; n < 45; n++) writer.append(n, n, n, KIND.stageEntered, 0, 0, 0, 0);
  writer.finish();
  deepEqual(contents(memorySource(sink.bytes())).blocks, [20, 20, 5]);
});

Deno.test("a text that just fits stays in its block, and a longer one begins the next", () => {
  for (const [length, blocks] of [[56, [20, 1]], [57, [17, 5]]] as const) {
    const sink = new MemorySink();
    const writer = new LedgerWriter(sink, sampleHeaderJson(), { blockRecords: 20 });
    for (let n = 0; n < 18; n++) writer.append(n, n, n, KIND.requestFailed, 0, 0, 0, 0);
    writer.appendText("t".repeat(length));
    writer.append(9, 9, 9, KIND.runEnded, 0, 0, 0, 0);
    writer.finish();
    deepEqual(contents(memorySource(sink.bytes())).blocks, blocks);
  }
});

Deno.test("a text stands in one block with its record, at every distance from the block's end", () => {
  for (let before = 0; before < 60; before++) {
    for (const text of ["é", "€".repeat(9), "😀".repeat(126), "x".repeat(29)]) {
      const sink = new MemorySink();
      const writer = new LedgerWriter(sink, sampleHeaderJson(), { blockRecords: 20 });
      for (let n = 0; n < before; n++) writer.append(n, n, n, KIND.stageEntered, 0, 0, 0, 0);
      writer.append(1, 2, 3, KIND.requestFailed, 4, 5, 6, 7);
      writer.appendText(text);
      writer.append(9, 9, 9, KIND.runEnded, 0, 0, 0, 0);
      writer.finish();
      const found = contents(memorySource(sink.bytes())).appended;
      equal(found.length, before + 2);
      deepEqual(found[before], { fields: [1, 2, 3, KIND.requestFailed, 4, 5, 6, 7], text });
    }
  }
});

Deno.test("a sealed block is in the file before the run ends", () => {
  const sink = new MemorySink();
  const writer = new LedgerWriter(sink, sampleHeaderJson());
  const before = sink.bytes().length;
  writer.seal();
  equal(sink.bytes().length, before, "an empty block is not written");
  writer.append(1, 2, 3, KIND.stageEntered, 0, 0, 0, 0);
  writer.seal();
  const integrity = openLedger(memorySource(sink.bytes())).scan(() => {});
  equal(integrity.state, "partial");
  equal(integrity.records, 1);
});

/** Takes `writes` writes, then half of the next one, and throws from there on. */
class FullSink implements Sink {
  readonly taken = new MemorySink();
  refusals = 0;
  closed = 0;
  constructor(private writes: number) {}
  write(bytes: Uint8Array): void {
    if (this.writes-- > 0) return this.taken.write(bytes);
    this.refusals++;
    this.taken.write(bytes.subarray(0, bytes.length / 2));
    throw new Error("No space left on device (os error 28)");
  }
  close(): void {
    this.closed++;
  }
}

Deno.test("a sink that fails at any write loses what it did not take, and nothing before", () => {
  const whole = new FullSink(Infinity);
  const first = new LedgerWriter(whole, sampleHeaderJson(), { blockRecords: 20 });
  appendSample(first, 100);
  const { records, blocks } = first.finish();
  for (let writes = 0; writes <= blocks + 1; writes++) {
    const sink = new FullSink(writes);
    const writer = new LedgerWriter(sink, sampleHeaderJson(), { blockRecords: 20 });
    appendSample(writer, 100);
    const totals = writer.finish();
    equal(writer.failure, "No space left on device (os error 28)");
    equal(totals.digest, null);
    equal(totals.records + writer.lost, records, "every record is written or lost");
    equal(sink.refusals, 1, "a sink that failed is not asked again");
    equal(sink.closed, 1);
    if (writes === 0) {
      throws(() => openLedger(memorySource(sink.taken.bytes())), { name: "LedgerUnreadable" });
      continue;
    }
    const integrity = openLedger(memorySource(sink.taken.bytes())).scan(() => {});
    equal(integrity.state, "partial");
    equal(integrity.records, totals.records);
    equal(integrity.blocks, writes - 1);
    equal(integrity.bytesRead, totals.bytes);
  }
});

Deno.test("records are lost one by one after a failure, and none before", () => {
  const writer = new LedgerWriter(new FullSink(1), sampleHeaderJson(), { blockRecords: 20 });
  for (let n = 0; n < 20; n++) writer.append(n, n, n, KIND.stageEntered, 0, 0, 0, 0);
  equal(writer.lost, 0);
  equal(writer.failure, null);
  for (let n = 21; n < 99; n++) {
    writer.append(n, n, n, KIND.stageEntered, 0, 0, 0, 0);
    equal(writer.lost, n);
  }
});

Deno.test("a sink that cannot be closed is a failure, too", () => {
  const sink: Sink = {
    write() {},
    close() {
      throw new Error("Input/output error (os error 5)");
    },
  };
  const writer = new LedgerWriter(sink, sampleHeaderJson());
  equal(writer.finish().digest, null);
  equal(writer.failure, "Input/output error (os error 5)");
  equal(writer.lost, 0);
});

Deno.test("mistakes of the engine are refused", () => {
  const fresh = () => new LedgerWriter(new MemorySink(), sampleHeaderJson());
  const cases: [RegExp, (writer: LedgerWriter) => void][] = [
    [/a block holds 19 to 65536/, () => new LedgerWriter(new MemorySink(), "{}", { blockRecords: 18 })],
    [/a block holds 19 to 65536/, () => new LedgerWriter(new MemorySink(), "{}", { blockRecords: 65_537 })],
    [/continues a record/, (writer) => writer.appendText("no record")],
    [/continued by one text/, (writer) => {
      writer.append(0, 0, 0, KIND.requestFailed, 0, 0, 0, 0);
      writer.appendText("one");
      writer.appendText("two");
    }],
    [/continues a record/, (writer) => {
      writer.append(0, 0, 0, KIND.requestFailed, 0, 0, 0, 0);
      writer.seal();
      writer.appendText("too late");
    }],
    [/a finished ledger/, (writer) => {
      writer.finish();
      writer.append(0, 0, 0, KIND.requestFailed, 0, 0, 0, 0);
    }],
    [/a finished ledger/, (writer) => {
      writer.finish();
      writer.finish();
    }],
  ];
  for (const [message, mistake] of cases) {
    throws(() => mistake(fresh()), (error: Error) => {
      match(error.message, message);
      return true;
    });
  }
});
