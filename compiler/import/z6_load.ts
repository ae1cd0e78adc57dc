/** Z6's `[runtime]`, `[schedule]` and `[assertions]` → load and thresholds. */
import type { DraftLoad, Table, Value } from "./draft.ts";
import { FEW_ERRORS } from "./draft.ts";
import { entriesAt, itemsAt, type Located, type Note, numberAt, textAt, valueAt } from "./located.ts";
import { timeText } from "./times.ts";

const MOST_VUS = 1_000_000;
const SAMPLE_SECONDS = 30;

/** A closed load: Z6's users loop. What its schedule does not say comes from `[runtime]`, or is said in a comment. */
export function loadOfZ6(root: Located, notes: Note[]): DraftLoad {
  const comments: string[] = [];
  const schedule = valueAt(root, "schedule");
  const vus = usersIn(root, "runtime", "vus") ?? 1;
  const iterations = numberAt(root, "runtime", "iterations");
  const seconds = secondsIn(root, "runtime", "duration_seconds");
  if (iterations !== undefined && Number.isSafeInteger(iterations) && iterations >= 1) {
    const kind = textAt(schedule, "type") ?? "constant";
    if (kind !== "constant") {
      notes.push({
        at: schedule?.at ?? 0,
        text: `the schedule ${kind} is left out: iterations end the load`,
      });
    }
    const users = usersIn(schedule, "vus") ?? vus;
    return {
      comments,
      keys: new Map<string, Value>([["model", "closed"], ["vus", Math.max(1, users)], [
        "iterations",
        iterations,
      ]]),
    };
  }
  if (seconds === null) comments.push(`Z6 was told no duration: ${SAMPLE_SECONDS}s stand for it.`);
  const whole = seconds ?? SAMPLE_SECONDS;
  const stages = stagesOf(schedule, vus, whole, comments).filter((stage) => stage.seconds > 0);
  if (stages.every(({ vus }) => !/[1-9]/.test(String(vus)))) {
    comments.push("Z6 was told no users: one stands for them.");
    return {
      comments,
      keys: new Map<string, Value>([["model", "closed"], ["vus", 1], ["for", timeText(whole * 1_000)]]),
    };
  }
  const [only] = stages;
  if (stages.length === 1 && only !== undefined) {
    return {
      comments,
      keys: new Map<string, Value>([["model", "closed"], ["vus", only.vus], [
        "for",
        timeText(only.seconds * 1_000),
      ]]),
    };
  }
  const list = stages.map(({ name, seconds, vus }) =>
    new Map<string, Value>([...(name === "" ? [] : [["name", name] as const]), [
      "for",
      timeText(seconds * 1_000),
    ], [
      "vus",
      vus,
    ]])
  );
  return { comments, keys: new Map<string, Value>([["model", "closed"], ["stages", list]]) };
}

type Stage = Readonly<{ name: string; seconds: number; vus: number | string }>;

function stagesOf(schedule: Located | undefined, vus: number, seconds: number, comments: string[]): Stage[] {
  const kind = textAt(schedule, "type") ?? "constant";
  const constant = [{ name: "", seconds, vus: usersIn(schedule, "vus") ?? vus }];
  switch (kind) {
    case "constant":
      return constant;
    case "ramp": {
      const from = usersIn(schedule, "start_vus") ?? 1;
      const to = usersIn(schedule, "end_vus") ?? usersIn(schedule, "vus") ?? vus;
      const hold = secondsIn(schedule, "hold_duration_seconds") ?? 0;
      const rise = secondsIn(schedule, "ramp_duration_seconds");
      if (rise === null) comments.push("Z6's ramp had no duration: it takes the whole test.");
      const ramp = {
        name: "ramp",
        seconds: rise ?? Math.max(1, seconds - hold),
        vus: from === to ? to : `${from}..${to}`,
      };
      return [ramp, { name: "hold", seconds: hold, vus: to }];
    }
    case "spike": {
      const base = usersIn(schedule, "baseline_vus") ?? vus;
      const peak = usersIn(schedule, "spike_vus") ?? vus;
      const start = secondsIn(schedule, "spike_start_seconds") ?? Math.round(seconds / 3);
      const length = secondsIn(schedule, "spike_duration_seconds") ?? Math.max(1, Math.round(seconds / 3));
      return [
        { name: "baseline", seconds: start, vus: base },
        { name: "spike", seconds: length, vus: peak },
        { name: "after", seconds: Math.max(0, seconds - start - length), vus: base },
      ];
    }
    case "steps": {
      const steps = itemsAt(schedule, "steps").map((step, index) => ({
        name: `step ${index + 1}`,
        seconds: secondsIn(step, "duration_seconds") ?? SAMPLE_SECONDS,
        vus: usersIn(step, "vus") ?? vus,
      }));
      return steps.length > 0 ? steps : constant;
    }
    default:
      comments.push(
        `Z6's schedule ${JSON.stringify(kind.slice(0, 40))} is unknown: its users are constant here.`,
      );
      return constant;
  }
}

/** Assertions, each a threshold; what has no counterpart is noted. */
export function thresholdsOfZ6(assertions: Located | undefined, notes: Note[]): Table[] {
  if (entriesAt(assertions).length === 0) return [FEW_ERRORS];
  const thresholds: Table[] = [];
  const times = new Map<string, Value>([["metric", "response_time"]]);
  let mostErrors: number | null = null;
  for (const [key, node] of entriesAt(assertions)) {
    const limit = numberAt(node);
    const quantile = /^p(\d{2,6})_latency_ms$/.exec(key)?.[1];
    const statistic = quantile !== undefined
      ? `p${Number(quantile.slice(0, 2))}${quantile.length > 2 ? `.${quantile.slice(2)}` : ""}`
      : /^(?:avg|mean)_latency_ms$/.test(key)
      ? "avg"
      : /^(max|min)_latency_ms$/.exec(key)?.[1];
    if (limit === undefined || limit < 0 || limit > 1e12) {
      notes.push({ at: node.at, text: `${key} is left out: it is no usable number` });
    } else if (statistic !== undefined && limit > 0) {
      times.set(statistic, `<= ${decimal(Math.round(limit * 1_000) / 1_000)}ms`);
    } else if (key === "error_rate_max") mostErrors = Math.min(mostErrors ?? 1, limit);
    else if (key === "success_rate_min" && limit <= 1) mostErrors = Math.min(mostErrors ?? 1, 1 - limit);
    else if (key === "rps_min") {
      thresholds.push(
        new Map([["metric", "rate"], ["avg", `>= ${decimal(Math.round(limit * 1_000) / 1_000)}/s`]]),
      );
    } else notes.push({ at: node.at, text: `${key} is left out: no threshold says it` });
  }
  if (times.size > 1) thresholds.unshift(times);
  if (mostErrors !== null) {
    // Parts of a million are the finest ratio there is.
    const percent = Math.round(Math.min(1, mostErrors) * 1_000_000) / 10_000;
    thresholds.push(new Map([["metric", "errors"], ["ratio", `<= ${decimal(percent)}%`]]));
  }
  return thresholds;
}

function decimal(number: number): string {
  return number.toFixed(4).replace(/\.?0+$/, "");
}

function usersIn(node: Located | undefined, ...path: readonly string[]): number | undefined {
  const found = numberAt(node, ...path);
  return found === undefined || found < 0 ? undefined : Math.min(MOST_VUS, Math.round(found));
}

/** Null where there is none, or it is 0. */
function secondsIn(node: Located | undefined, ...path: readonly string[]): number | null {
  const found = numberAt(node, ...path);
  return found === undefined || found <= 0 || found > 31_536_000
    ? null
    : Math.max(0.001, Math.round(found * 1_000) / 1_000);
}
