/** Which part of the run the charts show, and what a timeline's columns say of it. */
import type { PageFacts } from "../../runtime/report/html/page_facts.ts";
import type { ColumnName, Spectrum, Timeline, TimelineColumn } from "../../runtime/reduce/timeline.ts";

/** Positions; −1 for all. */
export type Selection = Readonly<{ flow: number; step: number; stage: number; outcome: number }>;

export const EVERYTHING: Selection = { flow: -1, step: -1, stage: -1, outcome: -1 };

/** A value for each stretch; null where there is nothing to tell. */
export type Line = (number | null)[];

export class Course {
  private readonly byName: Map<ColumnName, TimelineColumn[]>;
  readonly seconds: number;
  readonly length: number;
  /** Where stretches begin, in seconds. */
  readonly times: readonly number[];

  constructor(readonly timeline: Timeline, readonly facts: PageFacts) {
    this.byName = Map.groupBy(timeline.columns, ({ name }) => name);
    this.seconds = timeline.widthTicks / 1_000_000;
    this.length = timeline.length;
    this.times = Array.from({ length: timeline.length }, (_, at) => at * this.seconds);
  }

  columns(name: ColumnName): readonly TimelineColumn[] {
    return this.byName.get(name) ?? [];
  }

  /** The sum of all columns of the name that the selection holds. */
  sum(name: ColumnName, selection: Selection): number[] {
    return this.added(this.columns(name).filter((column) => this.holds(column, selection)));
  }

  added(columns: readonly TimelineColumn[]): number[] {
    const sums = new Array<number>(this.length).fill(0);
    for (const { from, values } of columns) {
      for (let at = 0; at < values.length; at++) sums[from + at] += values[at];
    }
    return sums;
  }

  perSecond(sums: readonly number[]): number[] {
    return sums.map((sum) => sum / this.seconds);
  }

  /** Times, in ticks, of the one column that tells just this. */
  quantile(name: ColumnName, { flow, step, stage, outcome }: Selection): Line {
    const ofFlow = step < 0 ? flow : this.facts.steps[step].flow;
    const column = this.columns(name).find((one) =>
      one.flow === ofFlow && one.step === step && one.stage === stage && one.outcome === outcome
    );
    return this.line(column);
  }

  /** −1 is nothing. */
  line(column: TimelineColumn | undefined): Line {
    const line = new Array<number | null>(this.length).fill(null);
    column?.values.forEach((value, at) => {
      if (value >= 0) line[column.from + at] = value;
    });
    return line;
  }

  /** How many were under way on average: what stood at a stretch's beginning, and what it added. */
  meanUnderWay(begun: readonly number[], ended: readonly number[], ticks: readonly number[]): number[] {
    let standing = 0;
    return begun.map((begins, at) => {
      const mean = standing + ticks[at] / this.timeline.widthTicks;
      standing += begins - ended[at];
      return mean;
    });
  }

  /** Exact where the part was told by stage; otherwise that of all stages. */
  spectrum({ flow, step, stage }: Selection): Spectrum | null {
    const ofFlow = step < 0 ? flow : this.facts.steps[step].flow;
    const of = (stage: number) =>
      this.timeline.spectra.find((one) => one.flow === ofFlow && one.step === step && one.stage === stage);
    return of(stage) ?? of(-1) ?? null;
  }

  holds(column: TimelineColumn, { flow, step, stage, outcome }: Selection): boolean {
    if (stage >= 0 ? column.stage !== stage : column.stage >= 0 && this.facts.stages[column.stage].warmup) {
      return false;
    }
    if (outcome >= 0 && column.outcome >= 0 && column.outcome !== outcome) return false;
    if (column.step < 0) {
      const wanted = step >= 0 ? this.facts.steps[step].flow : flow;
      return wanted < 0 || column.flow < 0 || column.flow === wanted;
    }
    if (step >= 0) return column.step === step;
    return (flow < 0 || column.flow === flow) && this.facts.steps[column.step].role === "request";
  }
}
