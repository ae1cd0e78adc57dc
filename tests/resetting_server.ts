/** A server on 127.0.0.1 whose connections end with a reset and no end of data in front, as a crashed host's do; Linux. */
import { socketAddress } from "../runtime/host/socket_address.ts";

const SYMBOLS = {
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  bind: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  listen: { parameters: ["i32", "i32"], result: "i32" },
  getsockname: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  accept: { parameters: ["i32", "pointer", "pointer"], result: "i32" },
  send: { parameters: ["i32", "buffer", "u32", "i32"], result: "i32" },
  setsockopt: { parameters: ["i32", "i32", "i32", "buffer", "u32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
} as const;

const AF_INET = 2;
const SOCK_STREAM = 1;
const SOL_SOCKET = 1;
const SO_LINGER = 13;

export class ResettingServer implements Disposable {
  readonly port: number;
  readonly #library = Deno.dlopen("libc.so.6", SYMBOLS);
  readonly #listener: number;

  constructor() {
    const c = this.#library.symbols;
    this.#listener = c.socket(AF_INET, SOCK_STREAM, 0);
    const address = socketAddress("127.0.0.1", 0);
    const length = new Uint32Array([address.length]);
    const failed = c.bind(this.#listener, address, address.length) + c.listen(this.#listener, 8) +
      c.getsockname(this.#listener, address, length);
    if (failed !== 0) throw new Error("cannot listen");
    this.port = new DataView(address.buffer).getUint16(2);
  }

  /** Takes a connection that has been opened already, sends some bytes, and returns what resets it. */
  meet(text: string): () => void {
    const c = this.#library.symbols;
    const socket = c.accept(this.#listener, null, null);
    const bytes = new TextEncoder().encode(text);
    if (c.send(socket, bytes, bytes.length, 0) !== bytes.length) throw new Error("cannot send");
    return () => {
      // Linger for no time at all: what is not sent is thrown away, and the peer is told with RST.
      c.setsockopt(socket, SOL_SOCKET, SO_LINGER, new Int32Array([1, 0]), 8);
      c.close(socket);
    };
  }

  [Symbol.dispose](): void {
    this.#library.symbols.close(this.#listener);
    this.#library.close();
  }
}
