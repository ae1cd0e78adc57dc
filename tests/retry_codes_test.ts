/** The compiler knows errors by number, and may not see the runtime's list of them: here both are held together. */
import assert from "node:assert/strict";
import { RETRY_ERRORS } from "../compiler/3_lower/retries.ts";
import { ERRORS } from "../runtime/ledger/errors.ts";

Deno.test("the causes of retries are the errors that are called so", () => {
  for (const [cause, codes] of Object.entries(RETRY_ERRORS)) {
    const named = ERRORS.filter(({ name, phase }) => name.endsWith(`.${cause}`) || phase === cause);
    assert.deepEqual(codes, named.map(({ code }) => code), cause);
  }
});
