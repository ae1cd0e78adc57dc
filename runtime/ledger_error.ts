import { causeText } from "./host/causes.ts";
import { LedgerUnreadable } from "./ledger/header.ts";
import { EXIT } from "./reduce/exit_codes.ts";
import { UserError } from "./user_error.ts";

/**
 * What to throw where reading a ledger's file for `verb` has thrown `cause`: a `UserError`, or `cause` where it is a
 * mistake in z6c.
 */
export function ledgerError(verb: string, path: string, cause: unknown): unknown {
  if (cause instanceof LedgerUnreadable) {
    return new UserError(`cannot read ${path}: ${cause.message}`, EXIT.badInput);
  }
  if (cause instanceof Deno.errors.NotFound) {
    return new UserError(`there is no ledger ${path}`, EXIT.badInput);
  }
  if (cause instanceof Deno.errors.NotCapable) {
    return new UserError(`this executable may not read ${path}; \`z6c ${verb} ${path}\` can`, EXIT.badInput);
  }
  if (cause instanceof Deno.errors.IsADirectory) {
    return new UserError(
      `cannot read ${path}: it is a folder; give the .z6log file of a run`,
      EXIT.badInput,
    );
  }
  if (isSystemError(cause)) return new UserError(`cannot read ${path}: ${causeText(cause)}`, EXIT.error);
  return cause;
}

/** Errors of files, as opposed to mistakes in z6c. */
export function isSystemError(cause: unknown): boolean {
  return cause instanceof Error && Object.values(Deno.errors).some((kind) => cause instanceof kind);
}
