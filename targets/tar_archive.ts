/** A tar archive whose bytes depend on its files alone: POSIX.1-1988 ustar, no owners, no times. */
import assert from "node:assert/strict";

export type ArchivedFile = Readonly<{ path: string; content: Uint8Array; executable: boolean }>;

const BLOCK_BYTES = 512;

/** Field → offset and length in the header block (POSIX.1-2017, pax, "ustar Interchange Format"). */
const HEADER = {
  name: [0, 100],
  mode: [100, 8],
  uid: [108, 8],
  gid: [116, 8],
  size: [124, 12],
  mtime: [136, 12],
  checksum: [148, 8],
  typeflag: [156, 1],
  magic: [257, 6],
  version: [263, 2],
} as const;

/** Archives files in the given order, each folder just before its first file. Asserts that names fit (100 bytes). */
export function tarArchive(files: readonly ArchivedFile[]): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  const folders = new Set<string>();
  for (const file of files) {
    for (const folder of foldersOf(file.path)) {
      if (!folders.has(folder)) {
        folders.add(folder);
        parts.push(header(folder, 0, "0000755", "5"));
      }
    }
    parts.push(header(file.path, file.content.length, file.executable ? "0000755" : "0000644", "0"));
    parts.push(file.content, new Uint8Array(-file.content.length & (BLOCK_BYTES - 1)));
  }
  parts.push(new Uint8Array(2 * BLOCK_BYTES));
  return joined(parts);
}

/** `a/b/c` → `a/`, `a/b/`. */
function foldersOf(path: string): string[] {
  const names = path.split("/").slice(0, -1);
  return names.map((_, i) => names.slice(0, i + 1).join("/") + "/");
}

function header(name: string, size: number, mode: string, typeflag: string): Uint8Array {
  const block = new Uint8Array(BLOCK_BYTES);
  const put = (field: keyof typeof HEADER, text: string) => {
    const [offset, length] = HEADER[field];
    const bytes = new TextEncoder().encode(text);
    assert(bytes.length <= length, `tar: ${field} ${text} is longer than ${length} bytes`);
    block.set(bytes, offset);
  };
  put("name", name);
  put("mode", mode);
  put("uid", "0000000");
  put("gid", "0000000");
  put("size", size.toString(8).padStart(11, "0"));
  put("mtime", "00000000000");
  put("typeflag", typeflag);
  put("magic", "ustar\0");
  put("version", "00");
  // The sum is taken with its own field full of spaces.
  put("checksum", " ".repeat(8));
  const sum = block.reduce((total, byte) => total + byte, 0);
  put("checksum", sum.toString(8).padStart(6, "0") + "\0 ");
  return block;
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
