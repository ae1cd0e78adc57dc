/** Plan → executables, `NAME.plan.json` and `NAME.lock`. */
import type { Plan } from "../runtime/plan.ts";
import type { Program } from "./build_folder.ts";
import type { BuildOutcome, Executable, Form } from "./executable.ts";
import { type Lock, readLock, writeLock } from "./lock.ts";
import { buildNative } from "./native.ts";
import type { Permissions } from "./permissions.ts";
import { buildPortable } from "./portable.ts";

export type BuildRequest =
  & Program
  & Readonly<{
    plan: Plan;
    /** SHA-256 of the plan's canonical JSON, as 64 hexadecimal digits. */
    planHash: string;
    /** What the lock promises beside the plan; none where left out. */
    digests?: Pick<Lock, "decision_digest" | "simulated">;
    permissions: Permissions;
    /** `auto`: native, or portable where the compile base cannot be had. */
    form: Form | "auto";
    /** Rust's names of targets; this machine alone where empty. */
    targetTriples: readonly string[];
    /** The executable; with several targets, each target's name is put behind it. */
    output: string;
    planFile: string;
    lockFile: string;
    z6cVersion: string;
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
  await Deno.writeTextFile(request.planFile, request.planJson.trimEnd() + "\n");
  await Deno.writeTextFile(request.lockFile, await lockText(request));
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

/** Fields another version of z6c wrote stay as long as they speak of the same plan and seed. */
async function lockText({ plan, planHash, digests, lockFile, z6cVersion }: BuildRequest): Promise<string> {
  const before = readLock(await textOf(lockFile));
  const same = before.kind === "read" && before.lock.plan_sha256 === planHash &&
    before.lock.seed === plan.seed;
  return writeLock({
    format: 1,
    name: plan.name,
    plan_sha256: planHash,
    seed: plan.seed,
    decision_digest: digests?.decision_digest ?? null,
    simulated: digests?.simulated ?? null,
    z6c: z6cVersion,
    deno: Deno.version.deno,
    unknown: same ? before.lock.unknown : {},
  });
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
