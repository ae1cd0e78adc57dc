/** The plan's name in locks, ledgers and on the first line of every run. */
import { createHash } from "node:crypto";
import type { Plan } from "../../runtime/plan.ts";
import { canonicalJson } from "../3_lower/canonical_json.ts";

/** SHA-256 of the plan's canonical JSON in UTF-8, as 64 hexadecimal digits. */
export function planHash(plan: Plan): string {
  return createHash("sha256").update(canonicalJson(plan), "utf8").digest("hex");
}
