/** The fields of a head that was found well formed (RFC 9112 section 5). */
export type Field = readonly [name: string, value: string];

const decoder = new TextDecoder();

/** In the order received; names in lower case, values without white space around them, folded ones as one. */
export function readFields(head: Uint8Array): Field[] {
  const lines = decoder.decode(head).replace(/\r?\n[ \t]+/g, " ").split(/\r?\n/);
  return lines.slice(1).filter((line) => line !== "").map((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon).toLowerCase(), trimmed(line.slice(colon + 1))];
  });
}

function trimmed(text: string): string {
  return text.replace(/^[ \t]+|[ \t]+$/g, "");
}

/** The target of the request whose bytes begin here: what stands between the line's two spaces. */
export function requestTarget(request: Uint8Array): string {
  const from = request.indexOf(32) + 1;
  return decoder.decode(request.subarray(from, request.indexOf(32, from)));
}
