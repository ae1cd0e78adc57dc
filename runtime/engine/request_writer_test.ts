import { deepEqual, equal, match, notEqual, ok } from "node:assert/strict";
import { samplePlan } from "../../tests/sample_plans.ts";
import type { Request, Table } from "../plan.ts";
import type { Slot, Template } from "../plan_templates.ts";
import { ProtobufCodec } from "../protocol/protobuf.ts";
import { DataTables } from "./data_tables.ts";
import { KeyedRandom } from "./random.ts";
import { RequestWriter } from "./request_writer.ts";
import { SessionMemory } from "./session_memory.ts";
import { TableCells } from "./table_cells.ts";
import type { RenderContext } from "./template_writer.ts";
import { xxh32 } from "./xxh32.ts";

const CONTEXT: RenderContext = {
  session: 7,
  vu: 3,
  vuOfRun: 3,
  stage: 1,
  loop: 2,
  wallClockMs: 1_795_258_800_123,
};

const TABLE: Table = {
  name: "users",
  columns: ["name", "password"],
  rows: 10,
  pick: "sequential",
  salt: 1,
  cells: Array.from({ length: 10 }, (_, n) => `user ${n}\u007fp"${n}\u007f`).join(""),
};

function writerOf(
  head: Template,
  body: Template = [],
  target = {},
  { secret = "s3cret", token = "t/k" as string | null } = {},
): RequestWriter {
  const plan = samplePlan({ target, tables: [TABLE], captures: ["flow-0/token"], secrets: ["KEY"] });
  const random = new KeyedRandom(42);
  const memory = new SessionMemory(plan, new DataTables(new TableCells(plan.tables), random), 10);
  for (const vu of [CONTEXT.vu, 9]) memory.takeRow(vu, 0, CONTEXT.session);
  memory.capture(CONTEXT.vu, 0, token);
  if (plan.targets[0].cookies) memory.storeCookies(CONTEXT.vu, 0, ["a=1; Path=/x"], "/", 0);
  const parts = {
    plan,
    random,
    memory,
    secrets: [secret],
    codec: new ProtobufCodec([]),
    scratch: new Uint8Array(1024),
  };
  return new RequestWriter(parts, { ...plan.requests[0], head, body }, 99);
}

function rendered(writer: RequestWriter, context = CONTEXT): string {
  const into = new Uint8Array(1024);
  return new TextDecoder().decode(into.subarray(0, writer.render(into, context)));
}

Deno.test("a request without slots is one array of bytes, the target's name in it", () => {
  const head: Template = ["GET / HTTP/1.1\r\nhost: ", { slot: "authority" }, "\r\n\r\n"];
  const cases: [object, string][] = [
    [{}, "127.0.0.1:8080"],
    [{ host: "shop.test", port: 80 }, "shop.test"],
    [{ host: "shop.test", port: 443, scheme: "https" }, "shop.test"],
    [{ host: "shop.test", port: 80, scheme: "https" }, "shop.test:80"],
    [{ host: "::1", port: 8080 }, "[::1]:8080"],
  ];
  for (const [target, name] of cases) {
    const { fixed } = writerOf(head, [], target);
    equal(new TextDecoder().decode(fixed ?? new Uint8Array()), `GET / HTTP/1.1\r\nhost: ${name}\r\n\r\n`);
  }
});

Deno.test("every kind of slot is filled, and the body's length told", () => {
  const cases: [Slot, RegExp][] = [
    [{ slot: "session" }, /^7$/],
    [{ slot: "vu" }, /^3$/],
    [{ slot: "loop" }, /^2$/],
    [{ slot: "stage", texts: ["warm", "höchst"] }, /^höchst$/],
    [{ slot: "uuid", use: 0 }, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/],
    [{ slot: "int", use: 0, min: -5, max: 5 }, /^-?[0-5]$/],
    [{ slot: "choice", use: 0, texts: ["a", "b"] }, /^[ab]$/],
    [{ slot: "data", table: 0, column: 0, encoding: "path" }, /^user%207$/],
    [{ slot: "data", table: 0, column: 1, encoding: "json" }, /^p\\"7$/],
    [{ slot: "capture", capture: 0, encoding: "query" }, /^t%2Fk$/],
    [{ slot: "secret", secret: 0, encoding: "none" }, /^s3cret$/],
    [
      { slot: "basic", user: [{ slot: "data", table: 0, column: 0, encoding: "none" }], password: ["ü"] },
      /^dXNlciA3OsO8$/,
    ],
    [
      { slot: "basic", user: ["a"], password: [{ slot: "secret", secret: 0, encoding: "none" }] },
      /^YTpzM2NyZXQ=$/,
    ],
    [{ slot: "now" }, /^2026-11-21T\d\d:\d\d:\d\d\.123Z$/],
  ];
  for (const [slot, wanted] of cases) {
    const text = rendered(
      writerOf(["POST / HTTP/1.1\r\ncontent-length: ", { slot: "content-length" }, "\r\n\r\n"], [slot]),
    );
    const [head, body] = text.split("\r\n\r\n");
    match(body, wanted, slot.slot);
    equal(head.split(": ")[1], String(new TextEncoder().encode(body).length), slot.slot);
  }
});

Deno.test("draws depend on session, pass and use, and on nothing else", () => {
  const writer = writerOf(["", { slot: "int", use: 0, min: 0, max: 1e9 }, " ", {
    slot: "int",
    use: 1,
    min: 0,
    max: 1e9,
  }]);
  const first = rendered(writer);
  equal(rendered(writer, { ...CONTEXT, vu: 9, stage: 0, wallClockMs: 0 }), first);
  notEqual(rendered(writer, { ...CONTEXT, session: 8 }), first);
  notEqual(rendered(writer, { ...CONTEXT, loop: 3 }), first);
  const [a, b] = first.split(" ");
  notEqual(a, b);
});

Deno.test("the digest covers what is decided: not the target, the VU or the time of day", () => {
  const head: Template = ["GET /", { slot: "session" }, { slot: "vu" }, " ", { slot: "now" }, {
    slot: "authority",
  }];
  const digest = (target: object, context: RenderContext) => {
    const writer = writerOf(head, ["body", { slot: "content-length" }], target);
    rendered(writer, context);
    return [writer.digestLow, writer.digestHigh];
  };
  const one = digest({}, CONTEXT);
  deepEqual(digest({ host: "elsewhere.test" }, { ...CONTEXT, vu: 123, wallClockMs: 1 }), one);
  notEqual(digest({}, { ...CONTEXT, session: 8 })[0], one[0]);
  notEqual(digest({}, { ...CONTEXT, session: 8 })[1], one[1]);
});

Deno.test("the digest knows what is decided of a user's name, and nothing of secrets, captures and cookies", () => {
  const cell: Slot = { slot: "data", table: 0, column: 0, encoding: "none" };
  const secret: Slot = { slot: "secret", secret: 0, encoding: "none" };
  const head: Template = [
    "GET /x HTTP/1.1\r\n",
    { slot: "cookies" },
    secret,
    { slot: "basic", user: [cell], password: [secret] },
    { slot: "capture", capture: 0, encoding: "none" },
  ];
  const digest = (parts: { secret?: string; token?: string | null }, cookies: boolean, part: Slot = cell) => {
    const writer = writerOf([...head, part], [], { cookies: true }, parts);
    rendered(writer, cookies ? CONTEXT : { ...CONTEXT, vu: 9 });
    return [writer.digestLow, writer.digestHigh];
  };
  const one = digest({}, true);
  deepEqual(digest({ secret: "other", token: "other" }, true), one);
  deepEqual(digest({ token: null }, false), one);
  notEqual(digest({}, true, { ...cell, column: 1 })[0], one[0]);
});

Deno.test("cookies are sent to the path they are for, and captured values that are missing leave a gap", () => {
  const head = (path: string): Template => [`GET ${path} HTTP/1.1\r\n`, { slot: "cookies" }, "\r\n"];
  const cookies = { cookies: true };
  equal(rendered(writerOf(head("/x?y"), [], cookies)), "GET /x?y HTTP/1.1\r\ncookie: a=1\r\n\r\n");
  equal(rendered(writerOf(head("/y"), [], cookies)), "GET /y HTTP/1.1\r\n\r\n");
  const gap: Template = ["[", { slot: "capture", capture: 0, encoding: "none" }, "]"];
  equal(rendered(writerOf(gap, [], {}, { token: null })), "[]");
});

Deno.test("secrets and files are bytes of a fixed request", () => {
  const body: Template = [{ base64: "/wA=" }, { slot: "secret", secret: 0, encoding: "none" }];
  const { fixed, digestLow } = writerOf(["x"], body);
  deepEqual(fixed, Uint8Array.of(120, 0xff, 0, ...new TextEncoder().encode("s3cret")));
  equal(writerOf(["x"], body, {}, { secret: "another" }).digestLow, digestLow);
  notEqual(writerOf(["x"], [{ base64: "/wE=" }]).digestLow, digestLow);
});

Deno.test("a request names the tables that it needs a row of, once", () => {
  const cell: Slot = { slot: "data", table: 0, column: 0, encoding: "none" };
  deepEqual(writerOf([cell], [{ slot: "basic", user: [cell], password: [] }]).tables, [0]);
  deepEqual(writerOf(["x"]).tables, []);
});

Deno.test("texts beyond ASCII are sent whole however often", () => {
  const writer = writerOf(["x", { slot: "stage", texts: ["", "Größe"] }, "y"]);
  const into = new Uint8Array(1024);
  // The optimiser takes over after some thousand calls.
  for (let n = 0; n < 60_000; n++) {
    if (writer.render(into, CONTEXT) !== 9) equal(rendered(writer), "xGrößey", `call ${n}`);
  }
  equal(rendered(writer), "xGrößey");
});

function frameWriterOf(changes: Partial<Request>): RequestWriter {
  const plan = samplePlan({ tables: [TABLE], captures: ["flow-0/token"] });
  const random = new KeyedRandom(42);
  const memory = new SessionMemory(plan, new DataTables(new TableCells(plan.tables), random), 10);
  memory.takeRow(CONTEXT.vu, 0, CONTEXT.session);
  memory.capture(CONTEXT.vu, 0, "t/k");
  const parts = {
    plan,
    random,
    memory,
    secrets: [],
    codec: new ProtobufCodec([]),
    scratch: new Uint8Array(1024),
  };
  return new RequestWriter(parts, { ...plan.requests[0], head: [], ...changes }, 99);
}

Deno.test("a frame is masked with a key that is drawn, and its digest covers opcode, key and what is decided", () => {
  const body: Template = ["hello ", { slot: "session" }, { slot: "capture", capture: 0, encoding: "none" }];
  const writer = frameWriterOf({ kind: "send", body });
  const into = new Uint8Array(1024);
  const length = writer.render(into, CONTEXT);
  const key = into.slice(2, 6);
  const payload = into.slice(6, length).map((byte, n) => byte ^ key[n % 4]);
  deepEqual([into[0], into[1]], [0x81, 0x80 | 10]);
  equal(new TextDecoder().decode(payload), "hello 7t/k");
  // The vector in docs/determinism.md.
  equal(key.toHex(), VECTOR.key);
  const covered = new Uint8Array([0x81, ...key, ...new TextEncoder().encode("hello 7")]);
  deepEqual(
    [writer.digestLow, writer.digestHigh],
    [0, 0x9e3779b1].map((seed) => xxh32(covered, 0, 12, seed)),
  );
  deepEqual([writer.digestLow, writer.digestHigh].map((it) => it.toString(16)), VECTOR.digest);
  writer.render(into, { ...CONTEXT, loop: 3 });
  notEqual(into.slice(2, 6).toHex(), VECTOR.key);
});

const VECTOR = { key: "cac4dc6e", digest: ["57c6b02d", "c033527"] };

Deno.test("frames have the opcode of what is done, and what only waits sends nothing", () => {
  const cases: [Partial<Request>, number][] = [
    [{ kind: "send", isBinary: true }, 0x82],
    [{ kind: "close", body: [{ base64: "A+g=" }] }, 0x88],
    [{ kind: "ping" }, 0x89],
  ];
  for (const [changes, first] of cases) {
    const writer = frameWriterOf(changes);
    equal(writer.fixed, null);
    const into = new Uint8Array(64);
    ok(writer.render(into, CONTEXT) >= 6);
    equal(into[0], first);
  }
  const waiting = frameWriterOf({ kind: "receive" });
  deepEqual([waiting.fixed?.length, waiting.tables], [0, []]);
  equal(waiting.digestLow, 0x02cc5d05, "XXH32 of nothing");
});

Deno.test("what is waited for is rendered too, and takes its rows", () => {
  const cell: Slot = { slot: "data", table: 0, column: 0, encoding: "none" };
  const writer = frameWriterOf({
    kind: "receive",
    stream: {
      kind: "webSocket",
      count: 0,
      until: {
        event: "",
        json: [
          { pointer: "/a", test: { kind: "exists", wanted: true } },
          { pointer: "/b", test: { kind: "rendered equals", text: ["<", cell, ">"] } },
        ],
        body: [{ kind: "rendered contains", text: [{ slot: "session" }] }],
      },
    },
  });
  deepEqual(writer.tables, [0]);
  deepEqual(writer.awaitedTexts(CONTEXT), ["<user 7>", "7"]);
  equal(writer.render(new Uint8Array(64), CONTEXT), 0);
});

Deno.test("a WebSocket's key is 16 drawn bytes, and decided", () => {
  const head: Template = [
    "GET / HTTP/1.1\r\nsec-websocket-key: ",
    { slot: "websocket-key", use: 3 },
    "\r\n\r\n",
  ];
  const writer = writerOf(head);
  const text = rendered(writer);
  const key = /: (.+)\r\n\r\n$/.exec(text)?.[1] ?? "";
  const random = new KeyedRandom(42);
  random.draw(CONTEXT.session, 99, 16 + 3, CONTEXT.loop);
  const bytes = new DataView(Uint8Array.fromBase64(key).buffer);
  deepEqual([0, 4, 8, 12].map((at) => bytes.getUint32(at, true)), [...random.words]);
  const digest = writer.digestLow;
  rendered(writer, { ...CONTEXT, session: 8 });
  notEqual(writer.digestLow, digest);
});
