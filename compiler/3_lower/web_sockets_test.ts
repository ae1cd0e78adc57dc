import assert from "node:assert/strict";
import fc from "fast-check";
import type { Instruction, Plan } from "../../runtime/plan.ts";
import type { ExchangeItem, ReceiveAction, SendAction, Template } from "../2_check/scenario.ts";
import {
  place,
  sampleClose,
  sampleFlow,
  sampleGroup,
  sampleRequest,
  sampleScenario,
  sampleTarget,
  sampleThink,
  sampleWebSocket,
} from "../../tests/sample_scenario.ts";
import { lower } from "./lower.ts";

const named = (name: string) => ({ name, place, tags: [], timeoutTicks: 7 });
const send = (name: string, text: Template = ["hi"]): SendAction => ({
  ...named(name),
  kind: "send",
  body: { kind: "text", text, place },
  isBinary: false,
});
const receive = (name: string, changes: Partial<ReceiveAction> = {}): ReceiveAction => ({
  ...named(name),
  kind: "receive",
  until: null,
  captures: [],
  ...changes,
});
const repeat = (min: number, max: number, ...exchange: ExchangeItem[]): ExchangeItem => ({
  kind: "repeat",
  place,
  min,
  max,
  exchange,
});
const uuid = { variable: "uuid", place } as const;

function planOf(...steps: Parameters<typeof sampleFlow>[1]): Plan {
  const captures = ["me"];
  const { plan, diagnostics } = lower(
    sampleScenario({ flows: [sampleFlow("talk", steps, { captures })] }),
    "1",
  );
  assert.deepEqual(diagnostics, []);
  assert.ok(plan !== undefined);
  return plan;
}

/** Names of steps in place of their numbers. */
function shown({ flows: [{ program }], steps }: Plan): string[] {
  return program.map((it) => {
    const step = steps[it.step].name;
    switch (it.kind) {
      case "repeat":
        return `repeat ${it.min}..${it.max} by ${step} to ${it.again}`;
      case "again":
        return `again ${it.repeat}`;
      case "webSocket":
        return `open ${step} to ${it.end}`;
      case "webSocketEnd":
        return `end ${it.webSocket} in ${it.depth}`;
      default:
        return step;
    }
  });
}

Deno.test("what is done on a WebSocket stands between its opening and its end", () => {
  const plan = planOf(
    sampleRequest("before"),
    sampleWebSocket("room", [
      send("room.hello"),
      repeat(20, 20, sampleThink("room.think"), send("room.say"), receive("room.echo")),
      sampleClose("room.close"),
    ]),
    sampleThink("after"),
  );
  assert.deepEqual(shown(plan), [
    "before",
    "open room to 9",
    "room.hello",
    "repeat 20..20 by room.think to 7",
    "room.think",
    "room.say",
    "room.echo",
    "again 3",
    "room.close",
    "end 1 in 0",
    "after",
  ]);
  assert.deepEqual(plan.steps.map(({ name, kind, group }) => [name, kind, group]), [
    ["before", "request", -1],
    ["room", "request", -1],
    ["room.hello", "send", -1],
    ["room.think", "think", -1],
    ["room.say", "send", -1],
    ["room.echo", "receive", -1],
    ["room.close", "close", -1],
    ["after", "think", -1],
  ]);
  assert.deepEqual(plan.requests.map(({ kind, target }) => [kind, target]), [
    ["http", 0],
    ["webSocket", 0],
    ["send", 0],
    ["send", 0],
    ["receive", 0],
    ["close", 0],
  ]);
});

Deno.test("an end tells in how many repeats it stands, and actions in which group", () => {
  const socket = sampleWebSocket("room", [repeat(2, 3, send("room.a")), sampleClose("room.close")], {
    repeat: { min: 2, max: 2, place },
  });
  const group = sampleGroup("all", [sampleRequest("x", { repeat: { min: 2, max: 2, place } }), socket], {
    repeat: { min: 1, max: 4, place },
  });
  const plan = planOf(group);
  assert.ok(shown(plan).includes("end 6 in 2"), shown(plan).join("\n"));
  assert.deepEqual(new Set(plan.steps.slice(1).map((step) => step.group)), new Set([0]));
});

Deno.test("each repeat is keyed by an action of its own, as far as there are enough", () => {
  const keys = (...exchange: ExchangeItem[]) =>
    shown(planOf(sampleWebSocket("room", [...exchange, sampleClose("room.close")])))
      .flatMap((line) => /by (\S+)/.exec(line)?.[1] ?? []);
  assert.deepEqual(keys(repeat(1, 2, send("a")), repeat(1, 2, send("b"))), ["a", "b"]);
  assert.deepEqual(keys(repeat(1, 2, repeat(1, 2, send("a"), send("b")))), ["a", "b"]);
  assert.deepEqual(keys(repeat(1, 2, send("a"), repeat(1, 2, send("b")))), ["a", "b"]);
  assert.deepEqual(keys(repeat(1, 2, repeat(1, 2, send("a")))), ["a", "a"]);
});

Deno.test("brackets of programs match, however exchanges are nested", () => {
  const { items } = fc.letrec<{ items: ExchangeItem[]; item: ExchangeItem }>((tie) => ({
    items: fc.array(tie("item"), { minLength: 1, maxLength: 3 }),
    item: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      fc.constant(send("a")),
      fc.constant(sampleThink("t")),
      tie("items").map((inner) => repeat(1, 3, ...inner)),
    ),
  }));
  fc.assert(fc.property(items, (exchange) => {
    const { flows: [{ program }], steps, requests } = planOf(
      sampleWebSocket("room", [...exchange, sampleClose("room.close")]),
    );
    let depth = 0;
    program.forEach((it: Instruction, at) => {
      if (it.kind === "repeat") {
        depth++;
        assert.deepEqual(program[it.again], { kind: "again", step: it.step, repeat: at });
      }
      if (it.kind === "again") depth--;
      if (it.kind === "webSocket") assert.equal(program[it.end].kind, "webSocketEnd");
      if (it.kind === "webSocketEnd") assert.deepEqual([it.webSocket, it.depth, depth], [0, 0, 0]);
      assert.ok(it.step < steps.length);
    });
    const done = program.flatMap((it) => "request" in it ? [it.request] : []);
    assert.deepEqual(done, requests.map((_, request) => request));
  }));
});

Deno.test("the opening request asks for a WebSocket, with a key that is drawn behind all else", () => {
  const step = sampleWebSocket("room", undefined, {
    url: ["/rooms/", uuid],
    headers: [{ name: "sec-websocket-protocol", value: ["a"], place }, { name: "x", value: [uuid], place }],
  });
  const [{ head, method, body }] = planOf(step).requests;
  assert.deepEqual([method, body], ["GET", []]);
  assert.deepEqual(head, [
    "GET /rooms/",
    { slot: "uuid", use: 0 },
    " HTTP/1.1\r\nhost: ",
    { slot: "authority" },
    "\r\nconnection: Upgrade\r\nsec-websocket-key: ",
    { slot: "websocket-key", use: 2 },
    "\r\nsec-websocket-protocol: a\r\nsec-websocket-version: 13\r\nupgrade: websocket\r\nuser-agent: z6c/1\r\nx: ",
    { slot: "uuid", use: 1 },
    "\r\n\r\n",
  ]);
});

Deno.test("payloads, and what is waited for", () => {
  const me: Template = [{ variable: "capture", name: "me", of: "flow", place }];
  const body = { kind: "bytes", bytes: Uint8Array.of(0, 255), place } as const;
  const rendered = { kind: "rendered equals", text: me, place } as const;
  const { requests } = planOf(sampleWebSocket("room", [
    send("text", [uuid, " and ", uuid]),
    { ...send("binary"), body, isBinary: true },
    receive("any", {
      captures: [{
        capture: "me",
        place,
        from: { kind: "json", pointer: "/id", pattern: null },
        optional: false,
      }],
    }),
    receive("mine", {
      until: { event: "", json: [{ pointer: "/from", test: rendered, place }], body: [rendered] },
    }),
    { ...named("ping"), kind: "ping", text: "p" },
    { ...named("nothing"), kind: "ping", text: "" },
    { ...sampleClose("close"), code: 4000, reason: "bye" },
  ]));
  const [, text, binary, any, mine, ping, nothing, close] = requests;
  assert.deepEqual([text.body, text.isBinary], [
    [{ slot: "uuid", use: 0 }, " and ", { slot: "uuid", use: 1 }],
    false,
  ]);
  assert.deepEqual([binary.body, binary.isBinary], [[{ base64: "AP8=" }], true]);
  assert.deepEqual([any.stream, any.captures.length, any.timeoutTicks], [
    { kind: "webSocket", until: null, count: 1 },
    1,
    7,
  ]);
  const wanted = { kind: "rendered equals", text: [{ slot: "capture", capture: 0, encoding: "none" }] };
  assert.deepEqual(mine.stream, {
    kind: "webSocket",
    until: { event: "", json: [{ pointer: "/from", test: wanted }], body: [wanted] },
    count: 0,
  });
  assert.deepEqual([ping.body, nothing.body], [["p"], []]);
  // 4000 is 0x0FA0, which is no UTF-8.
  assert.deepEqual(close.body, [{ base64: "D6A=" }, "bye"]);
});

Deno.test("actions go where their WebSocket goes, and fail as it does", () => {
  const { requests } = planOf(
    sampleWebSocket("room", [send("a"), sampleClose("b")], { onError: "stop-run" }),
  );
  assert.deepEqual(requests.map(({ onError, target }) => [onError, target]), Array(3).fill(["stop-run", 0]));
});

Deno.test("a WebSocket has a connection of its own for every user", () => {
  const slots = (...steps: Parameters<typeof sampleFlow>[1]) => {
    const flows = [sampleFlow("talk", steps)];
    const targets = [
      sampleTarget,
      {
        ...sampleTarget,
        name: "b",
        protocol: "h2",
        streams: 5,
        connections: { kind: "shared", size: 3 },
      } as const,
    ];
    const { plan } = lower(sampleScenario({ flows, targets }), "1");
    assert.ok(plan !== undefined);
    return [
      ...plan.targets.map((
        { firstSlot, slots, firstWebSocketSlot },
      ) => [firstSlot, slots, firstWebSocketSlot]),
      plan.bounds.connections,
    ];
  };
  const [home, room, other] = [
    sampleRequest("home"),
    sampleWebSocket("room"),
    sampleWebSocket("other", undefined, { target: 1 }),
  ];
  assert.deepEqual(slots(home), [[0, 10, -1], [10, 15, -1], 25]);
  assert.deepEqual(slots(home, room), [[0, 10, 25], [10, 15, -1], 35]);
  // Where nothing but WebSockets is opened, there are no other connections.
  assert.deepEqual(slots(room), [[0, 0, 15], [0, 15, -1], 25]);
  assert.deepEqual(slots(home, room, other), [[0, 10, 10], [10, 0, 20], 30]);
});

Deno.test("in HTTP/2, no request speaks of connections", () => {
  const head = (protocol: "http/1.1" | "h2" | "auto") => {
    const target = { ...sampleTarget, protocol, connections: { kind: "per-request" } } as const;
    return JSON.stringify(lower(sampleScenario({ targets: [target] }), "1").plan?.requests[0].head);
  };
  assert.match(head("http/1.1"), /connection: close/);
  assert.match(head("auto"), /connection: close/);
  assert.doesNotMatch(head("h2"), /connection/);
});

Deno.test("certificates become part of the plan, or are found when it starts", () => {
  const text = { kind: "text", text: "PEM" } as const;
  const target = {
    ...sampleTarget,
    scheme: "https",
    tls: {
      ca: text,
      cert: { kind: "secret", name: "CERT" },
      key: { kind: "file", path: "a.key" },
      serverName: "a.test",
      insecure: true,
      place,
    },
  } as const;
  const secret: Template = [{ variable: "secret", name: "TOKEN", place }];
  const flows = [
    sampleFlow("f", [sampleRequest("home", { auth: { kind: "bearer", token: secret, place } })]),
  ];
  const { plan } = lower(sampleScenario({ targets: [target], flows }), "1");
  assert.deepEqual(plan?.secrets, ["TOKEN", "CERT"]);
  assert.deepEqual(plan?.targets[0].tls, {
    ca: text,
    cert: { kind: "secret", secret: 1 },
    key: { kind: "file", path: "a.key" },
    serverName: "a.test",
    insecure: true,
  });
});

Deno.test("bounds hold a frame, and the records of messages", () => {
  const { bounds } = planOf(sampleWebSocket("room", [send("a", ["x".repeat(1_000)]), sampleClose("b")]));
  assert.equal(bounds.requestBytes, 1_000 + 14);
  const records = (...exchange: ExchangeItem[]) => {
    const bytes = planOf(sampleWebSocket("room", [...exchange, sampleClose("b")])).bounds.ledgerBytes;
    return bytes / 32 / 100 / 1.06;
  };
  // Two of the session, three of the opening, two of its connection, four of the close.
  assert.equal(Math.round(records()), 2 + 3 + 2 + 4);
  assert.equal(Math.round(records(send("a"))), 11 + 2);
  assert.equal(Math.round(records(receive("a"))), 11 + 4);
  assert.equal(Math.round(records(repeat(2, 4, receive("a"), sampleThink("t")))), 11 + 1 + 3 * 5);
});
