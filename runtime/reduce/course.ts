/**
 * How one ledger's run went on: its stops, its end, when its loop stood still, and its setup and teardown. Records of no
 * session speak of the load, in its time.
 */
import type { RecordBlock } from "../ledger/reader.ts";
import { WORD } from "../ledger/layout.ts";
import { NONE, SESSION } from "../ledger/record.ts";
import type { Plan, Tick } from "../plan.ts";
import { measuredStart } from "./measured_start.ts";
import { RunOnce } from "./run_once.ts";
import type { LoopGap, OnceSummary } from "./summary.ts";

/** `reason`: a `STOP`; `threshold`: its position where the run was stopped for one. */
export type Stop = Readonly<{ reason: number; tick: Tick; threshold: number }>;

/** So many of the longest gaps are told one by one. */
const GAPS_TOLD = 5;

/** The longest of those gaps, the longest first and the earlier of two that are as long. */
export function longestGaps<Gap extends Omit<LoopGap, "shard">>(gaps: readonly Gap[]): Gap[] {
  return gaps.toSorted((a, b) => b.lengthTicks - a.lengthTicks || a.fromTick - b.fromTick).slice(
    0,
    GAPS_TOLD,
  );
}

/** How the load of one ledger went on. */
export class Course {
  /** The tick of the latest observation of the load. */
  lastTick: Tick = 0;
  readonly stops: Stop[] = [];
  readonly gaps = { count: 0, longestTicks: 0, totalTicks: 0 };
  /** The longest of them; their shard is told where shards come together. */
  longest: readonly Omit<LoopGap, "shard">[] = [];
  /** What was used of the processor, and in how much time. */
  readonly processor = { usedTicks: 0, ofTicks: 0 };
  /** The run's last record was met. */
  ended = false;
  private readonly once = new Map<number, RunOnce>();
  private readonly measuredFromTick: Tick;

  constructor(private readonly plan: Plan) {
    this.measuredFromTick = measuredStart(plan);
  }

  /** A record of a setup or a teardown. */
  visitOnce(block: RecordBlock, index: number): void {
    const session = block.words[index * WORD.words + WORD.session];
    let once = this.once.get(session);
    if (once === undefined) {
      once = new RunOnce(this.plan, session === SESSION.setup ? "setup" : "teardown");
      this.once.set(session, once);
    }
    once.visit(block, index);
  }

  /** Something was seen. */
  seen(tick: Tick): void {
    if (tick > this.lastTick) this.lastTick = tick;
  }

  runEnded(tick: Tick): void {
    this.ended = true;
    this.seen(tick);
  }

  runStopped(tick: Tick, reason: number, threshold: number): void {
    this.stops.push({ reason, tick, threshold });
    this.seen(tick);
  }

  /** Only the part of a gap that lies in measured time counts. */
  loopGap(endTick: Tick, lengthTicks: number): void {
    const measured = Math.min(lengthTicks, endTick - this.measuredFromTick);
    if (measured <= 0) return;
    this.gaps.count++;
    this.gaps.totalTicks += measured;
    this.gaps.longestTicks = Math.max(this.gaps.longestTicks, measured);
    this.longest = longestGaps([...this.longest, { fromTick: endTick - measured, lengthTicks: measured }]);
  }

  /** Each is told anew where a stage begins, so that all of it is measured or nothing. */
  processorUsed(endTick: Tick, usedTicks: number, ofTicks: number): void {
    if (endTick - ofTicks < this.measuredFromTick) return;
    this.processor.usedTicks += usedTicks;
    this.processor.ofTicks += ofTicks;
  }

  /** Measured time to the end of the load, draining included. */
  get measuredTicks(): Tick {
    return Math.max(0, this.lastTick - this.measuredFromTick);
  }

  /** When arrivals ended before their time; −1 where nothing stopped them. */
  get stopTick(): Tick {
    return this.stops.at(0)?.tick ?? -1;
  }

  onceSummaries(shard: number): OnceSummary[] {
    return [...this.once.values()].map((once) => once.summary(shard));
  }
}

/** The record is of a session that is none of the load. */
export function isOnce(session: number): boolean {
  return session >= SESSION.teardown && session !== NONE;
}
