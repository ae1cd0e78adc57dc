/** What is done in messages, at random: WebSockets, server-sent events, gRPC. */
import type { Luck } from "./luck.ts";
import type { Table, Value } from "./scenario_data.ts";

/** What messages may speak of. */
export type Spoken = {
  /** Captured in front, in this flow: grows. */
  captured: string[];
  /** A text with variables. */
  text(): string;
  /** A variable that what is awaited may hold: captured, or of a table; null where there is none. */
  known(): string | null;
  /** Names of what waits on the WebSocket at hand: grows. */
  readonly waiting: string[];
  /** A name that no other step has. */
  newName(front: string): string;
};

/** What the methods below are of. */
export const PROTO = `
syntax = "proto3";
package shop;
service Catalogue {
  rpc Get(Wanted) returns (Item);
  rpc Watch(Wanted) returns (stream Item);
}
message Wanted { uint32 id = 1; string name = 2; repeated string words = 3; }
message Item {
  int64 id = 1;
  string name = 2;
  double price = 3;
  bool last = 4;
  repeated Wanted wanted = 5;
  map<string, int32> counts = 6;
  State state = 7;
  bytes raw = 8;
}
enum State { SOLD = 0; FREE = 1; }
`;

const THINKS = ["0s", "1us", "2ms", "1ms..9ms"];
const REPEATS: readonly Value[] = [2, 3, "0..2"];
const WITHIN = ["500us", "3ms", "40ms"];
const MATCHES: readonly Table[] = [
  {},
  {},
  { contains: "hello" },
  { matches: "^[a-c]{2}$" },
  { min_bytes: 20, max_bytes: 40 },
  { json: { "/type": "welcome", "/n": { min: 2 } } },
];

/** A step that opens a WebSocket, without its name. */
export function webSocket(luck: Luck, spoken: Spoken): Table {
  return {
    websocket: `/rooms/${spoken.text()}`,
    headers: luck.maybe(3, [{ "sec-websocket-protocol": "chat.v2, chat" }, { "x-one": spoken.text() }]),
    exchange: actions(luck, spoken, 4, 0),
  };
}

function actions(luck: Luck, spoken: Spoken, most: number, depth: number): Table[] {
  const list = luck.several(1, most, () => action(luck, spoken, depth));
  return depth === 0 && luck.oneIn(3) ? [...list, close(luck)] : list;
}

function action(luck: Luck, spoken: Spoken, depth: number): Table {
  const name = luck.maybe(3, [spoken.newName("x")]);
  switch (luck.below(depth < 2 ? 8 : 6)) {
    case 0:
    case 1:
      return { name, send: payload(luck, spoken) };
    case 2:
    case 3:
      if (name !== undefined) spoken.waiting.push(name);
      return { name, ...receive(luck, spoken) };
    case 4:
      if (name !== undefined) spoken.waiting.push(name);
      return { name, ping: luck.pick(["", "abc", "é"]), within: luck.maybe(2, WITHIN) };
    case 5:
      return { name, think: luck.pick(THINKS) };
    default:
      return { repeat: luck.pick(REPEATS), exchange: actions(luck, spoken, 3, depth + 1) };
  }
}

function close(luck: Luck): Table {
  return { close: luck.pick<Value>([1000, 4001, { code: 1000, reason: "bye é" }]) };
}

function payload(luck: Luck, spoken: Spoken): Value {
  return luck.pick<() => Value>([
    () => spoken.text(),
    () => ({ text: spoken.text() }),
    () => ({ json: { type: "say", text: spoken.text(), list: [1, true] } }),
    () => ({ base64: "AP8Kew==" }),
    () => ({ file: "body.bin" }),
    () => "é".repeat(200),
  ])();
}

function receive(luck: Luck, spoken: Spoken): Table {
  const match = matching(luck, spoken);
  const capture = luck.oneIn(4)
    ? captured(luck, spoken, "json" in match || !("contains" in match))
    : undefined;
  return { receive: match, within: luck.maybe(2, WITHIN), capture };
}

function matching(luck: Luck, spoken: Spoken): Table {
  const known = spoken.known();
  if (known === null || !luck.oneIn(3)) return luck.pick(MATCHES);
  return luck.pick<Table>([
    { contains: known },
    { equals: known },
    { json: { "/from": known } },
    { json: { "/a": { exists: true }, "/from": `x-${known}` }, contains: known },
  ]);
}

function captured(luck: Luck, spoken: Spoken, isJson: boolean): Table {
  const name = spoken.newName("c");
  spoken.captured = [...spoken.captured, name];
  return {
    [name]: isJson ? luck.pick<Table>([{ json: "/id" }, { json: "/id", optional: true }]) : { regex: "(h.)" },
  };
}

/** `events` of a request. */
export function events(luck: Luck, spoken: Spoken): Table {
  return stream(luck, spoken, luck.maybe(2, ["done", "message"]));
}

function stream(luck: Luck, spoken: Spoken, event: string | undefined): Table {
  const until = luck.oneIn(2) ? { ...matching(luck, spoken), event } : undefined;
  return { until, count: luck.maybe(2, [1, 2, 7]) };
}

/** A step that calls a method of gRPC, without its name. */
export function grpc(luck: Luck, spoken: Spoken): Table {
  const isStream = luck.oneIn(2);
  const until = luck.pick<Table>([
    { json: { "/last": true } },
    { json: { "/name": { matches: "^b+$" }, "/id": "7" } },
    { json: { "/state": "FREE" } },
  ]);
  return {
    grpc: isStream ? "shop.Catalogue/Watch" : "shop.Catalogue/Get",
    message: luck.maybe(2, [
      { id: 7, name: "x" },
      { id: "${random.int(1, 9)}", name: spoken.text(), words: ["a", spoken.text()] },
    ]),
    messages: isStream ? luck.maybe(2, [{ until }, { count: 2 }, { until, count: 9 }]) : undefined,
    expect: luck.maybe(2, [
      { grpc: "OK" },
      { grpc: ["OK", "NOT_FOUND"], json: { "/price": { min: 3 }, "/raw": { exists: true } } },
      { json: { "/wanted/0/name": { exists: true }, "/counts/a": { max: 9 } } },
      { grpc: "NOT_FOUND" },
    ]),
  };
}
