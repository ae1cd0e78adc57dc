import { deepEqual, equal, throws } from "node:assert/strict";
import { samplePlan } from "../tests/sample_plans.ts";
import { effectivePlan } from "./overrides.ts";
import type { Plan, Request } from "./plan.ts";
import type { Stream } from "./plan_messages.ts";
import { UserError } from "./user_error.ts";

const plan = samplePlan({ targets: [{ name: "auth", port: 9090 }] });
const moved = (...base: string[]) => effectivePlan(plan, { base, seed: null, transport: null }, ["socket"]);
const bases = (...base: string[]) =>
  moved(...base).plan.targets.map(({ scheme, host, port }) => [scheme, host, port]);

Deno.test("--base moves the first target, --base NAME=URL the one of that name", () => {
  const [first, second] = bases();
  deepEqual(bases("https://a.test"), [["https", "a.test", 443], second]);
  deepEqual(bases("auth=http://[::1]:81"), [first, ["http", "::1", 81]]);
  deepEqual(bases("auth=http://b.test", "http://a.test/"), [["http", "a.test", 80], ["http", "b.test", 80]]);
  deepEqual(moved("auth=http://b.test", "http://a.test").overrides, [
    "--base auth=http://b.test",
    "--base http://a.test",
  ]);
});

Deno.test("what is changed is hashed, and everything keeps its place", () => {
  const { sha256, json, plan: found } = moved("auth=http://127.0.0.1:9090");
  deepEqual(found, plan);
  equal(sha256, moved().sha256);
  equal(json, JSON.stringify(plan));
  equal(moved("auth=http://127.0.0.1:9091").sha256 === sha256, false);
});

Deno.test("epoll carries no TLS, whichever flag brings the two together", () => {
  const epoll = (base: string[], built = plan) =>
    effectivePlan(built, { base, seed: null, transport: "epoll" }, ["socket", "epoll"]);
  const wanted = (origin: string) => (error: unknown) =>
    error instanceof UserError && error.exitCode === 104 &&
    error.message === `transport epoll carries no TLS, and ${origin} wants it; use --transport socket`;
  throws(() => epoll(["https://a.test"]), wanted("https://a.test"));
  throws(() => epoll(["auth=https://[::1]:8443"]), wanted("https://[::1]:8443"));
  throws(
    () => epoll([], samplePlan({ target: { scheme: "https", port: 443 } })),
    wanted("https://127.0.0.1"),
  );
  equal(epoll(["http://a.test"]).plan.transport, "epoll");
});

Deno.test("a target has TLS where its base is https, with what the plan says of it", () => {
  const tls = { ca: null, cert: null, insecure: true, key: null, serverName: "shop.test" };
  const secure = samplePlan({ target: { scheme: "https", port: 443, tls } });
  const tlsAt = (built: typeof plan, base: string) =>
    effectivePlan(built, { base: [base], seed: null, transport: null }, ["socket"]).plan.targets[0].tls;
  deepEqual(tlsAt(plan, "https://a.test"), { ...tls, insecure: false, serverName: "" });
  deepEqual(tlsAt(secure, "https://a.test"), tls);
  equal(tlsAt(secure, "http://a.test"), null);
});

Deno.test("fetch carries only what it can, whichever flag brings it in", () => {
  const tls = { ca: null, cert: null, insecure: false, key: null, serverName: "" };
  const https = { scheme: "https", port: 443, tls } as const;
  const asking = (request: Partial<Request>) => samplePlan({ flows: [[{ get: "/", request }]] });
  const stream: Stream = { kind: "events", until: null, count: 0 };
  const cases: [Plan, RegExp | null][] = [
    [samplePlan({ target: { protocol: "h2" } }), /transport fetch speaks HTTP\/2 over TLS only/],
    [samplePlan({ target: { ...https, protocol: "h2" } }), null],
    [samplePlan({ target: { ...https, tls: { ...tls, serverName: "a" } } }), /knows no server_name/],
    [samplePlan({ target: { ...https, tls: { ...tls, insecure: true } } }), /checks every certificate/],
    [asking({ kind: "webSocket" }), /opens no WebSockets; use --transport socket/],
    [asking({ grpc: { requestType: 0, responseType: 0 } }), /calls no methods of gRPC/],
    [asking({ stream }), /reads no server-sent events/],
  ];
  for (const [built, wanted] of cases) {
    const byFetch = () => effectivePlan(built, { base: [], seed: null, transport: "fetch" }, ["fetch"]);
    if (wanted === null) equal(byFetch().plan.transport, "fetch");
    else throws(byFetch, (error) => error instanceof UserError && wanted.test(error.message), `${wanted}`);
  }
});

Deno.test("a base that is none, and a target that is not there, are said", () => {
  const cases: [base: string, wanted: RegExp][] = [
    ["media=http://a.test", /there is no target "media"; there is "auth"/],
    ["auth=a.test", /wants scheme, host and port only.*found "a\.test"/],
    ["http://a.test/x", /found "http:\/\/a\.test\/x"/],
    ["ftp://a.test", /wants scheme/],
    ["http://a.test/?a=b", /wants scheme/],
  ];
  for (const [base, wanted] of cases) {
    throws(() => moved(base), (error) => error instanceof UserError && wanted.test(error.message), base);
  }
  throws(
    () => effectivePlan(samplePlan(), { base: ["x=http://a.test"], seed: null, transport: null }, []),
    /the plan has one target without a name/,
  );
});
