/** A reader of ledgers written from docs/ledger.md alone: it shares no code with z6c, and is slow and strict. */

export type StrangersLedger = { header: unknown; blocks: StrangersRecord[][]; digest: string };
type StrangersRecord = {
  tick: number;
  session: number;
  vu: number;
  kind: number;
  step: number;
  a: number;
  b: number;
  c: number;
  text?: string;
};

/** Reads a whole ledger; throws at whatever is not as the page has it. */
export async function readAsStranger(file: Uint8Array<ArrayBuffer>): Promise<StrangersLedger> {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const u32 = (at: number) => view.getUint32(at, true);
  const ascii = (at: number, length: number) => String.fromCharCode(...file.subarray(at, at + length));
  const wantHash = async (begin: number, end: number) => {
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", file.subarray(begin, end - 32)));
    want(hash.toHex() === file.subarray(end - 32, end).toHex(), `the hash before byte ${end}`);
  };

  want(ascii(0, 8) === "Z6CLOG\r\n", "magic");
  want(u32(8) === 1, "format");
  const jsonEnd = 16 + u32(12);
  const header = JSON.parse(new TextDecoder().decode(file.subarray(16, jsonEnd)));
  let at = Math.ceil(jsonEnd / 8) * 8 + 32;
  want(file.subarray(jsonEnd, at - 32).every((byte) => byte === 0), "padding");
  await wantHash(0, at);

  const blocks: StrangersRecord[][] = [];
  const counts = new Map<number, number>();
  while (ascii(at, 4) === "BLK1") {
    const records = u32(at + 8);
    const end = at + 16 + 32 * records + 32;
    want(u32(at + 4) === blocks.length, "sequence");
    want(u32(at + 12) === crc32c(file.subarray(at + 16, end - 32)), "CRC32C");
    await wantHash(at - 32, end);
    for (let record = at + 16; record < end - 32; record += 32) {
      const kind = view.getUint16(record + 16, true);
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
    }
    blocks.push(readRecords(new DataView(file.buffer, file.byteOffset + at + 16, 32 * records)));
    at = end;
  }

  want(ascii(at, 4) === "END1", "footer");
  const kinds = u32(at + 12);
  const length = 64 + 16 * kinds;
  want(u32(at + 4) === length && at + length === file.length, "the footer's length");
  want(u32(at + 8) === blocks.length && kinds === counts.size, "the footer's blocks and kinds");
  want(
    view.getBigUint64(at + 16, true) === BigInt([...counts.values()].reduce((a, b) => a + b, 0)),
    "records",
  );
  [...counts].sort(([a], [b]) => a - b).forEach(([kind, count], position) => {
    const entry = at + 24 + 16 * position;
    want(
      u32(entry) === kind && u32(entry + 4) === 0 && u32(entry + 8) === count,
      `the count of kind ${kind}`,
    );
  });
  want(u32(at + 24 + 16 * kinds) === length && ascii(at + 28 + 16 * kinds, 4) === "END1", "the footer's end");
  await wantHash(at - 32, file.length);
  return { header, blocks, digest: file.subarray(-32).toHex() };
}

function readRecords(view: DataView): StrangersRecord[] {
  const records: StrangersRecord[] = [];
  for (let at = 0; at < view.byteLength; at += 32) {
    const record: StrangersRecord = {
      tick: Number(view.getBigUint64(at, true)),
      session: view.getUint32(at + 8, true),
      vu: view.getUint32(at + 12, true),
      kind: view.getUint16(at + 16, true),
      step: view.getUint16(at + 18, true),
      a: view.getUint32(at + 20, true),
      b: view.getUint32(at + 24, true),
      c: view.getUint32(at + 28, true),
    };
    const text: number[] = [];
    while (at + 32 < view.byteLength && view.getUint16(at + 32 + 16, true) === (record.kind | 0x4000)) {
      at += 32;
      const left = view.getUint16(at + 18, true);
      for (let byte = 0; byte < 28; byte++) {
        const value = view.getUint8(at + (byte < 16 ? byte : byte + 4));
        if (byte < left) text.push(value);
        else want(value === 0, "what a text does not need is zero");
      }
      if (left <= 28) break;
    }
    if (text.length > 0) {
      record.text = new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.from(text));
    }
    records.push(record);
  }
  return records;
}

function crc32c(bytes: Uint8Array): number {
  let sum = 0xffff_ffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0x82f6_3b78 : 0);
  }
  return ~sum >>> 0;
}

function want(holds: boolean, what: string): void {
  if (!holds) throw new Error(`this is not as docs/ledger.md has it: ${what}`);
}
