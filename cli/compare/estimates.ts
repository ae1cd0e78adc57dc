/** The values of one run, and of its replicates. */
import type { Statistic, Threshold } from "../../runtime/plan.ts";
import type { Summary } from "../../runtime/reduce/summary.ts";
import { SAMPLED } from "../../runtime/reduce/series.ts";
import type { BlockCounts } from "./block_counts.ts";
import { type BlockRatio, ratios } from "./block_counts.ts";
import { BESIDE_QUANTILE, type BlockSamples } from "./block_samples.ts";
import { type Estimate, recentred } from "./interval.ts";
import type { MeasuredRun, SamplesOf } from "./measured_run.ts";
import type { RequestTimes } from "./paired_requests.ts";
import type { SessionTimes } from "./paired_sessions.ts";
import { BLOCKS_LEAST, blockWeights, SALT, stretches } from "./weights.ts";

/** `value` null: there was nothing. `unsure`: why it has no replicates. */
export type Estimated =
  & Readonly<{ samples: number; unsure: string | null }>
  & (
    | Readonly<{ value: null }>
    | Estimate
  );

/** What came of a run; `estimates` in the order in which they were asked for. */
export type EstimatedRun = Readonly<
  {
    summary: Summary;
    estimates: readonly Estimated[];
    times: SessionTimes | null;
    requests: RequestTimes | null;
    weights: Float64Array;
    blocks: number;
  }
>;

/** Reads the run for the second time. `salt`: of the weights. */
export function estimate(
  run: MeasuredRun,
  asked: readonly Threshold[],
  shift: number,
  salt: number,
): EstimatedRun {
  const { samples, counts, times, requests } = run.byBlock(shift, salt === SALT.shared);
  const summary = run.summary();
  const weights = blockWeights(counts.stage, salt);
  const rateWeights = blockWeights(stretches(counts.stage), salt);
  const estimates = run.values(summary).map(({ actual: value, samples: of }, at): Estimated => {
    if (value === null) return { value, samples: of, unsure: "there are no samples" };
    const own = asked[at].metric === "rate" ? rateWeights : weights;
    const drawn = replicatesOf(run, asked[at], value, samples, counts, own);
    const [replicates, unsure] = typeof drawn === "string" ? [null, drawn] : [drawn, null];
    return { value, samples: of, replicates, unsure };
  });
  return { summary, estimates, times, requests, weights, blocks: counts.blocks };
}

/** Or why there are none. */
function replicatesOf(
  run: MeasuredRun,
  asked: Threshold,
  value: number,
  samples: SamplesOf,
  counts: BlockCounts,
  weights: Float64Array,
): Float64Array | string {
  const metric = SAMPLED.find((name) => name === asked.metric);
  if (metric !== undefined) {
    const table = samples.get(run.find(metric, asked));
    return table === undefined ? "there are no samples" : ofSamples(table, asked.statistic, value, weights);
  }
  switch (asked.metric) {
    case "errors":
      return ofRatio(counts.errors(asked), 1_000_000, weights);
    case "drops":
      return ofRatio(counts.drops(asked), 1_000_000, weights);
    case "rate":
      return ofRatio(counts.rate(asked, run.endTick), 1_000_000_000, weights);
    default:
      throw new Error(`${asked.metric} is not compared`);
  }
}

function ofSamples(
  table: BlockSamples,
  statistic: Statistic,
  value: number,
  weights: Float64Array,
): Float64Array | string {
  if (table.blocksSeen < BLOCKS_LEAST) return tooFewBlocks(table.blocksSeen);
  switch (statistic.kind) {
    case "avg":
      return table.averages(weights);
    case "quantile": {
      const beside = Math.floor(table.count * Math.min(statistic.ppm, 1_000_000 - statistic.ppm) / 1_000_000);
      if (beside < BESIDE_QUANTILE) {
        return `it takes ${BESIDE_QUANTILE} samples beyond it, and there are ${beside}`;
      }
      return recentred(table.quantiles(weights, statistic.ppm), table.quantile(statistic.ppm), value);
    }
    default:
      return "one sample alone decides it";
  }
}

function ofRatio(ratio: BlockRatio, scale: number, weights: Float64Array): Float64Array | string {
  const seen = ratio.whole.filter((count) => count > 0).length;
  return seen < BLOCKS_LEAST ? tooFewBlocks(seen) : ratios(ratio, scale, weights);
}

function tooFewBlocks(blocks: number): string {
  return `it takes ${BLOCKS_LEAST} blocks of sessions, and ${blocks} have samples`;
}
