import { deepEqual, equal, match, ok, throws } from "node:assert/strict";
import { encodeFooter } from "./footer.ts";
import { encodeHeader, LedgerUnreadable } from "./header.ts";
import { HASH_BYTES, KINDS } from "./layout.ts";
import { type Integrity, openLedger } from "./reader.ts";
import { joined, sampleHeaderJson, samplePieces } from "../../tests/sample_ledger.ts";
import { memorySource, type Source } from "./source.ts";

/** The bytes of all records that a scan hands on, and what it says of the rest. */
function read(source: Source): { records: Uint8Array; integrity: Integrity } {
  const parts: Uint8Array[] = [];
  const integrity = openLedger(source).scan(({ words, records }) => {
    equal(words.length, records * 8);
    parts.push(new Uint8Array(words.buffer, words.byteOffset, words.byteLength).slice());
  });
  return { records: joined(parts), integrity };
}

/** A block's records are what stands between its head and its hash. */
function recordsOf(blocks: readonly Uint8Array[]): Uint8Array {
  return joined(blocks.map((block) => block.subarray(16, -HASH_BYTES)));
}

const pieces = samplePieces(60, 20);
const blocks = pieces.slice(1, -1);
const whole = joined(pieces);
/** Where the first block begins, and where each block ends. */
const borders = [...blocks.keys(), blocks.length].map((n) => joined(pieces.slice(0, n + 1)).length);

Deno.test("a ledger can be scanned again and again, from a source that gives a few bytes at a time", () => {
  const stuttering: Source = {
    size: whole.length,
    read: (into, offset) => memorySource(whole).read(into.subarray(0, 7), offset),
  };
  const once = read(stuttering);
  equal(once.integrity.state, "whole");
  deepEqual(once.records, recordsOf(blocks));
  deepEqual(read(stuttering), once);
  const ledger = openLedger(memorySource(whole));
  deepEqual(ledger.scan(() => {}), ledger.scan(() => {}));
});

Deno.test("a ledger that is cut at any byte is read up to its last whole block", () => {
  for (let size = 0; size < whole.length; size++) {
    const source = memorySource(whole.subarray(0, size));
    if (size < borders[0]) {
      throws(() => openLedger(source), LedgerUnreadable, `cut at ${size}`);
      continue;
    }
    const { records, integrity } = read(source);
    const blocksLeft = borders.filter((border) => border <= size).length - 1;
    deepEqual(records, recordsOf(blocks.slice(0, blocksLeft)), `cut at ${size}`);
    deepEqual({ ...integrity, problem: "" }, {
      state: "partial",
      records: records.length / 32,
      blocks: blocksLeft,
      bytesRead: borders[blocksLeft],
      bytesLost: size - borders[blocksLeft],
      recordsLost: null,
      digest: null,
      problem: "",
    });
    match(integrity.problem ?? "", /cut|without a footer|ends inside/);
  }
});

Deno.test("a changed byte, wherever it is, costs its block and all behind it, and is never handed on", () => {
  const total = recordsOf(blocks).length / 32;
  for (const flip of [0x01, 0x80, 0xff]) {
    for (let at = 0; at < whole.length; at++) {
      const bytes = whole.slice();
      bytes[at] ^= flip;
      if (at < borders[0]) {
        throws(() => openLedger(memorySource(bytes)), LedgerUnreadable, `byte ${at}`);
        continue;
      }
      const { records, integrity } = read(memorySource(bytes));
      const blocksLeft = borders.filter((border) => border <= at).length - 1;
      deepEqual(records, recordsOf(blocks.slice(0, blocksLeft)), `byte ${at}`);
      equal(integrity.state, "damaged", `byte ${at}`);
      equal(integrity.bytesRead, borders[blocksLeft]);
      equal(integrity.bytesLost, whole.length - borders[blocksLeft]);
      equal(integrity.digest, null);
      ok(integrity.problem);
      const footerIntact = at < borders[blocks.length];
      const inRecords = footerIntact && at >= borders[blocksLeft] + 16 &&
        at < borders[blocksLeft + 1] - HASH_BYTES;
      if (inRecords) match(integrity.problem ?? "", /records of block \d were changed: its CRC32C/);
      if (footerIntact) equal(integrity.recordsLost, total - records.length / 32, `byte ${at}`);
    }
  }
});

Deno.test("blocks in another order, twice, missing, or of another ledger are not taken", () => {
  const [header, one, two, three] = pieces;
  const footer = pieces[pieces.length - 1];
  const rest = blocks.slice(3);
  const other = samplePieces(60, 20, 8);
  const cases: [string, Uint8Array[], number, RegExp][] = [
    ["two swapped", [header, two, one, three, ...rest, footer], 0, /block 1 stands where block 0 belongs/],
    ["one twice", [header, one, one, two, three, ...rest, footer], 1, /block 0 stands where block 1 belongs/],
    ["one missing", [header, one, three, ...rest, footer], 1, /block 2 stands where block 1 belongs/],
    ["the first missing", [header, two, three, ...rest, footer], 0, /block 1 stands where/],
    ["the last missing", [header, ...blocks.slice(0, -1), footer], blocks.length - 1, /footer was changed/],
    ["no block", [header, footer], 0, /footer was changed/],
    ["another ledger's block", [header, one, other[2], three, ...rest, footer], 1, /does not follow/],
    ["another ledger's header", [other[0], one, two, three, ...rest, footer], 0, /does not follow/],
    [
      "another ledger's footer",
      [header, ...blocks, other[other.length - 1]],
      blocks.length,
      /footer was changed/,
    ],
    [
      "another ledger behind",
      [...pieces, ...other],
      blocks.length,
      /more bytes .* follow the ledger's footer/,
    ],
    ["the footer twice", [...pieces, footer], blocks.length, /more bytes .* follow the ledger's footer/],
    ["one byte behind", [...pieces, new Uint8Array(1)], blocks.length, /more bytes \(1\) follow/],
    ["zeros instead of a block", [header, one, new Uint8Array(4096)], 1, /neither block 1 nor the footer/],
  ];
  for (const [name, arrangement, blocksLeft, problem] of cases) {
    const { records, integrity } = read(memorySource(joined(arrangement)));
    equal(integrity.state, "damaged", name);
    deepEqual(records, recordsOf(blocks.slice(0, blocksLeft)), name);
    match(integrity.problem ?? "", problem, name);
    equal(integrity.bytesRead + integrity.bytesLost, joined(arrangement).length, name);
  }
});

Deno.test("a footer that belongs to the chain but counts wrongly is not believed", () => {
  const header = encodeHeader(sampleHeaderJson());
  const hash = header.subarray(-HASH_BYTES);
  const counts = new Float64Array(KINDS);
  const empty = joined([header, encodeFooter({ blocks: 0, records: 0, counts }, hash)]);
  equal(read(memorySource(empty)).integrity.state, "whole");
  counts[5] = 3;
  const boasting = joined([header, encodeFooter({ blocks: 0, records: 3, counts }, hash)]);
  const integrity = read(memorySource(boasting)).integrity;
  equal(integrity.state, "damaged");
  equal(integrity.recordsLost, 3);
  match(integrity.problem ?? "", /counts other records/);
  const blocksWrong = joined([
    header,
    encodeFooter({ blocks: 1, records: 0, counts: new Float64Array(KINDS) }, hash),
  ]);
  equal(read(memorySource(blocksWrong)).integrity.state, "damaged");
});

Deno.test("blocks of any size are read, and a size beyond the bound is damage", () => {
  const large = samplePieces(70_000, 65_536);
  equal(read(memorySource(joined(large))).integrity.state, "whole");
  for (const records of [0, 65_537, 0xffff_ffff]) {
    const bytes = whole.slice();
    new DataView(bytes.buffer).setUint32(borders[0] + 8, records, true);
    // Without a footer, too, such a number is no cut.
    const integrity = read(memorySource(bytes.subarray(0, borders[1]))).integrity;
    equal(integrity.state, "damaged");
    match(integrity.problem ?? "", /a block holds 1 to 65536/);
  }
});

Deno.test("what was proven once is not proven anew, and what came since is", () => {
  const bytes = whole.slice();
  let size = whole.length;
  const source: Source = {
    get size() {
      return size;
    },
    read: (into, offset) => memorySource(bytes).read(into, offset),
  };
  const ledger = openLedger(source);
  const first = ledger.scan(() => {});
  bytes[borders[1] + 20] ^= 1;
  deepEqual(ledger.scan(() => {}), first);
  equal(openLedger(source).scan(() => {}).blocks, 1);
  size = borders[1];
  const growing = openLedger(source);
  equal(growing.scan(() => {}).state, "partial");
  size = whole.length;
  const { state, blocks: proven } = growing.scan(() => {});
  deepEqual([state, proven], ["damaged", 1]);
});

Deno.test("a ledger that is still being written is read as it was when the scan began", () => {
  let size = borders[1];
  const source: Source = {
    get size() {
      return size;
    },
    read: (into, offset) => memorySource(whole).read(into, offset),
  };
  const ledger = openLedger(source);
  const integrity = ledger.scan(() => void (size = borders[2]));
  equal(integrity.blocks, 1);
  equal(integrity.bytesRead, borders[1]);
  equal(ledger.scan(() => {}).blocks, 2);
});
