import { equal, ok } from "node:assert/strict";
import { effectivePlan } from "./overrides.ts";
import type { Plan } from "./plan.ts";
import { previewText } from "./preview.ts";

const UPDATE = Deno.env.get("UPDATE_GOLDEN") === "1";

const PREVIEWED = [
  "checkout",
  "closed_ramp",
  "data",
  "groups",
  "iterations",
  "poisson",
  "secure",
  "session_memory",
  "targets",
  "waits",
  "web_sockets",
];

for (const name of PREVIEWED) {
  Deno.test(`the preview of ${name}`, () => {
    const plan: Plan = JSON.parse(Deno.readTextFileSync(`tests/golden/plans/${name}/plan.json`));
    const overrides = { base: [], seed: null, transport: null };
    const text = previewText(effectivePlan(plan, overrides, ["socket"]), 90) + "\n";
    for (const line of text.split("\n")) ok(line.length <= 90, line);
    const golden = `tests/golden/previews/${name}.txt`;
    if (UPDATE) {
      Deno.mkdirSync("tests/golden/previews", { recursive: true });
      Deno.writeTextFileSync(golden, text);
    }
    equal(text, Deno.readTextFileSync(golden));
  });
}
