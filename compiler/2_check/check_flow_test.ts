import assert from "node:assert/strict";
import { checkText, soundScenario } from "../../tests/checked_text.ts";
import type { Flow, RequestStep, Template, ThinkStep } from "./scenario.ts";

const FILES: Readonly<Record<string, string>> = {
  "users.csv": 'name,age,zip\nAda,36,01234\n"Bob, Jr",41,55555\n',
  "users.json": '[{ "name": "Ada", "age": 36 }]',
  "dir/users.jsonl": '{ "name": "Ada" }\n{ "name": "Bob" }\n',
  "USERS.CSV": "name\nAda\n",
  "pictures/a.png": "PNG",
};

const AROUND = { environment: { PASSWORD: "pass" }, files: FILES };
const check = (text: string) => checkText(text, AROUND);
const sound = (text: string) => soundScenario(text, AROUND, "warnings");

const target = (keys = "") => `name = "t"\n[target]\nbase = "http://127.0.0.1:8080"\n${keys}\n`;
const LOAD = '[load]\nmodel = "open"\nmax_vus = 10\nrate = "5/s"\nfor = "1m"\n';
const flow = (...steps: string[]) =>
  `[[flow]]\nname = "f"\n${steps.map((step) => `[[flow.step]]\n${step}\n`).join("")}`;

function steps(...sources: string[]): Flow["steps"] {
  return sound(target() + LOAD + flow(...sources)).flows[0]?.steps ?? [];
}

function request(source: string, targetKeys = "", data = ""): RequestStep {
  const step = sound(target(targetKeys) + LOAD + data + flow(source)).flows[0]?.steps[0];
  assert.ok(step?.kind === "request");
  return step;
}

/** Errors, and warnings of values that are perhaps not there. */
const codes = (...sources: string[]) =>
  check(target() + LOAD + flow(...sources)).diagnostics.filter(({ severity, code }) =>
    severity === "error" || code === "Z1907"
  ).map(({ code }) => code);

/** Places left out, variables by what a person writes. */
function bare<T>(value: T): unknown {
  return JSON.parse(JSON.stringify(value, (key, item) => key === "place" ? undefined : item));
}

function shown(template: Template): string {
  return template.map((part) =>
    typeof part === "string" ? part : `<${"name" in part ? part.name : part.variable}>`
  )
    .join("");
}

Deno.test("tables: files by their ending, rows inside, types", () => {
  const table = (keys: string, column = "name") => {
    const data = `[[data]]\nname = "users"\n${keys}\n`;
    const [found] = sound(target() + LOAD + data + flow(`get = "/\${users.${column}}"`)).tables;
    assert.ok(found !== undefined);
    return [found.columns.map(({ name, type }) => `${name}: ${type}`).join(", "), found.rows, found.pick];
  };
  const csv = [["Ada", "36", "01234"], ["Bob, Jr", "41", "55555"]];
  assert.deepEqual(table('file = "users.csv"'), ["name: text, age: text, zip: text", csv, "sequential"]);
  assert.deepEqual(table('file = "users.csv"\ntypes = { age = "integer" }\npick = "random"'), [
    "name: text, age: integer, zip: text",
    csv,
    "random",
  ]);
  assert.deepEqual(table('file = "users.json"'), ["name: text, age: integer", [["Ada", "36"]], "sequential"]);
  assert.deepEqual(table('file = "dir/users.jsonl"\npick = "shuffle"'), [
    "name: text",
    [["Ada"], ["Bob"]],
    "shuffle",
  ]);
  assert.deepEqual(table('file = "USERS.CSV"'), ["name: text", [["Ada"]], "sequential"]);
  assert.deepEqual(table('file = "users.csv"\nformat = "csv"')[1], csv);
  assert.deepEqual(
    table(
      'rows = [{ a = 1, b = 1, c = true, d = "x", e = 1 }, { e = "y", d = "${env.PASSWORD}", c = false, b = 1.5, a = -2 }]',
      "a",
    ),
    ["a: integer, b: number, c: boolean, d: text, e: text", [["1", "1", "true", "x", "1"], [
      "-2",
      "1.5",
      "false",
      "pass",
      "y",
    ]], "sequential"],
  );
});

Deno.test("a cell of a typed column is a JSON value where it stands alone, and a text elsewhere", () => {
  const data = '[[data]]\nname = "users"\nfile = "users.csv"\ntypes = { age = "integer" }\n';
  const { body, url } = request(
    'post = "/${users.age}"\njson = { a = "${users.age}", b = "${users.age} years", c = "${users.zip}" }',
    "",
    data,
  );
  const variable = { variable: "data", table: 0, column: 1, name: "users.age" };
  assert.deepEqual(bare(url), ["/", variable]);
  assert.ok(body.kind === "json" && body.value.kind === "table");
  assert.deepEqual(bare(body.value.entries.map(({ value }) => value)), [
    { kind: "cell", variable },
    { kind: "text", text: [variable, " years"] },
    { kind: "text", text: [{ ...variable, column: 2, name: "users.zip" }] },
  ]);
});

Deno.test("bodies", () => {
  const form = request('post = "/"\nform = { b = 2, a = "x ${vu}", c = true }').body;
  assert.ok(form.kind === "form");
  assert.deepEqual(form.items.map(({ name, value }) => [name, shown(value)]), [["b", "2"], ["a", "x <vu>"], [
    "c",
    "true",
  ]]);

  const multipart = request(
    'post = "/"\nmultipart = { text = "a ${session}", n = 1, one = { file = "pictures/a.png" }, two = { file = "pictures/a.png", type = "image/png", name = "b.png" } }',
  ).body;
  assert.ok(multipart.kind === "multipart");
  const png = new TextEncoder().encode("PNG");
  assert.deepEqual(
    multipart.parts.map(({ place: _, ...part }) => part.kind === "text" ? shown(part.text) : part),
    [
      "a <session>",
      "1",
      { kind: "file", name: "one", bytes: png, fileName: "a.png", type: "application/octet-stream" },
      { kind: "file", name: "two", bytes: png, fileName: "b.png", type: "image/png" },
    ],
  );
  const file = request('put = "/"\nbody_file = "pictures/a.png"').body;
  assert.deepEqual(file.kind === "bytes" && file.bytes, png);
});

Deno.test("GraphQL is a POST of JSON", () => {
  const step = request(
    'graphql = "/graphql"\nquery = "query A($n: Int!) { a(n: $n) }"\nvariables = { n = 20 }\noperation = "A"',
  );
  assert.deepEqual([step.method, step.name, step.query], ["POST", "graphql /graphql", []]);
  assert.deepEqual(bare(step.body), {
    kind: "json",
    value: {
      kind: "table",
      entries: [
        { key: "query", value: { kind: "text", text: ["query A($n: Int!) { a(n: $n) }"] } },
        {
          key: "variables",
          value: { kind: "table", entries: [{ key: "n", value: { kind: "number", text: "20" } }] },
        },
        { key: "operationName", value: { kind: "text", text: ["A"] } },
      ],
    },
  });
});

Deno.test("auth and redirects: the step's, then the target's; a header of the step stands for auth", () => {
  const basic = 'auth = { basic = ["ada", "${secret.PASSWORD}"] }';
  const own = (step: string) => bare(request(step, `${basic}\nredirects = 3`).auth);
  const target = { kind: "basic", user: ["ada"], password: [{ variable: "secret", name: "PASSWORD" }] };
  assert.deepEqual(own('get = "/"'), target);
  assert.deepEqual(own('get = "/"\nauth = { bearer = "x" }'), { kind: "bearer", token: ["x"] });
  assert.deepEqual(own('get = "/"\nheaders = { Authorization = "x" }'), { kind: "none" });
  assert.deepEqual(
    ['get = "/"', 'get = "/"\nredirects = 0'].map((step) => request(step, "redirects = 3").redirects),
    [3, 0],
  );
  assert.equal(sound(target0("cookies = true")).targets[0]?.cookies, true);
});

const target0 = (keys: string) => target(keys) + LOAD + flow('get = "/"');

Deno.test("expectations", () => {
  const { expect } = request(
    'get = "/"\nexpect = { status = 200, within = "500ms", headers = { Content-Type = { contains = "json", exists = true }, etag = "x" }, ' +
      'json = { "" = { type = "table" }, "/id" = { exists = true }, "/a~1b" = [1, "x"], "/n" = { min = 1, max = 1e21 }, "/t" = { equals = { a = 1.50 } }, "/s" = { matches = "^a" } } }',
  );
  assert.deepEqual(bare(expect), {
    status: [[200, 200]],
    withinTicks: 500_000,
    headers: [
      { name: "content-type", test: { kind: "exists", wanted: true } },
      { name: "content-type", test: { kind: "contains", text: "json" } },
      { name: "etag", test: { kind: "equals", text: "x" } },
    ],
    json: [
      { pointer: "", test: { kind: "type", type: "table" } },
      { pointer: "/id", test: { kind: "exists", wanted: true } },
      {
        pointer: "/a~1b",
        test: {
          kind: "equals",
          value: { kind: "list", items: [{ kind: "number", text: "1" }, { kind: "text", text: ["x"] }] },
        },
      },
      { pointer: "/n", test: { kind: "compares", comparison: ">=", limit: "1" } },
      { pointer: "/n", test: { kind: "compares", comparison: "<=", limit: "1000000000000000000000" } },
      {
        pointer: "/t",
        test: {
          kind: "equals",
          value: { kind: "table", entries: [{ key: "a", value: { kind: "number", text: "1.5" } }] },
        },
      },
      { pointer: "/s", test: { kind: "matches", pattern: "^a" } },
    ],
    body: [],
  });
});

Deno.test("captures, conditions and retries", () => {
  const [first, second, third] = steps(
    'get = "/"\ncapture = { token = { json = "/token" }, id = { header = "X-Id", optional = true }, sid = { cookie = "SID" }, ' +
      "csrf = { regex = 'a(b)' }, cart = { header = \"location\", regex = '\\d+' } }",
    'get = "/${token}"\nwhen = { token = "exists", id = { equals = "x", not = "y", matches = "z" }, status = ["2xx", 404] }\nrepeat = 2\nretry = { times = 2 }',
    'when = { sid = "missing" }\nthink = "1s"',
  );
  assert.ok(first?.kind === "request" && second?.kind === "request" && third?.kind === "think");
  assert.deepEqual(bare(first.captures), [
    { capture: "token", from: { kind: "json", pointer: "/token", pattern: null }, optional: false },
    { capture: "id", from: { kind: "header", name: "x-id", pattern: null }, optional: true },
    { capture: "sid", from: { kind: "cookie", name: "SID", pattern: null }, optional: false },
    { capture: "csrf", from: { kind: "regex", pattern: "a(b)" }, optional: false },
    { capture: "cart", from: { kind: "header", name: "location", pattern: "\\d+" }, optional: false },
  ]);
  assert.deepEqual(bare(second.when), [
    { kind: "captured", capture: "token", of: "flow", exists: true },
    { kind: "equals", capture: "id", of: "flow", text: "x", negated: false },
    { kind: "equals", capture: "id", of: "flow", text: "y", negated: true },
    { kind: "matches", capture: "id", of: "flow", pattern: "z" },
    { kind: "status", ranges: [[200, 299], [404, 404]] },
  ]);
  assert.deepEqual(bare(third.when), [{ kind: "captured", capture: "sid", of: "flow", exists: false }]);
  assert.deepEqual(bare(second.retry), {
    times: 2,
    causes: ["connect", "wait"],
    statuses: [[502, 504]],
    minTicks: 100_000,
    maxTicks: 1_000_000,
  });
  const retry =
    request('get = "/"\nretry = { times = 1, on = ["timeout", "5xx", "timeout", 429], wait = "1s" }').retry;
  assert.deepEqual([retry?.causes, retry?.statuses, retry?.minTicks, retry?.maxTicks], [
    ["timeout"],
    [[429, 429], [500, 599]],
    1_000_000,
    1_000_000,
  ]);
});

Deno.test("a value is used behind its capture, in program order", () => {
  const make = 'get = "/a"\ncapture = { x = { json = "/x" } }';
  const maybe = 'get = "/a"\ncapture = { x = { json = "/x", optional = true } }';
  const use = 'get = "/${x}"';
  const cases: [sources: string[], wanted: string[]][] = [
    [[make, use], []],
    [[use, make], ["Z1307"]],
    [[`${make}\nheaders = { a = "\${x}" }`], ["Z1307"]],
    // Its second pass knows what its first one captured.
    [[`${make}\nrepeat = 3\nheaders = { a = "\${x}" }`], ["Z1907"]],
    [[maybe, use], ["Z1907"]],
    [[maybe, `${use}\nwhen = { x = "exists" }`], []],
    [[maybe, `${use}\nwhen = { x = { matches = "." } }`], []],
    [[maybe, `${use}\nwhen = { x = { not = "a" } }`], ["Z1907"]],
    [[maybe, make.replace("/a", "/b"), use], []],
    [[make, maybe.replace("/a", "/b"), use], []],
    [[`${make}\nrepeat = "0..2"`, use], ["Z1907"]],
    [[`${make}\nrepeat = "1..2"`, use], []],
    [[`${make}\nwhen = { status = 200 }`, use], ["Z1907"]],
    [[make, 'post = "/"\njson = { a = ["${x}"] }\nauth = { bearer = "${x}" }'], []],
    [['post = "/"\nform = { a = "${x}" }\nauth = { bearer = "${x}" }', make], ["Z1307", "Z1307"]],
    [['when = { x = "exists" }\nthink = "1s"', make], ["Z1307"]],
    // A step that is wrong elsewhere captures all the same.
    [[`${make}\ntimeout = 5`, use], ["Z1102"]],
  ];
  for (const [sources, wanted] of cases) assert.deepEqual(codes(...sources), wanted, sources.join("\n"));
});

Deno.test("think times and arrivals", () => {
  const time = (think: string) => {
    const step = steps('get = "/"', `think = "${think}"`)[1] as ThinkStep;
    return step.time;
  };
  assert.deepEqual(time("2s"), { kind: "uniform", minTicks: 2_000_000, maxTicks: 2_000_000 });
  assert.deepEqual(time("1s..3s"), { kind: "uniform", minTicks: 1_000_000, maxTicks: 3_000_000 });
  assert.deepEqual(time("normal(2s, 300ms)"), {
    kind: "normal",
    meanTicks: 2_000_000,
    deviationTicks: 300_000,
  });
  assert.deepEqual(time(" exponential( 2s )"), { kind: "exponential", meanTicks: 2_000_000 });
  assert.deepEqual(time("lognormal(2s,0.5)"), {
    kind: "lognormal",
    medianTicks: 2_000_000,
    sigmaMillionths: 500_000,
  });
  const { load } = sound(target() + LOAD + 'arrivals = "burst:1k"\n' + flow('get = "/"'));
  assert.deepEqual(load.model === "open" && [load.arrivals, load.burst], ["uniform", 1_000]);
  const closed = sound(
    `${target()}[load]\nmodel = "closed"\nvus = 1\nfor = "1m"\npace = "10s"\n${flow('get = "/"')}`,
  );
  assert.equal(closed.load.model === "closed" && closed.load.paceTicks, 10_000_000);
});
