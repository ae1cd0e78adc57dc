/** Reads a ledger block by block, and hands on only what its CRCs and its chain of hashes prove. */
import { crc32c } from "./crc32c.ts";
import { decodeFooter, type Footer, footerBytes, footerSize } from "./footer.ts";
import { type LedgerHeader, readHeader } from "./header.ts";
import {
  BLOCK,
  BLOCK_MAGIC,
  BLOCK_RECORDS_MAX,
  countKinds,
  FOOTER,
  FOOTER_MAGIC,
  FOOTER_TAIL_BYTES,
  HASH_BYTES,
  KINDS,
  link,
  WORD,
} from "./layout.ts";
import { RECORD } from "./record.ts";
import { readFully, type Source } from "./source.ts";

/** Records in place, eight words each (`WORD` in layout.ts); valid during the visit only. */
export type RecordBlock = Readonly<{ words: Uint32Array; records: number }>;

/** What a scan found. */
export type Integrity = Readonly<{
  /** Whole: up to the footer, and proven. Partial: the end is missing. Damaged: bytes are not as they were written. */
  state: "whole" | "partial" | "damaged";
  /** What was visited, all of it proven. */
  records: number;
  blocks: number;
  /** From the file's start up to the first byte that is not proven, and from there to its end. */
  bytesRead: number;
  bytesLost: number;
  /** Where a footer can still be read: how many of its records were not visited. Null: nobody can tell. */
  recordsLost: number | null;
  /** The ledger digest, 64 hexadecimal digits, of a whole ledger. */
  digest: string | null;
  /** One sentence for people, without a full stop; null for a whole ledger. */
  problem: string | null;
}>;

export type OpenedLedger = Readonly<{
  header: LedgerHeader;
  /** The header's JSON as it was written. */
  headerJson: string;
  /** Where the first block begins. */
  headerBytes: number;
  /**
   * Visits all proven blocks in order. May be called again: what was proven once is not proven anew. Memory does not grow
   * with the file. Throws I/O errors.
   */
  scan(visit: (block: RecordBlock) => void): Integrity;
  /** Begins to read a ledger that is still being written: each call visits the blocks that came since the one before. */
  follow(): (visit: (block: RecordBlock) => void) => Integrity;
}>;

/** Reads and checks the header. Throws `LedgerUnreadable` where there is no ledger, and what the source throws. */
export function openLedger(source: Source): OpenedLedger {
  const { header, headerJson, headerBytes, hash } = readHeader(source);
  const proven: Proven = { blocks: 0, counts: new Float64Array(KINDS) };
  return {
    header,
    headerJson,
    headerBytes,
    scan: (visit) => new Scan(source, headerBytes, hash, proven).run(visit),
    follow: () => {
      const scan = new Scan(source, headerBytes, hash, proven);
      return (visit) => scan.run(visit);
    },
  };
}

/** What earlier scans have proven: so many blocks, and in them so many records of each kind. */
type Proven = { blocks: number; readonly counts: Float64Array };

/** What stands at the next place of the file. */
type Found =
  | Readonly<{ kind: "block"; block: RecordBlock; bytes: number }>
  | Readonly<{ kind: "footer"; footer: Footer; bytes: number }>
  | Trouble;
type Trouble = Readonly<{ kind: "cut" | "damaged"; problem: string }>;

const PAYLOAD_BYTE = HASH_BYTES + BLOCK.payload;
const FOOTER_BYTES_MAX = footerBytes(KINDS);

function blockBytes(records: number): number {
  return BLOCK.payload + records * RECORD.bytes + HASH_BYTES;
}

/** One pass over a ledger, which may be made in several goes. */
class Scan {
  readonly #source: Source;
  /** Of the moment it was last begun: a run may still be writing. */
  #size = 0;
  readonly #proven: Proven;
  /** The hash before, and behind it the block or footer that is being looked at: what one link covers. */
  #bytes = new Uint8Array(HASH_BYTES + blockBytes(2_048));
  #at: number;
  #blocks = 0;
  #records = 0;

  constructor(source: Source, headerBytes: number, root: Uint8Array, proven: Proven) {
    this.#source = source;
    this.#at = headerBytes;
    this.#proven = proven;
    this.#bytes.set(root);
  }

  run(visit: (block: RecordBlock) => void): Integrity {
    this.#size = this.#source.size;
    while (true) {
      const found = this.#next();
      switch (found.kind) {
        case "block":
          visit(found.block);
          this.#blocks++;
          this.#records += found.block.records;
          this.#advance(found.bytes);
          break;
        case "footer":
          return this.#end(found.footer, found.bytes);
        case "cut":
        case "damaged":
          return this.#broken(found);
      }
    }
  }

  /** Steps behind a block or footer that is proven; its hash becomes the hash before. */
  #advance(bytes: number): void {
    this.#bytes.copyWithin(0, bytes, HASH_BYTES + bytes);
    this.#at += bytes;
  }

  #next(): Found {
    const name = `block ${this.#blocks}`;
    if (this.#at === this.#size) {
      return cut(
        `the ledger ends before ${name} without a footer: its writer was stopped, or the file was cut`,
      );
    }
    if (!this.#load(BLOCK.payload)) return cut(`the ledger ends inside the head of ${name}`);
    const head = new DataView(this.#bytes.buffer, HASH_BYTES);
    const magic = head.getUint32(BLOCK.magic, true);
    if (magic === FOOTER_MAGIC) return this.#footer();
    if (magic !== BLOCK_MAGIC) return damaged(`neither ${name} nor the footer begins at byte ${this.#at}`);
    const records = head.getUint32(BLOCK.records, true);
    if (records === 0 || records > BLOCK_RECORDS_MAX) {
      return damaged(`${name} says it holds ${records} records, and a block holds 1 to ${BLOCK_RECORDS_MAX}`);
    }
    const bytes = blockBytes(records);
    if (!this.#load(bytes)) {
      return cut(`${name} is cut short: ${this.#size - this.#at} of its ${bytes} bytes are there`);
    }
    return this.#check(name, records, bytes);
  }

  /** A block that is there in full: is it the one that belongs here, and as it was written? */
  #check(name: string, records: number, bytes: number): Found {
    const words = new Uint32Array(this.#bytes.buffer, PAYLOAD_BYTE, records * WORD.words);
    const proven = this.#proven;
    if (this.#blocks >= proven.blocks) {
      const head = new DataView(this.#bytes.buffer, HASH_BYTES);
      const follows = this.#follows(bytes);
      // The hash covers all that the CRC does: that one only tells what it is that does not agree.
      if (!follows && crc32c(words, 0, words.length) !== head.getUint32(BLOCK.crc32c, true)) {
        return damaged(`the records of ${name} were changed: its CRC32C does not agree`);
      }
      const sequence = head.getUint32(BLOCK.sequence, true);
      if (sequence !== this.#blocks) return damaged(`block ${sequence} stands where ${name} belongs`);
      if (!follows) {
        return damaged(`${name} does not follow from what stands before it: its SHA-256 does not agree`);
      }
      countKinds(words, records, proven.counts);
      proven.blocks++;
    }
    return { kind: "block", block: { words, records }, bytes };
  }

  #footer(): Found {
    const short = `the ledger's footer is cut short: ${this.#size - this.#at} of its bytes are there`;
    if (!this.#load(FOOTER.counts)) return cut(short);
    const bytes = footerSize(this.#bytes.subarray(HASH_BYTES, HASH_BYTES + FOOTER.counts));
    if (bytes === null) {
      return damaged("the ledger's footer was changed: its length and its counts contradict each other");
    }
    if (!this.#load(bytes)) return cut(short);
    const footer = decodeFooter(this.#bytes.subarray(HASH_BYTES, HASH_BYTES + bytes));
    if (footer === null || !this.#follows(bytes)) {
      return damaged("the ledger's footer was changed: its SHA-256 or its sums do not agree");
    }
    return { kind: "footer", footer, bytes };
  }

  /** Makes the first `bytes` bytes from the place on stand behind the hash before; false where the file ends earlier. */
  #load(bytes: number): boolean {
    if (this.#at + bytes > this.#size) return false;
    if (HASH_BYTES + bytes > this.#bytes.length) {
      const larger = new Uint8Array(HASH_BYTES + bytes);
      larger.set(this.#bytes.subarray(0, PAYLOAD_BYTE));
      this.#bytes = larger;
    }
    return readFully(this.#source, this.#bytes.subarray(HASH_BYTES, HASH_BYTES + bytes), this.#at) === bytes;
  }

  /**
   * Whether the hash at the end of a block or footer of `bytes` bytes is that of everything from the hash before on.
   * (The hash before is as long as the hash itself, so the buffer's first `bytes` bytes are what it covers.)
   */
  #follows(bytes: number): boolean {
    const hash = link(this.#bytes.subarray(0, bytes));
    return hash.every((byte, at) => byte === this.#bytes[bytes + at]);
  }

  /** The chain holds up to the footer; does the footer speak of the same records, and is it the end? */
  #end(footer: Footer, bytes: number): Integrity {
    if (
      footer.blocks !== this.#blocks ||
      footer.counts.some((count, kind) => count !== this.#proven.counts[kind])
    ) {
      return this.#broken(damaged("the ledger's footer counts other records than there are"));
    }
    this.#advance(bytes);
    if (this.#at < this.#size) {
      return {
        ...this.#broken(damaged(`more bytes (${this.#size - this.#at}) follow the ledger's footer`)),
        recordsLost: 0,
      };
    }
    return {
      ...this.#read(),
      state: "whole",
      recordsLost: 0,
      digest: this.#bytes.subarray(0, HASH_BYTES).toHex(),
      problem: null,
    };
  }

  #broken(trouble: Trouble): Integrity {
    const claimed = this.#claimedRecords();
    const recordsLost = claimed === null || claimed < this.#records ? null : claimed - this.#records;
    return {
      ...this.#read(),
      // A file that still has its footer was not cut: a length in it was changed.
      state: trouble.kind === "cut" && claimed === null ? "partial" : "damaged",
      recordsLost,
      digest: null,
      problem: trouble.problem,
    };
  }

  #read(): Pick<Integrity, "records" | "blocks" | "bytesRead" | "bytesLost"> {
    return {
      records: this.#records,
      blocks: this.#blocks,
      bytesRead: this.#at,
      bytesLost: this.#size - this.#at,
    };
  }

  /** How many records a footer at the file's end speaks of, where there is one. Unproven: the chain before it is broken. */
  #claimedRecords(): number | null {
    const tail = new Uint8Array(FOOTER_TAIL_BYTES);
    if (this.#size - this.#at < tail.length) return null;
    readFully(this.#source, tail, this.#size - tail.length);
    const bytes = new DataView(tail.buffer).getUint32(0, true);
    if (bytes < footerBytes(0) || bytes > Math.min(FOOTER_BYTES_MAX, this.#size - this.#at)) return null;
    const footer = new Uint8Array(bytes);
    readFully(this.#source, footer, this.#size - bytes);
    return decodeFooter(footer)?.records ?? null;
  }
}

function cut(problem: string): Trouble {
  return { kind: "cut", problem };
}

function damaged(problem: string): Trouble {
  return { kind: "damaged", problem };
}
