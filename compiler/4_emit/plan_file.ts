import type { Plan } from "../../runtime/plan.ts";
import { canonicalJson } from "../3_lower/canonical_json.ts";

/** A plan's file: the canonical JSON's keys and values in its order, on lines of their own, so that a diff can be read. */
export function planFileText(plan: Plan): string {
  return JSON.stringify(JSON.parse(canonicalJson(plan)), null, 2) + "\n";
}
