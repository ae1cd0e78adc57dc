/** The transports `socket` and `epoll` against servers that do one thing each: they tell the same, word for word. */
import { deepEqual, equal, match } from "node:assert/strict";
import { DrivenNetwork, type Told } from "../../tests/driven_network.ts";
import { CASES, type ResponseCase } from "../../tests/http1/response_cases.ts";
import { Peer } from "../../tests/raw_peer.ts";
import { ResettingServer } from "../../tests/resetting_server.ts";
import type { Target } from "../plan.ts";
import { epollTransport } from "./epoll.ts";
import { socketTransport } from "./socket.ts";

const TRANSPORTS = [socketTransport, epollTransport].filter(({ problem }) => (problem?.() ?? null) === null);
const GET = "GET / HTTP/1.1\r\nhost: a\r\n\r\n";
const OK = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello";
const OK_BYTES = OK.length;

const opened: Told = { kind: "opened", slot: 0 };
const closed = (reason: string): Told => ({ kind: "closed", slot: 0, reason });
const failed = (error: string, bytes = 0): Told => ({ kind: "failed", slot: 0, error, bytes });
const answered = (body = "hello", bytes = OK_BYTES): Told => ({
  kind: "response",
  slot: 0,
  status: 200,
  bytes,
  body,
});

function hasV6(): boolean {
  try {
    Deno.listen({ hostname: "::1", port: 0 }).close();
    return true;
  } catch {
    console.log("tests over IPv6 are skipped: this machine has no ::1");
    return false;
  }
}

type Meeting = Readonly<{ network: DrivenNetwork; accept(): Promise<Peer> }>;

function bothTell(
  name: string,
  meet: (meeting: Meeting) => Promise<void>,
  hostname = "127.0.0.1",
  host = hostname,
): void {
  for (const transport of TRANSPORTS) {
    Deno.test({
      name: `${transport.name}: ${name}`,
      // The pacer's timer, and the C library that stays open.
      sanitizeOps: false,
      sanitizeResources: false,
      fn: async () => {
        using listener = Deno.listen({ hostname, port: 0 });
        const target: Partial<Target> = { host, port: listener.addr.port };
        const network = new DrivenNetwork(transport, target);
        const peers: Peer[] = [];
        try {
          await meet({
            network,
            async accept() {
              const peer = new Peer(await listener.accept(), GET.length);
              peers.push(peer);
              return peer;
            },
          });
        } finally {
          network.close(0);
          for (const peer of peers) peer.close();
        }
      },
    });
  }
}

/** Sends a request and reads it at the other end. */
async function sent({ network, accept }: Meeting): Promise<Peer> {
  network.send(0, GET);
  const peer = await opening(network, accept());
  await network.during(peer.read());
  return peer;
}

async function opening<T>(network: DrivenNetwork, what: Promise<T>): Promise<T> {
  await network.during(what);
  return await what;
}

for (const host of ["127.0.0.1", "::1", "localhost"].filter((it) => it !== "::1" || hasV6())) {
  const hostname = host === "localhost" ? "127.0.0.1" : host;
  bothTell(
    `a connection carries one request behind another, to ${host}`,
    async (meeting) => {
      const peer = await sent(meeting);
      await peer.write(OK);
      deepEqual(await meeting.network.until(2), [opened, answered()]);
      meeting.network.send(0, GET);
      await opening(meeting.network, peer.read());
      await peer.write(OK);
      deepEqual(await meeting.network.until(3), [opened, answered(), answered()]);
    },
    hostname,
    host,
  );
}

bothTell(
  "a name that does not resolve",
  async ({ network }) => {
    network.send(0, GET);
    deepEqual(await network.until(1), [failed("dns.failed")]);
    match(network.cause, /no-such-host\.invalid|ENOTFOUND|EAI_AGAIN/);
  },
  "127.0.0.1",
  "no-such-host.invalid",
);

bothTell(
  "a name whose request is cancelled before it is resolved",
  async ({ network }) => {
    network.send(0, GET);
    equal(network.cancel(0), "dns");
    await network.during();
    deepEqual(network.told, []);
  },
  "127.0.0.1",
  "localhost",
);

// TCP knows no broadcast: the kernel says so at once, and sends nothing.
bothTell(
  "no way leads there, and nothing is told of what was cancelled",
  async ({ network }) => {
    network.send(0, GET);
    equal(network.cancel(0), "connect");
    network.send(0, GET);
    await network.until(1);
    await network.during();
    deepEqual(network.told, [failed("connect.unreachable")]);
    equal(network.cause, "Network is unreachable (os error 101)");
  },
  "127.0.0.1",
  "255.255.255.255",
);

bothTell("one response ends a request whose own response has come as well", async (meeting) => {
  const { network, accept } = meeting;
  const peers: Peer[] = [];
  for (const slot of [0, 1]) {
    network.send(slot, GET);
    const peer = await opening(network, accept());
    await network.during(peer.read());
    peers.push(peer);
  }
  const ended: number[] = [];
  network.whenAnswered = (slot) => {
    ended.push(slot);
    network.cancel(1 - slot);
  };
  // Not one of them is delivered before both have come.
  for (const peer of peers) await peer.write(OK);
  await network.during();
  equal(ended.length, 1);
  deepEqual(network.told.slice(2).map(({ kind, slot }) => [kind, slot]), [["response", ended[0]]]);
});

bothTell("closed before it answers", async (meeting) => {
  (await sent(meeting)).close();
  deepEqual(await meeting.network.until(3), [opened, closed("afterError"), failed("wait.closed")]);
});

bothTell("closed in the middle of the response", async (meeting) => {
  const peer = await sent(meeting);
  await peer.write(OK.slice(0, -2));
  peer.close();
  const wanted = [opened, closed("afterError"), failed("receive.closed", OK_BYTES - 2)];
  deepEqual(await meeting.network.until(3), wanted);
});

bothTell("closed while idle, and opened again", async (meeting) => {
  const peer = await sent(meeting);
  await peer.write(OK);
  await meeting.network.until(2);
  peer.close();
  deepEqual(await meeting.network.until(3), [opened, answered(), closed("byTarget")]);
  await (await sent(meeting)).write(OK);
  deepEqual((await meeting.network.until(5)).slice(3), [opened, answered()]);
});

bothTell("bytes that nobody asked for", async (meeting) => {
  const peer = await sent(meeting);
  await peer.write(OK);
  await meeting.network.until(2);
  await peer.write("HTTP");
  deepEqual(await meeting.network.until(3), [opened, answered(), closed("afterError")]);
});

bothTell("an answer before the request is whole", async (meeting) => {
  meeting.network.send(0, new Uint8Array(32 << 20));
  const peer = await opening(meeting.network, meeting.accept());
  await meeting.network.during(peer.read(1));
  await peer.write(OK);
  deepEqual(await meeting.network.until(3), [opened, closed("afterError"), answered()]);
});

bothTell("a request larger than all buffers, read slowly, arrives as it was", async (meeting) => {
  const { network, accept } = meeting;
  const request = Uint8Array.from({ length: 8 << 20 }, (_, at) => (at * 31 + (at >> 12)) & 255);
  network.send(0, request);
  const peer = await opening(network, accept());
  await network.during();
  const parts: Uint8Array[] = [];
  for (let have = 0; have < request.length; have += 1 << 20) {
    parts.push(await opening(network, peer.read(1 << 20)));
  }
  equal(parts.every((part, n) => part.every((byte, at) => byte === request[(n << 20) + at])), true);
  await peer.write(OK);
  deepEqual(await network.until(2), [opened, answered()]);
});

bothTell("what was cancelled while it was written", async (meeting) => {
  meeting.network.send(0, new Uint8Array(32 << 20));
  const peer = await opening(meeting.network, meeting.accept());
  await meeting.network.during(peer.read(1));
  equal(meeting.network.cancel(0), "write");
  await (await sent(meeting)).write(OK);
  deepEqual(await meeting.network.until(3), [opened, opened, answered()]);
});

bothTell("phases of what is cancelled, and nothing more is told of it", async (meeting) => {
  const { network } = meeting;
  const peer = await sent(meeting);
  equal(network.cancel(0), "wait");
  await peer.write(OK).catch(() => {});
  await network.during();
  const other = await sent(meeting);
  await other.write(OK.slice(0, 20));
  await network.during();
  equal(network.cancel(0), "receive");
  network.send(0, GET);
  equal(network.cancel(0), "connect");
  await network.during();
  deepEqual(network.told, [opened, opened]);
});

bothTell("a large response, however it is split", async (meeting) => {
  const { network } = meeting;
  const peer = await sent(meeting);
  let count = 2;
  // Around the size of the buffer, which a read can fill exactly.
  for (const size of [65_536 - 45, 65_536 - 44, 65_536 - 43, 65_536, 131_072 - 45, 300_000]) {
    const body = "0123456789".repeat(size / 10 + 1).slice(0, size);
    const wire = `HTTP/1.1 200 OK\r\ncontent-length: ${size}\r\n\r\n${body}`;
    if (count > 2) {
      network.send(0, GET);
      await opening(network, peer.read());
    }
    const cuts = [1, 7, 4_096, 65_536, 65_537, 200_000, wire.length];
    const pieces = cuts.map((cut, n) => wire.slice(n === 0 ? 0 : cuts[n - 1], cut));
    for (const piece of size === 300_000 ? pieces : [wire]) {
      await opening(network, peer.write(piece));
    }
    deepEqual((await network.until(count)).at(-1), answered(body, wire.length), `${size} bytes`);
    count++;
  }
  equal(network.told.length, 7);
});

for (const transport of TRANSPORTS) {
  Deno.test({
    name: `${transport.name}: nothing listens`,
    sanitizeOps: false,
    sanitizeResources: false,
    fn: async () => {
      const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
      const { port } = listener.addr;
      listener.close();
      const network = new DrivenNetwork(transport, { port });
      network.send(0, GET);
      deepEqual(await network.until(1), [failed("connect.refused")]);
      equal(network.cause, "Connection refused (os error 111)");
    },
  });
}

for (const transport of TRANSPORTS) {
  Deno.test({
    name: `${transport.name}: reset while idle, noticed by the next request, and forgotten by the one behind`,
    ignore: Deno.build.os !== "linux",
    sanitizeOps: false,
    sanitizeResources: false,
    fn: async () => {
      using server = new ResettingServer();
      const network = new DrivenNetwork(transport, { port: server.port });
      network.send(0, GET);
      await network.until(1);
      const reset = server.meet(OK);
      await network.until(2);
      reset();
      network.send(0, GET);
      deepEqual((await network.until(4)).slice(2), [closed("afterError"), failed("write.reset")]);
      network.send(0, GET);
      await network.until(5);
      const again = server.meet("");
      await network.during();
      again();
      deepEqual((await network.until(7)).slice(4), [opened, closed("afterError"), failed("wait.reset")]);
    },
  });

  for (
    const [when, text, error] of [
      ["before it answers", "", "wait.reset"],
      ["in the middle of the response", OK.slice(0, -2), "receive.reset"],
    ]
  ) {
    Deno.test({
      name: `${transport.name}: reset ${when}`,
      ignore: Deno.build.os !== "linux",
      sanitizeOps: false,
      sanitizeResources: false,
      fn: async () => {
        using server = new ResettingServer();
        const network = new DrivenNetwork(transport, { port: server.port });
        network.send(0, GET);
        await network.until(1);
        const reset = server.meet(text);
        await network.during();
        reset();
        deepEqual(await network.until(3), [opened, closed("afterError"), failed(error, text.length)]);
        equal(network.cause, "Connection reset by peer (os error 104)");
      },
    });
  }
}

/** What a case's wire comes to on a real connection. */
async function toldOf({ wire, head, closes, expect }: ResponseCase, meeting: Meeting): Promise<Told[]> {
  const { network } = meeting;
  network.send(0, head ? GET.replace("GET", "HEAD") : GET, { head });
  const peer = await opening(network, meeting.accept());
  await network.during(peer.read(head ? GET.length + 1 : GET.length));
  await network.during(peer.write(wire));
  if (closes) peer.close();
  if (expect === "more") await network.during();
  else {
    const before = network.told.length;
    for (let count = before;; count++) {
      const told = await network.until(count);
      if (told.some(({ kind }) => kind === "response" || kind === "failed")) break;
    }
    await network.during();
  }
  return [...network.told];
}

Deno.test({
  name: "every response of RFC 9112's cases comes to the same by both, and to what the case says",
  ignore: TRANSPORTS.length < 2,
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    for (const one of CASES) {
      const told: Told[][] = [];
      for (const transport of TRANSPORTS) {
        const network = new DrivenNetwork(transport, { port: listener.addr.port });
        const peers: Peer[] = [];
        const accept = async () => {
          peers.push(new Peer(await listener.accept(), GET.length));
          return peers[0];
        };
        told.push(await toldOf(one, { network, accept }));
        network.close(0);
        peers[0].close();
      }
      const [socket, epoll] = told;
      deepEqual(epoll, socket, one.name);
      const end = epoll.find(({ kind }) => kind === "response" || kind === "failed");
      const { expect } = one;
      if (expect === "more") equal(end, undefined, one.name);
      else if ("failure" in expect) {
        const wanted = one.wire === "" ? "wait.closed" : expect.failure;
        equal(end?.kind === "failed" && end.error, wanted, one.name);
      } else {
        equal(end?.kind === "response" && end.status, expect.status, one.name);
        equal(end?.kind === "response" && end.body, expect.body, one.name);
      }
    }
  },
});
