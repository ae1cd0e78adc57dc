/**
 * An authorization server and what it protects: client credentials (RFC 6749 section 4.4) for tokens that run out. The
 * server keeps nothing: a token says whose it is and until when, and bears a mark that depends on the seed.
 */
import { type KeyedDraw, keyOf } from "./practice_goods.ts";
import type { ShopAnswer, ShopRequest } from "./practice_shop.ts";

/** By first word of the path, for people. */
export const OAUTH_PATHS = [
  [
    "oauth",
    "/oauth/token?expires_in=3600",
    "POST client_credentials (any secret but `wrong`): a token that runs out",
  ],
  ["protected", "/protected", "JSON, only with such a token"],
] as const;

const LONGEST_SECONDS = 86_400;

/** Answers what lies at `OAUTH_PATHS`, `elapsedMs` after the server began to listen. */
export function oauthAnswer(request: ShopRequest, elapsedMs: number, draw: KeyedDraw): ShopAnswer {
  const { path: [word, ...rest], method } = request;
  if (word === "protected") return protectedAnswer(request, elapsedMs, draw);
  if (rest.join("/") !== "token") return refused(404, "invalid_request", "tokens are had at /oauth/token");
  return method === "POST"
    ? tokenAnswer(request, elapsedMs, draw)
    : refused(405, "invalid_request", "POST is wanted", { allow: "POST" });
}

/** Sections 4.4.2, 5.1 and 5.2. */
function tokenAnswer(request: ShopRequest, elapsedMs: number, draw: KeyedDraw): ShopAnswer {
  const seconds = Number(request.query.get("expires_in") ?? "3600");
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > LONGEST_SECONDS) {
    return refused(400, "invalid_request", `expires_in is a whole number from 1 to ${LONGEST_SECONDS}`);
  }
  const form = new URLSearchParams(request.body);
  if (form.get("grant_type") !== "client_credentials") {
    return refused(400, "unsupported_grant_type", "client_credentials is wanted");
  }
  const client = clientOf(request, form);
  if (client === null) {
    return refused(401, "invalid_client", "an id, and a secret that is not `wrong`, are wanted", {
      "www-authenticate": 'Basic realm="practice"',
    });
  }
  const scope = form.get("scope");
  const words = `${Math.ceil(elapsedMs / 1000) + seconds}.${encodeURIComponent(client)}`;
  const token = {
    access_token: `${mark(words, draw)}.${words}`,
    token_type: "Bearer",
    expires_in: seconds,
    ...(scope === null ? {} : { scope }),
  };
  return { status: 200, headers: { "cache-control": "no-store" }, json: token };
}

/** As RFC 6750 section 3 has it. */
function protectedAnswer(request: ShopRequest, elapsedMs: number, draw: KeyedDraw): ShopAnswer {
  const bearer = request.header("authorization") ?? "";
  const [, found, words, end, client] = /^Bearer ([0-9a-f]{8})\.((\d{1,12})\.(\S+))$/i.exec(bearer) ?? [];
  if (words === undefined) {
    return refused(401, "invalid_request", "a token of /oauth/token is wanted", {
      "www-authenticate": 'Bearer realm="practice"',
    });
  }
  const isOwn = found === mark(words, draw);
  if (!isOwn || Number(end) * 1000 < elapsedMs) {
    const why = isOwn ? "the token has run out" : "the token is not one of this server";
    return refused(401, "invalid_token", why, {
      "www-authenticate": 'Bearer realm="practice", error="invalid_token"',
    });
  }
  return { status: 200, json: { ok: true, client: decodeURIComponent(client) } };
}

/** Of the header (section 2.3.1: each part encoded as in a form), or else of the body; null where neither is good. */
function clientOf(request: ShopRequest, form: URLSearchParams): string | null {
  const [, basic] = /^Basic (\S+)$/i.exec(request.header("authorization") ?? "") ?? [];
  const [id, secret] = basic === undefined
    ? [form.get("client_id"), form.get("client_secret")]
    : basicParts(basic);
  return id && secret && secret !== "wrong" ? id : null;
}

function basicParts(base64: string): readonly (string | null)[] {
  try {
    const text = new TextDecoder().decode(Uint8Array.fromBase64(base64));
    const at = text.indexOf(":");
    if (at < 0) return [null, null];
    return [text.slice(0, at), text.slice(at + 1)].map((part) =>
      decodeURIComponent(part.replaceAll("+", " "))
    );
  } catch {
    return [null, null];
  }
}

function mark(words: string, draw: KeyedDraw): string {
  return draw(keyOf(words)).toString(16).padStart(8, "0");
}

function refused(
  status: number,
  error: string,
  words: string,
  headers: Readonly<Record<string, string>> = {},
): ShopAnswer {
  return {
    status,
    headers: { "cache-control": "no-store", ...headers },
    json: { error, error_description: words },
  };
}
