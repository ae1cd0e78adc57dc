import assert from "node:assert/strict";
import fc from "fast-check";
import { type Lock, readLock, writeLock } from "./lock.ts";

const SAMPLE = {
  format: 1,
  name: "checkout",
  plan_sha256: "0123456789abcdef".repeat(4),
  seed: 7,
  decision_digest: { sha256: "fedcba9876543210".repeat(4), sessions: 250_000 },
  simulated: null,
  z6c: "0.1.0",
  deno: "2.7.11",
};

Deno.test("a lock reads as a person would write it", () => {
  assert.deepEqual(readLock(JSON.stringify(SAMPLE)), { kind: "read", lock: { ...SAMPLE, unknown: {} } });
  assert.equal(writeLock({ ...SAMPLE, format: 1, unknown: {} }), JSON.stringify(SAMPLE, null, 2) + "\n");
});

Deno.test("a lock of a version that knew no digests has none", () => {
  const { decision_digest: _decisions, simulated: _simulated, ...older } = SAMPLE;
  const reading = readLock(JSON.stringify(older));
  assert(reading.kind === "read");
  assert.deepEqual([reading.lock.decision_digest, reading.lock.simulated], [null, null]);
});

Deno.test("what is no lock is refused with a reason", () => {
  const cases: [string, RegExp][] = [
    ["", /not JSON/],
    ["[]", /not a JSON object/],
    ["null", /not a JSON object/],
    [JSON.stringify({ ...SAMPLE, format: 2 }), /format 2; .* newer/],
    [JSON.stringify({ ...SAMPLE, format: "1" }), /"1" as "format"/],
    [JSON.stringify({ ...SAMPLE, name: "" }), /"" as "name"/],
    [JSON.stringify({ ...SAMPLE, plan_sha256: "ABC" }), /"ABC" as "plan_sha256"; wanted: 64/],
    [JSON.stringify({ ...SAMPLE, seed: -1 }), /-1 as "seed"/],
    [JSON.stringify({ ...SAMPLE, seed: 0.5 }), /0.5 as "seed"/],
    [JSON.stringify({ ...SAMPLE, seed: 2 ** 53 }), /as "seed"/],
    [JSON.stringify({ ...SAMPLE, deno: undefined }), /nothing as "deno"/],
    [JSON.stringify({ ...SAMPLE, decision_digest: "ab" }), /"ab" as "decision_digest"; wanted: sha256 and/],
    [JSON.stringify({ ...SAMPLE, simulated: { sha256: "ab", sessions: 1 } }), /as "simulated"; wanted/],
  ];
  for (const [text, reason] of cases) {
    const reading = readLock(text);
    assert.equal(reading.kind, "unreadable", text);
    assert.match(reading.kind === "unreadable" ? reading.reason : "", reason);
  }
});

Deno.test("unknown fields survive, and the text does not depend on their order", () => {
  const names = fc.string().filter((name) =>
    !(name in SAMPLE) && name !== "__proto__" && !/^\d+$/.test(name)
  );
  fc.assert(fc.property(fc.dictionary(names, fc.jsonValue(), { noNullPrototype: true }), (unknown) => {
    const lock: Lock = { ...SAMPLE, format: 1, unknown };
    const text = writeLock(lock);
    const reading = readLock(text);
    assert(reading.kind === "read");
    assert.equal(
      JSON.stringify(sorted(reading.lock.unknown)),
      JSON.stringify(sorted(JSON.parse(JSON.stringify(unknown)))),
    );
    assert.equal(writeLock(reading.lock), text);
    const reversed = Object.fromEntries(Object.entries(unknown).reverse());
    assert.equal(writeLock({ ...lock, unknown: reversed }), text);
  }));
});

function sorted(record: Readonly<Record<string, unknown>>): [string, unknown][] {
  return Object.entries(record).sort(([a], [b]) => a < b ? -1 : 1);
}
