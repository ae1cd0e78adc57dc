import { readSetCookie, type SetCookie } from "./set_cookie.ts";

/** Larger cookies are not kept, as browsers do not. */
const COOKIE_BYTES_MAX = 4096;
/** Of a whole jar, and so of the line that it sends: the oldest give way. */
const JAR_BYTES_MAX = 8 * 1024 - 10;

type Kept = SetCookie & Readonly<{ bytes: number }>;

/** The cookies that one session keeps for one host (RFC 6265 sections 5.3 and 5.4). */
export class CookieJar {
  readonly #host: string;
  readonly #secure: boolean;
  /** By age. */
  #cookies: Kept[] = [];
  /** The line that `line` made last. */
  sent = "";

  /** `secure`: whether the host is asked through TLS. */
  constructor(host: string, secure: boolean) {
    this.#host = host.toLowerCase();
    this.#secure = secure;
  }

  /** Takes the `set-cookie` fields of a response to a request for `target` (path and query). */
  store(fields: readonly string[], target: string, nowMs: number): void {
    for (const field of fields) {
      const cookie = readSetCookie(field, nowMs);
      if (cookie === null || !this.#mayBeSet(cookie.domain)) continue;
      this.#keep({ ...cookie, path: cookie.path === "" ? defaultPath(target) : cookie.path }, nowMs);
    }
  }

  /**
   * The header line for a request for `target`, with its CRLF; empty where no cookie is meant for it. `secure`: where a
   * host is asked both through TLS and without, whether this request is.
   */
  line(target: string, nowMs: number, secure: boolean = this.#secure): string {
    const path = pathOf(target);
    const sent = this.#cookies
      .filter((it) => it.expiresMs > nowMs && (secure || !it.secure) && isWithin(path, it.path))
      .sort((one, other) => other.path.length - one.path.length);
    this.sent = sent.length === 0
      ? ""
      : `cookie: ${sent.map(({ name, value }) => `${name}=${value}`).join("; ")}\r\n`;
    return this.sent;
  }

  /** There is one host, so a domain is good when the host lies in it. */
  #mayBeSet(domain: string): boolean {
    return domain === "" || domain === this.#host ||
      (this.#host.endsWith(`.${domain}`) && !/^[\d.]+$/.test(this.#host));
  }

  #keep(cookie: SetCookie, nowMs: number): void {
    const { name, value, domain, path } = cookie;
    const bytes = new TextEncoder().encode(`${name}=${value}; `).length;
    const at = this.#cookies.findIndex((it) => it.name === name && it.domain === domain && it.path === path);
    const kept = cookie.expiresMs > nowMs && bytes <= COOKIE_BYTES_MAX ? [{ ...cookie, bytes }] : [];
    // A cookie that is set anew keeps its age.
    if (at >= 0) this.#cookies.splice(at, 1, ...kept);
    else this.#cookies.push(...kept);
    let total = this.#cookies.reduce((sum, it) => sum + it.bytes, 0);
    while (total > JAR_BYTES_MAX) total -= this.#cookies.shift()?.bytes ?? 0;
  }
}

function pathOf(target: string): string {
  const query = target.indexOf("?");
  return query < 0 ? target : target.slice(0, query);
}

/** RFC 6265 section 5.1.4. */
function defaultPath(target: string): string {
  const path = pathOf(target);
  return path.startsWith("/") ? path.slice(0, Math.max(1, path.lastIndexOf("/"))) : "/";
}

function isWithin(path: string, folder: string): boolean {
  return path === folder ||
    (path.startsWith(folder) && (folder.endsWith("/") || path[folder.length] === "/"));
}
