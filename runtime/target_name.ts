import type { Target } from "./plan.ts";

/** `http://127.0.0.1:8080`, `https://shop.test`: the target as a person writes it. */
export function targetName(target: Target): string {
  return `${target.scheme}://${authorityOf(target)}`;
}

/** `host`, or `host:port` where the port is not the scheme's own (RFC 9110 section 7.2); IPv6 in brackets. */
export function authorityOf({ scheme, host, port }: Target): string {
  const name = host.includes(":") ? `[${host}]` : host;
  return port === (scheme === "https" ? 443 : 80) ? name : `${name}:${port}`;
}
