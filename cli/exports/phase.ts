import { SESSION } from "../../runtime/ledger/record.ts";

/** To what a session belongs. Figures are of the load alone. */
export function phaseOf(session: number): "load" | "setup" | "teardown" {
  return session === SESSION.setup ? "setup" : session === SESSION.teardown ? "teardown" : "load";
}
