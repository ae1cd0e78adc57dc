import { deepEqual, equal, throws } from "node:assert/strict";
import { samplePlan } from "../tests/sample_plans.ts";
import { effectivePlan } from "./overrides.ts";
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
