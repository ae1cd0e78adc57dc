/** Every diagnostic of the compiler, for `z6c explain` and the reference. */
import type { CatalogueEntry } from "./catalogue_entry.ts";
import { DATA_CODES } from "./catalogue_data.ts";
import { DOUBT_CODES } from "./catalogue_doubts.ts";
import { FLOW_CODES } from "./catalogue_flows.ts";
import { GRPC_CODES } from "./catalogue_grpc.ts";
import { LANGUAGE_CODES } from "./catalogue_language.ts";
import { LOAD_CODES } from "./catalogue_load.ts";
import { SIMULATION_CODES } from "./catalogue_simulation.ts";
import { THRESHOLD_CODES } from "./catalogue_thresholds.ts";
import { WARNING_CODES } from "./catalogue_warnings.ts";

/** In the order of the codes. */
export const CATALOGUE: readonly CatalogueEntry[] = [
  ...LANGUAGE_CODES,
  ...LOAD_CODES,
  ...FLOW_CODES,
  ...GRPC_CODES,
  ...THRESHOLD_CODES,
  ...SIMULATION_CODES,
  ...DATA_CODES,
  ...WARNING_CODES,
  ...DOUBT_CODES,
];

/** What is known of a code, in whatever case it is written; undefined for a code that does not exist. */
export function explain(code: string): CatalogueEntry | undefined {
  return CATALOGUE.find((entry) => entry.code === code.toUpperCase());
}
