/** Loads that are well-formed, and yet more than the runtime can count exactly. */
import { type Diagnostic, type Place, problem } from "../diagnostic.ts";
import { MOST_SESSIONS } from "./rates.ts";

/** Two rates of the plan have no common measure that whole numbers below 2^53 could hold. */
export function tooFine(file: string, place: Place): Diagnostic {
  const message = "this rate is too fine to be counted exactly beside the highest one; " +
    "give it fewer digits, or a unit closer to the others'";
  return problem("Z1551", file, place, message);
}

/** Session numbers would not fit a ledger's u32. */
export function tooMany(file: string, place: Place): Diagnostic {
  const message = `up to here the load has more than ${MOST_SESSIONS.toLocaleString("en")} sessions, ` +
    "which one ledger cannot number; ask for fewer, or split the load into several runs";
  return problem("Z1552", file, place, message);
}
