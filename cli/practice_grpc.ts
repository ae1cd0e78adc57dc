/**
 * The practice server's gRPC: HTTP/2 in clear text on a port of its own, since answers end with trailers, which
 * `Deno.serve` cannot send; with TLS, a second port hands through to the first.
 */
import {
  createServer,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import type { AddressInfo } from "node:net";
import { KeyedRandom } from "../runtime/engine/random.ts";
import type { Certificate } from "./practice_certificates.ts";
import { GRPC, type GrpcMethod, GrpcRefusal, grpcShop, PRACTICE_PROTO } from "./practice_grpc_shop.ts";
import { drawnMs, fallsTo } from "./practice_paths.ts";
import { startTlsFront } from "./practice_tls_front.ts";
import { Waiting } from "./practice_waiting.ts";
import { urlOf } from "./practice_server.ts";
import { delayMs, ratioPpm, Unreadable } from "./practice_wish.ts";

export type PracticeGrpc = Readonly<{
  port: number;
  url: string;
  /** Null without TLS. */
  tlsUrl: string | null;
  /** How many calls have come so far. */
  calls(): number;
  /** Ends at once, calls under way included. */
  stop(): Promise<void>;
}>;

export type GrpcOptions = Readonly<{
  /** 0: any free one. */
  port: number;
  host: string;
  seed: number;
  tls?: Readonly<{ port: number; certificate: Certificate }>;
}>;

/** Largest request message, as gRPC libraries have it. */
const MOST_MESSAGE_BYTES = 4 * 1024 * 1024;
const FRAME_HEAD_BYTES = 5;
/** node keeps a timer for the date. */
const UNDATED = { sendDate: false } as const;
const HEAD = { ":status": 200, "content-type": "application/grpc+proto" } as const;
/** What a draw is for. */
const DRAW = { key: 1, delay: 2, fail: 3 } as const;
const UNIT_MS: Readonly<Record<string, number>> = {
  H: 3_600_000,
  M: 60_000,
  S: 1000,
  m: 1,
  u: 1e-3,
  n: 1e-6,
};

/** Listens, and answers until stopped. Rejects as node does, or, of the TLS port, as Deno does. */
export async function startPracticeGrpc({ port, host, seed, tls }: GrpcOptions): Promise<PracticeGrpc> {
  const random = new KeyedRandom(seed);
  const methods = grpcShop(
    await Deno.readTextFile(PRACTICE_PROTO),
    (key) => random.draw(key >>> 0, 0, DRAW.key, 0),
  );
  const waiting = new Waiting();
  const sessions = new Set<ServerHttp2Session>();
  let calls = 0;
  const server = createServer();
  server.on("session", (session) => {
    sessions.add(session);
    session.on("close", () => sessions.delete(session));
    session.on("error", () => session.destroy());
  });
  server.on("stream", (stream, headers) => {
    const number = calls++ >>> 0;
    const call = new Call(stream, headers, waiting);
    call.answer(methods, (use) => random.draw(number, 0, DRAW[use], 0));
  });
  const bound = await listening(server, port, host);
  const stop = async () => {
    waiting.end();
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const session of sessions) session.destroy();
    await closed;
  };
  try {
    const front = tls === undefined ? null : startTlsFront({ ...tls, host, to: bound });
    return {
      port: bound,
      url: urlOf("http", host, bound),
      tlsUrl: front === null ? null : urlOf("https", host, front.port),
      calls: () => calls,
      stop: async () => {
        await front?.stop();
        await stop();
      },
    };
  } catch (cause) {
    await stop();
    throw cause;
  }
}

function listening(server: ReturnType<typeof createServer>, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}

/** One call on its stream, by the protocol of gRPC over HTTP/2. */
class Call {
  readonly #stream: ServerHttp2Stream;
  readonly #headers: IncomingHttpHeaders;
  readonly #waiting: Waiting;
  #isOver = false;
  #callOff = () => {};

  constructor(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, waiting: Waiting) {
    this.#stream = stream;
    this.#headers = headers;
    this.#waiting = waiting;
    stream.on("error", () => this.#leave());
    stream.on("close", () => this.#leave());
  }

  /** Reads the request message, and answers it. `draw` gives a u32 of this call. */
  answer(methods: ReadonlyMap<string, GrpcMethod>, draw: (use: "delay" | "fail") => number): void {
    if (!this.#header("content-type")?.startsWith("application/grpc")) {
      this.#isOver = true;
      this.#stream.respond({ ":status": 415 }, { ...UNDATED, endStream: true });
      return;
    }
    this.#startDeadline();
    const parts: Uint8Array[] = [];
    let length = 0;
    this.#stream.on("data", (part: Uint8Array) => {
      // One byte too many is enough to know.
      if (length > MOST_MESSAGE_BYTES + FRAME_HEAD_BYTES) return;
      length += part.length;
      parts.push(part);
    });
    this.#stream.on("end", async () => {
      try {
        await this.#perform(methods, requestMessage(parts, length), draw);
        this.#end(GRPC.ok, "");
      } catch (cause) {
        if (cause instanceof GrpcRefusal) this.#end(cause.code, cause.message);
        else if (cause instanceof Unreadable) this.#end(GRPC.invalidArgument, cause.message);
        else this.#end(GRPC.internal, String(cause));
      }
    });
  }

  async #perform(
    methods: ReadonlyMap<string, GrpcMethod>,
    message: Uint8Array,
    draw: (use: "delay" | "fail") => number,
  ): Promise<void> {
    const path = this.#header(":path") ?? "";
    const method = methods.get(path);
    if (method === undefined) throw new GrpcRefusal(GRPC.unimplemented, `there is no method ${path}`);
    const metadata = (name: string) => this.#header(name) ?? null;
    const wait = (ms: number) => this.#waiting.wait(ms);
    const delay = metadata("x-z6c-delay");
    if (delay !== null) await wait(drawnMs(delayMs(delay), draw("delay")));
    const fail = metadata("x-z6c-fail");
    if (fail !== null && fallsTo(ratioPpm(fail), draw("fail"))) {
      throw new GrpcRefusal(GRPC.unavailable, "failed on request");
    }
    for await (const answer of method({ message, metadata, wait })) {
      if (this.#isOver) return;
      await this.#send(answer);
    }
  }

  /** One message, as soon as the client has room for it. */
  #send(message: Uint8Array): Promise<void> | undefined {
    const frame = new Uint8Array(FRAME_HEAD_BYTES + message.length);
    new DataView(frame.buffer).setUint32(1, message.length);
    frame.set(message, FRAME_HEAD_BYTES);
    const stream = this.#stream;
    if (!stream.headersSent) stream.respond(HEAD, { ...UNDATED, waitForTrailers: true });
    if (stream.write(frame)) return undefined;
    return new Promise((resolve) => {
      stream.once("drain", resolve);
      stream.once("close", resolve);
    });
  }

  /** By trailers, or by a head alone where no message was sent. */
  #end(code: number, words: string): void {
    if (this.#isOver) return;
    this.#leave();
    const status = {
      "grpc-status": String(code),
      ...(words === "" ? {} : { "grpc-message": encodeURIComponent(words).replaceAll("%20", " ") }),
    };
    if (!this.#stream.headersSent) {
      this.#stream.respond({ ...HEAD, ...status }, { ...UNDATED, endStream: true });
      return;
    }
    this.#stream.once("wantTrailers", () => this.#stream.sendTrailers(status));
    this.#stream.end();
  }

  #startDeadline(): void {
    const [, digits, unit] = /^(\d{1,8})([HMSmun])$/.exec(this.#header("grpc-timeout") ?? "") ?? [];
    if (digits === undefined) return;
    const ms = Math.min(Number(digits) * UNIT_MS[unit], UNIT_MS.H);
    this.#callOff = this.#waiting.after(ms, () => this.#end(GRPC.deadlineExceeded, "the deadline is over"));
  }

  #leave(): void {
    this.#isOver = true;
    this.#callOff();
  }

  #header(name: string): string | undefined {
    const value = this.#headers[name];
    return Array.isArray(value) ? value[0] : value;
  }
}

/** What the request's body holds: one message behind its flag and length. Throws `GrpcRefusal`. */
function requestMessage(parts: readonly Uint8Array[], length: number): Uint8Array {
  const body = new Uint8Array(Math.max(length, FRAME_HEAD_BYTES));
  let at = 0;
  for (const part of parts) {
    body.set(part, at);
    at += part.length;
  }
  if (body[0] === 1) throw new GrpcRefusal(GRPC.unimplemented, "messages are not to be compressed");
  const told = new DataView(body.buffer).getUint32(1);
  if (told > MOST_MESSAGE_BYTES) throw new GrpcRefusal(GRPC.resourceExhausted, "a message has 4 MiB at most");
  if (length !== FRAME_HEAD_BYTES + told) throw new GrpcRefusal(GRPC.internal, "one whole message is wanted");
  return body.subarray(FRAME_HEAD_BYTES);
}
