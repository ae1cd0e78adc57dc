import { dirname, join } from "node:path";
import { planFileText } from "../../compiler/4_emit/plan_file.ts";
import { planHash } from "../../compiler/4_emit/plan_hash.ts";
import { decisionChange } from "../../runtime/decisions/decision_change.ts";
import { sessionText } from "../../runtime/decisions/decision_text.ts";
import { MAGIC } from "../../runtime/ledger/layout.ts";
import { cannotWrite, fileErrorText } from "../../runtime/out_folder.ts";
import type { Plan } from "../../runtime/plan.ts";
import { EXIT } from "../../runtime/reduce/exit_codes.ts";
import { counted } from "../../runtime/report/format.ts";
import { UserError } from "../../runtime/user_error.ts";
import { verifyLedgers } from "../../runtime/verify_command.ts";
import { type Digest, type Lock, readLock, renewLock } from "../../targets/lock.ts";
import { lockOf } from "../lock_of_plan.ts";
import { readPlanFile } from "../plan_file.ts";
import { canonicalPlan, planOf, stemOf } from "../scenario.ts";
import { planDiff } from "./plan_diff.ts";

/** `update`: plan and lock are written anew, in place of being held against the scenario. */
export type VerifyOptions = Readonly<{ update: boolean; color: boolean }>;

/**
 * Holds scenarios against the locks beside them, or the ledgers of one run against its plan. Returns 99 where something
 * differs. Throws `UserError` (104) where a file is neither, or there is no lock.
 */
export async function verify(
  files: readonly string[],
  given: readonly string[],
  options: VerifyOptions,
): Promise<number> {
  const ledgers = files.filter(isLedger);
  if (ledgers.length === files.length) {
    if (options.update) {
      throw new UserError("--update is for scenarios; a ledger stays as it is", EXIT.badInput);
    }
    return verifyLedgers(files);
  }
  if (ledgers.length > 0) {
    throw new UserError(
      `${
        ledgers[0]
      } is a ledger, and not all of the others are; verify ledgers and scenarios one after the other`,
      EXIT.badInput,
    );
  }
  let code: number = EXIT.passed;
  for (const file of files) {
    const outcome = options.update ? await update(file, given, options) : await hold(file, given, options);
    if (outcome !== EXIT.passed) code = outcome;
  }
  return code;
}

function isLedger(file: string): boolean {
  const start = new Uint8Array(MAGIC.length);
  try {
    using opened = Deno.openSync(file);
    opened.readSync(start);
  } catch (cause) {
    const found = cause instanceof Deno.errors.NotFound
      ? "there is no such file"
      : cause instanceof Deno.errors.IsADirectory
      ? "it is a folder; name scenarios or ledgers"
      : fileErrorText(cause);
    throw new UserError(`cannot read ${file}: ${found}`, EXIT.badInput);
  }
  return String.fromCharCode(...start) === MAGIC;
}

/** Where what is made of a scenario lies. */
function besides(file: string): { planFile: string; lockFile: string } {
  const stem = join(dirname(file), stemOf(file));
  return { planFile: `${stem}.plan.json`, lockFile: `${stem}.lock` };
}

async function update(file: string, given: readonly string[], { color }: VerifyOptions): Promise<number> {
  const { planFile, lockFile } = besides(file);
  const plan = canonicalPlan(await planOf(file, given, color));
  const lock = renewLock(await lockOf(plan), textOf(lockFile) ?? "");
  write(planFile, planFileText(plan));
  write(lockFile, lock);
  console.log(`${file}: wrote ${planFile} and ${lockFile}`);
  return EXIT.passed;
}

function write(path: string, text: string): void {
  try {
    Deno.writeTextFileSync(path, text);
  } catch (cause) {
    throw cannotWrite(path, cause);
  }
}

function textOf(path: string): string | null {
  try {
    return Deno.readTextFileSync(path);
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return null;
    throw new UserError(`cannot read ${path}: ${fileErrorText(cause)}`, EXIT.badInput);
  }
}

async function hold(file: string, given: readonly string[], { color }: VerifyOptions): Promise<number> {
  const { planFile, lockFile } = besides(file);
  const locked = lockIn(lockFile, file);
  const plan = canonicalPlan(await planOf(file, given, color));
  const now = await lockOf(plan);
  const changes = lockChanges(locked, now);
  const versions = versionNote(locked, now);
  if (changes.length === 0) {
    console.log([`${file}: as locked; ${decisionsNote(now.decision_digest)}`, ...versions].join("\n"));
    return EXIT.passed;
  }
  const because = locked.plan_sha256 === now.plan_sha256
    ? ["the plan is the same: this z6c decides or simulates otherwise than the one that wrote the lock"]
    : planChanges(planFile, plan, locked.plan_sha256);
  const lines = [...changes, ...because, ...versions].map((line) => `  ${line}`);
  const wayOut = `  \`z6c verify --update ${file}\` locks it as it is now`;
  console.log([`${file}: not as locked in ${lockFile}`, ...lines, wayOut].join("\n"));
  return EXIT.failed;
}

function lockIn(lockFile: string, file: string): Lock {
  const text = textOf(lockFile);
  if (text === null) {
    throw new UserError(
      `there is no lock ${lockFile}; \`z6c build ${file}\` or \`z6c verify --update ${file}\` writes it`,
      EXIT.badInput,
    );
  }
  const reading = readLock(text);
  if (reading.kind === "read") return reading.lock;
  throw new UserError(
    `${lockFile} ${reading.reason}; \`z6c verify --update ${file}\` writes it anew`,
    EXIT.badInput,
  );
}

/** What the lock promised and is no more, a line each. */
function lockChanges(locked: Lock, now: Lock): string[] {
  const facts: [string, string, string][] = [
    ["name", locked.name, now.name],
    ["plan", locked.plan_sha256, now.plan_sha256],
    ["seed", String(locked.seed), String(now.seed)],
    ["decisions", digestText(locked.decision_digest), digestText(now.decision_digest)],
    ["simulated ledger", digestText(locked.simulated), digestText(now.simulated)],
  ];
  return facts.filter(([, before, after]) => before !== after)
    .map(([what, before, after]) => `${what}: ${before} → ${after}`);
}

function digestText(digest: Digest | null): string {
  return digest === null ? "none" : `${digest.sha256} (${counted(digest.sessions, "session")})`;
}

function decisionsNote(digest: Digest | null): string {
  return digest === null
    ? "what it decides depends on what it sees"
    : `decisions ${digest.sha256} of ${counted(digest.sessions, "session")}`;
}

/** Versions may change as long as they come to the same. */
function versionNote(locked: Lock, now: Lock): string[] {
  const pairs = [["z6c", locked.z6c, now.z6c], ["Deno", locked.deno, now.deno]];
  return pairs.filter(([, before, after]) => before !== after)
    .map(([what, before, after]) => `locked by ${what} ${before}, verified by ${after}`);
}

/** What changed, where the plan that was locked still lies beside the scenario. */
function planChanges(planFile: string, plan: Plan, lockedHash: string): string[] {
  if (textOf(planFile) === null) return [`what changed cannot be told without ${planFile}`];
  const before = readPlanFile(planFile);
  if (planHash(before) !== lockedHash) {
    return [`what changed cannot be told: ${planFile} is not the plan that was locked`];
  }
  return [...planDiff(before, plan), ...decisionLines(before, plan)];
}

/** Which session is the first to decide otherwise, and where. */
export function decisionLines(before: Plan, now: Plan): string[] {
  const change = decisionChange(before, now);
  if (change === null) return [];
  if ("reason" in change) return [`which decisions changed cannot be told: ${change.reason}`];
  const sessions = counted(change.sessions, "session");
  return [
    `${sessions} ${change.sessions === 1 ? "decides" : "decide"} otherwise, the first is ${
      sessionText(change.session)
    } in flow "${change.flow}":`,
    `  before  ${change.before}`,
    `  now     ${change.now}`,
  ];
}
