/** What a record says, in words for people. */
import { requestError } from "../../runtime/ledger/errors.ts";
import { CLOSED, END, GRPC_STATUS, KIND, MESSAGE, STOP } from "../../runtime/ledger/record.ts";
import type { Plan } from "../../runtime/plan.ts";
import { checkText } from "../../runtime/reduce/check_text.ts";
import { grpcStatusName } from "../../runtime/reduce/status_name.ts";
import { bytes, count, duration, errorCode, printable } from "../../runtime/report/format.ts";
import { sentWord, stepWord } from "./plan_words.ts";

/** `decodeRecord`'s fields that words are made of. */
export type Sayable = Readonly<
  { kind: number; step: number | null; a: number; b: number; c: number; text: string | null }
>;

/** One line without what the other columns of a listing say. */
export function recordWords(plan: Plan, record: Sayable): string {
  const { kind, a, b, c, text } = record;
  const step = record.step ?? -1;
  switch (kind) {
    case KIND.sessionStarted:
      return items([`arrives: flow ${plan.flows[step]?.name ?? step}`, stageItem(plan, a)]);
    case KIND.requestPlanned:
      return a > 1 ? `due, pass ${a}` : "due";
    case KIND.thinkChosen:
      return `thinks ${duration(a + b * 2 ** 32)}`;
    case KIND.repeatChosen:
      return `${a === 1 ? "1 pass" : `${count(a)} passes`} of ${stepWord(plan, step)}`;
    case KIND.sessionEnded:
      return `ends: ${endWord(a)}`;
    case KIND.rowTaken:
      return `takes row ${b} of ${plan.tables[a]?.name ?? a}`;
    case KIND.arrivalDropped:
      return items(["dropped: no VU was free", stageItem(plan, a)]);
    case KIND.connectionOpened:
      return items([
        "connected",
        a > 0 ? `dns ${duration(a)}` : "",
        `connect ${duration(b)}`,
        c > 0 ? `tls ${duration(c)}` : "",
      ]);
    case KIND.connectionSecured:
      return items([`TLS, ${a === 2 ? "HTTP/2" : "HTTP/1.1"}`, b === 1 ? "resumed" : ""]);
    case KIND.connectionClosed:
      return items([`connection closed ${closedWord(a)}`, `carried ${count(b)}`]);
    case KIND.requestIssued:
      return items([sentWord(plan, step), lagItem(a), blockedItem(b), c > 0 ? bytes(c) : ""]);
    case KIND.responseEnded:
      return items([answerWord(c & 0xffff), `first byte ${duration(a)}`, bytes(b)]);
    case KIND.requestFailed:
      return items([`${errorCode(a)} ${requestError(a).name}`, said(text)]);
    case KIND.checkFailed:
      return `not ${checkText(plan, step, a)}${text === null ? "" : `: ${said(text)}`}`;
    case KIND.valueCaptured:
      return `${captureWord(plan, a)} = ${said(text)}`;
    case KIND.loopGap:
      return `the generator stood still for ${duration(a)}`;
    case KIND.stageEntered:
      return `stage ${plan.load.stages[a]?.name ?? a}`;
    case KIND.runStopped:
      return `the run is stopped: ${stopWord(plan, a, b)}`;
    case KIND.runEnded:
      return items([`the run ends: ${count(a)} sessions`, `${count(b)} dropped`, `${count(c)} requests`]);
    case KIND.redirected:
      return `follows a redirect (${a}), number ${b} in a row`;
    case KIND.retried:
      return `try ${a} after ${duration(b)}`;
    case KIND.conditionMet:
      return a === 1 ? "its condition holds" : "its condition does not hold";
    case KIND.groupEnded:
      return items([
        c === 0 ? "the group went through" : "the group did not go through",
        duration(a),
        b > 0 ? `thought ${duration(b)} of it` : "",
      ]);
    case KIND.messageReceived:
      return items([messageWord(c), bytes(b)]);
    case KIND.frameAnswered:
      return items([`answers ${messageWord(a)}`, bytes(b)]);
    default:
      return `${a} ${b} ${c}`;
  }
}

/** Those that are not empty, with ` · ` between them. */
export function items(all: readonly string[]): string {
  return all.filter((item) => item !== "").join(" · ");
}

/** `200`, `OK`, `close 1000`; nothing where there was no status. */
export function answerWord(status: number): string {
  if (status === 0) return "got it";
  return status >= GRPC_STATUS && status < 1000 ? grpcStatusName(status) ?? String(status) : String(status);
}

export function lagItem(ticks: number): string {
  return ticks > 0 ? `lag ${duration(ticks)}` : "";
}

export function blockedItem(ticks: number): string {
  return ticks > 0 ? `blocked ${duration(ticks)}` : "";
}

/** A flow's own name for what it captured. */
export function captureWord(plan: Plan, capture: number): string {
  const name = plan.captures[capture] ?? String(capture);
  return name.slice(name.indexOf("/") + 1);
}

export function messageWord(kind: number): string {
  return Object.entries(MESSAGE).find(([, value]) => value === kind)?.[0] ?? `message ${kind}`;
}

export function endWord(end: number): string {
  switch (end) {
    case END.completed:
      return "completed";
    case END.stepFailed:
      return "a step failed";
    case END.runStopped:
      return "the run was over";
    default:
      return String(end);
  }
}

/** What was said, in quotes and on one line. */
export function said(text: string | null): string {
  return text === null ? "" : JSON.stringify(printable(text));
}

function stageItem(plan: Plan, stage: number): string {
  const name = plan.load.stages[stage]?.name;
  return name === undefined ? "" : `stage ${name}`;
}

function closedWord(reason: number): string {
  switch (reason) {
    case CLOSED.asPlanned:
      return "as planned";
    case CLOSED.announced:
      return "by the target, as announced";
    case CLOSED.byTarget:
      return "by the target";
    case CLOSED.afterError:
      return "after an error";
    default:
      return String(reason);
  }
}

function stopWord(plan: Plan, reason: number, threshold: number): string {
  switch (reason) {
    case STOP.interrupted:
      return "interrupted";
    case STOP.halted:
      return "interrupted twice";
    case STOP.stepFailed:
      return "a step failed";
    case STOP.ledgerFull:
      return "the ledger could not be written";
    case STOP.thresholdMissed:
      return plan.thresholds[threshold]?.text ?? "a threshold is missed";
    case STOP.setupFailed:
      return "the setup did not go through";
    default:
      return String(reason);
  }
}
