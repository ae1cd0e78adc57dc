/**
 * A target to practise on: an HTTP server whose delays, sizes and failures are asked for by path or header, and
 * depend on seed and request number alone. It speaks HTTP/1.1 and, with prior knowledge or by ALPN, HTTP/2.
 */
import { KeyedRandom } from "../runtime/engine/random.ts";
import type { Call } from "./practice_call.ts";
import type { Certificate } from "./practice_certificates.ts";
import { drawnMs, fallsTo, PRACTICE_PATHS } from "./practice_paths.ts";
import { Shop } from "./practice_shop.ts";
import { PracticeSockets } from "./practice_sockets.ts";
import { inTrouble, type Trouble } from "./practice_trouble.ts";
import { Waiting } from "./practice_waiting.ts";
import { delayMs, finalStatus, ratioPpm, sizeBytes, Unreadable } from "./practice_wish.ts";

export type PracticeOptions = Readonly<{
  /** 0: any free one. */
  port: number;
  host: string;
  /** 0 … 2^53 − 1. */
  seed: number;
  /** A second port, with TLS. */
  tls?: Readonly<{ port: number; certificate: Certificate }>;
  /** Of HTTP. */
  trouble?: Trouble;
}>;

export type PracticeServer = Readonly<{
  port: number;
  /** `http://127.0.0.1:8080`, without a slash at the end. */
  url: string;
  /** `https://127.0.0.1:8081`; null without TLS. */
  tlsUrl: string | null;
  /** How many requests have come so far. */
  requests(): number;
  /** Ends at once, requests under way included. */
  stop(): Promise<void>;
}>;

/** Headers that any path obeys. */
export const PRACTICE_HEADERS = [
  { name: "x-z6c-delay", shown: "x-z6c-delay: 20ms", does: "answers later, as /delay" },
  { name: "x-z6c-fail", shown: "x-z6c-fail: 1%", does: "503 for that share, as /fail" },
  { name: "x-z6c-status", shown: "x-z6c-status: 500", does: "that status instead" },
  { name: "x-z6c-size", shown: "x-z6c-size: 10KiB", does: "a body of exactly that size instead" },
] as const;

/** Sizes of bodies kept ready. */
const KEPT_BODIES = 16;

/** What a draw is for: those for headers differ from those for paths. */
const DRAW = { path: 0, key: 1, delay: 2, fail: 3, trouble: 4 } as const;

/** Listens, and answers until stopped. Throws as `Deno.serve` does, such as `AddrInUse`. */
export function startPracticeServer({ port, host, seed, tls, trouble }: PracticeOptions): PracticeServer {
  const random = new KeyedRandom(seed);
  const byKey = (key: number) => random.draw(key >>> 0, 0, DRAW.key, 0);
  const shop = new Shop(byKey);
  const ending = new AbortController();
  const waiting = new Waiting();
  const sockets = new PracticeSockets();
  const bytes = keptBodies();
  const startMs = performance.now();
  let requests = 0;

  const calm = (request: Request): Response | Promise<Response> => {
    const number = requests++ >>> 0;
    const { word, rest, query } = splitUrl(request.url);
    const path = PRACTICE_PATHS.get(word);
    if (path === undefined) return unknownPath(request.url);
    const call: Call = {
      request,
      rest,
      get query() {
        return new URLSearchParams(query);
      },
      get elapsedMs() {
        return performance.now() - startMs;
      },
      draw: (key) => key === undefined ? random.draw(number, 0, DRAW.path, 0) : byKey(key),
      wait: (ms) => waiting.wait(ms),
      bytes,
      shop,
      sockets,
    };
    const { headers } = request;
    const delay = headers.get("x-z6c-delay");
    const wish = {
      status: headers.get("x-z6c-status"),
      fail: headers.get("x-z6c-fail"),
      size: headers.get("x-z6c-size"),
    };
    if (delay === null && wish.status === null && wish.fail === null && wish.size === null) {
      return path.answer(call);
    }
    const now = () => wished(wish, call, () => random.draw(number, 0, DRAW.fail, 0)) ?? path.answer(call);
    if (delay === null) return now();
    return waiting.wait(drawnMs(delayMs(delay), random.draw(number, 0, DRAW.delay, 0))).then(now);
  };

  const draw = (n: number, use: number) => random.draw(n, 0, DRAW.trouble, use);
  const answer = trouble === undefined ? calm : inTrouble(calm, trouble, draw, (ms) => waiting.wait(ms));

  const usual = {
    hostname: host,
    signal: ending.signal,
    onListen: () => {},
    onError: (error: unknown) =>
      error instanceof Unreadable ? refused(400, error.message) : refused(500, String(error)),
  };
  const server = Deno.serve({ ...usual, port }, answer);
  const tlsServer = tls === undefined ? null : startTls(tls, usual, answer, ending);
  return {
    port: server.addr.port,
    url: urlOf("http", host, server.addr.port),
    tlsUrl: tlsServer === null ? null : urlOf("https", host, tlsServer.addr.port),
    requests: () => requests,
    stop: async () => {
      waiting.end();
      await sockets.stop();
      ending.abort();
      await Promise.all([server.finished, tlsServer?.finished]);
    },
  };
}

/** `http://127.0.0.1:8080`, and `http://[::1]:8080`. */
export function urlOf(scheme: string, host: string, port: number): string {
  return `${scheme}://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

function startTls(
  { port, certificate: { certificatePem, keyPem } }: NonNullable<PracticeOptions["tls"]>,
  usual: Omit<Deno.ServeTcpOptions, "port">,
  answer: Deno.ServeHandler,
  ending: AbortController,
): Deno.HttpServer<Deno.NetAddr> {
  try {
    return Deno.serve({ ...usual, port, cert: certificatePem, key: keyPem }, answer);
  } catch (cause) {
    ending.abort();
    throw cause;
  }
}

type Wish = Readonly<{ status: string | null; fail: string | null; size: string | null }>;

/** The answer that headers ask for, or null where the path's own is to be given. */
function wished({ status, fail, size }: Wish, { bytes }: Call, draw: () => number): Response | null {
  if (fail !== null && fallsTo(ratioPpm(fail), draw())) return new Response(null, { status: 503 });
  if (status === null && size === null) return null;
  const code = status === null ? 200 : finalStatus(status);
  const bodyless = code === 204 || code === 205 || code === 304;
  return new Response(size === null || bodyless ? null : bytes(sizeBytes(size)), {
    status: code,
    headers: { "content-type": "application/octet-stream" },
  });
}

/** `http://host/bytes/64KiB?x=1` → `bytes`, `64KiB`, `x=1`. */
function splitUrl(url: string): { word: string; rest: string; query: string } {
  const start = url.indexOf("/", url.indexOf("//") + 2) + 1;
  const mark = url.indexOf("?", start);
  const end = mark < 0 ? url.length : mark;
  const slash = url.indexOf("/", start);
  const wordEnd = slash < 0 || slash > end ? end : slash;
  return {
    word: url.slice(start, wordEnd),
    rest: wordEnd < end ? decoded(url.slice(wordEnd + 1, end)) : "",
    query: mark < 0 ? "" : url.slice(mark + 1),
  };
}

/** `5%25` and, as people write it, `5%`. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function unknownPath(url: string): Response {
  const paths = [...PRACTICE_PATHS.values()].map(({ shown, does }) => ({ path: shown, does }));
  return Response.json({ error: `nothing lies at ${url}`, paths }, { status: 404 });
}

function refused(status: number, error: string): Response {
  return Response.json({ error }, { status });
}

function keptBodies(): (length: number) => Uint8Array<ArrayBuffer> {
  const kept = new Map<number, Uint8Array<ArrayBuffer>>();
  const pattern = new TextEncoder().encode("z6c practice 0123456789 abcdefghijklmnopqrstuvwxyz\n");
  return (length) => {
    const known = kept.get(length);
    if (known !== undefined) return known;
    const body = new Uint8Array(length);
    for (let i = 0; i < length; i++) body[i] = pattern[i % pattern.length];
    if (kept.size < KEPT_BODIES) kept.set(length, body);
    return body;
  };
}
