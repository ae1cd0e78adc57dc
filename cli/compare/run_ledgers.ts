/** The ledgers of one side of a comparison, opened. */
import { openLedgerFile } from "../../runtime/host/ledger_file.ts";
import { ledgerError } from "../../runtime/ledger_error.ts";
import { openLedger } from "../../runtime/ledger/reader.ts";
import { EXIT } from "../../runtime/reduce/exit_codes.ts";
import type { ReducibleLedger } from "../../runtime/reduce/first_pass.ts";
import { assertOneRun, CannotMerge } from "../../runtime/reduce/shards.ts";
import { UserError } from "../../runtime/user_error.ts";

/** Sorted by shard. */
export type OpenedRun = readonly Readonly<{ path: string; ledger: ReducibleLedger }>[];

/**
 * Opens the ledger at `argument`, or those of all shards of a run: paths with commas between them. Throws `UserError`
 * where one cannot be read, or they are not of one run.
 */
export function openRun(argument: string, sources: DisposableStack): OpenedRun {
  const paths = isFile(argument) ? [argument] : argument.split(",").filter((path) => path !== "");
  const opened = paths.map((path) => {
    const { header, scan } = read(path, () => openLedger(sources.use(openLedgerFile(path))));
    const ledger: ReducibleLedger = { header, scan: (visit) => read(path, () => scan(visit)) };
    return { path, ledger };
  });
  if (opened.length === 0) throw new UserError("cannot compare nothing; name two ledgers", EXIT.badInput);
  try {
    assertOneRun(opened.map(({ ledger }) => ledger.header));
  } catch (cause) {
    if (!(cause instanceof CannotMerge)) throw cause;
    throw new UserError(
      `${paths[cause.first]} and ${paths[cause.second]} ${cause.problem}; ` +
        "only the shards of one run can stand together on one side of a comparison",
      EXIT.badInput,
    );
  }
  return opened.toSorted((one, other) => one.ledger.header.shard.index - other.ledger.header.shard.index);
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

function read<Result>(path: string, perform: () => Result): Result {
  try {
    return perform();
  } catch (cause) {
    throw ledgerError("compare", path, cause);
  }
}
