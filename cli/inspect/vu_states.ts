/** What every VU is doing after a number of records: one typed array a column, grown when a higher VU appears. */
import { WORD } from "../../runtime/ledger/layout.ts";
import { KIND } from "../../runtime/ledger/record.ts";
import type { Plan, Tick } from "../../runtime/plan.ts";
import { tickAt } from "../../runtime/reduce/tick_at.ts";

export const DOING = {
  /** Carries no session. */
  nothing: 0,
  /** Between two steps: the next one is due. */
  between: 1,
  /** Wants to send, and has not: the generator is late, or no connection is free. */
  wanting: 2,
  inFlight: 3,
  thinking: 4,
  /** Waits before it tries again. */
  retrying: 5,
} as const;

/** `sinceTick`: when it began to; `untilTick`: of thinking and retrying. `status`, `error`: of the last request; 0 for none. */
const COLUMNS = {
  doing: Uint8Array,
  session: Uint32Array,
  flow: Uint16Array,
  stage: Uint32Array,
  step: Uint16Array,
  startTick: Float64Array,
  sinceTick: Float64Array,
  untilTick: Float64Array,
  requests: Uint32Array,
  status: Uint16Array,
  error: Uint16Array,
} as const;

type Columns = { [Name in keyof typeof COLUMNS]: InstanceType<(typeof COLUMNS)[Name]> };

export class VuStates {
  /** Of the run, as last entered; −1 before the first. */
  enteredStage = -1;
  /** When no more sessions arrive, −1 for not yet. */
  stoppedTick: Tick = -1;
  dropped = 0;
  #columns: Columns;
  readonly #isSent: readonly boolean[];

  /** `isSent`: by step, whether it sends a message, which has no end. */
  constructor(isSent: readonly boolean[], capacity = 64) {
    this.#isSent = isSent;
    this.#columns = newColumns(capacity);
  }

  /** Nobody does anything yet. */
  static before(plan: Plan): VuStates {
    return new VuStates(plan.steps.map(({ kind }) => kind === "send"));
  }

  get columns(): Readonly<Columns> {
    return this.#columns;
  }

  /** How many VUs there is room for. */
  get capacity(): number {
    return this.#columns.doing.length;
  }

  /** Of all columns. */
  get bytes(): number {
    return Object.values(this.#columns).reduce((sum, column) => sum + column.byteLength, 0);
  }

  /** The same again, which goes its own way. */
  copy(): VuStates {
    return new VuStates(this.#isSent, 1).#become(this, this.capacity);
  }

  /** Takes the record at word `at` into account. */
  apply(words: Uint32Array, at: number): void {
    const vu = words[at + WORD.vu];
    switch (words[at + WORD.kindAndStep] & 0xffff) {
      case KIND.sessionStarted:
        this.#started(words, at, vu);
        break;
      case KIND.requestPlanned:
        this.#does(words, at, vu, DOING.wanting);
        break;
      case KIND.requestIssued:
        this.#issued(words, at, vu);
        break;
      case KIND.responseEnded:
        this.#ended(words, at, vu, words[at + WORD.c] & 0xffff, 0);
        break;
      case KIND.requestFailed:
        this.#ended(words, at, vu, 0, words[at + WORD.a]);
        break;
      case KIND.thinkChosen: {
        this.#does(words, at, vu, DOING.thinking);
        const ticks = words[at + WORD.a] + words[at + WORD.b] * 2 ** 32;
        this.#columns.untilTick[vu] = tickAt(words, at) + ticks;
        break;
      }
      case KIND.retried:
        this.#does(words, at, vu, DOING.retrying);
        this.#columns.untilTick[vu] = tickAt(words, at) + words[at + WORD.b];
        break;
      case KIND.sessionEnded:
        if (vu < this.capacity) this.#columns.doing[vu] = DOING.nothing;
        break;
      case KIND.stageEntered:
        this.enteredStage = words[at + WORD.a];
        break;
      case KIND.arrivalDropped:
        this.dropped++;
        break;
      case KIND.runStopped:
        if (this.stoppedTick < 0) this.stoppedTick = tickAt(words, at);
        break;
      // Nothing of these changes what a VU is doing.
      default:
    }
  }

  #started(words: Uint32Array, at: number, vu: number): void {
    if (vu >= this.capacity) this.#become(this, 2 ** Math.ceil(Math.log2(vu + 1)));
    const columns = this.#columns;
    columns.doing[vu] = DOING.between;
    columns.session[vu] = words[at + WORD.session];
    columns.flow[vu] = words[at + WORD.kindAndStep] >>> 16;
    columns.stage[vu] = words[at + WORD.a];
    columns.step[vu] = 0xffff;
    columns.startTick[vu] = columns.sinceTick[vu] = tickAt(words, at);
    columns.requests[vu] = 0;
    columns.status[vu] = 0;
    columns.error[vu] = 0;
  }

  #does(words: Uint32Array, at: number, vu: number, doing: number): void {
    if (vu >= this.capacity) return;
    const columns = this.#columns;
    columns.doing[vu] = doing;
    columns.step[vu] = words[at + WORD.kindAndStep] >>> 16;
    columns.sinceTick[vu] = tickAt(words, at);
  }

  /** A message that is sent has no end. */
  #issued(words: Uint32Array, at: number, vu: number): void {
    const isSent = this.#isSent[words[at + WORD.kindAndStep] >>> 16];
    this.#does(words, at, vu, isSent ? DOING.between : DOING.inFlight);
    if (isSent && vu < this.capacity) this.#columns.requests[vu]++;
  }

  #ended(words: Uint32Array, at: number, vu: number, status: number, error: number): void {
    if (vu >= this.capacity) return;
    const columns = this.#columns;
    this.#does(words, at, vu, DOING.between);
    columns.status[vu] = status;
    columns.error[vu] = error;
    // A message that was sent and turns out to be lost was counted when it was sent.
    if (!this.#isSent[columns.step[vu]]) columns.requests[vu]++;
  }

  #become(other: VuStates, capacity: number): this {
    const columns = newColumns(capacity);
    for (const [name, column] of Object.entries(other.#columns)) columns[name as keyof Columns].set(column);
    this.#columns = columns;
    this.enteredStage = other.enteredStage;
    this.stoppedTick = other.stoppedTick;
    this.dropped = other.dropped;
    return this;
  }
}

function newColumns(capacity: number): Columns {
  return Object.fromEntries(
    Object.entries(COLUMNS).map(([name, Column]) => [name, new Column(capacity)]),
  ) as Columns;
}
