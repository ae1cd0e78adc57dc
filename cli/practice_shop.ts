/**
 * A small shop with an API: what a scenario needs that logs in, captures and comes back. It answers by seed, request
 * and the items created so far; tokens and carts are in the hands of the client.
 */
import { good, type KeyedDraw, keyOf, searched } from "./practice_goods.ts";
import { graphqlAnswer } from "./practice_graphql.ts";

export type ShopRequest = Readonly<{
  method: string;
  /** Its parts: `["api", "items", "7"]`. */
  path: readonly string[];
  query: URLSearchParams;
  header(name: string): string | null;
  body: string;
}>;

/** `json` null: no body. */
export type ShopAnswer = Readonly<{
  status: number;
  headers?: Readonly<Record<string, string>>;
  json: unknown;
}>;

/** By first word of the path, for people. */
export const SHOP_PATHS = [
  ["login", "/login", "POST user and password (any but `wrong`) as JSON: a bearer token"],
  ["api", "/api/items, /api/items/7", "with that token: POST, GET, PUT and DELETE what you create"],
  ["search", "/search?q=lamp&page=1", "what is found for that text, always the same; sometimes nothing"],
  ["cart", "/cart, /cart/checkout", "GET, POST item and quantity, POST to order; kept in a cookie"],
  ["graphql", "/graphql", "item(id), search(text, first) and mutation addReview(item, stars)"],
] as const;

type Created = Readonly<{
  id: number;
  name: string;
  price_cents: number;
  owner: string;
  version: number;
}>;
type Line = Readonly<{ item: number; quantity: number }>;

/** Items kept; the oldest go first. */
const MOST_ITEMS = 100_000;
const MOST_LINES = 50;

export class Shop {
  readonly #draw: KeyedDraw;
  readonly #items = new Map<number, Created>();
  #lastId = 0;

  constructor(draw: KeyedDraw) {
    this.#draw = draw;
  }

  answer(request: ShopRequest): ShopAnswer {
    const { path: [word, ...rest], method } = request;
    switch (word) {
      case "login":
        return method === "POST" ? this.#login(request) : wrongMethod("POST");
      case "api":
        return rest[0] === "items" && rest.length < 3
          ? this.#api(request, rest[1])
          : problem(404, "no such path");
      case "search":
        return method === "GET" ? this.#search(request) : wrongMethod("GET");
      case "cart":
        return this.#cart(request, rest.join("/"));
      case "graphql":
        return method === "POST" ? graphqlAnswer(tableOf(request), this.#draw) : wrongMethod("POST");
      default:
        return problem(404, "no such path");
    }
  }

  #login(request: ShopRequest): ShopAnswer {
    const { user, password } = tableOf(request);
    if (typeof user !== "string" || user === "" || typeof password !== "string") {
      return problem(400, "user and password are wanted as JSON");
    }
    if (password === "" || password === "wrong") return problem(401, "wrong password");
    return {
      status: 200,
      headers: { "cache-control": "no-store" },
      json: { user, token: this.#token(user) },
    };
  }

  #token(user: string): string {
    return `${hex(this.#draw(keyOf(user)))}.${encodeURIComponent(user)}`;
  }

  /** Whose token an `authorization` bears, or null. */
  user(authorization: string): string | null {
    const [, token, name] = /^Bearer ([0-9a-f]{8}\.(\S+))$/.exec(authorization) ?? [];
    if (token === undefined) return null;
    const user = decoded(name);
    return user !== null && token === this.#token(user) ? user : null;
  }

  #api(request: ShopRequest, id: string | undefined): ShopAnswer {
    const user = this.user(request.header("authorization") ?? "");
    if (user === null) {
      return { ...problem(401, "log in first"), headers: { "www-authenticate": "Bearer" } };
    }
    if (id === undefined) {
      return request.method === "POST" ? this.#create(request, user) : wrongMethod("POST");
    }
    const item = this.#items.get(Number(id));
    if (item === undefined || item.owner !== user) return problem(404, `${user} has no item ${id}`);
    switch (request.method) {
      case "GET":
        return shown(200, item);
      case "PUT":
        return this.#change(request, item);
      case "DELETE":
        this.#items.delete(item.id);
        return { status: 204, json: null };
      default:
        return wrongMethod("GET, PUT, DELETE");
    }
  }

  #create(request: ShopRequest, owner: string): ShopAnswer {
    const wanted = describedItem(request);
    if (wanted === null) return problem(400, "name and price_cents are wanted as JSON");
    const item = { id: ++this.#lastId, ...wanted, owner, version: 1 };
    this.#items.set(item.id, item);
    for (const oldest of this.#items.keys()) {
      if (this.#items.size <= MOST_ITEMS) break;
      this.#items.delete(oldest);
    }
    const { headers, ...created } = shown(201, item);
    return { ...created, headers: { ...headers, location: `/api/items/${item.id}` } };
  }

  #change(request: ShopRequest, item: Created): ShopAnswer {
    const match = request.header("if-match");
    if (match !== null && match !== etag(item)) return problem(412, `the item is now ${etag(item)}`);
    const wanted = describedItem(request);
    if (wanted === null) return problem(400, "name and price_cents are wanted as JSON");
    const changed = { ...item, ...wanted, version: item.version + 1 };
    this.#items.set(item.id, changed);
    return shown(200, changed);
  }

  #search({ query }: ShopRequest): ShopAnswer {
    const text = query.get("q");
    const page = wholeNumber(query.get("page") ?? "1");
    if (text === null || page === null || page < 1) return problem(400, "q is wanted, and page from 1");
    return { status: 200, json: { query: text, page, ...searched(text, page, this.#draw) } };
  }

  #cart(request: ShopRequest, rest: string): ShopAnswer {
    const lines = linesOf(request.header("cookie") ?? "");
    const { method } = request;
    if (rest === "") {
      if (method === "GET") return { status: 200, json: this.#bill(lines) };
      return method === "POST" ? this.#putIn(request, lines) : wrongMethod("GET, POST");
    }
    if (rest !== "checkout") return problem(404, "no such path");
    if (method !== "POST") return wrongMethod("POST");
    if (lines.length === 0) return problem(409, "the cart is empty");
    const { total_cents } = this.#bill(lines);
    return {
      status: 201,
      headers: { "set-cookie": "cart=; Path=/; Max-Age=0" },
      json: { order: hex(this.#draw(keyOf(cookieOf(lines)))), total_cents },
    };
  }

  #putIn(request: ShopRequest, lines: readonly Line[]): ShopAnswer {
    const { item: named, quantity: many = 1 } = tableOf(request);
    const item = wholeNumber(named);
    const quantity = wholeNumber(many);
    if (item === null || quantity === null || quantity < 1) {
      return problem(400, "item and quantity are wanted");
    }
    if (lines.length === MOST_LINES) return problem(409, "the cart is full");
    const all = [...lines, { item, quantity }];
    return {
      status: 201,
      headers: { "set-cookie": `cart=${cookieOf(all)}; Path=/` },
      json: this.#bill(all),
    };
  }

  #bill(lines: readonly Line[]): Readonly<{ lines: readonly unknown[]; total_cents: number }> {
    const priced = lines.map((line) => ({ ...line, price_cents: good(line.item, this.#draw).price_cents }));
    return {
      lines: priced,
      total_cents: priced.reduce((sum, { quantity, price_cents }) => sum + quantity * price_cents, 0),
    };
  }
}

function shown(status: number, { version, ...item }: Created): ShopAnswer {
  return { status, headers: { etag: etag({ version }) }, json: item };
}

function etag({ version }: Pick<Created, "version">): string {
  return `"${version}"`;
}

/** `cart=7x2.9x1` → two lines. */
function linesOf(cookies: string): readonly Line[] {
  const [, cart = ""] = /(?:^|; )cart=((?:\d{1,9}x\d{1,4}\.?)*)/.exec(cookies) ?? [];
  return cart.split(".").filter((line) => line !== "").map((line) => {
    const [item, quantity] = line.split("x").map(Number);
    return { item, quantity };
  });
}

function cookieOf(lines: readonly Line[]): string {
  return lines.map(({ item, quantity }) => `${item}x${quantity}`).join(".");
}

function describedItem(request: ShopRequest): Pick<Created, "name" | "price_cents"> | null {
  const { name, price_cents } = tableOf(request);
  const price = wholeNumber(price_cents);
  return typeof name === "string" && name !== "" && price !== null ? { name, price_cents: price } : null;
}

/** The body as a JSON table; an empty one where it is something else. */
function tableOf({ body }: ShopRequest): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

/** A number or digits, up to 999 999 999. */
function wholeNumber(value: unknown): number | null {
  return /^\d{1,9}$/.test(String(value)) ? Number(value) : null;
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

function hex(u32: number): string {
  return u32.toString(16).padStart(8, "0");
}

function problem(status: number, error: string): ShopAnswer {
  return { status, json: { error } };
}

function wrongMethod(allow: string): ShopAnswer {
  return { ...problem(405, `here you can ${allow}`), headers: { allow } };
}
