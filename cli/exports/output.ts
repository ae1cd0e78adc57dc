/** Where an export goes: a file that is there when it is whole, or standard output. */
import { cannotWrite } from "../../runtime/out_folder.ts";

/** Text is put together until it is worth a write. */
const PIECE = 1 << 16;

export interface Output {
  print(text: string): void;
  /** `bytes` are valid during the call only. */
  write(bytes: Uint8Array): void;
}

/** Whoever read standard output has seen enough. No system error, so that nobody takes it for one of the ledger. */
export class ReaderGone extends Error {
  override readonly name = "ReaderGone";
}

/**
 * Lets `fill` write the file at `path`; `-` is standard output. It appears under its name when `fill` has returned, and
 * where that throws, nothing is left of it. Throws `UserError` where it cannot be written, and `ReaderGone`.
 */
export function writeOutput<Result>(path: string, fill: (output: Output) => Result): Result {
  if (path === "-") {
    return buffered((bytes) => attempt("standard output", () => writeAll(Deno.stdout, bytes)), fill);
  }
  const unfinished = `${path}.unfinished`;
  const file = attempt(path, () => Deno.openSync(unfinished, { write: true, create: true, truncate: true }));
  try {
    const result = buffered((bytes) => attempt(path, () => writeAll(file, bytes)), fill);
    file.close();
    attempt(path, () => Deno.renameSync(unfinished, path));
    return result;
  } catch (cause) {
    try {
      file.close();
    } catch {
      // It was closed before it could not be renamed.
    }
    Deno.removeSync(unfinished);
    throw cause;
  }
}

function buffered<Result>(write: (bytes: Uint8Array) => void, fill: (output: Output) => Result): Result {
  const encoder = new TextEncoder();
  let text = "";
  const flush = () => {
    if (text !== "") write(encoder.encode(text));
    text = "";
  };
  const result = fill({
    print(more) {
      text += more;
      if (text.length > PIECE) flush();
    },
    write(bytes) {
      flush();
      write(bytes);
    },
  });
  flush();
  return result;
}

/** A pipe or a disk may take less than it is given. */
function writeAll(to: { writeSync(bytes: Uint8Array): number }, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += to.writeSync(bytes.subarray(at));
}

function attempt<Result>(path: string, perform: () => Result): Result {
  try {
    return perform();
  } catch (cause) {
    throw cause instanceof Deno.errors.BrokenPipe ? new ReaderGone() : cannotWrite(path, cause);
  }
}
