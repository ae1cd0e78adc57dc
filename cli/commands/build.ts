import { dirname, join } from "node:path";
import { entryModule } from "../../compiler/4_emit/entry_module.ts";
import { planFileText } from "../../compiler/4_emit/plan_file.ts";
import { planHash } from "../../compiler/4_emit/plan_hash.ts";
import { isAddress } from "../../runtime/host/address.ts";
import { fileErrorText } from "../../runtime/out_folder.ts";
import type { Plan, Transport } from "../../runtime/plan.ts";
import { isSystemError } from "../../runtime/report_command.ts";
import { EXIT } from "../../runtime/reduce/exit_codes.ts";
import { bytes } from "../../runtime/report/format.ts";
import { UserError } from "../../runtime/user_error.ts";
import { VERSION } from "../../runtime/version.ts";
import { build as buildTargets } from "../../targets/build.ts";
import type { Executable, Form } from "../../targets/executable.ts";
import type { Permissions } from "../../targets/permissions.ts";
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
  const plan = planOf(file, given, options.color);
  const stem = stemOf(file);
  const executables = await buildPlan(plan, {
    ...options,
    output: options.output ?? stem,
    planFile: join(dirname(file), `${stem}.plan.json`),
    lockFile: join(dirname(file), `${stem}.lock`),
  });
  console.log(`plan ${planHash(plan)}`);
  for (const executable of executables) console.log(executableText(executable));
  console.log(`wrote ${join(dirname(file), `${stem}.plan.json`)} and ${join(dirname(file), `${stem}.lock`)}`);
  return EXIT.passed;
}

/** Builds a plan's executables. Notices go to stderr. Throws `UserError` (1) where there is none. */
export async function buildPlan(
  plan: Plan,
  options: BuildOptions & Readonly<{ output: string; planFile: string; lockFile: string }>,
): Promise<readonly Executable[]> {
  const { output, planFile, lockFile, form, targets } = options;
  try {
    await Deno.mkdir(dirname(output), { recursive: true });
    const result = await buildTargets({
      plan,
      planHash: planHash(plan),
      planJson: planFileText(plan),
      entrySource: entryModule({
        runtimeUrl: "./runtime",
        planUrl: "./plan.json",
        transports: [plan.target.transport, ...options.transports],
        outFolder: options.outFolder,
      }),
      runtimeDirectory: join(import.meta.dirname ?? ".", "../../runtime"),
      permissions: permissionsOf(plan, options),
      form,
      targetTriples: targets,
      output,
      planFile,
      lockFile,
      z6cVersion: VERSION,
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

/** What a run needs of the system: its kernel's name, its memory, its disk. */
const SYSTEM_FACTS = ["osRelease", "systemMemoryInfo", "statfs"];

/** The least a run of this plan needs. Deno resolves a name only for who may reach all of its ports. */
function permissionsOf(plan: Plan, { allowHosts, allowAnyHost, outFolder }: BuildOptions): Permissions {
  const { host, port } = plan.target;
  const own = host.includes(":") ? `[${host}]:${port}` : isAddress(host) ? `${host}:${port}` : host;
  return {
    net: allowAnyHost ? "any" : [own, ...allowHosts],
    // Descriptors are counted by opening /dev/null.
    read: [outFolder, "/dev/null"],
    write: [outFolder],
    sys: SYSTEM_FACTS,
    env: plan.secrets,
  };
}

/** What was made and what it may do, for people. */
export function executableText(
  { path, form, targetTriple, bytes: size, sha256, permissions }: Executable,
): string {
  const hosts = permissions.net === "any" ? "any host" : permissions.net.join(", ");
  return `${form === "native" ? "executable" : "portable"} ${path} (${bytes(size)}, ${targetTriple})\n` +
    `  sha256   ${sha256}\n` +
    `  reaches  ${hosts}\n` +
    `  writes   ${list(permissions.write)}\n` +
    `  reads    ${list(permissions.read)}; of the system ${list(permissions.sys)}` +
    (permissions.env.length > 0
      ? `\n  secrets  ${list(permissions.env)} (from the environment, when it starts)`
      : "");
}

function list(grant: Permissions["write"]): string {
  return grant === "any" ? "anything" : grant.join(", ");
}
