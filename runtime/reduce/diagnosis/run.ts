/** A run as its diagnosis sees it: plan, counts over time, and the rest of the summary. */
import type { Plan, Tick } from "../../plan.ts";
import type { ErrorKind, StepName, TimeSpan } from "./diagnosis.ts";
import { DiagnosisCounts, SHADES, UNEXPECTED } from "./counts.ts";
import { quantileTicks, type SampleTable, type StepTable, stepTables, type Stretches } from "./table.ts";
import { measuredStart } from "../measured_start.ts";
import { requestError } from "../../ledger/errors.ts";
import { grpcStatusName } from "../status_name.ts";
import type { Summary } from "../summary.ts";

/** What is known before the diagnosis. */
export type Undiagnosed = Omit<Summary, "diagnosis">;

/** Errors of one kind at one step, by stretch. */
export type StepErrors = Readonly<{ step: number; what: number; counts: Uint32Array }>;

const SECOND = 1_000_000;

export class DiagnosedRun {
  readonly measuredFromTick: Tick;
  /** The stretch in which measured time begins, and the number of stretches. */
  readonly first: number;
  readonly length: number;
  /** Of steps that send requests, and have times. */
  readonly tables: readonly StepTable[];
  readonly errors: readonly StepErrors[];

  constructor(readonly plan: Plan, readonly counts: DiagnosisCounts, readonly summary: Undiagnosed) {
    this.measuredFromTick = measuredStart(plan);
    this.length = counts.length;
    this.first = Math.min(this.length - 1, Math.floor(this.measuredFromTick / counts.widthTicks));
    const requests = plan.steps.flatMap(({ kind }, step) => kind === "request" ? [step] : []);
    this.tables = stepTables(counts, requests, this.first);
    this.errors = [...counts.errors]
      .map(([key, { values }]) => ({ ...DiagnosisCounts.keyParts(key), counts: values }))
      .sort((one, other) => one.step - other.step || one.what - other.what);
  }

  /** All stretches. */
  get whole(): Stretches {
    return { from: this.first, to: this.length };
  }

  tickOf(stretch: number): Tick {
    return stretch * this.counts.widthTicks;
  }

  spanOf({ from, to }: Stretches): TimeSpan {
    return {
      fromTick: from <= this.first ? null : this.tickOf(from),
      toTick: to >= this.length ? null : this.tickOf(to),
    };
  }

  /** Of the part of it in measured time. */
  ticksOf({ from, to }: Stretches): Tick {
    return Math.max(1, this.tickOf(to) - Math.max(this.measuredFromTick, this.tickOf(from)));
  }

  /** A row's middle may lie above the greatest of all. */
  quantileTicks(table: SampleTable, spans: readonly Stretches[], ppm: number): Tick {
    const { responseTime } = this.summary;
    return Math.min(quantileTicks(table.pooled(spans), ppm), responseTime?.max ?? Infinity);
  }

  perSecond(column: Uint32Array, spans: readonly Stretches[]): number {
    const ticks = spans.reduce((sum, span) => sum + this.ticksOf(span), 0);
    return Math.round(sumOf(column, spans) * 1000 * SECOND / Math.max(1, ticks)) / 1000;
  }

  /** What ended at the step and was due in the spans. */
  endedAt(step: number, spans: readonly Stretches[]): number {
    const of = this.counts.steps[step];
    if (of === undefined) return 0;
    const times = spans.reduce((sum, { from, to }) => {
      for (let shade = from * SHADES; shade < to * SHADES; shade++) sum += of.samples.values[2 * shade];
      return sum;
    }, 0);
    return times + sumOf(of.lost.values, spans);
  }

  /** Requests due, by stretch. */
  due(): Uint32Array {
    const due = new Uint32Array(this.length);
    for (const { step, table } of this.tables) {
      const lost = this.counts.steps[step]?.lost.values ?? new Uint32Array();
      for (let stretch = 0; stretch < this.length; stretch++) {
        due[stretch] += table.count(stretch, stretch + 1) + lost[stretch];
      }
    }
    return due;
  }

  nameOf(step: number): StepName {
    const { flow, name } = this.plan.steps[step];
    return { flow: this.plan.flows[flow].name, step: name };
  }
}

/** Over all stretches of the spans. */
export function sumOf(column: Uint32Array, spans: readonly Stretches[]): number {
  let sum = 0;
  for (const { from, to } of spans) for (let at = from; at < to; at++) sum += column[at];
  return sum;
}

/** `what`: as `DiagnosisCounts` has it. */
export function errorKind(what: number): ErrorKind {
  if (what < UNEXPECTED) return { kind: "error", code: what, name: requestError(what).name };
  return { kind: "unexpected", status: what - UNEXPECTED, name: grpcStatusName(what - UNEXPECTED) };
}

/** In whole parts of a million; 0 of nothing. */
export function ppmOf(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round(part * 1_000_000 / whole);
}
