/** Who waits for a connection, and what becomes of them, over pipes that a test moves by hand. */
import { deepEqual, equal } from "node:assert/strict";
import { block, headers, settings } from "../../tests/http2/server_frames.ts";
import { PLAIN_WISH } from "../../tests/plain_network.ts";
import { constantLoad, samplePlan } from "../../tests/sample_plans.ts";
import type { Completions } from "../engine/host.ts";
import type { Plan } from "../plan.ts";
import { FLAG } from "../protocol/http2_frames.ts";
import { CarriedNetwork } from "./carried_network.ts";
import { LiveClock } from "./live_clock.ts";
import type { Pipes, PipesListener } from "./pipes.ts";

const STREAMS = 3;

/** Two connections of three streams each, over HTTP/2. */
function sharedPlan(): Plan {
  const plan = samplePlan({ load: constantLoad(1, 1_000_000, 6) });
  const [target] = plan.targets;
  const shared = { kind: "shared", size: 2 } as const;
  const multiplexed = { ...target, protocol: "h2", streams: STREAMS, slots: 6, connections: shared } as const;
  return { ...plan, targets: [multiplexed], bounds: { ...plan.bounds, connections: 6 } };
}

function driven() {
  const told: string[] = [];
  const calls: string[] = [];
  const pipes: Pipes = {
    open: (connection, protocol) => calls.push(`open ${connection} ${protocol}`),
    write: (connection) => calls.push(`write ${connection}`),
    unsent: () => 0,
    writeFailure: () => "",
    phase: () => "connect",
    close: (connection) => calls.push(`close ${connection}`),
    poll: () => {},
  };
  const hooks = { failed: (_slot: number) => {}, ended: (_slot: number) => {} };
  const completions: Completions = {
    dueTick: () => Infinity,
    connectionOpened: (slot) => told.push(`opened ${slot}`),
    connectionSecured: (slot) => told.push(`secured ${slot}`),
    connectionClosed: (slot) => told.push(`closed ${slot}`),
    messageReceived: () => {},
    awaitedTexts: () => [],
    isAwaited: () => false,
    frameAnswered: () => {},
    responseEnded: (slot) => {
      told.push(`ended ${slot}`);
      hooks.ended(slot);
    },
    requestFailed: (slot) => {
      told.push(`failed ${slot}`);
      hooks.failed(slot);
    },
  };
  const { promise, resolve } = Promise.withResolvers<PipesListener>();
  const network = new CarriedNetwork(sharedPlan(), new LiveClock(), completions, (listener) => {
    resolve(listener);
    return pipes;
  });
  const get = new TextEncoder().encode("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
  const send = (slot: number) => network.send(slot, get, get.length, PLAIN_WISH);
  return { network, send, told, calls, hooks, listening: promise };
}

Deno.test("slots side by side wait for one connection, and are told of it by one that waits", async () => {
  const { network, send, told, calls, listening } = driven();
  for (const slot of [4, 1, 2]) send(slot);
  deepEqual(calls, ["open 3 h2", "open 0 h2"]);
  equal(network.cancel(1), "connect");
  equal(network.isOpen(2), false);
  (await listening).opened(0, 0, 1, 0, 0, false);
  deepEqual(told, ["opened 2"]);
  deepEqual([0, 1, 2, 3].map((slot) => network.isOpen(slot)), [true, true, true, false]);
  deepEqual(calls.slice(2), ["write 0"]);
});

Deno.test("an opening is given up with the last one that waits for it", () => {
  const { network, send, told, calls } = driven();
  for (const slot of [0, 1]) send(slot);
  network.cancel(1);
  deepEqual(calls, ["open 0 h2"]);
  network.cancel(0);
  deepEqual(calls, ["open 0 h2", "close 0"]);
  send(2);
  deepEqual(calls.slice(2), ["open 0 h2"]);
  deepEqual(told, []);
});

Deno.test("all who wait hear that it cannot be opened, but for those whom the engine gives up meanwhile", async () => {
  const { network, send, told, calls, hooks, listening } = driven();
  for (const slot of [0, 1, 2]) send(slot);
  hooks.failed = (slot) => {
    if (slot !== 0) return;
    equal(network.cancel(1), "connect");
    send(0);
  };
  (await listening).failedToOpen(0, 3201, "refused", 5);
  deepEqual(told, ["failed 0", "failed 2"]);
  deepEqual(calls, ["open 0 h2", "open 0 h2"]);
  (await listening).opened(0, 0, 1, 0, 0, false);
  deepEqual(told, ["failed 0", "failed 2", "opened 0"]);
});

Deno.test("what the engine sends when it hears of a response goes out before the next poll", async () => {
  const { send, told, calls, hooks, listening } = driven();
  send(1);
  const listener = await listening;
  listener.opened(0, 0, 1, 0, 0, false);
  equal(calls.length, 2);
  hooks.ended = send;
  const bytes = Uint8Array.from([...settings(), ...headers(1, block([":status", "204"]), FLAG.endStream)]);
  listener.received(0, bytes, bytes.length, 5);
  deepEqual(told, ["opened 1", "ended 1"]);
  deepEqual(calls, ["open 0 h2", "write 0", "write 0"]);
});
