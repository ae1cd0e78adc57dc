import { END, KIND, NONE, SESSION } from "../ledger/record.ts";
import type { Plan, Step } from "../plan.ts";

/** A record's fields but for its session and VU, as a person wants them told. */
export type ToldRecord = Readonly<
  { kind: number; step: number; a: number; b: number; c: number; tick: number }
>;

/** `session 12`, `the setup`, `the teardown`. */
export function sessionText(session: number): string {
  if (session === SESSION.setup) return "the setup";
  if (session === SESSION.teardown) return "the teardown";
  return `session ${session}`;
}

/** Logical time: `1.250000 s`. */
export function tickText(tick: number): string {
  return `${(tick / 1_000_000).toFixed(6)} s`;
}

/** What a session decided, in a few words; also what was seen that moves it on. */
export function decisionText(plan: Plan, { kind, step, a, b, c, tick }: ToldRecord): string {
  const name = `"${stepName(plan, step)}"`;
  switch (kind) {
    case KIND.sessionStarted: {
      const stage = plan.load.stages[a]?.name;
      const staged = stage === undefined ? "" : ` in stage "${stage}"`;
      const arrival = plan.load.model === "open" && a !== NONE ? ` at ${tickText(tick)}${staged}` : "";
      return `flow "${flowName(plan, step)}"${arrival}`;
    }
    case KIND.requestPlanned: {
      const what = `${PLANNED[plan.steps[step]?.kind ?? "request"]} ${name}, pass ${a}`;
      return b === 0 && c === 0 ? `${what}, as a redirect asks` : `${what}, digest ${hex(b)} ${hex(c)}`;
    }
    case KIND.thinkChosen:
      return `think ${tickText(a + b * 2 ** 32)} at ${name}`;
    case KIND.repeatChosen:
      return `${a === 1 ? "1 pass" : `${a} passes`} of ${name}`;
    case KIND.rowTaken:
      return `row ${b} of table "${plan.tables[a]?.name ?? a}" for ${name}`;
    case KIND.redirected:
      return `redirect ${b} in a row, of ${name}`;
    case KIND.retried:
      return `try ${a} of ${name} after a wait of ${tickText(b)}`;
    case KIND.conditionMet:
      return `whether ${name} is run`;
    case KIND.arrivalDropped:
      return `an arrival, dropped, at ${tickText(tick)} in stage "${plan.load.stages[a]?.name ?? a}"`;
    case KIND.sessionEnded:
      return endText(a);
    default:
      return `a record of kind 0x${hex(kind).slice(-4)}`;
  }
}

/** What is planned, by the kind of its step. */
const PLANNED: Readonly<Record<Step["kind"], string>> = {
  request: "request",
  send: "message",
  receive: "wait for a message",
  ping: "ping",
  close: "close",
  think: "think",
  group: "group",
};

function endText(end: number): string {
  switch (end) {
    case END.completed:
      return "the end of the session, completed";
    case END.stepFailed:
      return "the end of the session, since a step failed";
    case END.runStopped:
      return "the end of the session, since the run was stopped";
    default:
      return `the end of the session for an unknown reason (${end})`;
  }
}

/** A step's name, or its number where the plan has no such step. */
export function stepName(plan: Plan, step: number): string {
  return plan.steps[step]?.name ?? String(step);
}

function flowName(plan: Plan, flow: number): string {
  return plan.flows[flow]?.name ?? String(flow);
}

function hex(word: number): string {
  return word.toString(16).padStart(8, "0");
}
