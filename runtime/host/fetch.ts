import type { Clock, Completions, Network, RequestPhase, ResponseWish } from "../engine/host.ts";
import { slotTargets } from "../engine/slot_targets.ts";
import { ERROR } from "../ledger/errors.ts";
import type { Plan, Target, Tick } from "../plan.ts";
import { targetName } from "../target_name.ts";
import { causeText, tlsError } from "./causes.ts";
import { Looking } from "./looking.ts";
import { Pacer } from "./pacer.ts";
import type { TlsTexts, TransportModule } from "./transport.ts";

/**
 * Deno's own HTTP client, one a slot so that connections belong to whom the plan says. It tells nothing of
 * connections and heads: there are no phases but first byte, and bytes received are those of decoded bodies.
 */
export const fetchTransport: TransportModule = {
  name: "fetch",
  open: (plan, clock, completions, texts = [], looking = new Looking()) =>
    new FetchNetwork(plan, clock, completions, texts, looking),
};

class FetchNetwork implements Network {
  /** By target; and by slot, the position of its target. */
  readonly #origins: readonly string[];
  readonly #targetOf: Uint16Array;
  /** By target, how its clients connect. */
  readonly #options: readonly ClientOptions[];
  readonly #clock: Clock;
  readonly #completions: Completions;
  readonly #pacer: Pacer;
  readonly #clients: (Deno.HttpClient | null)[];
  readonly #inFlight: (Exchange | null)[];

  constructor(
    plan: Plan,
    clock: Clock,
    completions: Completions,
    texts: readonly TlsTexts[],
    looking: Looking,
  ) {
    const { targets, bounds } = plan;
    this.#options = targets.map((target, at) => clientOptions(target, texts[at]));
    this.#origins = targets.map(targetName);
    this.#targetOf = slotTargets(plan);
    this.#clock = clock;
    this.#completions = completions;
    this.#pacer = new Pacer(clock, completions, looking);
    this.#clients = new Array(bounds.connections).fill(null);
    this.#inFlight = new Array(bounds.connections).fill(null);
  }

  send(slot: number, bytes: Uint8Array, length: number, wish: ResponseWish): void {
    const exchange: Exchange = { phase: "wait", abort: new AbortController(), firstByte: -1, bytes: 0 };
    this.#inFlight[slot] = exchange;
    this.#exchange(slot, exchange, bytes.subarray(0, length), wish);
  }

  cancel(slot: number): RequestPhase {
    const exchange = this.#inFlight[slot];
    if (exchange === null) throw new Error("z6c has a bug: a request was cancelled that is not in flight");
    this.#inFlight[slot] = null;
    exchange.abort.abort();
    return exchange.phase;
  }

  isOpen(slot: number): boolean {
    return this.#clients[slot] !== null;
  }

  close(slot: number): void {
    this.#clients[slot]?.close();
    this.#clients[slot] = null;
  }

  poll(until: Tick): Promise<void> {
    return this.#pacer.wait(until);
  }

  async #exchange(slot: number, exchange: Exchange, request: Uint8Array, wish: ResponseWish): Promise<void> {
    const { signal } = exchange.abort;
    try {
      const client = this.#clients[slot] ??= Deno.createHttpClient(this.#options[this.#targetOf[slot]]);
      const { url, init } = readRequest(this.#origins[this.#targetOf[slot]], request);
      const response = await fetch(url, { ...init, client, signal, redirect: "manual" });
      exchange.firstByte = this.#clock.now();
      exchange.phase = "receive";
      const body = await readBody(response, exchange, wish.keepBody);
      if (this.#inFlight[slot] !== exchange) return;
      this.#inFlight[slot] = null;
      const end = this.#clock.now();
      const head = wish.keepHead ? headOf(response) : null;
      const { status } = response;
      this.#completions.responseEnded(slot, exchange.firstByte, end, status, exchange.bytes, body, head);
    } catch (cause) {
      if (this.#inFlight[slot] !== exchange) return;
      this.#inFlight[slot] = null;
      const end = this.#clock.now();
      const error = fetchError(cause, exchange.phase);
      this.#completions.requestFailed(
        slot,
        error,
        exchange.firstByte,
        end,
        exchange.bytes,
        clientWords(cause),
      );
    }
    this.#pacer.delivered();
  }
}

type ClientOptions = Deno.CreateHttpClientOptions | (Deno.CreateHttpClientOptions & Deno.TlsCertifiedKeyPem);

function clientOptions({ protocol }: Target, texts: TlsTexts | undefined): ClientOptions {
  const own = {
    poolMaxIdlePerHost: 1,
    http1: protocol !== "h2",
    http2: protocol !== "http/1.1",
    caCerts: texts?.ca ? [texts.ca] : [],
  };
  return texts?.cert && texts.key ? { ...own, cert: texts.cert, key: texts.key } : own;
}

type Exchange = { phase: RequestPhase; readonly abort: AbortController; firstByte: Tick; bytes: number };

const decoder = new TextDecoder();

/** Headers that fetch makes itself. */
const OWN_HEADERS = ["host", "content-length", "connection"];

/** Takes the wire form apart again, so that both transports send what the plan says. */
function readRequest(origin: string, request: Uint8Array): { url: string; init: RequestInit } {
  const text = decoder.decode(request);
  const [line, ...headers] = text.slice(0, text.indexOf("\r\n\r\n")).split("\r\n");
  const [method, path] = line.split(" ");
  const body = request.subarray(endOfHead(request)).slice();
  return {
    url: origin + path,
    init: {
      method,
      headers: headers.map((
        it,
      ): [string, string] => [it.slice(0, it.indexOf(":")), it.slice(it.indexOf(":") + 2)])
        .filter(([name]) => !OWN_HEADERS.includes(name)),
      body: body.length > 0 ? body : undefined,
    },
  };
}

/** The index behind the empty line. */
function endOfHead(request: Uint8Array): number {
  let at = 3;
  while (
    !(request[at - 3] === 13 && request[at - 2] === 10 && request[at - 1] === 13 && request[at] === 10)
  ) at++;
  return at + 1;
}

/** Up to here a body is read in one piece, which is three times as fast as a stream. */
const ONE_PIECE_BYTES = 1024 * 1024;

async function readBody(response: Response, exchange: Exchange, keep: boolean): Promise<Uint8Array | null> {
  if (response.body === null) return null;
  const announced = Number(response.headers.get("content-length") ?? Infinity);
  if (keep || announced <= ONE_PIECE_BYTES) {
    const body = new Uint8Array(await response.arrayBuffer());
    exchange.bytes = body.length;
    return keep ? body : null;
  }
  for await (const chunk of response.body) exchange.bytes += chunk.length;
  return null;
}

/** The head in its wire form, as far as fetch tells it. */
function headOf({ status, headers }: Response): Uint8Array {
  const fields = [...headers].map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return new TextEncoder().encode(`HTTP/1.1 ${status}\r\n${fields}\r\n`);
}

/** The client's own words without the URL, which may hold a secret and says nothing new. */
function clientWords(cause: unknown): string {
  return causeText(cause).replace(/ for url \(\S*\)/, "");
}

/** Deno wraps the client's error in words: the chain of causes tells which it was. */
function fetchError(cause: unknown, phase: RequestPhase): number {
  const text = causeText(cause);
  if (/dns error|lookup address/i.test(text)) return ERROR["dns.failed"];
  if (/os error 111\b|connection refused/i.test(text)) return ERROR["connect.refused"];
  if (/os error 24\b/.test(text)) return ERROR["resource.descriptors"];
  if (/os error 99\b/.test(text)) return ERROR["resource.ports"];
  if (/os error (101|113)\b/.test(text)) return ERROR["connect.unreachable"];
  const tls = tlsError(text);
  if (tls !== null) return tls;
  if (/\(connect\)/i.test(text)) return ERROR["connect.failed"];
  if (/os error 104\b|reset by peer/i.test(text)) {
    return ERROR[phase === "receive" ? "receive.reset" : "wait.reset"];
  }
  if (/closed before message completed|unexpected end|error reading a body/i.test(text)) {
    return ERROR[phase === "receive" ? "receive.closed" : "wait.closed"];
  }
  return ERROR["protocol.other"];
}
