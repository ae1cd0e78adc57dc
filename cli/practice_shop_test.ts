import assert from "node:assert/strict";
import { good, searched } from "./practice_goods.ts";
import { startPracticeServer } from "./practice_server.ts";
import { Shop, SHOP_PATHS, type ShopAnswer } from "./practice_shop.ts";

const draw = (key: number) => Math.imul(key ^ 0x9e3779b9, 0x85ebca6b) >>> 0;

/** Asks a shop as `POST /cart` with a body and headers. */
function ask(
  shop: Shop,
  line: string,
  body: unknown = null,
  headers: Record<string, string> = {},
): ShopAnswer {
  const [method, target] = line.split(" ");
  const { pathname, searchParams } = new URL(target, "http://shop");
  return shop.answer({
    method,
    path: pathname.slice(1).split("/"),
    query: searchParams,
    header: (name) => headers[name] ?? null,
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

/** A field of an answer's JSON. */
function field(answer: ShopAnswer, name: string): unknown {
  return Object.entries(answer.json ?? {}).find(([key]) => key === name)?.[1];
}

function bearer(shop: Shop, user: string): Record<string, string> {
  const answer = ask(shop, "POST /login", { user, password: "open sesame" });
  return { authorization: `Bearer ${field(answer, "token")}` };
}

Deno.test("only who has logged in has items, and only their own", () => {
  const shop = new Shop(draw);
  const ada = bearer(shop, "ada: ü %");
  const eve = bearer(shop, "eve");
  const lamp = { name: "lamp", price_cents: 5 };
  const cases: [string, unknown, Record<string, string>, number][] = [
    ["POST /api/items", lamp, {}, 401],
    ["POST /api/items", lamp, { authorization: ada.authorization.slice(0, -1) }, 401],
    ["POST /api/items", lamp, { authorization: "Bearer 00000000.eve" }, 401],
    ["POST /api/items", lamp, { authorization: "Bearer 00000000.%" }, 401],
    ["POST /api/items", lamp, ada, 201],
    ["GET /api/items/1", null, ada, 200],
    ["GET /api/items/1", null, eve, 404],
    ["DELETE /api/items/1", null, eve, 404],
    ["PATCH /api/items/1", lamp, ada, 405],
    ["PUT /api/items/1", { name: "", price_cents: 5 }, ada, 400],
    ["PUT /api/items/1", { ...lamp, price_cents: "7" }, { ...ada, "if-match": '"1"' }, 200],
    ["PUT /api/items/1", lamp, { ...ada, "if-match": '"1"' }, 412],
    ["DELETE /api/items/1", null, ada, 204],
    ["GET /api/items/1", null, ada, 404],
    ["GET /api/items", null, ada, 405],
    ["GET /api/others", null, ada, 404],
    ["GET /api/items/1/2", null, ada, 404],
    ["POST /api/items", "no JSON", ada, 400],
    ["POST /login", { user: "ada", password: "wrong" }, {}, 401],
    ["POST /login", { user: "ada" }, {}, 400],
    ["GET /login", null, {}, 405],
  ];
  for (const [line, body, headers, status] of cases) {
    assert.equal(ask(shop, line, body, headers).status, status, `${line} ${JSON.stringify(body)}`);
  }
});

Deno.test("an item tells where it is, and its version", () => {
  const shop = new Shop(draw);
  const ada = bearer(shop, "ada");
  ask(shop, "POST /api/items", { name: "first", price_cents: 1 }, ada);
  const created = ask(shop, "POST /api/items", { name: "lamp", price_cents: 5 }, ada);
  assert.deepEqual(created, {
    status: 201,
    headers: { etag: '"1"', location: "/api/items/2" },
    json: { id: 2, name: "lamp", price_cents: 5, owner: "ada" },
  });
  const changed = ask(shop, "PUT /api/items/2", { name: "lamp", price_cents: 4 }, ada);
  assert.deepEqual([changed.headers?.etag, field(changed, "price_cents")], ['"2"', 4]);
  assert.deepEqual(ask(shop, "GET /api/items/2", null, ada), changed);
});

Deno.test("what is kept has a bound: the oldest items go", () => {
  const shop = new Shop(draw);
  const ada = bearer(shop, "ada");
  for (let n = 0; n < 100_001; n++) ask(shop, "POST /api/items", '{"name":"x","price_cents":1}', ada);
  const statuses = [1, 2, 100_001].map((id) => ask(shop, `GET /api/items/${id}`, null, ada).status);
  assert.deepEqual(statuses, [404, 200, 200]);
});

Deno.test("a cart is its cookie", () => {
  const shop = new Shop(draw);
  const price = (id: number) => good(id, draw).price_cents;
  const first = ask(shop, "POST /cart", { item: "7", quantity: 2 });
  assert.equal(first.headers?.["set-cookie"], "cart=7x2; Path=/");
  const second = ask(shop, "POST /cart", { item: 9 }, { cookie: "a=b; cart=7x2" });
  assert.equal(second.headers?.["set-cookie"], "cart=7x2.9x1; Path=/");
  const cookie = { cookie: "cart=7x2.9x1" };
  assert.deepEqual(ask(shop, "GET /cart", null, cookie).json, {
    lines: [
      { item: 7, quantity: 2, price_cents: price(7) },
      { item: 9, quantity: 1, price_cents: price(9) },
    ],
    total_cents: 2 * price(7) + price(9),
  });
  const ordered = ask(shop, "POST /cart/checkout", null, cookie);
  assert.equal(ordered.status, 201);
  assert.match(String(ordered.headers?.["set-cookie"]), /^cart=; .*Max-Age=0/);
  assert.deepEqual(ask(new Shop(draw), "POST /cart/checkout", null, cookie), ordered);
  const cases: [string, unknown, Record<string, string>, number][] = [
    ["POST /cart/checkout", null, {}, 409],
    ["POST /cart/checkout", null, { cookie: "cart=" }, 409],
    ["GET /cart", null, { cookie: "cart=x;" }, 200],
    ["POST /cart", { item: -1 }, {}, 400],
    ["POST /cart", { item: 1, quantity: 0 }, {}, 400],
    ["POST /cart", { item: 1 }, { cookie: `cart=${Array(50).fill("1x1").join(".")}` }, 409],
    ["DELETE /cart", null, {}, 405],
    ["GET /cart/checkout", null, cookie, 405],
    ["GET /cart/else", null, cookie, 404],
  ];
  for (const [line, body, headers, status] of cases) {
    assert.equal(ask(shop, line, body, headers).status, status, `${line} ${JSON.stringify(body)}`);
  }
});

Deno.test("a search finds the same each time, page by page, and sometimes nothing", () => {
  const totals = Array.from({ length: 200 }, (_, n) => searched(`word ${n}`, 1, draw).total);
  const nothing = totals.filter((total) => total === 0).length;
  assert(nothing > 10 && nothing < 80, `${nothing} of 200 find nothing`);
  assert(totals.every((total) => total >= 0 && total < 40));
  const text = `word ${totals.findIndex((total) => total > 10 && total < 20)}`;
  const pages = [1, 2, 3].map((page) => searched(text, page, draw));
  const found = pages.flatMap(({ items }) => items);
  assert.equal(pages[0].items.length, 10);
  assert.equal(found.length, pages[0].total);
  for (const item of found) assert.deepEqual(item, good(item.id, draw));
  assert.deepEqual(searched(` ${text.toUpperCase()} `, 1, draw), pages[0]);
  const shop = new Shop(draw);
  for (const [query, status] of [["q=lamp", 200], ["q=lamp&page=0", 400], ["page=1", 400]] as const) {
    assert.equal(ask(shop, `GET /search?${query}`).status, status, query);
  }
});

Deno.test("GraphQL answers what was selected, or says what is wrong", () => {
  const shop = new Shop(draw);
  const seven = good(7, draw);
  const cases: [string, Record<string, unknown>, unknown][] = [
    ["{ item(id: 7) { name } }", {}, { item: { name: "item 7" } }],
    ["query A($i: ID! = 3) { a: item(id: $i) { id b: price_cents } } # end", { i: "7" }, {
      a: { id: 7, b: seven.price_cents },
    }],
    ['{ search(text: "word \\"1\\"", first: 0) { items { id } } }', {}, { search: { items: [] } }],
    ["mutation { addReview(item: 7, stars: 5) { stars, item { id } } }", {}, {
      addReview: { stars: 5, item: { id: 7 } },
    }],
    ["{ item(id: 7) { colour } }", {}, /item has no field colour/],
    ["{ item(id: 7) { constructor } }", {}, /no field constructor/],
    ["{ item(id: 7) }", {}, /item wants fields/],
    ["{ item(id: 7) { id { x } } }", {}, /id has no fields/],
    ["{ item(id: $id) { id } }", {}, /id wants a whole number/],
    ["{ search(first: 1) { total } }", {}, /search wants a text/],
    ["{ toString { id } }", {}, /query has no field toString/],
    ["mutation { addReview(item: 7, stars: 6) { id } }", {}, /stars are from 1 to 5/],
    ["{ item(id: 7) { id }", {}, /ends too early/],
    ["query ($a: Int", {}, /ends too early/],
    ["{ }", {}, /no fields are selected/],
    ["{ item(id: 7) { id } } { item }", {}, /one operation is wanted/],
    ["{ item(id: [1]) { id } }", {}, /\[ is no value/],
    ["subscription { item }", {}, /\{ was expected/],
  ];
  for (const [query, variables, wanted] of cases) {
    const answer = ask(shop, "POST /graphql", { query, variables });
    assert.equal(answer.status, 200, query);
    if (wanted instanceof RegExp) assert.match(JSON.stringify(field(answer, "errors")), wanted, query);
    else assert.deepEqual(answer.json, { data: wanted }, query);
  }
  assert.equal(ask(shop, "POST /graphql", {}).status, 400);
  assert.equal(ask(shop, "GET /graphql").status, 405);
});

Deno.test("the practice server has the shop, and each seed its own tokens", async () => {
  const tokens: unknown[] = [];
  for (const seed of [1, 1, 2]) {
    const server = startPracticeServer({ port: 0, host: "127.0.0.1", seed });
    try {
      const post = (path: string, body: unknown, headers = {}) =>
        fetch(server.url + path, { method: "POST", body: JSON.stringify(body), headers });
      const { token } = await (await post("/login", { user: "ada", password: "x" })).json();
      tokens.push(token);
      const bearer = { authorization: `Bearer ${token}` };
      const created = await post("/api/items", { name: "lamp", price_cents: 1 }, bearer);
      assert.equal(created.headers.get("location"), "/api/items/1");
      assert.match(created.headers.get("content-type") ?? "", /^application\/json/);
      await created.body?.cancel();
      const gone = await fetch(`${server.url}/api/items/1?x=1`, { method: "DELETE", headers: bearer });
      assert.deepEqual([gone.status, await gone.text()], [204, ""]);
      const { total } = await (await fetch(`${server.url}/search?q=lamp`)).json();
      assert(Number.isInteger(total));
      for (const [word] of SHOP_PATHS) {
        const answer = await fetch(`${server.url}/${word}`);
        await answer.body?.cancel();
        assert([200, 400, 401, 404, 405].includes(answer.status), word);
      }
    } finally {
      await server.stop();
    }
  }
  assert.equal(tokens[0], tokens[1]);
  assert.notEqual(tokens[0], tokens[2]);
});
