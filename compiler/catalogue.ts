/** Every diagnostic of the compiler, for `z6c explain` and the reference. */
import { FLOW_CODES } from "./catalogue_flows.ts";
import { LANGUAGE_CODES } from "./catalogue_language.ts";
import { LOAD_CODES } from "./catalogue_load.ts";

/**
 * `example` is a piece of a scenario that has the problem, `mend` the same piece without it; what the piece leaves
 * out is as in any sound scenario.
 */
export type CatalogueEntry = Readonly<
  { code: string; title: string; cause: string; example: string; mend: string }
>;

/** In the order of the codes. */
export const CATALOGUE: readonly CatalogueEntry[] = [...LANGUAGE_CODES, ...LOAD_CODES, ...FLOW_CODES];

/** What is known of a code, in whatever case it is written; undefined for a code that does not exist. */
export function explain(code: string): CatalogueEntry | undefined {
  return CATALOGUE.find((entry) => entry.code === code.toUpperCase());
}
