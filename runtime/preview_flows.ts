import type { Flow, Instruction, Plan, Request, Step } from "./plan.ts";
import { count, duration } from "./report/format.ts";
import { type Column, table, wrapped } from "./report/table.ts";

type Think = Instruction & { kind: "think" };

/**
 * A table of the flows: how often each is taken, and what it does. Groups, and what is done on a WebSocket, have lines of
 * their own, indented.
 */
export function flowLines(plan: Plan, width: number): string[] {
  const columns: Column[] = [
    { title: "flow", align: "left", optional: 0 },
    { title: "share", align: "right", optional: 0 },
    { title: "steps", align: "left", optional: 0 },
  ];
  const shown = inOrder(plan).map((flow) => ({ flow, ...titleOf(plan, flow) }));
  const room = Math.max(20, width - 2 * 2 - 6 - Math.max(...shown.map(({ title }) => title.length)));
  const rows = shown.flatMap(({ flow, title, tags }) =>
    stepLines(plan, flow, tags).flatMap(({ depth, text }) =>
      wrapped(text, room - depth * INDENT.length).map((line) => INDENT.repeat(depth) + line)
    ).map((line, at) => at === 0 ? [title, shareOf(plan, flow), line] : ["", "", line])
  );
  return table(columns, rows, width);
}

/** As they are run: the setup before the load, the teardown behind it. */
function inOrder({ flows, choice, setup, teardown }: Plan): Flow[] {
  const one = (at: number) => at < 0 ? [] : [flows[at]];
  return [...one(setup), ...flows.slice(0, choice.length), ...one(teardown)];
}

function shareOf(plan: Plan, flow: Flow): string {
  if (plan.flows.indexOf(flow) >= plan.choice.length) return "once";
  const weights = taken(plan).reduce((sum, { weight }) => sum + weight, 0);
  return `${Number(((flow.weight / weights) * 100).toPrecision(3))}%`;
}

/** The flows of the load. */
function taken({ flows, choice }: Plan): readonly Flow[] {
  return flows.slice(0, choice.length);
}

/** Tags that all steps of the flow have stand behind its name. */
function titleOf(plan: Plan, flow: Flow): { title: string; tags: readonly number[] } {
  const steps = plan.steps.filter((step) => plan.flows[step.flow] === flow);
  const tags = (steps[0]?.tags ?? []).filter((tag) => steps.every((step) => step.tags.includes(tag)));
  return { title: flow.name + tagsText(plan, tags), tags };
}

function tagsText({ tags }: Plan, which: readonly number[]): string {
  return which.length === 0 ? "" : ` [${which.map((tag) => tags[tag]).join(", ")}]`;
}

const INDENT = "  ";
const SEPARATOR = " · ";

/** Steps behind each other; a repeat, and a condition, stand right before what they are about. */
function stepLines(plan: Plan, flow: Flow, known: readonly number[]): { depth: number; text: string }[] {
  const lines: { depth: number; text: string }[] = [];
  let depth = 0;
  let text = "";
  const endLine = () => {
    if (text !== "") lines.push({ depth, text });
    text = "";
  };
  for (const [at, it] of flow.program.entries()) {
    const before = flow.program[at - 1];
    const isBound = before?.kind === "repeat" || before?.kind === "when";
    if (it.kind === "groupEnd" || it.kind === "webSocketEnd") {
      endLine();
      depth--;
    }
    if (it.kind === "again" && isBracketed(flow, it.repeat)) text += ")";
    const words = stepText(plan, flow, it, known);
    if (words === "") continue;
    const isNest = it.kind === "group" || it.kind === "webSocket";
    if ((isNest || plan.steps[it.step].kind === "group") && !isBound) endLine();
    const isFirst = text === "" || (before?.kind === "repeat" && isBracketed(flow, at - 1));
    text += (isFirst ? "" : isBound ? " " : SEPARATOR) + words;
    if (isNest) {
      endLine();
      depth++;
    }
  }
  endLine();
  return lines;
}

/** The repeat is one of several things, and they are no group and no WebSocket. */
function isBracketed({ program }: Flow, repeat: number): boolean {
  const it = program[repeat];
  if (it.kind !== "repeat") return false;
  const inside = program.slice(repeat + 1, it.again);
  const first = inside.at(0)?.kind;
  if (first === "group" || first === "webSocket") return false;
  return inside.filter(({ kind }) => kind === "request" || kind === "think").length > 1;
}

/** Empty for what only ends something. */
function stepText(plan: Plan, flow: Flow, instruction: Instruction, known: readonly number[]): string {
  switch (instruction.kind) {
    case "request": {
      const request = plan.requests[instruction.request];
      if (isExchanged(request)) return exchangedText(plan.steps[instruction.step]);
      return labelOf(plan, instruction.step, known) + answerText(request) + targetText(plan, request);
    }
    case "webSocket": {
      const request = plan.requests[instruction.request];
      return `${labelOf(plan, instruction.step, known)}${targetText(plan, request)}:`;
    }
    case "think":
      return `think ${thinkText(instruction)}`;
    case "when":
      return `if ${conditionText(plan, instruction)}:`;
    case "repeat": {
      const times = `${rangeText(instruction.min, instruction.max, count)} ×`;
      return isBracketed(flow, flow.program.indexOf(instruction)) ? `${times} (` : times;
    }
    case "group":
      return `${labelOf(plan, instruction.step, known)}:`;
    case "again":
    case "end":
    case "groupEnd":
    case "webSocketEnd":
      return "";
  }
}

function targetText({ targets }: Plan, { target }: Request): string {
  const { name } = targets[target];
  return name === "" ? "" : ` on ${name}`;
}

/** That its answer is no body. */
function answerText({ stream, grpc }: Request): string {
  return grpc !== null ? " (gRPC)" : stream !== null ? " (events)" : "";
}

function isExchanged({ kind }: Request): boolean {
  return kind !== "http" && kind !== "webSocket";
}

/** Without the name of the step that it stands in: what it does, and its own name where it has one. */
function exchangedText({ name, kind }: Step): string {
  const own = name.slice(name.lastIndexOf(".") + 1);
  return own === kind || own.startsWith(`${kind} `) ? kind : `${kind} ${own}`;
}

/** A step's name, with the tags that neither its flow nor its group has already. */
function labelOf(plan: Plan, step: number, known: readonly number[]): string {
  const { name, tags, group } = plan.steps[step];
  const above = group < 0 ? known : plan.steps[group].tags;
  return name + tagsText(plan, tags.filter((tag) => !above.includes(tag)));
}

/** Of a distribution, its median beside its ends. */
function thinkText({ minTicks, maxTicks, quantiles }: Think): string {
  const range = rangeText(minTicks, maxTicks, duration);
  return quantiles.length === 0
    ? range
    : `about ${duration(quantiles[(quantiles.length - 1) / 2])} (${range})`;
}

function conditionText(plan: Plan, { condition, step }: Instruction & { kind: "when" }): string {
  if (condition.kind === "status") {
    return `status ${condition.ranges.map(([from, to]) => rangeText(from, to, String)).join(", ")}`;
  }
  const name = captureName(plan, condition.capture, step);
  switch (condition.kind) {
    case "captured":
      return `${name} ${condition.exists ? "exists" : "is missing"}`;
    case "equals":
      return `${name} is ${condition.negated ? "not " : ""}${JSON.stringify(condition.text)}`;
    case "matches":
      return `${name} matches /${condition.pattern}/u`;
  }
}

/** As the scenario names it: what the setup captured has the setup's name in front, but within the setup. */
function captureName({ captures, flows, steps }: Plan, capture: number, step: number): string {
  const [owner, ...rest] = captures[capture].split("/");
  const name = rest.join("/");
  return owner === flows[steps[step].flow].name ? name : `${owner}.${name}`;
}

/** `3`, or `1 to 3`. */
export function rangeText(min: number, max: number, written: (value: number) => string): string {
  return min === max ? written(min) : `${written(min)} to ${written(max)}`;
}

/**
 * Over the flows of the load by weight, at the mean of every range, with all that is done under a condition. A message that
 * is sent takes no time, and is no request.
 */
export function meanSession(plan: Plan): { thinkTicks: number; requests: number } {
  const weights = taken(plan).reduce((sum, flow) => sum + flow.weight, 0);
  let thinkTicks = 0, requests = 0;
  for (const flow of taken(plan)) {
    let passes = flow.weight / weights;
    const around: number[] = [];
    for (const it of flow.program) {
      switch (it.kind) {
        case "request":
        case "webSocket":
          if (plan.requests[it.request].kind !== "send") requests += passes;
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
        case "group":
        case "groupEnd":
        case "webSocketEnd":
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
