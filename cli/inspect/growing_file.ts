import type { Source } from "../../runtime/ledger/source.ts";

/** A file that somebody else is still writing: its size is what it is now. Null where there is none yet. Throws I/O errors. */
export function openGrowingFile(path: string): Source & Disposable | null {
  let file: Deno.FsFile;
  try {
    file = Deno.openSync(path, { read: true });
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return null;
    throw cause;
  }
  return {
    get size() {
      return file.statSync().size;
    },
    read(into, offset) {
      file.seekSync(offset, Deno.SeekMode.Start);
      return file.readSync(into) ?? 0;
    },
    [Symbol.dispose]() {
      file.close();
    },
  };
}
