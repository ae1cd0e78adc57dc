/** The practice server's WebSockets (RFC 6455): an echo, rooms to chat in, and one that sends by itself. */
import { Rooms } from "./practice_rooms.ts";
import { paceOf } from "./practice_waiting.ts";

/** What is done with one socket; it is closed with 1000 when `whenOpen` resolves. */
type Attendant = Readonly<{
  whenOpen?(): Promise<void>;
  whenMessage?(data: string | ArrayBuffer): void;
  whenClosed?(): void;
}>;

/** Sends, where the socket is still open and its client keeps up. */
type Send = (data: string | ArrayBuffer) => boolean;

/** The subprotocol it agrees to where a client offers it. */
const SUBPROTOCOL = "chat.v2";
/** Bytes a client may have waiting before it is dropped. */
const MOST_WAITING_BYTES = 4 * 1024 * 1024;
const CLOSE = { normal: 1000, goingAway: 1001, tryAgainLater: 1013 } as const;
/** How long a client has to answer the end of the server. */
const FAREWELL_MS = 500;

/** Those that are open now. */
export class PracticeSockets {
  readonly #rooms = new Rooms();
  readonly #open = new Map<WebSocket, () => void>();

  get count(): number {
    return this.#open.size;
  }

  /** Sends back what comes, text as text and bytes as bytes. */
  echo(request: Request): Response {
    return this.#accept(request, (send) => ({ whenMessage: send }));
  }

  /** As `Rooms` has it. */
  room(request: Request, name: string): Response {
    return this.#accept(request, (send) => {
      const guest = this.#rooms.enter(name, send);
      return {
        whenMessage: (data) => this.#rooms.hear(name, guest, typeof data === "string" ? data : ""),
        whenClosed: () => this.#rooms.leave(name, guest),
      };
    });
  }

  /** `{"type":"tick","n":0}` at once, and then every `everyMs`; `count` of them. */
  ticker(
    request: Request,
    everyMs: number,
    count: number,
    wait: (ms: number) => Promise<boolean>,
  ): Response {
    return this.#accept(request, (send) => ({
      async whenOpen() {
        const pace = paceOf(everyMs, wait);
        for (let n = 0; n < count; n++) {
          if (!await pace(n) || !send(JSON.stringify({ type: "tick", n }))) return;
        }
      },
    }));
  }

  /** Closes all with 1001, and waits a little for their clients to do the same. */
  async stop(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, FAREWELL_MS);
    for (const [socket, closed] of this.#open) {
      this.#open.set(socket, () => {
        closed();
        if (this.#open.size === 0) resolve();
      });
      socket.close(CLOSE.goingAway, "the server ends");
    }
    if (this.#open.size > 0) await promise;
    clearTimeout(timer);
  }

  #accept(request: Request, attend: (send: Send) => Attendant): Response {
    if (!asksForWebSocket(request)) {
      const wanted = { error: "a WebSocket is wanted here" };
      return Response.json(wanted, { status: 426, headers: { upgrade: "websocket", connection: "upgrade" } });
    }
    const { socket, response } = upgraded(request);
    if (socket === null) return response;
    socket.binaryType = "arraybuffer";
    const { whenOpen, whenMessage, whenClosed } = attend((data) => sent(socket, data));
    const close = () => {
      if (this.#open.delete(socket)) whenClosed?.();
    };
    this.#open.set(socket, close);
    socket.onopen = () => {
      whenOpen?.().then(() => socket.readyState === WebSocket.OPEN && socket.close(CLOSE.normal));
    };
    socket.onmessage = ({ data }) => whenMessage?.(data);
    socket.onclose = () => this.#open.get(socket)?.();
    // An error is told before the close it leads to; unheard, it would end the server.
    socket.onerror = (event) => event.preventDefault();
    return response;
  }
}

/** Clients may ask to upgrade to other things, such as h2c. */
export function asksForWebSocket({ headers }: Request): boolean {
  return headers.get("upgrade")?.toLowerCase() === "websocket";
}

function upgraded(request: Request): { socket: WebSocket | null; response: Response } {
  const offered = request.headers.get("sec-websocket-protocol")?.split(",").map((name) => name.trim());
  const protocol = offered?.includes(SUBPROTOCOL) ? { protocol: SUBPROTOCOL } : {};
  try {
    return Deno.upgradeWebSocket(request, protocol);
  } catch (cause) {
    const error = cause instanceof Error ? cause.message : String(cause);
    return { socket: null, response: Response.json({ error }, { status: 400 }) };
  }
}

function sent(socket: WebSocket, data: string | ArrayBuffer): boolean {
  if (socket.readyState !== WebSocket.OPEN) return false;
  if (socket.bufferedAmount > MOST_WAITING_BYTES) {
    socket.close(CLOSE.tryAgainLater, "messages are not read fast enough");
    return false;
  }
  socket.send(data);
  return true;
}
