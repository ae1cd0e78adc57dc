/**
 * Everything that is counted and not sampled. Requests, messages and groups are counted by step × stage, sessions by flow ×
 * stage; any part of a run is a sum over such cells.
 */
import type { Plan } from "../plan.ts";
import { DiagnosisCounts } from "./diagnosis/counts.ts";
import { holdsStage, type Made, type Scope, stepsOf } from "./scope.ts";
import type { Tally } from "./tally.ts";

/** What is counted of requests, and of what is done on a WebSocket, in one cell or summed over several. */
export const REQUEST_COUNTS = [
  "issued",
  "responded",
  "failed",
  "cancelled",
  "unexpected",
  "redirected",
  "retried",
  "checksPassed",
  "checksFailed",
  "opened",
  "reused",
  "secured",
  "resumed",
  "securedHttp2",
  "bytesSent",
  "bytesReceived",
] as const;
export type RequestCounts = Record<(typeof REQUEST_COUNTS)[number], number>;

/** Messages that came, but for control frames, and the bytes of their payloads. */
export const MESSAGE_COUNTS = ["received", "receivedBytes"] as const;
export type MessageCounts = Record<(typeof MESSAGE_COUNTS)[number], number>;

/** What sessions are counted by. */
export const SESSION_COUNTS = ["started", "completed", "stepFailed", "stopped"] as const;
export type SessionCounts = Record<(typeof SESSION_COUNTS)[number], number>;

/** Passes of groups that ended, and those of them in which all went well. */
export const GROUP_COUNTS = ["passes", "wentThrough"] as const;
export type GroupCounts = Record<(typeof GROUP_COUNTS)[number], number>;

type Columns<Name extends string> = Record<Name, Float64Array>;

/** Everything that the records of all ledgers of a run are counted into. */
export class Counters {
  readonly requests: Columns<(typeof REQUEST_COUNTS)[number]>;
  readonly messages: Columns<(typeof MESSAGE_COUNTS)[number]>;
  readonly groups: Columns<(typeof GROUP_COUNTS)[number]>;
  readonly sessions: Columns<(typeof SESSION_COUNTS)[number]>;
  /** By stage. */
  readonly dropped: Float64Array;
  /** By status, 0 … 65535. */
  readonly statuses = new Float64Array(1 << 16);
  /** By the code with which a WebSocket was closed. */
  readonly closeCodes = new Map<number, number>();
  /** By step × 65536 + error code, and step × 65536 + check. */
  readonly errors = new Map<number, Tally>();
  readonly failedChecks = new Map<number, Tally>();
  /** Null where a later pass has no use for it. */
  readonly diagnosis: DiagnosisCounts | null;
  /** The latest measured tick at which a request ended, or a message was sent or came. */
  lastEndTick = 0;

  constructor(private readonly plan: Plan, forDiagnosis = true) {
    this.diagnosis = forDiagnosis ? new DiagnosisCounts(plan.steps.length) : null;
    const stages = plan.load.stages.length;
    this.requests = columns(REQUEST_COUNTS, plan.steps.length * stages);
    this.messages = columns(MESSAGE_COUNTS, plan.steps.length * stages);
    this.groups = columns(GROUP_COUNTS, plan.steps.length * stages);
    this.sessions = columns(SESSION_COUNTS, plan.flows.length * stages);
    this.dropped = new Float64Array(stages);
  }

  /** Sums over what a scope's figures are made of, in warm-up stages or in the others. */
  requestsOf(scope: Scope, warmup: boolean, made: Made = "requests"): RequestCounts {
    const sums = zeroes(REQUEST_COUNTS);
    for (const step of stepsOf(this.plan, made, scope)) {
      this.addCells(this.requests, sums, step, scope, warmup);
    }
    return sums;
  }

  /** A step that opens a WebSocket stands for all that is done on it. */
  messagesOf(scope: Scope, warmup: boolean): MessageCounts {
    const sums = zeroes(MESSAGE_COUNTS);
    for (const step of stepsOf(this.plan, "messages", scope)) {
      this.addCells(this.messages, sums, step, scope, warmup);
    }
    return sums;
  }

  /** Of one step alone. */
  messagesAt(step: number, scope: Scope, warmup: boolean): MessageCounts {
    const sums = zeroes(MESSAGE_COUNTS);
    this.addCells(this.messages, sums, step, scope, warmup);
    return sums;
  }

  /** Of one group, outside of warm-up. */
  groupOf(scope: Scope): GroupCounts {
    const sums = zeroes(GROUP_COUNTS);
    this.addCells(this.groups, sums, scope.step, scope, false);
    return sums;
  }

  sessionsOf(scope: Scope, warmup: boolean): SessionCounts {
    const sums = zeroes(SESSION_COUNTS);
    this.plan.flows.forEach((_, position) => {
      if (scope.flow < 0 || scope.flow === position) {
        this.addCells(this.sessions, sums, position, scope, warmup);
      }
    });
    return sums;
  }

  droppedOf(scope: Scope, warmup: boolean): number {
    return this.plan.load.stages.reduce(
      (sum, stage, position) => sum + (counts(scope, position, stage, warmup) ? this.dropped[position] : 0),
      0,
    );
  }

  private addCells<Name extends string>(
    from: Record<Name, Float64Array>,
    sums: Record<Name, number>,
    row: number,
    scope: Scope,
    warmup: boolean,
  ): void {
    const stages = this.plan.load.stages;
    stages.forEach((stage, position) => {
      if (!counts(scope, position, stage, warmup)) return;
      for (const name in sums) sums[name] += from[name][row * stages.length + position];
    });
  }
}

function counts(scope: Scope, position: number, stage: { warmup: boolean }, warmup: boolean): boolean {
  return stage.warmup === warmup && holdsStage(scope, position);
}

function columns<Name extends string>(names: readonly Name[], cells: number): Record<Name, Float64Array> {
  return Object.fromEntries(names.map((name) => [name, new Float64Array(cells)])) as Record<
    Name,
    Float64Array
  >;
}

function zeroes<Name extends string>(names: readonly Name[]): Record<Name, number> {
  return Object.fromEntries(names.map((name) => [name, 0])) as Record<Name, number>;
}
