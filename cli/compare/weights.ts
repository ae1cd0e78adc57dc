/**
 * How often each block of sessions counts in each replicate: Poisson with mean 1, drawn for each block by itself, so that
 * nothing need be known of the others (Chamandy, Muralidharan, Najmi, Naidu: "Estimating uncertainty for massive data
 * streams", 2012). Within each stage they are scaled to as many blocks as there are, for how long a stage lasts is the
 * plan's doing, and no chance.
 */
import { KeyedRandom } from "../../runtime/engine/random.ts";

export const REPLICATES = 1_000;

/** With fewer blocks that hold samples, draws of them say too little. */
export const BLOCKS_LEAST = 30;

/** Whose blocks: paired runs share theirs. */
export const SALT = { shared: 0, baseline: 1, candidate: 2 } as const;

const SEED = 0;
const WORDS = 4;

/** Cumulative distribution of Poisson(1), scaled to u32: a count is the number of entries ≤ the draw. */
const QUANTILES = poissonQuantiles();

/** So many blocks are a stretch. */
const STRETCH = 16;

/**
 * As `stages`, with each stage cut into stretches of blocks: for rates, since a load that rises or falls within a stage does
 * so by its plan.
 */
export function stretches(stages: ArrayLike<number>): Int32Array {
  const most = Array.from(stages).reduce((most, stage) => Math.max(most, stage + 1), 1);
  return Int32Array.from(
    stages,
    (stage, block) => stage < 0 ? -1 : Math.floor(block / STRETCH) * most + stage,
  );
}

/** Replicate after replicate, a weight for each block. `stages`: of each block, −1 where it holds no session. */
export function blockWeights(stages: ArrayLike<number>, salt: number): Float64Array {
  const blocks = stages.length;
  const weights = new Float64Array(REPLICATES * blocks);
  const random = new KeyedRandom(SEED);
  for (let replicate = 0; replicate < REPLICATES; replicate += WORDS) {
    for (let block = 0; block < blocks; block++) {
      if (stages[block] < 0) continue;
      random.draw(block, salt, 0, replicate / WORDS);
      for (let word = 0; word < WORDS; word++) {
        weights[(replicate + word) * blocks + block] = poisson(random.words[word]);
      }
    }
  }
  for (let replicate = 0; replicate < REPLICATES; replicate++) {
    scaleByStage(weights.subarray(replicate * blocks, (replicate + 1) * blocks), stages);
  }
  return weights;
}

function scaleByStage(weights: Float64Array, stages: ArrayLike<number>): void {
  const blocks: number[] = [];
  const sums: number[] = [];
  weights.forEach((weight, block) => {
    const stage = stages[block];
    if (stage < 0) return;
    blocks[stage] = (blocks[stage] ?? 0) + 1;
    sums[stage] = (sums[stage] ?? 0) + weight;
  });
  weights.forEach((weight, block) => {
    const stage = stages[block];
    if (stage < 0) return;
    weights[block] = sums[stage] === 0 ? 1 : (weight * blocks[stage]) / sums[stage];
  });
}

function poisson(draw: number): number {
  let count = 0;
  while (count < QUANTILES.length && QUANTILES[count] <= draw) count++;
  return count;
}

function poissonQuantiles(): number[] {
  const quantiles: number[] = [];
  let part = 0.36787944117144233;
  let sum = part;
  for (let count = 1; sum * 2 ** 32 < 2 ** 32 - 1; count++) {
    quantiles.push(Math.floor(sum * 2 ** 32));
    part /= count;
    sum += part;
  }
  return quantiles;
}
