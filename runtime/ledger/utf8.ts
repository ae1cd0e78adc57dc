/**
 * UTF-8 and back. `TextEncoder.encodeInto` is left alone: Deno 2.7.11, once its optimiser has seen enough of it,
 * counts bytes for characters in `read` (denoland/deno issue 18255 tells of a like case).
 */
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The text's bytes; a lone surrogate becomes U+FFFD. */
export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** How many of the bytes fit into `bytesMax` without cutting a character in two. */
export function wholeCharacters(bytes: Uint8Array, bytesMax: number): number {
  if (bytes.length <= bytesMax) return bytes.length;
  let end = bytesMax;
  // RFC 3629 section 3: every byte of a character but its first is 10xxxxxx.
  while (end > 0 && (bytes[end] & 0xc0) === 0x80) end--;
  return end;
}

/** The text that whole characters stand for. */
export function textOf(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}
