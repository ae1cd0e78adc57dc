import { type Shard, WHOLE } from "./engine/shares.ts";
import { causeText } from "./host/causes.ts";
import { EXIT } from "./reduce/exit_codes.ts";
import { shardName } from "./shard.ts";
import { UserError } from "./user_error.ts";

/** A path for the new ledger of a whole run: see `newLedgerPaths`. Throws `UserError`. */
export function newLedgerPath(folder: string, name: string): string {
  return newLedgerPaths(folder, name, [WHOLE])[0];
}

/**
 * Paths for new ledgers, one a shard: `FOLDER/NAME-20261121-120945.z6log` by the time in UTC, with `-2of3` in front of
 * the dot where it is not the whole run. The folder is made. Throws `UserError` where it cannot be written to.
 */
export function newLedgerPaths(folder: string, name: string, shards: readonly Shard[]): string[] {
  const stamp = new Date().toISOString().slice(0, 19).replace(/[-:]/g, "").replace("T", "-");
  const stem = `${folder}/${fileName(name)}-${stamp}`;
  try {
    Deno.mkdirSync(folder, { recursive: true });
    for (let again = 1;; again++) {
      const paths = shards.map((shard) =>
        `${stem}${again === 1 ? "" : `-${again}`}${shard.count === 1 ? "" : `-${shardName(shard)}`}.z6log`
      );
      if (!paths.some(exists)) return paths;
    }
  } catch (cause) {
    throw cannotWrite(folder, cause);
  }
}

/** Writes a report beside a ledger. Throws `UserError`. */
export function writeReport(path: string, text: string): void {
  try {
    Deno.writeTextFileSync(path, text);
  } catch (cause) {
    removeEmpty(path);
    throw cannotWrite(path, cause);
  }
}

/** Why a path cannot be written to, and the way out. */
export function cannotWrite(path: string, cause: unknown): UserError {
  const found = cause instanceof Deno.errors.NotCapable ? "not allowed" : fileErrorText(cause);
  const exitCode = cause instanceof Deno.errors.NotCapable ? EXIT.badInput : EXIT.error;
  return new UserError(`cannot write to ${path}: ${found}\n     ${remedyOf(cause)}`, exitCode);
}

/** Takes away a file that could be made but not filled. */
export function removeEmpty(path: string): void {
  try {
    if (Deno.statSync(path).size === 0) Deno.removeSync(path);
  } catch {
    // It was never made, or cannot be taken away either: the error that led here is the one to tell.
  }
}

/** In bytes; 0 where there is no such file. */
export function fileSize(path: string): number {
  try {
    return Deno.statSync(path).size;
  } catch {
    return 0;
  }
}

function remedyOf(cause: unknown): string {
  if (cause instanceof Deno.errors.NotCapable) {
    return "this executable may write only where it was built to; build it with `z6c build --out-dir DIR` for another folder";
  }
  return /os error 28\b/.test(causeText(cause))
    ? "free some space, or use --out with a larger disk"
    : "use --out with a folder you may write to";
}

/** The system's own words for an error of a file, without the call and the path that Deno puts behind them. */
export function fileErrorText(cause: unknown): string {
  return causeText(cause).replace(/: \w+ '[^']*'$/, "");
}

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return false;
    throw cause;
  }
}

/** What of a name can stand in a file name anywhere. */
function fileName(name: string): string {
  return name.replace(/[^A-Za-z0-9._-]+/g, "-").replace(/^[-.]+|[-.]+$/g, "") || "run";
}
