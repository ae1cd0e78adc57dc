/** Sockets and epoll of Linux's C library, called straight from JavaScript. Non-blocking, but for `wait`. */
import { ERRNO } from "./errno.ts";
import { FAMILY } from "./socket_address.ts";

/** Opens the library. Throws where this is not Linux with glibc or musl. Each thread needs its own. */
export function openLibc(): Libc {
  let failure: unknown;
  for (const name of LIBRARIES) {
    try {
      return new Libc(Deno.dlopen(name, SYMBOLS));
    } catch (cause) {
      failure ??= cause;
    }
  }
  throw failure;
}

const LIBRARIES = ["libc.so.6", "libc.so", "libc.musl-x86_64.so.1", "libc.musl-aarch64.so.1"];

/**
 * A `size_t` is declared as u32, and a `ssize_t` as i32: 64-bit numbers are BigInts to Deno, which are allocated, and
 * with plain numbers in their place its fast calls are not fast. All lengths here are far below 2^31, and registers
 * that hold such numbers hold nothing above them.
 */
const SYMBOLS = {
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  connect: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  send: { parameters: ["i32", "buffer", "u32", "i32"], result: "i32" },
  recv: { parameters: ["i32", "buffer", "u32", "i32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
  setsockopt: { parameters: ["i32", "i32", "i32", "buffer", "u32"], result: "i32" },
  getsockopt: { parameters: ["i32", "i32", "i32", "buffer", "buffer"], result: "i32" },
  epoll_create1: { parameters: ["i32"], result: "i32" },
  epoll_ctl: { parameters: ["i32", "i32", "i32", "buffer"], result: "i32" },
  epoll_wait: { parameters: ["i32", "buffer", "i32", "i32"], result: "i32" },
  // In glibc since 2.35, in Linux since 5.11: without it, waits are whole milliseconds.
  epoll_pwait2: { parameters: ["i32", "buffer", "i32", "buffer", "pointer"], result: "i32", optional: true },
  prctl: { parameters: ["i32", "usize", "usize", "usize", "usize"], result: "i32" },
  __errno_location: { parameters: [], result: "pointer" },
  strerror: { parameters: ["i32"], result: "pointer" },
} as const;

type Library = Deno.DynamicLibrary<typeof SYMBOLS>;

/** Bits of what a socket is watched for, and of what has happened on it. */
export const READY = { in: 0x1, out: 0x4, error: 0x8, hangUp: 0x10, readHangUp: 0x2000 } as const;

const SOCK_STREAM = 1;
const SOCK_NONBLOCK_CLOEXEC = 0o2004000;
const IPPROTO_TCP = 6;
const TCP_NODELAY = 1;
const SOL_SOCKET = 1;
const SO_ERROR = 4;
const MSG_NOSIGNAL = 0x4000;
const EPOLL_CLOEXEC = 0o2000000;
const EPOLL_CTL_ADD = 1;
const EPOLL_CTL_MOD = 3;
const PR_SET_TIMERSLACK = 29;
/** `struct epoll_event` is packed on x86-64 only. */
const EVENT = Deno.build.arch === "x86_64" ? { bytes: 12, data: 4 } : { bytes: 16, data: 8 };
const EVENTS = 256;

/** Every call that fails returns −1 and leaves its reason in `errno`. */
export class Libc implements Disposable {
  readonly #library: Library;
  readonly #c: Library["symbols"];
  readonly #errno: Deno.UnsafePointerView;
  readonly #one = new Int32Array([1]);
  readonly #int = new Int32Array(1);
  readonly #intLength = new Uint32Array([4]);
  readonly #event = new DataView(new ArrayBuffer(EVENT.bytes));
  readonly #eventBytes = new Uint8Array(this.#event.buffer);
  readonly #eventsBytes = new Uint8Array(EVENTS * EVENT.bytes);
  readonly #events = new DataView(this.#eventsBytes.buffer);
  /** `struct timespec`: seconds and nanoseconds, 64 bits each, the lower half first. */
  readonly #timespec = new Uint32Array(4);
  readonly #epoll: number;
  #isFine: boolean;

  constructor(library: Library) {
    const c = library.symbols;
    this.#library = library;
    this.#c = c;
    const errno = c.__errno_location();
    if (errno === null) throw new Error("the C library tells no errors");
    this.#errno = new Deno.UnsafePointerView(errno);
    this.#epoll = c.epoll_create1(EPOLL_CLOEXEC);
    if (this.#epoll < 0) throw new Error(this.text(this.errno));
    // A thread's timers may be 50 µs late unless it says otherwise.
    c.prctl(PR_SET_TIMERSLACK, 1n, 0n, 0n, 0n);
    this.#isFine = c.epoll_pwait2 !== null;
  }

  /** Watches nothing any more; sockets stay as they are. */
  [Symbol.dispose](): void {
    this.#c.close(this.#epoll);
    this.#library.close();
  }

  /** Of the call before. */
  get errno(): number {
    return this.#errno.getInt32();
  }

  /** The system's own words. */
  text(errno: number): string {
    const words = this.#c.strerror(errno);
    const text = words === null ? "error" : new Deno.UnsafePointerView(words).getCString();
    return `${text} (os error ${errno})`;
  }

  /** A TCP socket for such an address (see `socketAddress`). */
  openSocket(address: Uint8Array): number {
    const family = address[0] === FAMILY.v4 ? FAMILY.v4 : FAMILY.v6;
    const socket = this.#c.socket(family, SOCK_STREAM | SOCK_NONBLOCK_CLOEXEC, 0);
    if (socket >= 0) this.#c.setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, this.#one, 4);
    return socket;
  }

  /** 0, or −1 with EINPROGRESS: `READY.out` will say. */
  connect(socket: number, address: Uint8Array<ArrayBuffer>): number {
    return this.#c.connect(socket, address, address.length);
  }

  /** How a connect in progress went: an errno, or 0. */
  connectError(socket: number): number {
    const failed = this.#c.getsockopt(socket, SOL_SOCKET, SO_ERROR, this.#int, this.#intLength) < 0;
    return failed ? this.errno : this.#int[0];
  }

  /** Sends bytes[0, length); returns how many went. */
  send(socket: number, bytes: Uint8Array<ArrayBuffer>, length: number): number {
    return this.#c.send(socket, bytes, length, MSG_NOSIGNAL);
  }

  /** Returns how many bytes came; 0: the peer has sent its last. */
  receive(socket: number, into: Uint8Array<ArrayBuffer>): number {
    return this.#c.recv(socket, into, into.length, 0);
  }

  close(socket: number): void {
    this.#c.close(socket);
  }

  /** Watches a socket for `ready`; its events will carry the two numbers (u32). */
  watch(socket: number, ready: number, low: number, high: number): number {
    return this.#control(EPOLL_CTL_ADD, socket, ready, low, high);
  }

  /** Watches it for something else. */
  watchFor(socket: number, ready: number, low: number, high: number): number {
    return this.#control(EPOLL_CTL_MOD, socket, ready, low, high);
  }

  #control(operation: number, socket: number, ready: number, low: number, high: number): number {
    this.#event.setUint32(0, ready, true);
    this.#event.setUint32(EVENT.data, low, true);
    this.#event.setUint32(EVENT.data + 4, high, true);
    return this.#c.epoll_ctl(this.#epoll, operation, socket, this.#eventBytes);
  }

  /** Waits for events, at most so many microseconds (below a second); returns how many came. */
  wait(microseconds: number): number {
    if (microseconds > 0 && this.#isFine && this.#c.epoll_pwait2 !== null) {
      this.#timespec[2] = microseconds * 1000;
      const events = this.#c.epoll_pwait2(this.#epoll, this.#eventsBytes, EVENTS, this.#timespec, null);
      if (events >= 0) return events;
      if (this.errno === ERRNO.EINTR) return 0;
      this.#isFine = false;
    }
    const milliseconds = Math.floor(microseconds / 1000);
    return Math.max(0, this.#c.epoll_wait(this.#epoll, this.#eventsBytes, EVENTS, milliseconds));
  }

  /** What the n-th event of the last `wait` is: bits of `READY`. */
  eventReady(n: number): number {
    return this.#events.getUint32(n * EVENT.bytes, true);
  }

  /** The numbers it carries. */
  eventLow(n: number): number {
    return this.#events.getUint32(n * EVENT.bytes + EVENT.data, true);
  }

  eventHigh(n: number): number {
    return this.#events.getUint32(n * EVENT.bytes + EVENT.data + 4, true);
  }
}
