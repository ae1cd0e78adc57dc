/** The wider language over real sockets and the fetch transport: heads, cookies, redirects and bodies as they come. */
import { deepEqual, equal } from "node:assert/strict";
import { ANY_SUCCESS, constantLoad, samplePlan, type SampleStep } from "../../tests/sample_plans.ts";
import type { Completions } from "../engine/host.ts";
import { type DecodedRecord, decodeRecord } from "../ledger/decode.ts";
import { MemorySink } from "../ledger/memory_sink.ts";
import { openLedger } from "../ledger/reader.ts";
import { sampleHeaderJson } from "../../tests/sample_ledger.ts";
import { memorySource } from "../ledger/source.ts";
import { LedgerWriter } from "../ledger/writer.ts";
import type { Plan } from "../plan.ts";
import type { Template } from "../plan_templates.ts";
import { PlanRun } from "../run.ts";
import { epollTransport } from "./epoll.ts";
import { fetchTransport } from "./fetch.ts";
import { LiveClock } from "./live_clock.ts";
import { socketTransport } from "./socket.ts";
import type { TransportModule } from "./transport.ts";

const TRANSPORTS = [socketTransport, fetchTransport, epollTransport]
  .filter(({ problem }) => (problem?.() ?? null) === null);

/** Signs in, sends on, and lets in who has a cookie and a token. */
function shop(request: Request): Response {
  const { pathname } = new URL(request.url);
  const cookie = request.headers.get("cookie");
  switch (pathname) {
    case "/login":
      return new Response(null, {
        status: 303,
        headers: [["location", "/home"], ["set-cookie", "sid=s1; Path=/; HttpOnly"], [
          "set-cookie",
          "lang=de",
        ]],
      });
    case "/home":
      return Response.json({ token: "t-1", cookie }, { headers: { "x-id": "77" } });
    default:
      return new Response(`${request.method} ${pathname} ${cookie} ${request.headers.get("authorization")}`);
  }
}

function planFor(port: number): Plan {
  const head = (line: string, ...rest: Template): Template => [
    `${line} HTTP/1.1\r\nhost: `,
    { slot: "authority" },
    "\r\n",
    { slot: "cookies" },
    ...rest,
    "\r\n",
  ];
  const flow: SampleStep[] = [
    {
      get: "/login",
      request: {
        method: "POST",
        head: head("POST /login", "content-length: ", { slot: "content-length" }, "\r\n"),
        body: ["user=", { slot: "secret", secret: 0, encoding: "query" }],
        redirects: 3,
        captures: [
          { capture: 0, optional: false, from: { kind: "json", pointer: "/token", pattern: null } },
          { capture: 1, optional: false, from: { kind: "header", name: "x-id", pattern: null } },
        ],
        expect: {
          ...ANY_SUCCESS,
          status: [[200, 200]],
          headers: [{ name: "content-type", test: { kind: "contains", text: "json" } }],
          json: [{ pointer: "/cookie", test: { kind: "equals", json: '"sid=s1; lang=de"' } }],
        },
      },
    },
    {
      get: "/item",
      request: {
        head: head(
          "GET /item",
          "authorization: Bearer ",
          { slot: "capture", capture: 0, encoding: "header" },
          { slot: "capture", capture: 1, encoding: "header" },
          "\r\n",
        ),
        expect: {
          ...ANY_SUCCESS,
          body: [{ kind: "equals", text: "GET /item sid=s1; lang=de Bearer t-177" }],
        },
      },
    },
  ];
  return samplePlan({
    flows: [flow],
    captures: ["flow-0/token", "flow-0/id"],
    secrets: ["NAME"],
    target: { port, cookies: true },
    load: constantLoad(10, 100_000),
  });
}

async function liveRecords(transport: TransportModule, plan: Plan): Promise<DecodedRecord[]> {
  const sink = new MemorySink();
  const ledger = new LedgerWriter(sink, sampleHeaderJson());
  const newHost = () => {
    const clock = new LiveClock();
    return { clock, openNetwork: (completions: Completions) => transport.open(plan, clock, completions) };
  };
  await new PlanRun({ newHost }, plan, ledger, { secrets: ["n"] }).go();
  ledger.finish();
  const records: DecodedRecord[] = [];
  openLedger(memorySource(sink.bytes())).scan(({ words, records: count }) => {
    for (let at = 0; at < count; at++) records.push(decodeRecord(words, at));
  });
  return records.filter(({ lane }) => lane !== "text");
}

Deno.test({
  name: "a session signs in, is sent on, and uses what it was given, by every transport",
  // The pacer's timer, and clients that the process would keep to its end.
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, shop);
    for (const transport of TRANSPORTS) {
      const records = await liveRecords(transport, planFor(server.addr.port));
      const told = records.filter(({ name }) => name === "checkFailed" || name === "requestFailed");
      deepEqual(told, [], transport.name);
      equal(records.filter(({ name }) => name === "valueCaptured").length, 2, transport.name);
      equal(records.filter(({ name }) => name === "redirected").length, 1, transport.name);
    }
    await server.shutdown();
  },
});

Deno.test({
  name: "each target is asked on connections of its own, and setup comes first, by every transport",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    const named = (name: string) =>
      Deno.serve(
        { port: 0, hostname: "127.0.0.1", onListen: () => {} },
        (request) => new Response(`${name} ${new URL(request.url).pathname}`),
      );
    const servers = [named("first"), named("second")];
    const [port, other] = servers.map(({ addr }) => addr.port);
    const ask = (path: string, target: number, text: string): SampleStep => ({
      get: path,
      request: {
        target,
        head: [`GET ${path} HTTP/1.1\r\nhost: `, { slot: "authority" }, "\r\n\r\n"],
        expect: { ...ANY_SUCCESS, body: [{ kind: "equals", text }] },
      },
    });
    const plan = samplePlan({
      setup: [ask("/up", 1, "second /up")],
      flows: [[ask("/a", 0, "first /a"), ask("/b", 1, "second /b"), ask("/c", 0, "first /c")]],
      target: { port },
      targets: [{ name: "other", port: other, connections: { kind: "shared", size: 1 } }],
      load: constantLoad(20, 100_000),
    });
    for (const transport of TRANSPORTS) {
      const records = await liveRecords(transport, plan);
      const told = records.filter(({ name }) => name === "checkFailed" || name === "requestFailed");
      deepEqual(told, [], transport.name);
      equal(records.filter(({ name }) => name === "responseEnded").length, 7, transport.name);
    }
    for (const server of servers) await server.shutdown();
  },
});
