/** Targets at random, and what goes wrong with them. */
import { FAULT_KINDS } from "../sample_plans.ts";
import type { Luck } from "./luck.ts";
import type { Table, Value } from "./scenario_data.ts";

const TIMES = ["700us", "1ms", "1ms..5ms", "exponential(2ms)", "lognormal(1ms, 1)", "20ms"];
const STATUSES = [200, 201, 204, 304, 404, 429, 500, 503];
const HEADERS: readonly Table[] = [
  { location: "/moved", "x-token": "t-1" },
  { "set-cookie": "sid=abc; Path=/", "x-token": "é" },
  { "set-cookie": "sid=; Max-Age=0", "x-token": "" },
  { etag: "1", a: "b", "content-type": "text/plain" },
];

/** `requests`: names of steps that send them. */
export function randomSimulation(luck: Luck, requests: readonly string[]): Table {
  const servers = luck.maybe(4, [1, 2, 5]);
  const time = servers === undefined ? "latency" : "service";
  const answered = requests.filter(() => luck.oneIn(4));
  return {
    [time]: luck.oneIn(3) ? undefined : luck.pick(TIMES),
    servers,
    queue: servers === undefined ? undefined : luck.maybe(2, [0, 1, 4]),
    errors: luck.maybe(5, ["1%", "20%"]),
    connect: luck.maybe(4, ["100us", "2ms"]),
    connections: luck.maybe(8, [1, 2, 5]),
    answer: answered.length === 0 ? undefined : answered.map((step) => answer(luck, step, time)),
    fault: luck.oneIn(3) ? undefined : luck.several(1, 3, () => fault(luck, requests)),
  };
}

function answer(luck: Luck, step: string, time: string): Table {
  if (luck.oneIn(3)) {
    const location = luck.pick([
      "/there",
      "there?a=1",
      "//cdn.test/x",
      "http://127.0.0.1:8080/x",
      "",
      "#top",
    ]);
    return { step, status: luck.pick([301, 302, 303, 307, 308]), headers: { location } };
  }
  const content = luck.pick<Table>([
    {},
    { json: { token: luck.pick<Value>(["t", 7, ["x"]]), id: 3, items: [{ id: "i" }] } },
    { body: luck.pick(["", "hello id=abc", "{", "é".repeat(200)]) },
  ]);
  const status = luck.maybe(2, STATUSES);
  return {
    step,
    [time]: luck.maybe(4, TIMES),
    errors: luck.maybe(6, ["30%"]),
    status,
    headers: luck.maybe(3, HEADERS),
    ...(status === 204 || status === 304 ? {} : content),
  };
}

function fault(luck: Luck, requests: readonly string[]): Table {
  const kind = luck.pick(FAULT_KINDS);
  return {
    kind,
    step: requests.length > 0 ? luck.maybe(3, requests) : undefined,
    from: luck.maybe(3, ["5ms", "100ms"]),
    for: luck.maybe(3, ["10ms", "500ms"]),
    ratio: luck.oneIn(5) ? undefined : luck.pick(["1%", "10%", "50%"]),
    by: kind === "delay" || kind === "slow-body" ? luck.pick(["1us", "3ms", "80ms"]) : undefined,
    status: kind === "status" ? luck.maybe(2, [204, 302, 404, 500]) : undefined,
  };
}
