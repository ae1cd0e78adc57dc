import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import { Servers } from "./servers.ts";

/** Serves by walking through time, tick by tick. */
function served(
  servers: number,
  queueMost: number,
  requests: readonly (readonly [number, number])[],
): number[] {
  const done: number[] = new Array(requests.length).fill(-1);
  const busyUntil: number[] = new Array(servers).fill(0);
  const queue: number[] = [];
  const end = requests.reduce((sum, [, service]) => sum + service, (requests.at(-1)?.[0] ?? 0) + 1);
  const serve = (tick: number) => {
    for (let free = busyUntil.findIndex((until) => until <= tick); free >= 0 && queue.length > 0;) {
      const next = queue.shift() ?? 0;
      busyUntil[free] = done[next] = tick + requests[next][1];
      free = busyUntil.findIndex((until) => until <= tick);
    }
  };
  for (let tick = 0; tick <= end; tick++) {
    serve(tick);
    requests.forEach(([came], n) => {
      if (came !== tick) return;
      const isFree = busyUntil.some((until) => until <= tick);
      if (!isFree && queue.length >= queueMost) return;
      queue.push(n);
      serve(tick);
    });
  }
  return done;
}

Deno.test("requests are served as by a queue that is walked through tick by tick", () => {
  const requests = fc.array(fc.tuple(fc.nat(5), fc.integer({ min: 1, max: 20 })), { maxLength: 40 })
    .map((gaps) => {
      let tick = 0;
      return gaps.map(([gap, service]) => [tick += gap, service] as const);
    });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), fc.nat(5), requests, (servers, queueMost, requests) => {
      const it = new Servers(servers, queueMost);
      deepEqual(
        requests.map(([tick, service]) => it.enter(tick, service)),
        served(servers, queueMost, requests),
      );
    }),
    { numRuns: 300 },
  );
});

Deno.test("requests that just fit never wait", () => {
  const it = new Servers(1, 10);
  let last = 0;
  for (let tick = 0; tick < 100_000; tick += 10) last = Math.max(last, it.enter(tick, 10));
  equal(last, 100_000);
});
