/** What TLS agrees on by ALPN is what is spoken. */
import { deepEqual, equal, match } from "node:assert/strict";
import type { Told } from "../../tests/driven_network.ts";
import { answer, HELLO, meeting, ONE_CONNECTION } from "../../tests/http2/met_peer.ts";
import { type CertificateSet, writeCertificates } from "../../tests/real_peers/certificates.ts";
import { Peer } from "../../tests/raw_peer.ts";
import { inFolder } from "../../tests/running.ts";
import type { Target, Tls } from "../plan.ts";
import { socketTransport } from "./socket.ts";

const GET = "GET / HTTP/1.1\r\nhost: a.test\r\n\r\n";
const OK = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello";
const PLAIN: Tls = { ca: null, cert: null, key: null, serverName: "", insecure: false };

function listen({ server: { good } }: CertificateSet, alpnProtocols: string[]): Deno.TlsListener {
  const [cert, key] = [good.cert, good.key].map((file) => Deno.readTextFileSync(file));
  return Deno.listenTls({ hostname: "127.0.0.1", port: 0, cert, key, alpnProtocols });
}

function tested(name: string, test: (certificates: CertificateSet) => Promise<void>): void {
  Deno.test({
    name,
    sanitizeOps: false,
    sanitizeResources: false,
    fn: () => inFolder((folder) => test(writeCertificates(folder))),
  });
}

function target(listener: Deno.TlsListener, changes: Partial<Target>): Partial<Target> {
  const { port } = listener.addr;
  return { ...ONE_CONNECTION, scheme: "https", host: "127.0.0.1", port, tls: PLAIN, ...changes };
}

const secured = (protocol: number): Told => ({ kind: "secured", slot: 0, protocol, isResumed: false });
const opened: Told = { kind: "opened", slot: 0 };

tested(
  "h2, and auto where the server has it, are HTTP/2; by Deno's TLS and by Node's",
  async (certificates) => {
    const own = {
      cert: Deno.readTextFileSync(certificates.client.cert),
      key: Deno.readTextFileSync(certificates.client.key),
    };
    for (const protocol of ["h2", "auto"] as const) {
      for (const client of [{ cert: null, key: null }, own]) {
        using listener = listen(certificates, ["h2", "http/1.1"]);
        const texts = [{ ca: certificates.caPem, ...client }];
        await meeting(socketTransport, target(listener, { protocol }), texts, listener, async (it) => {
          for (const slot of [0, 1]) it.network.send(slot, GET);
          const peer = await it.accept();
          const [first, second] = await peer.requests(2);
          await peer.write([...HELLO, ...answer(second, "two"), ...answer(first, "one")], 7);
          const told = await it.network.until(4);
          deepEqual(told.slice(0, 2), [opened, secured(2)]);
          deepEqual(told.slice(2).map((end) => end.kind === "response" && [end.slot, end.body]), [
            [1, "two"],
            [0, "one"],
          ]);
        });
      }
    }
  },
);

tested("auto is HTTP/1.1 where the server has nothing else", async (certificates) => {
  using listener = listen(certificates, ["http/1.1"]);
  const one: Partial<Target> = { protocol: "auto", connections: { kind: "per-vu" }, streams: 1 };
  const accepting = listener.accept();
  await meeting(
    socketTransport,
    target(listener, one),
    [{ ca: certificates.caPem, cert: null, key: null }],
    listener,
    async ({ network }) => {
      network.send(0, GET);
      await network.during(accepting);
      const peer = new Peer(await accepting, GET.length);
      const reading = peer.read();
      await network.during(reading);
      equal(new TextDecoder().decode(await reading), GET);
      await peer.write(OK);
      const told = await network.until(3);
      deepEqual(told, [
        opened,
        secured(1),
        { kind: "response", slot: 0, status: 200, bytes: OK.length, body: "hello" },
      ]);
      peer.close();
    },
  );
});

tested("auto goes from one protocol to the other when the server does", async (certificates) => {
  using listener = listen(certificates, ["h2"]);
  const { port } = listener.addr;
  const one: Partial<Target> = { protocol: "auto", connections: { kind: "per-vu" }, streams: 1 };
  const texts = [{ ca: certificates.caPem, cert: null, key: null }];
  await meeting(socketTransport, target(listener, one), texts, listener, async ({ network, accept }) => {
    network.send(0, GET);
    const peer = await accept();
    await peer.write([...HELLO, ...answer((await peer.requests(1))[0], "one")]);
    await network.until(3);
    listener.close();
    peer.close();
    await network.until(4);
    const [cert, key] = [certificates.server.good.cert, certificates.server.good.key].map((file) =>
      Deno.readTextFileSync(file)
    );
    using next = Deno.listenTls({ hostname: "127.0.0.1", port, cert, key, alpnProtocols: ["http/1.1"] });
    const accepting = next.accept();
    network.send(0, GET);
    await network.during(accepting);
    const other = new Peer(await accepting, GET.length);
    await network.during(other.read());
    await other.write(OK);
    const told = await network.until(7);
    deepEqual(told.slice(3).map((it) => it.kind === "secured" ? it.protocol : it.kind), [
      "closed",
      "opened",
      1,
      "response",
    ]);
    other.close();
  });
});

tested("h2 where the server has nothing but HTTP/1.1 is no connection", async (certificates) => {
  using listener = listen(certificates, ["http/1.1"]);
  const accepting = listener.accept().then((socket) => socket.handshake()).catch(() => {});
  const texts = [{ ca: certificates.caPem, cert: null, key: null }];
  await meeting(socketTransport, target(listener, {}), texts, listener, async ({ network }) => {
    network.send(0, GET);
    network.send(5, GET);
    const told = await network.until(2);
    deepEqual(told.map((it) => it.kind === "failed" && [it.slot, it.error]), [
      [0, "tls.protocol"],
      [5, "tls.protocol"],
    ]);
    match(network.cause, /ALPN|NoApplicationProtocol/i);
    await accepting;
  });
});
