/** What was sent and received as messages, how long they took, and step by step. */
import type { MessageStep, MessageSummary, Summary } from "../reduce/summary.ts";
import { bytes, count, decimal, duration } from "./format.ts";
import { definition, indentedTable, labelled, type Page, title } from "./page.ts";
import { distributions } from "./text_latency.ts";
import { inFlows } from "./text_parts.ts";
import type { Column } from "./table.ts";

const number = (title: string, optional = 0): Column => ({ title, align: "right", optional });

const STEP_COLUMNS: readonly Column[] = [
  { title: "step", align: "left", optional: 0, least: 24 },
  number("sent"),
  number("received"),
  number("errors"),
  number("p50", 1),
  number("p95"),
  number("p99"),
  number("max", 1),
];

/** Empty where none was sent or came. */
export function messageSection({ messages }: Summary, page: Page): string[] {
  if (messages === null || messages.sent + messages.received + messages.awaited === 0) return [];
  const { sent, sentBytes, sentPerSecond, received, receivedBytes, receivedPerSecond } = messages;
  return [
    title("Messages", page),
    ...(sent === 0 ? [] : labelled("sent", amount(sent, sentPerSecond, sentBytes), page)),
    ...labelled("received", amount(received, receivedPerSecond, receivedBytes), page),
    ...(messages.closeCodes.length === 0 ? [] : labelled("closed with", closeItems(messages), page)),
    ...timeLines(messages, page),
    ...stepLines(messages.steps, page),
    ...definition(definitionText(messages), page),
  ];
}

function amount(messages: number, perSecond: number | null, size: number): string[] {
  return [count(messages), ...(perSecond === null ? [] : [`${decimal(perSecond)}/s`]), bytes(size)];
}

function closeItems({ closeCodes }: MessageSummary): string[] {
  return closeCodes.map(({ code, count: times }) => `${code}: ${count(times)}`);
}

function timeLines({ firstMessage, gap }: MessageSummary, page: Page): string[] {
  return firstMessage === null ? [] : distributions([["first", firstMessage], ["gap", gap]], page);
}

/** Of those that did anything. Times are of what was waited for. */
function stepLines(steps: readonly MessageStep[], page: Page): string[] {
  const shown = steps.filter(({ done, received }) => done.issued + received > 0);
  const named = inFlows(shown.map(({ flow, step }) => [flow, step]));
  const rows = shown.map(({ kind, sent, received, done, responseTime }, at) => [
    named[at],
    kind === "send" ? count(sent) : "–",
    count(received),
    count(done.errors),
    ...(responseTime === null
      ? ["–", "–", "–", "–"]
      : [responseTime.p50, responseTime.p95, responseTime.p99, responseTime.max].map((it) => duration(it))),
  ]);
  return indentedTable(STEP_COLUMNS, rows, page);
}

function definitionText({ firstMessage, gap, sent }: MessageSummary): string {
  const parts = [
    ...(firstMessage === null
      ? []
      : ["First: from the issue, or from the WebSocket's opening, to the first message."]),
    ...(gap === null ? [] : ["Gap: from one message to the next."]),
    "Received: while the step was under way. Times by step are response times.",
    ...(sent === 0 ? [] : ["Bytes: of frames sent, and of what messages carry."]),
  ];
  return parts.join(" ");
}
