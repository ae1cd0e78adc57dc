import type { Condition, Flow, Instruction, Plan } from "./plan.ts";
import { count, duration } from "./report/format.ts";
import { type Column, table, wrapped } from "./report/table.ts";

type Think = Instruction & { kind: "think" };

/** A table of the flows: how often each is taken, and what it does. */
export function flowLines(plan: Plan, width: number): string[] {
  const columns: Column[] = [
    { title: "flow", align: "left", optional: 0 },
    { title: "share", align: "right", optional: 0 },
    { title: "steps", align: "left", optional: 0 },
  ];
  const weights = plan.flows.reduce((sum, flow) => sum + flow.weight, 0);
  const room = Math.max(20, width - 2 * 2 - 6 - Math.max(...plan.flows.map((flow) => flow.name.length)));
  const rows = plan.flows.flatMap((flow) =>
    wrapped(
      flow.program.map((it, at, all) => stepText(plan, it, at, all)).join("").slice(SEPARATOR.length),
      room,
    ).map((steps, at) =>
      at === 0
        ? [flow.name, `${Number(((flow.weight / weights) * 100).toPrecision(3))}%`, steps]
        : ["", "", steps]
    )
  );
  return table(columns, rows, width);
}

const SEPARATOR = " · ";

/** A step behind its separator; a repeat, and a condition, stand right before what they are about. */
function stepText(
  plan: Plan,
  instruction: Flow["program"][number],
  at: number,
  program: Flow["program"],
): string {
  const kindBefore = program[at - 1]?.kind;
  const before = kindBefore === "repeat" || kindBefore === "when" ? " " : SEPARATOR;
  switch (instruction.kind) {
    case "request":
      return before + plan.steps[instruction.step].name;
    case "think":
      return `${before}think ${thinkText(instruction)}`;
    case "when":
      return `${before}if ${conditionText(plan, instruction.condition)}:`;
    case "repeat":
      return `${before}${rangeText(instruction.min, instruction.max, count)} ×`;
    case "again":
    case "end":
      return "";
  }
}

/** Of a distribution, its median beside its ends. */
function thinkText({ minTicks, maxTicks, quantiles }: Think): string {
  const range = rangeText(minTicks, maxTicks, duration);
  return quantiles.length === 0
    ? range
    : `about ${duration(quantiles[(quantiles.length - 1) / 2])} (${range})`;
}

function conditionText(plan: Plan, condition: Condition): string {
  if (condition.kind === "status") {
    return `status ${condition.ranges.map(([from, to]) => rangeText(from, to, String)).join(", ")}`;
  }
  const name = plan.captures[condition.capture].split("/").slice(1).join("/");
  switch (condition.kind) {
    case "captured":
      return `${name} ${condition.exists ? "exists" : "is missing"}`;
    case "equals":
      return `${name} is ${condition.negated ? "not " : ""}${JSON.stringify(condition.text)}`;
    case "matches":
      return `${name} matches /${condition.pattern}/u`;
  }
}

/** `3`, or `1 to 3`. */
export function rangeText(min: number, max: number, written: (value: number) => string): string {
  return min === max ? written(min) : `${written(min)} to ${written(max)}`;
}

/** Over all flows by weight, at the mean of every range, with all that is done under a condition. */
export function meanSession(plan: Plan): { thinkTicks: number; requests: number } {
  const weights = plan.flows.reduce((sum, flow) => sum + flow.weight, 0);
  let thinkTicks = 0, requests = 0;
  for (const flow of plan.flows) {
    let passes = flow.weight / weights;
    const around: number[] = [];
    for (const it of flow.program) {
      switch (it.kind) {
        case "request":
          requests += passes;
          break;
        case "think":
          thinkTicks += passes * meanThinkTicks(it);
          break;
        case "repeat":
          around.push(passes);
          passes *= (it.min + it.max) / 2;
          break;
        case "again":
          passes = around.pop() ?? passes;
          break;
        case "when":
        case "end":
      }
    }
  }
  return { thinkTicks, requests };
}

/** The mean of a piecewise linear quantile function is that of its trapezoids. */
function meanThinkTicks({ minTicks, maxTicks, quantiles }: Think): number {
  if (quantiles.length === 0) return (minTicks + maxTicks) / 2;
  const sum = quantiles.reduce((total, ticks) => total + ticks, 0) - (minTicks + maxTicks) / 2;
  return sum / (quantiles.length - 1);
}
