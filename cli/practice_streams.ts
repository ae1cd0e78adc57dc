/** Answers that come over time: server-sent events, and long bodies. */
import { good, type KeyedDraw } from "./practice_goods.ts";
import { paceOf } from "./practice_waiting.ts";
import { durationMs, sizeBytes, Unreadable, wholeNumber } from "./practice_wish.ts";

type Wait = (ms: number) => Promise<boolean>;

const MOST_EVENTS = 1_000_000;
const MOST_CHUNK_BYTES = 1024 * 1024;
/** The events tell of goods below this number. */
const GOODS = 1000;

const EVENTS_TYPE = { "content-type": "text/event-stream", "cache-control": "no-cache" };
const BYTES_TYPE = { "content-type": "application/octet-stream" };

/** `count` events `price`, the first at once and then one every `every`; then `done`. */
export function eventStream(query: URLSearchParams, wait: Wait, draw: KeyedDraw): Response {
  const count = wholeNumber(query.get("count") ?? "10");
  if (count > MOST_EVENTS) throw new Unreadable(`count is ${MOST_EVENTS} at most`);
  const everyMs = durationMs(query.get("every") ?? "20ms");
  const text = new TextEncoder();
  const body = pacedBody(count + 1, everyMs, wait, (n) => {
    if (n === count) return text.encode(eventText(n, "done", { count, last: true }));
    const { id, price_cents } = good(1 + n % GOODS, draw);
    return text.encode(eventText(n, "price", { n, item: id, price_cents }));
  });
  return new Response(body, { headers: EVENTS_TYPE });
}

/** A body of `bytes` bytes in chunks of `chunk`, the first at once and then one every `every`; its length is not told. */
export function byteStream(
  query: URLSearchParams,
  wait: Wait,
  bytes: (length: number) => Uint8Array<ArrayBuffer>,
): Response {
  const wanted = sizeBytes(query.get("bytes") ?? "1MiB");
  const chunkBytes = sizeBytes(query.get("chunk") ?? "16KiB");
  if (chunkBytes < 1 || chunkBytes > MOST_CHUNK_BYTES) throw new Unreadable("chunk is from 1 B to 1 MiB");
  const everyMs = durationMs(query.get("every") ?? "10ms");
  const count = Math.ceil(wanted / chunkBytes);
  const body = pacedBody(count, everyMs, wait, (n) => {
    const length = Math.min(chunkBytes, wanted - n * chunkBytes);
    return bytes(chunkBytes).slice(0, length);
  });
  return new Response(body, { headers: BYTES_TYPE });
}

function eventText(id: number, event: string, data: unknown): string {
  return `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** Chunks 0 … `count` − 1, each at its time. It ends early where the server does. */
function pacedBody(
  count: number,
  everyMs: number,
  wait: Wait,
  chunk: (n: number) => Uint8Array<ArrayBuffer>,
): ReadableStream<Uint8Array> {
  const pace = paceOf(everyMs, wait);
  let n = 0;
  let isWanted = true;
  return new ReadableStream({
    async pull(controller) {
      if (n === count) return controller.close();
      const isTime = await pace(n);
      if (!isWanted) return;
      if (isTime) controller.enqueue(chunk(n++));
      else controller.error(new Error("the server ends"));
    },
    cancel() {
      isWanted = false;
    },
  }, { highWaterMark: 0 });
}
