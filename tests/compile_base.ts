/** Deno's compile base for tests that build native executables; without it they are skipped. */
import { fileURLToPath } from "node:url";
import { baseProblem } from "../targets/compile_base.ts";

/** Puts the base that may lie beside the checkout into Deno's cache, then says whether native builds can be tested. */
export async function hasCompileBase(targetTriple: string): Promise<boolean> {
  const seed = fileURLToPath(new URL("../../shared/deno/seed.sh", import.meta.url));
  try {
    await Deno.stat(seed);
    await new Deno.Command("sh", { args: [seed], stdin: "null" }).output();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) {
      throw error;
    }
  }
  return await baseProblem({ deno: Deno.execPath(), targetTriple, answerWithinMs: 2000 }) === null;
}
