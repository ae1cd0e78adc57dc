/** Which part of a run a figure speaks of, by names, so that it can be found in the plans of two runs. */
import type { Plan } from "../../runtime/plan.ts";
import { ALL, isOfLoad, isOnWebSocket, type Scope, stepsOf } from "../../runtime/reduce/scope.ts";

/** Null where it speaks of all. A group is a step. */
export type Place = Readonly<
  { flow: string | null; step: string | null; stage: string | null; tag: string | null }
>;

export type PartKind = "all" | "step" | "group" | "tag" | "stage";

/** A part that has lines of its own in a comparison. */
export type Part = Readonly<{ kind: PartKind; place: Place }>;

export const EVERYWHERE: Place = { flow: null, step: null, stage: null, tag: null };

/** All parts of a plan's load in its order: all of it, steps, groups, tags, and stages where there are several. */
export function partsOf(plan: Plan): Part[] {
  const { flows, steps, tags, load } = plan;
  const named = steps.filter((step) => isOfLoad(plan, step)).flatMap((step): Part[] => {
    const place = { ...EVERYWHERE, flow: flows[step.flow].name, step: step.name };
    if (step.kind === "group") return [{ kind: "group", place }];
    return step.kind === "request" || isOnWebSocket(step) ? [{ kind: "step", place }] : [];
  });
  const used = tags.filter((_, tag) => stepsOf(plan, "requests", { ...ALL, tag }).length > 0);
  const stages = load.stages.filter(({ warmup }) => !warmup);
  return [
    { kind: "all", place: EVERYWHERE },
    ...named.filter(({ kind }) => kind === "step"),
    ...named.filter(({ kind }) => kind === "group"),
    ...used.map((tag): Part => ({ kind: "tag", place: { ...EVERYWHERE, tag } })),
    ...(stages.length < 2 ? [] : stages).map(({ name }): Part => ({
      kind: "stage",
      place: { ...EVERYWHERE, stage: name },
    })),
  ];
}

/** The place's positions in a plan; null where the plan has no such place. */
export function scopeOf(plan: Plan, { flow, step, stage, tag }: Place): Scope | null {
  const flowAt = flow === null ? -1 : plan.flows.findIndex(({ name }) => name === flow);
  const stepAt = step === null
    ? -1
    : plan.steps.findIndex((one) =>
      one.name === step && (flow === null ? isOfLoad(plan, one) : one.flow === flowAt)
    );
  const stageAt = stage === null ? -1 : plan.load.stages.findIndex(({ name }) => name === stage);
  const tagAt = tag === null ? -1 : plan.tags.indexOf(tag);
  const isLost = (name: string | null, position: number) => name !== null && position < 0;
  if (isLost(flow, flowAt) || isLost(step, stepAt) || isLost(stage, stageAt) || isLost(tag, tagAt)) {
    return null;
  }
  // A step says more than its flow, and series are named by the step alone.
  return { flow: stepAt < 0 ? flowAt : -1, step: stepAt, stage: stageAt, tag: tagAt };
}

/** Whether both are the same place, as a key of a map. */
export function placeKey({ flow, step, stage, tag }: Place): string {
  return JSON.stringify([flow, step, stage, tag]);
}

/** `step buy/pay`, `stage hold`, `all`. `flows`: how many there are; of one, the name says nothing. */
export function placeText({ flow, step, stage, tag }: Place, flows: number): string {
  const ofStep = step === null
    ? flow === null ? [] : [`flow ${flow}`]
    : [`step ${flow === null || flows < 2 ? step : `${flow}/${step}`}`];
  const rest = [...(stage === null ? [] : [`stage ${stage}`]), ...(tag === null ? [] : [`tag ${tag}`])];
  return [...ofStep, ...rest].join(", ") || "all";
}
