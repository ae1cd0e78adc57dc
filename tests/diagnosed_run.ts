/** A scenario's text, simulated, and what its diagnosis says. */
import assert from "node:assert/strict";
import { compile } from "../compiler/compile.ts";
import { MemorySink } from "../runtime/ledger/memory_sink.ts";
import { openLedger } from "../runtime/ledger/reader.ts";
import { memorySource } from "../runtime/ledger/source.ts";
import type { Plan } from "../runtime/plan.ts";
import { reduce } from "../runtime/reduce/reduce.ts";
import type { Summary } from "../runtime/reduce/summary.ts";
import { simulate } from "../runtime/simulated_run.ts";

/** The plan of a scenario that needs nothing around it. */
export function compiledPlan(text: string): Plan {
  const { plan, diagnostics } = compile("t.toml", text, {
    environment: new Map(),
    version: "0.0.0",
    readFile: () => ({ reason: "there is no such file" }),
  });
  assert.ok(plan !== undefined, diagnostics.map(({ message }) => message).join("\n"));
  return plan;
}

/** `seed`: in place of the scenario's. */
export async function simulatedSummary(text: string, seed?: number): Promise<Summary> {
  const plan = compiledPlan(text);
  const sink = new MemorySink();
  const seeded = { ...plan, seed: seed ?? plan.seed };
  await simulate({ plan: seeded, sha256: "0".repeat(64), overrides: [] }, sink);
  return reduce([openLedger(memorySource(sink.bytes()))]);
}

/** A shop of one flow: `steps` of it with a pause of `think` before each, the load, and how its model answers. */
export function shop(
  { load, simulation, steps = ["item"], think = "", target = "", rest = "" }: {
    load: string;
    simulation: string;
    steps?: readonly string[];
    think?: string;
    target?: string;
    rest?: string;
  },
): string {
  const pause = think === "" ? "" : `[[flow.step]]\nthink = "${think}"\n\n`;
  const flow = steps.map((name) => `${pause}[[flow.step]]\nname = "${name}"\nget = "/${name}"\n`).join("\n");
  return `name = "shop"
seed = 1
[target]
base = "http://shop.test"
timeout = "5s"
${target}
[load]
${load}
[[flow]]
name = "buy"
${flow}
${rest}
[simulation]
${simulation}
`;
}

/** An open load of so many sessions a second, without a warm-up. */
export function openLoad(rate: string, length = "60s", maxVus = 1000): string {
  return `model = "open"\narrivals = "poisson"\nrate = "${rate}"\nfor = "${length}"\nmax_vus = ${maxVus}`;
}
