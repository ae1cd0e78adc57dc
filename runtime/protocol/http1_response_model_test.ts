import assert from "node:assert/strict";
import fc from "fast-check";
import { damaged, generatedResponse } from "../../tests/http1/response_generator.ts";
import { modelResponse } from "../../tests/http1/response_model.ts";
import { readResponse } from "../../tests/http1/response_reading.ts";
import { octetsOf } from "./octets.ts";

const splitsOf = (length: number) =>
  fc.array(fc.nat(length), { maxLength: 8 }).map((splits) => splits.sort((a, b) => a - b));

Deno.test("response model: valid responses come out as they went in", () => {
  const example = generatedResponse.chain((response) =>
    fc.record({
      response: fc.constant(response),
      splits: splitsOf(response.wire.length),
      keepBody: fc.boolean(),
      next: fc.constantFrom("", "HTTP/1.1 200 OK\r\n", "\r\n", "0"),
    })
  );
  fc.assert(
    fc.property(example, ({ response, splits, keepBody, next }) => {
      const wish = { head: response.head, keepBody, closes: response.closes };
      const isUntilClose = response.closes && response.wire.length > 0;
      const wire = response.wire + (isUntilClose ? "" : next);
      const reading = readResponse(octetsOf(wire), splits, wish);
      assert.equal(reading.parsed, "done");
      assert.equal(reading.status, response.status);
      assert.equal(reading.body, keepBody ? response.body : "");
      assert.equal(reading.contentBytes, response.body.length);
      assert.equal(reading.consumed, response.wire.length);
      assert.deepEqual(reading, modelResponse(wire, wish));
    }),
    { numRuns: 4000, seed: 1 },
  );
});

Deno.test("response model: damaged responses fail, or not, as the model says", () => {
  const example = generatedResponse.chain((response) =>
    damaged(response.wire).chain((wire) =>
      fc.record({
        wire: fc.constant(wire),
        splits: splitsOf(wire.length),
        head: fc.constant(response.head),
        closes: fc.boolean(),
      })
    )
  );
  const failures = new Set<string | null>();
  fc.assert(
    fc.property(example, ({ wire, splits, head, closes }) => {
      const wish = { head, keepBody: true, closes };
      const expected = modelResponse(wire, wish);
      // The model knows no limits.
      fc.pre(expected.parsed === "done" || !/\d{8}/.test(wire));
      failures.add(expected.failure);
      assert.deepEqual(readResponse(octetsOf(wire), splits, wish), expected);
      assert.deepEqual(readResponse(octetsOf(wire), [], wish), expected);
    }),
    { numRuns: 10_000, seed: 2 },
  );
  for (const failure of ["status-line", "header", "content-length", "transfer-encoding", "chunk"]) {
    assert.ok(failures.has(`protocol.${failure}`), `no example came to ${failure}`);
  }
});
