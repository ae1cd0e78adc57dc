/** Runs a program to its end on one core, and tells what it printed and what processor time it took. */
export type Finished = Readonly<
  { code: number; stdout: string; stderr: string; userSeconds: number; systemSeconds: number }
>;

/** Pinned to `core` where the machine can (Linux); `cwd` is where it runs. */
export async function runPinned(command: readonly string[], core: number, cwd?: string): Promise<Finished> {
  // The shell's `times` tells the processor time of its children: user and system, as 0m1.230s.
  const script = `"$@"; code=$?; echo >&2; times >&2; exit $code`;
  const { code, stdout, stderr } = await new Deno.Command("sh", {
    args: ["-c", script, "sh", ...pinning(core), ...command],
    cwd,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  const lines = new TextDecoder().decode(stderr).trimEnd().split("\n");
  const [userSeconds, systemSeconds] = (lines.pop() ?? "").split(" ").map(seconds);
  return {
    code,
    stdout: new TextDecoder().decode(stdout),
    stderr: lines.join("\n"),
    userSeconds,
    systemSeconds,
  };
}

/** What to put before a command so that it stays on `core`. */
export function pinning(core: number): string[] {
  return Deno.build.os === "linux" ? ["taskset", "-c", String(core)] : [];
}

function seconds(text: string): number {
  const [, minutes, rest] = /^(\d+)m([\d.]+)s$/.exec(text) ?? [];
  return Number(minutes) * 60 + Number(rest);
}
