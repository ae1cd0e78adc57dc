/**
 * Of paired runs: how the response time of each request differs from that of the same request in the other run, which is
 * the same one in its session. Where a session goes another way than in the other run, it is followed no further.
 */
import { requestError } from "../../runtime/ledger/errors.ts";
import { WORD } from "../../runtime/ledger/layout.ts";
import type { RecordBlock } from "../../runtime/ledger/reader.ts";
import { KIND, NONE, SESSION } from "../../runtime/ledger/record.ts";
import type { Plan } from "../../runtime/plan.ts";
import { tickAt } from "../../runtime/reduce/tick_at.ts";
import { ratios } from "./block_counts.ts";
import type { Difference, Finding, PairedRequests, PairedStep } from "./comparison.ts";
import { type Confidence, percentiles } from "./interval.ts";
import { BLOCKS_LEAST } from "./weights.ts";

/** So that memory does not depend on the ledger's length: 48 MiB a run. */
const PLACES_MOST = 2 ** 23;
/** Of a session, at least and at most so many requests, and several times as many as it has on average. */
const PLACES_A_SESSION = { least: 8, most: 1024, timesMean: 4 } as const;
const LONGEST = 2 ** 32 - 2;

/** The response time of every request outside of warm-up that has one, by session and place in it. */
export class RequestTimes {
  /** A session has so many places; further requests are left out. */
  readonly places: number;
  readonly sessions: number;
  /** By session and place: its step and 1; 0 where nothing was asked. */
  readonly stepPlusOne: Uint16Array;
  /** Ticks and 1; 0 where there is none. */
  readonly ticksPlusOne: Uint32Array;
  /** Requests that have a response time, whether there was a place for them or not. */
  samples = 0;
  private readonly warmup: readonly boolean[];
  private vus = new VuPlaces(1024);

  /** `requests`: how many all `sessions` issued. */
  constructor(plan: Plan, sessions: number, requests: number) {
    const { least, most, timesMean } = PLACES_A_SESSION;
    const wanted = Math.min(most, Math.max(least, Math.ceil((timesMean * requests) / Math.max(1, sessions))));
    this.places = Math.max(1, Math.min(wanted, Math.floor(PLACES_MOST / Math.max(1, sessions))));
    this.sessions = Math.min(sessions, Math.floor(PLACES_MOST / this.places));
    this.stepPlusOne = new Uint16Array(this.sessions * this.places);
    this.ticksPlusOne = new Uint32Array(this.sessions * this.places);
    this.warmup = plan.load.stages.map(({ warmup }) => warmup);
  }

  visit({ words, records }: RecordBlock): void {
    for (let at = 0; at < records * WORD.words; at += WORD.words) {
      const vu = words[at + WORD.vu];
      if (vu === NONE || words[at + WORD.session] >= SESSION.teardown) continue;
      switch (words[at + WORD.kindAndStep] & 0xffff) {
        case KIND.sessionStarted:
          this.vus = this.vus.reaching(vu);
          this.vus.next[vu] = this.warmup[words[at + WORD.a]] ? -1 : 0;
          this.vus.isAgain[vu] = 0;
          this.vus.place[vu] = -1;
          break;
        case KIND.requestIssued:
          this.issued(words, at, vu);
          break;
        case KIND.responseEnded:
          this.ended(words, at, vu);
          break;
        case KIND.requestFailed:
          if (requestError(words[at + WORD.a]).name.endsWith(".timeout")) this.ended(words, at, vu);
          break;
        case KIND.redirected:
        case KIND.retried:
          this.vus.isAgain[vu] = 1;
          break;
        default:
      }
    }
  }

  /** What follows a redirect, and a further try, is no request of the plan: how many there are is the target's doing. */
  private issued(words: Uint32Array, at: number, vu: number): void {
    const { vus } = this;
    const session = words[at + WORD.session];
    const isAgain = vus.isAgain[vu] === 1;
    vus.isAgain[vu] = 0;
    vus.place[vu] = -1;
    vus.isCounted[vu] = vus.next[vu] < 0 || isAgain ? 0 : 1;
    if (vus.isCounted[vu] === 0) return;
    vus.dueTick[vu] = tickAt(words, at) - words[at + WORD.a] - words[at + WORD.b];
    const place = vus.next[vu]++;
    if (place >= this.places || session >= this.sessions) return;
    vus.place[vu] = session * this.places + place;
    this.stepPlusOne[vus.place[vu]] = (words[at + WORD.kindAndStep] >>> 16) + 1;
  }

  private ended(words: Uint32Array, at: number, vu: number): void {
    const { vus } = this;
    if (vus.isCounted[vu] === 0) return;
    this.samples++;
    const place = vus.place[vu];
    if (place >= 0) this.ticksPlusOne[place] = Math.min(tickAt(words, at) - vus.dueTick[vu], LONGEST) + 1;
  }
}

/** By VU. */
class VuPlaces {
  /** The place of the session's next request; −1 in warm-up. */
  readonly next: Int32Array;
  /** Of the request under way; −1 where it has none. */
  readonly place: Int32Array;
  readonly isCounted: Uint8Array;
  /** The next request is a further try, or follows a redirect. */
  readonly isAgain: Uint8Array;
  readonly dueTick: Float64Array;

  constructor(private readonly length: number) {
    this.next = new Int32Array(length).fill(-1);
    this.place = new Int32Array(length).fill(-1);
    this.isCounted = new Uint8Array(length);
    this.isAgain = new Uint8Array(length);
    this.dueTick = new Float64Array(length);
  }

  reaching(vu: number): VuPlaces {
    if (vu < this.length) return this;
    const grown = new VuPlaces(2 ** Math.ceil(Math.log2(vu + 1)));
    grown.next.set(this.next);
    grown.place.set(this.place);
    grown.isCounted.set(this.isCounted);
    grown.isAgain.set(this.isAgain);
    grown.dueTick.set(this.dueTick);
    return grown;
  }
}

/** What is summed up of one step, by block. */
type Sums = { pairs: number; longer: number; shorter: number; difference: Float64Array; whole: Float64Array };

/**
 * Plans of the baseline and of the candidate, whose steps are known by their names. A block has 2^`shift` sessions;
 * `weights`: of its blocks. Null where no request has a time in both.
 */
export function pairedRequests(
  baseline: RequestTimes,
  candidate: RequestTimes,
  [planA, planB]: readonly [Plan, Plan],
  draws: Readonly<{ shift: number; blocks: number; weights: Float64Array; confidence: Confidence }>,
): PairedRequests | null {
  const sums = new Map<number, Sums>();
  const stepInB = planA.steps.map(({ name, flow }) =>
    planB.steps.findIndex((it) => it.name === name && planB.flows[it.flow].name === planA.flows[flow].name)
  );
  const places = Math.min(baseline.places, candidate.places);
  for (let session = 0; session < Math.min(baseline.sessions, candidate.sessions); session++) {
    for (let place = 0; place < places; place++) {
      const [inA, inB] = [session * baseline.places + place, session * candidate.places + place];
      const step = baseline.stepPlusOne[inA] - 1;
      if (step < 0 || stepInB[step] !== candidate.stepPlusOne[inB] - 1) break;
      const [a, b] = [baseline.ticksPlusOne[inA], candidate.ticksPlusOne[inB]];
      if (a > 0 && b > 0) add(sums, step, session >>> draws.shift, b - a, draws.blocks);
    }
  }
  if (sums.size === 0) return null;
  const steps = [...sums].sort(([one], [other]) => one - other)
    .map(([step, own]) => pairedStep(planA, step, own, draws));
  return {
    pairs: steps.reduce((sum, { pairs }) => sum + pairs, 0),
    of: { baseline: baseline.samples, candidate: candidate.samples },
    steps,
  };
}

function add(sums: Map<number, Sums>, step: number, block: number, difference: number, blocks: number): void {
  let own = sums.get(step);
  if (own === undefined) {
    const [ofBlocks, whole] = [new Float64Array(blocks), new Float64Array(blocks)];
    own = { pairs: 0, longer: 0, shorter: 0, difference: ofBlocks, whole };
    sums.set(step, own);
  }
  own.pairs++;
  own.whole[block]++;
  own.difference[block] += difference;
  if (difference > 0) own.longer++;
  else if (difference < 0) own.shorter++;
}

function pairedStep(
  { flows, steps }: Plan,
  step: number,
  { pairs, longer, shorter, difference, whole }: Sums,
  { weights, confidence }: Readonly<{ weights: Float64Array; confidence: Confidence }>,
): PairedStep {
  const isSure = whole.filter((count) => count > 0).length >= BLOCKS_LEAST;
  const mean = difference.reduce((sum, one) => sum + one, 0) / pairs;
  const [low, high] = isSure
    ? percentiles(ratios({ part: difference, whole }, 1, weights), confidence)
    : [null, null];
  const meanDifference = { value: Math.round(mean * 1000) / 1000 + 0, low, high };
  const { flow, name } = steps[step];
  return {
    flow: flows[flow].name,
    step: name,
    pairs,
    longer,
    shorter,
    meanDifference,
    finding: longer + shorter === 0 ? "same" : findingOf(meanDifference),
  };
}

function findingOf({ low, high }: Difference): Finding {
  if (low === null || high === null) return "unknown";
  return low > 0 ? "worse" : high < 0 ? "better" : "noise";
}
