/** A transport that speaks HTTP/2, and the server end of its connections in frames. */
import { socketTransport } from "../../runtime/host/socket.ts";
import { epollTransport } from "../../runtime/host/epoll.ts";
import type { TlsTexts, TransportModule } from "../../runtime/host/transport.ts";
import type { Target } from "../../runtime/plan.ts";
import { FRAME } from "../../runtime/protocol/http2_frames.ts";
import { DrivenNetwork } from "../driven_network.ts";
import { Peer } from "../raw_peer.ts";
import type { ClientFrame } from "./client_frames.ts";
import { block, data, headers, settings, type Wire } from "./server_frames.ts";

const TRANSPORTS = [socketTransport, epollTransport].filter(({ problem }) => (problem?.() ?? null) === null);
const PREFACE_BYTES = 24;
const END_STREAM = 1;

/** All slots of the driven network share one connection. */
export const ONE_CONNECTION: Partial<Target> = {
  protocol: "h2",
  connections: { kind: "shared", size: 1 },
  streams: 8,
};

export type Meeting = Readonly<{ network: DrivenNetwork; accept(): Promise<Http2Peer> }>;

/** A test with each transport of cleartext, against frames. */
export function bothTell(name: string, meet: (meeting: Meeting) => Promise<void>): void {
  bothTransports(name, async (transport) => {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const target = { ...ONE_CONNECTION, host: "127.0.0.1", port: listener.addr.port };
    await meeting(transport, target, [], listener, meet);
  });
}

/** The same without a server. */
export function bothTransports(name: string, run: (transport: TransportModule) => Promise<void>): void {
  for (const transport of TRANSPORTS) {
    Deno.test({
      name: `${transport.name}: ${name}`,
      // The pacer's timer, and the C library that stays open.
      sanitizeOps: false,
      sanitizeResources: false,
      fn: () => run(transport),
    });
  }
}

/** Lends both ends of connections to a listener that is there, and closes them. */
export async function meeting(
  transport: TransportModule,
  target: Partial<Target>,
  texts: readonly TlsTexts[],
  listener: Deno.Listener | Deno.TlsListener,
  meet: (meeting: Meeting) => Promise<void>,
): Promise<void> {
  const network = new DrivenNetwork(transport, target, texts);
  const peers: Peer[] = [];
  try {
    await meet({
      network,
      async accept() {
        const accepting = listener.accept();
        await network.during(accepting);
        const peer = new Peer(await accepting, PREFACE_BYTES);
        peers.push(peer);
        return new Http2Peer(network, peer);
      },
    });
  } finally {
    network.close(0);
    for (const peer of peers) peer.close();
  }
}

/** What a server hears and says on one connection. */
export class Http2Peer {
  readonly #network: DrivenNetwork;
  readonly #peer: Peer;
  #hasGreeted = false;

  constructor(network: DrivenNetwork, peer: Peer) {
    this.#network = network;
    this.#peer = peer;
  }

  /** The next frame of that type; what comes before it is passed over. */
  async frame(type: keyof typeof FRAME): Promise<ClientFrame> {
    while (true) {
      const next = this.#next();
      await this.#network.during(next);
      const frame = await next;
      if (frame.type === FRAME[type]) return frame;
    }
  }

  /** So many requests came; returns the numbers of their streams. */
  async requests(count: number): Promise<number[]> {
    const streams: number[] = [];
    while (streams.length < count) streams.push((await this.frame("headers")).stream);
    return streams;
  }

  /** In pieces of so many octets, each read by itself. */
  async write(wire: Wire, pieceBytes = wire.length): Promise<void> {
    for (let at = 0; at < wire.length; at += pieceBytes) {
      await this.#peer.write(Uint8Array.from(wire.slice(at, at + pieceBytes)));
      if (pieceBytes < wire.length) await this.#network.during();
    }
  }

  /** Whether the client has closed, whatever it wrote before. */
  async isEnded(): Promise<boolean> {
    while (true) {
      const next = this.#next();
      try {
        await this.#network.during(next);
      } catch {
        return true;
      }
    }
  }

  close(): void {
    this.#peer.close();
  }

  async #next(): Promise<ClientFrame> {
    if (!this.#hasGreeted) await this.#peer.read();
    this.#hasGreeted = true;
    const header = await this.#peer.read(9);
    const view = new DataView(header.buffer);
    const length = view.getUint32(0) >>> 8;
    const payload = length === 0 ? new Uint8Array(0) : await this.#peer.read(length);
    return { type: header[3], flags: header[4], stream: view.getUint32(5), payload };
  }
}

/** Settings, of which there must be some first. */
export const HELLO: Wire = settings();

/** A whole response of status 200; fields of the trailer stand behind its body. */
export function answer(
  stream: number,
  body: string,
  fields: readonly (readonly [string, string])[] = [],
  trailer: readonly (readonly [string, string])[] = [],
): Wire {
  const head = headers(stream, block([":status", "200"], ...fields));
  if (trailer.length === 0) return [...head, ...data(stream, body, END_STREAM)];
  return [...head, ...data(stream, body), ...headers(stream, block(...trailer), END_STREAM)];
}
