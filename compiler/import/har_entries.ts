/** A HAR document → its exchanges in order of time, as far as they are sound. */
import { decodedBase64 } from "./credentials.ts";
import { itemsAt, type Located, numberAt, textAt, valueAt } from "./located.ts";
import { type Method, METHODS } from "./draft.ts";
import type { Note } from "./located.ts";
import { cutUrl } from "./origins.ts";

/** One request and its response. Times are milliseconds since 1970; null where the recording has none. */
export type Exchange = Readonly<{
  at: number;
  origin: string;
  method: Method;
  /** Path and query. */
  url: string;
  headers: readonly (readonly [string, string])[];
  body: Readonly<
    { kind: "none" } | { kind: "text"; text: string; type: string | null } | {
      kind: "parts";
      parts: readonly Part[];
    }
  >;
  startMs: number | null;
  endMs: number | null;
  page: string | null;
  /** Whether the request brought cookies; its header is among the others until `har.ts` takes it out. */
  sentCookies: boolean;
  isAsset: boolean;
  response: Response;
}>;

export type Part = Readonly<{ name: string; value: string; fileName: string | null; type: string | null }>;

export type Response = Readonly<{
  status: number;
  headers: readonly (readonly [string, string])[];
  /** In lower case, without parameters. */
  media: string;
  /** Null where it was not recorded. */
  body: string | null;
}>;

/** Exchanges that a scenario can make again; why others cannot goes to `notes`. */
export function exchangesOf(log: Located, notes: Note[]): Exchange[] {
  const left = new LeftOut();
  const found = itemsAt(log, "entries").flatMap((entry) => exchangeOf(entry, left) ?? []);
  left.report(notes);
  const order = found.map((exchange, index) => ({ exchange, index }));
  order.sort((one, other) =>
    (one.exchange.startMs ?? 0) - (other.exchange.startMs ?? 0) || one.index - other.index
  );
  // Without a time somewhere, the order of the file is all there is.
  return found.every(({ startMs }) => startMs !== null) ? order.map(({ exchange }) => exchange) : found;
}

/** Entries left out, counted by reason, with the place of the first. */
class LeftOut {
  private readonly reasons = new Map<string, { at: number; count: number }>();

  add(at: number, reason: string): null {
    const known = this.reasons.get(reason);
    if (known === undefined) this.reasons.set(reason, { at, count: 1 });
    else known.count++;
    return null;
  }

  report(notes: Note[]): void {
    for (const [reason, { at, count }] of this.reasons) {
      notes.push({ at, text: `${count} ${count === 1 ? "entry is" : "entries are"} left out: ${reason}` });
    }
  }
}

function exchangeOf(entry: Located, left: LeftOut): Exchange | null {
  const request = valueAt(entry, "request");
  const response = valueAt(entry, "response");
  const url = textAt(request, "url");
  if (url === undefined) return left.add(entry.at, "without the URL of a request");
  const cut = cutUrl(url);
  const at = valueAt(request, "url")?.at ?? entry.at;
  if (cut === null) {
    const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]?.toLowerCase();
    const what = scheme === undefined
      ? "no absolute URL"
      : scheme.startsWith("http")
      ? "no usable host"
      : `${scheme}: URLs`;
    return left.add(at, what);
  }
  const named = (textAt(request, "method") ?? "GET").toUpperCase();
  const method = METHODS.get(named);
  if (method === undefined) {
    return left.add(at, `the method ${JSON.stringify(named.slice(0, 20))}, which no step has`);
  }
  if (valueAt(entry, "_fromCache") !== undefined) return left.add(at, "answered by the browser's cache");
  const status = numberAt(response, "status") ?? 0;
  if (status < 100) return left.add(at, "never answered");
  const headers = headersOf(valueAt(request, "headers"));
  const startMs = milliseconds(textAt(entry, "startedDateTime"));
  const lasted = Math.max(0, numberAt(entry, "time") ?? 0);
  const media = (textAt(response, "content", "mimeType") ?? "").replace(/;.*$/s, "").trim().toLowerCase();
  return {
    at,
    origin: cut.origin,
    method,
    url: cut.rest,
    headers,
    body: bodyOf(valueAt(request, "postData"), headers),
    startMs,
    endMs: startMs === null ? null : startMs + lasted,
    page: textAt(entry, "pageref") ?? null,
    sentCookies: false,
    isAsset: isAsset(cut.rest, media, textAt(entry, "_resourceType")),
    response: {
      status,
      headers: headersOf(valueAt(response, "headers")),
      media,
      body: contentOf(valueAt(response, "content")),
    },
  };
}

function headersOf(list: Located | undefined): (readonly [string, string])[] {
  return itemsAt(list).flatMap((header) => {
    const name = textAt(header, "name");
    const value = textAt(header, "value");
    return name === undefined || value === undefined ? [] : [[name, value] as const];
  });
}

function bodyOf(postData: Located | undefined, headers: Exchange["headers"]): Exchange["body"] {
  const sent = headers.find(([name]) => name.toLowerCase() === "content-type")?.[1] ?? null;
  const type = textAt(postData, "mimeType") || sent;
  const text = textAt(postData, "text") ?? "";
  const params = itemsAt(postData, "params").flatMap((item): Part[] => {
    const name = textAt(item, "name");
    if (name === undefined) return [];
    const value = textAt(item, "value") ?? "";
    return [{
      name,
      value,
      fileName: textAt(item, "fileName") ?? null,
      type: textAt(item, "contentType") ?? null,
    }];
  });
  if (/^multipart\/form-data/i.test(type ?? "")) {
    const parts = params.length > 0 ? params : partsOf(text, type ?? "");
    if (parts.length > 0) return { kind: "parts", parts };
  }
  if (text !== "") return { kind: "text", text, type };
  if (params.length === 0) return { kind: "none" };
  const pair = ({ name, value }: Part) => `${formEncoded(name)}=${formEncoded(value)}`;
  return {
    kind: "text",
    text: params.map(pair).join("&"),
    type: type ?? "application/x-www-form-urlencoded",
  };
}

/** Recordings have parameters decoded or as they were sent; an escape that is whole is taken as the latter. */
function formEncoded(text: string): string {
  return text.replace(
    /%(?![0-9a-f]{2})|[&=+]|[^\x21-\x7e]/giu,
    (character) => encodeURIComponent(character.toWellFormed()),
  );
}

/** The parts of a recorded multipart body (RFC 7578). */
function partsOf(text: string, type: string): Part[] {
  const boundary = /boundary="?([^";]+)"?/i.exec(type)?.[1];
  if (boundary === undefined) return [];
  return text.split(`--${boundary}`).flatMap((piece): Part[] => {
    const [, head = "", content = ""] = /^\r?\n(.*?)\r?\n\r?\n(.*?)(?:\r?\n)?$/s.exec(piece) ?? [];
    const name = /name="([^"]*)"/i.exec(head.replace(/filename="[^"]*"/gi, ""))?.[1];
    if (name === undefined) return [];
    const fileName = /filename="([^"]*)"/i.exec(head)?.[1] ?? null;
    return [{ name, value: content, fileName, type: /^content-type:\s*(\S+)/im.exec(head)?.[1] ?? null }];
  });
}

function contentOf(content: Located | undefined): string | null {
  const text = textAt(content, "text");
  if (text === undefined || text === "") return null;
  return textAt(content, "encoding")?.toLowerCase() === "base64" ? decodedBase64(text) : text;
}

/** Images, scripts and the like: what a page brings with it. */
function isAsset(url: string, media: string, resource: string | undefined): boolean {
  if (resource !== undefined && /^(?:stylesheet|script|image|font|media|manifest)$/.test(resource)) {
    return true;
  }
  if (/^(?:image|font|audio|video)\b|^text\/css$|javascript|shockwave|font/.test(media)) return true;
  return /\.(?:css|m?js|map|png|jpe?g|gif|svg|webp|avif|ico|woff2?|ttf|otf|eot|mp[34]|webm|swf)$/i.test(
    url.replace(/[?#].*$/s, ""),
  );
}

function milliseconds(time: string | undefined): number | null {
  // Some recorders give seven digits of a second; a date has three.
  const parsed = time === undefined ? NaN : Date.parse(time.replace(/(\.\d{3})\d+/, "$1"));
  return Number.isFinite(parsed) ? parsed : null;
}
