/** WebSockets, streams and gRPC of a planned target behind its network, asked as the engine asks. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { PLAIN_WISH } from "../../../tests/plain_network.ts";
import { samplePlan } from "../../../tests/sample_plans.ts";
import { AwaitedMessage } from "../../engine/awaited_messages.ts";
import type { Completions } from "../../engine/host.ts";
import { ResponseView } from "../../engine/response_view.ts";
import { requestError } from "../../ledger/errors.ts";
import { MESSAGE } from "../../ledger/record.ts";
import type { Plan, Request, SimulatedFault, Simulation, Target, Tick } from "../../plan.ts";
import type { MessageMatch, Stream } from "../../plan_messages.ts";
import type { MessageType } from "../../plan_messages.ts";
import { ProtobufCodec } from "../../protocol/protobuf.ts";
import { frameBytes, OPCODE, writeFrame } from "../../protocol/websocket_frame.ts";
import { SimulatedHost } from "../simulated.ts";

const VUS = 4;
const TIMEOUT = 20_000;
const ITEM: MessageType = {
  name: "shop.Item",
  fields: [
    field(1, "id", "uint64"),
    field(2, "name", "string"),
    field(3, "price", "double"),
    { ...field(4, "state", "enum"), values: [["SOLD", 0], ["FREE", 1]] },
  ],
};

function field(number: number, name: string, type: MessageType["fields"][number]["type"]) {
  return {
    number,
    name,
    protoName: name,
    type,
    message: -1,
    values: [],
    rule: "one" as const,
    keyType: "" as const,
  };
}

const stream = (kind: Stream["kind"], until: Partial<MessageMatch> | null, count = 0): Stream => ({
  kind,
  until: until === null ? null : { event: "", json: [], body: [], ...until },
  count,
});
const EXISTS = { kind: "exists", wanted: true } as const;
const GRPC = { requestType: 0, responseType: 0 };

/** What may be asked for, by name. */
const REQUESTS = {
  plain: {},
  open: { kind: "webSocket" },
  say: { kind: "send" },
  any: { kind: "receive", stream: null },
  three: { kind: "receive", stream: stream("webSocket", null, 3) },
  welcome: {
    kind: "receive",
    stream: stream("webSocket", {
      json: [
        { pointer: "/type", test: { kind: "equals", json: '"welcome"' } },
        { pointer: "/from", test: { kind: "rendered equals", text: [] } },
      ],
      body: [{ kind: "rendered contains", text: [] }],
    }),
    captures: [{
      capture: 0,
      optional: false,
      from: { kind: "json", pointer: "/id", pattern: "^[a-f]{4}$" },
    }],
  },
  ping: { kind: "ping" },
  bye: { kind: "close" },
  prices: { stream: stream("events", { event: "done", json: [{ pointer: "/last", test: EXISTS }] }) },
  first: { stream: stream("events", null, 2) },
  all: { stream: stream("events", null) },
  item: {
    stream: stream("grpc", null),
    grpc: GRPC,
    expect: {
      status: [[600, 600]],
      withinTicks: 0,
      headers: [],
      json: [
        { pointer: "/price", test: { kind: "compares", comparison: ">", limit: "5" } },
        { pointer: "/state", test: { kind: "equals", json: '"FREE"' } },
        { pointer: "/id", test: EXISTS },
      ],
      body: [],
    },
  },
  watch: {
    stream: stream("grpc", { json: [{ pointer: "/name", test: { kind: "equals", json: '"last"' } }] }),
    grpc: GRPC,
    expect: { status: [[600, 600]], withinTicks: 0, headers: [], json: [], body: [] },
  },
  missing: {
    stream: stream("grpc", null),
    grpc: GRPC,
    expect: { status: [[605, 605]], withinTicks: 0, headers: [], json: [], body: [] },
  },
} as const satisfies Record<string, Partial<Request>>;
type Name = keyof typeof REQUESTS;
const NAMES = Object.keys(REQUESTS) as Name[];

function planOf(simulation: Partial<Simulation>, target: Partial<Target> = {}): Plan {
  const steps = NAMES.map((name) => ({ get: `/${name}`, request: REQUESTS[name] }));
  const plan = samplePlan({ flows: [steps], simulation, vus: VUS, captures: ["flow-0/id"] });
  const [first] = plan.targets;
  const slots = target.slots ?? first.slots;
  return {
    ...plan,
    messageTypes: [ITEM],
    targets: [{ ...first, ...target, slots, firstWebSocketSlot: slots }],
    bounds: { ...plan.bounds, connections: slots + VUS },
  };
}

const encoder = new TextEncoder();
const UPGRADE = encoder.encode(
  "GET /room HTTP/1.1\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-protocol: chat.v2, x\r\n\r\n",
);

function bytesFor(name: Name): Uint8Array {
  switch (name) {
    case "open":
      return UPGRADE;
    case "say":
      return frame(OPCODE.text, encoder.encode("é".repeat(100)));
    case "ping":
      return frame(OPCODE.ping, encoder.encode("abc"));
    case "bye":
      return frame(OPCODE.close, Uint8Array.of(0x0f, 0xa1));
    default:
      return encoder.encode("GET / HTTP/1.1\r\n\r\n");
  }
}

function frame(opcode: number, payload: Uint8Array): Uint8Array {
  const into = new Uint8Array(frameBytes(payload.length));
  writeFrame(into, 0, opcode, true, 0x12345678, payload, 0, payload.length);
  return into;
}

/** Asks for one after the other on a slot, and tells all that happens, each with its tick. Texts: of what is rendered. */
class Driver {
  readonly told: string[] = [];
  readonly host: SimulatedHost;
  readonly network: ReturnType<SimulatedHost["openNetwork"]>;
  readonly bodies: Uint8Array[] = [];
  readonly heads: string[] = [];
  readonly #inFlight = new Map<number, { name: Name; since: Tick; looked: number }>();

  constructor(readonly plan: Plan, texts: readonly string[] = []) {
    this.host = SimulatedHost.ofPlan(plan, "load");
    const tell = (what: string) => void this.told.push(`${this.host.clock.now()} ${what}`);
    const kinds = new Map<number, string>(Object.entries(MESSAGE).map(([name, kind]) => [kind, name]));
    const completions: Completions = {
      dueTick: () => Infinity,
      connectionOpened: (slot, _dns, connect, tls) => tell(`opened ${slot} ${connect} ${tls}`),
      connectionSecured: (slot, protocol) => tell(`secured ${slot} ${protocol}`),
      connectionClosed: (slot, reason) => tell(`closed ${slot} ${reason}`),
      messageReceived: (slot, tick, kind, bytes) => {
        equal(tick, this.host.clock.now());
        tell(`${kinds.get(kind)} ${slot} ${bytes}`);
      },
      frameAnswered: (slot, _tick, kind, bytes) => tell(`answered ${kinds.get(kind)} ${slot} ${bytes}`),
      awaitedTexts: () => texts,
      isAwaited: (slot, payload, event) => this.#isAwaited(slot, payload, event, texts),
      responseEnded: (slot, firstByte, end, status, bytes, body, head) => {
        ok(this.#inFlight.delete(slot));
        equal(end, this.host.clock.now());
        if (body !== null) this.bodies.push(body.slice());
        if (head !== null) this.heads.push(new TextDecoder().decode(head));
        tell(`ended ${slot} ${firstByte} ${status} ${bytes}`);
      },
      requestFailed: (slot, error, firstByte, _end, bytes, cause) => {
        ok(this.#inFlight.delete(slot));
        tell(`failed ${slot} ${requestError(error).name} ${firstByte} ${bytes} ${cause}`.trimEnd());
      },
    };
    this.network = this.host.openNetwork(completions);
  }

  /** A slot that already has one in flight waits for it. */
  ask(slot: number, ...names: Name[]): this {
    for (const name of names) {
      while (this.#inFlight.has(slot)) this.#turn();
      const bytes = bytesFor(name);
      const { kind, stream } = this.plan.requests[NAMES.indexOf(name)];
      const request = NAMES.indexOf(name);
      if (kind !== "send") {
        this.#inFlight.set(slot, { name, since: this.host.clock.now(), looked: 0 });
      }
      const wish = {
        ...PLAIN_WISH,
        request,
        kind,
        stream: stream?.kind ?? null,
        keepBody: true,
        keepHead: true,
      };
      this.network.send(slot, bytes, kind === "receive" ? 0 : bytes.length, wish);
    }
    return this;
  }

  /** Until nothing is in flight, and for a while more. */
  rest(): string[] {
    while (this.#inFlight.size > 0) this.#turn();
    const end = this.host.clock.now() + TIMEOUT;
    while (this.host.clock.now() < end) this.network.poll(end);
    return this.told;
  }

  #turn(): void {
    for (const [slot, { since }] of this.#inFlight) {
      if (this.host.clock.now() < since + TIMEOUT) continue;
      this.#inFlight.delete(slot);
      const phase = this.network.cancel(slot);
      this.told.push(
        `${this.host.clock.now()} cancelled ${slot} ${phase}${this.network.isOpen(slot) ? " open" : ""}`,
      );
    }
    const timeouts = [...this.#inFlight.values()].map(({ since }) => since + TIMEOUT);
    if (timeouts.length > 0) this.network.poll(Math.min(...timeouts));
  }

  #isAwaited(slot: number, payload: Uint8Array, event: string, texts: readonly string[]): boolean {
    const it = this.#inFlight.get(slot);
    ok(it !== undefined, "only where something is waited for");
    const { stream, grpc } = this.plan.requests[NAMES.indexOf(it.name)];
    const view = new ResponseView();
    const decoded = grpc === null ? null : new ProtobufCodec(this.plan.messageTypes).decode(payload, 0);
    view.show(0, 0, null, decoded?.kind === "json" ? encoder.encode(JSON.stringify(decoded.json)) : payload);
    return new AwaitedMessage(stream ?? { kind: "webSocket", until: null, count: 0 })
      .isIt(++it.looked, event, view, () => texts);
  }
}

const fixed = (ticks: Tick) => ({ minTicks: ticks, maxTicks: ticks, quantiles: [] });
const SERVICE = { service: fixed(1_000), connect: fixed(100) };
const fault = (
  kind: SimulatedFault["kind"],
  name: Name,
  changes: Partial<SimulatedFault> = {},
): SimulatedFault => ({
  kind,
  request: NAMES.indexOf(name),
  fromTick: 0,
  toTick: 2 ** 53 - 1,
  ppm: 1_000_000,
  ticks: 500,
  status: 503,
  ...changes,
});

Deno.test("a WebSocket is opened, and answers what is done on it", () => {
  const driver = new Driver(planOf(SERVICE));
  driver.ask(VUS, "open", "say", "any", "ping", "three", "bye");
  deepEqual(driver.rest(), [
    "100 opened 4 100 0",
    `1100 ended 4 1100 101 ${driver.heads[0].length}`,
    "2100 text 4 9",
    "2100 ended 4 2100 0 9",
    "3100 pong 4 3",
    "3100 ended 4 3100 0 3",
    "4100 text 4 9",
    "5100 text 4 9",
    "6100 text 4 9",
    "6100 ended 4 6100 0 9",
    "7100 close 4 2",
    "7100 ended 4 7100 4001 2",
  ]);
  ok(driver.heads[0].includes("sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
  ok(driver.heads[0].includes("sec-websocket-protocol: chat.v2\r\n"));
});

Deno.test("the message comes that the session waits for, whatever it waits for", () => {
  const texts = ['a "text"', "é x"];
  const driver = new Driver(planOf(SERVICE), texts);
  driver.ask(VUS, "open", "welcome").rest();
  const [message] = driver.bodies;
  const { type, from, id } = JSON.parse(new TextDecoder().decode(message));
  deepEqual([type, from, /^[a-f]{4}$/.test(id)], ["welcome", texts[0], true]);
});

Deno.test("on a WebSocket that is no more, all that is asked for fails", () => {
  const driver = new Driver(planOf({ ...SERVICE, faults: [fault("status", "say")] }));
  driver.ask(VUS, "open", "say", "any", "any");
  const told = driver.rest();
  deepEqual(told.slice(2), [
    "2100 close 4 2",
    "2100 answered close 4 8",
    "2100 closed 4 2",
    "2100 failed 4 websocket.closed -1 0 1011 simulated: a fault",
    "2100 failed 4 websocket.closed -1 0 1011 simulated: a fault",
  ]);
  equal(driver.network.isOpen(VUS), false);
});

Deno.test("events come to the one that is waited for, to their number, or to the end", () => {
  const cases: [Name, string[]][] = [
    ["prices", [
      "1100 event 0 2",
      "2100 event 0 2",
      "3100 event 0 2",
      "4100 event 0 20",
      "4100 closed 0 0",
      "4100 ended 0 1100 200 70",
    ]],
    ["first", ["1100 event 0 2", "2100 event 0 9", "2100 closed 0 0", "2100 ended 0 1100 200 27"]],
    ["all", ["1100 event 0 2", "2100 event 0 2", "3100 event 0 9", "3100 ended 0 1100 200 37"]],
  ];
  for (const [name, told] of cases) {
    const driver = new Driver(planOf(SERVICE));
    deepEqual(driver.ask(0, name).rest().slice(1).map(withoutHead(driver)), told, name);
  }
});

/** Bytes of a response count its head, whose length is of no interest. */
function withoutHead({ heads }: Driver): (line: string) => string {
  return (line) =>
    line.replace(/(ended .* )(\d+)$/, (_, front, bytes) => `${front}${Number(bytes) - heads[0].length}`);
}

Deno.test("gRPC answers in messages of their type, with a status of its own", () => {
  const driver = new Driver(planOf(SERVICE, { protocol: "h2" }));
  driver.ask(0, "item", "watch", "missing");
  const told = driver.rest();
  const codec = new ProtobufCodec([ITEM]);
  const json = driver.bodies.map((body) => codec.decode(body, 0));
  const [item, last] = json.map((it) => it.kind === "json" ? it.json : it.words);
  deepEqual(item, { id: "1", name: "", price: 6, state: "FREE" });
  deepEqual(last, { id: "0", name: "last", price: 0, state: "SOLD" });
  deepEqual(told.filter((line) => !line.includes("grpc")).map((line) => line.replace(/ \d+$/, "")), [
    "100 opened 0 100",
    "1100 ended 0 1100 600",
    "5100 ended 0 2100 600",
    "6100 ended 0 6100 605",
  ]);
  equal(told.filter((line) => line.includes("grpc")).length, 1 + 4);
});

const SHARED: Partial<Target> = {
  scheme: "https",
  protocol: "h2",
  connections: { kind: "shared", size: 2 },
  streams: 2,
  slots: 4,
};

Deno.test("requests side by side share a connection of HTTP/2, which outlives any of them", () => {
  const driver = new Driver(
    planOf({ ...SERVICE, faults: [fault("drop", "first"), fault("half-close", "all")] }, SHARED),
  );
  driver.ask(1, "plain").ask(0, "first").ask(3, "all").ask(1, "plain");
  const told = driver.rest().map((line) => line.replace(/(ended .*|failed .*) \d+$/, "$1"));
  deepEqual(told, [
    "100 opened 1 50 50",
    "100 secured 1 2",
    "100 opened 3 50 50",
    "100 secured 3 2",
    "1100 ended 1 1100 200",
    "1100 event 3 2",
    "2100 ended 1 2100 200",
    "2100 failed 3 stream.reset 1100",
    "20000 cancelled 0 wait open",
  ]);
  driver.ask(1, "plain");
  equal(driver.rest().filter((line) => line.includes("opened")).length, 2);
});

Deno.test("a connection that is reset takes all that it carries with it, and one that is refused all that wait", () => {
  const reset = new Driver(planOf({ ...SERVICE, faults: [fault("reset", "first")] }, SHARED));
  deepEqual(reset.ask(1, "plain").ask(0, "first").rest().slice(2), [
    "1100 ended 1 1100 200 36",
    "1100 closed 0 3",
    "1100 failed 0 wait.reset -1 0 simulated: reset",
  ]);
  const both = new Driver(planOf({ ...SERVICE, faults: [fault("reset", "first")] }, SHARED));
  deepEqual(both.ask(0, "first").ask(1, "plain").rest().slice(2), [
    "1100 closed 0 3",
    "1100 failed 0 wait.reset -1 0 simulated: reset",
    "1100 failed 1 wait.reset -1 0 simulated: reset",
  ]);
  const refused = new Driver(planOf({ ...SERVICE, faults: [fault("refuse", "first")] }, SHARED));
  deepEqual(refused.ask(0, "first").ask(1, "plain").rest(), [
    "100 failed 0 connect.refused -1 0 simulated: a fault",
    "100 failed 1 connect.refused -1 0 simulated: a fault",
  ]);
});

Deno.test("each fault means something for everything that can be asked for", () => {
  const opened = (slot: number) => [`100 opened ${slot} 100 0`];
  const onWebSocket = ["100 opened 4 100 0", "1100 ended 4 1100 101"];
  const cases: [SimulatedFault["kind"], Name, string[]][] = [
    ["drop", "open", [...opened(4), "20000 cancelled 4 wait"]],
    ["status", "open", [...opened(4), "1100 ended 4 1100 503"]],
    ["half-close", "open", [...opened(4), "1100 closed 4 3", "1100 failed 4 receive.closed 1100"]],
    ["slow-body", "open", [...opened(4), "1600 ended 4 1100 101"]],
    ["drop", "any", [...onWebSocket, "21100 cancelled 4 wait open"]],
    ["delay", "any", [...onWebSocket, "2600 text 4 9", "2600 ended 4 2600 0"]],
    ["slow-body", "any", [...onWebSocket, "2600 text 4 9", "2600 ended 4 2600 0"]],
    ["reset", "any", [...onWebSocket, "2100 closed 4 3", "2100 failed 4 wait.reset -1 0 simulated: reset"]],
    ["half-close", "any", [...onWebSocket, "2100 closed 4 3", "2100 failed 4 receive.closed -1"]],
    ["status", "ping", [
      ...onWebSocket,
      "2100 close 4 2",
      "2100 answered close 4 8",
      "2100 closed 4 2",
      "2100 failed 4 websocket.closed -1 0 1011 simulated: a fault",
    ]],
    ["drop", "bye", [...onWebSocket, "21100 cancelled 4 wait"]],
    ["reset", "say", [...onWebSocket, "2100 closed 4 3"]],
    ["half-close", "say", [...onWebSocket, "2100 closed 4 3"]],
    ["drop", "say", onWebSocket],
    ["drop", "prices", [...opened(0), "20000 cancelled 0 wait"]],
    ["status", "prices", [...opened(0), "1100 ended 0 1100 503"]],
    ["reset", "prices", [...opened(0), "1100 closed 0 3", "1100 failed 0 wait.reset -1 0 simulated: reset"]],
    ["half-close", "prices", [
      ...opened(0),
      "1100 event 0 2",
      "2100 event 0 2",
      "3100 closed 0 3",
      "3100 failed 0 receive.closed 1100",
    ]],
    ["slow-body", "all", [
      ...opened(0),
      "1266 event 0 2",
      "2433 event 0 2",
      "3600 event 0 9",
      "3600 ended 0 1100 200",
    ]],
    ["status", "item", [...opened(0), "1100 ended 0 1100 614"]],
  ];
  for (const [kind, name, told] of cases) {
    const isOnWebSocket = ["say", "any", "ping", "bye"].includes(name);
    const driver = new Driver(planOf({ ...SERVICE, faults: [fault(kind, name)] }));
    driver.ask(isOnWebSocket || name === "open" ? VUS : 0, ...(isOnWebSocket ? ["open" as const] : []), name);
    const seen = driver.rest().map((line) => line.replace(/(ended .*|failed \d [a-z.]+ \S+) \d+$/, "$1"));
    deepEqual(seen, told, `${kind} ${name}`);
  }
});

Deno.test("a corrupt byte of a message is told as it came, and what is no UTF-8 costs the WebSocket", () => {
  const seen = new Set<string>();
  for (let seed = 1; seed <= 60; seed++) {
    const driver = new Driver({ ...planOf({ ...SERVICE, faults: [fault("corrupt", "any")] }), seed });
    const last = driver.ask(VUS, "open", "any").rest().at(-1) ?? "";
    const [, what, , error] = last.split(" ");
    seen.add(what === "failed" ? error : what);
    if (what === "ended") ok(new TextDecoder().decode(driver.bodies[0]) !== "simulated");
  }
  deepEqual([...seen].sort(), ["ended", "websocket.utf8"]);
});
