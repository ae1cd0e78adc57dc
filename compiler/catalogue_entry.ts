/**
 * `example` is a piece of a scenario that has the problem, `mend` the same piece without it; what the piece leaves
 * out is as in any sound scenario.
 */
export type CatalogueEntry = Readonly<
  { code: string; title: string; cause: string; example: string; mend: string }
>;
