import { replayLedger } from "../../runtime/replay/replay_command.ts";

/** Replays a ledger, and writes what comes of it to `out`, where that is wanted. Throws `UserError`. */
export async function replay(ledger: string, out: string | null): Promise<number> {
  return await replayLedger(ledger, out);
}
