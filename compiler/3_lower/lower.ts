/** Scenario → plan: every name becomes a position, every text the bytes it stands for. */
import type { Plan } from "../../runtime/plan.ts";
import { type Diagnostic, problem } from "../diagnostic.ts";
import { allSteps } from "../2_check/all_steps.ts";
import type { Flow, Scenario, Step } from "../2_check/scenario.ts";
import { aliasTable } from "./alias.ts";
import { boundsOf } from "./bounds.ts";
import { lowerLoad } from "./load.ts";
import { lazily } from "./lazily.ts";
import { expandOAuth2 } from "./oauth2.ts";
import { lowerPrograms, positionOf, stepNames } from "./programs.ts";
import { salts } from "./salt.ts";
import { lowerSimulation } from "./simulation.ts";
import { lowerTables, uniqueRefusals } from "./tables.ts";
import { lowerTargets } from "./targets.ts";
import { abortRefusals, lowerThresholds } from "./thresholds.ts";

/** A step's number is a u16 in the ledger, whose highest value says "none". */
const MOST_STEPS = 65_535;

/** How many flows and steps a plan has. */
export type PlanSize = Readonly<{ flows: number; steps: number }>;

/** A plan, which is made when it is first asked for, and its size. */
export type Lowered = Readonly<{ plan?: Plan; size?: PlanSize; diagnostics: readonly Diagnostic[] }>;

/** Either a plan, or the diagnostics that say why the runtime could not carry it. `version` is z6c's. */
export function lower(checked: Scenario, version: string): Lowered {
  const scenario = expandOAuth2(checked);
  const { file, tables } = scenario;
  const lowered = lowerLoad(scenario.load, file);
  const all = allFlows(scenario);
  const steps = all.flatMap((flow) => allSteps(flow.steps));
  const tooLarge = tooManySteps(steps, file);
  if ("code" in lowered) return { diagnostics: [lowered, ...tooLarge] };
  if (tooLarge.length > 0) return { diagnostics: tooLarge };
  const { load, sessions } = lowered;
  const parts = lazily((): Parts => ({ load, ...programsOf(scenario, version) }));
  const mayStop = scenario.thresholds.some(({ abort }) => abort);
  const refusals = [
    ...uniqueRefusals(tables, load, file),
    ...mayStop ? abortRefusals(scenario.thresholds, parts(), file) : [],
  ];
  if (refusals.length > 0) return { diagnostics: refusals };
  const made = lazily(() => planOf(scenario, sessions, parts()));
  return {
    get plan() {
      return made();
    },
    size: { flows: all.length, steps: steps.length },
    diagnostics: [],
  };
}

/** What runs, and how often each part of it is taken. */
type Parts = Pick<
  Plan,
  | "load"
  | "choice"
  | "flows"
  | "setup"
  | "teardown"
  | "steps"
  | "requests"
  | "captures"
  | "secrets"
  | "tables"
>;

/** Those of the load, then what runs once before it and after it. */
function allFlows({ flows, setup, teardown }: Scenario): readonly Flow[] {
  return [...flows, setup, teardown].filter((flow) => flow !== null);
}

function programsOf(scenario: Scenario, version: string): Omit<Parts, "load"> {
  const { targets, load, flows, setup, teardown, tables } = scenario;
  const all = allFlows(scenario);
  const stages = load.stages.map((stage) => stage.name);
  // Tables come last, so that a new one leaves the draws of every step as they were.
  const keys = salts([...stepNames(all), ...tables.map((table) => `data/${table.name}`)]);
  const programs = lowerPrograms(all, keys, { targets, stages, version });
  return {
    ...programs,
    choice: aliasTable(flows.map(({ weight }) => weight)),
    setup: setup === null ? -1 : all.indexOf(setup),
    teardown: teardown === null ? -1 : all.indexOf(teardown),
    tables: lowerTables(tables, keys.slice(programs.steps.length)),
  };
}

function planOf(scenario: Scenario, sessions: number, parts: Parts): Plan {
  const { name, description, seed, transport, messageTypes, tags, thresholds, validity, simulation } =
    scenario;
  const { load: { maxVus }, requests } = parts;
  // Behind those that requests send.
  const secrets = [...parts.secrets];
  const targets = lowerTargets(scenario.targets, {
    maxVus,
    requests,
    secretAt: (secret) => positionOf(secrets, secret),
  });
  return {
    format: 3,
    name,
    description,
    seed,
    transport,
    targets,
    ...parts,
    secrets,
    messageTypes,
    tags,
    thresholds: lowerThresholds(thresholds, parts),
    validity,
    simulation: lowerSimulation(simulation, parts),
    bounds: boundsOf(parts.load, sessions, { ...parts, targets }),
  };
}

function tooManySteps(steps: readonly Pick<Step, "place">[], file: string): Diagnostic[] {
  const step = steps.at(MOST_STEPS);
  if (step === undefined) return [];
  const message = "this is step 65,536 of the scenario, and a ledger can number 65,535; " +
    "use `repeat`, or split the scenario";
  return [problem("Z1651", file, step.place, message)];
}
