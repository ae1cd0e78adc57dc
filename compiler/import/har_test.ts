import assert from "node:assert/strict";
import fc from "fast-check";
import { compile } from "../compile.ts";
import { thinkBetween } from "./har_thinks.ts";
import { importScenario } from "./import_scenario.ts";

type Headers = Readonly<Record<string, string>>;
type Sent = Readonly<{
  url: string;
  method?: string;
  headers?: Headers;
  body?: string;
  type?: string;
  atMs?: number;
  status?: number;
  got?: Headers;
  media?: string;
  text?: string;
  more?: Readonly<Record<string, unknown>>;
}>;

const listed = (headers: Headers = {}) => Object.entries(headers).map(([name, value]) => ({ name, value }));

/** A recording of these exchanges, each a tenth of a second long. */
function recording(...sent: readonly Sent[]): string {
  const entries = sent.map((
    { url, method = "GET", headers, body, type, atMs = 0, status = 200, got, media, text, more },
  ) => ({
    startedDateTime: new Date(1_800_000_000_000 + atMs).toISOString(),
    time: 100,
    request: {
      method,
      url,
      headers: listed(headers),
      ...(body === undefined ? {} : { postData: { mimeType: type ?? "application/json", text: body } }),
    },
    response: { status, headers: listed(got), content: { mimeType: media ?? "application/json", text } },
    ...more,
  }));
  return JSON.stringify({ log: { version: "1.2", creator: { name: "Test", version: "1" }, entries } });
}

/** The flow of the scenario, which compiles without a complaint; `odd` allows for warnings. */
function flow(har: string, odd = false): string {
  const found = importScenario("shop.har", har, null);
  if ("refused" in found) throw new Error(found.refused);
  const { diagnostics } = compile("shop.toml", found.scenario, {
    environment: new Map(),
    version: "0",
    readFile: () => ({ reason: "no files here" }),
  });
  const complaints = diagnostics.filter(({ severity }) => !odd || severity === "error");
  assert.deepEqual(complaints, [], found.scenario);
  return found.scenario.split('name = "recording"\n\n')[1]?.split("\n\n[[threshold]]")[0] ?? "";
}

Deno.test("values that come back are captured where they came from", () => {
  const login: Sent = { url: "https://a.test/login", method: "POST", body: '{"user":"ann","password":"x"}' };
  const cases: [string, Sent, Sent, string, string][] = [
    [
      "a token of a JSON body in a header",
      { ...login, text: '{"data":{"accessToken":"eyJ0.abc"}}' },
      { url: "https://a.test/me", headers: { Authorization: "Bearer eyJ0.abc" } },
      'capture = { access_token = { json = "/data/accessToken" } }',
      'auth = { bearer = "${access_token}" }',
    ],
    [
      "an id of a JSON body in a path",
      { url: "https://a.test/orders", method: "POST", body: "{}", text: '{"id":8412}' },
      { url: "https://a.test/orders/8412/pay" },
      'capture = { order_id = { json = "/id" } }',
      'get = "/orders/${order_id}/pay"',
    ],
    [
      "a pointer with escapes, a value in a query",
      { url: "https://a.test/x", text: '{"a/b":[{"c~d_id":"xyz"}]}' },
      { url: "https://a.test/y?c=xyz&d=1" },
      'capture = { c_d_id = { json = "/a~1b/0/c~0d_id" } }',
      'get = "/y?c=${c_d_id}&d=1"',
    ],
    [
      "a location",
      {
        url: "https://a.test/carts",
        method: "POST",
        status: 201,
        got: { Location: "https://a.test/carts/77f" + "0123456789" },
      },
      { url: "https://a.test/carts/77f0123456789" },
      'capture = { cart_id = { header = "location", regex = "/carts/([^/?#]+)" } }',
      'get = "/carts/${cart_id}"',
    ],
    [
      "a header",
      { url: "https://a.test/", got: { "X-CSRF-Token": "t0k" } },
      { url: "https://a.test/p", method: "POST", headers: { "x-csrf-token": "t0k" } },
      'capture = { csrf_token = { header = "x-csrf-token" } }',
      'headers = { x-csrf-token = "${csrf_token}" }',
    ],
    [
      "a cookie copied into a header",
      { url: "https://a.test/", got: { "Set-Cookie": "XSRF-TOKEN=abc%3D; Path=/" } },
      { url: "https://a.test/p", method: "POST", headers: { "x-xsrf-token": "abc=" } },
      'capture = { xsrf_token = { cookie = "XSRF-TOKEN" } }',
      'headers = { x-xsrf-token = "${xsrf_token}" }',
    ],
    [
      "a hidden field in a form",
      { url: "https://a.test/", media: "text/html", text: '<input name="csrf" type=hidden value="a+b/1">' },
      {
        url: "https://a.test/p",
        method: "POST",
        body: "csrf=a%2Bb%2F1&x=1",
        type: "application/x-www-form-urlencoded",
      },
      `capture = { csrf = { regex = 'name="csrf" type=hidden value="([^"]+)' } }`,
      'form = { csrf = "${csrf}", x = "1" }',
    ],
    [
      "a text in a JSON body",
      { url: "https://a.test/", text: '{"cursor":"c-1"}' },
      { url: "https://a.test/p", method: "POST", body: '{"after":"c-1","n":1}' },
      'capture = { cursor = { json = "/cursor" } }',
      'json = { after = "${cursor}", n = 1 }',
    ],
    [
      "a number in a JSON body",
      { url: "https://a.test/users", text: '{"id":42}' },
      { url: "https://a.test/p", method: "POST", body: '{"owner":42,"n":1}' },
      'capture = { user_id = { json = "/id" } }',
      `body = '{"owner":\${user_id},"n":1}'`,
    ],
  ];
  for (const [what, one, two, capture, use] of cases) {
    const [first = "", second = ""] = flow(recording(one, two)).split("\n\n");
    assert.ok(first.includes(capture), `${what}:\n${first}`);
    assert.ok(first.includes('on_error = "end-session"'), what);
    assert.ok(second.includes(use), `${what}:\n${second}`);
  }
});

Deno.test("what was sent before it came, or could be chance, is no capture", () => {
  const cases: [string, Sent, Sent][] = [
    ["sent first", { url: "https://a.test/items/77", text: '{"id":77}' }, { url: "https://a.test/items/77" }],
    ["a plain word", { url: "https://a.test/", text: '{"kind":"boots"}' }, { url: "https://a.test/boots" }],
    ["a small number", { url: "https://a.test/", text: '{"count":3}' }, { url: "https://a.test/?page=3" }],
    ["only in a browser's header", { url: "https://a.test/", text: '{"id":"x-17"}' }, {
      url: "https://a.test/",
      headers: { cookie: "x-17", referer: "x-17" },
    }],
  ];
  for (const [what, one, two] of cases) assert.ok(!flow(recording(one, two)).includes("capture"), what);
});

Deno.test("the browser's part is left out; what the user's part expects is kept", () => {
  const found = flow(recording(
    {
      url: "https://a.test/a.css",
      headers: {
        "sec-fetch-mode": "x",
        "user-agent": "y",
        accept: "text/css,*/*;q=0.1",
        "if-none-match": "z",
        ":path": "/",
      },
      media: "text/css",
      status: 304,
    },
    {
      url: "https://a.test/api",
      headers: { accept: "application/json", "x-app": "1", host: "a.test" },
      status: 404,
    },
    { url: "https://cdn.test/x.js", media: "text/javascript" },
    { url: "https://a.test/gone", status: 0 },
    { url: "https://a.test/cached", more: { _fromCache: "disk" } },
    { url: "data:text/plain,x" },
  ));
  assert.equal(
    found,
    `[[flow.step]]
name = "a.css"
get = "/a.css"

[[flow.step]]
name = "api"
get = "/api"
headers = { accept = "application/json", x-app = "1" }
expect = { status = 404 }`,
  );
});

Deno.test("entries are taken in the order of time, and pauses become thinking", () => {
  const found = flow(recording(
    { url: "https://a.test/second", atMs: 2_300 },
    { url: "https://a.test/first", atMs: 0 },
    { url: "https://a.test/third", atMs: 2_500 },
  ));
  assert.deepEqual(found.match(/(?:get|think) = .*/g), [
    'get = "/first"',
    'think = "2s"',
    'get = "/second"',
    'get = "/third"',
  ]);
  const cases: [number, string | undefined][] = [
    [100, undefined],
    [299, undefined],
    [340, "300ms"],
    [960, "1s"],
    [1_740, "1.5s"],
    [12_499, "12s"],
    [59_900, "1m"],
    [3_600_000, "1m"],
  ];
  for (const [pauseMs, wanted] of cases) assert.equal(thinkBetween(1_000, 1_000 + pauseMs)?.time, wanted);
  assert.equal(thinkBetween(null, 5), null);
});

Deno.test("multipart bodies, recorded as text or as parameters", () => {
  const text = '--B\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--B\r\n' +
    'Content-Disposition: form-data; name="f"; filename="x.png"\r\nContent-Type: image/png\r\n\r\nPNG\r\n--B--\r\n';
  const found = flow(recording({
    url: "https://a.test/up",
    method: "POST",
    headers: { "content-type": "multipart/form-data; boundary=B" },
    body: text,
    type: "multipart/form-data; boundary=B",
  }));
  assert.ok(found.includes('multipart = { a = "1", f = "content of x.png" }'), found);
  assert.ok(found.includes("# The recorded upload is left out: put x.png beside this file"), found);
});

Deno.test("whatever a recording holds, its scenario compiles", () => {
  const word = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom("${x}", "id", "token", "\ue000", "a=b&c", "'", '"""', "8412"),
  );
  const sent = fc.record({
    url: fc.oneof(word.map((path) => `https://a.test/${path}`), word),
    method: fc.constantFrom("GET", "POST", "PUT", "TRACE"),
    headers: fc.dictionary(word, word, { maxKeys: 3 }),
    body: fc.oneof(word, fc.json({ maxDepth: 2 })),
    type: fc.constantFrom(
      "application/json",
      "application/x-www-form-urlencoded",
      "text/plain",
      "multipart/form-data; boundary=x",
    ),
    status: fc.constantFrom(200, 304, 404, 0, 999),
    got: fc.dictionary(fc.constantFrom("Location", "Set-Cookie", "x-token"), word, { maxKeys: 2 }),
    text: fc.oneof(word, fc.json({ maxDepth: 2 })),
    atMs: fc.nat(100_000),
  });
  fc.assert(
    fc.property(fc.array(sent, { minLength: 1, maxLength: 5 }), (exchanges) => {
      const found = importScenario("a.har", recording(...exchanges), "har");
      if ("scenario" in found) flow(recording(...exchanges), true);
    }),
    { numRuns: 200 },
  );
});
