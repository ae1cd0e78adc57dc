/** Trouble that the practice server is in for a while, so that a report has something to show. */
import { drawnMs, fallsTo } from "./practice_paths.ts";
import { durationMs, Unreadable } from "./practice_wish.ts";

/** When, since the first request; and of which path, empty for all. */
export type Trouble = Readonly<{ path: string; fromMs: number; toMs: number }>;

const DELAY_MS = [250, 450] as const;
const FAILED_PPM = 200_000;

/** `12s..17s`, or `/echo 12s..17s`. Throws `Unreadable`. */
export function readTrouble(text: string): Trouble {
  const [, path = "", from, to] = /^(?:(\/\S*)\s+)?([^\s.]\S*?)\.\.(\S+)$/.exec(text.trim()) ?? [];
  if (from === undefined) throw new Unreadable(`"${text}" is not like "12s..17s" or "/echo 12s..17s"`);
  const [fromMs, toMs] = [from, to].map(durationMs);
  if (fromMs >= toMs) throw new Unreadable(`"${text}" ends before it begins`);
  return { path, fromMs, toMs };
}

/**
 * Answers as `answer` does, but while there is trouble, later by 250 to 450 ms, and 503 to one request in five. `draw`: a
 * u32 for the n-th request in trouble and each of two uses.
 */
export function inTrouble(
  answer: (request: Request) => Response | Promise<Response>,
  { path, fromMs, toMs }: Trouble,
  draw: (n: number, use: 0 | 1) => number,
  wait: (ms: number) => Promise<unknown>,
): (request: Request) => Response | Promise<Response> {
  let firstMs = -1;
  let struck = 0;
  return (request) => {
    const nowMs = performance.now();
    if (firstMs < 0) firstMs = nowMs;
    const sinceMs = nowMs - firstMs;
    if (sinceMs < fromMs || sinceMs >= toMs || !isBelow(request.url, path)) return answer(request);
    const n = struck++;
    return wait(drawnMs(DELAY_MS, draw(n, 0)))
      .then(() => fallsTo(FAILED_PPM, draw(n, 1)) ? new Response(null, { status: 503 }) : answer(request));
  };
}

function isBelow(url: string, path: string): boolean {
  const asked = url.slice(url.indexOf("/", url.indexOf("//") + 2));
  return path === "" || asked === path || /^[/?]/.test(asked.slice(path.length)) && asked.startsWith(path);
}
