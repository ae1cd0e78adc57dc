/**
 * Flows → programs: one instruction a step, and jumps where steps repeat, depend on what was seen, form a group, or stand
 * on a WebSocket.
 */
import type { Condition, Flow, Instruction, Plan, Request, Step } from "../../runtime/plan.ts";
import { allActions, allSteps } from "../2_check/all_steps.ts";
import type {
  CaptureOwner,
  Condition as SourceCondition,
  ExchangeItem,
  Flow as SourceFlow,
  RepeatedActions,
  Step as SourceStep,
  WebSocketStep,
} from "../2_check/scenario.ts";
import { lowerRequest, type Positions, type RequestContext } from "./requests.ts";
import { lowerThink } from "./thinks.ts";
import { lowerAction } from "./web_sockets.ts";

export type Programs = Pick<Plan, "flows" | "steps" | "requests" | "captures" | "secrets">;

/** The setup's captures are known in every flow. */
const SETUP = "setup";

/**
 * Steps, requests and captures of all flows are numbered through, in the order of the source; a group comes before
 * the steps in it. `stepSalts` has the same order.
 */
export function lowerPrograms(
  flows: readonly SourceFlow[],
  stepSalts: readonly number[],
  context: RequestContext,
): Programs {
  const captures = flows.flatMap((flow) => flow.captures.map((name) => `${flow.name}/${name}`));
  const secrets: string[] = [];
  const into: Lowering = { steps: [], requests: [], stepSalts, context };
  const lowered = flows.map((flow, number): Flow => {
    const captureAt = (name: string, of: CaptureOwner) =>
      captures.indexOf(`${of === "setup" ? SETUP : flow.name}/${name}`);
    const secretAt = (name: string) => positionOf(secrets, name);
    const program: Instruction[] = [];
    const standing = { flow: number, group: -1 };
    for (const step of flow.steps) appendStep(program, step, standing, { captureAt, secretAt }, into);
    return { name: flow.name, weight: flow.weight, program };
  });
  return { flows: lowered, steps: into.steps, requests: into.requests, captures, secrets };
}

/** Names that key the draws of steps. */
export function stepNames(flows: readonly SourceFlow[]): string[] {
  return flows.flatMap((flow) => allSteps(flow.steps).map((step) => `${flow.name}/${step.name}`));
}

/** What has been lowered so far, and with what. */
type Lowering = Readonly<{
  steps: Step[];
  requests: Request[];
  stepSalts: readonly number[];
  context: RequestContext;
}>;

/** The flow of a step, and the step of its group or −1. */
type Standing = Pick<Step, "flow" | "group">;

/** Where the name is in the list, which it joins where it is not. */
export function positionOf(names: string[], name: string): number {
  const found = names.indexOf(name);
  return found < 0 ? names.push(name) - 1 : found;
}

/** One condition inside the other, then the repeat, then what the step does. */
function appendStep(
  program: Instruction[],
  source: SourceStep,
  standing: Standing,
  positions: Positions,
  into: Lowering,
): void {
  const step = into.steps.length;
  const { name, kind, tags } = source;
  const planned = kind === "webSocket" ? "request" : kind;
  into.steps.push({ ...standing, name, kind: planned, tags, salt: into.stepSalts[step] });
  const inner = () =>
    appendPasses(
      program,
      source.repeat,
      step,
      () => appendOnce(program, source, step, standing, positions, into),
    );
  const conditions = source.when.map((it) => lowerCondition(it, positions.captureAt));
  conditions.reduceRight((within, condition) => () => appendWhen(program, condition, step, within), inner)();
}

function appendWhen(
  program: Instruction[],
  condition: Condition,
  step: number,
  appendInner: () => void,
): void {
  // Where it ends is known once what it is about is appended.
  const at = program.push({ kind: "when", step, condition, end: -1 }) - 1;
  appendInner();
  program[at] = { kind: "when", step, condition, end: program.length };
  program.push({ kind: "end", step });
}

/** What runs exactly once needs no jump; anything else lies between a `repeat` and its `again`. */
function appendPasses(
  program: Instruction[],
  repeat: SourceStep["repeat"] | RepeatedActions,
  step: number,
  appendOne: () => void,
): void {
  if (repeat === null || (repeat.min === 1 && repeat.max === 1)) return appendOne();
  const { min, max } = repeat;
  const at = program.push({ kind: "repeat", step, min, max, again: -1 }) - 1;
  appendOne();
  program[at] = { kind: "repeat", step, min, max, again: program.length };
  program.push({ kind: "again", step, repeat: at });
}

function appendOnce(
  program: Instruction[],
  source: SourceStep,
  step: number,
  standing: Standing,
  positions: Positions,
  into: Lowering,
): void {
  switch (source.kind) {
    case "request":
      program.push({ kind: "request", step, request: into.requests.length });
      into.requests.push(lowerRequest(source, into.context, positions));
      break;
    case "webSocket": {
      const request = into.requests.push(lowerRequest(source, into.context, positions)) - 1;
      const at = program.push({ kind: "webSocket", step, request, end: -1 }) - 1;
      const depth = openRepeats(program);
      appendExchange(
        program,
        source.exchange,
        { socket: source, standing, claimed: new Set() },
        positions,
        into,
      );
      program[at] = { kind: "webSocket", step, request, end: program.length };
      program.push({ kind: "webSocketEnd", step, webSocket: at, depth });
      break;
    }
    case "think":
      program.push({ kind: "think", step, ...lowerThink(source.time) });
      break;
    case "group": {
      const at = program.push({ kind: "group", step, end: -1 }) - 1;
      for (const one of source.steps) {
        appendStep(program, one, { flow: standing.flow, group: step }, positions, into);
      }
      program[at] = { kind: "group", step, end: program.length };
      program.push({ kind: "groupEnd", step, group: at });
    }
  }
}

/** In how many repeats the next instruction stands. */
function openRepeats(program: readonly Instruction[]): number {
  return program.reduce((depth, { kind }) => depth + (kind === "repeat" ? 1 : kind === "again" ? -1 : 0), 0);
}

/** `claimed` has the actions by whose draws something repeats. */
type Exchange = Readonly<{ socket: WebSocketStep; standing: Standing; claimed: Set<number> }>;

/**
 * What is done on a WebSocket. A repeat has no step of its own: its draw is keyed by an action that it repeats, one for
 * each repeat as far as there are enough.
 */
function appendExchange(
  program: Instruction[],
  items: readonly ExchangeItem[],
  exchange: Exchange,
  positions: Positions,
  into: Lowering,
): void {
  const { socket, standing, claimed } = exchange;
  for (const item of items) {
    const step = into.steps.length;
    if (item.kind === "repeat") {
      const own = allActions(item.exchange).map((_, index) => step + index);
      const keyed = own.find((it) => !claimed.has(it)) ?? step;
      claimed.add(keyed);
      const appendOne = () => appendExchange(program, item.exchange, exchange, positions, into);
      appendPasses(program, item, keyed, appendOne);
      continue;
    }
    const { name, kind, tags } = item;
    into.steps.push({ ...standing, name, kind, tags, salt: into.stepSalts[step] });
    if (item.kind === "think") {
      program.push({ kind: "think", step, ...lowerThink(item.time) });
    } else {
      program.push({ kind: "request", step, request: into.requests.length });
      into.requests.push(lowerAction(item, socket, into.context.stages, positions));
    }
  }
}

function lowerCondition(condition: SourceCondition, captureAt: Positions["captureAt"]): Condition {
  switch (condition.kind) {
    case "captured": {
      const { capture, of, exists } = condition;
      return { kind: "captured", capture: captureAt(capture, of), exists };
    }
    case "equals": {
      const { capture, of, text, negated } = condition;
      return { kind: "equals", capture: captureAt(capture, of), text, negated };
    }
    case "matches": {
      const { capture, of, pattern } = condition;
      return { kind: "matches", capture: captureAt(capture, of), pattern };
    }
    case "status":
      return { kind: "status", ranges: condition.ranges };
  }
}
