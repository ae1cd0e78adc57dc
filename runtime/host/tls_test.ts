/** TLS by the transport `socket`, against certificates of each kind and servers that want some themselves. */
import { deepEqual, equal, match } from "node:assert/strict";
import { DrivenNetwork, type Told } from "../../tests/driven_network.ts";
import {
  CERTIFICATE_KINDS,
  type CertificateKind,
  type CertificateSet,
  writeCertificates,
} from "../../tests/real_peers/certificates.ts";
import { PeerProcess, programPath } from "../../tests/real_peers/peer_process.ts";
import { freePort } from "../../tests/running.ts";
import type { Target, Tls } from "../plan.ts";
import { fetchTransport } from "./fetch.ts";
import { socketTransport } from "./socket.ts";
import type { TlsTexts } from "./transport.ts";

const GET = "GET / HTTP/1.1\r\nhost: a\r\n\r\n";
const OK = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello";
const PLAIN: Tls = { ca: null, cert: null, key: null, serverName: "", insecure: false };

const opened: Told = { kind: "opened", slot: 0 };
const secured: Told = { kind: "secured", slot: 0, protocol: 1, isResumed: false };
const answered: Told = { kind: "response", slot: 0, status: 200, bytes: OK.length, body: "hello" };
const failed = (error: string): Told => ({ kind: "failed", slot: 0, error, bytes: 0 });

type Asking = Readonly<{ tls?: Partial<Tls>; protocol?: Target["protocol"]; texts?: Partial<TlsTexts> }>;

/** What comes of one request, and in which words it failed. */
async function ask(
  port: number,
  { tls, protocol = "http/1.1", texts }: Asking,
  transport = socketTransport,
): Promise<[Told[], string]> {
  const target: Partial<Target> = { scheme: "https", port, protocol, tls: { ...PLAIN, ...tls } };
  const network = new DrivenNetwork(transport, target, [{ ca: null, cert: null, key: null, ...texts }]);
  network.send(0, GET);
  while (!network.told.some(({ kind }) => kind === "response" || kind === "failed")) {
    await network.until(network.told.length + 1);
  }
  network.close(0);
  return [[...network.told], network.cause];
}

function tested(name: string, meet: (certificates: CertificateSet) => Promise<void>): void {
  Deno.test({
    name,
    // The pacer's timer, and handshakes that their server gave up.
    sanitizeOps: false,
    sanitizeResources: false,
    fn: async () => {
      const folder = await Deno.makeTempDir({ prefix: "z6c-tls-" });
      try {
        await meet(writeCertificates(folder));
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    },
  });
}

/** Answers every connection's first request; `close` as it is told. */
function serve(
  { server }: CertificateSet,
  kind: CertificateKind,
  alpnProtocols: string[] | undefined,
  answer = OK,
): Deno.TlsListener {
  const [cert, key] = [server[kind].cert, server[kind].key].map((file) => Deno.readTextFileSync(file));
  const listener = Deno.listenTls({ hostname: "127.0.0.1", port: 0, cert, key, alpnProtocols });
  (async () => {
    for await (const socket of listener) {
      answerOnce(socket, answer).catch(() => {});
    }
  })();
  return listener;
}

async function answerOnce(socket: Deno.TlsConn, answer: string): Promise<void> {
  await socket.read(new Uint8Array(4096));
  await socket.write(new TextEncoder().encode(answer));
}

const WRONG: Readonly<Record<CertificateKind, string>> = {
  good: "",
  expired: "tls.expired",
  notYetValid: "tls.expired",
  wrongHost: "tls.host",
  unknownIssuer: "tls.issuer",
  selfSigned: "tls.issuer",
};

tested(
  "each kind of certificate has its error, with a client's certificate and without",
  async (certificates) => {
    const { caPem, client } = certificates;
    const own = { cert: Deno.readTextFileSync(client.cert), key: Deno.readTextFileSync(client.key) };
    for (const kind of CERTIFICATE_KINDS) {
      using server = serve(certificates, kind, ["http/1.1"]);
      const { port } = server.addr;
      const wanted: Told[] = kind === "good" ? [opened, secured, answered] : [failed(WRONG[kind])];
      deepEqual((await ask(port, { texts: { ca: caPem } }))[0], wanted, kind);
      deepEqual((await ask(port, { texts: { ca: caPem, ...own } }))[0], wanted, `${kind}, by node:tls`);
      deepEqual((await ask(port, { tls: { insecure: true } }))[0], [opened, secured, answered], kind);
      const [[byFetch]] = await ask(port, { texts: { ca: caPem, ...own } }, fetchTransport);
      const wantedByFetch: Told = kind === "good" ? { ...answered, bytes: 5 } : failed(WRONG[kind]);
      deepEqual(byFetch, wantedByFetch, `${kind}, by fetch`);
    }
  },
);

tested("the name asked for is that of tls, where there is one", async (certificates) => {
  using server = serve(certificates, "wrongHost", ["http/1.1"]);
  const texts = { ca: certificates.caPem };
  const tls = { serverName: "shop.test" };
  deepEqual((await ask(server.addr.port, { tls, texts }))[0], [opened, secured, answered]);
});

tested("a protocol that the target does not speak", async (certificates) => {
  const texts = { ca: certificates.caPem };
  const cases: [string[] | undefined, Target["protocol"], Told[], RegExp][] = [
    [["http/1.1"], "h2", [failed("tls.protocol")], /NoApplicationProtocol/],
    [["h2"], "http/1.1", [failed("tls.protocol")], /NoApplicationProtocol/],
    [undefined, "h2", [failed("tls.protocol")], /agreed on no protocol by ALPN/],
    [undefined, "auto", [opened, secured, answered], /^$/],
    [["http/1.1"], "auto", [opened, secured, answered], /^$/],
  ];
  for (const [offered, protocol, told, words] of cases) {
    using server = serve(certificates, "good", offered);
    const [found, cause] = await ask(server.addr.port, { protocol, texts });
    deepEqual(found, told, `${offered} ${protocol}`);
    match(cause, words);
  }
});

tested("a server without TLS", async () => {
  using server = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  (async () => {
    for await (const socket of server) {
      await socket.read(new Uint8Array(4096));
      await socket.write(new TextEncoder().encode("HTTP/1.1 400 Bad Request\r\n\r\n"));
    }
  })();
  deepEqual((await ask(server.addr.port, {}))[0], [failed("tls.failed")]);
});

tested("a handshake that is given up is told no more of", async ({ client }) => {
  const own = { cert: Deno.readTextFileSync(client.cert), key: Deno.readTextFileSync(client.key) };
  for (const texts of [{ ca: null, cert: null, key: null }, { ca: null, ...own }]) {
    using server = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const target: Partial<Target> = { scheme: "https", port: server.addr.port, tls: PLAIN };
    const network = new DrivenNetwork(socketTransport, target, [texts]);
    network.send(0, GET);
    const accepted = server.accept();
    await network.during(accepted);
    const socket = await accepted;
    const hello = socket.read(new Uint8Array(65_536));
    await network.during(hello);
    equal(network.cancel(0), "tls");
    await network.during();
    socket.close();
    await network.during();
    deepEqual(network.told, []);
  }
});

for (const version of ["tls1_2", "tls1_3"]) {
  tested(`a server that wants a client's certificate, by ${version}`, async (certificates) => {
    const { ca, caPem, client, strangeClient, server } = certificates;
    const port = freePort();
    const { cert, key } = server.good;
    const command = [programPath("openssl"), "s_server", `-${version}`, "-accept", `${port}`];
    command.push("-cert", cert, "-key", key, "-CAfile", ca, "-Verify", "1", "-verify_return_error", "-www");
    await using listening = new PeerProcess(command);
    await listening.until("listen", () => listening.stdout.includes("ACCEPT"));
    const asking = async (files?: { cert: string; key: string }) => {
      const own = files && { cert: Deno.readTextFileSync(files.cert), key: Deno.readTextFileSync(files.key) };
      const [told] = await ask(port, { texts: { ca: caPem, ...own } });
      return told.at(-1);
    };
    const response = await asking(client);
    equal(response?.kind, "response");
    for (const [name, files] of [["none", undefined], ["strange", strangeClient]] as const) {
      const end = await asking(files);
      equal(end?.kind === "failed" && end.error, "tls.client", name);
    }
    const [byFetch] = await ask(port, {
      texts: { ca: caPem, cert: Deno.readTextFileSync(client.cert), key: Deno.readTextFileSync(client.key) },
    }, fetchTransport);
    equal(byFetch.at(-1)?.kind, "response");
    const [refused] = await ask(port, { texts: { ca: caPem } }, fetchTransport);
    deepEqual(refused.at(-1), failed("tls.client"));
    // No connection resumes the session of another.
    const again = await asking(client);
    for (const page of [response, again]) {
      match(page?.kind === "response" ? page.body ?? "" : "", /\nNew, TLSv/);
    }
  });
}

tested("a body that ends with the connection is whole only where TLS says so", async (certificates) => {
  const { cert, key } = certificates.server.good;
  const [certText, keyText] = [cert, key].map((file) => Deno.readTextFileSync(file));
  using server = Deno.listenTls({ hostname: "127.0.0.1", port: 0, cert: certText, key: keyText });
  using between = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const told = async (withNotice: boolean) => {
    const target: Partial<Target> = { scheme: "https", port: between.addr.port, tls: PLAIN };
    const texts = { ca: certificates.caPem, cert: null, key: null };
    const network = new DrivenNetwork(socketTransport, target, [texts]);
    network.send(0, GET);
    const relayed = await between.accept();
    const onward = await Deno.connect({ hostname: "127.0.0.1", port: server.addr.port });
    relayed.readable.pipeTo(onward.writable).catch(() => {});
    relay(onward, relayed, withNotice).then(() => relayed.close());
    const socket = await server.accept();
    await network.during(answerOnce(socket, "HTTP/1.1 200 OK\r\n\r\nhello"));
    await socket.closeWrite();
    await network.until(4);
    return network.told.slice(2);
  };
  const bytes = "HTTP/1.1 200 OK\r\n\r\nhello".length;
  deepEqual(await told(true), [
    { kind: "closed", slot: 0, reason: "announced" },
    { ...answered, bytes },
  ]);
  deepEqual(await told(false), [
    { kind: "closed", slot: 0, reason: "afterError" },
    { ...failed("receive.closed"), bytes },
  ]);
});

/** Of TLS 1.3, sealed: five bytes of head, two of alert, one of type and 16 of seal (RFC 8446 section 5.2). */
const SEALED_ALERT_BYTES = 24;

/** Sends records of TLS on, one by one, to their end; but for alerts, where `close_notify` is to be lost. */
async function relay(from: Deno.Conn, to: Deno.Conn, withAlerts: boolean): Promise<void> {
  let rest = new Uint8Array();
  for await (const bytes of from.readable) {
    rest = new Uint8Array([...rest, ...bytes]);
    while (rest.length >= 5 && rest.length >= 5 + rest[3] * 256 + rest[4]) {
      const record = rest.slice(0, 5 + rest[3] * 256 + rest[4]);
      rest = rest.slice(record.length);
      if (withAlerts || record.length !== SEALED_ALERT_BYTES) await to.write(record);
    }
  }
}
