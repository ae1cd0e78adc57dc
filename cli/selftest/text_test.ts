import assert from "node:assert/strict";
import type { Findings } from "./findings.ts";
import { findingsText } from "./text.ts";

const FINDINGS: Findings = {
  format: 1,
  z6c: "0.1.0",
  deno: "2.7.11",
  machine: {
    os: "linux",
    arch: "x86_64",
    cores: 64,
    memoryBytes: 256 * 2 ** 30,
    load: 63.25,
    governor: "powersave",
    clock: { stepTicks: 0.04, readNs: 181.4 },
    descriptors: 1_048_576,
    ports: [32_768, 60_999],
    somaxconn: 4096,
  },
  transports: [
    {
      transport: "epoll",
      problem: "the transport epoll needs Linux, and this is another system; use socket",
    },
    {
      transport: "socket",
      problem: null,
      perSecond: 8_765,
      lag: { p50: 2, p99: 4_020, max: 127_990 },
      floorTicks: 27,
      errors: 0,
    },
    {
      transport: "fetch",
      problem: null,
      perSecond: 144_091,
      lag: { p50: 44, p99: 5_300, max: 8_270 },
      floorTicks: 111,
      errors: 0,
    },
  ],
  advice: [
    "Use a quieter machine, or a physical in place of a virtual one, and then test it once more.",
    "Rest.",
  ],
  verdict: { transport: "fetch", perSecond: 140_000, lagP99Ticks: 5_300 },
};

for (const width of [60, 80, 140]) {
  Deno.test(`what selftest found, ${width} wide`, () => {
    const text = findingsText(FINDINGS, { width, color: false });
    for (const line of text.split("\n")) {
      assert.ok(line.length <= Math.min(width, 120), `${line.length}: ${line}`);
    }
    assert.equal(text.replace(/ +$/gm, ""), text, "no line ends in white space");
    const said = text.replace(/\s+/g, " ");
    assert.match(
      said,
      /^✓ good for about 140,000 requests\/s by fetch; paced to 5\.30ms \(p99\) z6c 0\.1\.0 on/,
    );
    assert.match(said, /fetch 144,091 44µs 5\.30ms 8\.27ms 111µs socket 8,765/, "the fastest first");
    assert.match(said, /epoll the transport epoll needs Linux, .* use socket/);
    assert.match(said, /steps of 40ns · 181ns to read/);
    assert.match(said, /1,048,576 in a process ·? ?1,048,544 users/);
    assert.match(said, /→ Use a quieter machine.* → Rest\.$/);
  });
}

Deno.test("colour changes no letter of what selftest found", () => {
  const coloured = findingsText(FINDINGS, { width: 80, color: true });
  const plain = findingsText(FINDINGS, { width: 80, color: false });
  assert.notEqual(coloured, plain);
  assert.equal(coloured.replace(/\p{Cc}\[\d+m/gu, ""), plain);
});

Deno.test("a machine on which nothing works, and one that needs nothing", () => {
  const nothing = { ...FINDINGS, transports: FINDINGS.transports.slice(0, 1), verdict: null, advice: [] };
  const text = findingsText(nothing, { width: 80, color: false });
  assert.match(text, /^✗ no transport could be tried$/m);
  assert.match(text, /WHAT TO CHANGE\n {2}nothing$/);
});
