import assert from "node:assert/strict";
import { checkText, soundScenario } from "../../tests/checked_text.ts";
import { allActions } from "./all_steps.ts";
import type { Action, ExchangeItem, WebSocketStep } from "./scenario.ts";

const HEAD = 'name = "t"\n[load]\nmodel = "open"\nmax_vus = 10\nrate = "5/s"\nfor = "1m"\n';
const TARGET = '[target]\nbase = "http://shop.test/api"\ntimeout = "5s"\n';
const FILES = { "blob.bin": "\u0001two" };

const flow = (...steps: string[]) =>
  `[[flow]]\nname = "f"\n${steps.map((step) => `[[flow.step]]\n${step}\n`).join("")}`;

function sockets(target: string, ...steps: string[]): WebSocketStep[] {
  const { flows } = soundScenario(HEAD + target + flow(...steps), { files: FILES }, "warnings");
  return flows.flatMap((one) => one.steps).filter((step): step is WebSocketStep => step.kind === "webSocket");
}

function exchangeOf(exchange: string, more = ""): readonly ExchangeItem[] {
  const [step] = sockets(TARGET, `name = "room"\nwebsocket = "/rooms"\n${more}\nexchange = ${exchange}`);
  assert.ok(step !== undefined);
  return step.exchange;
}

const codes = (...steps: string[]) =>
  checkText(HEAD + TARGET + flow(...steps), { files: FILES }).diagnostics.map(({ code }) => code);

/** Places left out. */
function bare(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, item) => key === "place" ? undefined : item));
}

Deno.test("a WebSocket is opened by a GET that is answered with 101", () => {
  const [step] = sockets(
    TARGET,
    `name = "room"
websocket = "/rooms"
tags = ["chat"]
headers = { sec-websocket-protocol = "a, b" }
expect = { within = "1s", headers = { x-room = "1" } }
capture = { room = { header = "x-room" } }
on_error = "end-session"
repeat = 2
exchange = [{ send = "\${room}" }]`,
  );
  assert.ok(step !== undefined);
  assert.deepEqual([step.method, step.url, step.body.kind, step.redirects, step.retry], [
    "GET",
    ["/api/rooms"],
    "none",
    0,
    null,
  ]);
  assert.deepEqual([step.expect.status, step.expect.withinTicks, step.expect.headers.length], [
    [[101, 101]],
    1_000_000,
    1,
  ]);
  assert.deepEqual([step.onError, step.repeat?.max, step.captures.length, step.timeoutTicks], [
    "end-session",
    2,
    1,
    5_000_000,
  ]);
  const [send] = allActions(step.exchange);
  assert.deepEqual([send?.kind, send?.tags], ["send", step.tags]);
});

Deno.test("ws and wss are http and https", () => {
  const both = '[target]\nbase = "http://shop.test"\n[targets.safe]\nbase = "https://shop.test"\n';
  const found = sockets(
    both,
    'websocket = "ws://shop.test/a"\nexchange = [{ receive = {} }]',
    'websocket = "WSS://shop.test/b"\nexchange = [{ receive = {} }]',
    'websocket = "https://shop.test/c"\nexchange = [{ receive = {} }]',
  );
  assert.deepEqual(found.map(({ target, url, name }) => [target, url, name]), [
    [0, ["/a"], "websocket /a"],
    [1, ["/b"], "websocket /b"],
    [1, ["/c"], "websocket /c"],
  ]);
});

Deno.test("what is done on it has the name of its step in front, and one of its own", () => {
  const names = (exchange: string, ...others: string[]) => {
    const [step] = sockets(TARGET, `name = "room"\nwebsocket = "/"\nexchange = ${exchange}`, ...others);
    return allActions(step?.exchange ?? []).map(({ name }) => name);
  };
  const cases: [exchange: string, names: string[]][] = [
    ['[{ send = "a" }]', ["room.send", "room.close"]],
    ["[{ receive = {} }, { receive = {} }, { close = 1001 }]", [
      "room.receive",
      "room.receive 2",
      "room.close",
    ]],
    ['[{ receive = {} }, { name = "receive", receive = {} }]', [
      "room.receive 2",
      "room.receive",
      "room.close",
    ]],
    [
      '[{ think = "1s" }, { ping = "" }, { repeat = 2, exchange = [{ ping = "" }, { name = "x", send = "" }] }]',
      [
        "room.think",
        "room.ping",
        "room.ping 2",
        "room.x",
        "room.close",
      ],
    ],
    ['[{ name = "close", send = "bye" }]', ["room.close", "room.close 2"]],
  ];
  for (const [exchange, wanted] of cases) assert.deepEqual(names(exchange), wanted, exchange);
  assert.deepEqual(names('[{ send = "a" }]', 'name = "room.send"\nget = "/"'), ["room.send 2", "room.close"]);
});

Deno.test("messages that are sent", () => {
  const cases: [send: string, body: unknown, isBinary: boolean][] = [
    ['"hi"', { kind: "text", text: ["hi"] }, false],
    ['""', { kind: "text", text: [] }, false],
    ['{ text = "hi" }', { kind: "text", text: ["hi"] }, false],
    ["{ json = [1, true] }", {
      kind: "json",
      value: { kind: "list", items: [{ kind: "number", text: "1" }, { kind: "boolean", value: true }] },
    }, false],
    ['{ base64 = "AQI=" }', { kind: "bytes", bytes: { 0: 1, 1: 2 } }, true],
    ['{ file = "blob.bin" }', { kind: "bytes", bytes: { 0: 1, 1: 116, 2: 119, 3: 111 } }, true],
  ];
  for (const [send, body, isBinary] of cases) {
    const [action] = allActions(exchangeOf(`[{ send = ${send} }]`));
    assert.ok(action?.kind === "send");
    assert.deepEqual([bare(action.body), action.isBinary], [body, isBinary], send);
  }
});

Deno.test("messages that are waited for", () => {
  const receive = (tests: string): unknown => {
    const exchange = `[{ receive = {}, capture = { me = { json = "/id" } } }, { receive = ${tests} }]`;
    const action = allActions(exchangeOf(exchange))[1];
    assert.ok(action?.kind === "receive");
    return bare(action.until);
  };
  const me = [{ variable: "capture", name: "me", of: "flow" }];
  const cases: [tests: string, until: unknown][] = [
    ["{}", null],
    ['{ contains = "a", max_bytes = "1KiB" }', {
      event: "",
      json: [],
      body: [{ kind: "contains", text: "a" }, { kind: "size", minBytes: 0, maxBytes: 1024 }],
    }],
    ['{ equals = "hi ${me}" }', {
      event: "",
      json: [],
      body: [{ kind: "rendered equals", text: ["hi ", ...me] }],
    }],
    ['{ json = { "/type" = "x", "/from" = "${me}", "/to" = { equals = "${me}", type = "text" } } }', {
      event: "",
      json: [
        { pointer: "/type", test: { kind: "equals", value: { kind: "text", text: ["x"] } } },
        { pointer: "/from", test: { kind: "rendered equals", text: me } },
        { pointer: "/to", test: { kind: "rendered equals", text: me } },
        { pointer: "/to", test: { kind: "type", type: "text" } },
      ],
      body: [],
    }],
  ];
  for (const [tests, until] of cases) assert.deepEqual(receive(tests), until, tests);
});

Deno.test("what waits, waits as long as within says, else the step, else the target", () => {
  const timeouts = (more: string) =>
    allActions(exchangeOf('[{ send = "a" }, { receive = {}, within = "2s" }, { ping = "x" }]', more))
      .map((action: Action) => action.kind === "think" ? 0 : action.timeoutTicks);
  assert.deepEqual(timeouts(""), [5_000_000, 2_000_000, 5_000_000, 5_000_000]);
  assert.deepEqual(timeouts('timeout = "3s"'), [3_000_000, 2_000_000, 3_000_000, 3_000_000]);
});

Deno.test("repeats hold what they repeat, and close stands at the end", () => {
  const shape = (items: readonly ExchangeItem[]): unknown =>
    items.map((item) => item.kind === "repeat" ? [item.min, item.max, shape(item.exchange)] : item.kind);
  const exchange =
    '[{ repeat = "1..3", exchange = [{ send = "a" }, { repeat = 2, exchange = [{ ping = "" }] }] }, { think = "1s" }]';
  assert.deepEqual(shape(exchangeOf(exchange)), [[1, 3, ["send", [2, 2, ["ping"]]]], "think", "close"]);
  const [close] = allActions(exchangeOf('[{ close = { code = 4001, reason = "é" } }]'));
  assert.deepEqual(close?.kind === "close" && [close.code, close.reason], [4001, "é"]);
});

Deno.test("codes to close with", () => {
  const allowed = [
    1000,
    1001,
    1002,
    1003,
    1007,
    1008,
    1009,
    1010,
    1011,
    1012,
    1013,
    1014,
    3000,
    3999,
    4000,
    4999,
  ];
  const wrong = [0, 999, 1004, 1005, 1006, 1015, 1016, 2000, 2999, 5000, 65_535];
  const said = (code: number) => codes(`websocket = "/"\nexchange = [{ close = ${code} }]`);
  for (const code of allowed) assert.deepEqual(said(code), [], String(code));
  for (const code of wrong) assert.deepEqual(said(code), ["Z1627"], String(code));
});

Deno.test("control frames hold 125 bytes", () => {
  const ping = (text: string) => codes(`websocket = "/"\nexchange = [{ ping = "${text}" }]`);
  const reason = (text: string) => codes(`websocket = "/"\nexchange = [{ close = { reason = "${text}" } }]`);
  assert.deepEqual([ping("x".repeat(125)), ping("x".repeat(126)), ping("é".repeat(63))], [[], ["Z1628"], [
    "Z1628",
  ]]);
  assert.deepEqual([reason("x".repeat(123)), reason("x".repeat(124))], [[], ["Z1628"]]);
});

Deno.test("captures of messages are there behind them, and in the next pass", () => {
  const step = (exchange: string) => codes(`websocket = "/"\nexchange = ${exchange}`, 'get = "/${me}"');
  const take = 'receive = {}, capture = { me = { json = "/id" } }';
  assert.deepEqual(step(`[{ ${take} }, { send = "\${me}" }]`), []);
  assert.deepEqual(step(`[{ send = "\${me}" }, { ${take} }]`), ["Z1307"]);
  assert.deepEqual(step(`[{ repeat = 2, exchange = [{ send = "\${me}" }, { ${take} }] }]`), ["Z1907"]);
  assert.deepEqual(step(`[{ repeat = 1, exchange = [{ send = "\${me}" }, { ${take} }] }]`), ["Z1307"]);
  assert.deepEqual(step(`[{ repeat = "0..2", exchange = [{ ${take} }] }]`), ["Z1907"]);
});

Deno.test("a flow that only speaks on a WebSocket is one that sends", () => {
  assert.deepEqual(
    codes('websocket = "/"\nexchange = [{ receive = {} }]', 'get = "/"\nwhen = { status = 101 }'),
    [],
  );
});
