import { equal, ok } from "node:assert/strict";
import { NO_MESSAGES } from "../../tests/plain_network.ts";
import { samplePlan } from "../../tests/sample_plans.ts";
import type { Completions } from "../engine/host.ts";
import { epollTransport } from "./epoll.ts";
import { fetchTransport } from "./fetch.ts";
import { LiveClock } from "./live_clock.ts";
import { Looking } from "./looking.ts";
import { socketTransport } from "./socket.ts";

const TRANSPORTS = [socketTransport, fetchTransport, epollTransport]
  .filter(({ problem }) => problem?.() == null);
/** Nothing is due, and nothing comes. */
const NOTHING: Completions = {
  ...NO_MESSAGES,
  dueTick: () => Infinity,
  connectionOpened: () => {},
  connectionClosed: () => {},
  responseEnded: () => {},
  requestFailed: () => {},
};

Deno.test("only looks that found nothing count, and none of them for long", () => {
  const looking = new Looking();
  looking.begin(100);
  looking.end(105);
  equal(looking.ticks, 5);
  looking.end(200);
  equal(looking.ticks, 5, "none was begun");
  looking.begin(200);
  looking.found();
  looking.end(205);
  equal(looking.ticks, 5, "something was found");
  looking.begin(300);
  looking.begin(303);
  looking.end(307);
  equal(looking.ticks, 9, "the look before was not ended by anybody");
  looking.begin(1_000);
  looking.end(1_000_000);
  equal(looking.ticks, 209, "it was no look that took so long");
});

for (const transport of TRANSPORTS) {
  const name = `${transport.name} tells how long it looked for what is due, and sleeps otherwise`;
  // A thread keeps its C library for as long as it lives.
  Deno.test({ name, sanitizeResources: transport.name !== "epoll" }, async () => {
    const [clock, looking] = [new LiveClock(), new Looking()];
    const network = transport.open(samplePlan(), clock, NOTHING, [], looking);
    for (const from = clock.now(); clock.now() < from + 20_000;) await network.poll(clock.now() + 50);
    const looked = looking.ticks;
    // Where the processor is another's for most of the time, looks are few.
    ok(looked > 200 && looked <= clock.now(), `${looked} of ${clock.now()}`);
    const from = clock.now();
    const until = from + 200_000;
    while (clock.now() < until - 5_000) await network.poll(until);
    ok(looking.ticks - looked < 50_000, `${looking.ticks - looked} of ${clock.now() - from}`);
  });
}
