/** The parts of a run that a timeline tells apart, as small numbers. */
import type { Plan, Step } from "../plan.ts";
import { isOfLoad, isOnWebSocket } from "./scope.ts";
import type { ColumnPart } from "./timeline.ts";
import { OUTCOMES } from "./timeline_outcomes.ts";

const NOTHING: ColumnPart = { flow: -1, step: -1, stage: -1, outcome: -1, code: 0 };

/** Cells: flow × stage, step × stage, step × stage × outcome. Sums over them: see `sumsOf`. */
export class TimelineParts {
  readonly stages: number;
  private readonly rows: number;

  constructor(private readonly plan: Plan) {
    this.stages = plan.load.stages.length;
    this.rows = 1 + plan.flows.length + plan.steps.length;
  }

  get outcomeCells(): number {
    return this.plan.steps.length * this.stages * OUTCOMES.length;
  }

  /** How many parts `sumsOf` and `spectraOf` tell. */
  get sums(): number {
    return this.spectra * (OUTCOMES.length + 1);
  }

  get spectra(): number {
    return this.rows * (this.stages + 1);
  }

  flowCell(cell: number): ColumnPart {
    return { ...NOTHING, flow: Math.floor(cell / this.stages), stage: cell % this.stages };
  }

  stepCell(cell: number): ColumnPart {
    const step = Math.floor(cell / this.stages);
    return { ...NOTHING, flow: this.plan.steps[step].flow, step, stage: cell % this.stages };
  }

  outcomeCell(cell: number): ColumnPart {
    return {
      ...this.stepCell(Math.floor(cell / OUTCOMES.length)),
      outcome: cell % OUTCOMES.length,
    };
  }

  stage(stage: number): ColumnPart {
    return { ...NOTHING, stage };
  }

  get all(): ColumnPart {
    return NOTHING;
  }

  /**
   * All parts of the run that figures are told of and that hold a step × stage × outcome: all requests, those of its flow,
   * those of its step; of all stages that are no warm-up, and of its own; however they ended, and as it did. What is done
   * on a WebSocket is part of its own step alone.
   */
  sumsOf(outcomeCell: number): number[] {
    const { step, stage, outcome } = this.outcomeCell(outcomeCell);
    const stages = this.isWarmup(stage) ? [stage + 1] : [0, stage + 1];
    return this.rowsOf(this.plan.steps[step], step).flatMap((row) =>
      stages.flatMap((stage) => [0, outcome + 1].map((outcome) => this.sum(row, stage, outcome)))
    );
  }

  /** The same without outcomes: positions for `spectrumPart`. */
  spectraOf(stepCell: number): number[] {
    const { step, stage } = this.stepCell(stepCell);
    const stages = this.isWarmup(stage) ? [stage + 1] : [0, stage + 1];
    return this.rowsOf(this.plan.steps[step], step).flatMap((row) =>
      stages.map((stage) => row * (this.stages + 1) + stage)
    );
  }

  sumPart(sum: number): ColumnPart {
    const outcomes = OUTCOMES.length + 1;
    return { ...this.spectrumPart(Math.floor(sum / outcomes)), outcome: sum % outcomes - 1 };
  }

  spectrumPart(position: number): ColumnPart {
    const row = Math.floor(position / (this.stages + 1));
    const stage = position % (this.stages + 1) - 1;
    const flows = this.plan.flows.length;
    if (row <= flows) return { ...NOTHING, flow: row - 1, stage };
    const step = row - 1 - flows;
    return { ...NOTHING, flow: this.plan.steps[step].flow, step, stage };
  }

  isWarmup(stage: number): boolean {
    return this.plan.load.stages[stage].warmup;
  }

  private sum(row: number, stage: number, outcome: number): number {
    return (row * (this.stages + 1) + stage) * (OUTCOMES.length + 1) + outcome;
  }

  private rowsOf(step: Step, position: number): number[] {
    const own = 1 + this.plan.flows.length + position;
    if (!isOfLoad(this.plan, step)) return [];
    return isOnWebSocket(step) ? [own] : [0, 1 + step.flow, own];
  }
}
