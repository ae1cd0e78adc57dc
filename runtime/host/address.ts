import { lookup } from "node:dns/promises";

/** An IPv4 or IPv6 address, not a name. */
export function isAddress(host: string): boolean {
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(host) || host.includes(":");
}

/** Resolves a name as the system does (hosts file included). Throws where it cannot be resolved. */
export async function resolve(host: string): Promise<string> {
  const { address } = await lookup(host);
  return address;
}
