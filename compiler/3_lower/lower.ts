/** Scenario → plan: every name becomes a position, every text the bytes it stands for. */
import type { Plan, Validity } from "../../runtime/plan.ts";
import { type Diagnostic, problem } from "../diagnostic.ts";
import type { Flow, Scenario } from "../2_check/scenario.ts";
import { aliasTable } from "./alias.ts";
import { boundsOf } from "./bounds.ts";
import { type LoweredLoad, lowerLoad } from "./load.ts";
import { lowerPrograms, stepNames } from "./programs.ts";
import { salts } from "./salt.ts";
import { lowerTables, uniqueRefusals } from "./tables.ts";
import { lowerThresholds } from "./thresholds.ts";

/** A generator that is late by more than 10 ms at p99, or drops or sleeps through more than 1 %, measured itself. */
const VALIDITY: Validity = { lagP99Ticks: 10_000, dropsPpm: 10_000, gapsPpm: 10_000 };

/** A step's number is a u16 in the ledger, whose highest value says "none". */
const MOST_STEPS = 65_535;

/** Either a plan, or the diagnostics that say why the runtime could not carry it. `version` is z6c's. */
export function lower(
  scenario: Scenario,
  version: string,
): { plan?: Plan; diagnostics: readonly Diagnostic[] } {
  const { file, flows, tables } = scenario;
  const lowered = lowerLoad(scenario.load, file);
  const tooLarge = tooManySteps(flows, file);
  if ("code" in lowered) return { diagnostics: [lowered, ...tooLarge] };
  const refusals = [...tooLarge, ...uniqueRefusals(tables, scenario.load, lowered.sessions, file)];
  if (refusals.length > 0) return { diagnostics: refusals };
  return { plan: planOf(scenario, lowered, version), diagnostics: [] };
}

function planOf(scenario: Scenario, { load, sessions }: LoweredLoad, version: string): Plan {
  const { name, description, seed, target, flows, thresholds } = scenario;
  const stages = load.stages.map((stage) => stage.name);
  // Tables come last, so that a new one leaves the draws of every step as they were.
  const keys = salts([...stepNames(flows), ...scenario.tables.map((table) => `data/${table.name}`)]);
  const programs = lowerPrograms(flows, keys, { target, stages, version });
  const tables = lowerTables(scenario.tables, keys.slice(programs.steps.length));
  const { scheme, host, port, transport, connections, cookies } = target;
  return {
    format: 1,
    name,
    description,
    seed,
    target: { scheme, host, port, transport, connections, cookies },
    load,
    choice: aliasTable(flows.map(({ weight }) => weight)),
    ...programs,
    tables,
    thresholds: lowerThresholds(thresholds, flows),
    validity: VALIDITY,
    bounds: boundsOf(load, sessions, connections, { ...programs, tables }),
  };
}

function tooManySteps(flows: readonly Flow[], file: string): Diagnostic[] {
  const step = flows.flatMap(({ steps }) => steps).at(MOST_STEPS);
  if (step === undefined) return [];
  const message = "this is step 65,536 of the scenario, and a ledger can number 65,535; " +
    "use `repeat`, or split the scenario";
  return [problem("Z1651", file, step.place, message)];
}
