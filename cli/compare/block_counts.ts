/** What is counted and not sampled, by block of sessions: requests, errors, arrivals, and when a block began. */
import { requestError } from "../../runtime/ledger/errors.ts";
import { WORD } from "../../runtime/ledger/layout.ts";
import type { RecordBlock } from "../../runtime/ledger/reader.ts";
import { CONTINUATION, KIND, NONE, SESSION } from "../../runtime/ledger/record.ts";
import type { Plan } from "../../runtime/plan.ts";
import { measuredStart } from "../../runtime/reduce/measured_start.ts";
import { holdsStage, type Made, type Scope, stepsOf } from "../../runtime/reduce/scope.ts";
import { tickAt } from "../../runtime/reduce/tick_at.ts";

/** Of a ratio, by block: `part / whole`. */
export type BlockRatio = Readonly<{ part: Float64Array; whole: Float64Array }>;

export class BlockCounts {
  /** Of the block's first arrival; Infinity and −1 where it has none. */
  readonly startTick: Float64Array;
  readonly stage: Int32Array;
  /** By step × stage, a count for each block. */
  private readonly issued: Uint32Array;
  private readonly answered: Uint32Array;
  private readonly wrong: Uint32Array;
  /** By stage, a count for each block. */
  private readonly started: Uint32Array;
  private readonly dropped: Uint32Array;
  private readonly stages: number;
  private stageOfVu = new Uint16Array(1024);

  /** A block has 2^`shift` sessions. */
  constructor(private readonly plan: Plan, private readonly shift: number, readonly blocks: number) {
    this.stages = plan.load.stages.length;
    this.startTick = new Float64Array(blocks).fill(Infinity);
    this.stage = new Int32Array(blocks).fill(-1);
    const cells = plan.steps.length * this.stages * blocks;
    this.issued = new Uint32Array(cells);
    this.answered = new Uint32Array(cells);
    this.wrong = new Uint32Array(cells);
    this.started = new Uint32Array(this.stages * blocks);
    this.dropped = new Uint32Array(this.stages * blocks);
  }

  visit({ words, records }: RecordBlock): void {
    for (let at = 0; at < records * WORD.words; at += WORD.words) {
      const kind = words[at + WORD.kindAndStep] & 0xffff;
      const session = words[at + WORD.session];
      if (session >= SESSION.teardown || (kind & CONTINUATION) !== 0) continue;
      switch (kind) {
        case KIND.sessionStarted:
          this.arrive(words, at, this.started);
          this.remember(words[at + WORD.vu], words[at + WORD.a]);
          break;
        case KIND.arrivalDropped:
          this.arrive(words, at, this.dropped);
          break;
        case KIND.requestIssued:
          this.issued[this.cellOf(words, at)]++;
          break;
        case KIND.responseEnded:
          this.answered[this.cellOf(words, at)]++;
          if (words[at + WORD.c] >>> 24 > 0) this.wrong[this.cellOf(words, at)]++;
          break;
        case KIND.requestFailed:
          if (requestError(words[at + WORD.a]).phase === "stop") break;
          this.answered[this.cellOf(words, at)]++;
          this.wrong[this.cellOf(words, at)]++;
          break;
      }
    }
  }

  /** Errors of what was answered or failed, as the threshold `errors` has it. */
  errors(scope: Scope): BlockRatio {
    return { part: this.sum(this.wrong, "all", scope), whole: this.sum(this.answered, "all", scope) };
  }

  drops({ stage }: Scope): BlockRatio {
    const part = new Float64Array(this.blocks);
    const whole = new Float64Array(this.blocks);
    for (const position of this.stagesIn(stage)) {
      for (let block = 0; block < this.blocks; block++) {
        const dropped = this.dropped[position * this.blocks + block];
        part[block] += dropped;
        whole[block] += dropped + this.started[position * this.blocks + block];
      }
    }
    return { part, whole };
  }

  /** Requests, and the part of measured time from each block's beginning to the next one's. `endTick`: of measured time. */
  rate(scope: Scope, endTick: number): BlockRatio {
    const whole = new Float64Array(this.blocks);
    let until = endTick;
    const fromTick = measuredStart(this.plan);
    for (let block = this.blocks - 1; block >= 0; block--) {
      const start = Math.max(fromTick, Math.min(until, this.startTick[block]));
      whole[block] = Math.max(0, until - start);
      until = start;
    }
    const first = this.stage.findIndex((stage) => stage >= 0);
    if (first >= 0) whole[first] += Math.max(0, until - fromTick);
    return { part: this.sum(this.issued, "requests", scope), whole };
  }

  private sum(counts: Uint32Array, made: Made, scope: Scope): Float64Array {
    const sums = new Float64Array(this.blocks);
    for (const step of stepsOf(this.plan, made, scope)) {
      for (const position of this.stagesIn(scope.stage)) {
        const from = (step * this.stages + position) * this.blocks;
        for (let block = 0; block < this.blocks; block++) sums[block] += counts[from + block];
      }
    }
    return sums;
  }

  /** Those of a scope that are no warm-up. */
  private stagesIn(stage: number): number[] {
    return this.plan.load.stages.flatMap(({ warmup }, position) =>
      warmup || !holdsStage({ flow: -1, step: -1, tag: -1, stage }, position) ? [] : [position]
    );
  }

  private arrive(words: Uint32Array, at: number, counts: Uint32Array): void {
    const block = words[at + WORD.session] >>> this.shift;
    const stage = words[at + WORD.a];
    const tick = tickAt(words, at);
    counts[stage * this.blocks + block]++;
    if (tick >= this.startTick[block]) return;
    this.startTick[block] = tick;
    this.stage[block] = stage;
  }

  private remember(vu: number, stage: number): void {
    if (vu === NONE) return;
    if (vu >= this.stageOfVu.length) {
      const grown = new Uint16Array(2 ** Math.ceil(Math.log2(vu + 1)));
      grown.set(this.stageOfVu);
      this.stageOfVu = grown;
    }
    this.stageOfVu[vu] = stage;
  }

  private cellOf(words: Uint32Array, at: number): number {
    const step = words[at + WORD.kindAndStep] >>> 16;
    const stage = this.stageOfVu[words[at + WORD.vu]];
    return (step * this.stages + stage) * this.blocks + (words[at + WORD.session] >>> this.shift);
  }
}

/** Of each replicate, with `weights` of `blockWeights`. */
export function ratios({ part, whole }: BlockRatio, scale: number, weights: Float64Array): Float64Array {
  const blocks = part.length;
  return Float64Array.from({ length: weights.length / blocks }, (_, replicate) => {
    let above = 0;
    let below = 0;
    for (let block = 0; block < blocks; block++) {
      const weight = weights[replicate * blocks + block];
      above += weight * part[block];
      below += weight * whole[block];
    }
    return (above * scale) / below;
  });
}
