import assert from "node:assert/strict";
import fc from "fast-check";
import { DrivenConnection } from "../../tests/http2/driven_connection.ts";
import * as server from "../../tests/http2/server_frames.ts";
import { FLAG, FRAME, SETTING } from "./http2_frames.ts";

const FUZZES = 4000;
const SLOTS = 8;
const OK = server.block([":status", "200"], ["content-length", "5"]);

function recorded(file: string): Uint8Array {
  return Deno.readFileSync(new URL(`recorded/${file}.h2`, import.meta.url));
}

const seeds: readonly Uint8Array[] = [
  recorded("nginx"),
  recorded("nghttpd"),
  recorded("node").slice(0, 1500),
  Uint8Array.from([
    ...server.settings([SETTING.maxConcurrentStreams, 3], [SETTING.initialWindowSize, 10]),
    ...server.headers(1, OK),
    ...server.padded(1, "hello", 3, FLAG.endStream),
    ...server.frame(FRAME.headers, 0, 3, OK.slice(0, 5)),
    ...server.frame(FRAME.continuation, FLAG.endHeaders, 3, OK.slice(5)),
    ...server.resetStream(3, 8),
    ...server.windowUpdate(5, 1000),
    ...server.windowUpdate(0, 1000),
    ...server.goAway(5, 0, "bye"),
  ]),
];

/** A frame of any kind whose header is well formed, which chance would hardly write. */
function oddFrame(integer: (below: number) => number): readonly number[] {
  const payload = Array.from(
    { length: integer(3) === 0 ? integer(40) : [0, 4, 6, 8][integer(4)] },
    () => integer(256),
  );
  return server.frame(
    integer(11),
    integer(4) === 0 ? integer(256) : [0, 1, 4, 5][integer(4)],
    integer(9),
    payload,
  );
}

/** A seed with a few octets changed, with frames put in anywhere, or cut and joined with another. */
function fuzzedWire(integer: (below: number) => number): Uint8Array {
  const seed = seeds[integer(seeds.length)];
  const at = integer(seed.length);
  switch (integer(3)) {
    case 0: {
      const wire = seed.slice();
      for (let left = 1 + integer(4); left > 0; left--) wire[integer(wire.length)] = integer(256);
      return wire;
    }
    case 1:
      return Uint8Array.from([
        ...seed.subarray(0, at),
        ...seeds[integer(seeds.length)].subarray(integer(200)),
      ]);
    default: {
      const frames = Array.from({ length: 1 + integer(6) }, () => oddFrame(integer)).flat();
      return Uint8Array.from([...server.settings(), ...frames, ...seed.subarray(integer(2) === 0 ? 0 : at)]);
    }
  }
}

/** A connection with requests of every kind, to a server that allows so many at once. */
function asked(streamsMax: number): DrivenConnection {
  const driven = new DrivenConnection();
  driven.feed(server.settings([SETTING.maxConcurrentStreams, streamsMax]));
  for (let slot = 0; slot < SLOTS; slot++) {
    const content = "x".repeat(slot % 3 === 2 ? 1000 : 0);
    const wish = { head: slot === 1, stream: slot === 4 ? "events" : null };
    driven.request(slot, `POST / HTTP/1.1\r\nhost: a\r\n\r\n${content}`, wish);
  }
  return driven;
}

Deno.test("http2: whatever comes, nothing is thrown, and every request ends once", () => {
  const ends = new Set<string>();
  fc.assert(
    fc.property(fc.infiniteStream(fc.nat(1 << 24)), (numbers) => {
      const integer = (below: number) => numbers.next().value % below;
      const wire = fuzzedWire(integer);
      const streamsMax = [3, 100][integer(2)];
      const driven = asked(streamsMax);
      const split = integer(wire.length);
      driven.feed(wire, [split]);
      const whole = [...driven.told];
      driven.connection.close();
      const told = driven.take();
      const slots = told.filter((text) => / (?:ended|failed|unsent)/.test(text) && !text.startsWith("conn"));
      assert.deepEqual(
        slots.map((text) => parseInt(text)).sort(),
        Array.from({ length: SLOTS }, (_, slot) => slot),
      );
      assert.equal(driven.connection.inFlight, 0);
      driven.frames();
      for (const text of told) ends.add(text.replace(/^\d+ /, "").replace(/ \(.*| \{.*/, ""));

      const other = asked(streamsMax);
      other.feed(wire);
      assert.deepEqual(other.told, whole);
    }),
    { numRuns: FUZZES },
  );
  // The noise reaches what it is there for.
  for (
    const end of [
      "ended",
      "unsent",
      "failed stream.reset",
      "failed protocol.frame",
      "failed protocol.header-block",
    ]
  ) {
    assert.ok(ends.has(end), `${end} is among ${[...ends].join(", ")}`);
  }
});
