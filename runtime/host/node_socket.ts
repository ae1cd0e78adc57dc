/** TLS by `node:tls`, for what Deno's own has no place for: a client's certificate, and certificates that are not checked. */
import { connect, type Socket } from "node:net";
import { connect as secure, type TLSSocket } from "node:tls";
import { isAddress } from "./address.ts";
import type { ByteSocket, Opening, SecuredSocket, TlsOptions } from "./byte_socket.ts";

/**
 * TLS by Node. (`Deno.connectTls` takes a client's certificate, but no other server's name than the host, and leaves
 * TCP_NODELAY out, which costs a handshake some 40 ms.) Null where it was given up. Rejects with Node's error, which has
 * the words of rustls.
 */
export function secureByNode(options: TlsOptions, opening: Opening): Promise<SecuredSocket | null> {
  return new Promise((resolve, reject) => {
    const plain = connect({ host: options.host, port: options.port });
    plain.once("error", reject);
    // TLS must begin right here: when Node has begun to read the socket, Deno cannot take it over any more.
    plain.once("connect", () => {
      plain.setNoDelay(true);
      if (opening.connected({ close: () => plain.destroy() })) shakeHands(plain, options, resolve, reject);
      else resolve(null);
    });
  });
}

function shakeHands(
  plain: Socket,
  { serverName, offered, texts, insecure }: TlsOptions,
  resolve: (secured: SecuredSocket) => void,
  reject: (cause: Error) => void,
): void {
  const socket = secure({
    socket: plain,
    // An address is looked for in the certificate, and not asked for (RFC 6066 section 3).
    ...(isAddress(serverName) ? { host: serverName } : { servername: serverName }),
    ALPNProtocols: offered,
    rejectUnauthorized: !insecure,
    ca: texts.ca ?? undefined,
    cert: texts.cert ?? undefined,
    key: texts.key ?? undefined,
  });
  const closed = () => reject(new Error("the connection ended in the middle of the handshake"));
  socket.once("error", reject);
  socket.once("close", closed);
  socket.once("secureConnect", () => {
    // Deno says so of every handshake that is over. Of one that failed there is no protocol, and its error follows.
    const agreed: string | false | null = socket.alpnProtocol;
    if (agreed === null) return;
    socket.off("error", reject);
    socket.off("close", closed);
    resolve({ socket: new NodeSocket(socket), agreed: agreed === false ? null : agreed });
  });
}

/**
 * Reads and writes in turns what Node tells in events. It asks for what has come: Deno's sockets that flow, are paused and
 * flow on mix up the order of the bytes.
 */
class NodeSocket implements ByteSocket {
  readonly #socket: TLSSocket;
  /** What is left of the chunk that was taken last. */
  #left: Uint8Array | null = null;
  #isOver = false;
  #failure: Error | null = null;
  #reader: Readonly<{ into: Uint8Array; read: PromiseWithResolvers<number | null> }> | null = null;

  constructor(socket: TLSSocket) {
    this.#socket = socket;
    socket.on("readable", () => this.#hand());
    socket.on("end", () => this.#end(null));
    socket.on("close", () => this.#end(null));
    socket.on("error", (failure: Error) => this.#end(failure));
  }

  read(into: Uint8Array): Promise<number | null> {
    const read = Promise.withResolvers<number | null>();
    this.#reader = { into, read };
    this.#hand();
    return read.promise;
  }

  write(bytes: Uint8Array): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#socket.write(bytes, (failure) => failure ? reject(failure) : resolve(bytes.length));
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #end(failure: Error | null): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#failure = failure;
    this.#hand();
  }

  /** Gives a reader what there is. */
  #hand(): void {
    if (this.#reader === null) return;
    const { into, read } = this.#reader;
    const chunk: Uint8Array | null = this.#left ?? this.#socket.read();
    if (chunk !== null) {
      const length = Math.min(chunk.length, into.length);
      into.set(chunk.subarray(0, length));
      this.#left = length < chunk.length ? chunk.subarray(length) : null;
      this.#reader = null;
      read.resolve(length);
    } else if (this.#isOver) {
      this.#reader = null;
      if (this.#failure === null) read.resolve(null);
      else read.reject(this.#failure);
    }
  }
}
