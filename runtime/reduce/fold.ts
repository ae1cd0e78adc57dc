/** One pass over a ledger's records: what each of them says, told to counters and to the series of samples. */
import { requestError } from "../ledger/errors.ts";
import { WORD } from "../ledger/layout.ts";
import { CONTINUATION, END, KIND, MESSAGE, NONE } from "../ledger/record.ts";
import type { Plan, Step } from "../plan.ts";
import type { Counters } from "./counters.ts";
import { type Course, isOnce } from "./course.ts";
import { FINE, LATE_TICKS, UNEXPECTED } from "./diagnosis/counts.ts";
import type { RecordBlock } from "../ledger/reader.ts";
import type { Routes } from "./sample_routes.ts";
import type { Recorder } from "./series.ts";
import { tally } from "./tally.ts";
import { tickAt } from "./tick_at.ts";
import { VuTable } from "./vu_table.ts";

/** What a step does with what is recorded of it. */
const ROLE = {
  /** A request of HTTP or gRPC, and every step that sends nothing. */
  request: 0,
  /** Sends a message, which has no end but where it could not be sent. */
  send: 1,
  /** Waits on a WebSocket. */
  wait: 2,
  /** Closes a WebSocket; the status of its end is a close code. */
  close: 3,
} as const;

/** Of `connectionSecured`. */
const HTTP2 = 2;

/** On a WebSocket; messages of other kinds are part of a response, whose bytes are counted as a whole. */
const OPCODE_MAX = 15;

export class Fold {
  /** Of the record at hand, for recorders that ask. */
  session = NONE;
  private readonly vus = new VuTable();
  private readonly stages: number;
  private readonly warmup: Uint8Array;
  /** By step × stage, a `ROLE`. */
  private readonly roles: Uint8Array;

  constructor(
    private readonly plan: Plan,
    private readonly counters: Counters,
    private readonly course: Course,
    private readonly routes: Routes,
  ) {
    this.stages = plan.load.stages.length;
    this.warmup = Uint8Array.from(plan.load.stages.map((stage) => stage.warmup ? 1 : 0));
    this.roles = Uint8Array.from(plan.steps.flatMap((step) => plan.load.stages.map(() => roleOf(step))));
  }

  visit(block: RecordBlock): void {
    const { words, records } = block;
    for (let index = 0, at = 0; index < records; index++, at += WORD.words) {
      const kind = words[at + WORD.kindAndStep] & 0xffff;
      this.session = words[at + WORD.session];
      if (isOnce(this.session) && (kind & CONTINUATION) === 0) {
        this.course.visitOnce(block, index);
        continue;
      }
      switch (kind) {
        case KIND.requestPlanned:
          break;
        case KIND.requestIssued:
          this.requestIssued(words, at);
          break;
        case KIND.responseEnded:
          this.responseEnded(words, at);
          break;
        case KIND.sessionStarted:
          this.sessionStarted(words, at);
          break;
        case KIND.sessionEnded:
          this.sessionEnded(words, at);
          break;
        case KIND.requestFailed:
          this.requestFailed(block, index);
          break;
        case KIND.checkFailed:
          this.checkFailed(block, index);
          break;
        case KIND.connectionOpened:
          this.connectionOpened(words, at);
          break;
        case KIND.messageReceived:
          this.messageReceived(words, at);
          break;
        case KIND.frameAnswered:
          this.frameAnswered(words, at);
          break;
        case KIND.connectionSecured:
          this.connectionSecured(words, at);
          break;
        case KIND.redirected:
          this.onStep(words, at, this.counters.requests.redirected);
          break;
        case KIND.retried:
          this.onStep(words, at, this.counters.requests.retried);
          break;
        case KIND.arrivalDropped:
          this.arrivalDropped(words, at);
          break;
        case KIND.groupEnded:
          this.groupEnded(words, at);
          break;
        case KIND.loopGap:
          this.course.loopGap(tickAt(words, at), words[at + WORD.a]);
          break;
        case KIND.processorUsed:
          this.course.processorUsed(tickAt(words, at), words[at + WORD.a], words[at + WORD.b]);
          break;
        case KIND.runStopped:
          this.course.runStopped(tickAt(words, at), words[at + WORD.a], words[at + WORD.b]);
          break;
        case KIND.runEnded:
          this.course.runEnded(tickAt(words, at));
          break;
        // Nothing is reported of these, nor of the texts behind records, nor of kinds of a later version.
        case KIND.thinkChosen:
        case KIND.repeatChosen:
        case KIND.rowTaken:
        case KIND.valueCaptured:
        case KIND.conditionMet:
        case KIND.connectionClosed:
        case KIND.stageEntered:
        default:
      }
    }
  }

  private arrivalDropped(words: Uint32Array, at: number): void {
    const stage = this.stageOf(words, at);
    this.counters.dropped[stage]++;
    if (this.warmup[stage] === 0) this.counters.diagnosis?.arrival(tickAt(words, at), true);
  }

  private sessionStarted(words: Uint32Array, at: number): void {
    const { vus } = this;
    const vu = words[at + WORD.vu];
    const flow = words[at + WORD.kindAndStep] >>> 16;
    const stage = this.stageOf(words, at);
    if (vu === NONE || flow >= this.plan.flows.length) {
      throw inconsistent(`a session of flow ${flow} on VU ${vu}`);
    }
    vus.reach(vu);
    const cell = flow * this.stages + stage;
    vus.sessionCell[vu] = cell;
    vus.stage[vu] = stage;
    vus.startTick[vu] = tickAt(words, at);
    vus.requestCell[vu] = -1;
    this.counters.sessions.started[cell]++;
    if (this.warmup[stage] === 0) this.counters.diagnosis?.arrival(vus.startTick[vu], false);
  }

  private sessionEnded(words: Uint32Array, at: number): void {
    const { vus, counters } = this;
    const vu = this.vuOf(words, at);
    const cell = vus.sessionCell[vu];
    vus.sessionCell[vu] = -1;
    this.course.seen(tickAt(words, at));
    switch (words[at + WORD.a]) {
      case END.completed:
        counters.sessions.completed[cell]++;
        record(this.routes.session_time[cell], tickAt(words, at) - vus.startTick[vu]);
        break;
      case END.stepFailed:
        counters.sessions.stepFailed[cell]++;
        break;
      default:
        counters.sessions.stopped[cell]++;
    }
  }

  private requestIssued(words: Uint32Array, at: number): void {
    const { vus, counters, routes } = this;
    const vu = this.vuOf(words, at);
    const cell = this.cellOf(words, at, vu);
    const issuedTick = tickAt(words, at);
    const lag = words[at + WORD.a];
    const blocked = words[at + WORD.b];
    const role = this.roles[cell];
    if (role === ROLE.request) {
      vus.hasMessage[vu] = 0;
      vus.controlTicks[vu] = 0;
    } else if (role === ROLE.send) {
      this.measured(vu, issuedTick);
    }
    vus.requestCell[vu] = cell;
    vus.issuedTick[vu] = issuedTick;
    vus.dueTick[vu] = issuedTick - lag - blocked;
    vus.opened[vu] = 0;
    counters.requests.issued[cell]++;
    counters.requests.bytesSent[cell] += words[at + WORD.c];
    if (lag >= LATE_TICKS && role !== ROLE.wait && this.warmup[vus.stage[vu]] === 0) {
      counters.diagnosis?.late(vus.dueTick[vu], lag);
    }
    record(routes.lag[cell], lag);
    record(routes.blocked[cell], blocked);
  }

  private responseEnded(words: Uint32Array, at: number): void {
    const { vus, counters, routes } = this;
    const vu = this.vuOf(words, at);
    const cell = this.endRequest(vu);
    const end = tickAt(words, at);
    const outcome = words[at + WORD.c];
    const failedChecks = outcome >>> 24;
    const role = this.roles[cell];
    const { requests } = counters;
    requests.responded[cell]++;
    // What was waited for on a WebSocket was counted when it came.
    if (role === ROLE.request) requests.bytesReceived[cell] += words[at + WORD.b];
    requests.checksPassed[cell] += (outcome >>> 16) & 0xff;
    requests.checksFailed[cell] += failedChecks;
    if (failedChecks > 0) requests.unexpected[cell]++;
    if (vus.opened[vu] === 0 && role === ROLE.request) requests.reused[cell]++;
    this.course.seen(end);
    if (this.warmup[vus.stage[vu]] === 1) return;
    counters.lastEndTick = Math.max(counters.lastEndTick, end);
    if (role === ROLE.request) counters.statuses[outcome & 0xffff]++;
    else if (role === ROLE.close) countOne(counters.closeCodes, outcome & 0xffff);
    const what = failedChecks === 0 ? FINE : UNEXPECTED + (outcome & 0xffff);
    counters.diagnosis?.requestEnded(
      Math.floor(cell / this.stages),
      vus.dueTick[vu],
      end,
      role === ROLE.request,
      what,
    );
    record(routes.response_time[cell], end - vus.dueTick[vu]);
    record(routes.service_time[cell], end - vus.issuedTick[vu]);
    record(routes.first_byte[cell], words[at + WORD.a]);
  }

  private requestFailed(block: RecordBlock, index: number): void {
    const { words } = block;
    const { vus, counters, routes } = this;
    const at = index * WORD.words;
    const vu = this.vuOf(words, at);
    const cell = this.endRequest(vu);
    const end = tickAt(words, at);
    const code = words[at + WORD.a];
    const error = requestError(code);
    if (this.roles[cell] === ROLE.request) counters.requests.bytesReceived[cell] += words[at + WORD.b];
    this.course.seen(end);
    if (error.phase === "stop") {
      counters.requests.cancelled[cell]++;
      return;
    }
    counters.requests.failed[cell]++;
    if (this.warmup[vus.stage[vu]] === 1) return;
    counters.lastEndTick = Math.max(counters.lastEndTick, end);
    tally(counters.errors, block, index, Math.floor(cell / this.stages), code);
    const isTimeout = error.name.endsWith(".timeout");
    const isRequest = this.roles[cell] === ROLE.request;
    const step = Math.floor(cell / this.stages);
    counters.diagnosis?.requestEnded(step, vus.dueTick[vu], end, isRequest, code, isTimeout);
    if (!isTimeout) return;
    // A timeout tells that the response would have taken at least this long: leaving it out would flatter the target.
    record(routes.response_time[cell], end - vus.dueTick[vu]);
    record(routes.service_time[cell], end - vus.issuedTick[vu]);
  }

  private checkFailed(block: RecordBlock, index: number): void {
    const { words } = block;
    const at = index * WORD.words;
    const vu = this.vuOf(words, at);
    if (this.warmup[this.vus.stage[vu]] === 1) return;
    const step = words[at + WORD.kindAndStep] >>> 16;
    tally(this.counters.failedChecks, block, index, step, words[at + WORD.a]);
  }

  /** Counts a record by its step and by the stage of its session. */
  private onStep(words: Uint32Array, at: number, column: Float64Array): void {
    column[this.cellOf(words, at, this.vuOf(words, at))]++;
  }

  /** The record's step, and the stage of its session. */
  private cellOf(words: Uint32Array, at: number, vu: number): number {
    const step = words[at + WORD.kindAndStep] >>> 16;
    if (step >= this.plan.steps.length) throw inconsistent(`step ${step}`);
    return step * this.stages + this.vus.stage[vu];
  }

  private connectionOpened(words: Uint32Array, at: number): void {
    const vu = this.vuOf(words, at);
    const cell = this.vus.requestCell[vu];
    if (cell < 0) throw inconsistent(`a connection of no request on VU ${vu}`);
    this.vus.opened[vu] = 1;
    this.vus.tlsTicks[vu] = words[at + WORD.c];
    this.counters.requests.opened[cell]++;
    record(this.routes.dns[cell], words[at + WORD.a]);
    record(this.routes.connect[cell], words[at + WORD.b]);
  }

  private connectionSecured(words: Uint32Array, at: number): void {
    const vu = this.vuOf(words, at);
    const cell = this.vus.requestCell[vu];
    if (cell < 0 || this.vus.opened[vu] === 0) throw inconsistent(`TLS on no connection of VU ${vu}`);
    const { requests } = this.counters;
    requests.secured[cell]++;
    if (words[at + WORD.a] === HTTP2) requests.securedHttp2[cell]++;
    if (words[at + WORD.b] === 1) requests.resumed[cell]++;
    record(this.routes.tls[cell], this.vus.tlsTicks[vu]);
  }

  // Messages.

  private messageReceived(words: Uint32Array, at: number): void {
    const { vus, counters } = this;
    const vu = this.vuOf(words, at);
    const cell = this.cellOf(words, at, vu);
    const kind = words[at + WORD.c];
    const bytes = words[at + WORD.b];
    const sinceTicks = vus.controlTicks[vu] + words[at + WORD.a];
    if (kind <= OPCODE_MAX) counters.requests.bytesReceived[cell] += bytes;
    this.measured(vu, tickAt(words, at));
    if (kind === MESSAGE.ping || kind === MESSAGE.pong || kind === MESSAGE.close) {
      vus.controlTicks[vu] = sinceTicks;
      return;
    }
    counters.messages.received[cell]++;
    counters.messages.receivedBytes[cell] += bytes;
    const { message_gap, first_message } = this.routes;
    record(vus.hasMessage[vu] === 1 ? message_gap[cell] : first_message[cell], sinceTicks);
    vus.hasMessage[vu] = 1;
    vus.controlTicks[vu] = 0;
  }

  private frameAnswered(words: Uint32Array, at: number): void {
    const cell = this.cellOf(words, at, this.vuOf(words, at));
    this.counters.requests.bytesSent[cell] += words[at + WORD.b];
  }

  /** Something of the load was done at that tick. */
  private measured(vu: number, tick: number): void {
    this.course.seen(tick);
    if (this.warmup[this.vus.stage[vu]] === 1) return;
    this.counters.lastEndTick = Math.max(this.counters.lastEndTick, tick);
  }

  /** What a group that did not go through took says nothing of how long it takes. */
  private groupEnded(words: Uint32Array, at: number): void {
    const { groups } = this.counters;
    this.onStep(words, at, groups.passes);
    if (words[at + WORD.c] !== 0) return;
    this.onStep(words, at, groups.wentThrough);
    const step = words[at + WORD.kindAndStep] >>> 16;
    const cell = step * this.stages + this.vus.stage[words[at + WORD.vu]];
    const elapsed = words[at + WORD.a];
    record(this.routes.group_elapsed[cell], elapsed);
    record(this.routes.group_time[cell], elapsed - words[at + WORD.b]);
  }

  private endRequest(vu: number): number {
    const cell = this.vus.requestCell[vu];
    if (cell < 0) throw inconsistent(`an answer to no request on VU ${vu}`);
    this.vus.requestCell[vu] = -1;
    return cell;
  }

  private vuOf(words: Uint32Array, at: number): number {
    const vu = words[at + WORD.vu];
    if (!this.vus.has(vu)) throw inconsistent(`a record on VU ${vu}, which carries no session`);
    return vu;
  }

  private stageOf(words: Uint32Array, at: number): number {
    const stage = words[at + WORD.a];
    if (stage >= this.stages) throw inconsistent(`stage ${stage}`);
    return stage;
  }
}

function roleOf({ kind }: Step): number {
  switch (kind) {
    case "send":
      return ROLE.send;
    case "receive":
    case "ping":
      return ROLE.wait;
    case "close":
      return ROLE.close;
    case "request":
    case "think":
    case "group":
      return ROLE.request;
  }
}

function countOne(counts: Map<number, number>, key: number): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function record(recorders: readonly Recorder[], value: number): void {
  for (let index = 0; index < recorders.length; index++) recorders[index].add(value);
}

function inconsistent(what: string): Error {
  return new Error(`the ledger contradicts itself: ${what}; its bytes are whole, so this is a bug of z6c`);
}
