/**
 * One run, read twice. The first pass is that of any report; the second one finds the exact quantiles, and counts samples
 * by block of sessions. So every value of a comparison is that of the run's report.
 */
import { DecisionDigest, type DecisionDigestResult } from "../../runtime/decisions/decision_digest.ts";
import { WORD } from "../../runtime/ledger/layout.ts";
import type { RecordBlock } from "../../runtime/ledger/reader.ts";
import { KIND, SESSION } from "../../runtime/ledger/record.ts";
import type { Plan, Threshold } from "../../runtime/plan.ts";
import { Counters } from "../../runtime/reduce/counters.ts";
import { Course } from "../../runtime/reduce/course.ts";
import { Fold } from "../../runtime/reduce/fold.ts";
import { firstPass, type ReducibleLedger, usuallyWanted } from "../../runtime/reduce/first_pass.ts";
import { type Routes, SeriesSet } from "../../runtime/reduce/sample_routes.ts";
import { ALL } from "../../runtime/reduce/scope.ts";
import { type Recorder, SAMPLED, type Sampled, type Series } from "../../runtime/reduce/series.ts";
import { type ReadShard, summarise } from "../../runtime/reduce/summarise.ts";
import type { Summary, ThresholdResult } from "../../runtime/reduce/summary.ts";
import { judgeThresholds } from "../../runtime/reduce/thresholds.ts";
import { BlockCounts } from "./block_counts.ts";
import { BlockSamples } from "./block_samples.ts";
import { LogLinear } from "../../runtime/reduce/log_linear.ts";
import { RequestTimes } from "./paired_requests.ts";
import { SessionTimes } from "./paired_sessions.ts";

/** What the tables of one run may take; with more series they become coarser. */
const TABLE_BYTES_MAX = 160 * 2 ** 20;
const BITS = { most: 8, least: 4 } as const;

/** By metric and scope. */
export type SamplesOf = ReadonlyMap<Series, BlockSamples>;

/** What the second reading found. */
export type ByBlock = Readonly<
  { samples: SamplesOf; counts: BlockCounts; times: SessionTimes | null; requests: RequestTimes | null }
>;

export class MeasuredRun {
  readonly plan: Plan;
  /** All session numbers are below it. */
  sessionsEnd = 0;
  private readonly series: SeriesSet;
  private readonly counters: Counters;
  private readonly decisions: DecisionDigest;
  private readonly read: ReadShard[];

  /** Reads the ledgers for the first time. `asked`: thresholds of the plan, without limits. */
  constructor(
    private readonly ledgers: readonly ReducibleLedger[],
    private readonly asked: readonly Threshold[],
  ) {
    this.plan = ledgers[0].header.plan;
    this.series = new SeriesSet({ ...this.plan, thresholds: [...this.plan.thresholds, ...asked] });
    this.counters = new Counters(this.plan);
    this.decisions = new DecisionDigest(this.plan);
    const routes = this.series.histograms();
    const count = (block: RecordBlock) => this.countSessions(block);
    this.read = ledgers.map((ledger) => firstPass(ledger, this.counters, routes, this.decisions, count));
  }

  /** The series that a figure is taken of. */
  find(metric: Sampled, { flow, step, stage, tag }: Threshold): Series {
    return this.series.find(metric, { flow, step, stage, tag });
  }

  get seed(): number {
    return this.ledgers[0].header.seed;
  }

  get planSha256(): string {
    return this.ledgers[0].header.plan_sha256;
  }

  get decided(): DecisionDigestResult {
    return this.decisions.result();
  }

  /** The latest measured tick. */
  get endTick(): number {
    return this.counters.lastEndTick;
  }

  /** Reads the ledgers again. A block has 2^`shift` sessions. `paired`: times of single sessions are wanted. */
  byBlock(shift: number, paired: boolean): ByBlock {
    const blocks = Math.max(1, Math.ceil(this.sessionsEnd / 2 ** shift));
    const open = this.series.closePass();
    const samples = this.tables(shift, blocks);
    const counts = new BlockCounts(this.plan, shift, blocks);
    const routes = both(this.routesTo(samples), open);
    const times = paired ? new SessionTimes(this.plan, this.sessionsEnd) : null;
    const { issued } = this.counters.requestsOf(ALL, false, "all");
    const requests = paired ? new RequestTimes(this.plan, this.sessionsEnd, issued) : null;
    this.pass(routes, [...samples.values()], (block) => {
      counts.visit(block);
      times?.visit(block);
      requests?.visit(block);
    });
    for (let next = this.series.closePass(); next !== null; next = this.series.closePass()) this.pass(next);
    for (const one of samples.values()) one.close();
    return { samples, counts, times, requests };
  }

  /** The run's report. */
  summary(): Summary {
    const wanted = usuallyWanted(this.ledgers);
    return summarise(this.read, this.counters, this.series, this.decided, wanted);
  }

  /** The values that were asked for. Behind `byBlock`. */
  values(summary: Summary): readonly ThresholdResult[] {
    const courses = this.read.map(({ course }) => course);
    const plan = { ...this.plan, thresholds: this.asked };
    return judgeThresholds(plan, this.counters, courses, this.series, summary.time.measuredTicks);
  }

  private countSessions({ words, records }: RecordBlock): void {
    for (let at = 0; at < records * WORD.words; at += WORD.words) {
      const kind = words[at + WORD.kindAndStep] & 0xffff;
      if (kind !== KIND.sessionStarted && kind !== KIND.arrivalDropped) continue;
      const session = words[at + WORD.session];
      if (session < SESSION.teardown && session >= this.sessionsEnd) this.sessionsEnd = session + 1;
    }
  }

  private pass(routes: Routes, samples: readonly BlockSamples[] = [], visit = (_: RecordBlock) => {}): void {
    const unused = new Counters(this.plan, false);
    for (const { scan } of this.ledgers) {
      const fold = new Fold(this.plan, unused, new Course(this.plan), routes);
      for (const one of samples) one.source = fold;
      scan((block) => {
        fold.visit(block);
        visit(block);
      });
    }
  }

  private tables(shift: number, blocks: number): Map<Series, BlockSamples> {
    const asked = this.asked.flatMap((threshold) => {
      const metric = SAMPLED.find((name) => name === threshold.metric);
      return metric === undefined ? [] : [this.find(metric, threshold)];
    });
    const series = [...new Set(asked)].filter(({ histogram }) => histogram.count > 0);
    const bytes = (bits: number) => {
      const cells = new LogLinear(bits);
      const rows = series.map(({ histogram: { min, max } }) => cells.of(max) - cells.of(min) + 1);
      return rows.reduce((sum, more) => sum + more, 0) * blocks * Uint32Array.BYTES_PER_ELEMENT;
    };
    let bits: number = BITS.most;
    while (bits > BITS.least && bytes(bits) > TABLE_BYTES_MAX) bits--;
    const cells = new LogLinear(bits);
    return new Map(series.map((one) => {
      const { min, max } = one.histogram;
      return [one, new BlockSamples(cells, shift, blocks, min, max)];
    }));
  }

  /** Where a sample goes into a series' histogram, it goes into its table. */
  private routesTo(samples: SamplesOf): Routes {
    const tables = new Map<Recorder, Recorder>(
      [...samples].map(([series, table]) => [series.histogram, table]),
    );
    const routes = this.series.histograms();
    return mapRoutes((metric, cell) => routes[metric][cell].flatMap((one) => tables.get(one) ?? []), routes);
  }
}

function both(one: Routes, other: Routes | null): Routes {
  return other === null
    ? one
    : mapRoutes((metric, cell) => [...one[metric][cell], ...other[metric][cell]], one);
}

function mapRoutes(recordersOf: (metric: Sampled, cell: number) => Recorder[], like: Routes): Routes {
  const routes: Record<Sampled, Routes[Sampled]> = { ...like };
  for (const metric of SAMPLED) routes[metric] = like[metric].map((_, cell) => recordersOf(metric, cell));
  return routes;
}
