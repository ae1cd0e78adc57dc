import type { ExpectedDecisions } from "../decisions/expected_decisions.ts";
import { counted } from "./format.ts";

/** What a plan decides, for people: the digest and its sessions, or why there is none. */
export function expectedText(decisions: ExpectedDecisions): string {
  if (decisions.kind === "unknown") return `no digest: ${decisions.reason}`;
  return `${decisions.sha256} (${counted(decisions.sessions, "session")})`;
}
