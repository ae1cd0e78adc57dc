/** A planned target behind its network, asked as the engine asks. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { NO_MESSAGES, PLAIN_WISH } from "../../../tests/plain_network.ts";
import { samplePlan, type SampleStep } from "../../../tests/sample_plans.ts";
import type { Phase } from "../../engine/engine.ts";
import type { Completions } from "../../engine/host.ts";
import { KeyedRandom, scale } from "../../engine/random.ts";
import { requestError } from "../../ledger/errors.ts";
import { CLOSED } from "../../ledger/record.ts";
import type { SimulatedAnswer, SimulatedFault, Simulation, Tick } from "../../plan.ts";
import { SimulatedHost } from "../simulated.ts";

type Event = Readonly<
  | { event: "opened"; tick: Tick; slot: number; connect: Tick }
  | { event: "closed"; tick: Tick; slot: number; reason: number }
  | {
    event: "ended";
    slot: number;
    firstByte: Tick;
    tick: Tick;
    status: number;
    bytes: number;
    body: string;
    head: string;
  }
  | {
    event: "failed";
    slot: number;
    error: string;
    firstByte: Tick;
    tick: Tick;
    bytes: number;
    cause: string;
  }
>;
type Asked = Readonly<{ tick: Tick; slot: number; request?: number }>;

const ALWAYS = 2 ** 53 - 1;
const REQUEST = new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n");
const FLOW: readonly SampleStep[] = [{ get: "/" }, { get: "/other" }];

/** What comes of requests at their ticks; those that are in flight after `TIMEOUT` ticks are cancelled. */
const TIMEOUT = 1_000_000;

function asked(
  simulation: Partial<Simulation>,
  requests: readonly Asked[],
  { seed = 1, phase = "load", method = "GET" }: { seed?: number; phase?: Phase; method?: string } = {},
): { events: Event[]; cancelled: string[] } {
  const steps = FLOW.map((step) => ({ ...step, request: { method } }));
  const plan = samplePlan({ flows: [steps], seed, simulation, vus: 100 });
  const host = SimulatedHost.ofPlan(plan, phase);
  const events: Event[] = [];
  const inFlight = new Map<number, Tick>();
  const text = (bytes: Uint8Array | null) => new TextDecoder().decode(bytes ?? new Uint8Array(0));
  const completions: Completions = {
    ...NO_MESSAGES,
    dueTick: () => Infinity,
    connectionOpened: (slot, _dns, connect) => {
      events.push({ event: "opened", tick: host.clock.now(), slot, connect });
    },
    connectionClosed: (slot, reason) => {
      events.push({ event: "closed", tick: host.clock.now(), slot, reason });
    },
    responseEnded: (slot, firstByte, tick, status, bytes, body, head) => {
      inFlight.delete(slot);
      events.push({
        event: "ended",
        slot,
        firstByte,
        tick,
        status,
        bytes,
        body: text(body),
        head: text(head),
      });
    },
    requestFailed: (slot, error, firstByte, tick, bytes, cause) => {
      inFlight.delete(slot);
      events.push({ event: "failed", slot, error: requestError(error).name, firstByte, tick, bytes, cause });
    },
  };
  const network = host.openNetwork(completions);
  const cancelled: string[] = [];
  const left = [...requests];
  while (left.length > 0 || inFlight.size > 0) {
    for (const [slot, since] of inFlight) {
      if (host.clock.now() < since + TIMEOUT) continue;
      inFlight.delete(slot);
      cancelled.push(network.cancel(slot));
    }
    while (left.length > 0 && left[0].tick <= host.clock.now() && !inFlight.has(left[0].slot)) {
      const { slot, request = 0 } = left.shift() ?? left[0];
      inFlight.set(slot, host.clock.now());
      const wish = { ...PLAIN_WISH, request, head: method === "HEAD", keepBody: true, keepHead: true };
      network.send(slot, REQUEST, REQUEST.length, wish);
    }
    const timeouts = [...inFlight.values()].map((since) => since + TIMEOUT);
    const next = left.length > 0 && !inFlight.has(left[0].slot) ? left[0].tick : Infinity;
    network.poll(Math.min(...timeouts, next));
  }
  return { events, cancelled };
}

const fixed = (ticks: Tick) => ({ minTicks: ticks, maxTicks: ticks, quantiles: [] });
const fault = (kind: SimulatedFault["kind"], changes: Partial<SimulatedFault> = {}): SimulatedFault => ({
  kind,
  request: -1,
  fromTick: 0,
  toTick: ALWAYS,
  ppm: 1_000_000,
  ticks: 0,
  status: 503,
  ...changes,
});
const answered = (body: string, changes: Partial<SimulatedAnswer> = {}): SimulatedAnswer => ({
  request: 0,
  service: null,
  errorsPpm: -1,
  status: 0,
  headers: null,
  body,
  ...changes,
});
const one: readonly Asked[] = [{ tick: 10, slot: 0 }];
const HELLO = { answers: [answered("hello")] };
const HELLO_HEAD = "HTTP/1.1 200 \r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: 5\r\n\r\n";

Deno.test("a request gets its answer after the time of connection and service, and the next one on the same connection", () => {
  const { events } = asked(HELLO, [...one, { tick: 2_000, slot: 0 }]);
  const ended = {
    event: "ended",
    slot: 0,
    status: 200,
    bytes: HELLO_HEAD.length + 5,
    body: "hello",
    head: HELLO_HEAD,
  };
  deepEqual(events, [
    { event: "opened", tick: 110, slot: 0, connect: 100 },
    { ...ended, firstByte: 1_110, tick: 1_110 },
    { ...ended, firstByte: 3_000, tick: 3_000 },
  ]);
});

Deno.test("an answer to HEAD has a length and no body", () => {
  const [, ended] = asked(HELLO, one, { method: "HEAD" }).events;
  ok(ended.event === "ended");
  deepEqual([ended.status, ended.body, ended.head], [200, "", HELLO_HEAD]);
});

Deno.test("an answer is what the plan says, framing and all", () => {
  const chunked = answered("5\r\nhello\r\n0\r\n\r\n", {
    status: 404,
    headers: [["Transfer-Encoding", "chunked"], ["Connection", "close"]],
    service: fixed(5),
  });
  const { events } = asked({ answers: [chunked] }, [...one, { tick: 300, slot: 1, request: 1 }]);
  deepEqual(events.map((it) => [it.event, it.tick]), [
    ["opened", 110],
    ["closed", 115],
    ["ended", 115],
    ["opened", 400],
    ["ended", 1_400],
  ]);
  ok(events[1].event === "closed" && events[1].reason === CLOSED.announced);
  ok(events[2].event === "ended" && events[2].status === 404 && events[2].body === "hello");
});

Deno.test("what lies behind a response costs its connection, and an answer without a body has none", () => {
  const seen = (answer: SimulatedAnswer) =>
    asked({ answers: [answer] }, [...one, { tick: 2_000, slot: 0 }]).events.map((it) =>
      it.event === "closed" ? it.reason : it.event === "ended" ? `${it.status} ${it.body}` : it.event
    );
  const short = answered("hello", { headers: [["content-length", "3"]] });
  const once = ["opened", CLOSED.afterError, "200 hel"];
  deepEqual(seen(short), [...once, ...once]);
  deepEqual(seen(answered("hello", { status: 204 })), ["opened", "204 ", "204 "]);
});

Deno.test("each fault does what its name says", () => {
  const bytes = HELLO_HEAD.length + 5;
  const cases: [SimulatedFault, readonly (string | number)[][], string[]][] = [
    [fault("drop"), [], ["wait"]],
    [fault("delay", { ticks: 500 }), [["ended", 200, 1_610, 1_610]], []],
    [fault("reset"), [["closed", CLOSED.afterError], ["failed", "wait.reset", -1, 1_110, 0]], []],
    [fault("half-close"), [["closed", CLOSED.afterError], [
      "failed",
      "receive.closed",
      1_110,
      1_110,
      Math.floor(bytes / 2),
    ]], []],
    [fault("slow-body", { ticks: 900 }), [["ended", 200, 1_110, 2_010]], []],
    [fault("slow-body", { ticks: 9_000_000 }), [], ["receive"]],
    [fault("status", { status: 500 }), [["ended", 500, 1_110, 1_110]], []],
  ];
  for (const [it, wanted, wantedPhases] of cases) {
    const { events, cancelled } = asked({ ...HELLO, faults: [it] }, one);
    const seen = events.slice(1).map((it) => {
      if (it.event === "ended") return ["ended", it.status, it.firstByte, it.tick];
      if (it.event === "failed") return ["failed", it.error, it.firstByte, it.tick, it.bytes];
      return it.event === "closed" ? ["closed", it.reason] : [it.event];
    });
    deepEqual([seen, cancelled], [wanted, wantedPhases], it.kind);
  }
});

Deno.test("a refused connection is none, and the next one is another matter", () => {
  const faults = [fault("refuse", { toTick: 50 })];
  const { events } = asked({ ...HELLO, faults }, [...one, { tick: 60, slot: 0 }]);
  deepEqual(events.map((it) => [it.event, it.tick]), [["failed", 110], ["opened", 210], ["ended", 1_210]]);
  const [failed] = events;
  ok(
    failed.event === "failed" && failed.error === "connect.refused" && failed.cause === "simulated: a fault",
  );
});

Deno.test("a corrupt byte is found by the codec, or changes what is read, or leaves the request to its timeout", () => {
  const requests = Array.from({ length: 300 }, (_, n) => ({ tick: 10 + n, slot: n % 90 }));
  const { events, cancelled } = asked({ ...HELLO, faults: [fault("corrupt")] }, requests);
  const errors = new Set(events.flatMap((it) => it.event === "failed" ? [it.error] : []));
  for (const error of ["protocol.status-line", "protocol.header", "protocol.content-length"]) {
    ok(errors.has(error), `${error} of ${[...errors]}`);
  }
  ok(events.some((it) => it.event === "ended" && it.body !== "hello"));
  const failed = events.filter((it) => it.event === "failed" || it.event === "ended").length;
  equal(failed + cancelled.length, 300);
});

Deno.test("faults keep to their step, their time and their share", () => {
  const requests = Array.from(
    { length: 1_000 },
    (_, n) => ({ tick: 1_000 * n, slot: n % 90, request: n % 2 }),
  );
  const statuses = (faults: SimulatedFault[]) =>
    asked({ faults }, requests).events.flatMap((it) =>
      it.event === "ended" ? [[it.status, it.slot, it.tick]] : []
    );
  const ofStep = statuses([fault("status", { request: 1 })]);
  ok(ofStep.every(([status, slot]) => (status === 503) === (slot % 2 === 1)));
  const burst = statuses([fault("status", { fromTick: 100_000, toTick: 200_000 })]);
  equal(burst.filter(([status]) => status === 503).length, 100);
  ok(burst.every(([status, , tick]) => status === 200 || (tick >= 101_000 && tick <= 201_100)));
  const share = statuses([fault("status", { ppm: 100_000 })]).filter(([status]) => status === 503).length;
  ok(share > 70 && share < 130, `${share} of 1000`);
});

Deno.test("errors come in their share, and a setup meets only those that name its steps", () => {
  const requests = Array.from({ length: 1_000 }, (_, n) => ({ tick: 10 * n, slot: n % 90, request: n % 2 }));
  const errors = (simulation: Partial<Simulation>, phase: Phase = "load") =>
    asked(simulation, requests, { phase }).events.filter((it) => it.event === "ended" && it.status === 500)
      .length;
  const half = errors({ errorsPpm: 500_000 });
  ok(half > 430 && half < 570, `${half}`);
  equal(errors({ errorsPpm: 1_000_000, answers: [answered("", { errorsPpm: 0 })] }), 500);
  equal(errors({ errorsPpm: 1_000_000, faults: [fault("status", { status: 500 })] }, "setup"), 0);
  equal(errors({ answers: [answered("", { errorsPpm: 1_000_000 })] }, "setup"), 500);
  equal(errors({ faults: [fault("status", { status: 500, request: 0 })] }, "teardown"), 500);
});

Deno.test("servers work one request after another, and turn away what finds no room", () => {
  const simulation = { servers: 1, queue: 1, service: fixed(1_000), connect: fixed(0) };
  const { events } = asked(simulation, [0, 1, 2].map((slot) => ({ tick: 0, slot })));
  const ended = events.flatMap((it) => it.event === "ended" ? [[it.slot, it.status, it.tick]] : []);
  deepEqual(ended, [[2, 503, 1], [0, 200, 1_000], [1, 200, 2_000]]);
});

Deno.test("connections above the limit are refused as long as the others stand", () => {
  const requests = [0, 1, 2].map((slot) => ({ tick: 0, slot }));
  const { events } = asked({ connections: 2 }, requests);
  deepEqual(events.flatMap((it) => it.event === "failed" ? [[it.slot, it.error, it.cause]] : []), [
    [2, "connect.refused", "simulated: 2 connections"],
  ]);
  const closing = [answered("", { headers: [["connection", "close"]] })];
  const later = asked({ connections: 2, answers: closing }, [...requests.slice(0, 2), {
    tick: 5_000,
    slot: 2,
  }]);
  equal(later.events.filter(({ event }) => event === "ended").length, 3);
});

Deno.test("a connection may take longer than its request has time for", () => {
  deepEqual(asked({ connect: fixed(2 * TIMEOUT) }, one), { events: [], cancelled: ["connect"] });
});

Deno.test("draws are named as docs/determinism.md says", () => {
  const range = { minTicks: 100, maxTicks: 899, quantiles: [] };
  const faults = [fault("drop", { request: 1 }), fault("status", { ppm: 300_000 })];
  const requests = Array.from({ length: 50 }, (_, slot) => ({ tick: 10_000 * slot, slot }));
  const { events } = asked({ service: range, connect: range, errorsPpm: 200_000, faults }, requests, {
    seed: 5,
  });
  const random = new KeyedRandom(5);
  const drawn = (number: number, use: number) => {
    random.draw(number, 2, use, 0);
    return [...random.words];
  };
  const wanted = requests.flatMap(({ tick, slot }) => {
    const connect = 100 + scale(drawn(slot, 0)[0], 800);
    const [service, , error] = drawn(slot, 1);
    const [strikes] = drawn(slot, 16 + 1);
    const status = scale(strikes, 1_000_000) < 300_000 ? 503 : scale(error, 1_000_000) < 200_000 ? 500 : 200;
    return [["opened", connect], [status, tick + connect + 100 + scale(service, 800)]];
  });
  const seen = events.map((it) =>
    it.event === "opened" ? [it.event, it.connect] : it.event === "ended" ? [it.status, it.tick] : [it.event]
  );
  deepEqual(seen, wanted);
  deepEqual(new Set(wanted.map(([first]) => first)), new Set(["opened", 200, 500, 503]));
});

Deno.test("times are drawn anew for each request, by the seed and the phase, and lie within their range", () => {
  const simulation = { service: { minTicks: 100, maxTicks: 200, quantiles: [] }, connect: fixed(1) };
  const requests = Array.from({ length: 200 }, (_, n) => ({ tick: 1_000 * n, slot: 0 }));
  const times = (seed: number, phase: Phase = "load") =>
    asked(simulation, requests, { seed, phase }).events
      .flatMap((it) => it.event === "ended" ? [it.tick] : []).map((tick, n) => tick - 1_000 * n);
  const [first, ...others] = times(1);
  ok(first >= 101 && first <= 201);
  ok(others.every((ticks) => ticks >= 100 && ticks <= 200));
  ok(new Set(others).size > 50);
  deepEqual(times(1), [first, ...others]);
  ok(JSON.stringify(times(2)) !== JSON.stringify(times(1)));
  ok(JSON.stringify(times(1, "setup")) !== JSON.stringify(times(1)));
});

Deno.test("no answer takes no time, or a closed load would never come to an end", () => {
  const { events } = asked({
    service: fixed(0),
    connect: fixed(0),
    faults: [fault("refuse", { toTick: 10 })],
  }, [
    { tick: 0, slot: 0 },
    { tick: 20, slot: 0 },
  ]);
  deepEqual(events.map((it) => [it.event, it.tick]), [["failed", 1], ["opened", 20], ["ended", 21]]);
});
