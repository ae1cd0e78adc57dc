import { NONE } from "../ledger/record.ts";
import type { OpenLoad, OpenStage, Tick } from "../plan.ts";
import { KeyedRandom, SALT, scale } from "./random.ts";
import { type Shard, WHOLE } from "./shares.ts";

/** The sessions of an open load in the order of their intended starts; session numbers count from 0. */
export interface Arrivals {
  /** Intended start of the next session, or Infinity when there is none. */
  readonly nextTick: Tick;
  /** Its number. */
  readonly nextSession: number;
  /** Position in the load's stages of the next session. */
  readonly nextStage: number;
  /** Goes on to the session after it. */
  advance(): void;
}

/**
 * The arrivals of a load, from its first session: those of one shard, with numbers below `limit`. Those of other shards
 * cost nothing where arrivals are uniform, and their draws where they are not.
 */
export function arrivals(
  load: OpenLoad,
  seed: number,
  shard: Shard = WHOLE,
  limit: number = Infinity,
): Arrivals {
  switch (load.arrivals) {
    case "uniform":
      return new UniformArrivals(load.stages, load.burst, shard, limit);
    case "poisson":
      return new PoissonArrivals(load.stages, seed, shard, limit);
  }
}

/** One session at the very beginning, which is of no stage. */
export class SingleArrival implements Arrivals {
  nextTick: Tick = 0;
  readonly nextStage = NONE;

  constructor(readonly nextSession: number) {}

  advance(): void {
    this.nextTick = Infinity;
  }
}

class UniformArrivals implements Arrivals {
  readonly #stages: readonly OpenStage[];
  readonly #burst: number;
  readonly #stride: number;
  readonly #limit: number;
  nextTick: Tick = Infinity;
  nextSession: number;
  nextStage = 0;

  constructor(stages: readonly OpenStage[], burst: number, { index, count }: Shard, limit: number) {
    this.#stages = stages;
    this.#burst = burst;
    this.#stride = count;
    this.#limit = limit;
    this.nextSession = index - 1;
    this.#find();
  }

  advance(): void {
    this.nextSession += this.#stride;
    this.#find();
  }

  #find(): void {
    while (this.nextStage < this.#stages.length && this.nextSession < this.#limit) {
      const stage = this.#stages[this.nextStage];
      const k = this.nextSession - stage.firstSession;
      if (k < stage.sessions) {
        // A burst's sessions arrive with its first; every stage begins a new one.
        this.nextTick = uniformArrival(stage, k - k % this.#burst);
        return;
      }
      this.nextStage++;
    }
    this.nextTick = Infinity;
  }
}

/**
 * The intended start of the k-th session (from 0) of a stage: the first tick at which the integral of the rate
 * since the run's start has reached the session's number. Exact: whole numbers only.
 *
 * With rates a → b per p ticks over L ticks, the stage has brought (a·t + (b − a)·t²/2L) / p sessions after t ticks,
 * and the k-th needs k + lacking/2p of them.
 */
export function uniformArrival(stage: OpenStage, k: number): Tick {
  const { rateStart: a, rateEnd: b, perTicks, lengthTicks, lacking } = stage;
  if (a === b) {
    // ceil((2·p·k + lacking) / 2a), with k split so that every product stays below 2^53.
    const whole = Math.floor(k / a);
    return stage.startTick + whole * perTicks +
      Math.ceil((2 * perTicks * (k - whole * a) + lacking) / (2 * a));
  }
  return stage.startTick +
    rampArrival(BigInt(a), BigInt(b), BigInt(perTicks), BigInt(lengthTicks), BigInt(lacking), k);
}

/** The smallest t with 2L·a·t + (b − a)·t² ≥ L·(2·p·k + lacking): a guess in floating point, then put right. */
function rampArrival(a: bigint, b: bigint, p: bigint, length: bigint, lacking: bigint, k: number): Tick {
  const wanted = length * (2n * p * BigInt(k) + lacking);
  if (wanted === 0n) return 0;
  const brought = (t: bigint) => (2n * length * a + (b - a) * t) * t;
  const slope = Number(b - a);
  const base = Number(length * a);
  let t = BigInt(
    Math.floor(Number(wanted) / (base + Math.sqrt(Math.max(0, base * base + slope * Number(wanted))))),
  );
  while (t > 0n && brought(t - 1n) >= wanted) t--;
  while (t < length && brought(t) < wanted) t++;
  return Number(t);
}

/** Slots of one millisecond: the count of arrivals in each is one draw, their places in it others. */
const SLOT_TICKS = 1000;

/**
 * An inhomogeneous Poisson process by thinning (Lewis and Shedler 1979): candidates at the stage's highest rate,
 * each kept with the probability rate(t) / highest rate. Every draw is keyed by stage and slot number.
 */
class PoissonArrivals implements Arrivals {
  readonly #stages: readonly OpenStage[];
  readonly #random: KeyedRandom;
  readonly #shard: Shard;
  readonly #limit: number;
  #slot = -1;
  /** Ticks of the current slot's arrivals, ascending, and how far they have been used. */
  #ticks: Tick[] = [];
  #used = 0;
  nextTick: Tick = Infinity;
  nextSession = 0;
  nextStage = 0;

  constructor(stages: readonly OpenStage[], seed: number, shard: Shard, limit: number) {
    this.#stages = stages;
    this.#random = new KeyedRandom(seed);
    this.#shard = shard;
    this.#limit = limit;
    this.#find();
    if (shard.index > 1) this.#pass(shard.index - 1);
  }

  advance(): void {
    this.#pass(this.#shard.count);
  }

  /** Goes on by so many sessions. */
  #pass(sessions: number): void {
    for (let left = sessions; left > 0 && this.nextTick !== Infinity; left--) {
      this.#used++;
      this.nextSession++;
      this.#find();
    }
  }

  #find(): void {
    while (this.#used >= this.#ticks.length) {
      if (this.nextSession >= this.#limit || this.nextStage >= this.#stages.length) {
        this.nextTick = Infinity;
        return;
      }
      const stage = this.#stages[this.nextStage];
      this.#slot++;
      this.#used = 0;
      this.#ticks.length = 0;
      if (this.#slot * SLOT_TICKS < stage.lengthTicks) {
        this.#fill(stage);
      } else {
        this.nextStage++;
        this.#slot = -1;
      }
    }
    this.nextTick = this.nextSession < this.#limit ? this.#ticks[this.#used] : Infinity;
  }

  #fill(stage: OpenStage): void {
    const draw = this.#random.draw(this.#slot, SALT.arrivals, this.nextStage, 0);
    const quantiles = stage.slotQuantiles;
    let count = 0;
    while (count < quantiles.length && quantiles[count] <= draw) count++;
    const highest = Math.max(stage.rateStart, stage.rateEnd);
    for (let n = 1; n <= count; n++) {
      const place = this.#random.draw(this.#slot, SALT.arrivals, this.nextStage, n);
      const t = this.#slot * SLOT_TICKS + scale(place, SLOT_TICKS);
      if (t >= stage.lengthTicks) continue;
      const rate = stage.rateStart + ((stage.rateEnd - stage.rateStart) * t) / stage.lengthTicks;
      if (this.#random.words[1] < (rate / highest) * 2 ** 32) insert(this.#ticks, stage.startTick + t);
    }
  }
}

/** Inserts into a short ascending list. */
function insert(ticks: Tick[], tick: Tick): void {
  let at = ticks.length;
  while (at > 0 && ticks[at - 1] > tick) at--;
  ticks.splice(at, 0, tick);
}
