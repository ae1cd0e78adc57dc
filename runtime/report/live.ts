/** What a run shows of itself while it runs: a block for a terminal, a line for everything else. */
import type { Tick } from "../plan.ts";
import { clock, count, decimal, duration, errorCode } from "./format.ts";
import { wrappedItems } from "./page.ts";
import { type Paint, paint } from "./paint.ts";
import { cut } from "./table.ts";
import { aligned, textWidth } from "../text_width.ts";

/** A moment of a run. */
export type Progress = Readonly<{
  name: string;
  stage: string;
  /** How much of the stage is over, 0 … 1. */
  stageProgress: number;
  elapsedTicks: Tick;
  /** 0: nobody knows. */
  totalTicks: Tick;
  sessions: Readonly<{ started: number; active: number; dropped: number }>;
  /** Are there steps on WebSockets? Then `requests` counts what all steps send and wait for, messages among them. */
  hasMessages: boolean;
  requests: Readonly<
    { issued: number; messages: number; failed: number; unexpected: number; inFlight: number }
  >;
  /** Issued a second, in the last interval. */
  requestsPerSecond: number;
  /** The greatest in the last interval; null where nothing was issued. */
  lagMaxTicks: Tick | null;
  /** Since the start; the most frequent first. */
  errors: readonly Readonly<{ code: number; name: string; count: number }>[];
}>;

const BAR_MAX = 40;
const BAR_MIN = 8;
const INDENT = "  ";
const LABEL_WIDTH = 10;

/** Some lines, none wider than `width`, which is 24 at least. Their number may change from call to call. */
export function liveBlock(progress: Progress, { width, color }: { width: number; color: boolean }): string[] {
  const { requests, sessions, errors } = progress;
  const brush = paint(color);
  const lines = (label: string, items: readonly string[]) =>
    wrappedItems(items, width - INDENT.length - LABEL_WIDTH).map((line, at) =>
      cut(INDENT + aligned(at === 0 ? label : "", LABEL_WIDTH, "left") + line, width)
    );
  return [
    headLine(progress, width, brush),
    ...lines(requestsLabel(progress), [
      `${decimal(progress.requestsPerSecond)}/s`,
      ...issuedItems(progress),
      `${count(requests.inFlight)} in flight`,
      ...failedItems(progress),
    ]),
    ...lines("sessions", [
      `${count(sessions.active)} active`,
      `${count(sessions.started)} started`,
      `${count(sessions.dropped)} dropped`,
      ...lagItems(progress),
    ]),
    // The most frequent; the report has all.
    ...lines("errors", errors.map(errorItem)).slice(0, 1).map(brush.bad),
  ];
}

/** What runs, how far it is, and since when. Where there is no room for all, the bar goes first. */
function headLine(progress: Progress, width: number, brush: Paint): string {
  const what = `${progress.name} · ${progress.stage} `;
  const share = ` ${String(Math.floor(clamped(progress.stageProgress) * 100)).padStart(3)}% `;
  const time = elapsedOfTotal(progress);
  const room = width - share.length - time.length;
  const barRoom = Math.min(BAR_MAX, room - textWidth(what));
  if (barRoom < BAR_MIN) return brush.strong(cut(what, Math.max(0, room))) + share + time;
  const bar = drawn(progress.stageProgress, barRoom);
  return brush.strong(what) + brush.good(bar.done) + brush.faint(bar.left) + share + time;
}

/** One line, as wide as it needs to be. */
export function liveLine(progress: Progress): string {
  const { stage, stageProgress, sessions, requests, errors } = progress;
  return [
    `${elapsedOfTotal(progress)} ${stage} ${Math.floor(clamped(stageProgress) * 100)}%`,
    `${decimal(progress.requestsPerSecond)} ${requestsLabel(progress)}/s`,
    ...issuedItems(progress),
    `${count(requests.inFlight)} in flight`,
    ...failedItems(progress),
    `${count(sessions.active)} sessions active`,
    `${count(sessions.dropped)} dropped`,
    ...lagItems(progress),
    ...errors.map(errorItem),
  ].join(" · ");
}

/** What is counted. */
function requestsLabel({ hasMessages }: Progress): string {
  return hasMessages ? "steps" : "requests";
}

function issuedItems({ hasMessages, requests: { issued, messages } }: Progress): string[] {
  return [`${count(issued)} issued`, ...(hasMessages ? [`${count(messages)} messages sent`] : [])];
}

/** As in reports: without a whole response, and with one of which a check failed. */
function failedItems({ requests: { failed, unexpected } }: Progress): string[] {
  return [`${count(failed)} failed`, ...(unexpected === 0 ? [] : [`${count(unexpected)} unexpected`])];
}

function elapsedOfTotal({ elapsedTicks, totalTicks }: Progress): string {
  return totalTicks === 0 ? clock(elapsedTicks) : `${clock(elapsedTicks)} of ${clock(totalTicks)}`;
}

function lagItems({ lagMaxTicks }: Progress): string[] {
  return lagMaxTicks === null ? [] : [`lag up to ${duration(lagMaxTicks)}`];
}

function errorItem({ code, name, count: times }: Progress["errors"][number]): string {
  return `${count(times)} × ${errorCode(code)} ${name}`;
}

function drawn(share: number, width: number): { done: string; left: string } {
  const done = Math.floor(clamped(share) * width);
  return { done: "━".repeat(done), left: "╌".repeat(width - done) };
}

function clamped(share: number): number {
  return Math.min(1, Math.max(0, share));
}
