import { openLedgerFile } from "../../runtime/host/ledger_file.ts";
import { ledgerError } from "../../runtime/ledger_error.ts";
import { type OpenedLedger, openLedger } from "../../runtime/ledger/reader.ts";
import type { Source } from "../../runtime/ledger/source.ts";

/** A ledger's file, lent to whoever inspects it. */
export type Opened = Readonly<{ path: string; source: Source; ledger: OpenedLedger }>;

/** Opens a ledger for `use`, and closes it. Throws `UserError` where it cannot be read. */
export async function withLedger<T>(path: string, use: (opened: Opened) => T | Promise<T>): Promise<T> {
  try {
    using source = openLedgerFile(path);
    return await use({ path, source, ledger: openLedger(source) });
  } catch (cause) {
    // Not the ledger, but whoever read what was printed.
    if (cause instanceof Deno.errors.BrokenPipe) throw cause;
    throw ledgerError("inspect", path, cause);
  }
}
