/** One pass over a ledger's records: what each of them says, told to counters and to the series of samples. */
import { requestError } from "../ledger/errors.ts";
import { WORD } from "../ledger/layout.ts";
import { CONTINUATION, END, KIND, NONE } from "../ledger/record.ts";
import type { Plan } from "../plan.ts";
import type { Counters } from "./counters.ts";
import { type Course, isOnce } from "./course.ts";
import type { RecordBlock } from "../ledger/reader.ts";
import type { Routes } from "./sample_routes.ts";
import type { Recorder } from "./series.ts";
import { tally } from "./tally.ts";
import { tickAt } from "./tick_at.ts";
import { VuTable } from "./vu_table.ts";

export class Fold {
  private readonly vus = new VuTable();
  private readonly stages: number;
  private readonly warmup: Uint8Array;

  constructor(
    private readonly plan: Plan,
    private readonly counters: Counters,
    private readonly course: Course,
    private readonly routes: Routes,
  ) {
    this.stages = plan.load.stages.length;
    this.warmup = Uint8Array.from(plan.load.stages.map((stage) => stage.warmup ? 1 : 0));
  }

  visit(block: RecordBlock): void {
    const { words, records } = block;
    for (let index = 0, at = 0; index < records; index++, at += WORD.words) {
      const kind = words[at + WORD.kindAndStep] & 0xffff;
      if (isOnce(words[at + WORD.session]) && (kind & CONTINUATION) === 0) {
        this.course.visitOnce(block, index);
        continue;
      }
      switch (kind) {
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
        case KIND.redirected:
          this.onStep(words, at, this.counters.requests.redirected);
          break;
        case KIND.retried:
          this.onStep(words, at, this.counters.requests.retried);
          break;
        case KIND.arrivalDropped:
          this.counters.dropped[this.stageOf(words, at)]++;
          break;
        case KIND.groupEnded:
          this.groupEnded(words, at);
          break;
        case KIND.loopGap:
          this.course.loopGap(tickAt(words, at), words[at + WORD.a]);
          break;
        case KIND.runStopped:
          this.course.runStopped(tickAt(words, at), words[at + WORD.a], words[at + WORD.b]);
          break;
        case KIND.runEnded:
          this.course.runEnded(tickAt(words, at));
          break;
        // Nothing is reported of these, nor of the texts behind records, nor of kinds of a later version.
        case KIND.requestPlanned:
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
    const step = words[at + WORD.kindAndStep] >>> 16;
    if (step >= this.plan.steps.length) throw inconsistent(`step ${step}`);
    const cell = step * this.stages + vus.stage[vu];
    const issuedTick = tickAt(words, at);
    const lag = words[at + WORD.a];
    const blocked = words[at + WORD.b];
    vus.requestCell[vu] = cell;
    vus.issuedTick[vu] = issuedTick;
    vus.dueTick[vu] = issuedTick - lag - blocked;
    vus.opened[vu] = 0;
    counters.requests.issued[cell]++;
    counters.requests.bytesSent[cell] += words[at + WORD.c];
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
    const { requests } = counters;
    requests.responded[cell]++;
    requests.bytesReceived[cell] += words[at + WORD.b];
    requests.checksPassed[cell] += (outcome >>> 16) & 0xff;
    requests.checksFailed[cell] += failedChecks;
    if (failedChecks > 0) requests.unexpected[cell]++;
    if (vus.opened[vu] === 0) requests.reused[cell]++;
    this.course.seen(end);
    if (this.warmup[vus.stage[vu]] === 1) return;
    counters.lastEndTick = Math.max(counters.lastEndTick, end);
    counters.statuses[outcome & 0xffff]++;
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
    counters.requests.bytesReceived[cell] += words[at + WORD.b];
    this.course.seen(end);
    if (error.phase === "stop") {
      counters.requests.cancelled[cell]++;
      return;
    }
    counters.requests.failed[cell]++;
    if (this.warmup[vus.stage[vu]] === 1) return;
    counters.lastEndTick = Math.max(counters.lastEndTick, end);
    tally(counters.errors, block, index, Math.floor(cell / this.stages), code);
    if (!error.name.endsWith(".timeout")) return;
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
    const step = words[at + WORD.kindAndStep] >>> 16;
    if (step >= this.plan.steps.length) throw inconsistent(`step ${step}`);
    column[step * this.stages + this.vus.stage[this.vuOf(words, at)]]++;
  }

  private connectionOpened(words: Uint32Array, at: number): void {
    const vu = this.vuOf(words, at);
    const cell = this.vus.requestCell[vu];
    if (cell < 0) throw inconsistent(`a connection of no request on VU ${vu}`);
    this.vus.opened[vu] = 1;
    this.counters.requests.opened[cell]++;
    record(this.routes.dns[cell], words[at + WORD.a]);
    record(this.routes.connect[cell], words[at + WORD.b]);
    record(this.routes.tls[cell], words[at + WORD.c]);
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

function record(recorders: readonly Recorder[], value: number): void {
  for (let index = 0; index < recorders.length; index++) recorders[index].add(value);
}

function inconsistent(what: string): Error {
  return new Error(`the ledger contradicts itself: ${what}; its bytes are whole, so this is a bug of z6c`);
}
