/** What a server needs of Linux's C library beside what the transport `epoll` has of it. */
const SYMBOLS = {
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  setsockopt: { parameters: ["i32", "i32", "i32", "buffer", "u32"], result: "i32" },
  bind: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  listen: { parameters: ["i32", "i32"], result: "i32" },
  accept4: { parameters: ["i32", "pointer", "pointer", "i32"], result: "i32" },
  usleep: { parameters: ["u32"], result: "i32" },
} as const;

const AF_INET = 2;
const SOCK_STREAM = 1;
const SOCK_NONBLOCK_CLOEXEC = 0o2004000;
const SOL_SOCKET = 1;
const SO_REUSEADDR = 2;
const BACKLOG = 4096;

/** A socket that listens on 127.0.0.1, and does not block. */
export class ListeningSocket {
  readonly descriptor: number;
  readonly #c = Deno.dlopen("libc.so.6", SYMBOLS).symbols;

  constructor(port: number) {
    const address = new Uint8Array(16);
    address.set([AF_INET, 0, port >> 8, port & 255, 127, 0, 0, 1]);
    const one = new Int32Array([1]);
    this.descriptor = this.#c.socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK_CLOEXEC, 0);
    this.#c.setsockopt(this.descriptor, SOL_SOCKET, SO_REUSEADDR, one, 4);
    if (this.#c.bind(this.descriptor, address, 16) < 0 || this.#c.listen(this.descriptor, BACKLOG) < 0) {
      throw new Error(`cannot listen on port ${port}`);
    }
  }

  /** The next connection's descriptor, or −1 where there is none now. */
  accept(): number {
    return this.#c.accept4(this.descriptor, null, null, SOCK_NONBLOCK_CLOEXEC);
  }

  /** Stands still. */
  sleep(microseconds: number): void {
    this.#c.usleep(microseconds);
  }
}
