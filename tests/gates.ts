/** Format, lint and types of every project, in seconds: `deno task ok`. */
import { denoIn, PROJECTS } from "./projects.ts";
import { addCounts, type Counts } from "./test_counts.ts";

const GATES = [["fmt", "--check"], ["lint"], ["check"]];

/** Each gate of each project counts as one that passed or failed. */
export async function runGates(): Promise<Counts> {
  let total: Counts = { passed: 0, failed: 0 };
  for (const project of PROJECTS) {
    for (const gate of GATES) {
      const { success } = await denoIn(project, gate);
      console.log(`deno ${gate.join(" ")} in ${project || "."}: ${success ? "ok" : "FAILED"}`);
      total = addCounts(total, success ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 });
    }
  }
  return total;
}

if (import.meta.main) Deno.exit((await runGates()).failed === 0 ? 0 : 1);
