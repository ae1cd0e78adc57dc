import { ok } from "node:assert/strict";
import { Looking } from "./looking.ts";
import { threadProcessor } from "./thread_processor.ts";

Deno.test("a thread that works has used its processor, unless it only looked", () => {
  const looking = new Looking();
  const processor = threadProcessor(looking);
  ok(processor !== null, "this system tells");
  const before = processor.usedTicks();
  // However little of the processor there is for it, it is done when it has had some.
  while (processor.usedTicks() - before < 30_000);
  const after = processor.usedTicks();
  for (let looks = 0; looks < 100; looks++) {
    looking.begin(0);
    looking.end(100);
  }
  ok(processor.usedTicks() < after, "what it spent looking is none of it");
});
