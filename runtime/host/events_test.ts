/** Server-sent events over HTTP/1.1 by the transports `socket` and `epoll`: both tell the same. */
import { deepEqual, equal, match } from "node:assert/strict";
import { DrivenNetwork, type Told } from "../../tests/driven_network.ts";
import { Peer } from "../../tests/raw_peer.ts";
import { MESSAGE } from "../ledger/record.ts";
import { epollTransport } from "./epoll.ts";
import { socketTransport } from "./socket.ts";

const TRANSPORTS = [socketTransport, epollTransport].filter(({ problem }) => (problem?.() ?? null) === null);
const GET = "GET /events HTTP/1.1\r\nhost: a\r\n\r\n";
const HEAD = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\n";
const EVENTS =
  "data: 1\n\nevent: price\ndata: 22\ndata: 3\n\n: nothing\n\nevent: done\ndata: {}\n\n: behind it\n\n";

const opened: Told = { kind: "opened", slot: 0 };
const event = (bytes: number): Told => ({ kind: "message", slot: 0, message: MESSAGE.event, bytes });
const closed = (reason: string): Told => ({ kind: "closed", slot: 0, reason });
const ended = (body: string | null, bytes: number, status = 200): Told => (
  { kind: "response", slot: 0, status, bytes, body }
);

/** In chunks that have nothing to do with the events. */
function chunked(text: string): string {
  const chunks = text.match(/[^]{1,7}/g) ?? [];
  return chunks.map((it) => `${it.length.toString(16)}\r\n${it}\r\n`).join("") + "0\r\n\r\n";
}

const WIRES = {
  chunked: `${HEAD}transfer-encoding: chunked\r\n\r\n${chunked(EVENTS)}`,
  length: `${HEAD}content-length: ${EVENTS.length}\r\n\r\n${EVENTS}`,
  untilClose: `${HEAD}\r\n${EVENTS}`,
};

type Meeting = Readonly<{ network: DrivenNetwork; listener: Deno.Listener }>;

/** Sends a request, and what the server answers in so many pieces as it has; what is told of it. */
async function told(
  { network, listener }: Meeting,
  pieces: readonly string[],
  closes: boolean,
): Promise<Told[]> {
  const before = network.told.length;
  network.send(0, GET, { stream: "events" });
  const accepted = listener.accept();
  await turning(network, accepted);
  const peer = new Peer(await accepted, GET.length);
  await turning(network, peer.read());
  for (const piece of pieces) {
    await peer.write(piece).catch(() => {});
    for (let turn = 0; turn < 3; turn++) await network.turn();
  }
  if (closes) peer.close();
  const isEnd = ({ kind }: Told) => kind === "response" || kind === "failed";
  while (!network.told.slice(before).some(isEnd)) await network.turn();
  peer.close();
  network.close(0);
  return network.told.slice(before);
}

async function turning(network: DrivenNetwork, what: Promise<unknown>): Promise<void> {
  let isOver = false;
  what.finally(() => isOver = true).catch(() => {});
  while (!isOver) await network.turn();
}

function bothTell(name: string, meet: (meeting: Meeting) => Promise<void>): void {
  for (const transport of TRANSPORTS) {
    Deno.test({
      name: `${transport.name}: ${name}`,
      // The pacer's timer, and the C library that stays open.
      sanitizeOps: false,
      sanitizeResources: false,
      fn: async () => {
        using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
        await meet({ network: new DrivenNetwork(transport, { port: listener.addr.port }), listener });
      },
    });
  }
}

bothTell(
  "events are told one by one, to the end of the response, however they are split",
  async (meeting) => {
    const { network } = meeting;
    network.awaits = () => false;
    const events = [event(1), event(4), event(2)];
    for (const [framing, wire] of Object.entries(WIRES)) {
      const lost = framing === "untilClose" ? [closed("announced")] : [];
      for (let cut = 1; cut < wire.length; cut += framing === "chunked" ? 1 : 3) {
        const found = await told(meeting, [wire.slice(0, cut), wire.slice(cut)], framing === "untilClose");
        deepEqual(found, [opened, ...events, ...lost, ended("{}", wire.length)], `${framing} ${cut}`);
      }
    }
  },
);

bothTell("the awaited event ends the request, and its connection with it", async (meeting) => {
  const asked: [string, string][] = [];
  meeting.network.awaits = (_slot, payload, name) => {
    asked.push([name, new TextDecoder().decode(payload)]);
    return name === "price";
  };
  const wire = WIRES.length;
  const found = await told(meeting, [wire], false);
  deepEqual(found, [opened, event(1), event(4), closed("asPlanned"), ended("22\n3", wire.length)]);
  deepEqual(asked, [["message", "1"], ["price", "22\n3"]]);
  equal(meeting.network.isOpen(0), false);
});

bothTell("a stream may be longer than a body that is held", async (meeting) => {
  const bytes = 17 << 20;
  for (
    const framing of [
      `content-length: ${bytes}\r\n\r\n`,
      `transfer-encoding: chunked\r\n\r\n${bytes.toString(16)}\r\n`,
    ]
  ) {
    const wire = `${HEAD}${framing}data: 1\n\n`;
    const found = await told(meeting, [wire], false);
    deepEqual(found, [opened, event(1), closed("asPlanned"), ended("1", wire.length)]);
  }
});

bothTell("what is no stream of events", async (meeting) => {
  const failed = (error: string, bytes: number): Told => ({ kind: "failed", slot: 0, error, bytes });
  const json = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}";
  deepEqual(await told(meeting, [json], false), [
    ...[opened, closed("afterError"), failed("protocol.event-stream", json.length)],
  ]);
  match(meeting.network.cause, /content-type is application\/json/);
  const busy = "HTTP/1.1 503 Busy\r\ncontent-type: text/event-stream\r\ncontent-length: 9\r\n\r\ndata: 1\n\n";
  deepEqual(await told(meeting, [busy], false), [opened, ended(null, busy.length, 503)]);
  meeting.network.awaits = () => false;
  const cut = WIRES.length.slice(0, -30);
  deepEqual(await told(meeting, [cut], true), [
    ...[opened, event(1), event(4), closed("afterError"), failed("receive.closed", cut.length)],
  ]);
});
