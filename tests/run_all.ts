/**
 * Every gate, then every test. The last line is `N passed, N failed`; the exit code is 1 when anything failed.
 * Arguments go to `deno test`, such as `--filter arrivals` or a file. Tests run one after another: some hold times.
 */
import { fileURLToPath } from "node:url";
import { addCounts, type Counts, testCounts } from "./test_counts.ts";

const GATES = [["fmt", "--check"], ["lint"], ["check"]];
const root = fileURLToPath(new URL("..", import.meta.url));

let total: Counts = { passed: 0, failed: 0 };
for (const gate of GATES) {
  const { success } = await deno(gate);
  console.log(`deno ${gate.join(" ")}: ${success ? "ok" : "FAILED"}`);
  total = addCounts(total, success ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 });
}
const tests = await deno(["test", "-A", ...Deno.args]);
total = addCounts(total, testCounts(tests.stdout, tests.success));
console.log(`${total.passed} passed, ${total.failed} failed`);
Deno.exit(total.failed === 0 ? 0 : 1);

/** Runs Deno in the checkout, passes its output on as it comes, and keeps what it says. */
async function deno(args: readonly string[]): Promise<{ success: boolean; stdout: string }> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: root,
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const decoder = new TextDecoder();
  let stdout = "";
  for await (const bytes of child.stdout) {
    await Deno.stdout.write(bytes);
    stdout += decoder.decode(bytes, { stream: true });
  }
  return { success: (await child.status).success, stdout };
}
