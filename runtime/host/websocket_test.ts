/** WebSockets by the transports `socket` and `epoll`, against a server that writes bytes: both tell the same. */
import { deepEqual, equal, match } from "node:assert/strict";
import { setImmediate } from "node:timers";
import { DrivenNetwork, FIRST_WEBSOCKET_SLOT as SLOT, type Told } from "../../tests/driven_network.ts";
import { Peer } from "../../tests/raw_peer.ts";
import { MESSAGE } from "../ledger/record.ts";
import { frameBytes, writeFrame } from "../protocol/websocket_frame.ts";
import { acceptOf } from "../protocol/websocket_handshake.ts";
import { epollTransport } from "./epoll.ts";
import { socketTransport } from "./socket.ts";

const TRANSPORTS = [socketTransport, epollTransport].filter(({ problem }) => (problem?.() ?? null) === null);
const KEY = "dGhlIHNhbXBsZSBub25jZQ==";
const UPGRADE = `GET /ws HTTP/1.1\r\nhost: a\r\nupgrade: websocket\r\nconnection: upgrade\r\n` +
  `sec-websocket-version: 13\r\nsec-websocket-key: ${KEY}\r\n\r\n`;
const SWITCHED = `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n` +
  `sec-websocket-accept: ${acceptOf(KEY)}\r\n\r\n`;

const opened: Told = { kind: "opened", slot: SLOT };
const switched: Told = { kind: "response", slot: SLOT, status: 101, bytes: SWITCHED.length, body: null };
const ended = (status: number, body: string | null, bytes = body?.length ?? 0): Told => (
  { kind: "response", slot: SLOT, status, bytes, body }
);
const came = (name: keyof typeof MESSAGE, bytes: number): Told => (
  { kind: "message", slot: SLOT, message: MESSAGE[name], bytes }
);
const replied = (name: keyof typeof MESSAGE, bytes: number): Told => (
  { kind: "answered", slot: SLOT, message: MESSAGE[name], bytes }
);
const closed = (reason: string): Told => ({ kind: "closed", slot: SLOT, reason });
const failed = (error: string, bytes = 0): Told => ({ kind: "failed", slot: SLOT, error, bytes });

/** A frame as servers send it. */
function frame(name: keyof typeof MESSAGE, payload: string | number[] = ""): string {
  const bytes = typeof payload === "string" ? [...payload].map((it) => it.charCodeAt(0)) : payload;
  return String.fromCharCode(0x80 | MESSAGE[name], bytes.length, ...bytes);
}

/** A frame as the engine renders it. */
function masked(name: keyof typeof MESSAGE, payload: string): Uint8Array {
  const bytes = new TextEncoder().encode(payload);
  const into = new Uint8Array(frameBytes(bytes.length));
  writeFrame(into, 0, MESSAGE[name], true, 0x01020304, bytes, 0, bytes.length);
  return into;
}

/** What a short masked frame says, and which kind it is. */
async function readFrame(peer: Peer): Promise<[opcode: number, payload: number[]]> {
  const [first, second, ...key] = await peer.read(6);
  const payload = await peer.read(second & 127);
  return [first & 15, [...payload].map((octet, at) => octet ^ key[at % 4])];
}

type Meeting = Readonly<{ network: DrivenNetwork; accept(): Promise<Peer> }>;

function bothTell(name: string, meet: (meeting: Meeting) => Promise<void>): void {
  for (const transport of TRANSPORTS) {
    Deno.test({
      name: `${transport.name}: ${name}`,
      // The pacer's timer, and the C library that stays open.
      sanitizeOps: false,
      sanitizeResources: false,
      fn: async () => {
        using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
        const network = new DrivenNetwork(transport, { port: listener.addr.port });
        const peers: Peer[] = [];
        const accept = async () => {
          peers.push(new Peer(await listener.accept(), UPGRADE.length));
          return peers[peers.length - 1];
        };
        try {
          await meet({ network, accept });
        } finally {
          network.close(SLOT);
          for (const peer of peers) peer.close();
        }
      },
    });
  }
}

/** Asks for a WebSocket, and has the request read. */
async function asked({ network, accept }: Meeting, keepMessages = true): Promise<Peer> {
  network.send(SLOT, UPGRADE, { kind: "webSocket", keepBody: false, keepMessages });
  const accepted = accept();
  await network.during(accepted);
  const peer = await accepted;
  await network.during(peer.read());
  return peer;
}

async function open(meeting: Meeting, keepMessages = true): Promise<Peer> {
  const peer = await asked(meeting, keepMessages);
  const before = meeting.network.told.length;
  await peer.write(SWITCHED);
  deepEqual((await meeting.network.until(before + 1)).slice(before), [switched]);
  return peer;
}

const latin1 = (bytes: Uint8Array) => String.fromCharCode(...bytes);

bothTell("a message goes there, and what is awaited comes back", async (meeting) => {
  const { network } = meeting;
  const peer = await open(meeting);
  network.send(SLOT, masked("text", "hello"), { kind: "send" });
  const read = readFrame(peer);
  await network.during(read);
  deepEqual(await read, [MESSAGE.text, [..."hello"].map((it) => it.charCodeAt(0))]);
  network.awaits = (_slot, payload) => latin1(payload) === "two";
  network.send(SLOT, "", { kind: "receive" });
  await peer.write(frame("text", "one") + frame("binary", "two") + frame("text", "three"));
  const told = [opened, switched, came("text", 3), came("binary", 3), ended(0, "two"), came("text", 5)];
  deepEqual(await network.until(6), told);
  network.awaits = () => true;
  network.send(SLOT, "", { kind: "receive" });
  equal(network.told.length, 6, "nothing is told from inside send");
  deepEqual((await network.until(7)).slice(6), [ended(0, "three")]);
});

bothTell(
  "what comes right behind the answer is kept, in its order, until it is asked for",
  async (meeting) => {
    const { network } = meeting;
    const peer = await asked(meeting);
    await peer.write(SWITCHED + frame("text", "a") + frame("text", "b") + frame("text", "c"));
    await network.until(5);
    const offered: string[] = [];
    network.awaits = (_slot, payload) => offered.push(latin1(payload)) === 2;
    network.send(SLOT, "", { kind: "receive" });
    const told = [opened, switched, came("text", 1), came("text", 1), came("text", 1), ended(0, "b")];
    deepEqual(await network.until(6), told);
    network.awaits = (_slot, payload) => offered.push(latin1(payload)) === 4;
    network.send(SLOT, "", { kind: "receive" });
    await network.during();
    await peer.write(frame("text", "d"));
    deepEqual((await network.until(8)).slice(6), [came("text", 1), ended(0, "d")]);
    deepEqual(offered, ["a", "b", "c", "d"]);
  },
);

bothTell("what was kept comes before what comes now", async (meeting) => {
  const { network } = meeting;
  const peer = await open(meeting);
  await peer.write(frame("text", "first"));
  await network.until(3);
  network.send(SLOT, "", { kind: "receive" });
  await peer.write(frame("text", "second"));
  // Without a poll, what the event loop brings comes all the same.
  for (let turn = 0; turn < 50; turn++) await new Promise((next) => setImmediate(next));
  await network.until(4);
  network.send(SLOT, "", { kind: "receive" });
  await network.until(6);
  const bodies = network.told.flatMap((it) => it.kind === "response" && it.status === 0 ? [it.body] : []);
  deepEqual(bodies, ["first", "second"]);
});

bothTell("where nothing is ever asked for, messages are only counted", async (meeting) => {
  const { network } = meeting;
  const peer = await open(meeting, false);
  await peer.write(frame("text", "abc"));
  deepEqual((await network.until(3)).slice(2), [came("text", 3)]);
});

bothTell(
  "what is sent faster than it is read arrives as it was, though its bytes are used again",
  async (meeting) => {
    const { network } = meeting;
    const peer = await open(meeting);
    const bytes = new Uint8Array(1 << 20);
    for (let n = 0; n < 12; n++) {
      network.send(SLOT, bytes.fill(n + 1), { kind: "send" });
      if (n % 5 === 4) await network.turn();
    }
    bytes.fill(0);
    for (let n = 0; n < 12; n++) {
      const read = peer.read(bytes.length);
      await network.during(read);
      equal((await read).every((octet) => octet === n + 1), true, `message ${n}`);
    }
    deepEqual(network.told, [opened, switched]);
  },
);

bothTell("a ping waits for its own pong; the target's are answered at once", async (meeting) => {
  const { network } = meeting;
  const peer = await open(meeting);
  network.send(SLOT, masked("ping", "mine"), { kind: "ping" });
  const read = readFrame(peer);
  await network.during(read);
  deepEqual(await read, [MESSAGE.ping, [..."mine"].map((it) => it.charCodeAt(0))]);
  await peer.write(frame("pong", "other") + frame("text", "kept") + frame("pong", "mine"));
  const pongs = [came("pong", 5), came("text", 4), came("pong", 4), ended(0, "")];
  deepEqual((await network.until(6)).slice(2), pongs);
  await peer.write(frame("ping", [1, 2, 3]));
  const answer = readFrame(peer);
  await network.during(answer);
  deepEqual(await answer, [MESSAGE.pong, [1, 2, 3]]);
  deepEqual(network.told.slice(6), [came("ping", 3), replied("pong", 9)]);
  network.send(SLOT, "", { kind: "receive" });
  deepEqual((await network.until(9)).slice(8), [ended(0, "kept")]);
});

for (
  const [payload, status] of [[[0x03, 0xe8, 0x6f, 0x6b], 1000], [[], 1005]] as [number[], number][]
) {
  bothTell(`a close is answered with ${status}`, async (meeting) => {
    const { network } = meeting;
    const peer = await open(meeting);
    network.send(SLOT, masked("close", "\x03"), { kind: "close" });
    const read = readFrame(peer);
    await network.during(read);
    equal((await read)[0], MESSAGE.close);
    await peer.write(frame("text", "late") + frame("close", payload));
    const told = [came("text", 4), came("close", payload.length), ended(status, null, payload.length)];
    deepEqual((await network.until(5)).slice(2), told);
    network.close(SLOT);
    equal(network.isOpen(SLOT), false);
    const isEnded = peer.isEnded();
    await network.during(isEnded);
    equal(await isEnded, true);
    equal(network.told.length, 5);
  });
}

const GOING_AWAY = [0x03, 0xe9, ...[..."bye"].map((it) => it.charCodeAt(0))];

bothTell("the target closes while a message is awaited", async (meeting) => {
  const { network } = meeting;
  const peer = await open(meeting);
  network.send(SLOT, "", { kind: "receive" });
  await peer.write(frame("close", GOING_AWAY));
  const told = [came("close", 5), replied("close", 8), closed("byTarget"), failed("websocket.closed")];
  deepEqual((await network.until(6)).slice(2), told);
  equal(network.cause, "1001 bye");
  const answer = readFrame(peer);
  await network.during(answer);
  deepEqual(await answer, [MESSAGE.close, GOING_AWAY.slice(0, 2)]);
  equal(network.isOpen(SLOT), false);
});

bothTell("the target closes while nothing is: what came before can still be received", async (meeting) => {
  const { network } = meeting;
  const peer = await open(meeting);
  await peer.write(frame("text", "last") + frame("close"));
  const told = [came("text", 4), came("close", 0), replied("close", 6), closed("byTarget")];
  deepEqual((await network.until(6)).slice(2), told);
  network.send(SLOT, "", { kind: "receive" });
  deepEqual((await network.until(7)).slice(6), [ended(0, "last")]);
  network.send(SLOT, "", { kind: "receive" });
  equal(network.told.length, 7, "nothing is told from inside send");
  deepEqual((await network.until(8)).slice(7), [failed("websocket.closed")]);
  equal(network.cause, "1005");
  network.send(SLOT, masked("ping", ""), { kind: "ping" });
  deepEqual((await network.until(9)).slice(8), [failed("websocket.closed")]);
  // The next one is another.
  await open(meeting);
});

bothTell("the connection ends without a close", async (meeting) => {
  const { network } = meeting;
  const peer = await open(meeting);
  network.send(SLOT, masked("ping", ""), { kind: "ping" });
  const read = readFrame(peer);
  await network.during(read);
  peer.close();
  deepEqual((await network.until(4)).slice(2), [closed("afterError"), failed("websocket.closed")]);
  equal(network.cause, "1006 the connection ended without a close frame");
});

for (
  const [what, bytes, error, code] of [
    ["a masked frame", "\x81\x81\0\0\0\0a", "websocket.frame", 1002],
    ["no UTF-8", "\x81\x01\xff", "websocket.utf8", 1007],
    ["17 MiB", "\x82\x7f\0\0\0\0\x01\x10\0\0", "too-large.message", 1009],
  ] as const
) {
  bothTell(`${what} ends it, and the target is told why`, async (meeting) => {
    const { network } = meeting;
    const peer = await open(meeting);
    network.send(SLOT, "", { kind: "receive" });
    await peer.write(bytes);
    deepEqual((await network.until(5)).slice(2), [replied("close", 8), closed("afterError"), failed(error)]);
    const answer = readFrame(peer);
    await network.during(answer);
    deepEqual(await answer, [MESSAGE.close, [code >> 8, code & 255]]);
  });
}

bothTell("a receive that is given up leaves it open, a close does not", async (meeting) => {
  const { network } = meeting;
  const peer = await open(meeting);
  network.send(SLOT, "", { kind: "receive" });
  equal(network.cancel(SLOT), "wait");
  equal(network.isOpen(SLOT), true);
  await peer.write(frame("text", "late"));
  await network.until(3);
  network.send(SLOT, "", { kind: "receive" });
  deepEqual((await network.until(4)).slice(2), [came("text", 4), ended(0, "late")]);
  network.send(SLOT, masked("close", "\x03"), { kind: "close" });
  await network.during();
  equal(network.cancel(SLOT), "wait");
  equal(network.isOpen(SLOT), false);
});

bothTell("an upgrade that is given up closes its connection", async (meeting) => {
  await asked(meeting);
  equal(meeting.network.cancel(SLOT), "wait");
  equal(meeting.network.isOpen(SLOT), false);
  deepEqual(meeting.network.told, [opened]);
});

bothTell("what does not open a WebSocket", async (meeting) => {
  const { network } = meeting;
  const notFound = "HTTP/1.1 404 Not Found\r\ncontent-length: 2\r\n\r\nno";
  const cases: [string, Told[], RegExp][] = [
    [notFound, [ended(404, null, notFound.length)], /^$/],
    [
      SWITCHED.replace("accept: ", "accept: x"),
      [closed("afterError"), failed("websocket.refused", SWITCHED.length + 1)],
      /sec-websocket-accept/,
    ],
    ["", [closed("afterError"), failed("wait.closed")], /^$/],
    ["HTTP/1.1 101", [closed("afterError"), failed("receive.closed", 12)], /^$/],
  ];
  for (const [answer, wanted, words] of cases) {
    const before = network.told.length;
    network.cause = "";
    const peer = await asked(meeting);
    await peer.write(answer);
    if (wanted.length === 2) peer.close();
    deepEqual((await network.until(before + 1 + wanted.length)).slice(before), [opened, ...wanted]);
    match(network.cause, words);
    network.close(SLOT);
  }
});

bothTell("however the bytes are split, the same is told", async (meeting) => {
  const { network } = meeting;
  const wire = SWITCHED + frame("text", "one") + frame("ping", "p") + frame("binary", [0, 255]) +
    "\x01\x01a\x80\x01b" + frame("pong") + frame("close", GOING_AWAY);
  let wanted: readonly Told[] = [];
  for (let cut = wire.length; cut > 0; cut--) {
    const before = network.told.length;
    const peer = await asked(meeting);
    await peer.write(wire.slice(0, cut));
    for (let turn = 0; turn < 3 && cut < wire.length; turn++) await network.turn();
    await peer.write(wire.slice(cut)).catch(() => {});
    while (!network.told.slice(before).some(({ kind }) => kind === "closed")) await network.turn();
    const told = network.told.slice(before);
    if (cut === wire.length) wanted = told;
    else deepEqual(told, wanted, `cut at ${cut}`);
  }
  deepEqual(wanted.slice(1), [
    switched,
    ...[came("text", 3), came("ping", 1), replied("pong", 7), came("binary", 2), came("text", 2)],
    ...[came("pong", 0), came("close", 5), replied("close", 8), closed("byTarget")],
  ]);
});
