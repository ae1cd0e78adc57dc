/** Sample plans that decide everything there is to decide, and targets that let their sessions through, or do not. */
import type { TargetModel } from "../runtime/host/simulated.ts";
import { ERROR } from "../runtime/ledger/errors.ts";
import type { ClosedLoad, Load, Plan, Table } from "../runtime/plan.ts";
import { constantLoad, samplePlan, type SampleStep } from "./sample_plans.ts";

const WORDS: Table = {
  name: "words",
  columns: ["word"],
  rows: 3,
  pick: "shuffle",
  salt: 77,
  cells: "one\u007ftwo\u007fthrée\u007f",
};

const BROWSE: readonly SampleStep[] = [
  { get: "/list", repeat: [0, 3] },
  { think: [1_000, 90_000] },
  {
    group: "look",
    repeat: [1, 2],
    steps: [{ get: "/near" }, { think: [10, 20], quantiles: [10, 12, 14, 18, 20] }],
  },
  {
    get: "/item",
    request: {
      head: [
        "GET /item/",
        { slot: "int", use: 0, min: 1, max: 999 },
        "?q=",
        { slot: "data", table: 0, column: 0, encoding: "query" },
        "&id=",
        { slot: "uuid", use: 1 },
        " HTTP/1.1\r\nhost: ",
        { slot: "authority" },
        "\r\nx-session: ",
        { slot: "session" },
        " in ",
        { slot: "stage", texts: ["hold"] },
        "\r\nx-pass: ",
        { slot: "loop" },
        { slot: "choice", use: 2, texts: ["a", "bé", "c"] },
        "\r\n\r\n",
      ],
    },
    repeat: [1, 2],
  },
];

/** `token` is captured, and a later step asks for it. */
const BUY: readonly SampleStep[] = [
  {
    get: "/login",
    request: {
      onError: "end-session",
      captures: [{ capture: 0, from: { kind: "header", name: "token", pattern: null }, optional: true }],
    },
  },
  {
    group: "pay",
    when: { kind: "captured", capture: 0, exists: true },
    steps: [{ get: "/basket" }, { get: "/buy" }],
  },
  { get: "/guest", when: { kind: "captured", capture: 0, exists: false } },
  { get: "/moved", request: { redirects: 2 } },
  {
    get: "/shaky",
    request: {
      retry: { times: 2, errors: [], statuses: [[503, 503]], minTicks: 1_000, maxTicks: 2_000 },
    },
  },
];

/** The key is handed to every session. */
const OPEN: readonly SampleStep[] = [
  {
    get: "/open",
    request: {
      captures: [{ capture: 1, from: { kind: "header", name: "token", pattern: null }, optional: false }],
    },
  },
  { think: [1, 1_000] },
];

/** With groups, setup and teardown. */
export function decidedPlan(changes: Readonly<{ load?: Load; seed?: number; vus?: number }> = {}): Plan {
  return samplePlan({
    flows: [BROWSE, BUY],
    setup: OPEN,
    teardown: [{ get: "/close", when: { kind: "captured", capture: 1, exists: true } }],
    tables: [WORDS],
    captures: ["flow-1/token", "setup/token"],
    load: constantLoad(100, 1_000_000, 60),
    ...changes,
  });
}

/** Without anything that depends on what is seen. */
export function plainPlan(changes: Readonly<{ load?: Load; seed?: number; vus?: number }> = {}): Plan {
  return samplePlan({ flows: [BROWSE], tables: [WORDS], load: constantLoad(100, 1_000_000, 60), ...changes });
}

export function closedLoad(iterations: number, lengthTicks: number, users = 5): ClosedLoad {
  return {
    model: "closed",
    iterations,
    maxVus: users,
    paceTicks: 0,
    gracefulStopTicks: 10_000_000,
    stages: [{ name: "hold", warmup: false, startTick: 0, lengthTicks, vusStart: users, vusEnd: users }],
  };
}

/** Everything goes as expected. */
export const willing: TargetModel = ({ bytes }) => ({
  kind: "response",
  afterTicks: 700,
  status: statusOf(bytes),
  bytes: 100,
  headers: [["token", "t"]],
});

/** As expected of a request of HTTP, the opening of a WebSocket, or what is done on one. */
function statusOf(bytes: Uint8Array): number {
  const [first = 0x80] = bytes;
  if (first >= 0x80) return first === 0x88 ? 1000 : 0;
  return new TextDecoder().decode(bytes).includes("\r\nupgrade: websocket\r\n") ? 101 : 200;
}

/** Fails, redirects, forgets and hangs up now and then, by the tick and the request's path. */
export const moody: TargetModel = (request) => {
  const { tick, bytes } = request;
  const path = new TextDecoder().decode(bytes).split(" ")[1];
  if (path === "/open") return willing(request);
  const mood = tick % 7;
  const afterTicks = 500 + mood * 900;
  const headers: [string, string][] = mood % 2 === 0 ? [["token", "t"]] : [];
  if (path === "/moved" && mood < 4) {
    return { kind: "response", afterTicks, status: 302, bytes: 90, headers: [["location", "/there"]] };
  }
  if (path === "/shaky" && mood < 3) return { kind: "response", afterTicks, status: 503, bytes: 90 };
  if (path === "/login" && mood === 5) return { kind: "response", afterTicks, status: 500, bytes: 90 };
  if (path === "refused" && mood < 3) return { kind: "response", afterTicks, status: 403, bytes: 90 };
  const status = statusOf(bytes);
  if ((status === 0 || status === 1000) && mood === 1) {
    return { kind: "error", afterTicks, error: ERROR["wait.reset"] };
  }
  return { kind: "response", afterTicks, status, bytes: 100, headers };
};
