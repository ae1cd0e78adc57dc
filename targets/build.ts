/** Plan → executables, `NAME.plan.json` and `NAME.lock`. */
import type { Program } from "./build_folder.ts";
import type { BuildOutcome, Executable, Form } from "./executable.ts";
import { type Lock, renewLock } from "./lock.ts";
import { buildNative } from "./native.ts";
import type { Permissions } from "./permissions.ts";
import { buildPortable } from "./portable.ts";

export type BuildRequest =
  & Program
  & Readonly<{
    /** What is promised of the plan. */
    lock: Lock;
    permissions: Permissions;
    /** `auto`: native, or portable where the compile base cannot be had. */
    form: Form | "auto";
    /** Rust's names of targets; this machine alone where empty. */
    targetTriples: readonly string[];
    /** The executable; with several targets, each target's name is put behind it. */
    output: string;
    planFile: string;
    lockFile: string;
    /** The Deno to build with and, in the portable form, to carry; the running one by default. */
    deno?: string;
    /** How long the server of the compile base may take to answer at all. */
    answerWithinMs?: number;
  }>;

export type BuildResult =
  | Readonly<{ kind: "built"; executables: readonly Executable[]; notices: readonly string[] }>
  | Readonly<{ kind: "not-built"; reason: string }>;

/** Builds all targets, then writes plan and lock. Stops at the first target that cannot be built. */
export async function build(request: BuildRequest): Promise<BuildResult> {
  const targets = request.targetTriples.length > 0 ? request.targetTriples : [Deno.build.target];
  const executables: Executable[] = [];
  const notices: string[] = [];
  for (const targetTriple of targets) {
    const output = targets.length > 1 ? `${request.output}-${targetTriple}` : request.output;
    const outcome = await buildOne({ ...request, output, targetTriple }, notices);
    if (outcome.kind !== "built") {
      return { kind: "not-built", reason: outcome.reason };
    }
    executables.push(outcome);
  }
  const { planFile, planJson, lockFile, lock } = request;
  await Deno.writeTextFile(planFile, planJson.trimEnd() + "\n");
  await Deno.writeTextFile(lockFile, renewLock(lock, await textOf(lockFile)));
  return { kind: "built", executables, notices };
}

/** One target in the form asked for; tells `notices` why another form was taken. */
async function buildOne(
  request: BuildRequest & Readonly<{ targetTriple: string }>,
  notices: string[],
): Promise<BuildOutcome> {
  if (request.form === "portable") {
    return buildPortable(request);
  }
  const native = await buildNative(request);
  if (native.kind !== "base-unavailable" || request.form === "native") {
    return native;
  }
  const portable = await buildPortable(request);
  if (portable.kind !== "built") {
    return { kind: portable.kind, reason: `${native.reason}; and ${portable.reason}` };
  }
  notices.push(
    `${native.reason}; so ${request.output} is portable: it carries this machine's Deno and needs a POSIX shell`,
  );
  return portable;
}

async function textOf(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      return "";
    }
    throw error;
  }
}
