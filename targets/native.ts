/** Plan → one executable by `deno compile`: an ELF, Mach-O or PE file that needs nothing on the load host. */
import { resolve } from "node:path";
import { type Program, withBuildFolder } from "./build_folder.ts";
import { baseProblem } from "./compile_base.ts";
import { type BuildOutcome, describeExecutable } from "./executable.ts";
import { permissionFlags, type Permissions } from "./permissions.ts";
import { RUNTIME_FLAGS } from "./runtime_flags.ts";

export type NativeBuild =
  & Program
  & Readonly<{
    output: string;
    permissions: Permissions;
    /** Rust's name of the target; this machine's own by default. */
    targetTriple?: string;
    deno?: string;
    /** How long the server of the compile base may take to answer at all. */
    answerWithinMs?: number;
  }>;

/** A download of some 40 MB may be part of it. */
const COMPILE_WITHIN_MS = 300_000;

/** Builds the executable. The same program, permissions and target give the same bytes. */
export async function buildNative(build: NativeBuild): Promise<BuildOutcome> {
  const { permissions, deno = Deno.execPath(), targetTriple = Deno.build.target } = build;
  const problem = await baseProblem({ deno, targetTriple, answerWithinMs: build.answerWithinMs ?? 5000 });
  if (problem !== null) {
    return {
      kind: "base-unavailable",
      reason: `Deno's compile base for ${targetTriple} cannot be had: ${problem}`,
    };
  }
  const path = resolve(nativeName(build.output, targetTriple));
  const flags = [
    ...RUNTIME_FLAGS,
    ...permissionFlags(permissions),
    "--target",
    targetTriple,
    "--output",
    path,
  ];
  const problemOfDeno = await withBuildFolder(build, (folder) => compile(deno, folder, flags));
  if (problemOfDeno === null) {
    return describeExecutable({ form: "native", path, targetTriple, permissions });
  }
  const kind = problemOfDeno.includes("Setting up base binary") ? "base-unavailable" : "failed";
  return { kind, reason: `deno compile says: ${problemOfDeno}` };
}

/** The file's name as `deno compile` writes it. */
export function nativeName(output: string, targetTriple: string): string {
  return targetTriple.includes("windows") && !output.endsWith(".exe") ? `${output}.exe` : output;
}

/** Runs `deno compile` and returns what it complains of, on one line, or null. */
async function compile(deno: string, folder: string, flags: string[]): Promise<string | null> {
  const { success, stderr, signal } = await new Deno.Command(deno, {
    args: [
      ...["compile", "--quiet", "--no-check", "--no-config", "--no-lock", "--no-remote", "--no-npm"],
      ...flags,
      "entry.ts",
    ],
    cwd: folder,
    env: { NO_COLOR: "1", RUST_BACKTRACE: "0", DENO_NO_PACKAGE_JSON: "1", DENO_NO_UPDATE_CHECK: "1" },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
    signal: AbortSignal.timeout(COMPILE_WITHIN_MS),
  }).output();
  if (success) {
    return null;
  }
  if (signal !== null) {
    return `ended by ${signal} (it may take ${COMPILE_WITHIN_MS / 1000} s)`;
  }
  const [message] = new TextDecoder().decode(stderr).replace(/^error: /, "").split("Stack backtrace");
  return message.replace(/\s*\n\s*/g, " ").trim();
}
