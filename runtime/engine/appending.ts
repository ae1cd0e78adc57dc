import type { LedgerWriter } from "../ledger/writer.ts";

/** What the parts of the engine do with the ledger. */
export type Appending = Pick<LedgerWriter, "append" | "appendText">;

/** What a run does with the ledger that its engines append to. */
export type RunLedger = Pick<LedgerWriter, "append" | "appendText" | "seal" | "failure">;
