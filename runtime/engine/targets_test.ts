/** Several targets: whose connections, whose origin, whose cookies. */
import { deepEqual, equal } from "node:assert/strict";
import { constantLoad, samplePlan, type SampleStep } from "../../tests/sample_plans.ts";
import { simulatedRun } from "../../tests/simulated_run.ts";
import type { TargetModel } from "../host/simulated.ts";
import type { Request } from "../plan.ts";
import { slotTargets } from "./slot_targets.ts";

const ONE = constantLoad(10, 100_000);
const TARGETS = {
  target: { host: "shop.test", cookies: true },
  targets: [
    { name: "api", host: "api.test", connections: { kind: "shared", size: 1 }, cookies: true },
    { name: "secure", host: "SHOP.test", scheme: "https", port: 443, cookies: true },
    { name: "plain", host: "shop.test", port: 81 },
  ],
} as const;

/** A request that shows where it goes and what it knows. */
function get(path: string, target: number, changes: Partial<Request> = {}): SampleStep {
  const head = [`GET ${path} `, { slot: "authority" }, "|", { slot: "cookies" }, "\r\n\r\n"] as const;
  const withoutCookies = head.filter((part) =>
    target !== 3 || typeof part === "string" || part.slot !== "cookies"
  );
  return { get: path, request: { target, head: withoutCookies, ...changes } };
}

function target(
  headers: readonly (readonly [string, string])[] = [],
): { model: TargetModel; asked: string[] } {
  const asked: string[] = [];
  const model: TargetModel = ({ slot, bytes }) => {
    const text = new TextDecoder().decode(bytes).trim().replace("\r\n", " ");
    asked.push(`${slot} ${text}`);
    const isFirst = asked.length === 1;
    return {
      kind: "response",
      afterTicks: 10,
      status: isFirst && headers.length > 0 ? 302 : 200,
      bytes: 1,
      headers,
    };
  };
  return { model, asked };
}

Deno.test("a request goes to its target, on connections of its own", async () => {
  const plan = samplePlan({
    ...TARGETS,
    vus: 2,
    load: constantLoad(10, 200_000),
    flows: [[0, 1, 2, 3].map((it) => get(`/${it}`, it))],
  });
  deepEqual([...slotTargets(plan)], [0, 0, 1, 2, 2, 3, 3]);
  const { model, asked } = target();
  const { records } = await simulatedRun(plan, model);
  deepEqual(asked.slice(0, 4), [
    "0 GET /0 shop.test:8080|",
    "2 GET /1 api.test:8080|",
    "3 GET /2 SHOP.test|",
    "5 GET /3 shop.test:81|",
  ]);
  equal(records.filter(({ name }) => name === "connectionOpened").length, 4, "kept for the next session");
});

Deno.test("each target keeps to its own kind of connections", async () => {
  const flow = [get("/", 0), get("/", 1), get("/", 2), get("/", 0), get("/", 1), get("/", 2)];
  const plan = samplePlan({
    flows: [flow],
    load: constantLoad(10, 300_000),
    target: { connections: { kind: "per-request" }, cookies: true },
    targets: [
      { name: "b", connections: { kind: "per-session" }, cookies: true },
      { name: "c", cookies: true },
    ],
  });
  const { records } = await simulatedRun(plan, target().model);
  const carried = records.filter(({ name }) => name === "connectionClosed").map(({ b }) => b);
  deepEqual(carried.sort(), [...Array.from({ length: 6 }, () => 1), 2, 2, 2, 6]);
});

Deno.test("targets of one host share their cookies, the secure ones only with those that are", async () => {
  const headers = [["set-cookie", "a=1; Path=/"], ["set-cookie", "s=2; Secure; Path=/"]] as const;
  const flow = [get("/", 2), get("/", 0), get("/", 1), get("/", 2), get("/", 3), get("/", 0)];
  const { model, asked } = target(headers);
  await simulatedRun(samplePlan({ ...TARGETS, load: ONE, flows: [flow] }), model);
  const cookies = asked.map((it) => /cookie: (.*)$/.exec(it)?.[1] ?? "");
  deepEqual(cookies, ["", "a=1", "", "a=1; s=2", "", "a=1"]);
});

Deno.test("a redirect is followed within the origin of the request's target", async () => {
  for (
    const [location, follows] of [["http://api.test:8080/x", true], [
      "http://shop.test:8080/x",
      false,
    ]] as const
  ) {
    const { model, asked } = target([["location", location]]);
    await simulatedRun(
      samplePlan({ ...TARGETS, load: ONE, flows: [[get("/", 1, { redirects: 2 })]] }),
      model,
    );
    deepEqual(
      asked.map((it) => it.split(" ").slice(1, 3)),
      follows ? [["GET", "/"], ["GET", "/x"]] : [["GET", "/"]],
    );
  }
});

Deno.test("a URL that was captured asks its target for what it says", async () => {
  const first = get("/", 1, {
    captures: [{ capture: 0, optional: false, from: { kind: "header", name: "link", pattern: null } }],
  });
  const second: SampleStep = {
    get: "/next",
    request: {
      target: 1,
      head: ["GET ", { slot: "capture", capture: 0, encoding: "target" }, " HTTP/1.1\r\n\r\n"],
    },
  };
  const { model, asked } = target([["link", "http://API.test:8080/a b?c=1#d"]]);
  await simulatedRun(
    samplePlan({ ...TARGETS, load: ONE, flows: [[first, second]], captures: ["flow-0/link"] }),
    model,
  );
  equal(asked[1], "10 GET /a%20b?c=1 HTTP/1.1");
});
