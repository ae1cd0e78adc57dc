/** What a program printed, and how it ended. */
export type Finished = Readonly<{ code: number; stdout: string; stderr: string }>;

/** Runs a program to its end in `cwd`, pinned to `core` where the machine can (Linux); `core` null: not pinned. */
export function runPinned(command: readonly string[], core: number | null, cwd: string): Promise<Finished> {
  return finished(startPinned(command, core, cwd));
}

/** The same, but what its runtime has started in its first moments, to compile and to collect garbage, goes where there is room. */
export async function runMainPinned(
  command: readonly string[],
  core: number,
  cwd: string,
): Promise<Finished> {
  const child = startPinned(command, null, cwd);
  const output = finished(child);
  await new Promise((begun) => setTimeout(begun, BEGUN_MS));
  // The number of a process is that of its main thread.
  await new Deno.Command("taskset", { args: ["-cp", String(core), String(child.pid)], stdout: "null" })
    .output();
  return await output;
}

const BEGUN_MS = 200;

async function finished(child: Deno.ChildProcess): Promise<Finished> {
  const { code, stdout, stderr } = await child.output();
  const [said, complained] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, stdout: said, stderr: complained };
}

/** Starts it; what it prints is kept. `core` null: not pinned. */
export function startPinned(
  command: readonly string[],
  core: number | null,
  cwd: string,
): Deno.ChildProcess {
  const [program, ...args] = [...(core === null ? [] : pinning(core)), ...command];
  return new Deno.Command(program, { args, cwd, stdin: "null", stdout: "piped", stderr: "piped" }).spawn();
}

/** The last line of what it complained of, or said: why it failed. */
export function lastWords({ stdout, stderr }: Pick<Finished, "stdout" | "stderr">): string {
  return (stderr.trim() || stdout.trim()).split("\n").at(-1) ?? "";
}

/** What to put before a command so that it stays on `core`. */
export function pinning(core: number): string[] {
  return Deno.build.os === "linux" ? ["taskset", "-c", String(core)] : [];
}
