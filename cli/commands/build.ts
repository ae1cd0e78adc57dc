import { dirname, join } from "node:path";
import { entryModule } from "../../compiler/4_emit/entry_module.ts";
import { planFileText } from "../../compiler/4_emit/plan_file.ts";
import { undecidable } from "../../runtime/decisions/expected_outcome.ts";
import { isAddress } from "../../runtime/host/address.ts";
import { isSystemError } from "../../runtime/ledger_error.ts";
import { fileErrorText } from "../../runtime/out_folder.ts";
import type { Plan, Transport } from "../../runtime/plan.ts";
import { EXIT } from "../../runtime/reduce/exit_codes.ts";
import { bytes } from "../../runtime/report/format.ts";
import { expectedText } from "../../runtime/report/expected_text.ts";
import { SHARD_VARIABLES } from "../../runtime/shard.ts";
import { UserError } from "../../runtime/user_error.ts";
import { build as buildTargets } from "../../targets/build.ts";
import type { Executable, Form } from "../../targets/executable.ts";
import type { Lock } from "../../targets/lock.ts";
import { type Permissions, tlsFiles } from "../../targets/permissions.ts";
import { lockOf } from "../lock_of_plan.ts";
import { planOf, stemOf } from "../scenario.ts";

/** How an executable is to be made. */
export type BuildOptions = Readonly<{
  output: string | null;
  form: Form | "auto";
  targets: readonly string[];
  /** Transports beside the plan's own. */
  transports: readonly Transport[];
  /** Hosts, with or without a port, beside the plan's own. */
  allowHosts: readonly string[];
  allowAnyHost: boolean;
  outFolder: string;
  color: boolean;
}>;

/** Builds the executable, the plan and the lock of a scenario, and says what they may do. */
export async function build(file: string, given: readonly string[], options: BuildOptions): Promise<number> {
  const plan = await planOf(file, given, options.color);
  const stem = stemOf(file);
  const lock = await lockOf(plan);
  const executables = await buildPlan(plan, {
    ...options,
    lock,
    output: options.output ?? stem,
    planFile: join(dirname(file), `${stem}.plan.json`),
    lockFile: join(dirname(file), `${stem}.lock`),
  });
  console.log(`plan ${lock.plan_sha256}`);
  console.log(`decisions ${decisionsText(plan, lock)}`);
  for (const executable of executables) console.log(executableText(executable));
  console.log(`wrote ${join(dirname(file), `${stem}.plan.json`)} and ${join(dirname(file), `${stem}.lock`)}`);
  return EXIT.passed;
}

function decisionsText(plan: Plan, { decision_digest: digest }: Lock): string {
  if (digest !== null) return expectedText({ kind: "known", ...digest });
  return expectedText({ kind: "unknown", reason: undecidable(plan) ?? "it was not computed" });
}

/** Builds a plan's executables; its lock is computed where none is given. Notices go to stderr. Throws `UserError` (1) where there is none. */
export async function buildPlan(
  plan: Plan,
  options: BuildOptions & Readonly<{ output: string; planFile: string; lockFile: string; lock?: Lock }>,
): Promise<readonly Executable[]> {
  const { output, planFile, lockFile, form, targets } = options;
  const transports = [...new Set([plan.transport, ...options.transports])];
  assertBuildable(plan, transports, targets);
  try {
    await Deno.mkdir(dirname(output), { recursive: true });
    const result = await buildTargets({
      lock: options.lock ?? await lockOf(plan),
      planJson: planFileText(plan),
      entrySource: entryModule({
        runtimeUrl: "./runtime",
        planUrl: "./plan.json",
        transports,
        outFolder: options.outFolder,
      }),
      runtimeDirectory: join(import.meta.dirname ?? ".", "../../runtime"),
      permissions: permissionsOf(plan, { ...options, transports }),
      form,
      targetTriples: targets,
      output,
      planFile,
      lockFile,
    });
    if (result.kind === "not-built") {
      throw new UserError(`cannot build ${output}: ${result.reason}`, EXIT.error);
    }
    for (const notice of result.notices) console.error(`z6c: ${notice}`);
    return result.executables;
  } catch (cause) {
    if (cause instanceof UserError || !(cause instanceof Error) || !isSystemError(cause)) throw cause;
    throw new UserError(
      `cannot write ${output}: ${fileErrorText(cause)}; use -o with a path you may write to`,
      EXIT.error,
    );
  }
}

/** Throws `UserError` (104) where a transport cannot work on a machine that an executable is for. */
function assertBuildable(plan: Plan, transports: readonly Transport[], targets: readonly string[]): void {
  const triples = targets.length === 0 ? [Deno.build.target] : targets;
  const other = triples.find((triple) => !triple.includes("linux"));
  if (!transports.includes("epoll") || other === undefined) return;
  const way = plan.transport === "epoll" ? 'write transport = "socket"' : "leave out --with epoll";
  throw new UserError(
    `transport epoll is made of Linux's system calls, and ${other} has none; ${way}`,
    EXIT.badInput,
  );
}

/** What a run needs of the system: its kernel's name, its memory, its disk. */
const SYSTEM_FACTS = ["osRelease", "systemMemoryInfo", "statfs"];

/** The least a run of this plan by these transports needs. Deno resolves a name only for who may reach all of its ports. */
export function permissionsOf(
  plan: Pick<Plan, "targets" | "secrets">,
  { allowHosts, allowAnyHost, outFolder, transports }: Pick<
    BuildOptions,
    "allowHosts" | "allowAnyHost" | "outFolder" | "transports"
  >,
): Permissions {
  const own = new Set(
    plan.targets.map(({ host, port }) =>
      host.includes(":") ? `[${host}]:${port}` : isAddress(host) ? `${host}:${port}` : host
    ),
  );
  return {
    net: allowAnyHost ? "any" : [...own, ...allowHosts],
    // Descriptors are counted by opening /dev/null.
    read: [outFolder, "/dev/null", ...tlsFiles(plan)],
    write: [outFolder],
    sys: SYSTEM_FACTS,
    env: [...plan.secrets, ...SHARD_VARIABLES],
    ffi: transports.includes("epoll") ? "any" : [],
  };
}

/** What was made and what it may do, for people. */
export function executableText(
  { path, form, targetTriple, bytes: size, sha256, permissions }: Executable,
): string {
  const secrets = secretsAmong(permissions.env);
  const hosts = permissions.net === "any" ? "any host" : permissions.net.join(", ");
  return `${form === "native" ? "executable" : "portable"} ${path} (${bytes(size)}, ${targetTriple})\n` +
    `  sha256   ${sha256}\n` +
    `  reaches  ${hosts}\n` +
    `  writes   ${list(permissions.write)}\n` +
    `  reads    ${list(permissions.read)}; of the system ${list(permissions.sys)}` +
    (permissions.ffi === "any" ? "\n  calls    the C library, for transport epoll" : "") +
    (secrets.length > 0 ? `\n  secrets  ${list(secrets)} (from the environment, when it starts)` : "");
}

/** Which part of a run this is, every executable may ask of the environment. */
function secretsAmong(env: Permissions["env"]): Permissions["env"] {
  const shardVariables: readonly string[] = SHARD_VARIABLES;
  return env === "any" ? env : env.filter((name) => !shardVariables.includes(name));
}

function list(grant: Permissions["write"]): string {
  return grant === "any" ? "anything" : grant.join(", ");
}
