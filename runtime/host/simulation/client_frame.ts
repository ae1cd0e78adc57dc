/** A whole frame as a client sends it (RFC 6455 section 5.2). */
export type ClientFrame = Readonly<{ opcode: number; payload: Uint8Array }>;

const FINAL = 0x80;
const MASKED = 0x80;
/** For the length in the second byte, how many bytes of length follow. */
const LONGER = new Map([[126, 2], [127, 8]]);

/** Takes bytes[0, length) apart, which must be one frame, masked and unfragmented: what z6c sends. */
export function readClientFrame(bytes: Uint8Array, length: number): ClientFrame {
  const [first, second] = bytes;
  const short = second & 0x7f;
  const wide = LONGER.get(short) ?? 0;
  let payloadBytes = wide === 0 ? short : 0;
  for (const octet of bytes.subarray(2, 2 + wide)) payloadBytes = payloadBytes * 256 + octet;
  const body = 2 + wide + 4;
  if ((first & 0xf0) !== FINAL || (second & MASKED) === 0 || body + payloadBytes !== length) {
    throw new Error("z6c has a bug: what it sends on a WebSocket is no whole, masked frame");
  }
  const key = bytes.subarray(body - 4, body);
  const payload = bytes.slice(body, length).map((octet, at) => octet ^ key[at % 4]);
  return { opcode: first & 0x0f, payload };
}
