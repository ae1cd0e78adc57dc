import assert from "node:assert/strict";
import fc from "fast-check";
import { canonicalJson } from "./3_lower/canonical_json.ts";
import { planHash } from "./4_emit/plan_hash.ts";
import { compile } from "./compile.ts";

type Value = string | number | boolean | readonly Value[] | Table;
type Table = Readonly<{ [key: string]: Value | undefined }>;

const compiled = (text: string) =>
  compile("scenario.toml", text, {
    environment: new Map([["HOME_PAGE", "/home"]]),
    version: "0.0.0",
    readFile: () => ({ reason: "there are no files" }),
  });

Deno.test("lowering carries every scenario that passes the checks", () => {
  let accepted = 0;
  const runs = 200;
  fc.assert(
    fc.property(scenarios(), (scenario) => {
      const text = written(scenario, plainly);
      const { plan, diagnostics } = compiled(text);
      const refused = diagnostics.some(({ severity }) => severity === "error");
      assert.equal(plan === undefined, refused, text);
      if (plan === undefined) return;
      accepted++;
      const canonical = canonicalJson(plan);
      assert.deepEqual(JSON.parse(canonical), plan);
      JSON.parse(canonical, (key, value) => {
        assert(typeof value !== "number" || Number.isSafeInteger(value), `${key} is ${value}`);
        return value;
      });
    }),
    { numRuns: runs },
  );
  assert(accepted > runs / 3, `only ${accepted} of ${runs} scenarios passed the checks`);
});

Deno.test("formatting, comments and the order of keys do not change the plan's hash", () => {
  fc.assert(
    fc.property(scenarios(), fc.infiniteStream(fc.nat()), (scenario, stream) => {
      const plain = compiled(written(scenario, plainly)).plan;
      if (plain === undefined) return;
      const text = written(scenario, { pick: (count) => stream.next().value % count });
      const { plan, diagnostics } = compiled(text);
      assert(plan !== undefined, `${text}\n${JSON.stringify(diagnostics)}`);
      assert.equal(planHash(plan), planHash(plain), text);
    }),
    { numRuns: 120 },
  );
});

/** Scenarios as data; most are sound, some are not. */
function scenarios(): fc.Arbitrary<Table> {
  const optional = <T extends Value>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
  const duration = fc.constantFrom("1us", "250ms", "10s", "1h30m", "0.5s", "7d");
  const rate = fc.constantFrom(
    "1/h",
    "0/s",
    "7/min",
    "50/s",
    "3.33/s",
    "10k/s",
    "1M/s",
    "50/s..200/s",
    "1/h..0/s",
  );
  const name = fc.constantFrom("a", "b/c", "ü", 'say "hi"', "#", "two words", "back\\slash", "'");
  const variable = fc.constantFrom(
    ..."session vu loop stage uuid now.iso random.int(-3,12) env.HOME_PAGE env.NOWHERE:-x".split(" "),
    "random.choice('a&b', 'ü', '%')",
    "secret.KEY",
    "rooms.label",
    "rooms.id",
    "setup.key",
  );
  const word = fc.oneof(
    fc.constantFrom(
      "a",
      " ",
      "$ ",
      "$$",
      "$${x}",
      "$$$${x",
      "%20",
      "%",
      "é😀",
      "?",
      "&",
      "=",
      '"',
      "\\",
      "'",
      "x=1",
      "+",
      "{}",
      "\t",
    ),
    fc.string({ unit: "grapheme", maxLength: 4 }).map((text) => text.replace(/[$\p{Cc}]/gu, "")),
  );
  const template = fc.array(fc.oneof({ weight: 3, arbitrary: word }, variable.map((name) => `\${${name}}`)), {
    maxLength: 5,
  }).map((parts) => parts.join(""));
  const headers = fc.dictionary(fc.constantFrom("accept", "X-One", "user-agent", "a"), template);
  const { json } = fc.letrec<{ json: Value }>((tie) => ({
    json: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      template,
      fc.boolean(),
      fc.maxSafeInteger(),
      fc.array(tie("json"), { maxLength: 3 }),
      fc.dictionary(fc.string({ unit: "grapheme", maxLength: 3 }), tie("json"), { maxKeys: 3 }),
    ),
  }));
  const tags = fc.subarray(["read", "write", 'a "tag"']);
  const shared = {
    name: optional(name),
    tags: optional(tags),
    repeat: optional(fc.constantFrom<Value>(1, 3, "1..5", "0..1000000")),
  };
  const oneLine = template.map((text) => text.replaceAll("\t", ""));
  const oauth2 = fc.record({
    token_url: fc.constantFrom("/token", "https://cdn.test:8443/token?a=1"),
    client_id: fc.constantFrom("me", "${secret.ID}"),
    client_secret: fc.constantFrom("x", "${secret.KEY}"),
    scope: optional(fc.constantFrom("a b", "")),
    send: optional(fc.constantFrom("basic", "body")),
    per: optional(fc.constantFrom("run", "session")),
  }).map((oauth2): Table => ({ oauth2 }));
  const request = fc.record({
    ...shared,
    method: fc.constantFrom("get", "head", "post", "put", "patch", "delete", "options"),
    url: fc.oneof(
      { weight: 9, arbitrary: template.map((text) => `/x${text.replace(/[#\t]/g, "")}`) },
      fc.constantFrom("https://cdn.test:8443/a", "${setup.key}", "${setup.key}/more?a=${uuid}"),
    ),
    target: optional(fc.constantFrom("cdn", "again")),
    query: optional(fc.dictionary(fc.string({ unit: "grapheme", minLength: 1, maxLength: 3 }), template)),
    headers: optional(headers),
    content: fc.oneof(
      fc.constant({}),
      template.map((body) => ({ body })),
      fc.dictionary(fc.string({ maxLength: 3 }), json).map((json) => ({ json })),
      fc.dictionary(fc.string({ unit: "grapheme", maxLength: 3 }), template).map((form) => ({ form })),
      fc.dictionary(fc.constantFrom("a", "b c", "é"), template, { minKeys: 1 }).map((multipart) => ({
        multipart,
      })),
    ),
    expect: optional(
      fc.constantFrom<Value>(
        { status: 200 },
        { status: ["2xx", 404], body: { contains: "x" } },
        { within: "500ms", headers: { etag: { exists: true }, a: "b" } },
        { json: { "/id": { exists: true }, "": { min: 1, max: 5 }, "/n": 1.5, "/t": { type: "list" } } },
      ),
    ),
    auth: optional(fc.oneof(
      fc.tuple(fc.constantFrom("me", "${secret.USER}"), oneLine).map((basic) => ({ basic })),
      oneLine.map((bearer) => ({ bearer })),
      oauth2,
    )),
    capture: optional(fc.constantFrom<Value>(
      { id: { json: "/id" }, token: { header: "x-token", optional: true } },
      { sid: { cookie: "sid" }, id: { regex: "id=(.)" } },
    )),
    retry: optional(
      fc.constantFrom<Value>({ times: 1 }, { times: 2, on: ["timeout", "5xx"], wait: "1s..2s" }),
    ),
    redirects: optional(fc.integer({ min: 0, max: 9 })),
    when: optional(
      fc.constantFrom<Value>({ status: "2xx" }, { status: [200, "5xx"] }, { "setup.key": "exists" }),
    ),
    on_error: optional(fc.constantFrom("continue", "end-session", "stop-run")),
    timeout: optional(duration),
  }).map(({ method, url, content, ...rest }): Table => ({
    ...rest,
    ...(["get", "head"].includes(method) ? {} : content),
    [method]: url,
  }));
  const exchanges = fc.letrec<{ exchange: Table[]; action: Table }>((tie) => ({
    exchange: fc.array(tie("action"), { minLength: 1, maxLength: 3 }),
    action: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      fc.oneof(template, json.map((value) => ({ json: value })), fc.constant<Value>({ base64: "AP8=" }))
        .map((send): Table => ({ send })),
      fc.record({
        receive: fc.constantFrom<Value>(
          {},
          { contains: "a ${session}", max_bytes: "1KiB" },
          { matches: "^a", json: { "/id": "${rooms.id}", "/n": { min: 1 }, "": { type: "table" } } },
        ),
        within: optional(fc.constantFrom("1s", "250ms")),
        capture: optional(fc.constant<Value>({ id: { json: "/id" } })),
      }),
      fc.constantFrom<Table>({ ping: "" }, { ping: "p", within: "1s" }, { think: "1s..3s" }),
      fc.record({ repeat: fc.constantFrom<Value>(3, "1..5", "0..1000000"), exchange: tie("exchange") }),
    ),
  })).exchange;
  const webSocket = fc.record({
    ...shared,
    websocket: fc.constantFrom(
      "/rooms/${rooms.id}",
      "/x?a=${uuid}",
      "https://cdn.test:8443/live",
      "wss://cdn.test:8443/",
    ),
    headers: optional(fc.constant<Value>({ "sec-websocket-protocol": "a, b" })),
    expect: optional(fc.constant<Value>({ within: "500ms", headers: { a: "b" } })),
    timeout: optional(duration),
    exchange: exchanges,
    close: optional(fc.constantFrom<Value>(1000, { code: 4000, reason: "é" })),
  }).map(({ close, exchange, ...rest }): Table => ({
    ...rest,
    exchange: close === undefined ? exchange : [...exchange, { close }],
  }));
  const think = fc.record({
    ...shared,
    think: fc.constantFrom(
      "2s",
      "1s..3s",
      "0s..1us",
      "normal(2s, 300ms)",
      "exponential(1h)",
      "lognormal(2s, 0.5)",
    ),
  });
  const stages = <T extends Value>(key: string, value: fc.Arbitrary<T>) =>
    fc.uniqueArray(
      fc.record({ name: optional(name), for: duration, [key]: value, warmup: optional(fc.boolean()) }),
      { selector: ({ name }) => name, minLength: 1, maxLength: 4 },
    );
  const open = fc.record({
    model: fc.constant("open"),
    arrivals: optional(fc.constantFrom("uniform", "poisson", "burst:10")),
    max_vus: fc.constantFrom<Value>(1, "10k"),
    graceful_stop: optional(duration),
    stages: stages("rate", rate),
  });
  const closed = fc.oneof(
    fc.record({
      model: fc.constant("closed"),
      stages: stages("vus", fc.constantFrom<Value>(1, "1..100", 1_000)),
      pace: optional(duration),
    }),
    fc.record({
      model: fc.constant("closed"),
      vus: fc.constant(5),
      iterations: fc.integer({ min: 1, max: 2 ** 33 }),
    }),
  );
  const unnamed = (step: fc.Arbitrary<Table>) => step.map((one): Table => ({ ...one, name: undefined }));
  const { steps } = fc.letrec<{ steps: Table[]; group: Table }>((tie) => ({
    steps: fc.array(
      fc.oneof({ depthSize: "small" }, unnamed(request), unnamed(webSocket), unnamed(think), tie("group")),
      { minLength: 1, maxLength: 3 },
    ),
    group: fc.record({
      name: fc.string({ unit: fc.constantFrom("k", "l", "m", "n"), minLength: 8, maxLength: 12 }),
      tags: optional(tags),
      repeat: shared.repeat,
      step: tie("steps"),
    }),
  }));
  const group = fc.record({ ...shared, name, step: steps });
  const flow = fc.record({
    name,
    weight: optional(fc.integer({ min: 1, max: 1_000_000 })),
    tags: optional(tags),
    step: fc.uniqueArray(fc.oneof({ weight: 3, arbitrary: request }, webSocket, think, group), {
      selector: (step: Table) => step.name,
      minLength: 1,
      maxLength: 4,
    }),
  });
  return fc.record({
    name: fc.constantFrom("a", "two-words", "x 1"),
    description: optional(fc.string({ unit: "grapheme" }).map((text) => text.replaceAll("$", ""))),
    seed: optional(fc.maxSafeNat()),
    target: fc.record({
      base: fc.constantFrom(
        "http://127.0.0.1:8080",
        "https://shop.test/api/",
        "http://[::1]",
        "http://shop.test/a%20b",
      ),
      headers: optional(headers),
      timeout: optional(duration),
      connections: optional(fc.constantFrom("per-vu", "per-session", "per-request", "shared:8")),
      transport: optional(
        fc.oneof({ weight: 19, arbitrary: fc.constant("socket") }, fc.constant("fetch")),
      ),
      protocol: optional(fc.constantFrom("http/1.1", "h2")),
      cookies: optional(fc.boolean()),
      auth: optional(oauth2),
    }),
    targets: fc.record({
      cdn: fc.record({
        base: fc.constant("https://cdn.test:8443"),
        headers: optional(headers),
        carried: fc.constantFrom<Table>(
          {},
          { connections: "per-vu", protocol: "auto" },
          { connections: "shared:8" },
          { connections: "shared:8", protocol: "h2", streams: 10 },
        ),
        tls: optional(fc.constantFrom<Value>(
          {},
          { ca: "ca.pem", read: "start" },
          { cert: "${secret.CERT}", key: "client.key", server_name: "a.test", insecure: true, read: "start" },
        )),
        redirects: optional(fc.constant(2)),
      }).map(({ carried, ...rest }): Table => ({ ...rest, ...carried })),
      again: fc.record({ base: fc.constant("http://shop.test/again"), cookies: optional(fc.boolean()) }),
    }),
    setup: fc.array(think, { maxLength: 1 }).map((more): Table => ({
      step: [
        { name: "begin", post: "/begin", capture: { key: { json: "/key" } }, tags: ["read"] },
        ...more.map((one) => ({ ...one, name: undefined })),
      ],
    })),
    teardown: optional(steps.map((step): Table => ({ step }))),
    simulation: optional(
      fc.constantFrom<Value>(
        { latency: "20ms", errors: "1%" },
        {
          servers: 4,
          service: "exponential(5ms)",
          queue: 10,
          connections: 9,
          answer: [{ flow: "setup", step: "begin", json: { key: "x" }, headers: { b: "1", a: "2" } }],
          fault: [{ kind: "delay", by: "1s", ratio: "5%" }, { kind: "status", flow: "setup" }],
        },
      ),
    ),
    allow: optional(fc.constant<Value>(["Z1951", "Z1953"])),
    load: fc.oneof(open, closed),
    data: fc.record({ pick: optional(fc.constantFrom("sequential", "shuffle", "random")) }).map((
      { pick },
    ) => [
      { name: "rooms", rows: [{ id: 1, label: "one" }, { id: 2, label: "é\t" }], pick },
    ]),
    flow: fc.uniqueArray(flow, { selector: ({ name }) => name, minLength: 1, maxLength: 3 }),
    threshold: optional(
      fc.constantFrom<Value>(
        [{ metric: "errors", ratio: "< 1%" }, { metric: "lag", "p99.9": "< 1ms", invalidates: true }],
        [{ metric: "errors", tag: "read", count: "< 10", abort: true }],
        [{ metric: "response_time", p99: "< 1s", abort: true }],
        [{ metric: "messages", rate: "> 5/s" }, { metric: "tls", p99: "< 1s" }, {
          metric: "message_gap",
          max: "< 1s",
        }],
      ),
    ),
  });
}

/** Whoever writes a scenario chooses among `count` ways of saying the same; 0 is the plain one. */
type Style = Readonly<{ pick: (count: number) => number }>;
const plainly: Style = { pick: () => 0 };

/** The scenario as TOML. */
function written(scenario: Table, style: Style): string {
  const isBlock = ([key, value]: [string, Value]) => typeof value === "object" && key !== "allow";
  const entries = entriesOf(scenario, style);
  const lines = entries.filter((entry) => !isBlock(entry)).map(([key, value]) => keyValue(key, value, style));
  for (const [key, value] of entries.filter(isBlock)) {
    if (key === "flow" || key === "threshold" || key === "data") {
      for (const item of value as readonly Table[]) {
        const { step, ...rest } = item;
        lines.push(...block(`[[${key}]]`, rest, style));
        for (const one of (step ?? []) as readonly Table[]) lines.push(...block("[[flow.step]]", one, style));
      }
    } else {
      lines.push(...block(`[${key}]`, value as Table, style));
    }
  }
  return lines.map((line) => line + ["", " # why", "\n", "\t", "\n# [load]\n"][style.pick(5)]).join(
    ["\n", "\r\n"][style.pick(2)],
  );
}

function block(header: string, table: Table, style: Style): string[] {
  return [header, ...entriesOf(table, style).map(([key, value]) => keyValue(key, value, style))];
}

/** Keys whose tables are sent, checked or captured in the order of the source, which is meaning. */
const ORDERED = ["json", "query", "form", "multipart", "capture", "expect", "rows", "receive"];

/** `front` is what dotted keys begin with. */
function keyValue(key: string, value: Value, style: Style, front = ""): string {
  const isOrdered = ORDERED.includes(key);
  // Dotted keys say the same as an inline table.
  if (!isOrdered && typeof value === "object" && !Array.isArray(value) && style.pick(3) === 1) {
    const entries = entriesOf(value as Table, style);
    if (entries.length > 0) {
      return entries.map(([inner, one]) => keyValue(inner, one, style, `${front}${quotedKey(key, style)} . `))
        .join("\n");
    }
  }
  return `${front}${quotedKey(key, style)}${[" = ", "=", "\t=  "][style.pick(3)]}${
    inline(value, style, isOrdered)
  }`;
}

function inline(value: Value, style: Style, isOrdered: boolean): string {
  if (typeof value === "number") {
    return style.pick(2) === 1 && value > 0 && Number.isInteger(value)
      ? `0x${value.toString(16)}`
      : String(value);
  }
  if (typeof value === "boolean") return String(value);
  if (typeof value === "string") return quoted(value, style);
  if (Array.isArray(value)) {
    const separator = [", ", ",\n  # between\n  "][style.pick(2)];
    return `[${value.map((item) => inline(item, style, isOrdered)).join(separator)}${
      ["", ",\n"][style.pick(2)].slice(value.length === 0 ? 2 : 0)
    }]`;
  }
  // Tables of JSON and of queries are sent in the order of the source, which is meaning.
  const entries = isOrdered ? entriesOf(value as Table, plainly) : entriesOf(value as Table, style);
  return `{${
    entries.map(([key, one]) =>
      `${quotedKey(key, style)} = ${inline(one, style, isOrdered || ORDERED.includes(key))}`
    ).join(", ")
  }}`;
}

/** Entries that are there, turned round by chance. */
function entriesOf(table: Table, { pick }: Style): [string, Value][] {
  const entries = Object.entries(table).filter((entry): entry is [string, Value] => entry[1] !== undefined);
  const from = entries.length === 0 ? 0 : pick(entries.length);
  const turned = [...entries.slice(from), ...entries.slice(0, from)];
  return pick(2) === 1 ? turned.reverse() : turned;
}

function quotedKey(key: string, { pick }: Style): string {
  return /^[A-Za-z0-9_-]+$/.test(key) && pick(3) !== 1 ? key : quoted(key, plainly);
}

function quoted(text: string, { pick }: Style): string {
  if (pick(2) === 1 && !/['\p{Cc}]/u.test(text)) return `'${text}'`;
  const escaped = pick(3) === 1 ? /["\\a-z]|\p{Cc}/gu : /["\\]|\p{Cc}/gu;
  return `"${text.replace(escaped, hexEscape)}"`;
}

function hexEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
