/** What is known of a session before it runs: how long it thinks, and how many requests it makes. */
import type { Tick } from "../../runtime/plan.ts";
import type { Action, ExchangeItem, Flow, Step, ThinkTime } from "./scenario.ts";

/** The mean of a think time, in ticks with a fraction; never more than the plan's. */
export function meanThink(time: ThinkTime): number {
  switch (time.kind) {
    case "uniform":
      return (time.minTicks + time.maxTicks) / 2;
    case "normal":
    case "exponential":
      return time.meanTicks;
    case "lognormal":
      return time.medianTicks * exponential((time.sigmaMillionths / 1_000_000) ** 2 / 2);
  }
}

/** The longest a person of this step waits, as far as there is a longest; of distributions with a tail, the mean. */
export function longestThink(time: ThinkTime): Tick {
  return time.kind === "uniform" ? time.maxTicks : meanThink(time);
}

/** How often a session does this step on average; 0 where only the run can say. */
export function meanPasses({ repeat, when }: Step): number {
  if (when.length > 0) return 0;
  return repeat === null ? 1 : (repeat.min + repeat.max) / 2;
}

/** What a session of this flow thinks on average, in ticks: the least it lasts on average. */
export function meanSession({ steps }: Flow): number {
  return meanSum(steps, (step) => step.kind === "think" ? meanThink(step.time) : 0);
}

/** How many requests a session of this flow makes to a target on average, beside those that only the run knows of. */
export function meanRequests({ steps }: Flow, target: number): number {
  return meanSum(steps, (step) => step.kind === "request" && step.target === target ? 1 : 0);
}

/** How many WebSockets a session of this flow opens to a target on average, each by a connection of its own. */
export function meanWebSockets({ steps }: Flow, target: number): number {
  return meanSum(steps, (step) => step.kind === "webSocket" && step.target === target ? 1 : 0);
}

/** What all passes of all steps add up to on average. */
function meanSum(steps: readonly Step[], of: (step: Step | Action) => number): number {
  const each = (step: Step) => {
    switch (step.kind) {
      case "group":
        return meanSum(step.steps, of);
      case "webSocket":
        return of(step) + meanExchange(step.exchange, of);
      default:
        return of(step);
    }
  };
  return steps.reduce((sum, step) => sum + meanPasses(step) * each(step), 0);
}

function meanExchange(exchange: readonly ExchangeItem[], of: (action: Action) => number): number {
  return exchange.reduce(
    (sum, item) =>
      sum + (item.kind === "repeat" ? (item.min + item.max) / 2 * meanExchange(item.exchange, of) : of(item)),
    0,
  );
}

/** The mean over all flows by their weights. */
export function meanByWeight(flows: readonly Flow[], of: (flow: Flow) => number): number {
  const weights = flows.reduce((sum, { weight }) => sum + weight, 0);
  return flows.reduce((sum, flow) => sum + flow.weight * of(flow), 0) / weights;
}

/** e^x for 0 ≤ x ≤ 4.5 by its series: the same on every machine. */
function exponential(x: number): number {
  let [sum, term] = [1, 1];
  for (let n = 1; n <= 40; n++) {
    term = term * x / n;
    sum += term;
  }
  return sum;
}
