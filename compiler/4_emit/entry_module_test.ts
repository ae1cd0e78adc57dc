import assert from "node:assert/strict";
import { entryModule } from "./entry_module.ts";

Deno.test("an entry imports the runtime, its plan, and only the transports it may use", () => {
  assert.equal(
    entryModule({
      runtimeUrl: "./runtime",
      planUrl: "./plan.json",
      transports: ["socket"],
      outFolder: "out",
    }),
    `import { main } from "./runtime/main.ts";
import { socketTransport } from "./runtime/host/socket.ts";
import plan from "./plan.json" with { type: "json" };

await main(plan as unknown as Parameters<typeof main>[0], [socketTransport], "out");
`,
  );
});

Deno.test("transports keep their order, each once; URLs are quoted", () => {
  const source = entryModule({
    runtimeUrl: 'file:///a "b"/runtime',
    planUrl: "./plan.json",
    transports: ["fetch", "socket", "fetch"],
    outFolder: 'a "b"',
  });
  assert.match(source, /\[fetchTransport, socketTransport\], "a \\"b\\""\);\n$/);
  assert.ok(source.includes(String.raw`from "file:///a \"b\"/runtime/main.ts"`));
});
