/** `[[threshold]]`: what the run must reach to pass. */
import { keyPlaceAt, nodeAt, type Path } from "../1_parse/document.ts";
import type { Metric, Statistic } from "../../runtime/plan.ts";
import { type Checking, lengthAt, placeOf, plainAt, report, section, warn } from "./checking.ts";
import { checkAbort } from "./check_abort.ts";
import type { WrittenFlow } from "./check_flows.ts";
import { parseDecimal, timesExactly } from "./decimal.ts";
import { comparison, LIMIT } from "./fields.ts";
import { isTrouble } from "./reading.ts";
import type { Threshold } from "./scenario.ts";
import type { Load } from "./scenario_load.ts";
import { findStep, unknownName } from "./step_lookup.ts";
import { QUANTILE_KEY, thresholdSchema } from "./schema_threshold.ts";
import { unknownKey } from "./unknown_keys.ts";

/** What can be asked of a metric, and of which part of the run. */
type Kind = Readonly<
  { statistics: readonly string[]; filters: readonly string[]; limit: keyof typeof LIMIT }
>;

const TIME: Kind = {
  statistics: ["pNN", "avg", "min", "max"],
  filters: ["flow", "step", "stage", "tag"],
  limit: "duration",
};
const COUNT: Kind = {
  statistics: ["ratio", "count"],
  filters: ["flow", "step", "stage", "tag"],
  limit: "count",
};

const KINDS: Readonly<Record<Metric, Kind>> = {
  response_time: TIME,
  service_time: TIME,
  first_byte: TIME,
  connect: TIME,
  tls: TIME,
  first_message: TIME,
  message_gap: TIME,
  lag: TIME,
  blocked: TIME,
  session_time: { ...TIME, filters: ["flow", "stage"] },
  group_time: TIME,
  errors: COUNT,
  checks: COUNT,
  // An arrival that is dropped has not chosen its flow.
  drops: { ...COUNT, filters: ["stage"] },
  messages: { ...COUNT, statistics: ["count", "rate"] },
  rate: { statistics: ["avg"], filters: ["flow", "step", "stage", "tag"], limit: "rate" },
  bytes: { statistics: ["total"], filters: ["flow", "step", "stage", "tag"], limit: "size" },
};

const FILTERS = ["flow", "step", "stage", "tag"] as const;
const STATISTICS = ["avg", "min", "max", "ratio", "count", "rate", "total"];

/** What thresholds ask about; `load` and `stages` are null where the load is not known. */
export type Askable = Readonly<{
  flows: readonly WrittenFlow[];
  tags: readonly string[];
  stages: readonly string[] | null;
  load: Load | null;
}>;

export function checkThresholds(checking: Checking, askable: Askable): readonly Threshold[] {
  const thresholds: Threshold[] = [];
  for (let index = 0; index < lengthAt(checking, ["threshold"]); index++) {
    thresholds.push(...checkThreshold(checking, ["threshold", index], askable));
  }
  return thresholds;
}

function checkThreshold(checking: Checking, path: Path, askable: Askable): Threshold[] {
  const { load } = askable;
  const keys = statisticKeys(checking, path);
  const metric = section(checking, thresholdSchema.shape.metric, [...path, "metric"]);
  const where = checkFilters(checking, path, askable, metric);
  const abort = section(checking, thresholdSchema.shape.abort, [...path, "abort"]) === true;
  const invalidates = section(checking, thresholdSchema.shape.invalidates, [...path, "invalidates"]) === true;
  if (metric === null) return [];
  const kind = KINDS[metric];
  checkFilterKinds(checking, path, metric, kind);
  if (keys.length === 0) {
    report(checking, "Z1704", path, `the threshold on ${metric} compares nothing; add ${example(kind)}`);
  }
  if (where.stage >= 0 && load?.stages[where.stage]?.warmup) {
    warn(
      checking,
      "Z1905",
      [...path, "stage"],
      "this stage is a warm-up, which thresholds leave out: nothing will be measured",
    );
  }
  return keys.flatMap((key) => {
    const limit = checkStatistic(checking, [...path, key], key, metric, kind);
    if (limit === null) return [];
    const text = `${metric} ${key} ${limit.shown}${whereText(checking, path)}`;
    const { statistic, sign, value } = limit;
    if (abort) checkAbort(checking, [...path, "abort"], { key, metric, statistic, comparison: sign });
    return [{
      place: placeOf(checking, [...path, key]),
      metric,
      statistic,
      comparison: sign,
      limit: value,
      ...where,
      abort,
      abortPlace: placeOf(checking, [...path, "abort"]),
      invalidates,
      text,
    }];
  });
}

/** The keys that are statistics, in the order of the source; keys that nobody knows are reported. */
function statisticKeys(checking: Checking, path: Path): string[] {
  const node = nodeAt(checking.document, path);
  if (node?.kind !== "table") return [];
  return [...node.entries.keys()].filter((key) => {
    if (STATISTICS.includes(key)) return true;
    if (key in thresholdSchema.shape) return false;
    if (/^p\d/.test(key)) return true;
    const { code, words } = unknownKey(key, path, checking.plain);
    report(checking, code, keyPlaceAt(checking.document, [...path, key]), words);
    return false;
  });
}

function checkStatistic(checking: Checking, path: Path, key: string, metric: Metric, kind: Kind) {
  const keyPlace = keyPlaceAt(checking.document, path);
  const statistic = statisticOf(checking, path, key, metric);
  if (statistic === null) return null;
  if (!kind.statistics.includes(statistic.kind === "quantile" ? "pNN" : key)) {
    report(
      checking,
      "Z1703",
      keyPlace,
      `${metric} has no ${key}; it has ${
        kind.statistics.map((one) => one === "pNN" ? "p50, p99 and the like" : one).join(", ")
      }`,
    );
    return null;
  }
  const found = section(checking, comparison, path);
  if (found === null) {
    if (!STATISTICS.includes(key)) reportQuantileValue(checking, path, key);
    return null;
  }
  const isOwn = statistic.kind === "ratio" || statistic.kind === "rate";
  const read = LIMIT[isOwn ? statistic.kind : kind.limit](found.limit);
  if (isTrouble(read)) {
    report(checking, read.code, path, `${key} ${read.words}`);
    return null;
  }
  return {
    statistic,
    sign: found.comparison,
    value: read.value,
    shown: `${found.comparison} ${found.limit}`,
  };
}

function statisticOf(checking: Checking, path: Path, key: string, metric: Metric): Statistic | null {
  switch (key) {
    case "avg":
      return { kind: metric === "rate" ? "rate" : "avg" };
    case "min":
    case "max":
    case "ratio":
    case "count":
    case "rate":
    case "total":
      return { kind: key };
  }
  const keyPlace = keyPlaceAt(checking.document, path);
  const node = nodeAt(checking.document, path);
  const [digits] = node?.kind === "table" ? [...node.entries.keys()] : [];
  if (digits !== undefined && /^\d+$/.test(digits)) {
    report(
      checking,
      "Z1706",
      keyPlace,
      `TOML reads ${key}.${digits} as a table ${key}; put the key in quotes: "${key}.${digits}"`,
    );
    return null;
  }
  const ppm = timesExactly(parseDecimal(QUANTILE_KEY.exec(key)?.[1] ?? "0"), 10_000n) ?? 0n;
  if (ppm <= 0n || ppm > 1_000_000n) {
    report(
      checking,
      "Z1706",
      keyPlace,
      `${key} is no quantile; write p50, p99, "p99.9" and the like, above p0 and up to p100, with at most four decimals`,
    );
    return null;
  }
  return { kind: "quantile", ppm: Number(ppm) };
}

/** The schema does not know the values of quantile keys, so it has not reported them. */
function reportQuantileValue(checking: Checking, path: Path, key: string): void {
  const value = plainAt(checking, path);
  const result = comparison.safeParse(value);
  const [issue] = result.error?.issues ?? [];
  if (issue === undefined) return;
  if (issue.code === "custom") report(checking, String(issue.params?.code), path, `${key} ${issue.message}`);
  else {report(
      checking,
      "Z1102",
      path,
      `${key} is ${
        Array.isArray(value) ? "a list" : typeof value === "object" ? "a table" : String(value)
      }; it must be ${issue.message}`,
    );}
}

function checkFilterKinds(checking: Checking, path: Path, metric: Metric, kind: Kind): void {
  for (const filter of FILTERS) {
    if (kind.filters.includes(filter) || plainAt(checking, [...path, filter]) === undefined) continue;
    const why = metric === "drops"
      ? "a dropped arrival has begun no flow"
      : "it spans all steps of a session";
    report(
      checking,
      "Z1705",
      keyPlaceAt(checking.document, [...path, filter]),
      `${metric} cannot be asked of one ${filter}: ${why}; remove ${filter}`,
    );
  }
}

type Where = { flow: number; step: string | null; stage: number; tag: number };

/** What the filters name; −1 and null where there is no filter or it is wrong. `metric` is null where it is not known. */
function checkFilters(
  checking: Checking,
  path: Path,
  { flows, tags, stages }: Askable,
  metric: Metric | null,
): Where {
  const [flow, step, stage, tag] = FILTERS.map((key) =>
    section(checking, thresholdSchema.shape[key], [...path, key]) ?? undefined
  );
  const atStage = stage === undefined ? -1 : stages?.indexOf(stage) ?? 0;
  if (stage !== undefined && atStage < 0) {
    unknownName(checking, [...path, "stage"], "stage", stage, stages ?? []);
  }
  const atTag = tag === undefined ? -1 : tags.indexOf(tag);
  if (tag !== undefined && atTag < 0) unknownName(checking, [...path, "tag"], "tag", tag, tags);
  const isOnce = flow === "setup" || flow === "teardown";
  if (isOnce) {
    const words = `[${flow}] runs once and is in no figure of the load; a failure of it is told beside them`;
    report(checking, "Z1705", [...path, "flow"], words);
  }
  const found = isOnce ? { flow: -1, step: null } : findStep(checking, { path, flow, step }, flows);
  if (metric !== null && found.step !== null) checkKindOfStep(checking, path, metric, found.step.isGroup);
  const isGroup = (one: WrittenFlow) => one.all.some((it) => it.isGroup);
  if (metric === "group_time" && step === undefined && !flows.some(isGroup)) {
    const words =
      "there is no group whose time could be taken; make one, with steps under [[flow.step.step]]";
    report(checking, "Z1707", [...path, "metric"], words);
  }
  return { flow: found.flow, step: found.step?.name ?? null, stage: atStage, tag: atTag };
}

/** Groups have a time of their own, and nothing else. */
function checkKindOfStep(checking: Checking, path: Path, metric: Metric, isGroup: boolean): void {
  if (isGroup === (metric === "group_time")) return;
  // Of a whole session, no step is asked anyway.
  if (!KINDS[metric].filters.includes("step")) return;
  const words = isGroup
    ? `this step is a group, which has no ${metric} of its own; ask for its group_time, or give its steps a tag and ask for that`
    : "this step is no group, and group_time is the time of one; ask for response_time, or name a group";
  report(checking, "Z1707", [...path, "step"], words);
}

function whereText(checking: Checking, path: Path): string {
  const parts = (["step", "flow", "stage", "tag"] as const).flatMap((key) => {
    const name = plainAt(checking, [...path, key]);
    return typeof name === "string" ? [`${key} ${name}`] : [];
  });
  return parts.length === 0 ? "" : ` of ${parts.join(", ")}`;
}

function example(kind: Kind): string {
  if (kind === TIME || kind.limit === "duration") return 'a statistic, as in p99 = "< 300ms"';
  if (kind.limit === "rate") return 'a statistic, as in avg = "> 95/s"';
  if (!kind.statistics.includes("ratio") && kind.limit === "count") {
    return 'a statistic, as in rate = "> 1000/s"';
  }
  if (kind.limit === "size") return 'a statistic, as in total = "< 10MB"';
  return 'a statistic, as in ratio = "< 1%"';
}
