/** Which part of the runs a `--fail-on` speaks of. */
import { nearestName } from "../../compiler/2_check/nearest_name.ts";
import type { Plan } from "../../runtime/plan.ts";
import { isOfLoad } from "../../runtime/reduce/scope.ts";
import type { Compared } from "./figure.ts";
import { EVERYWHERE, type Place } from "./place.ts";

type Kind = "flow" | "step" | "stage" | "tag";
type Refuse = (words: string) => never;

const KINDS = ["flow", "step", "group", "stage", "tag"] as const;

/** Reads `step pay, stage hold`; all where nothing is said. Both plans must have the place. */
export function placeAsked(
  text: string | undefined,
  metric: Compared,
  plans: readonly [Plan, Plan],
  refuse: Refuse,
): Place {
  let place = EVERYWHERE;
  for (const part of text?.split(/\s*,\s*|\s+of\s+/) ?? []) {
    const [, said, name] = /^(\S+)\s+(.+)$/.exec(part) ?? [];
    const kind = KINDS.find((one) => one === said);
    if (kind === undefined || name === undefined) {
      return refuse(
        `${JSON.stringify(part)} is no part of a run; write "of step pay", or of a ${KINDS.join(", ")}`,
      );
    }
    place = kind === "step" || kind === "group"
      ? { ...place, ...stepAsked(name, place.flow, plans, refuse) }
      : { ...place, [kind]: known(kind, name, plans, refuse) };
  }
  refuseKinds(place, metric, plans, refuse);
  return place;
}

/** By its name, or `flow/step`. */
function stepAsked(
  name: string,
  flow: string | null,
  plans: readonly [Plan, Plan],
  refuse: Refuse,
): Pick<Place, "flow" | "step"> {
  const [one, other] = plans.map((plan) => stepsOf(plan));
  const shared = one.filter((step) => other.some((it) => it.flow === step.flow && it.step === step.step));
  const found = shared.filter((it) =>
    (it.step === name && (flow === null || it.flow === flow)) || `${it.flow}/${it.step}` === name
  );
  if (found.length === 1) return found[0];
  if (found.length > 1) {
    const ways = found.map((it) => `"step ${it.flow}/${it.step}"`).join(" or ");
    return refuse(`several flows have a step ${JSON.stringify(name)}; say ${ways}`);
  }
  return lost(
    "step",
    name,
    shared.map(({ step }) => step),
    one.concat(other).some(({ step }) => step === name),
    refuse,
  );
}

function stepsOf(plan: Plan): { flow: string; step: string }[] {
  return plan.steps.filter((step) => isOfLoad(plan, step))
    .map(({ flow, name }) => ({ flow: plan.flows[flow].name, step: name }));
}

function known(
  kind: Exclude<Kind, "step">,
  name: string,
  plans: readonly [Plan, Plan],
  refuse: Refuse,
): string {
  const [one, other] = plans.map((plan) => namesOf(kind, plan));
  if (one.includes(name) && other.includes(name)) return name;
  return lost(kind, name, one.filter((it) => other.includes(it)), [...one, ...other].includes(name), refuse);
}

function namesOf(
  kind: Exclude<Kind, "step">,
  { flows, tags, load, setup, teardown }: Plan,
): readonly string[] {
  switch (kind) {
    case "flow":
      return flows.filter((_, at) => at !== setup && at !== teardown).map(({ name }) => name);
    case "stage":
      return load.stages.filter(({ warmup }) => !warmup).map(({ name }) => name);
    case "tag":
      return tags;
  }
}

function lost(kind: Kind, name: string, shared: readonly string[], isInOne: boolean, refuse: Refuse): never {
  if (isInOne) return refuse(`only one of the runs has a ${kind} ${JSON.stringify(name)}`);
  const nearest = nearestName(name, shared);
  const hint = nearest !== null
    ? `; did you mean ${JSON.stringify(nearest)}?`
    : shared.length === 0
    ? ""
    : `; there is ${shared.slice(0, 8).map((one) => JSON.stringify(one)).join(", ")}`;
  return refuse(`there is no ${kind} ${JSON.stringify(name)}${hint}`);
}

function refuseKinds(place: Place, metric: Compared, [plan]: readonly [Plan, Plan], refuse: Refuse): void {
  if (metric === "rate" && place.stage !== null) {
    refuse("the rate of a stage is the plan's; leave out the stage");
  }
  if (metric === "drops" && (place.flow ?? place.step ?? place.tag) !== null) {
    refuse("a dropped arrival has begun no flow; leave out all but a stage");
  }
  if (metric === "session_time" && (place.step ?? place.tag) !== null) {
    refuse("session_time spans all steps of a session; leave out all but flow and stage");
  }
  if (place.step === null || metric === "session_time" || metric === "drops") return;
  const isGroup = plan.steps.some(({ name, kind, flow }) =>
    kind === "group" && name === place.step && plan.flows[flow].name === place.flow
  );
  if (isGroup === (metric === "group_time")) return;
  refuse(
    isGroup
      ? `${
        JSON.stringify(place.step)
      } is a group, which has a group_time and nothing else; write "group_time p99 …"`
      : `${JSON.stringify(place.step)} is no group, and group_time is the time of one`,
  );
}
