/** What the practice server offers, by the first word of the path. */
import { setImmediate } from "node:timers";
import type { Call } from "./practice_call.ts";
import { good } from "./practice_goods.ts";
import { OAUTH_PATHS, oauthAnswer } from "./practice_oauth.ts";
import { SHOP_PATHS, type ShopAnswer, type ShopRequest } from "./practice_shop.ts";
import { asksForWebSocket } from "./practice_sockets.ts";
import { byteStream, eventStream } from "./practice_streams.ts";
import {
  delayMs,
  durationMs,
  finalStatus,
  ratioPpm,
  sizeBytes,
  Unreadable,
  wholeNumber,
} from "./practice_wish.ts";

export type PracticePath = Readonly<{
  /** As it is shown to people. */
  shown: string;
  does: string;
  answer(call: Call): Response | Promise<Response>;
}>;

const JSON_TYPE = { headers: { "content-type": "application/json" } };
const BYTES_TYPE = { headers: { "content-type": "application/octet-stream" } };
const SMALL = JSON.stringify({ ok: true, server: "z6c practice" });
const TRUNCATED = { promised: 1024, sent: 512 } as const;

/** By first word of the path; the order is that of the table for people. */
export const PRACTICE_PATHS: ReadonlyMap<string, PracticePath> = new Map<string, PracticePath>([
  ["", { shown: "/", does: "small JSON", answer: small }],
  ["health", { shown: "/health", does: "small JSON", answer: small }],
  ["bytes", {
    shown: "/bytes/64KiB",
    does: "a body of exactly that size",
    answer: ({ rest, bytes }) => new Response(bytes(sizeBytes(rest)), BYTES_TYPE),
  }],
  ["items", { shown: "/items/7", does: "JSON about item 7, always the same", answer: item }],
  ["echo", {
    shown: "/echo",
    does: "method, path, headers and body as JSON; a WebSocket sends back what comes",
    answer: echo,
  }],
  ["delay", {
    shown: "/delay/250ms, /delay/10ms..50ms",
    does: "answers later; a range is drawn from",
    answer: delayed,
  }],
  ["status", {
    shown: "/status/503",
    does: "that status",
    answer: ({ rest }) => new Response(null, { status: finalStatus(rest) }),
  }],
  ["fail", { shown: "/fail/5%", does: "503 for that share of the requests", answer: failing }],
  ["chunked", { shown: "/chunked/10x1KiB", does: "that many chunks of that size", answer: chunked }],
  ["stall", { shown: "/stall?every=1s&for=500ms", does: "answers only between stalls", answer: stalling }],
  ["events", {
    shown: "/events?count=10&every=20ms",
    does: "server-sent events `price`, then `done`",
    answer: ({ query, wait, draw }) => eventStream(query, wait, draw),
  }],
  ["stream", {
    shown: "/stream?bytes=1MiB&every=10ms&chunk=16KiB",
    does: "a long body, chunk by chunk",
    answer: ({ query, wait, bytes }) => byteStream(query, wait, bytes),
  }],
  ["rooms", {
    shown: "/rooms/7",
    does: "a WebSocket to a chat room: JSON hello with who, then say with text",
    answer: ({ request, rest, sockets }) => sockets.room(request, rest),
  }],
  ["ticker", {
    shown: "/ticker?every=100ms&count=1000",
    does: "a WebSocket that sends by itself",
    answer: ticking,
  }],
  ["close", {
    shown: "/close",
    does: "the connection ends before an answer",
    answer: () => new Response(endedBody()),
  }],
  ["truncate", { shown: "/truncate", does: "the connection ends within the body", answer: truncated }],
  ...SHOP_PATHS.map((
    [word, shown, does],
  ): [string, PracticePath] => [word, { shown, does, answer: shopping }]),
  ...OAUTH_PATHS.map((
    [word, shown, does],
  ): [string, PracticePath] => [word, { shown, does, answer: authorizing }]),
]);

/** How long a request waits that comes `elapsedMs` after the start: stalls begin at 0, `everyMs`, 2 · `everyMs` … */
export function stallWaitMs(elapsedMs: number, everyMs: number, forMs: number): number {
  return Math.max(0, forMs - elapsedMs % everyMs);
}

/** A whole or broken number of milliseconds between `from` and `to`, by a u32. */
export function drawnMs([from, to]: readonly [number, number], draw: number): number {
  return from + (to - from) * (draw / 0xffffffff);
}

/** Whether a u32 falls to a share of so many parts of a million. */
export function fallsTo(ppm: number, draw: number): boolean {
  return draw < ppm / 1_000_000 * 2 ** 32;
}

/** A body that cannot be read: the server closes the connection without a byte. */
function endedBody(): ReadableStream<Uint8Array> {
  return new ReadableStream({ start: (controller) => controller.error(new Error("ended on request")) });
}

function small(): Response {
  return new Response(SMALL, JSON_TYPE);
}

function item({ rest, draw }: Call): Response {
  return Response.json(good(wholeNumber(rest), draw));
}

async function shopping(call: Call): Promise<Response> {
  return responseOf(call.shop.answer(await shopRequest(call)));
}

async function authorizing(call: Call): Promise<Response> {
  return responseOf(oauthAnswer(await shopRequest(call), call.elapsedMs, call.draw));
}

async function shopRequest({ request, query }: Call): Promise<ShopRequest> {
  const { method, headers } = request;
  return {
    method,
    path: new URL(request.url).pathname.slice(1).split("/"),
    query,
    header: (name) => headers.get(name),
    body: await request.text(),
  };
}

function responseOf({ status, headers, json }: ShopAnswer): Response {
  return json === null ? new Response(null, { status, headers }) : Response.json(json, { status, headers });
}

async function echo({ request, sockets }: Call): Promise<Response> {
  if (asksForWebSocket(request)) return sockets.echo(request);
  const { method, url, headers } = request;
  const body = await request.text();
  const path = url.slice(url.indexOf("/", url.indexOf("//") + 2));
  return Response.json({ method, path, headers: Object.fromEntries(headers), body });
}

async function delayed({ rest, draw, wait }: Call): Promise<Response> {
  await wait(drawnMs(delayMs(rest), draw()));
  return small();
}

function failing({ rest, draw }: Call): Response {
  return fallsTo(ratioPpm(rest), draw()) ? new Response(null, { status: 503 }) : small();
}

function chunked({ rest, bytes }: Call): Response {
  const [, count, size] = /^(\d{1,6})x(.+)$/.exec(rest) ?? [];
  if (count === undefined) throw new Unreadable(`"${rest}" is not like "10x1KiB"`);
  const chunk = bytes(sizeBytes(size));
  let left = chunk.length === 0 ? 0 : Number(count);
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      // Deno joins chunks that are there at the same time.
      await new Promise((next) => setImmediate(next));
      if (left-- > 0) controller.enqueue(chunk.slice());
      else controller.close();
    },
  }, { highWaterMark: 0 });
  return new Response(body, BYTES_TYPE);
}

async function stalling({ query, elapsedMs, wait }: Call): Promise<Response> {
  const everyMs = durationMs(query.get("every") ?? "1s");
  const forMs = durationMs(query.get("for") ?? "500ms");
  if (forMs >= everyMs) throw new Unreadable("a stall must be shorter than the time from stall to stall");
  const waitMs = stallWaitMs(elapsedMs, everyMs, forMs);
  if (waitMs > 0) await wait(waitMs);
  return small();
}

function ticking({ request, query, wait, sockets }: Call): Response {
  const everyMs = durationMs(query.get("every") ?? "100ms");
  const count = query.get("count");
  return sockets.ticker(request, everyMs, count === null ? Infinity : wholeNumber(count), wait);
}

function truncated({ bytes, wait }: Call): Response {
  let sent = false;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (!sent) {
        sent = true;
        controller.enqueue(bytes(TRUNCATED.sent).slice());
        return;
      }
      // Head and first bytes leave before the end is noticed.
      await wait(5);
      controller.close();
    },
  }, { highWaterMark: 0 });
  return new Response(body, {
    headers: { "content-type": "application/octet-stream", "content-length": String(TRUNCATED.promised) },
  });
}
