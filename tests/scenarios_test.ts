import { equal } from "node:assert/strict";
import { planFileText } from "../compiler/4_emit/plan_file.ts";
import { planHash } from "../compiler/4_emit/plan_hash.ts";
import { compile } from "../compiler/compile.ts";
import { readLock } from "../targets/lock.ts";
import { VERSION } from "../runtime/version.ts";

for (const { name } of [...Deno.readDirSync("scenarios")].filter(({ name }) => name.endsWith(".toml"))) {
  Deno.test(`scenarios/${name} compiles without a word into the plan and lock beside it`, () => {
    const file = `scenarios/${name}`;
    const { plan, diagnostics } = compile(file, Deno.readTextFileSync(file), {
      environment: new Map(),
      version: VERSION,
      readFile: (path) => Deno.readFileSync(`scenarios/${path}`),
    });
    equal(diagnostics.length, 0, JSON.stringify(diagnostics));
    if (plan === undefined) throw new Error("no plan");
    equal(Deno.readTextFileSync(file.replace(/\.toml$/, ".plan.json")), planFileText(plan));
    const lock = readLock(Deno.readTextFileSync(file.replace(/\.toml$/, ".lock")));
    equal(lock.kind, "read");
    if (lock.kind === "read") {
      equal(lock.lock.plan_sha256, planHash(plan));
      equal(lock.lock.seed, plan.seed);
    }
  });
}
