/** What sessions do on WebSockets and with streams, over a network that does as it is told. */
import { deepEqual, equal } from "node:assert/strict";
import { DrivenEngine } from "../../tests/driven_engine.ts";
import { ANYTHING, constantLoad, samplePlan, type SampleStep } from "../../tests/sample_plans.ts";
import type { Whole } from "../../tests/simulated_run.ts";
import { ERROR } from "../ledger/errors.ts";
import { CLOSED, END, MESSAGE } from "../ledger/record.ts";
import type { Plan, Target } from "../plan.ts";
import type { Stream } from "../plan_messages.ts";
import type { MessageType } from "../plan_messages.ts";
import { KeyedRandom, USE } from "./random.ts";

/** One session, at tick 0. Its WebSocket has slot 1. */
const ROOM = 1;

function roomPlan(exchange: SampleStep[], after: SampleStep[] = [], changes: Partial<Target> = {}): Plan {
  return samplePlan({
    flows: [[{ webSocket: "room", exchange }, ...after]],
    load: constantLoad(1, 1_000_000, 1),
    captures: ["flow-0/me"],
    target: changes,
  });
}

/** Its WebSocket stands at tick 10. */
function opened(plan: Plan): DrivenEngine {
  const it = new DrivenEngine(plan);
  it.staying.add(ROOM);
  it.turn(0);
  it.connect(ROOM, 5);
  it.answer(ROOM, 10, 101);
  return it;
}

/** Names, and steps where they tell more than that. */
function story(records: readonly Whole[]): string[] {
  return records.filter(({ session }) => session === 0).map(({ name, tick }) => `${name} ${tick}`);
}

/** The payload of a frame that was sent, unmasked with what is drawn for its step and pass. */
function payloadOf(bytes: Uint8Array, step: number, pass = 1): string {
  const random = new KeyedRandom(1);
  const key = random.draw(0, 1000 + step, USE.mask, pass) >>> 0;
  const head = bytes.length - (bytes[1] & 0x7f);
  equal(new DataView(bytes.buffer).getUint32(head - 4), key);
  return String.fromCharCode(...bytes.subarray(head).map((byte, n) => byte ^ (key >>> (24 - 8 * (n % 4)))));
}

Deno.test("an exchange: messages go out at once, answers are waited for, and the goodbye too", () => {
  const it = opened(roomPlan([{ send: ["hello"] }, { receive: {} }, { ping: "p" }, { close: 1000 }]));
  deepEqual(it.sent.map(({ slot, wish }) => [slot, wish.kind]), [[ROOM, "webSocket"], [ROOM, "send"], [
    ROOM,
    "receive",
  ]]);
  equal(it.sent[0].wish.keepMessages, true);
  equal(it.sent[1].bytes[0], 0x81);
  equal(payloadOf(it.sent[1].bytes, 1), "hello");
  equal(it.sent[2].bytes.length, 0);
  equal(it.receive(ROOM, 30, MESSAGE.text, "welcome"), true);
  it.answer(ROOM, 30, 0, "welcome");
  equal(payloadOf(it.sent[3].bytes, 3), "p");
  it.tell.messageReceived(ROOM, 45, MESSAGE.pong, 1);
  it.answer(ROOM, 45, 0, "p");
  equal(payloadOf(it.sent[4].bytes, 4), "\u0003\u00e8");
  it.tell.messageReceived(ROOM, 50, MESSAGE.close, 2);
  it.answer(ROOM, 50, 1000);
  deepEqual(it.closed, [ROOM]);
  const records = it.records();
  deepEqual(story(records), [
    "sessionStarted 0",
    "requestPlanned 0",
    "requestIssued 0",
    "connectionOpened 5",
    "responseEnded 10",
    "requestPlanned 10",
    "requestIssued 10",
    "requestPlanned 10",
    "requestIssued 10",
    "messageReceived 30",
    "responseEnded 30",
    "requestPlanned 30",
    "requestIssued 30",
    "messageReceived 45",
    "responseEnded 45",
    "requestPlanned 45",
    "requestIssued 45",
    "messageReceived 50",
    "responseEnded 50",
    "connectionClosed 50",
    "sessionEnded 50",
  ]);
  deepEqual(records.filter((of) => of.name === "messageReceived").map(({ a, b, c }) => [a, b, c]), [
    [20, 7, MESSAGE.text],
    [15, 1, MESSAGE.pong],
    [5, 2, MESSAGE.close],
  ]);
  // No check of a status, but for that of the upgrade.
  deepEqual(records.filter((of) => of.name === "responseEnded").map(({ c }) => c), [
    101 | 1 << 16,
    0,
    0,
    1000,
  ]);
  deepEqual(records.filter((of) => of.name === "connectionClosed").map(({ a, b, c, vu }) => [a, b, c, vu]), [
    [CLOSED.asPlanned, 5, ROOM, 0],
  ]);
  const { counters } = it.engine;
  deepEqual([counters.requestsIssued, counters.messagesSent, counters.inFlight], [5, 1, 0]);
});

Deno.test("a message passed over is not the one; what was captured may say which is", () => {
  const isMine: SampleStep = {
    receive: {
      json: [{
        pointer: "/from",
        test: { kind: "rendered equals", text: [{ slot: "capture", capture: 0, encoding: "none" }] },
      }],
      body: [{ kind: "contains", text: "hi" }],
    },
  };
  const welcome: SampleStep = {
    receive: { json: [{ pointer: "/type", test: { kind: "equals", json: '"welcome"' } }] },
    request: {
      captures: [{ capture: 0, optional: false, from: { kind: "json", pointer: "/id", pattern: null } }],
    },
  };
  const it = opened(roomPlan([welcome, isMine]));
  equal(it.receive(ROOM, 20, MESSAGE.text, '{"type":"other"}'), false);
  equal(it.receive(ROOM, 21, MESSAGE.text, "no JSON"), false);
  equal(it.receive(ROOM, 22, MESSAGE.text, '{"type":"welcome","id":7}'), true);
  it.answer(ROOM, 22, 0, '{"type":"welcome","id":7}');
  deepEqual(it.tell.awaitedTexts(ROOM), ["7"]);
  equal(it.receive(ROOM, 23, MESSAGE.text, '{"from":8,"say":"hi"}'), false);
  equal(it.receive(ROOM, 24, MESSAGE.text, '{"from":7,"say":"ho"}'), false);
  equal(it.receive(ROOM, 25, MESSAGE.text, '{"from":7,"say":"hi"}'), true);
  it.answer(ROOM, 25, 0, '{"from":7,"say":"hi"}');
  const gaps = it.records().filter((of) => of.name === "messageReceived").map(({ a }) => a);
  deepEqual(gaps, [10, 1, 1, 1, 1, 1]);
});

Deno.test("a receive that times out is a failed step, and the exchange goes on", () => {
  const it = opened(roomPlan([{ receive: {}, request: { timeoutTicks: 100 } }, { send: ["still here"] }]));
  it.turn(110);
  deepEqual(it.cancelled, [ROOM]);
  deepEqual(it.sent.map(({ wish }) => wish.kind), ["webSocket", "receive", "send"]);
  deepEqual(it.closed, [ROOM]);
  deepEqual(
    story(it.records()).slice(-6),
    [
      "requestFailed 110",
      "requestPlanned 110",
      "requestIssued 110",
      "connectionClosed 110",
      "sessionEnded 110",
    ].toSpliced(0, 0, "requestIssued 10"),
  );
});

Deno.test("what is left to do on a WebSocket that was lost is left out, repeats and all", () => {
  const exchange: SampleStep[] = [{ send: ["a"], repeat: [3, 3] }, { receive: {}, repeat: [2, 2] }, {
    think: [5, 5],
  }];
  const it = opened(roomPlan(exchange, [{ get: "/after", repeat: [2, 2] }]));
  it.lose(ROOM, 20, CLOSED.byTarget);
  it.fail(ROOM, 20, ERROR["websocket.closed"]);
  equal(it.sent.at(-1)?.slot, 0);
  it.connect(0, 25);
  it.answer(0, 30, 200);
  it.answer(0, 40, 200);
  const records = it.records();
  deepEqual(
    story(records).slice(-10),
    [
      "connectionClosed 20",
      "requestFailed 20",
      "repeatChosen 20",
      "requestPlanned 20",
      "requestIssued 20",
      "connectionOpened 25",
      "responseEnded 30",
      "requestPlanned 30",
      "requestIssued 30",
      "responseEnded 40",
      "sessionEnded 40",
    ].slice(1),
  );
  deepEqual(records.filter((of) => of.name === "connectionClosed").map(({ a, vu }) => [a, vu]), [
    [CLOSED.byTarget, 0],
  ]);
  deepEqual(it.closed, []);
});

Deno.test("a message to a WebSocket that was lost while nobody looked fails at once", () => {
  const it = opened(roomPlan([{ think: [50, 50] }, { send: ["a"] }, { send: ["b"] }]));
  it.lose(ROOM, 20, CLOSED.byTarget);
  it.turn(60);
  deepEqual(it.sent.map(({ wish }) => wish.kind), ["webSocket"]);
  const records = it.records();
  deepEqual(story(records).slice(-5), [
    "connectionClosed 20",
    "requestPlanned 60",
    "requestIssued 60",
    "requestFailed 60",
    "sessionEnded 60",
  ]);
  deepEqual(records.filter((of) => of.name === "requestFailed").map(({ a }) => a), [
    ERROR["websocket.closed"],
  ]);
  equal(it.engine.counters.inFlight, 0);
});

Deno.test("a WebSocket that does not open, or not as expected, is left out; on_error may end the session", () => {
  const cases: [status: number, changes: object, after: boolean, closed: number[]][] = [
    [403, {}, true, [ROOM]],
    [403, { expect: { ...ANYTHING, status: [[403, 403]] } }, true, [ROOM]],
    [101, { expect: { ...ANYTHING, status: [[101, 101]], withinTicks: 5 } }, true, [ROOM]],
    [101, { expect: { ...ANYTHING, status: [[101, 101]], withinTicks: 5 }, onError: "end-session" }, false, [
      ROOM,
    ]],
    [403, { onError: "end-session" }, false, [ROOM]],
  ];
  for (const [status, request, goesOn, closed] of cases) {
    const plan = samplePlan({
      flows: [[{ webSocket: "room", request, exchange: [{ send: ["a"] }] }, { get: "/after" }]],
      load: constantLoad(1, 1_000_000, 1),
    });
    const it = new DrivenEngine(plan);
    it.turn(0);
    it.connect(ROOM, 5);
    it.answer(ROOM, 10, status);
    deepEqual(it.sent.map(({ wish }) => wish.kind), goesOn ? ["webSocket", "http"] : ["webSocket"]);
    deepEqual(it.closed, closed);
    const ended = it.records().filter((of) => of.name === "sessionEnded").map(({ a }) => a);
    deepEqual(ended, goesOn ? [] : [END.stepFailed]);
  }
});

Deno.test("a session that ends within an exchange closes its WebSocket, however it ends", () => {
  const failing = opened(roomPlan([{ receive: {}, request: { timeoutTicks: 100, onError: "end-session" } }]));
  failing.turn(110);
  deepEqual(failing.closed, [ROOM]);
  deepEqual(story(failing.records()).slice(-3), [
    "requestFailed 110",
    "sessionEnded 110",
    "connectionClosed 110",
  ]);
  for (const step of [{ receive: {} }, { think: [90_000, 90_000] }] as const) {
    const halted = opened(roomPlan([step]));
    halted.engine.halt(2);
    deepEqual(halted.closed, [ROOM]);
    deepEqual(story(halted.records()).slice(-2), ["sessionEnded 10", "connectionClosed 10"]);
  }
});

Deno.test("a stream is done with the message that is waited for, or with so many", () => {
  const until = {
    event: "done",
    json: [{ pointer: "/last", test: { kind: "exists", wanted: true } }],
    body: [],
  } as const;
  const cases: [Stream, [string, string, boolean][]][] = [
    [{ kind: "events", until, count: 0 }, [['{"last":1}', "", false], ["{}", "done", false], [
      '{"last":1}',
      "done",
      true,
    ]]],
    [{ kind: "events", until, count: 2 }, [["", "", false], ["", "", true]]],
    [{ kind: "events", until: null, count: 0 }, [["", "", false], ["", "done", false]]],
    [{ kind: "webSocket", until: null, count: 0 }, [["", "", true]]],
  ];
  for (const [stream, messages] of cases) {
    const plan = samplePlan({
      flows: [[{ get: "/", request: { stream } }]],
      load: constantLoad(1, 1_000_000, 1),
    });
    const it = new DrivenEngine(plan);
    it.turn(0);
    it.connect(0, 5);
    messages.forEach(([text, event, wanted], n) => {
      equal(it.receive(0, 10 + n, MESSAGE.event, text, event), wanted, JSON.stringify([stream, n]));
    });
    it.answer(0, 20, 200, "");
    const gaps = it.records().filter((of) => of.name === "messageReceived").map(({ a }) => a);
    deepEqual(gaps, [10, 1, 1].slice(0, messages.length));
  }
});

Deno.test("shards have whole connections each, and every shard has one", () => {
  const plan = samplePlan({
    load: constantLoad(1_000, 6_000, 6),
    target: { protocol: "h2", connections: { kind: "shared", size: 3 }, streams: 2 },
  });
  const slotsOf = (index: number, count: number) => {
    const it = new DrivenEngine(plan, { index, count });
    it.turn(5_999);
    return it.sent.map(({ slot }) => slot);
  };
  deepEqual([slotsOf(1, 1), slotsOf(1, 2), slotsOf(2, 2)], [[0, 2, 4, 1, 3, 5], [0, 2, 1], [0, 1]]);
});

Deno.test("several requests share a connection, which is known by its first slot and is nobody's", () => {
  const plan = samplePlan({
    load: constantLoad(1_000, 4_000, 4),
    target: { protocol: "h2", connections: { kind: "shared", size: 2 }, streams: 2 },
  });
  const it = new DrivenEngine(plan);
  it.turn(3_000);
  deepEqual(it.sent.map(({ slot }) => slot), [0, 2, 1, 3]);
  it.connect(1, 3_010);
  it.tell.connectionSecured(1, 2, true);
  it.answer(0, 3_020, 200);
  it.lose(1, 3_030, CLOSED.afterError);
  it.fail(1, 3_030, ERROR["stream.goaway"]);
  const records = it.records();
  deepEqual(records.filter((of) => of.name === "connectionClosed").map(({ b, c, vu }) => [b, c, vu]), [[
    2,
    0,
    null,
  ]]);
  deepEqual(records.filter((of) => of.name === "connectionSecured").map(({ tick, a, b }) => [tick, a, b]), [
    [3_010, 2, 1],
  ]);
});

const TYPES: readonly MessageType[] = [{
  name: "Item",
  fields: [{
    number: 1,
    name: "id",
    protoName: "id",
    type: "int32",
    message: -1,
    values: [],
    rule: "one",
    keyType: "",
  }],
}];

function grpcPlan(id: "int" | "capture", passes = 1): Plan {
  const slot = id === "int"
    ? { slot: "int", use: 0, min: 7, max: 7 } as const
    : { slot: "capture", capture: 0, encoding: "json" } as const;
  return samplePlan({
    flows: [[{
      get: "item",
      repeat: [passes, passes],
      request: {
        head: ["POST /shop.Catalog/GetItem HTTP/1.1\r\n\r\n"],
        body: ['{"id":', slot, "}"],
        grpc: { requestType: 0, responseType: 0 },
        expect: {
          ...ANYTHING,
          status: [[600, 600]],
          json: [{ pointer: "/id", test: { kind: "equals", json: "9" } }],
        },
      },
    }]],
    load: constantLoad(1, 1_000_000, 1),
    captures: ["flow-0/id"],
    messageTypes: TYPES,
    target: { protocol: "h2" },
  });
}

Deno.test("messages of gRPC are JSON to the session, and bytes on the wire", () => {
  const cases: [Uint8Array, name: string, failed: number][] = [
    [Uint8Array.of(0x08, 9), "responseEnded", 0],
    [Uint8Array.of(0x08, 8), "responseEnded", 1],
    [Uint8Array.of(0x08), "requestFailed", 0],
  ];
  for (const [message, name, failed] of cases) {
    const it = new DrivenEngine(grpcPlan("int"));
    it.turn(0);
    equal(it.sent[0].wish.stream, "grpc");
    deepEqual([...it.sent[0].bytes.slice(-7)], [0, 0, 0, 0, 2, 0x08, 7]);
    it.connect(0, 5);
    it.tell.responseEnded(0, 10, 10, 600, 9, message, null);
    const ended = it.records().filter((of) => /Ended|Failed/.test(of.name)).at(0);
    deepEqual([ended?.name, (ended?.c ?? 0) >>> 24], [name, failed]);
    if (name === "requestFailed") equal(ended?.a, ERROR["grpc.message"]);
  }
});

Deno.test("what cannot be made a message of gRPC is not sent, and says so", () => {
  const it = new DrivenEngine(grpcPlan("capture"));
  it.turn(0);
  deepEqual(it.sent, []);
  const records = it.records();
  deepEqual(
    story(records),
    [
      "sessionStarted 0",
      "requestPlanned 0",
      "requestIssued 0",
      "requestFailed 0",
      "sessionEnded 0",
    ].toSpliced(1, 0, "repeatChosen 0"),
  );
  const often = new DrivenEngine(grpcPlan("capture", 100_000));
  often.turn(0);
  equal(often.engine.counters.requestsFailed, 100_000);
});
