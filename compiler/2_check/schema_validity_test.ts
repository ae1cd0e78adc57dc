import assert from "node:assert/strict";
import { validitySchema } from "./schema_validity.ts";

/** What the limits are where the scenario says nothing of them. */
const USUAL = { lag_p99: 10_000, drops: 10_000, gaps: 10_000, cpu: 1_000_000 };

const SOUND: readonly [written: Record<string, string>, limits: Partial<typeof USUAL>][] = [
  [{}, {}],
  [{ lag_p99: "250us" }, { lag_p99: 250 }],
  [{ lag_p99: "0s", drops: "0%", gaps: "0%" }, { lag_p99: 0, drops: 0, gaps: 0 }],
  [{ cpu: "95%" }, { cpu: 950_000 }],
  [{ cpu: "100%" }, { cpu: 1_000_000 }],
  [{ drops: "0.0001%", gaps: "100%" }, { drops: 1, gaps: 1_000_000 }],
  [
    { lag_p99: "any", drops: "any", gaps: "any", cpu: "any" },
    { lag_p99: Number.MAX_SAFE_INTEGER, drops: 1_000_000, gaps: 1_000_000 },
  ],
];

for (const [written, limits] of SOUND) {
  Deno.test(`validity ${JSON.stringify(written)}`, () => {
    assert.deepEqual(validitySchema.parse(written), { ...USUAL, ...limits });
  });
}

Deno.test("limits that are none, and keys that nobody knows", () => {
  for (
    const written of [{ lag_p99: "10" }, { lag_p99: "1%" }, { drops: "5ms" }, { gaps: "off" }, {
      gaps: "ANY",
    }, {
      cpu: "9s",
    }, {
      processor: "90%",
    }]
  ) {
    assert.equal(validitySchema.safeParse(written).success, false, JSON.stringify(written));
  }
});
