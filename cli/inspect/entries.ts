/** A ledger's records as entries: one for each request, when it has ended, or one for each record. */
import { requestError } from "../../runtime/ledger/errors.ts";
import { WORD } from "../../runtime/ledger/layout.ts";
import type { RecordBlock } from "../../runtime/ledger/reader.ts";
import { CONTINUATION, KIND, NO_STEP, NONE } from "../../runtime/ledger/record.ts";
import { recordText } from "../../runtime/ledger/text.ts";
import type { Plan } from "../../runtime/plan.ts";
import { isOnce } from "../../runtime/reduce/course.ts";
import { isOnWebSocket } from "../../runtime/reduce/scope.ts";
import { tickAt } from "../../runtime/reduce/tick_at.ts";
import { type Entry, newEntry, NO_NOTES, type Note, type Outcome } from "./entry.ts";
import { OpenRequests } from "./open_requests.ts";

export type EntryMode = "requests" | "records";

export class EntryFold {
  /** Texts take their time; who needs none says so. */
  readsTexts = true;
  readonly #plan: Plan;
  readonly #mode: EntryMode;
  readonly #visit: (entry: Entry) => void;
  readonly #open = new OpenRequests();
  readonly #entry = newEntry();
  readonly #isSent: readonly boolean[];
  readonly #isExchange: readonly boolean[];
  /** The request in `#entry` has ended, and what may still be said of it is its failed checks and captured values. */
  #pending = false;

  constructor(plan: Plan, mode: EntryMode, visit: (entry: Entry) => void) {
    this.#plan = plan;
    this.#mode = mode;
    this.#visit = visit;
    this.#isSent = plan.steps.map(({ kind }) => kind === "send");
    this.#isExchange = plan.steps.map(isOnWebSocket);
  }

  visit(block: RecordBlock): void {
    const { words, records } = block;
    for (let index = 0, at = 0; index < records; index++, at += WORD.words) {
      const kind = words[at + WORD.kindAndStep] & 0xffff;
      if ((kind & CONTINUATION) !== 0) continue;
      if (this.#mode === "records") {
        this.#record(block, index, kind);
        this.#follow(words, at, kind);
      } else this.#request(block, index, kind);
    }
  }

  /** The last request is told. */
  end(): void {
    this.#flush();
  }

  #request(block: RecordBlock, index: number, kind: number): void {
    const { words } = block;
    const at = index * WORD.words;
    const vu = words[at + WORD.vu];
    if (this.#pending && this.#continues(block, index, kind, vu)) return;
    this.#flush();
    this.#follow(words, at, kind);
    if (kind === KIND.responseEnded || kind === KIND.requestFailed) {
      this.#fill(block, index, kind);
      this.#ended(block, index, kind);
      this.#pending = true;
    } else if (kind === KIND.requestIssued && this.#isSent[words[at + WORD.kindAndStep] >>> 16]) {
      this.#fill(block, index, kind);
      this.#entry.outcome = "sent";
      this.#timed(vu);
      this.#pending = true;
    }
  }

  /** What is said right behind the end of the pending request, of the same VU, belongs to it. */
  #continues(block: RecordBlock, index: number, kind: number, vu: number): boolean {
    if (vu !== this.#entry.vu) return false;
    if (kind === KIND.checkFailed || kind === KIND.valueCaptured) {
      this.#note(block, index, kind);
      return true;
    }
    if (kind !== KIND.requestFailed || this.#entry.outcome !== "sent") return false;
    this.#fill(block, index, kind);
    this.#ended(block, index, kind);
    return true;
  }

  #flush(): void {
    if (!this.#pending) return;
    this.#pending = false;
    this.#visit(this.#entry);
  }

  #record(block: RecordBlock, index: number, kind: number): void {
    this.#fill(block, index, kind);
    if (kind === KIND.sessionStarted) this.#entry.stage = block.words[index * WORD.words + WORD.a];
    if (kind === KIND.responseEnded || kind === KIND.requestFailed) this.#ended(block, index, kind);
    else this.#note(block, index, kind);
    this.#visit(this.#entry);
  }

  /** What the record says by itself. */
  #fill({ words }: RecordBlock, index: number, kind: number): void {
    const at = index * WORD.words;
    const it = this.#entry;
    const [session, vu, step] = [
      words[at + WORD.session],
      words[at + WORD.vu],
      words[at + WORD.kindAndStep] >>> 16,
    ];
    const isOfFlow = kind === KIND.sessionStarted || kind === KIND.sessionEnded;
    forget(it);
    it.kind = kind;
    it.tick = tickAt(words, at);
    it.session = session === NONE ? -1 : session;
    it.vu = vu === NONE ? -1 : vu;
    it.step = isOfFlow || step === NO_STEP ? -1 : step;
    it.flow = isOfFlow ? step : it.step >= 0 ? this.#plan.steps[step]?.flow ?? -1 : -1;
    it.stage = vu === NONE || isOnce(session) ? -1 : this.#open.stageOf(vu);
    it.a = words[at + WORD.a];
    it.b = words[at + WORD.b];
    it.c = words[at + WORD.c];
  }

  /** What the end of a request says of it, with what is known of its beginning. */
  #ended(block: RecordBlock, index: number, kind: number): void {
    const it = this.#entry;
    this.#timed(it.vu);
    it.receivedBytes = it.b;
    const service = it.tick - it.issuedTick;
    const response = it.tick - it.dueTick;
    if (kind === KIND.responseEnded) {
      it.outcome = it.c >>> 24 > 0 ? "unexpected" : "good";
      it.status = it.c & 0xffff;
      it.firstByteTicks = it.a;
      it.serviceTicks = service;
      it.responseTicks = response;
      if (!this.#isExchange[it.step]) it.connection = this.#open.hasOpened(it.vu) ? "opened" : "reused";
      return;
    }
    const error = requestError(it.a);
    it.error = it.a;
    it.outcome = outcomeOf(error.phase === "stop");
    if (it.c !== NONE) it.firstByteTicks = it.c;
    if (error.name.endsWith(".timeout")) {
      it.serviceTicks = service;
      it.responseTicks = response;
    }
    if (this.#open.hasOpened(it.vu)) it.connection = "opened";
    this.#note(block, index, kind);
  }

  #timed(vu: number): void {
    const it = this.#entry;
    const open = this.#open;
    it.issuedTick = open.issuedTick[vu];
    it.lagTicks = open.lagTicks[vu];
    it.blockedTicks = open.blockedTicks[vu];
    it.dueTick = it.issuedTick - it.lagTicks - it.blockedTicks;
    it.sentBytes = open.sentBytes[vu];
    if (!open.hasOpened(vu)) return;
    it.dnsTicks = open.dnsTicks[vu];
    it.connectTicks = open.connectTicks[vu];
    it.tlsTicks = open.tlsTicks[vu];
  }

  #note({ words, records }: RecordBlock, index: number, kind: number): void {
    if (kind === KIND.valueCaptured && !this.readsTexts) return;
    const text = this.readsTexts ? recordText(words, records, index) : null;
    if (text === null && kind !== KIND.checkFailed && kind !== KIND.valueCaptured) return;
    const note: Note = { kind, a: words[index * WORD.words + WORD.a], text: text ?? "" };
    this.#entry.notes = [...this.#entry.notes, note];
  }

  #follow(words: Uint32Array, at: number, kind: number): void {
    switch (kind) {
      case KIND.sessionStarted:
        this.#open.sessionStarted(words[at + WORD.vu], words[at + WORD.a]);
        break;
      case KIND.requestIssued:
        this.#open.issued(words, at);
        break;
      case KIND.connectionOpened:
        this.#open.connectionOpened(words, at);
        break;
      default:
    }
  }
}

/** What the record itself does not say; faster than to make a new entry, and there are millions. */
function forget(it: Entry): void {
  it.outcome = null;
  it.dueTick =
    it.issuedTick =
    it.status =
    it.error =
      -1;
  it.responseTicks =
    it.serviceTicks =
    it.firstByteTicks =
    it.lagTicks =
    it.blockedTicks =
      -1;
  it.dnsTicks =
    it.connectTicks =
    it.tlsTicks =
    it.sentBytes =
    it.receivedBytes =
      -1;
  it.connection = null;
  it.notes = NO_NOTES;
}

function outcomeOf(isCancelled: boolean): Outcome {
  return isCancelled ? "cancelled" : "failed";
}
