import assert from "node:assert/strict";
import fc from "fast-check";
import { checkText, soundScenario } from "../../tests/checked_text.ts";
import type { RequestStep, Template } from "./scenario.ts";

/** Files beside the scenario. */
const FILES: Readonly<Record<string, string>> = {
  "users.csv": 'name,age,zip\nAda,36,01234\n"Bob, Jr",41,55555\n',
  "users.json": '[{ "name": "Ada", "age": 36 }]',
  "dir/users.jsonl": '{ "name": "Ada" }\n{ "name": "Bob" }\n',
  "USERS.CSV": "name\nAda\n",
  "a.png": "PNG",
};

const check = (text: string, environment: Record<string, string> = {}) =>
  checkText(text, { environment, files: FILES });
const sound = (text: string, environment: Record<string, string> = {}) =>
  soundScenario(text, { environment, files: FILES });

/** A template with the places left out. */
function bare(template: Template): unknown[] {
  return template.map((part) => typeof part === "string" ? part : { ...part, place: undefined }).map((part) =>
    JSON.parse(JSON.stringify(part))
  );
}

const SMALL = `name = "small"
[target]
base = "http://127.0.0.1:8080/api/"
[load]
model = "open"
max_vus = 100
rate = "5/s"
for = "1m"
`;

function step(source: string, environment: Record<string, string> = {}): RequestStep {
  const found = sound(`${SMALL}[[flow]]\nname = "f"\n[[flow.step]]\n${source}\n`, environment).flows[0]
    ?.steps[0];
  assert.ok(found?.kind === "request");
  return found;
}

Deno.test("every default is filled", () => {
  const [{ place: _, basePlace: __, ...target }, second] =
    sound(`${SMALL}[[flow]]\nname = "f"\n[[flow.step]]\nget = "/"\n`).targets;
  assert.equal(second, undefined);
  assert.deepEqual(target, {
    name: "",
    scheme: "http",
    host: "127.0.0.1",
    port: 8080,
    headers: [],
    timeoutTicks: 10_000_000,
    protocol: "http/1.1",
    connections: { kind: "per-vu" },
    streams: 1,
    tls: null,
    cookies: false,
  });
  const scenario = sound(`${SMALL}[[flow]]\nname = "f"\n[[flow.step]]\nget = "/"\n`);
  assert.deepEqual([scenario.seed, scenario.description, scenario.flows[0]?.weight], [1, "", 1]);
  const { load } = scenario;
  assert.ok(load.model === "open");
  assert.deepEqual([load.arrivals, load.gracefulStopTicks, load.stages.length], ["uniform", 10_000_000, 1]);
  assert.deepEqual([load.stages[0]?.name, load.stages[0]?.warmup, load.stages[0]?.lengthTicks], [
    "stage 1",
    false,
    60_000_000,
  ]);
  const home = step('get = "/"');
  assert.deepEqual([home.name, home.method, home.onError, home.timeoutTicks, home.repeat], [
    "get /",
    "GET",
    "continue",
    10_000_000,
    null,
  ]);
  assert.deepEqual(home.expect, { status: [[200, 399]], withinTicks: 0, headers: [], json: [], body: [] });
  assert.deepEqual(home.body, { kind: "none" });
  assert.deepEqual([home.auth, home.captures, home.redirects, home.retry, home.when], [
    { kind: "none" },
    [],
    0,
    null,
    [],
  ]);
  assert.deepEqual([load.burst, scenario.tables, scenario.flows[0]?.captures], [1, [], []]);
});

Deno.test("URLs begin at the root of the origin", () => {
  const cases: [string, unknown[]][] = [
    ['get = "/"', ["/api/"]],
    ['get = "/item/${session}?page=${loop}"\nrepeat = 2', ["/api/item/", { variable: "session" }, "?page=", {
      variable: "loop",
    }]],
    ['get = "http://127.0.0.1:8080/item"', ["/item"]],
    ['get = "HTTP://127.0.0.1:8080"', ["/"]],
    ['get = "http://127.0.0.1:8080?a=1"', ["/?a=1"]],
    ['get = "/a b/é"', ["/api/a b/é"]],
  ];
  for (const [source, wanted] of cases) assert.deepEqual(bare(step(source).url), wanted, source);
  for (const base of ["http://[::1]:80", "https://Shop.TEST", "https://bücher.test/x"]) {
    const { targets: [target] } = sound(
      SMALL.replace(/base = .*/, `base = "${base}"`) + '[[flow]]\nname="f"\n[[flow.step]]\nget="/"\n',
    );
    assert.equal(
      target.host,
      { "http://[::1]:80": "::1", "https://Shop.TEST": "shop.test" }[base] ?? "xn--bcher-kva.test",
    );
  }
});

Deno.test("templates: variables, environment, escapes", () => {
  const cases: [string, unknown[]][] = [
    ["a", ["a"]],
    ["", []],
    ["$${uuid}", ["${uuid}"]],
    ["$$${uuid}", ["$", { variable: "uuid" }]],
    ["$$$${uuid}", ["$${uuid}"]],
    ["$$$$${uuid}$$", ["$$", { variable: "uuid" }, "$$"]],
    ["$$$a $ {} $$1 $${", ["$$$a $ {} $$1 ${"]],
    ["${uuid}$${uuid}", [{ variable: "uuid" }, "${uuid}"]],
    ["${uuid}${ vu }", [{ variable: "uuid" }, { variable: "vu" }]],
    ["${env.A}-${env.B:-x:-y}", ["one-x:-y"]],
    ["${env.EMPTY:-default}", ["default"]],
    ["${env.EMPTY}", []],
    ["${env.SLY}", ["${uuid}"]],
    ["${random.int(-5, 1_000)}", [{ variable: "random.int", min: -5, max: 1000 }]],
    ["${random.choice('a}', 'b, c', \"d\")}", [{ variable: "random.choice", texts: ["a}", "b, c", "d"] }]],
    ["${now.iso}|${stage}", [{ variable: "now.iso" }, "|", { variable: "stage" }]],
    ["cost: $5", ["cost: $5"]],
  ];
  const environment = { A: "one", EMPTY: "", SLY: "${uuid}" };
  for (const [text, wanted] of cases) {
    const { headers } = step(`get = "/"\nheaders = { x = ${JSON.stringify(text)} }`, environment);
    assert.deepEqual(bare(headers[0]?.value ?? []), wanted, text);
  }
});

Deno.test("JSON keeps order, types and numbers beyond 2^53", () => {
  const { body } = step(
    'post = "/"\njson = { b = 9007199254740993, 10 = 1.5, "2" = [true, "x${vu}"], d = 1979-05-27 }',
  );
  assert.ok(body.kind === "json" && body.value.kind === "table");
  assert.deepEqual(body.value.entries.map(({ key }) => key), ["b", "10", "2", "d"]);
  assert.deepEqual(body.value.entries[0]?.value, { kind: "number", text: "9007199254740993" });
  assert.deepEqual(body.value.entries[3]?.value, { kind: "text", text: ["1979-05-27"] });
});

Deno.test("names of steps: given, derived, numbered", () => {
  const steps = [
    'get = "/a?x=1"',
    'get = "/a"',
    'think = "1s"',
    'think = "1s..2s"',
    'name = "get /a 2"\nget = "/b"',
    'post = "/${vu}"',
  ];
  const scenario = sound(
    `${SMALL}[[flow]]\nname = "f"\n${steps.map((one) => `[[flow.step]]\n${one}\n`).join("")}`,
  );
  const names = scenario.flows[0]?.steps.map(({ name }) => name);
  assert.deepEqual(names, ["get /a", "get /a 3", "think", "think 2", "get /a 2", "post /${vu}"]);
});

Deno.test("thresholds have units, positions and a text", () => {
  const flows = ["f", "g"].map((name) =>
    `[[flow]]\nname = "${name}"\n[[flow.step]]\nname = "${name}-home"\nget = "/"\n`
  ).join("");
  const { thresholds } = sound(`${SMALL}${flows}
[[threshold]]
metric = "response_time"
step = "g-home"
p99 = "< 300ms"
"p99.9" = "<=1s"
[[threshold]]
metric = "rate"
stage = "stage 1"
avg = "> 4.5/s"
[[threshold]]
metric = "errors"
flow = "g"
ratio = "< 0.5%"
count = "< 10"
`);
  assert.deepEqual(
    thresholds.map(({ place: _, abortPlace: __, metric: ___, ...rest }) => rest),
    [
      {
        statistic: { kind: "quantile", ppm: 990_000 },
        comparison: "<",
        limit: 300_000,
        flow: 1,
        step: "g-home",
        stage: -1,
        tag: -1,
        abort: false,
        invalidates: false,
        text: "response_time p99 < 300ms of step g-home",
      },
      {
        statistic: { kind: "quantile", ppm: 999_000 },
        comparison: "<=",
        limit: 1_000_000,
        flow: 1,
        step: "g-home",
        stage: -1,
        tag: -1,
        abort: false,
        invalidates: false,
        text: "response_time p99.9 <= 1s of step g-home",
      },
      {
        statistic: { kind: "rate" },
        comparison: ">",
        limit: 4_500,
        flow: -1,
        step: null,
        stage: 0,
        tag: -1,
        abort: false,
        invalidates: false,
        text: "rate avg > 4.5/s of stage stage 1",
      },
      {
        statistic: { kind: "ratio" },
        comparison: "<",
        limit: 5_000,
        flow: 1,
        step: null,
        stage: -1,
        tag: -1,
        abort: false,
        invalidates: false,
        text: "errors ratio < 0.5% of flow g",
      },
      {
        statistic: { kind: "count" },
        comparison: "<",
        limit: 10,
        flow: 1,
        step: null,
        stage: -1,
        tag: -1,
        abort: false,
        invalidates: false,
        text: "errors count < 10 of flow g",
      },
    ],
  );
});

Deno.test("closed loads", () => {
  const closed = (keys: string) => {
    const head =
      'name = "c"\n[target]\nbase = "http://a.test"\n[[flow]]\nname = "f"\n[[flow.step]]\nget = "/"\n[load]\nmodel = "closed"\n';
    const { load } = sound(head + keys);
    assert.ok(load.model === "closed");
    return [
      load.iterations,
      ...load.stages.map(({ lengthTicks, vusStart, vusEnd }) => [lengthTicks, vusStart, vusEnd]),
    ];
  };
  assert.deepEqual(closed('vus = 5\nfor = "1s"'), [0, [1_000_000, 5, 5]]);
  assert.deepEqual(closed('vus = "5"\niterations = "10k"'), [10_000, [0, 5, 5]]);
  assert.deepEqual(closed('vus = 5\niterations = 7\nfor = "1s"'), [7, [1_000_000, 5, 5]]);
  assert.deepEqual(closed('stages = [{ for = "1s", vus = "100..1" }, { for = "2s", vus = 1 }]'), [0, [
    1_000_000,
    100,
    1,
  ], [2_000_000, 1, 1]]);
});

Deno.test("__proto__ is a key like any other", () => {
  assert.deepEqual(check(`${SMALL}__proto__ = 5\n`).diagnostics.map(({ code }) => code), ["Z1103", "Z1101"]);
  const { body } = step('post = "/"\njson = { __proto__ = 1 }');
  assert.ok(
    body.kind === "json" && body.value.kind === "table" && body.value.entries[0]?.key === "__proto__",
  );
  const source =
    `${SMALL}[[flow]]\nname = "f"\n[[flow.step]]\nget = "/"\nheaders = { __proto__ = [1] }\nquery = { __proto__ = [1] }\n`;
  assert.deepEqual(check(source).diagnostics.map(({ code }) => code), ["Z1102", "Z1102"]);
  const odd = (text: string) => check(text).diagnostics.map(({ code }) => code);
  const home = '[[flow]]\nname = "f"\n[[flow.step]]\nget = "/"\n';
  assert.deepEqual(odd(`${SMALL}${home}capture = { __proto__ = { json = "/a" } }`), ["Z1106"]);
  assert.deepEqual(odd(`${SMALL}${home}expect = { headers = { __proto__ = 5 } }`), ["Z1102"]);
  assert.deepEqual(odd(`${SMALL}${home}when = { __proto__ = "exists" }`), ["Z1302"]);
  assert.deepEqual(odd(`${SMALL}[[data]]\nname = "d"\nrows = [{ __proto__ = [1] }]\n${home}`), ["Z1102"]);
});

Deno.test("any document of familiar keys and odd values gives diagnostics or a scenario, and never throws", () => {
  const keys = [
    "name",
    "seed",
    "target",
    "base",
    "headers",
    "connections",
    "load",
    "model",
    "stages",
    "rate",
    "for",
    "vus",
    "max_vus",
    "iterations",
    "flow",
    "step",
    "get",
    "post",
    "think",
    "json",
    "body",
    "query",
    "expect",
    "status",
    "repeat",
    "threshold",
    "metric",
    "data",
    "rows",
    "file",
    "types",
    "pick",
    "auth",
    "basic",
    "capture",
    "when",
    "retry",
    "form",
    "multipart",
    "graphql",
    "variables",
    "regex",
    "p99",
    "avg",
    "__proto__",
    "x y",
  ];
  const values = [
    "open",
    "closed",
    "http://a.test",
    "/",
    "1s",
    "5/s",
    "1..3",
    "< 1s",
    "errors",
    "${uuid}",
    "${env.A}",
    "${",
    "",
    "2xx",
    "shared:2",
    "users.csv",
    "${users.name}",
    "${secret.A}",
    "\n",
  ];
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: "medium" },
      fc.constantFrom(...values),
      fc.constantFrom(0, -1, 5, 1.5, true, 1e300),
      fc.array(tie("value"), { maxLength: 3 }),
      fc.array(fc.tuple(fc.constantFrom(...keys), tie("value")), { maxLength: 6 }).map(tableOf),
    ),
  }));
  const lines = fc.dictionary(fc.constantFrom(...keys), value, { maxKeys: 8, noNullPrototype: true });
  fc.assert(
    fc.property(lines, (document) => {
      const text = Object.entries(document).map(([key, item]) => `${JSON.stringify(key)} = ${toml(item)}\n`)
        .join("");
      const { scenario, diagnostics } = check(text);
      assert.equal(scenario === undefined, diagnostics.some(({ severity }) => severity === "error"));
      const last = text.split("\n").length;
      for (const { place } of diagnostics) {
        assert.ok(place.line >= 1 && place.line <= last && place.column >= 1);
      }
    }),
    { numRuns: 500 },
  );
});

Deno.test("one odd value in a sound scenario never throws, and is located on its line", () => {
  const soundLines =
    `${SMALL}[[flow]]\nname = "f"\nweight = 2\n[[flow.step]]\nname = "s"\npost = "/"\nrepeat = 2\non_error = "continue"\ntimeout = "1s"\nheaders = {}\nquery = {}\nexpect = {}\nform = {}\ncapture = {}\nredirects = 1\nretry = { times = 1 }\nauth = { bearer = "x" }\n[[threshold]]\nmetric = "errors"\nratio = "< 1%"\n`
      .trim().split("\n");
  const targets = soundLines.flatMap((line, index) => line.includes(" = ") ? [index] : []);
  const odd = fc.constantFrom(
    '"${uuid}"',
    '"${env.NOPE}"',
    "[]",
    "[[1]]",
    "{}",
    "{ a = {} }",
    "true",
    "nan",
    "-1",
    "1979-05-27",
    '"zz zz"',
    '""',
  );
  fc.assert(
    fc.property(fc.constantFrom(...targets), odd, (index, value) => {
      const lines = [...soundLines];
      lines[index] = `${lines[index]?.split(" = ")[0]} = ${value}`;
      const { scenario, diagnostics } = check(lines.join("\n"));
      assert.equal(scenario === undefined, diagnostics.some(({ severity }) => severity === "error"));
      if (scenario === undefined) {
        assert.ok(diagnostics.some(({ place }) => place.line === index + 1), JSON.stringify(diagnostics));
      }
    }),
    { numRuns: 300 },
  );
});

function tableOf(entries: readonly (readonly [string, unknown])[]): Map<string, unknown> {
  return new Map(entries);
}

function toml(value: unknown): string {
  if (value instanceof Map) {
    return `{ ${[...value].map(([key, item]) => `${JSON.stringify(key)} = ${toml(item)}`).join(", ")} }`;
  }
  if (Array.isArray(value)) return `[${value.map(toml).join(", ")}]`;
  return typeof value === "number" && !Number.isInteger(value)
    ? String(value)
    : typeof value === "number" && value > 2 ** 60
    ? "1e300"
    : JSON.stringify(value);
}
