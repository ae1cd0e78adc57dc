/** From a target to an open connection: its name, TCP and TLS, each timed. */
import type { Clock } from "../engine/host.ts";
import type { Target, Tick, Tls } from "../plan.ts";
import { isAddress, resolve } from "./address.ts";
import {
  type ByteSocket,
  closeQuietly,
  type Opening,
  type SecuredSocket,
  type TlsOptions,
} from "./byte_socket.ts";
import { connectByDeno, secureByDeno } from "./deno_socket.ts";
import { directSocket } from "./direct_socket.ts";
import { secureByNode } from "./node_socket.ts";
import type { TlsTexts } from "./transport.ts";

/** Times in ticks; `protocol`: what TLS agreed on, 1 for HTTP/1.1 and 2 for HTTP/2, or 0 without TLS. */
export type OpenedSocket = Readonly<{
  socket: ByteSocket;
  dns: Tick;
  connect: Tick;
  tls: Tick;
  protocol: number;
}>;

const OFFERED: Readonly<Record<Target["protocol"], string[]>> = {
  "http/1.1": ["http/1.1"],
  h2: ["h2"],
  auto: ["h2", "http/1.1"],
};

/**
 * Opens a connection; null where it was given up on the way. Throws the system's error, in the phase that `opening`
 * tells then.
 */
export async function openSocket(
  target: Target,
  texts: TlsTexts,
  protocol: Target["protocol"],
  clock: Clock,
  opening: Opening,
): Promise<OpenedSocket | null> {
  const { host, port, tls } = target;
  const start = clock.now();
  let resolved = start;
  if (!isAddress(host)) {
    await resolve(host);
    if (opening.isGivenUp) return null;
    resolved = clock.now();
  }
  opening.phase = "connect";
  const dns = resolved - start;
  if (tls === null) {
    const socket = directSocket(await connectByDeno(host, port));
    if (!opening.has(socket)) return null;
    return { socket, dns, connect: clock.now() - resolved, tls: 0, protocol: 0 };
  }
  const isByNode = tls.insecure || texts.cert !== null;
  const secured = await (isByNode ? secureByNode : secureByDeno)(
    tlsOptions(target, tls, texts, protocol),
    opening,
  );
  if (secured === null || !opening.has(secured.socket)) return null;
  const { connectedTick } = opening;
  return {
    socket: secured.socket,
    dns,
    connect: connectedTick - resolved,
    tls: clock.now() - connectedTick,
    protocol: spokenProtocol(protocol, secured),
  };
}

function tlsOptions(
  { host, port }: Target,
  { serverName, insecure }: Tls,
  texts: TlsTexts,
  protocol: Target["protocol"],
): TlsOptions {
  const name = serverName === "" ? host : serverName;
  return { host, port, serverName: name, offered: OFFERED[protocol], texts, insecure };
}

/** A target that has no ALPN speaks HTTP/1.1. */
function spokenProtocol(protocol: Target["protocol"], { socket, agreed }: SecuredSocket): number {
  if (agreed === "h2") return 2;
  if (protocol !== "h2") return 1;
  closeQuietly(socket);
  throw new Error(`the target agreed on ${agreed ?? "no protocol"} by ALPN`);
}
