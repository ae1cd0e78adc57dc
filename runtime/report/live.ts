/** What a run shows of itself while it runs: a block for a terminal, a line for everything else. */
import type { Tick } from "../plan.ts";
import { clock, count, decimal, duration, errorCode } from "./format.ts";
import { wrappedItems } from "./page.ts";
import { paint } from "./paint.ts";
import { cut } from "./table.ts";

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
  requests: Readonly<{ issued: number; ended: number; failed: number; inFlight: number }>;
  /** Requests issued a second, in the last interval. */
  requestsPerSecond: number;
  /** The greatest in the last interval; null where nothing was issued. */
  lagMaxTicks: Tick | null;
  /** Since the start; the most frequent first. */
  errors: readonly Readonly<{ code: number; name: string; count: number }>[];
}>;

const BAR_MAX = 40;
const LABEL_WIDTH = 10;

/** Three or four lines, none wider than `width`. The number of lines may change from call to call. */
export function liveBlock(progress: Progress, { width, color }: { width: number; color: boolean }): string[] {
  const { name, stage, stageProgress, sessions, requests, errors } = progress;
  const brush = paint(color);
  const what = `${name} · ${stage} `;
  const share = ` ${String(Math.floor(clamped(stageProgress) * 100)).padStart(3)}% `;
  const time = elapsedOfTotal(progress);
  const room = Math.min(BAR_MAX, width - share.length - time.length - what.length);
  const bar = room >= 8 ? drawn(stageProgress, room) : { done: "", left: "" };
  const head = room >= 8
    ? brush.strong(what) + brush.good(bar.done) + brush.faint(bar.left) + share + time
    : brush.strong(cut(what, Math.max(0, width - share.length - time.length))) + share + time;
  const line = (label: string, items: readonly string[]) => {
    const [first] = wrappedItems(items, width - LABEL_WIDTH - 2);
    return cut(`  ${label.padEnd(LABEL_WIDTH)}${first ?? ""}`, width);
  };
  return [
    head,
    line("requests", [
      `${decimal(progress.requestsPerSecond)}/s`,
      `${count(requests.issued)} issued`,
      `${count(requests.inFlight)} in flight`,
      `${count(requests.failed)} failed`,
    ]),
    line("sessions", [
      `${count(sessions.active)} active`,
      `${count(sessions.started)} started`,
      `${count(sessions.dropped)} dropped`,
      ...lagItems(progress),
    ]),
    ...(errors.length === 0 ? [] : [brush.bad(line("errors", errors.map(errorItem)))]),
  ];
}

/** One line, as wide as it needs to be. */
export function liveLine(progress: Progress): string {
  const { stage, stageProgress, sessions, requests, errors } = progress;
  return [
    `${elapsedOfTotal(progress)} ${stage} ${Math.floor(clamped(stageProgress) * 100)}%`,
    `${decimal(progress.requestsPerSecond)} requests/s`,
    `${count(requests.issued)} issued`,
    `${count(requests.inFlight)} in flight`,
    `${count(requests.failed)} failed`,
    `${count(sessions.active)} sessions active`,
    `${count(sessions.dropped)} dropped`,
    ...lagItems(progress),
    ...errors.map(errorItem),
  ].join(" · ");
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
