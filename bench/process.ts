/** What a program printed, and how it ended. */
export type Finished = Readonly<{ code: number; stdout: string; stderr: string }>;

/** Runs a program to its end in `cwd`, pinned to `core` where the machine can (Linux). */
export async function runPinned(command: readonly string[], core: number, cwd: string): Promise<Finished> {
  const { code, stdout, stderr } = await startPinned(command, core, cwd).output();
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
