/**
 * Uniform arrivals in closed form. The rate moves in straight lines, so N(T), the sessions due up to tick T, is made
 * of parabolas; with one `perTicks` for all stages N is a whole number of 1 / (2 · perTicks) session at every stage's
 * end, and fractions of a session carry over from stage to stage without loss.
 */
import type { OpenStage, Tick } from "../../runtime/plan.ts";
import type { Rate } from "../2_check/scenario_load.ts";

/** A stretch of load on which the rate moves in a straight line. */
export type Ramp = Readonly<{ lengthTicks: Tick; rateStart: Rate; rateEnd: Rate }>;

export type UniformStage = Pick<
  OpenStage,
  "startTick" | "lengthTicks" | "rateStart" | "rateEnd" | "perTicks" | "firstSession" | "sessions" | "lacking"
>;

/** The ramps one after the other, how many sessions they hold in all, and where they end. */
export type Timeline = Readonly<{ stages: readonly UniformStage[]; sessions: bigint; endTick: Tick }>;

/** A session's number is a u32 in the ledger, whose highest values say "none", the setup's and the teardown's. */
export const MOST_SESSIONS = 2n ** 32n - 3n;

const SAFE = 2n ** 53n;

/**
 * Lays the ramps end to end. Session n (from 0) belongs to the ramp with N(start) ≤ n < N(end), and arrives at that
 * ramp's smallest tick T with N(T) ≥ n.
 *
 * Returns the position of the offending ramp instead where the runtime could not count exactly: `too-fine` where
 * 2 · perTicks · (rate + 1) reaches 2^53, `too-many` where the sessions pass `MOST_SESSIONS`. The ramps' lengths
 * must add up to less than 2^53.
 */
export function layOut(
  ramps: readonly Ramp[],
): Timeline | { problem: "too-fine" | "too-many"; ramp: number } {
  const perTicks = commonTicks(ramps);
  const stages: UniformStage[] = [];
  let startTick = 0;
  // N at the stage's start, in units of 1 / (2 · perTicks).
  let brought = 0n;
  for (const [ramp, { lengthTicks, rateStart, rateEnd }] of ramps.entries()) {
    const [from, to] = [rateOver(rateStart, perTicks), rateOver(rateEnd, perTicks)];
    if (2n * perTicks * ((from > to ? from : to) + 1n) >= SAFE) {
      return { problem: "too-fine", ramp: finest(ramps) };
    }
    const firstSession = wholeSessions(brought, perTicks);
    const lacking = firstSession * 2n * perTicks - brought;
    brought += (from + to) * BigInt(lengthTicks);
    const behind = wholeSessions(brought, perTicks);
    if (behind > MOST_SESSIONS) return { problem: "too-many", ramp };
    stages.push({
      startTick,
      lengthTicks,
      rateStart: Number(from),
      rateEnd: Number(to),
      perTicks: Number(perTicks),
      firstSession: Number(firstSession),
      sessions: Number(behind - firstSession),
      lacking: Number(lacking),
    });
    startTick += lengthTicks;
  }
  return { stages, sessions: wholeSessions(brought, perTicks), endTick: startTick };
}

/** ceil(N): sessions count from 0, so a begun one counts. */
function wholeSessions(brought: bigint, perTicks: bigint): bigint {
  const unit = 2n * perTicks;
  return (brought + unit - 1n) / unit;
}

function rateOver({ sessions, perTicks }: Rate, common: bigint): bigint {
  return (BigInt(sessions) * common) / BigInt(perTicks);
}

/** The smallest stretch of ticks over which every rate is a whole number of sessions. */
function commonTicks(ramps: readonly Ramp[]): bigint {
  return ramps
    .flatMap(({ rateStart, rateEnd }) => [BigInt(rateStart.perTicks), BigInt(rateEnd.perTicks)])
    .reduce((common, ticks) => (common / greatestCommonDivisor(common, ticks)) * ticks, 1n);
}

/** The ramp whose rate needs the longest stretch: the one to change. */
function finest(ramps: readonly Ramp[]): number {
  const lengths = ramps.map(({ rateStart, rateEnd }) => Math.max(rateStart.perTicks, rateEnd.perTicks));
  return lengths.indexOf(Math.max(...lengths));
}

function greatestCommonDivisor(left: bigint, right: bigint): bigint {
  while (right > 0n) [left, right] = [right, left % right];
  return left;
}
