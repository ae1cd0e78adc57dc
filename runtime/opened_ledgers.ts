import { openLedgerFile } from "./host/ledger_file.ts";
import { openLedger } from "./ledger/reader.ts";
import { isSystemError, ledgerError } from "./ledger_error.ts";
import type { ReducibleLedger } from "./reduce/first_pass.ts";

/** Opens ledgers for as long as `use` takes. Throws `UserError` where one cannot be read. */
export function withLedgers<Result>(
  paths: readonly string[],
  use: (ledgers: readonly ReducibleLedger[]) => Result,
): Result {
  using sources = new DisposableStack();
  return use(paths.map((path): ReducibleLedger => {
    try {
      const { header, scan } = openLedger(sources.use(openLedgerFile(path)));
      return { header, scan: (visit) => read(path, () => scan(visit)) };
    } catch (cause) {
      throw ledgerError("report", path, cause);
    }
  }));
}

function read<Result>(path: string, perform: () => Result): Result {
  try {
    return perform();
  } catch (cause) {
    throw isSystemError(cause) ? ledgerError("report", path, cause) : cause;
  }
}
