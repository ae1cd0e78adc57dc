/** `[load]`: how much traffic, and in what shape. */
import type { z } from "../zod/zod.ts";
import type { Path } from "../1_parse/document.ts";
import { quote } from "../diagnostic.ts";
import { type Checking, hasPath, placeOf, plainAt, report, section, warn } from "./checking.ts";
import { LONGEST_TICKS } from "./durations.ts";
import type { ClosedLoad, ClosedStage, Load, OpenLoad, OpenStage } from "./scenario_load.ts";
import { type closedLoadSchema, loadSchema, type openLoadSchema } from "./schema_load.ts";

const LOAD: Path = ["load"];

/** Null where something is wrong. */
export function checkLoad(checking: Checking): Load | null {
  const found = section(checking, loadSchema, LOAD);
  if (found === null) return null;
  const before = checking.diagnostics.filter((one) => one.severity === "error").length;
  const load = found.model === "open" ? checkOpen(checking, found) : checkClosed(checking, found);
  if (load !== null) checkStages(checking, load);
  const after = checking.diagnostics.filter((one) => one.severity === "error").length;
  return after === before ? load : null;
}

/** Names of all stages, or null where the load is not sound enough to tell. */
export function stageNames(checking: Checking): string[] | null {
  const stages = plainAt(checking, ["load", "stages"]);
  const count = Array.isArray(stages) ? stages.length : 1;
  const names: string[] = [];
  for (let index = 0; index < count; index++) {
    const name = plainAt(checking, ["load", "stages", index, "name"]);
    names.push(typeof name === "string" ? name : `stage ${index + 1}`);
  }
  return plainAt(checking, LOAD) === undefined ? null : names;
}

function checkOpen(checking: Checking, found: z.output<typeof openLoadSchema>): OpenLoad | null {
  if (found.stages !== undefined && (found.rate !== undefined || found.for !== undefined)) {
    return both(checking, "rate");
  }
  const given = found.stages ??
    (found.rate === undefined || found.for === undefined
      ? []
      : [{ name: undefined, for: found.for, rate: found.rate, warmup: false }]);
  if (found.stages === undefined && given.length === 0) {
    return noAmount(checking, 'rate and for, as in rate = "50/s" and for = "1m"');
  }
  const stages = given.map((stage, index): OpenStage => {
    const path = found.stages === undefined ? LOAD : ["load", "stages", index];
    return {
      name: stage.name ?? `stage ${index + 1}`,
      place: placeOf(checking, path),
      warmup: stage.warmup,
      lengthTicks: stage.for,
      rateStart: stage.rate[0],
      rateEnd: stage.rate[1],
      ratePlace: placeOf(checking, [...path, "rate"]),
    };
  });
  if (
    stages.length > 0 &&
    stages.every((stage) => stage.rateStart.sessions === 0 && stage.rateEnd.sessions === 0)
  ) {
    report(
      checking,
      "Z1506",
      stages[0]?.ratePlace ?? LOAD,
      "the rate is 0 all the way, so no session would ever begin; give some stage a rate above 0",
    );
  }
  const { model, arrivals, max_vus, graceful_stop } = found;
  return {
    model,
    place: placeOf(checking, LOAD),
    ...arrivals,
    maxVus: max_vus,
    gracefulStopTicks: graceful_stop,
    stages,
  };
}

function checkClosed(checking: Checking, found: z.output<typeof closedLoadSchema>): ClosedLoad | null {
  if (found.stages !== undefined && (found.vus !== undefined || found.for !== undefined)) {
    return both(checking, "vus");
  }
  if (found.stages !== undefined && found.iterations !== undefined) {
    report(
      checking,
      "Z1508",
      ["load", "iterations"],
      "iterations has no meaning beside stages; give vus and iterations, and for as a bound",
    );
    return null;
  }
  if (
    found.stages === undefined &&
    (found.vus === undefined || (found.for === undefined && found.iterations === undefined))
  ) {
    return noAmount(checking, 'vus with for or iterations, as in vus = 10 and for = "1m"');
  }
  if (found.iterations !== undefined && found.vus !== undefined && found.vus[0] !== found.vus[1]) {
    report(
      checking,
      "Z1508",
      ["load", "vus"],
      "iterations needs a constant number of users; a ramp is bounded by its time",
    );
  }
  const given = found.stages ??
    [{ name: undefined, for: found.for ?? 0, vus: found.vus ?? [0, 0], warmup: false }];
  const stages = given.map((stage, index): ClosedStage => ({
    name: stage.name ?? `stage ${index + 1}`,
    place: placeOf(checking, found.stages === undefined ? LOAD : ["load", "stages", index]),
    warmup: stage.warmup,
    lengthTicks: stage.for,
    vusStart: stage.vus[0],
    vusEnd: stage.vus[1],
  }));
  if (stages.length > 0 && stages.every((stage) => stage.vusStart === 0 && stage.vusEnd === 0)) {
    const at = found.stages === undefined ? ["load", "vus"] : ["load", "stages", 0, "vus"];
    report(
      checking,
      "Z1507",
      at,
      "vus is 0 all the way, so no session would ever begin; give some stage a user",
    );
  }
  const { model, iterations = 0, pace, graceful_stop } = found;
  if (pace === 0) {
    report(
      checking,
      "Z1105",
      ["load", "pace"],
      "pace is 0, which paces nothing; leave it out, or give it a time",
    );
  }
  return {
    model,
    place: placeOf(checking, LOAD),
    iterations,
    paceTicks: pace ?? 0,
    gracefulStopTicks: graceful_stop,
    stages,
  };
}

function noAmount(checking: Checking, keys: string): null {
  const isMeant = (key: string) => hasPath(checking.misspelt, [...LOAD, key]);
  if (!["stages", "rate", "vus", "for", "iterations"].some(isMeant)) {
    report(checking, "Z1502", LOAD, `[load] does not say how much; give stages, or ${keys}`);
  }
  return null;
}

function both(checking: Checking, key: string): null {
  report(
    checking,
    "Z1503",
    ["load", "stages"],
    `[load] has stages and also ${key} or for; ${key} and for stand for one stage, so move them into the list`,
  );
  return null;
}

function checkStages(checking: Checking, load: Load): void {
  const { stages } = load;
  if (stages.length === 0) {
    report(
      checking,
      "Z1504",
      ["load", "stages"],
      'stages is empty; give at least one, as in { for = "1m", … }',
    );
    return;
  }
  const names = new Set<string>();
  for (const [index, { name, lengthTicks }] of stages.entries()) {
    const path = plainAt(checking, ["load", "stages"]) === undefined ? LOAD : ["load", "stages", index];
    if (lengthTicks === 0 && plainAt(checking, [...path, "for"]) !== undefined) {
      report(
        checking,
        "Z1505",
        [...path, "for"],
        "for is 0, and a stage without length does nothing; remove it or give it a time",
      );
    }
    if (names.has(name)) {
      report(
        checking,
        "Z1509",
        [...path, "name"],
        `there are two stages ${quote(name)}; thresholds and reports tell stages apart by name`,
      );
    }
    names.add(name);
  }
  const totalTicks = stages.reduce((total, stage) => total + stage.lengthTicks, 0);
  if (totalTicks > LONGEST_TICKS) {
    report(
      checking,
      "Z1510",
      ["load", "stages"],
      "the stages last longer than 365 days in all, the longest z6c plans",
    );
  }
  if (stages.every((stage) => stage.warmup)) {
    warn(
      checking,
      "Z1902",
      ["load", "stages"],
      "every stage is a warm-up, so no figure and no threshold has anything to measure",
    );
  }
}
