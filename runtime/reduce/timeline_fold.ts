/** One pass over a ledger's records: what each of them says, told to the columns of a timeline. */
import { requestError } from "../ledger/errors.ts";
import { WORD } from "../ledger/layout.ts";
import { CONTINUATION, KIND, MESSAGE } from "../ledger/record.ts";
import type { RecordBlock } from "../ledger/reader.ts";
import type { Plan, Step, Tick } from "../plan.ts";
import { isOnce } from "./course.ts";
import { measuredStart } from "./measured_start.ts";
import { tickAt } from "./tick_at.ts";
import type { TimelineColumn } from "./timeline.ts";
import { NamedColumns } from "./timeline_columns.ts";
import { OUTCOME, outcomeOfStatus, OUTCOMES } from "./timeline_outcomes.ts";
import type { TimelineParts } from "./timeline_parts.ts";
import { TimelineVus, VU } from "./timeline_vus.ts";

const SESSIONS = ["started", "sessionsEnded", "sessionTicks"] as const;
const REQUESTS = [
  "due",
  "issued",
  "inFlightTicks",
  "lagTicks",
  "blockedTicks",
  "dnsTicks",
  "connectTicks",
  "tlsTicks",
  "waitTicks",
  "receiveTicks",
  "responses",
  "sent",
  "received",
] as const;
const GAPS = ["gapTicks", "gapMax"] as const;
type RequestColumns = Record<(typeof REQUESTS)[number], Float64Array>;
type EndColumns = Record<"ended", Float64Array>;

const CODES = 1 << 16;

/** All that is counted and summed over time. */
export class TimelineCounts {
  readonly sessions: NamedColumns<(typeof SESSIONS)[number]>;
  readonly dropped: NamedColumns<"dropped">;
  readonly requests: NamedColumns<(typeof REQUESTS)[number]>;
  readonly ends: NamedColumns<"ended">;
  readonly errors: NamedColumns<"errors">;
  readonly gaps: NamedColumns<(typeof GAPS)[number]>;

  constructor(readonly length: number) {
    this.sessions = new NamedColumns(SESSIONS, length);
    this.dropped = new NamedColumns(["dropped"], length);
    this.requests = new NamedColumns(REQUESTS, length);
    this.ends = new NamedColumns(["ended"], length);
    this.errors = new NamedColumns(["errors"], length);
    this.gaps = new NamedColumns(GAPS, length);
  }

  told(parts: TimelineParts): TimelineColumn[] {
    return [
      ...this.sessions.told((cell) => parts.flowCell(cell)),
      ...this.dropped.told((stage) => parts.stage(stage)),
      ...this.requests.told((cell) => parts.stepCell(cell)),
      ...this.ends.told((cell) => parts.outcomeCell(cell)),
      ...this.errors.told((key) => ({ ...parts.outcomeCell(Math.floor(key / CODES)), code: key % CODES })),
      ...this.gaps.told(() => parts.all),
    ];
  }
}

/** Where the times go that are no counts. */
export interface TimelineTimes {
  /** A request of the load, outside of warm-up, was issued so late. */
  lag(stretch: number, ticks: Tick): void;
  /** `cell`: step × stage. */
  responseTime(stretch: number, cell: number, outcome: number, ticks: Tick): void;
}

/** Of one ledger, in one pass. */
export class TimelineFold {
  private readonly vus = new TimelineVus();
  private readonly stages: number;
  private readonly warmup: readonly boolean[];
  private readonly kinds: readonly Step["kind"][];
  private readonly measuredFromTick: Tick;
  /** By step × stage, and by step × stage × outcome. */
  private readonly requestColumns: RequestColumns[] = [];
  private readonly endColumns: EndColumns[] = [];

  constructor(
    plan: Plan,
    private readonly widthTicks: Tick,
    private readonly counts: TimelineCounts,
    private readonly times: TimelineTimes,
  ) {
    this.stages = plan.load.stages.length;
    this.warmup = plan.load.stages.map(({ warmup }) => warmup);
    this.kinds = plan.steps.map(({ kind }) => kind);
    this.measuredFromTick = measuredStart(plan);
  }

  visit({ words, records }: RecordBlock): void {
    for (let index = 0, at = 0; index < records; index++, at += WORD.words) {
      const kind = words[at + WORD.kindAndStep] & 0xffff;
      if ((kind & CONTINUATION) !== 0 || isOnce(words[at + WORD.session])) continue;
      switch (kind) {
        case KIND.requestIssued:
          this.requestIssued(words, at);
          break;
        case KIND.responseEnded:
          this.responseEnded(words, at);
          break;
        case KIND.requestFailed:
          this.requestFailed(words, at);
          break;
        case KIND.sessionStarted:
          this.sessionStarted(words, at);
          break;
        case KIND.sessionEnded:
          this.sessionEnded(words, at);
          break;
        case KIND.connectionOpened:
          this.connectionOpened(words, at);
          break;
        case KIND.messageReceived:
          this.messageReceived(words, at);
          break;
        case KIND.arrivalDropped:
          this.counts.dropped.of(words[at + WORD.a]).dropped[this.stretchOf(tickAt(words, at))]++;
          break;
        case KIND.loopGap:
          this.loopGap(tickAt(words, at), words[at + WORD.a]);
          break;
        default:
      }
    }
  }

  private sessionStarted(words: Uint32Array, at: number): void {
    const row = this.vus.reach(words[at + WORD.vu]);
    const { rows } = this.vus;
    const stage = words[at + WORD.a];
    const tick = tickAt(words, at);
    const cell = (words[at + WORD.kindAndStep] >>> 16) * this.stages + stage;
    rows[row + VU.sessionCell] = cell;
    rows[row + VU.stage] = stage;
    rows[row + VU.cell] = -1;
    const { started, sessionTicks } = this.counts.sessions.of(cell);
    const stretch = this.stretchOf(tick);
    started[stretch]++;
    sessionTicks[stretch] += this.ticksLeft(stretch, tick);
  }

  private sessionEnded(words: Uint32Array, at: number): void {
    const row = this.vus.reach(words[at + WORD.vu]);
    const tick = tickAt(words, at);
    const { sessionsEnded, sessionTicks } = this.counts.sessions.of(this.vus.rows[row + VU.sessionCell]);
    const stretch = this.stretchOf(tick);
    sessionsEnded[stretch]++;
    sessionTicks[stretch] -= this.ticksLeft(stretch, tick);
  }

  private requestIssued(words: Uint32Array, at: number): void {
    const row = this.vus.reach(words[at + WORD.vu]);
    const { rows } = this.vus;
    const stage = rows[row + VU.stage];
    const step = words[at + WORD.kindAndStep] >>> 16;
    const cell = step * this.stages + stage;
    const issuedTick = tickAt(words, at);
    const lag = words[at + WORD.a];
    const blocked = words[at + WORD.b];
    rows[row + VU.cell] = cell;
    rows[row + VU.dueTick] = issuedTick - lag - blocked;
    rows[row + VU.issuedTick] = issuedTick;
    rows[row + VU.lag] = lag;
    rows[row + VU.blocked] = blocked;
    rows[row + VU.dns] = rows[row + VU.connect] = rows[row + VU.tls] = 0;
    const columns = this.requestColumnsOf(cell);
    const stretch = this.stretchOf(issuedTick);
    columns.due[this.stretchOf(issuedTick - lag - blocked)]++;
    columns.issued[stretch]++;
    if (this.kinds[step] === "send") columns.sent[stretch]++;
    else columns.inFlightTicks[stretch] += this.ticksLeft(stretch, issuedTick);
    if (!this.warmup[stage] && this.kinds[step] !== "receive") this.times.lag(stretch, lag);
  }

  private connectionOpened(words: Uint32Array, at: number): void {
    const row = this.vus.reach(words[at + WORD.vu]);
    const { rows } = this.vus;
    rows[row + VU.dns] = words[at + WORD.a];
    rows[row + VU.connect] = words[at + WORD.b];
    rows[row + VU.tls] = words[at + WORD.c];
  }

  private responseEnded(words: Uint32Array, at: number): void {
    const row = this.vus.reach(words[at + WORD.vu]);
    const { rows } = this.vus;
    const cell = rows[row + VU.cell];
    const end = tickAt(words, at);
    const stretch = this.stretchOf(end);
    const told = words[at + WORD.c];
    const isRequest = this.kinds[Math.floor(cell / this.stages)] === "request";
    const outcome = isRequest ? outcomeOfStatus(told & 0xffff) : OUTCOME.webSocket;
    const columns = this.requestColumnsOf(cell);
    const service = end - rows[row + VU.issuedTick];
    const toFirstByte = words[at + WORD.a];
    const opening = rows[row + VU.dns] + rows[row + VU.connect] + rows[row + VU.tls];
    columns.responses[stretch]++;
    columns.lagTicks[stretch] += rows[row + VU.lag];
    columns.blockedTicks[stretch] += rows[row + VU.blocked];
    columns.dnsTicks[stretch] += rows[row + VU.dns];
    columns.connectTicks[stretch] += rows[row + VU.connect];
    columns.tlsTicks[stretch] += rows[row + VU.tls];
    columns.waitTicks[stretch] += toFirstByte - opening;
    columns.receiveTicks[stretch] += service - toFirstByte;
    if (told >>> 24 > 0) this.error(cell, outcome, 0, stretch);
    this.ended(row, cell, outcome, stretch, end);
    this.times.responseTime(stretch, cell, outcome, end - rows[row + VU.dueTick]);
  }

  private requestFailed(words: Uint32Array, at: number): void {
    const row = this.vus.reach(words[at + WORD.vu]);
    const { rows } = this.vus;
    const cell = rows[row + VU.cell];
    const end = tickAt(words, at);
    const stretch = this.stretchOf(end);
    const code = words[at + WORD.a];
    const { phase, name } = requestError(code);
    const isTimeout = name.endsWith(".timeout");
    const outcome = phase === "stop" ? OUTCOME.cancelled : isTimeout ? OUTCOME.timeout : OUTCOME.noResponse;
    this.ended(row, cell, outcome, stretch, end);
    if (phase !== "stop") this.error(cell, outcome, code, stretch);
    if (isTimeout) this.times.responseTime(stretch, cell, outcome, end - rows[row + VU.dueTick]);
  }

  /** What is sent on a WebSocket has an end only where it could not be sent. */
  private ended(row: number, cell: number, outcome: number, stretch: number, end: Tick): void {
    const key = cell * OUTCOMES.length + outcome;
    const columns = this.endColumns[key] ??= this.counts.ends.of(key);
    columns.ended[stretch]++;
    const { inFlightTicks, sent } = this.requestColumnsOf(cell);
    if (this.kinds[Math.floor(cell / this.stages)] === "send") {
      sent[this.stretchOf(this.vus.rows[row + VU.issuedTick])]--;
    } else {
      inFlightTicks[stretch] -= this.ticksLeft(stretch, end);
    }
    this.vus.rows[row + VU.cell] = -1;
  }

  private error(cell: number, outcome: number, code: number, stretch: number): void {
    this.counts.errors.of((cell * OUTCOMES.length + outcome) * CODES + code).errors[stretch]++;
  }

  private messageReceived(words: Uint32Array, at: number): void {
    const kind = words[at + WORD.c];
    if (kind === MESSAGE.ping || kind === MESSAGE.pong || kind === MESSAGE.close) return;
    const row = this.vus.reach(words[at + WORD.vu]);
    const step = words[at + WORD.kindAndStep] >>> 16;
    const cell = step * this.stages + this.vus.rows[row + VU.stage];
    this.requestColumnsOf(cell).received[this.stretchOf(tickAt(words, at))]++;
  }

  /** A gap is spread over the stretches in which it lies; its length stands where it ended. Only measured time counts. */
  private loopGap(endTick: Tick, lengthTicks: Tick): void {
    const begin = Math.max(endTick - lengthTicks, this.measuredFromTick);
    if (begin >= endTick) return;
    const { gapTicks, gapMax } = this.counts.gaps.of(0);
    const last = this.stretchOf(endTick);
    gapMax[last] = Math.max(gapMax[last], endTick - begin);
    for (let stretch = this.stretchOf(begin); stretch <= last; stretch++) {
      const from = Math.max(begin, stretch * this.widthTicks);
      const to = stretch === last ? endTick : (stretch + 1) * this.widthTicks;
      gapTicks[stretch] += to - from;
    }
  }

  private requestColumnsOf(cell: number): RequestColumns {
    return this.requestColumns[cell] ??= this.counts.requests.of(cell);
  }

  /** What a ledger without an end tells last may lie behind its last observation. */
  private stretchOf(tick: Tick): number {
    return Math.min(Math.floor(tick / this.widthTicks), this.counts.length - 1);
  }

  private ticksLeft(stretch: number, tick: Tick): Tick {
    return (stretch + 1) * this.widthTicks - tick;
  }
}
