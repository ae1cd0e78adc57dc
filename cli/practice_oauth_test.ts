import assert from "node:assert/strict";
import { oauthAnswer } from "./practice_oauth.ts";
import type { ShopAnswer } from "./practice_shop.ts";

const draw = (key: number) => (key ^ 0x5bd1e995) >>> 0;
const grant = { grant_type: "client_credentials" };

type Wish = Readonly<{ form?: Record<string, string>; basic?: string; query?: string; elapsedMs?: number }>;

function token({ form = grant, basic, query = "", elapsedMs = 0 }: Wish, method = "POST", rest = "token") {
  const header = () => basic === undefined ? null : `Basic ${btoa(basic)}`;
  const body = new URLSearchParams(form).toString();
  const wish = { method, path: ["oauth", rest], query: new URLSearchParams(query), header, body };
  return oauthAnswer(wish, elapsedMs, draw);
}

function entered(bearer: string, elapsedMs = 0): ShopAnswer {
  const header = () => `Bearer ${bearer}`;
  const wish = { method: "GET", path: ["protected"], query: new URLSearchParams(), header, body: "" };
  return oauthAnswer(wish, elapsedMs, draw);
}

const jsonOf = ({ json }: ShopAnswer) => json as Readonly<Record<string, unknown>>;

Deno.test("a token is had with credentials in the header or in the body, and opens what is protected", () => {
  const inBody = { ...grant, client_id: "a:b c", client_secret: "s", scope: "read" };
  const cases: [Wish, scope: string | undefined][] = [
    [{ form: { ...grant, scope: "read" }, basic: "a%3Ab+c:s" }, "read"],
    [{ basic: "a%3Ab%20c:s" }, undefined],
    [{ form: inBody }, "read"],
  ];
  for (const [wish, scope] of cases) {
    const answer = token(wish);
    assert.equal(answer.status, 200);
    assert.equal(answer.headers?.["cache-control"], "no-store");
    const { access_token, token_type, expires_in, ...rest } = jsonOf(answer);
    assert.deepEqual([token_type, expires_in], ["Bearer", 3600]);
    assert.deepEqual(rest, scope === undefined ? {} : { scope });
    const opened = entered(String(access_token));
    assert.equal(opened.status, 200);
    assert.deepEqual(opened.json, { ok: true, client: "a:b c" });
  }
});

Deno.test("tokens run out, and others are refused", () => {
  const { access_token, expires_in } = jsonOf(
    token({ basic: "me:s", query: "expires_in=60", elapsedMs: 1_000 }),
  );
  const own = String(access_token);
  assert.equal(expires_in, 60);
  assert.equal(entered(own, 60_900).status, 200);
  const late = entered(own, 61_001);
  assert.equal(late.status, 401);
  assert.match(late.headers?.["www-authenticate"] ?? "", /error="invalid_token"/);
  for (const bad of [own.replace(".61.", ".62."), `${own}x`, "x", ""]) {
    assert.equal(entered(bad).status, 401, bad);
  }
});

Deno.test("what is wrong with a token request is said as RFC 6749 section 5.2 has it", () => {
  const cases: [ShopAnswer, status: number, error: string][] = [
    [token({ form: {}, basic: "me:s" }), 400, "unsupported_grant_type"],
    [token({}), 401, "invalid_client"],
    [token({ basic: "me:wrong" }), 401, "invalid_client"],
    [token({ basic: "me" }), 401, "invalid_client"],
    [token({ basic: "%:s" }), 401, "invalid_client"],
    [token({ form: { ...grant, client_id: "me" } }), 401, "invalid_client"],
    [token({ basic: "me:s", query: "expires_in=0" }), 400, "invalid_request"],
    [token({ basic: "me:s", query: "expires_in=x" }), 400, "invalid_request"],
    [token({ basic: "me:s" }, "GET"), 405, "invalid_request"],
    [token({ basic: "me:s" }, "POST", "other"), 404, "invalid_request"],
  ];
  for (const [answer, status, error] of cases) {
    assert.equal(answer.status, status, error);
    assert.equal(jsonOf(answer).error, error);
  }
});
