/** TLS before a server that has none: HTTP/2 by ALPN comes in, and goes on in clear text. */
import type { Certificate } from "./practice_certificates.ts";

export type TlsFront = Readonly<{ port: number; stop(): Promise<void> }>;

/** Hands what comes at `port` of `host` through to its port `to`. Throws as `Deno.listenTls` does. */
export function startTlsFront(
  { port, host, certificate: { certificatePem, keyPem }, to }: Readonly<
    { port: number; host: string; certificate: Certificate; to: number }
  >,
): TlsFront {
  const listener = Deno.listenTls({
    port,
    hostname: host,
    cert: certificatePem,
    key: keyPem,
    alpnProtocols: ["h2"],
  });
  const open = new Set<Deno.Conn>();
  const passed = passOn(listener, host, to, open);
  return {
    port: listener.addr.port,
    stop: async () => {
      listener.close();
      for (const connection of open) close(connection);
      await passed;
    },
  };
}

async function passOn(
  listener: Deno.TlsListener,
  host: string,
  to: number,
  open: Set<Deno.Conn>,
): Promise<void> {
  const passing = new Set<Promise<void>>();
  for await (const front of listener) {
    const passed = pass(front, { hostname: reachable(host), port: to }, open).finally(() =>
      passing.delete(passed)
    );
    passing.add(passed);
  }
  await Promise.all(passing);
}

/** Both ways, until either side ends. */
async function pass(front: Deno.TlsConn, to: Deno.ConnectOptions, open: Set<Deno.Conn>): Promise<void> {
  open.add(front);
  try {
    await front.handshake();
    const back = await Deno.connect(to);
    open.add(back);
    back.setNoDelay();
    await Promise.race([copy(front, back), copy(back, front)]);
    close(back);
    open.delete(back);
  } catch {
    // A handshake that fails is the client's affair: it asked for something else, or does not trust the certificate.
  }
  close(front);
  open.delete(front);
}

async function copy(from: Deno.Conn, to: Deno.Conn): Promise<void> {
  const buffer = new Uint8Array(64 * 1024);
  try {
    for (;;) {
      const length = await from.read(buffer);
      if (length === null) return;
      for (let at = 0; at < length;) at += await to.write(buffer.subarray(at, length));
    }
  } catch {
    // Reset, or closed by the other way's end.
  }
}

function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch {
    // It has been closed already.
  }
}

/** An address to connect to where the server listens on all of them. */
function reachable(host: string): string {
  return host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host;
}
