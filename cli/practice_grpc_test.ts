import assert from "node:assert/strict";
import { setImmediate } from "node:timers";
import { callGrpc, type GrpcCall } from "../tests/real_peers/grpc_by_curl.ts";
import { issueCertificate, makeAuthority } from "./practice_certificates.ts";
import { good } from "./practice_goods.ts";
import { type PracticeGrpc, startPracticeGrpc } from "./practice_grpc.ts";
import { GRPC, grpcShop, PRACTICE_PROTO } from "./practice_grpc_shop.ts";
import { Waiting } from "./practice_waiting.ts";

const usual = { port: 0, host: "127.0.0.1", seed: 1 };

async function withGrpc(use: (grpc: PracticeGrpc) => Promise<void>, options = {}): Promise<void> {
  const grpc = await startPracticeGrpc({ ...usual, ...options });
  try {
    await use(grpc);
  } finally {
    await grpc.stop();
  }
}

Deno.test("curl gets what the description says, or the status that fits", () =>
  withGrpc(async ({ url, calls }) => {
    const bearer = { authorization: "Bearer 00000000.ada" };
    const cases: [GrpcCall, code: number | null, messages: number, details?: RegExp][] = [
      [{ method: "GetItem", message: { id: 7 } }, GRPC.ok, 1],
      [{ method: "GetItem", message: { id: 7 } }, GRPC.ok, 1],
      [{ method: "GetItem", message: {} }, GRPC.invalidArgument, 0, /numbered from 1/],
      [{ method: "GetItem", message: { id: 7 }, metadata: bearer }, GRPC.unauthenticated, 0, /Login/],
      [{ method: "Login", message: { user: "ada", password: "x" } }, GRPC.ok, 1],
      [{ method: "Login", message: { user: "ada", password: "wrong" } }, GRPC.unauthenticated, 0],
      [{ method: "Login", message: { user: "ada" } }, GRPC.unauthenticated, 0],
      [{ method: "Login", message: { password: "x" } }, GRPC.invalidArgument, 0],
      [{ method: "Watch", message: { item: 3, count: 3, every_ms: 1 } }, GRPC.ok, 3],
      [{ method: "Watch", message: { item: 3 } }, GRPC.ok, 10],
      [{ method: "Watch", message: {} }, GRPC.invalidArgument, 0],
      [{ method: "Watch", message: { item: 1, count: 1_000_001 } }, GRPC.invalidArgument, 0],
      [{ method: "Watch", message: { item: 1, count: 9, every_ms: 1e5 }, cancelAfterMs: 300 }, null, 1],
      [{ method: "Watch", message: { item: 1, every_ms: 1e5 }, deadlineMs: 50 }, GRPC.deadlineExceeded, 1],
      [{ method: "GetItem", message: { id: 7 }, metadata: { "x-z6c-fail": "100%" } }, GRPC.unavailable, 0],
      [{ method: "GetItem", message: { id: 7 }, metadata: { "x-z6c-delay": "1ms" } }, GRPC.ok, 1],
      [
        { method: "GetItem", message: { id: 7 }, metadata: { "x-z6c-delay": "soon" } },
        GRPC.invalidArgument,
        0,
      ],
    ];
    const answers = [];
    for (const [call, code, messages, details = /^/] of cases) {
      const answer = await callGrpc(url, call);
      answers.push(answer);
      const said = `${JSON.stringify(call)}: ${answer.details}`;
      assert.deepEqual([answer.code, answer.messages.length], [code, messages], said);
      assert.match(answer.details, details);
    }
    assert.deepEqual(answers[0], answers[1]);
    const prices = answers[8].messages;
    assert.deepEqual(prices.map(({ n, item, last }) => [n, item, last]), [[0, 3, false], [1, 3, false], [
      2,
      3,
      true,
    ]]);
    const [{ token }] = answers[4].messages;
    const authorization = `Bearer ${token}`;
    const own: GrpcCall = { method: "GetItem", message: { id: 7 }, metadata: { authorization } };
    assert.equal((await callGrpc(url, own)).code, GRPC.ok);
    assert.equal(calls(), cases.length + 1);
  }));

/** Sends a body as it is; the trailers come into the head where there is no body. */
async function posted(
  url: string,
  path: string,
  body: Uint8Array<ArrayBuffer>,
  { headers = { "content-type": "application/grpc" }, caCerts = [] as string[] } = {},
): Promise<Response> {
  using client = Deno.createHttpClient({ http1: false, http2: true, caCerts });
  const response = await fetch(url + path, { method: "POST", body, headers, client });
  return new Response(await response.bytes(), response);
}

Deno.test("what is no call of the service is refused as the protocol has it", () =>
  withGrpc(async ({ url }) => {
    const getItem = "/practice.Shop/GetItem";
    const cases: [string, number[], code: number][] = [
      [getItem, [0, 0, 0, 0, 2, 8], GRPC.internal],
      [getItem, [0, 0, 0, 0, 1, 8, 7], GRPC.internal],
      [getItem, [], GRPC.internal],
      [getItem, [1, 0, 0, 0, 2, 8, 7], GRPC.unimplemented],
      [getItem, [0, 0, 0, 0, 1, 8], GRPC.invalidArgument],
      [getItem, [0, 0, 0x40, 0, 1], GRPC.resourceExhausted],
      ["/practice.Shop/Sell", [0, 0, 0, 0, 0], GRPC.unimplemented],
      ["/", [0, 0, 0, 0, 0], GRPC.unimplemented],
    ];
    for (const [path, bytes, code] of cases) {
      const { status, headers } = await posted(url, path, Uint8Array.from(bytes));
      assert.deepEqual([status, headers.get("grpc-status")], [200, String(code)], `${path} ${bytes}`);
    }
    const plain = await posted(url, getItem, new Uint8Array(5), {
      headers: { "content-type": "text/plain" },
    });
    assert.equal(plain.status, 415);
  }));

Deno.test("the second port hands through by TLS", async () => {
  const authority = makeAuthority("CA");
  const certificate = issueCertificate(authority, { name: "server", hosts: ["localhost"] });
  const message = Uint8Array.of(0, 0, 0, 0, 2, 0x08, 7);
  await withGrpc(async ({ url, tlsUrl }) => {
    const secure = (tlsUrl ?? "").replace("127.0.0.1", "localhost");
    const caCerts = [authority.certificatePem];
    await assert.rejects(posted(secure, "/practice.Shop/GetItem", message), TypeError, "nobody trusts it");
    const [tls, clear] = [
      await posted(secure, "/practice.Shop/GetItem", message, { caCerts }),
      await posted(url, "/practice.Shop/GetItem", message),
    ];
    assert.equal(tls.status, 200);
    assert.deepEqual(await tls.bytes(), await clear.bytes());
  }, { tls: { port: 0, certificate } });
});

Deno.test("a stop ends what is under way, and ports that are taken are an error", async () => {
  const grpc = await startPracticeGrpc(usual);
  await assert.rejects(startPracticeGrpc({ ...usual, port: grpc.port }), { code: "EADDRINUSE" });
  const certificate = issueCertificate(makeAuthority("CA"), { name: "server", hosts: [] });
  const tls = { port: grpc.port, certificate };
  await assert.rejects(startPracticeGrpc({ ...usual, tls }), Deno.errors.AddrInUse);
  const watching = callGrpc(grpc.url, { method: "Watch", message: { item: 1, every_ms: 3_600_000 } });
  while (grpc.calls() === 0) await new Promise((next) => setImmediate(next));
  await grpc.stop();
  assert.notEqual((await watching).code, GRPC.ok);
});

Deno.test("an item is the one that HTTP has", async () => {
  const draw = (key: number) => key * 7;
  const waiting = new Waiting();
  const methods = grpcShop(await Deno.readTextFile(PRACTICE_PROTO), draw);
  assert.deepEqual(
    [...methods.keys()].sort(),
    ["GetItem", "Login", "Watch"].map((name) => `/practice.Shop/${name}`),
  );
  const [found] = await Array.fromAsync(
    methods.get("/practice.Shop/GetItem")?.({
      message: Uint8Array.of(8, 7),
      metadata: () => null,
      wait: (ms) => waiting.wait(ms),
    }) ?? [],
  );
  const { name, price_cents } = good(7, draw);
  const text = new TextEncoder().encode(name);
  const wanted = [8, 7, 18, text.length, ...text, 24, price_cents & 0x7f | 0x80, price_cents >> 7];
  assert.deepEqual([...found], wanted);
});
