/** A scenario, what befalls its run, and how it is divided: all that a failure needs to happen again. */
import { canonicalJson } from "../../compiler/3_lower/canonical_json.ts";
import { planHash } from "../../compiler/4_emit/plan_hash.ts";
import { compile } from "../../compiler/compile.ts";
import { readProtos } from "../../compiler/protos/read_protos.ts";
import type { Plan } from "../../runtime/plan.ts";
import { VERSION } from "../../runtime/version.ts";
import { Luck } from "./luck.ts";
import { PROTO } from "./random_messages.ts";
import { randomScenario } from "./random_scenario.ts";
import { scenarioText, type Table } from "./scenario_data.ts";
import { NO_TROUBLES, type Troubles } from "./troubled_host.ts";

/** How a trial's scenario is run. */
export type Course = Readonly<{
  troubles: Troubles;
  /** Into how many the run is divided, when it has been run whole. */
  shards: number;
  /** The shards are workers of one process: the first does the setup and the teardown of all. */
  workers: boolean;
  /** Only sessions with numbers below it begin; null: all. */
  sessionLimit: number | null;
  /** The ledger's file takes so many bytes; null: all. */
  ledgerBytes: number | null;
  /** Where the ledger is cut, and which bytes are changed. */
  cutSeed: number;
}>;

export type Trial = Readonly<{ scenario: Table; course: Course }>;

/** Everything of it follows from the seed. */
export function randomTrial(seed: number): Trial {
  const luck = new Luck(seed);
  const scenario = randomScenario(luck);
  return { scenario, course: randomCourse(luck) };
}

function randomCourse(luck: Luck): Course {
  const isTroubled = luck.oneIn(2);
  const troubles: Troubles = {
    seed: luck.below(1_000_000),
    stallOneIn: isTroubled && luck.oneIn(2) ? luck.pick([3, 20, 100]) : 0,
    batch: isTroubled && luck.oneIn(2) ? luck.pick([2, 10, 100]) : 0,
    stallTicks: luck.pick([1_000, 9_000, 30_000, 120_000]),
    closeOneIn: isTroubled && luck.oneIn(2) ? luck.pick([4, 30]) : 0,
    breakOneIn: isTroubled && luck.oneIn(3) ? luck.pick([5, 50]) : 0,
    unaskedOneIn: isTroubled && luck.oneIn(2) ? luck.pick([3, 40]) : 0,
    failOneIn: isTroubled && luck.oneIn(3) ? luck.pick([2, 10, 50]) : 0,
    interrupts: isTroubled && luck.oneIn(2)
      ? luck.several(1, 2, () => luck.below(luck.pick([2, 5_000, 100_000, 1_000_000]))).sort((a, b) => a - b)
      : [],
    interrupted: luck.pick(["load", "load", "load", "setup", "teardown"]),
  };
  return {
    troubles,
    shards: luck.pick([2, 2, 3, 5]),
    workers: luck.oneIn(3),
    sessionLimit: luck.oneIn(10) ? luck.from(1, 20) : null,
    ledgerBytes: luck.oneIn(20) ? luck.below(60_000) : null,
    cutSeed: luck.below(1_000_000),
  };
}

/** Nothing goes wrong but what the scenario says. */
export const PLAIN_COURSE: Course = {
  troubles: NO_TROUBLES,
  shards: 2,
  workers: false,
  sessionLimit: null,
  ledgerBytes: null,
  cutSeed: 0,
};

const MARK = "# simulator: ";

/** As a file that can be kept, and run again: a scenario whose first line says how. */
export function trialText({ scenario, course }: Trial): string {
  return `${MARK}${JSON.stringify(course)}\n${scenarioText(scenario)}`;
}

/** What such a file says of its course; one without that line has a plain one. */
export function courseOf(text: string): Course {
  const [line] = text.split("\n", 1);
  if (!line.startsWith(MARK)) return PLAIN_COURSE;
  const given = JSON.parse(line.slice(MARK.length));
  return { ...PLAIN_COURSE, ...given, troubles: { ...NO_TROUBLES, ...given.troubles } };
}

/** What scenarios send as it is, and what is called by gRPC. */
const FILES: ReadonlyMap<string, Uint8Array> = new Map([
  ["body.bin", Uint8Array.of(0, 255, 13, 10, 36, 123)],
  ["shop.proto", new TextEncoder().encode(PROTO)],
]);

export type CompiledTrial = Readonly<{ plan: Plan; json: string; sha256: string }>;

/** Null where the compiler refuses the scenario. */
export function compiledTrial(text: string): CompiledTrial | null {
  const { plan } = compile("trial.toml", text, {
    environment: new Map(),
    version: VERSION,
    readFile: (path) => FILES.get(path) ?? { reason: "there is no such file" },
    readProtos,
  });
  if (plan === undefined) return null;
  const json = canonicalJson(plan);
  return { plan: JSON.parse(json), json, sha256: planHash(plan) };
}
