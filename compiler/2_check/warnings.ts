/** What is legal, and probably not what was meant. */
import type { Table } from "../1_parse/document.ts";
import type { Diagnostic } from "../diagnostic.ts";
import type { Scenario } from "./scenario.ts";
import { limitWarnings } from "./warnings_limits.ts";
import { loadWarnings } from "./warnings_load.ts";
import { neverWarnings } from "./warnings_never.ts";
import { useWarnings } from "./warnings_use.ts";

/** `document` is where the scenario came from, for the places of its keys. */
export function warningsOf(scenario: Scenario, document: Table): Diagnostic[] {
  return [
    ...neverWarnings(scenario),
    ...useWarnings(scenario, document),
    ...limitWarnings(scenario, document),
    ...loadWarnings(scenario, document),
  ];
}
