import assert from "node:assert/strict";
import type { Plan } from "../runtime/plan.ts";
import { canonicalJson } from "./3_lower/canonical_json.ts";
import { planHash } from "./4_emit/plan_hash.ts";
import { compile, type CompileOptions } from "./compile.ts";

const GOLDEN = new URL("../tests/golden/plans/", import.meta.url);
const environment = new Map([["RUN", "golden"]]);

/** `folder`: the golden one, whose data files the scenario may name. */
function optionsOf(folder: string, version = "0.0.0"): CompileOptions {
  const readFile = (path: string) => {
    try {
      return Deno.readFileSync(new URL(`${folder}/${path}`, GOLDEN));
    } catch {
      return { reason: "there is no such file" };
    }
  };
  return { environment, version, readFile };
}

function compiled(text: string, folder = "checkout"): Plan {
  const { plan, diagnostics } = compile("scenario.toml", text, optionsOf(folder));
  assert.deepEqual(diagnostics.filter(({ severity }) => severity === "error"), []);
  assert(plan !== undefined);
  return plan;
}

const hashOf = (text: string) => planHash(compiled(text));
const scenario = (name: string) => Deno.readTextFileSync(new URL(`${name}/scenario.toml`, GOLDEN));

for (const { name } of [...Deno.readDirSync(GOLDEN)].sort((a, b) => (a.name < b.name ? -1 : 1))) {
  Deno.test(`golden plan: ${name}`, () => {
    const plan = compiled(scenario(name), name);
    const canonical = canonicalJson(plan);
    assert.equal(canonicalJson(JSON.parse(canonical)), canonical);
    assert.deepEqual(JSON.parse(canonical), plan);
    // Spread out for people who read differences; the order of keys is the canonical one.
    const shown = JSON.stringify(JSON.parse(canonical), null, 2) + "\n";
    const file = new URL(`${name}/plan.json`, GOLDEN);
    if (Deno.env.get("UPDATE_GOLDEN") === "1") Deno.writeTextFileSync(file, shown);
    assert.equal(shown, Deno.readTextFileSync(file), "UPDATE_GOLDEN=1 rewrites it");
  });
}

Deno.test("a plan holds integers below 2^53 and nothing that varies", () => {
  for (const { name } of Deno.readDirSync(GOLDEN)) {
    const plan = compiled(scenario(name), name);
    assert.equal(planHash(plan), planHash(compiled(scenario(name), name)));
    JSON.parse(canonicalJson(plan), (key, value) => {
      assert(typeof value !== "number" || Number.isSafeInteger(value), `${name}: ${key} is ${value}`);
      return value;
    });
  }
});

/** What was, what it becomes. Each must be found in the scenario `checkout`. */
type Edit = readonly [found: string | RegExp, replacement: string];

function edited(text: string, [found, replacement]: Edit): string {
  const result = text.replace(found, replacement);
  assert.notEqual(result, text, `${found} is not in the scenario`);
  return result;
}

Deno.test("a change of meaning changes the hash", () => {
  const checkout = scenario("checkout");
  const edits: Edit[] = [
    ['name = "checkout"', 'name = "check-out"'],
    ["Browse and buy", "Buy and browse"],
    ["seed = 42", "seed = 43"],
    ["127.0.0.1:8080", "127.0.0.1:8081"],
    ["http://127.0.0.1:8080", "https://127.0.0.1:8080"],
    ["127.0.0.1", "127.0.0.2"],
    ["}/shop", "}/store"],
    ["application/json", "text/html"],
    ["${env.RUN}", "${env.RUN}!"],
    ['timeout = "5s"', 'timeout = "6s"'],
    ["per-session", "per-vu"],
    ["per-session", "shared:9"],
    ['connections = "per-session"', 'connections = "per-session"\ntransport = "fetch"'],
    ["uniform", "poisson"],
    ["max_vus = 500", "max_vus = 501"],
    ['graceful_stop = "10s"', 'graceful_stop = "11s"'],
    ['name = "warm"', 'name = "warmer"'],
    ['for = "10s"', 'for = "10001ms"'],
    ['"50/s"', '"51/s"'],
    ["50/s..200/s", "200/s..50/s"],
    [", warmup = true", ""],
    ["weight = 3", "weight = 4"],
    ['name = "home"', 'name = "start"'],
    ['post = "/login"', 'put = "/login"'],
    ["/login", "/signin"],
    ["user-${session}", "user-${vu}"],
    ['"secret"', '"hidden"'],
    ["remember = true", 'remember = "true"'],
    ["attempts = 1", "attempts = 1.5"],
    ['user = "user-${session}", password = "secret"', 'password = "secret", user = "user-${session}"'],
    ["status = 200", "status = 201"],
    ['contains = "token"', 'equals = "token"'],
    ['"4KiB"', '"5KiB"'],
    ["end-session", "stop-run"],
    ["500ms", "501ms"],
    ["1s..3s", "1s..4s"],
    ["repeat = ", "# repeat = "],
    ['"1..5"', '"1..6"'],
    ["random.int(1, 1000)", "random.int(1, 1001)"],
    ["price & name", "price"],
    ["[200, 304]", "[200, 305]"],
    ['step = "login"', 'step = "item"'],
    ["p99", "p98"],
    ["< 300ms", "<= 300ms"],
    ["< 300ms", "< 301ms"],
    ['stage = "hold"', 'stage = "ramp"'],
    ["ratio", "count"],
    [/\[\[threshold\]\]\nmetric = "rate"[^]*$/, ""],
    [/\[\[flow\.step\]\]\nthink = .*\n/, ""],
  ];
  const hashes = new Map([[hashOf(checkout), "nothing changed"]]);
  for (const edit of edits.map(withUnits)) {
    const hash = hashOf(edited(checkout, edit));
    assert.equal(hashes.get(hash), undefined, `${edit} has the hash of: ${hashes.get(hash)}`);
    hashes.set(hash, String(edit));
  }
  assert.equal(hashes.size, edits.length + 1);
});

/** A limit of errors by count is a number, and not a ratio. */
function withUnits(edit: Edit): Edit {
  return edit[0] === "ratio" ? ['ratio = "< 1%"', 'count = "< 1"'] : edit;
}

Deno.test("a change of meaning in the wider language changes the hash", () => {
  const edits: Readonly<Record<string, readonly Edit[]>> = {
    data: [
      ["unique", "sequential"],
      ["random", "shuffle"],
      ['id = "integer"', 'id = "text"'],
      ["users.name", "users.id"],
      ["id = 1,", "id = 3,"],
      [', { id = 2, label = "two" }', ""],
      ["room ${rooms.id}", "${rooms.id}"],
    ],
    session_memory: [
      ["cookies = true", "cookies = false"],
      ["redirects = 5", "redirects = 4"],
      ["redirects = 0", "redirects = 1"],
      ["SHOP_PASSWORD", "OTHER"],
      ["open sesame", "open"],
      ['bearer = "${token}"', 'basic = ["${token}", ""]'],
      ['"/token"', '"/other"'],
      ['header = "x-id"', 'cookie = "x-id"'],
      [", optional = true", ""],
      ['csrf="([^"]+)"', 'csrf="([^"]*)"'],
      [String.raw`regex = '/cart/(\d+)'`, "regex = '/cart/(.+)'"],
      ['maybe = "exists"', 'maybe = "missing"'],
      ['not = "guest"', 'equals = "guest"'],
      ['["2xx", 304]', '"2xx"'],
      ["times = 2", "times = 3"],
      ['"reset", "timeout"', '"reset"'],
      [", 503]", ", 502]"],
      ["200ms..1s", "200ms..2s"],
      ["{ times = 1 }", '{ times = 1, on = ["closed"] }'],
    ],
    bodies: [
      ["x & y", "x + y"],
      ["form = ", "json = "],
      ['name = "b.png"', 'name = "c.png"'],
      ['type = "image/png"', 'type = "image/gif"'],
      ['note = { file = "note.txt" }', 'note = { file = "a.png" }'],
      ['body_file = "a.png"', 'body_file = "note.txt"'],
      ["n = 20", "n = 21"],
      ['operation = "Orders"', 'operation = "Other"'],
    ],
    expectations: [
      ["500ms", "501ms"],
      ['{ contains = "json" }', '"json"'],
      ["etag = { exists = true }", "etag = { exists = false }"],
      ['"/name" = "Ada"', '"/name" = "Bob"'],
      ['["b", "a"]', '["a", "b"]'],
      ["z = 1", "z = 2"],
      ["min = 1, max = 5", "min = 1"],
      ['type = "text"', 'type = "list"'],
    ],
    waits: [
      ['pace = "10s"', 'pace = "9s"'],
      ["normal(2s, 300ms)", "normal(2s, 301ms)"],
      ["exponential(2s)", "exponential(3s)"],
      ["lognormal(2s, 0.5)", "lognormal(2s, 0.6)"],
    ],
    burst: [["burst:10", "burst:11"], ["burst:10", "uniform"]],
    targets: [
      ['target = "media"', 'target = "auth"'],
      ["http://[::1]:8081", "http://[::1]:8082"],
      ['timeout = "2s"', 'timeout = "3s"'],
      ["shared:4", "shared:5"],
      ["cookies = true", "cookies = false"],
      ['client_id = "load"', 'client_id = "other"'],
      ['scope = "read write"', 'scope = "read"'],
      [', send = "body"', ""],
      ['per = "session"', 'per = "run"'],
      ['audience = "media"', 'scope = "media"'],
      ["${cart}", "7"],
      ["carts/${setup.cart}", "carts/7"],
      ['"setup.cart" = "exists"', '"setup.cart" = "missing"'],
      ["${next}", "/${next}"],
      ["[[teardown.step]]", "[[flow.step]]"],
    ],
    groups: [
      ['tags = ["read"]', 'tags = ["reads"]'],
      ['tags = ["auth", "slow"]', 'tags = ["auth"]'],
      ['tags = ["write"]', 'tags = ["write", "read"]'],
      [/"shopping"/g, '"shop"'],
      ['repeat = "1..3"', 'repeat = "1..2"'],
      ['token = "exists"', 'token = "missing"'],
      ['repeat = "2"', 'when = { status = "2xx" }'],
      ["abort = true", "abort = false"],
      ["invalidates = true", "invalidates = false"],
      ['tag = "write"', 'tag = "slow"'],
      ["servers = 4", "servers = 5"],
      ["12ms, 0.4", "12ms, 0.5"],
      ["0.05%", "0.06%"],
      ["connections = 100", "connections = 101"],
      ['latency = "30ms"', 'latency = "31ms"'],
      ['token = "abc"', 'token = "abd"'],
      ['kind = "delay"', 'kind = "slow-body"'],
      ['from = "4s"', 'from = "3s"'],
      ['ratio = "10%"', 'ratio = "11%"'],
      ['\nstep = "pay"', '\nstep = "item"'],
    ],
  };
  for (const [folder, list] of Object.entries(edits)) {
    const text = scenario(folder);
    const hashes = new Map([[planHash(compiled(text, folder)), "nothing changed"]]);
    for (const edit of list) {
      const hash = planHash(compiled(edited(text, edit), folder));
      assert.equal(hashes.get(hash), undefined, `${edit} has the hash of: ${hashes.get(hash)}`);
      hashes.set(hash, String(edit));
    }
  }
});

Deno.test("another way to write the same keeps the hash", () => {
  const checkout = scenario("checkout");
  const edits: Edit[] = [
    [/^#.*$/gm, ""],
    [/\n/g, "\r\n"],
    [/\n/g, " # a comment that says nothing\n"],
    [/ = /g, "="],
    [/^name = "checkout"\n(.*\n)seed = 42/m, "$1seed = 42\n\"name\" = 'checkout'"],
    ["seed = 42", "seed = 0x2A"],
    ["${env.RUN}", "golden"],
    ["${env.BASE_URL:-http://127.0.0.1:8080}", "http://127.0.0.1:8080"],
    ["accept =", "ACCEPT ="],
    [
      'accept = "application/json", x-run = "${env.RUN}"',
      'x-run = "${env.RUN}", accept = "application/json"',
    ],
    ['timeout = "5s"', 'timeout = "5000ms"'],
    ['arrivals = "uniform"\n', ""],
    ['graceful_stop = "10s"\n', ""],
    ['for = "2m", rate = "200/s"', 'rate = "12k/min", for = "1m60s"'],
    ["max_vus = 500", 'max_vus = "500"'],
    ["status = [200, 304]", "status = [304, 200]"],
    ['max_bytes = "4KiB"', "max_bytes = 4096"],
    ["weight = 3\n", "weight = 3\n\n\n"],
    [/\[target\]\n([^]*?)\n\[load\]\n([^]*?\n)\[\[flow\]\]/, "[load]\n$2[target]\n$1\n[[flow]]"],
    [
      /\[target\]\nbase = (.*)\nheaders = \{ (.*), (.*) \}\n/,
      "[target]\nbase = $1\nheaders.$2\nheaders.$3\n",
    ],
  ];
  const hash = hashOf(checkout);
  for (const edit of edits) assert.equal(hashOf(edited(checkout, edit)), hash, String(edit));
});

Deno.test("the version is the user-agent's, and nothing else's", () => {
  const of = (version: string) =>
    canonicalJson(compile("a.toml", scenario("checkout"), optionsOf("checkout", version)).plan).replaceAll(
      version,
      "VERSION",
    );
  assert.equal(of("1.2.3"), of("4.5.6"));
});

Deno.test("each phase's problems come out, and then there is no plan", () => {
  const cases: [name: string, text: string][] = [
    ["parse", "name = "],
    ["check", 'name = "x"'],
    ["lower", edited(scenario("smallest"), [`rate = "100/s"\nfor = "1s"`, `rate = "2M/s"\nfor = "1h"`])],
  ];
  for (const [name, text] of cases) {
    const { plan, diagnostics } = compile("a.toml", text, optionsOf("smallest"));
    assert.equal(plan, undefined, name);
    assert(diagnostics.some(({ severity }) => severity === "error"), name);
    assert(diagnostics.every(({ file }) => file === "a.toml"), name);
  }
});
