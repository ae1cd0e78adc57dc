import { deepEqual, equal, match, throws } from "node:assert/strict";
import { encodeHeader, LedgerUnreadable, readHeader } from "./header.ts";
import { sampleHeaderJson } from "../../tests/sample_ledger.ts";
import { memorySource } from "./source.ts";

Deno.test("a header comes back as it was written, whatever its length and the order of its fields", () => {
  const fields = Object.entries(JSON.parse(sampleHeaderJson()));
  for (let padding = 0; padding < 9; padding++) {
    const header = { ...Object.fromEntries(fields.toReversed()), z6c: "é".repeat(padding) };
    const json = JSON.stringify(header);
    const bytes = encodeHeader(json);
    equal(bytes.length % 8, 0);
    const found = readHeader(memorySource(bytes));
    deepEqual(found.header, header);
    equal(found.headerJson, json);
    equal(found.headerBytes, bytes.length);
    deepEqual(found.hash, bytes.subarray(-32));
  }
});

Deno.test("what is no ledger is refused with what it is, and the way out", () => {
  const text = (value: string) => new TextEncoder().encode(value);
  const good = encodeHeader(sampleHeaderJson());
  const changed = (at: number, value: number) => {
    const bytes = good.slice();
    bytes[at] = value;
    return bytes;
  };
  const without = (name: string, value?: unknown) =>
    encodeHeader(JSON.stringify({ ...JSON.parse(sampleHeaderJson()), [name]: value }));
  const cases: [string, Uint8Array, RegExp][] = [
    ["nothing", new Uint8Array(), /the file is empty/],
    [
      "TOML",
      text('name = "checkout"\nseed = 42\n'),
      /begins with "name = \\"", and a ledger with "Z6CLOG\\r\\n"/,
    ],
    ["a short text", text("hi"), /this is no ledger: it begins with "hi"/],
    ["three bytes", good.subarray(0, 3), /cut short: it has 3 bytes/],
    ["twelve bytes", good.subarray(0, 12), /cut short: it has 12 bytes/],
    [
      "half a header",
      good.subarray(0, 100),
      /header is cut short: it says it has \d+ bytes, and the file has 100/,
    ],
    ["line endings", text("Z6CLOG\n" + "\0".repeat(40)), /line endings were changed/],
    ["a later format", changed(8, 2), /of format 2, and this z6c reads format 1/],
    ["a changed byte", changed(40, 0), /header \(its first \d+ bytes\) was changed/],
    ["no JSON", encodeHeader("{"), /it is no object/],
    ["null", encodeHeader("null"), /it is no object/],
    ["another tick", without("tick_ns", 1), /`tick_ns` is not 1000/],
    ["another format", without("format", 2), /`format` is not 1/],
    ["no plan", without("plan"), /`plan` is no object/],
    ["no plan at all", without("plan", null), /`plan` is no object/],
    ["a seed in words", without("seed", "one"), /`seed` is no number/],
  ];
  for (const [name, bytes, message] of cases) {
    throws(() => readHeader(memorySource(bytes)), (error: unknown) => {
      match(error instanceof LedgerUnreadable ? error.message : "", message, name);
      return true;
    }, name);
  }
});
