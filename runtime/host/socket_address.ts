/** Linux's numbers of address families. */
export const FAMILY = { v4: 2, v6: 10 } as const;

/**
 * A `sockaddr_in` (16 bytes) or `sockaddr_in6` (28) of Linux, for an IPv4 address or an IPv6 address (RFC 4291 section
 * 2.2, without a zone) as text.
 */
export function socketAddress(address: string, port: number): Uint8Array<ArrayBuffer> {
  const isV6 = address.includes(":");
  const bytes = new Uint8Array(isV6 ? 28 : 16);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, isV6 ? FAMILY.v6 : FAMILY.v4, true);
  view.setUint16(2, port);
  if (isV6) bytes.set(v6Bytes(address), 8);
  else bytes.set(address.split(".").map(Number), 4);
  return bytes;
}

/** The sixteen bytes. `::` stands for as many zeros as are missing; the last four may be written as IPv4. */
function v6Bytes(text: string): Uint8Array {
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(text);
  const pure = dotted === null ? text : dotted[1] +
    [2, 4].map((at) => (Number(dotted[at]) * 256 + Number(dotted[at + 1])).toString(16)).join(":");
  const [before, after = ""] = pure.split("::");
  const groups = (part: string) => part === "" ? [] : part.split(":").map((group) => parseInt(group, 16));
  const [first, last] = [groups(before), groups(after)];
  const zeros = new Array(8 - first.length - last.length).fill(0);
  return Uint8Array.from([...first, ...zeros, ...last].flatMap((group) => [group >> 8, group & 255]));
}
