/** A request as it went over the wire, recorded or on a command line → a step. */
import { pairsOf, textBody } from "./bodies.ts";
import { authOf, isSecretHeader, isSecretName, secretOf } from "./credentials.ts";
import type { DraftBody, DraftRequest, Method, Table, Value } from "./draft.ts";
import type { Variables } from "./variables.ts";

export type SentRequest = Readonly<{
  comments: readonly string[];
  method: Method;
  /** Path and query, percent-encoded; begins with `/`. */
  url: string;
  /** Scheme, host and port, for the URLs that cannot stand without. */
  origin: string;
  headers: readonly (readonly [string, string])[];
  body: SentBody;
  more: Table;
}>;

export type SentBody = Readonly<
  | { kind: "none" }
  | { kind: "text"; text: string }
  /** Path of a file that lies beside the scenario. */
  | { kind: "file"; path: string }
  /** Values of `multipart`. */
  | { kind: "parts"; parts: Table }
>;

/** Headers that z6c makes itself and refuses to have set. */
export const OWN_HEADERS: ReadonlySet<string> = new Set([
  "host",
  "content-length",
  "transfer-encoding",
  "connection",
  "keep-alive",
  "proxy-connection",
  "upgrade",
  "te",
  "trailer",
  "expect",
]);

/** The step. Headers that z6c makes itself are left out; credentials become secrets. */
export function stepOfRequest(sent: SentRequest, variables: Variables): DraftRequest {
  const headers = new Map<string, Value>();
  const more = new Map<string, Value>();
  for (const [name, value] of joinedHeaders(sent.headers)) {
    const auth = name === "authorization" && !sent.more.has("auth") ? authOf(value, variables) : null;
    if (name === "authorization" && sent.more.has("auth")) continue;
    if (auth !== null) more.set("auth", auth);
    else if (name === "authorization") headers.set(name, secretOf(value, "AUTHORIZATION", variables));
    else headers.set(name, isSecretHeader(name) ? secretOf(value, name, variables) : value);
  }
  const contentType = headers.get("content-type");
  const { body, left } = bodyOf(sent, typeof contentType === "string" ? contentType : null, variables);
  if (left === null) headers.delete("content-type");
  else headers.set("content-type", left);
  for (const [key, value] of sent.more) more.set(key, value);
  return {
    kind: "request",
    comments: sent.comments,
    name: null,
    method: sent.method,
    ...urlAndQuery(sent, variables),
    headers,
    body,
    more,
  };
}

/** Names in lower case; values of the same name joined, as RFC 9110 section 5.3 has it. */
function joinedHeaders(headers: SentRequest["headers"]): Map<string, string> {
  const joined = new Map<string, string>();
  for (const [written, raw] of headers) {
    const name = written.trim().toLowerCase();
    const value = raw.replace(/\p{Cc}+/gu, " ").trim().toWellFormed();
    if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name) || OWN_HEADERS.has(name)) continue;
    const before = joined.get(name);
    joined.set(name, before === undefined ? value : `${before}${name === "cookie" ? "; " : ", "}${value}`);
  }
  return joined;
}

function bodyOf(
  { body, url }: SentRequest,
  contentType: string | null,
  variables: Variables,
): { body: DraftBody; left: string | null } {
  switch (body.kind) {
    case "none":
      return { body: { kind: "none" }, left: contentType };
    case "file":
      return { body: { kind: "keys", keys: new Map([["body_file", body.path]]) }, left: contentType };
    case "parts":
      // Its own type says the boundary, which z6c chooses.
      return { body: { kind: "keys", keys: new Map([["multipart", body.parts]]) }, left: null };
    case "text": {
      const found = textBody(body.text, contentType, url, variables);
      return { body: found.body, left: found.contentType };
    }
  }
}

/** A long query becomes a table, where that says the same; a credential in it becomes a secret. */
function urlAndQuery(
  { url, origin }: SentRequest,
  variables: Variables,
): { url: string; query: Table } {
  const clean = url.toWellFormed().replace(/#.*$/s, "").replace(/\p{Cc}/gu, encodeURIComponent);
  const [, path = "/", query = ""] = /^([^?]*)\??(.*)$/s.exec(clean) ?? [];
  // A path of two slashes at its front would be read as a host.
  const front = (path: string) => path.startsWith("//") ? origin + path : path;
  const pairs = query === "" || query.includes("+") ? null : pairsOf(query);
  const isLong = clean.length > 80 && (pairs?.length ?? 0) > 1;
  if (pairs === null || !(isLong || pairs.some(([name]) => isSecretName(name)))) {
    return { url: front(clean), query: new Map() };
  }
  const table = new Map(
    pairs.map(([name, value]) => [name, isSecretName(name) ? secretOf(value, name, variables) : value]),
  );
  return { url: front(path), query: table };
}
