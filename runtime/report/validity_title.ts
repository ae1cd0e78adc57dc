import type { ValidityResult } from "../reduce/summary.ts";

/** What reports call a promise of the generator; `state` is the ledger's. */
export function validityTitle(name: ValidityResult["name"], state: string): string {
  switch (name) {
    case "lag":
      return "lag p99";
    case "drops":
      return "dropped arrivals";
    case "gaps":
      return "loop gaps";
    case "cpu":
      return "processor";
    case "samples":
      return "requests measured";
    case "ledger":
      return `ledger ${state}, records`;
  }
}
