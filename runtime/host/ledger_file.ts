import type { Sink } from "../ledger/sink.ts";
import type { Source } from "../ledger/source.ts";

/** A new file for a ledger. Throws what Deno throws; an existing file is never touched. */
export function createLedgerFile(path: string): Sink {
  const file = Deno.openSync(path, { write: true, createNew: true });
  return {
    write(bytes) {
      for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
    },
    close() {
      file.close();
    },
  };
}

/** A ledger to read from. Throws what Deno throws. Closed by whoever opened it. */
export function openLedgerFile(path: string): Source & Disposable {
  const file = Deno.openSync(path, { read: true });
  const size = file.statSync().size;
  return {
    size,
    read(into, offset) {
      file.seekSync(offset, Deno.SeekMode.Start);
      return file.readSync(into) ?? 0;
    },
    [Symbol.dispose]() {
      file.close();
    },
  };
}
