import { closeQuietly, type Opening, type SecuredSocket, type TlsOptions } from "./byte_socket.ts";
import { directSocket } from "./direct_socket.ts";

/** TCP by Deno. */
export async function connectByDeno(hostname: string, port: number): Promise<Deno.TcpConn> {
  const socket = await Deno.connect({ hostname, port });
  socket.setNoDelay(true);
  return socket;
}

/** TLS by Deno, the fast one. It knows neither a client's certificate nor `insecure`. Null where it was given up. */
export async function secureByDeno(
  { host, port, serverName, offered, texts }: TlsOptions,
  opening: Opening,
): Promise<SecuredSocket | null> {
  const plain = await connectByDeno(host, port);
  if (!opening.connected(plain)) return null;
  const socket = await Deno.startTls(plain, {
    hostname: serverName,
    alpnProtocols: offered,
    caCerts: texts.ca === null ? [] : [texts.ca],
  });
  opening.has(socket);
  try {
    const { alpnProtocol } = await socket.handshake();
    return { socket: directSocket(socket), agreed: alpnProtocol };
  } catch (cause) {
    closeQuietly(socket);
    throw cause;
  }
}
