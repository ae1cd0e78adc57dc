import type { Clock, RequestPhase } from "../engine/host.ts";
import type { Tick } from "../plan.ts";
import type { TlsTexts } from "./transport.ts";

/** What of a socket is used, be it Deno's or Node's. */
export type ByteSocket = Readonly<{
  /** How many bytes came; 0 or null: the target has sent its last. */
  read(into: Uint8Array): Promise<number | null>;
  /** How many bytes went. */
  write(bytes: Uint8Array): Promise<number>;
  close(): void;
}>;

/** `agreed`: the protocol that ALPN came to, if any. */
export type SecuredSocket = Readonly<{ socket: ByteSocket; agreed: string | null }>;

/** What TLS is told of the target, and asked for. */
export type TlsOptions = Readonly<{
  host: string;
  port: number;
  serverName: string;
  /** Names of ALPN (RFC 7301). */
  offered: string[];
  texts: TlsTexts;
  insecure: boolean;
}>;

type Closeable = Pick<ByteSocket, "close">;

/** How far an opening has come. */
export class Opening {
  phase: RequestPhase = "dns";
  /** When TCP had connected. */
  connectedTick: Tick = 0;
  /** Nobody waits for it any more. */
  isGivenUp = false;
  readonly #clock: Clock;
  #socket: Closeable | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** TCP has connected, and what follows is TLS. False where nobody waits for it: then it is closed. */
  connected(socket: Closeable): boolean {
    this.connectedTick = this.#clock.now();
    this.phase = "tls";
    return this.has(socket);
  }

  /** This is the socket now. False where nobody waits for it: then it is closed. */
  has(socket: Closeable): boolean {
    this.#socket = socket;
    if (this.isGivenUp) closeQuietly(socket);
    return !this.isGivenUp;
  }

  /** Closes what there is. (In the middle of a handshake, Deno closes the connection only when that is over.) */
  giveUp(): void {
    this.isGivenUp = true;
    closeQuietly(this.#socket);
  }
}

/** Closing what the target has closed already is no error. */
export function closeQuietly(socket: Closeable | null): void {
  try {
    socket?.close();
  } catch (cause) {
    if (!(cause instanceof Deno.errors.BadResource)) throw cause;
  }
}
