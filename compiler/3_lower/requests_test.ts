import assert from "node:assert/strict";
import fc from "fast-check";
import type { Template } from "../../runtime/plan_templates.ts";
import type {
  Header,
  JsonExpectation,
  JsonValue,
  RequestStep,
  Target,
  Template as SourceTemplate,
  Variable,
} from "../2_check/scenario.ts";
import { lowerRequest } from "./requests.ts";
import { place, sampleRequest, sampleTarget } from "../../tests/sample_scenario.ts";

const session = { variable: "session", place } as const;
const uuid = { variable: "uuid", place } as const;
const choice = (...texts: string[]) => ({ variable: "random.choice", texts, place }) as const;
const header = (name: string, ...value: SourceTemplate): Header => ({ name, value, place });
const text = (...template: SourceTemplate): JsonValue => ({ kind: "text", text: template });

const step = sampleRequest("s", { url: ["/"] });
const context = { stages: ["warm up", 'a"b'], version: "9.9.9" };

function lowered(change: Partial<RequestStep>, targetChange: Partial<Target> = {}) {
  const names = ["token", "id"];
  const at = (name: string) => names.indexOf(name);
  const whole = { ...context, targets: [{ ...sampleTarget, ...targetChange }] };
  return lowerRequest({ ...step, ...change }, whole, { captureAt: at, secretAt: at });
}

/** A template as one text, slots as `<name>`, with the texts that some of them choose from. */
function shown(template: Template): string {
  return template.map((part) => {
    if (typeof part === "string") return part;
    if ("base64" in part) return `<base64 ${part.base64}>`;
    return "texts" in part ? `<${part.slot} ${part.texts.join("|")}>` : `<${part.slot}>`;
  }).join("");
}

const requestLine = (change: Partial<RequestStep>) => shown(lowered(change).head).split("\r\n")[0];
const headers = (change: Partial<RequestStep>, targetChange: Partial<Target> = {}) =>
  shown(lowered(change, targetChange).head).split("\r\n").slice(1, -2);

Deno.test("a plain GET, to the byte", () => {
  const { head, body, method } = lowered({});
  assert.equal(method, "GET");
  assert.deepEqual(head, [
    "GET / HTTP/1.1\r\nhost: ",
    { slot: "authority" },
    "\r\naccept: */*\r\nuser-agent: z6c/9.9.9\r\n\r\n",
  ]);
  assert.deepEqual(body, []);
});

Deno.test("URLs and queries", () => {
  const item = (name: string, ...value: SourceTemplate) => ({ name, value, place });
  const cases: [url: SourceTemplate, query: RequestStep["query"], target: string][] = [
    [["/a b/%20/é?x=1 2#"], [], "/a%20b/%20/%C3%A9?x=1%202%23"],
    [["/items/", session, "/x"], [], "/items/<session>/x"],
    [
      ["/", choice("a/b?", "c%20"), "?q=", choice("a/b?", "&")],
      [],
      "/<choice a/b%3F|c%2520>?q=<choice a%2Fb%3F|%26>",
    ],
    [["/", { variable: "stage", place }], [], "/<stage warm%20up|a%22b>"],
    [["/"], [item("q", "red & blue"), item("a=b", session, "+")], "/?q=red%20%26%20blue&a%3Db=<session>%2B"],
    [["/?x"], [item("q", "1")], "/?x&q=1"],
    [["/?"], [item("q", "1")], "/?q=1"],
    [["/?x=1&"], [item("q", "1")], "/?x=1&q=1"],
    [["/?x=", session], [item("q")], "/?x=<session>&q="],
    [["/", choice("?")], [item("q", "1")], "/<choice %3F>?q=1"],
  ];
  for (const [url, query, target] of cases) {
    assert.equal(requestLine({ url, query }), `GET ${target} HTTP/1.1`);
  }
});

Deno.test("headers: host first, the rest by name; the step's replace the target's, both replace the implied", () => {
  const ofTarget = {
    headers: [header("x-one", "target"), header("accept", "text/html"), header("a", session)],
  };
  assert.deepEqual(headers({ headers: [header("x-one", "step"), header("user-agent", "me")] }, ofTarget), [
    "host: <authority>",
    "a: <session>",
    "accept: text/html",
    "user-agent: me",
    "x-one: step",
  ]);
});

Deno.test("content-length where there is a body, or the method asks for one", () => {
  const length = (change: Partial<RequestStep>) =>
    headers(change).find((line) => line.startsWith("content-length"))?.slice("content-length: ".length);
  const body = (...template: SourceTemplate) => ({ kind: "text" as const, text: template, place });
  assert.equal(length({ method: "GET" }), undefined);
  assert.equal(length({ method: "DELETE" }), undefined);
  assert.equal(length({ method: "POST" }), "0");
  assert.equal(length({ method: "PUT" }), "0");
  assert.equal(length({ method: "PATCH" }), "0");
  assert.equal(length({ method: "DELETE", body: body("é😀") }), "6");
  assert.equal(length({ method: "POST", body: body() }), "0");
  assert.equal(length({ method: "POST", body: body("n=", session) }), "<content-length>");
});

Deno.test("content-type for json, unless set; connection: close where each request has its own", () => {
  const body = { kind: "json" as const, value: { kind: "boolean" as const, value: true }, place };
  assert(headers({ method: "POST", body }).includes("content-type: application/json"));
  const own = headers({
    method: "POST",
    body,
    headers: [header("content-type", "application/vnd.api+json")],
  });
  assert.deepEqual(own.filter((line) => line.startsWith("content-type")), [
    "content-type: application/vnd.api+json",
  ]);
  assert(
    !headers({ method: "POST", body: { kind: "text", text: ["x"], place } }).join().includes("content-type"),
  );
  for (const kind of ["per-vu", "per-session", "per-request"] as const) {
    const closes = headers({}, { connections: { kind } }).includes("connection: close");
    assert.equal(closes, kind === "per-request");
  }
});

Deno.test("JSON bodies: no white space, order of the source, texts escaped, types kept", () => {
  const value: JsonValue = {
    kind: "table",
    entries: [
      { key: "z", value: text(session) },
      { key: 'quote"', value: text('a"b\n', choice('x"', "\\"), { variable: "stage", place }) },
      {
        key: "list",
        value: {
          kind: "list",
          items: [{ kind: "number", text: "9223372036854775807" }, { kind: "boolean", value: false }, text()],
        },
      },
      { key: "a", value: { kind: "table", entries: [] } },
    ],
  };
  assert.equal(
    shown(lowered({ method: "POST", body: { kind: "json", value, place } }).body),
    String.raw`{"z":"<session>","quote\"":"a\"b\n<choice x\"|\\><stage warm up|a\"b>",` +
      '"list":[9223372036854775807,false,""],"a":{}}',
  );
});

Deno.test("draws are numbered as they stand on the wire", () => {
  const { head, body } = lowered({
    method: "POST",
    url: ["/", uuid, "/", uuid],
    query: [{ name: "q", value: [{ variable: "random.int", min: -5, max: 7, place }], place }],
    headers: [header("z", uuid), header("b", choice("1", "2"))],
    body: { kind: "text", text: [uuid], place },
  });
  const draws = [...head, ...body].filter((part) => typeof part !== "string" && "use" in part);
  assert.deepEqual(draws, [
    { slot: "uuid", use: 0 },
    { slot: "uuid", use: 1 },
    { slot: "int", use: 2, min: -5, max: 7 },
    { slot: "choice", use: 3, texts: ["1", "2"] },
    { slot: "uuid", use: 4 },
    { slot: "uuid", use: 5 },
  ]);
});

Deno.test("variables are encoded for where they stand", () => {
  const token: Variable = { variable: "capture", name: "token", of: "flow", place };
  const { head, body } = lowered({
    method: "POST",
    url: ["/", token, "?a=", token],
    query: [{ name: "q", value: [token], place }],
    headers: [header("x", token)],
    body: { kind: "json", value: text(token), place },
  });
  const slots = [...head, ...body].filter((part) => typeof part !== "string" && "encoding" in part);
  assert.deepEqual(
    slots,
    (["path", "query", "query", "header", "json"] as const).map((encoding) => ({
      slot: "capture",
      capture: 0,
      encoding,
    })),
  );
  assert.deepEqual(lowered({ method: "POST", body: { kind: "text", text: [token], place } }).body, [
    { slot: "capture", capture: 0, encoding: "none" },
  ]);
});

Deno.test("a capture at the start of a URL is a URL, and what follows is in its path or query", () => {
  const next: Variable = { variable: "capture", name: "id", of: "flow", place };
  const slot = (encoding: string) => ({ slot: "capture", capture: 1, encoding });
  assert.deepEqual(lowered({ url: [next] }).head.slice(0, 3), [
    "GET ",
    slot("target"),
    " HTTP/1.1\r\nhost: ",
  ]);
  assert.deepEqual(lowered({ url: [next, "/", next, "?a=", next] }).head.slice(0, 7), [
    "GET ",
    slot("target"),
    "/",
    slot("path"),
    "?a=",
    slot("query"),
    " HTTP/1.1\r\nhost: ",
  ]);
});

Deno.test("a request goes to its target, with that target's headers", () => {
  const other = { ...sampleTarget, name: "other", headers: [header("x-target", "other")], cookies: true };
  const { target, head } = lowerRequest({ ...step, target: 1 }, {
    ...context,
    targets: [sampleTarget, other],
  }, {
    captureAt: () => 0,
    secretAt: () => 0,
  });
  assert.equal(target, 1);
  assert.match(shown(head), /x-target: other/);
  assert.match(shown(head), /<cookies>/);
});

Deno.test("forms and files", () => {
  const contentType = (body: RequestStep["body"]) =>
    headers({ method: "POST", body }).find((line) => line.startsWith("content-type"));
  const items = [{ name: "a b", value: ["x & y=", session], place }, { name: "é", value: [], place }];
  const form: RequestStep["body"] = { kind: "form", items, place };
  assert.equal(shown(lowered({ method: "POST", body: form }).body), "a%20b=x%20%26%20y%3D<session>&%C3%A9=");
  assert.equal(contentType(form), "content-type: application/x-www-form-urlencoded");
  const file = (...bytes: number[]): RequestStep["body"] => ({
    kind: "bytes",
    bytes: new Uint8Array(bytes),
    place,
  });
  assert.equal(contentType(file(1)), "content-type: application/octet-stream");
  assert.deepEqual(lowered({ body: file(0xef, 0xbb, 0xbf, 0xc3, 0xa9) }).body, ["\ufeffé"]);
  assert.deepEqual(lowered({ body: file(0x61, 0xff) }).body, [{ base64: "Yf8=" }]);
  assert.deepEqual(lowered({ body: file() }).body, []);
  assert(headers({ method: "POST", body: file(0x61, 0xff) }).includes("content-length: 2"));
});

Deno.test("cells of numbers stand in JSON without quotes", () => {
  const variable = { variable: "data", table: 1, column: 2, name: "t.c", place } as const;
  const value: JsonValue = { kind: "list", items: [{ kind: "cell", variable }, text(variable)] };
  const slot = { slot: "data", table: 1, column: 2 };
  assert.deepEqual(lowered({ body: { kind: "json", value, place } }).body, [
    "[",
    { ...slot, encoding: "none" },
    ',"',
    { ...slot, encoding: "json" },
    '"]',
  ]);
});

Deno.test("authorization: the step's header, then auth, then the target's header", () => {
  const authorization = (change: Partial<RequestStep>, ofTarget: Header[] = []) =>
    headers(change, { headers: ofTarget }).filter((line) => line.startsWith("authorization"));
  const basic = (user: SourceTemplate, password: SourceTemplate): RequestStep["auth"] => ({
    kind: "basic",
    user,
    password,
    place,
  });
  const ofTarget = [header("authorization", "target")];
  assert.deepEqual(authorization({}, ofTarget), ["authorization: target"]);
  // The example of RFC 7617 section 2, and the one of section 2.1 in UTF-8.
  assert.deepEqual(authorization({ auth: basic(["Aladdin"], ["open sesame"]) }, ofTarget), [
    "authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
  ]);
  assert.deepEqual(authorization({ auth: basic(["test"], ["123£"]) }), [
    "authorization: Basic dGVzdDoxMjPCow==",
  ]);
  assert.deepEqual(authorization({ auth: { kind: "bearer", token: ["t", session], place } }), [
    "authorization: Bearer t<session>",
  ]);
  const own = { auth: basic([], []), headers: [header("authorization", "step")] };
  assert.deepEqual(authorization(own, ofTarget), ["authorization: step"]);
  const password = { variable: "secret", name: "id", place } as const;
  const slots = lowered({ auth: basic(["me"], [password]) }).head.filter((part) =>
    typeof part !== "string" && "slot" in part && part.slot === "basic"
  );
  assert.deepEqual(slots, [
    { slot: "basic", user: ["me"], password: [{ slot: "secret", secret: 1, encoding: "none" }] },
  ]);
});

Deno.test("cookies stand where their header would, unless the scenario writes it", () => {
  assert.deepEqual(
    headers({}, { cookies: true }).join("\n"),
    [
      "host: <authority>",
      "accept: */*",
      "<cookies>user-agent: z6c/9.9.9",
    ].join("\n"),
  );
  const own = headers({ headers: [header("cookie", "a=b")] }, { cookies: true });
  assert.deepEqual(own.filter((line) => line.includes("cookie")), ["cookie: a=b"]);
});

Deno.test("checks lose their places and nothing else", () => {
  const json = (pointer: string, test: JsonExpectation) => ({ pointer, test, place });
  const expect: RequestStep["expect"] = {
    status: [[200, 200], [304, 304]],
    withinTicks: 7,
    headers: [{ name: "etag", test: { kind: "exists", wanted: true }, place }],
    json: [
      json("/a", {
        kind: "equals",
        value: {
          kind: "table",
          entries: [
            { key: "b", value: { kind: "number", text: "1.50" } },
            { key: "a", value: { kind: "list", items: [text("x"), { kind: "boolean", value: true }] } },
          ],
        },
      }),
      json("", { kind: "compares", comparison: ">=", limit: "1.5" }),
    ],
    body: [
      { kind: "contains", text: "x", place },
      { kind: "matches", pattern: "^a", place },
      { kind: "size", minBytes: 1, maxBytes: 9, place },
    ],
  };
  assert.deepEqual(lowered({ expect, onError: "stop-run" }).expect, {
    status: [[200, 200], [304, 304]],
    withinTicks: 7,
    headers: [{ name: "etag", test: { kind: "exists", wanted: true } }],
    json: [
      { pointer: "/a", test: { kind: "equals", json: '{"a":["x",true],"b":1.5}' } },
      { pointer: "", test: { kind: "compares", comparison: ">=", limit: "1.5" } },
    ],
    body: [{ kind: "contains", text: "x" }, { kind: "matches", pattern: "^a" }, {
      kind: "size",
      minBytes: 1,
      maxBytes: 9,
    }],
  });
});

Deno.test("retries name errors by their codes, each once", () => {
  const retry: RequestStep["retry"] = {
    place,
    times: 2,
    causes: ["wait", "closed", "refused"],
    statuses: [[502, 504]],
    minTicks: 1,
    maxTicks: 9,
  };
  const { redirects, retry: found } = lowered({ redirects: 5, retry });
  assert.equal(redirects, 5);
  assert.deepEqual(found, {
    times: 2,
    errors: [3201, 3501, 3502, 3503, 3603, 3721, 3724, 3742, 3743],
    statuses: [[502, 504]],
    minTicks: 1,
    maxTicks: 9,
  });
});

Deno.test("whatever a URL and a query hold, the request line has three words", () => {
  const anyText = fc.string({ unit: "grapheme" });
  fc.assert(fc.property(anyText, anyText, anyText, (path, name, value) => {
    const query = [{ name, value: value === "" ? [] : [value, choice(value)], place }];
    const { head } = lowered({ url: [`/${path}`, choice(path)], query });
    assert.match(
      shown(head).split("\r\nhost: ")[0].replaceAll("<choice ", "<"),
      /^GET [\x21-\x7e]+ HTTP\/1\.1$/,
    );
    assert(!head.includes(""));
    for (const [index, part] of head.entries()) {
      assert(typeof part !== "string" || typeof head[index + 1] !== "string", "literals are merged");
    }
  }));
});

Deno.test("a JSON body without slots reads as what it was made of", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" })), (table) => {
      const entries = Object.entries(table).map(([key, value]) => ({
        key,
        value: value === "" ? text() : text(value),
      }));
      const { head, body } = lowered({
        method: "POST",
        body: { kind: "json", value: { kind: "table", entries }, place },
      });
      const sent = shown(body);
      assert.deepEqual(JSON.parse(sent), JSON.parse(JSON.stringify(table)));
      assert(shown(head).includes(`content-length: ${new TextEncoder().encode(sent).length}\r\n`));
    }),
  );
});
