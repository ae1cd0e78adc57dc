/** Each real peer answers a client of another make, before anything of ours is held against it. */
import assert from "node:assert/strict";
import { inFolder, runToEnd } from "../running.ts";
import { CERTIFICATE_KINDS, type CertificateKind, writeCertificates } from "./certificates.ts";
import { echoed } from "./echoed.ts";
import { startNghttpd } from "./nghttpd.ts";
import { callGrpc, type GrpcCall } from "./grpc_by_curl.ts";
import { NPM_FOLDER, startGrpcServer, startWebSocketServer } from "./npm_programs.ts";
import { programPath } from "./peer_process.ts";
import { LARGE_BYTES, startTlsNginx } from "./tls_nginx.ts";

type Curled = Readonly<{ code: number; said: string; protocol: string; status: number; bytes: number }>;

/** Asks by curl; `said` is what it says of a failure, or the body. */
async function curl(...args: readonly string[]): Promise<Curled> {
  const written = "\n%{http_version} %{http_code} %{size_download}";
  const { code, stdout, stderr } = await runToEnd(
    [programPath("curl"), "--silent", "--show-error", "--max-time", "10", "--write-out", written, ...args],
    { cwd: "/" },
  );
  const [protocol, status, bytes] = stdout.slice(stdout.lastIndexOf("\n") + 1).split(" ");
  const body = stdout.slice(0, stdout.lastIndexOf("\n"));
  return { code, said: stderr + body, protocol, status: Number(status), bytes: Number(bytes) };
}

/** What curl, with OpenSSL, says of each bad certificate. */
const OPENSSL_SAYS: Readonly<Record<Exclude<CertificateKind, "good">, RegExp>> = {
  expired: /certificate has expired/,
  notYetValid: /certificate is not yet valid/,
  wrongHost: /no alternative certificate subject name matches/,
  unknownIssuer: /unable to get local issuer certificate/,
  selfSigned: /self-signed certificate/,
};

Deno.test("nginx answers by TLS and HTTP/2, and its certificates are good and bad as they are named", () =>
  inFolder(async (folder) => {
    const certificates = writeCertificates(folder);
    await using nginx = await startTlsNginx(folder, { certificates });
    const trusting = ["--cacert", certificates.ca];
    for (const [server, protocol] of [["good", "2"], ["tls12", "2"], ["http1", "1.1"]] as const) {
      const answer = await curl(...trusting, `${nginx.url(server)}/`);
      assert.deepEqual(
        [answer.status, answer.protocol, answer.said],
        [200, protocol, "hello world\n"],
        server,
      );
    }
    const clear = await curl("--http2-prior-knowledge", `${nginx.url("clear")}/large`);
    assert.deepEqual([clear.status, clear.protocol, clear.bytes], [200, "2", LARGE_BYTES]);
    for (const kind of CERTIFICATE_KINDS.filter((kind) => kind !== "good")) {
      const answer = await curl(...trusting, `${nginx.url(kind)}/`);
      assert.equal(answer.code, 60, kind);
      assert.match(answer.said, OPENSSL_SAYS[kind], kind);
      assert.equal((await curl("--insecure", `${nginx.url(kind)}/`)).status, 200, kind);
    }
    const { client, strangeClient } = certificates;
    for (const [files, status] of [[client, 200], [strangeClient, 400], [null, 400]] as const) {
      const shown = files === null ? [] : ["--cert", files.cert, "--key", files.key];
      assert.equal((await curl(...trusting, ...shown, `${nginx.url("clientRequired")}/`)).status, status);
    }
    await nginx.stop();
    const log = nginx.log();
    assert.equal(log.length, 3 + 1 + 5 + 3);
    assert.deepEqual(log.slice(0, 4).map(({ tls, protocol, path }) => `${tls} ${protocol} ${path}`), [
      "TLSv1.3 HTTP/2.0 /",
      "TLSv1.2 HTTP/2.0 /",
      "TLSv1.3 HTTP/1.1 /",
      "- HTTP/2.0 /large",
    ]);
    assert.equal(log[3].bodyBytes, LARGE_BYTES);
    assert.deepEqual(log.slice(-3).map(({ clientVerified }) => clientVerified.replace(/:.*/, "")), [
      "SUCCESS",
      "FAILED",
      "NONE",
    ]);
  }));

Deno.test("nginx ends a connection of HTTP/2 after so many requests, and hands through to gRPC and WebSockets", () =>
  inFolder(async (folder) => {
    const certificates = writeCertificates(folder);
    await using grpc = await startGrpcServer();
    await using sockets = await startWebSocketServer();
    await using nginx = await startTlsNginx(folder, {
      certificates,
      requestsPerConnection: 2,
      grpcPort: grpc.port,
      webSocketPort: sockets.port,
    });
    const url = `${nginx.url("good")}/`;
    const four = await curl("--cacert", certificates.ca, ...Array(4).fill(url));
    assert.equal(four.status, 200);
    const called = await callGrpc(nginx.url("good"), {
      method: "GetItem",
      message: { id: 7 },
      ca: certificates.ca,
    });
    assert.deepEqual([called.code, called.messages], [0, [{ id: 7, name: "item 7", price_cents: 107 }]]);
    assert.equal((await grpc.stop()).calls, 1);
    const { said } = await echoed(`wss://localhost:${nginx.port("good")}/ws/echo`, certificates.caPem, [
      "hi",
    ]);
    assert.deepEqual(said, ["hi"]);
    await nginx.stop();
    const log = nginx.log().filter(({ path }) => path === "/");
    assert.deepEqual(log.map(({ requestOfConnection }) => requestOfConnection), [1, 2, 1, 2]);
  }));

Deno.test("nghttpd answers, limits streams, echoes and sends trailers", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/a`, "hello");
    await using clear = await startNghttpd(folder, {
      echo: true,
      trailer: "checked: yes",
      concurrentStreams: 7,
    });
    const answer = await curl("--http2-prior-knowledge", `${clear.url}/a`);
    assert.deepEqual([answer.status, answer.protocol, answer.said], [200, "2", "hello"]);
    const echo = await curl("--http2-prior-knowledge", "--data", "ü", `${clear.url}/a`);
    assert.equal(echo.said, "ü");
    await clear.stop();
    assert.equal(clear.received("HEADERS"), 2);
    assert.equal(clear.sent("HEADERS"), 4, "head and trailers of each");
    const { ca, client, server: { good } } = writeCertificates(folder);
    await using tls = await startNghttpd(folder, { certificate: good, wantsClientCertificate: true });
    assert.notEqual((await curl("--cacert", ca, `${tls.url}/a`)).code, 0);
    const shown = ["--cert", client.cert, "--key", client.key];
    assert.equal((await curl("--cacert", ca, ...shown, `${tls.url}/a`)).said, "hello");
  }));

Deno.test("the ws server echoes, and tells what it has seen", async () => {
  await using server = await startWebSocketServer();
  const { said, code } = await echoed(`ws://${server.address}/echo`, null, ["one", "zwölf"]);
  assert.deepEqual([said, code], [["one", "zwölf"], 1000]);
  assert.deepEqual(
    await collected(`ws://${server.address}/push?count=4`, 4),
    [0, 1, 2, 3].map((n) => `{"n":${n}}`),
  );
  assert.deepEqual(await collected(`ws://${server.address}/ping`, 1), ["pong came"]);
  assert.deepEqual(await collected(`ws://${server.address}/close?code=4001`, 1), [4001]);
  assert.equal((await collected(`ws://${server.address}/vanish`, 1)).length, 1, "only a close");
  const { closes, reasons: _reasons, extensions: _extensions, ...seen } = await server.stop();
  assert.deepEqual(seen, { connections: 5, messages: 2, bytes: 9, pings: 0, pongs: 1 });
  assert.equal(closes["4001"], 1);
});

/** The first messages, or the code of a close before them. */
function collected(url: string, count: number): Promise<unknown[]> {
  const socket = new WebSocket(url);
  const found: unknown[] = [];
  return new Promise((resolve) => {
    socket.onerror = (event) => event.preventDefault();
    socket.onclose = ({ code }) => resolve(found.length === count ? found : [...found, code]);
    socket.onmessage = ({ data }) => {
      found.push(data);
      if (found.length === count) socket.close();
    };
  });
}

Deno.test("the grpc-js server answers, refuses and streams", async () => {
  await using server = await startGrpcServer();
  const url = `http://${server.address}`;
  const cases: [GrpcCall, code: number | null, messages: number][] = [
    [{ method: "Login", message: { user: "ada", password: "x" } }, 0, 1],
    [{ method: "GetItem", message: { id: 7 }, metadata: { authorization: "Bearer x" } }, 0, 1],
    [{ method: "GetItem", message: { id: 404 } }, 5, 0],
    [{ method: "GetItem", message: { id: 500 } }, 2, 0],
    [{ method: "Watch", message: { item: 3, count: 3 } }, 0, 3],
    [{ method: "Watch", message: { item: 3, count: 2, every_ms: 1000 }, cancelAfterMs: 300 }, null, 1],
  ];
  for (const [call, code, messages] of cases) {
    const answer = await callGrpc(url, call);
    assert.deepEqual([answer.code, answer.messages.length], [code, messages], JSON.stringify(call));
    if (code === 5) assert.equal(answer.details, "there is no item 404, ä");
  }
  const seen = await server.stop();
  assert.deepEqual([seen.calls, seen.cancelled], [6, 1]);
  assert.deepEqual(seen.metadata, [{ authorization: "Bearer x" }]);
});

Deno.test("a program that is missing fails a test, and says how to get it", () => {
  assert.throws(() => programPath("nghttpd-of-nowhere"), /is not installed: apt-get install/);
});

Deno.test("the programs of npm are formatted, linted and typed as the rest", async () => {
  const files = ["grpc_server.ts", "ws_server.ts"];
  for (const gate of [["fmt", "--check"], ["lint"], ["check"]]) {
    const command = [Deno.execPath(), ...gate, "--quiet", "--config", "deno.json", ...files];
    const { code, stderr } = await runToEnd(command, { cwd: NPM_FOLDER });
    assert.equal(code, 0, `${gate.join(" ")}: ${stderr}`);
  }
});
