/** Whether `deno compile` can have its base runtime (denort) without a long wait. */
import { join } from "node:path";

export type BaseRequest = Readonly<{
  deno: string;
  targetTriple: string;
  /** How long the download's server may take to answer at all. */
  answerWithinMs: number;
}>;

/**
 * Returns why the base cannot be had, or null where it is in Deno's cache, is named by `DENORT_BIN`, or its server
 * answers. Deno itself waits without limit for a server that stays silent.
 */
export async function baseProblem(
  { deno, targetTriple, answerWithinMs }: BaseRequest,
): Promise<string | null> {
  if (Deno.env.get("DENORT_BIN")) {
    return null;
  }
  const archive = `release/v${Deno.version.deno}/denort-${targetTriple}.zip`;
  const cached = join(await denoDirectory(deno), "dl", archive);
  if (await isFile(cached)) {
    return null;
  }
  const url = `https://dl.deno.land/${archive}`;
  try {
    const response = await fetch(url, { method: "HEAD", signal: AbortSignal.timeout(answerWithinMs) });
    return response.ok ? null : `${url} answers with status ${response.status}`;
  } catch (error) {
    const timedOut = error instanceof DOMException && error.name === "TimeoutError";
    return timedOut ? `${url} does not answer within ${answerWithinMs} ms` : `${url} cannot be reached`;
  }
}

/** Deno's own cache; `DENO_DIR` or the system's default. */
async function denoDirectory(deno: string): Promise<string> {
  const { stdout } = await new Deno.Command(deno, {
    args: ["info", "--json", "--no-config"],
    stdin: "null",
    stderr: "null",
  }).output();
  return JSON.parse(new TextDecoder().decode(stdout)).denoDir;
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch {
    return false;
  }
}
