/** The figures of messages by their definitions (docs/metrics.md). */
import type { Plan } from "../../runtime/plan.ts";
import { distribution, part, rounded, samples, sum } from "./naive_samples.ts";
import { type Asked, isData, type Message } from "./naive_story.ts";

type Figures = Readonly<Record<string, unknown>>;

export type MessageFacts = Readonly<{
  /** Of the load. */
  requests: readonly Asked[];
  messages: readonly Message[];
  isWarmup(stage: number): boolean;
  measuredTicks: number;
  totals(requests: readonly Asked[]): Figures;
}>;

export function naiveMessages(plan: Plan, facts: MessageFacts): Figures | null {
  const isMeasured = ({ session }: Asked | Message) => !facts.isWarmup(session.stage);
  const requests = facts.requests.filter(isMeasured);
  const data = facts.messages.filter(isData);
  const messages = data.filter(isMeasured);
  const messaging = [...plan.steps.keys()].filter((step) =>
    isMessaging(plan, step) && ![plan.setup, plan.teardown].includes(plan.steps[step].flow)
  );
  if (messaging.length === 0) return null;
  const totals = amounts(requests, messages);
  const { measuredTicks } = facts;
  const perSecond = (times: number) =>
    measuredTicks <= 0 ? null : rounded((times * 1_000_000) / measuredTicks);
  const closed = requests.filter(({ kind, outcome }) => kind === "close" && outcome === "responded");
  return {
    ...totals,
    sentPerSecond: perSecond(totals.sent),
    receivedPerSecond: perSecond(totals.received),
    firstMessage: distribution(since(messages, true)),
    gap: distribution(since(messages, false)),
    closeCodes: [...Map.groupBy(closed, ({ status }) => status)].sort(([a], [b]) => a - b)
      .map(([code, own]) => ({ code, count: own.length })),
    steps: messaging.map((step) => {
      const own = requests.filter((it) => it.step === step);
      const { sent, sentBytes } = amounts(own, []);
      const came = messages.filter((it) => it.step === step);
      const around = messages.filter((it) => it.step === step || opens(plan, step, it.step));
      return {
        flow: plan.flows[plan.steps[step].flow].name,
        step: plan.steps[step].name,
        kind: plan.steps[step].kind,
        sent,
        sentBytes,
        received: came.length,
        receivedBytes: sum(came, ({ bytes }) => bytes),
        done: facts.totals(own),
        responseTime: part(samples(own, "response_time")),
        firstMessage: part(since(around, true)),
        gap: part(since(around, false)),
      };
    }),
    flows: [...new Set(messaging.map((step) => plan.steps[step].flow))].map((flow) => ({
      flow: plan.flows[flow].name,
      ...amounts(
        requests.filter(({ step }) => plan.steps[step].flow === flow),
        messages.filter(({ step }) => plan.steps[step].flow === flow),
      ),
    })),
    stages: plan.load.stages.map(({ name }, stage) => ({
      stage: name,
      ...amounts(
        facts.requests.filter(({ session }) => session.stage === stage),
        data.filter(({ session }) => session.stage === stage),
      ),
    })),
  };
}

function amounts(requests: readonly Asked[], messages: readonly Message[]) {
  const sends = requests.filter(({ kind }) => kind === "send");
  const waits = requests.filter(({ kind }) => kind === "receive" || kind === "ping" || kind === "close");
  const isError = ({ outcome, failed }: Asked) =>
    outcome === "failed" || (outcome === "responded" && failed > 0);
  return {
    sent: sends.filter(({ outcome }) => outcome === "none").length,
    sentBytes: sum(sends, ({ sentBytes }) => sentBytes),
    received: messages.length,
    receivedBytes: sum(messages, ({ bytes }) => bytes),
    awaited: waits.length,
    errors: [...sends, ...waits].filter(isError).length,
  };
}

function since(messages: readonly Message[], isFirst: boolean): number[] {
  return messages.filter((it) => it.isFirst === isFirst).map((it) => it.since);
}

/** Messages are sent at the step, or can come while it is under way. */
function isMessaging({ flows, steps, requests }: Plan, step: number): boolean {
  if (["send", "receive", "ping", "close"].includes(steps[step].kind)) return true;
  return flows[steps[step].flow].program.some((it) => {
    if (it.kind === "webSocket") return it.step === step;
    if (it.kind !== "request" || it.step !== step) return false;
    return requests[it.request].stream !== null || requests[it.request].grpc !== null;
  });
}

/** What is done on the WebSocket that a step opens has that step's name in front of its own. */
function opens({ steps }: Plan, step: number, other: number): boolean {
  return steps[step].kind === "request" && steps[other].kind !== "request" &&
    steps[other].flow === steps[step].flow && steps[other].name.startsWith(`${steps[step].name}.`);
}
