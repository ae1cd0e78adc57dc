/**
 * The projects of this checkout, each with its own deno.json and lock: z6c itself, and those whose large packages nobody
 * should download who only runs it.
 */
import { fileURLToPath } from "node:url";

/** Folders, relative to the checkout; the first is the checkout itself. */
export const PROJECTS = ["", "tests/browser", "docs/report_schema"] as const;

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** One more than there are cores: tests wait for processes now and then. */
const JOBS = navigator.hardwareConcurrency + 1;

/** Runs Deno in a project's folder, passes its output on as it comes, and keeps what it says. */
export async function denoIn(
  project: (typeof PROJECTS)[number],
  args: readonly string[],
): Promise<{ success: boolean; stdout: string }> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: ROOT + project,
    env: { DENO_JOBS: String(JOBS) },
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
