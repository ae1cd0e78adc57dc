/** For tests: frames as a server sends them, right and wrong. */

export type FrameOptions = Readonly<{
  isFinal?: boolean;
  /** RSV1 to RSV3 as one number. */
  reserved?: number;
  maskingKey?: readonly [number, number, number, number];
  /** How many bytes the length takes beside the first seven bits; by default as few as hold it. */
  lengthOctets?: 0 | 2 | 8;
}>;

/** A text is sent as UTF-8. */
export function serverFrame(
  opcode: number,
  payload: string | readonly number[] | Uint8Array = "",
  options: FrameOptions = {},
): number[] {
  const body = typeof payload === "string" ? [...new TextEncoder().encode(payload)] : [...payload];
  const least = body.length < 126 ? 0 : body.length < 65_536 ? 2 : 8;
  const octets = options.lengthOctets ?? least;
  const mask = options.maskingKey;
  return [
    (options.isFinal === false ? 0 : 128) | ((options.reserved ?? 0) << 4) | opcode,
    (mask === undefined ? 0 : 128) | (octets === 0 ? body.length : octets === 2 ? 126 : 127),
    ...Array.from({ length: octets }, (_, i) => Math.floor(body.length / 256 ** (octets - 1 - i)) % 256),
    ...mask ?? [],
    ...mask === undefined ? body : body.map((octet, i) => octet ^ mask[i % 4]),
  ];
}

/** A message in one frame for each fragment, with the opcode on the first. */
export function fragments(opcode: number, ...payloads: readonly (string | readonly number[])[]): number[][] {
  return payloads.map((payload, i) =>
    serverFrame(i === 0 ? opcode : 0, payload, { isFinal: i === payloads.length - 1 })
  );
}

/** The payload of a close. */
export function closing(code: number, reason: string | readonly number[] = ""): number[] {
  const words = typeof reason === "string" ? [...new TextEncoder().encode(reason)] : reason;
  return [code >> 8, code & 255, ...words];
}
