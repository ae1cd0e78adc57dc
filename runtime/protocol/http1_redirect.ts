/** Redirects within one origin (RFC 9110 section 15.4). */
import { requestTarget } from "./http1_fields.ts";

const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];

/** Whether a response of that status may send on. */
export function isRedirect(status: number): boolean {
  return REDIRECTS.includes(status);
}

/** Fields that speak of a body, and go with it. */
const OF_BODY = /^(content-(length|type|encoding|language|location)|transfer-encoding):/i;

/**
 * Path and query to which a response sends on, or null where it does not, or to another origin than `origin`
 * (`http://host:port`). `request`: the one that was answered; `location`: of the response, undefined where it has none.
 */
export function redirectTarget(
  status: number,
  location: string | undefined,
  request: Uint8Array,
  origin: string,
): string | null {
  if (location === undefined || !isRedirect(status)) return null;
  const url = URL.parse(location, origin + requestTarget(request));
  if (url === null || url.origin !== URL.parse(origin)?.origin) return null;
  return url.pathname + url.search;
}

/**
 * The request that follows a redirect to `target`. After 303, and after 301 and 302 to a POST, it is a GET without
 * body (HEAD stays HEAD). The header line `cookiesBefore` gives way to `cookiesNow`; both end with CRLF or are empty.
 */
export function redirectedRequest(
  request: Uint8Array,
  status: number,
  target: string,
  cookiesBefore: string,
  cookiesNow: string,
): Uint8Array {
  const headEnd = endOfHead(request);
  const [line, ...fields] = new TextDecoder().decode(request.subarray(0, headEnd - 4)).split("\r\n");
  const method = line.slice(0, line.indexOf(" "));
  const asGet = status === 303 ? method !== "HEAD" : method === "POST" && (status === 301 || status === 302);
  const kept = fields.filter((field) => `${field}\r\n` !== cookiesBefore && !(asGet && OF_BODY.test(field)));
  const first = `${asGet ? "GET" : method} ${target} HTTP/1.1`;
  const head = new TextEncoder().encode(`${[first, ...kept].join("\r\n")}\r\n${cookiesNow}\r\n`);
  const body = asGet ? request.subarray(0, 0) : request.subarray(headEnd);
  const bytes = new Uint8Array(head.length + body.length);
  bytes.set(head);
  bytes.set(body, head.length);
  return bytes;
}

/** The index behind the empty line, or the length where there is none. */
function endOfHead(request: Uint8Array): number {
  let at = request.indexOf(13);
  while (at >= 0 && (request[at + 2] !== 13 || request[at + 3] !== 10)) at = request.indexOf(13, at + 1);
  return at < 0 ? request.length : at + 4;
}
