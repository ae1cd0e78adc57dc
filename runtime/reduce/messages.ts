/** What was sent and received as messages: of WebSockets, of server-sent events, of gRPC. */
import type { Plan } from "../plan.ts";
import type { Counters, RequestCounts } from "./counters.ts";
import { distribution, partDistribution } from "./distributions.ts";
import { isMessaging } from "./messaging.ts";
import { requestTotals } from "./parts.ts";
import { perSecond } from "./rounding.ts";
import type { SeriesSet } from "./sample_routes.ts";
import { ALL, isOfLoad, isOnWebSocket, type Scope, stepsOf } from "./scope.ts";
import type { MessageStep, MessageSummary, MessageTotals } from "./summary.ts";

/** Null of a load in which there can be none. */
export function messageSummary(
  plan: Plan,
  counters: Counters,
  series: SeriesSet,
  ticks: number,
): MessageSummary | null {
  const steps = [...plan.steps.keys()].filter((step) =>
    isOfLoad(plan, plan.steps[step]) && isMessaging(plan, step)
  );
  if (steps.length === 0) return null;
  const totals = messageTotals(plan, counters, ALL, false);
  const flows = new Set(steps.map((step) => plan.steps[step].flow));
  return {
    ...totals,
    sentPerSecond: perSecond(totals.sent, ticks),
    receivedPerSecond: perSecond(totals.received, ticks),
    firstMessage: distribution(series.find("first_message")),
    gap: distribution(series.find("message_gap")),
    closeCodes: [...counters.closeCodes].sort(([one], [other]) => one - other)
      .map(([code, count]) => ({ code, count })),
    steps: steps.map((step) => messageStep(plan, counters, series, step, ticks)),
    flows: [...flows].map((flow) => ({
      flow: plan.flows[flow].name,
      ...messageTotals(plan, counters, { ...ALL, flow }, false),
    })),
    stages: plan.load.stages.map(({ name, warmup }, stage) => ({
      stage: name,
      ...messageTotals(plan, counters, { ...ALL, stage }, warmup),
    })),
  };
}

function messageStep(
  plan: Plan,
  counters: Counters,
  series: SeriesSet,
  step: number,
  ticks: number,
): MessageStep {
  const { flow, name, kind } = plan.steps[step];
  const counts = counters.requestsOf({ ...ALL, step }, false);
  return {
    flow: plan.flows[flow].name,
    step: name,
    kind,
    sent: kind === "send" ? sentOf(counts) : 0,
    sentBytes: kind === "send" ? counts.bytesSent : 0,
    ...counters.messagesAt(step, ALL, false),
    done: requestTotals(counts, ticks),
    responseTime: partDistribution(series.find("response_time", { step })),
    firstMessage: partDistribution(series.find("first_message", { step })),
    gap: partDistribution(series.find("message_gap", { step })),
  };
}

/** Those that could be sent: no other has an end. */
function sentOf({ issued, failed, cancelled }: RequestCounts): number {
  return issued - failed - cancelled;
}

function messageTotals(plan: Plan, counters: Counters, scope: Scope, warmup: boolean): MessageTotals {
  const { received, receivedBytes } = counters.messagesOf(scope, warmup);
  let sent = 0, sentBytes = 0, awaited = 0, errors = 0;
  for (const step of stepsOf(plan, "all", scope)) {
    if (!isOnWebSocket(plan.steps[step])) continue;
    const counts = counters.requestsOf({ ...scope, step }, warmup);
    if (plan.steps[step].kind === "send") {
      sent += sentOf(counts);
      sentBytes += counts.bytesSent;
    } else {
      awaited += counts.issued;
    }
    errors += counts.failed + counts.unexpected;
  }
  return { sent, sentBytes, received, receivedBytes, awaited, errors };
}
