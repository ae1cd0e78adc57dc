/** How a replay turns its engine: what is recorded next says what happens next. */
import type { Engine, Phase } from "../engine/engine.ts";
import type { ReplayedHost } from "../host/replayed.ts";
import type { ReplayedLedger } from "../host/replayed_ledger.ts";
import type { RecordCursor } from "../host/replayed_records.ts";
import { ERROR, ERRORS, requestError } from "../ledger/errors.ts";
import { CLOSED, END, KIND, MESSAGE, NONE, SESSION, STOP } from "../ledger/record.ts";
import type { Plan, Tick } from "../plan.ts";
import { GAP_TICKS, type PlanRun } from "../run.ts";

/** What the turning of a phase needs to know. */
export type TurnParts = Readonly<{
  plan: Plan;
  phase: Phase;
  engine: Engine;
  host: ReplayedHost;
  cursor: RecordCursor;
  ledger: ReplayedLedger;
  planRun: PlanRun;
  /** How many shards the run has. */
  shards: number;
}>;

/** Before anything is due. */
const NEVER_YET = -1;
/** Operands end here: what is larger is written as this. */
const OPERAND_MAX = 0xffff_fffe;
const CODES: ReadonlySet<number> = new Set(ERRORS.map(({ code }) => code));

/** One phase of a replay, from its first record to its last. */
export class ReplayTurns {
  readonly #parts: TurnParts;
  readonly #once: boolean;
  /** By step, of its request. */
  readonly #timeoutTicks: Float64Array;
  /** By step: 1 where what ends has a status of HTTP. */
  readonly #isOfHttp: Uint8Array;
  /** Before its connection ended, whose request ends next; and by VU, where several requests end with a connection. */
  #beforeClose: Tick = -1;
  readonly #beforeLoss = new Map<number, Tick>();
  /** The number of the record behind that of the connection that was opened last. */
  #behindOpened = -1;

  constructor(parts: TurnParts) {
    const { plan, phase } = parts;
    this.#parts = parts;
    this.#once = phase !== "load";
    this.#timeoutTicks = new Float64Array(plan.steps.length);
    this.#isOfHttp = new Uint8Array(plan.steps.length);
    for (const it of plan.flows.flatMap(({ program }) => program)) {
      if (it.kind !== "request" && it.kind !== "webSocket") continue;
      const { kind, timeoutTicks } = plan.requests[it.request];
      this.#timeoutTicks[it.step] = timeoutTicks;
      this.#isOfHttp[it.step] = kind === "http" || kind === "webSocket" ? 1 : 0;
    }
  }

  /** Throws `ReplayEnd` where the phase does not go as it is recorded. */
  run(): void {
    const { cursor, ledger, engine } = this.#parts;
    while (cursor.has(0)) {
      const { index } = cursor;
      if (!this.#step(cursor.kind(0))) {
        this.#finish();
        engine.close();
        return;
      }
      if (cursor.index === index) ledger.refuse("there was nothing that it could have come from");
    }
    ledger.ranOut();
  }

  /** Does what is recorded next; false where that is not of this phase any more. */
  #step(kind: number): boolean {
    const since = this.#beforeClose;
    this.#beforeClose = -1;
    switch (kind) {
      case KIND.loopGap:
        this.#gap();
        return true;
      case KIND.processorUsed:
        if (this.#once) return false;
        this.#processor();
        return true;
      case KIND.runStopped:
        return this.#stop();
      case KIND.connectionOpened:
        this.#opened();
        return true;
      case KIND.connectionSecured:
        this.#secured();
        return true;
      case KIND.connectionClosed:
        return this.#closed();
      case KIND.messageReceived:
        this.#message();
        return true;
      case KIND.frameAnswered:
        this.#frame();
        return true;
      case KIND.responseEnded:
        this.#responded(since);
        return true;
      case KIND.requestFailed:
        this.#failed(since);
        return true;
      case KIND.runEnded:
        return false;
      case KIND.stageEntered:
        if (this.#once) return false;
        this.#turn();
        return true;
      case KIND.sessionStarted:
        if (!this.#isOwn(this.#parts.cursor.session(0))) return false;
        this.#turn();
        return true;
      default:
        this.#turn();
        return true;
    }
  }

  #isOwn(session: number): boolean {
    const { phase } = this.#parts;
    return phase === "load" ? session < SESSION.teardown : session === SESSION[phase];
  }

  // What the engine does by itself.

  /** The engine does what is due first. */
  #turn(): void {
    const { engine, cursor, ledger, host } = this.#parts;
    const cut = this.#once ? this.#cutTick() : -1;
    if (cut >= 0) {
      host.clock.willTell(cut);
      return engine.halt(STOP.halted);
    }
    const { index } = cursor;
    // Some of what is due leaves no record: a user of a closed load who leaves.
    for (let due = engine.nextTick(); !engine.finished && due < Infinity; due = engine.nextTick()) {
      const now = due >= engine.haltTick ? Math.max(due, this.#haltTick()) : due;
      host.clock.isPast(due);
      engine.turn(now);
      if (cursor.index > index) return;
      if (engine.nextTick() <= due) break;
    }
    ledger.refuse("nothing was due that it could have come from");
  }

  /** When those under way are ended, as is recorded next; 0 where nobody is. */
  #haltTick(): Tick {
    const { cursor } = this.#parts;
    for (let ahead = 0; cursor.has(ahead); ahead++) {
      const isEnd = cursor.kind(ahead) === KIND.sessionEnded && cursor.a(ahead) === END.runStopped;
      if (isEnd || this.#isCancelled(ahead)) return cursor.tick(ahead);
    }
    return 0;
  }

  #isCancelled(ahead: number): boolean {
    const { cursor } = this.#parts;
    return cursor.kind(ahead) === KIND.requestFailed && cursor.a(ahead) === ERROR["stop.cancelled"];
  }

  /** When what runs once is ended, by Ctrl-C or since it was waited for long enough; −1 where it is not, by now. */
  #cutTick(): Tick {
    const { cursor } = this.#parts;
    for (let ahead = 0; cursor.has(ahead); ahead++) {
      switch (cursor.kind(ahead)) {
        case KIND.connectionClosed:
        case KIND.groupEnded:
          continue;
        case KIND.requestFailed:
          return this.#isCancelled(ahead) ? cursor.tick(ahead) : -1;
        case KIND.sessionEnded:
          return cursor.a(ahead) === END.runStopped ? cursor.tick(ahead) : -1;
        default:
          return -1;
      }
    }
    return -1;
  }

  /** What is left to do leaves no record. */
  #finish(): void {
    const { engine, ledger } = this.#parts;
    engine.turn(NEVER_YET);
    for (let due = engine.nextTick(); !engine.finished && due < Infinity; due = engine.nextTick()) {
      engine.turn(due);
      if (engine.nextTick() <= due) break;
    }
    if (!engine.finished) ledger.refuse("sessions were under way, and nothing ended them");
  }

  // What the world did.

  #opened(): void {
    const { cursor, ledger, host: { network } } = this.#parts;
    const slot = this.#slotInFlight();
    if (network.isOpen(slot)) ledger.refuse("the connection was open already");
    network.opened(slot);
    network.completions.connectionOpened(slot, cursor.a(0), cursor.b(0), cursor.c(0));
    this.#behindOpened = cursor.index;
  }

  #secured(): void {
    const { cursor, ledger, host: { network } } = this.#parts;
    const slot = this.#slotInFlight();
    const [protocol, resumed] = [cursor.a(0), cursor.b(0)];
    if (cursor.index !== this.#behindOpened) ledger.refuse("no connection was opened right before");
    if (protocol < 1 || protocol > 2 || resumed > 1) ledger.refuse("TLS tells nothing of the kind");
    network.completions.connectionSecured(slot, protocol, resumed === 1);
  }

  /** False where it was closed because the phase was over. */
  #closed(): boolean {
    const { cursor, ledger, host: { clock, network } } = this.#parts;
    const [vu, reason, slot] = [cursor.vu(0), cursor.a(0), cursor.c(0)];
    if (vu === NONE && reason === CLOSED.asPlanned) return false;
    const isOfWebSocket = network.isWebSocket[slot] === 1;
    // The engine closes WebSockets by itself, when it comes to the end of what is done on them.
    if (this.#isEndedByEngine(1) || (isOfWebSocket && reason === CLOSED.asPlanned)) {
      this.#turn();
      return true;
    }
    if (slot >= network.connection.length || !network.isOpen(slot)) {
      ledger.refuse("no connection was open there");
    }
    const inFlight = network.vusOn(slot);
    if (!reasonsOf(isOfWebSocket, vu === NONE, inFlight.length > 0).some((it) => it === reason)) {
      ledger.refuse("connections do not end for that reason then");
    }
    const isItsOwn = vu === NONE ||
      (isOfWebSocket ? network.webSocketOf[vu] === slot : inFlight.includes(vu));
    if (!isItsOwn) ledger.refuse("its request was on another connection");
    this.#beforeClose = inFlight.length === 0 ? -1 : clock.latest;
    for (const other of vu === NONE ? inFlight : []) this.#beforeLoss.set(other, clock.latest);
    network.close(slot);
    network.completions.connectionClosed(slot, reason);
    return true;
  }

  // Messages.

  #message(): void {
    const { cursor, ledger, host: { clock, network } } = this.#parts;
    const [tick, bytes, kind] = [cursor.tick(0), cursor.b(0), cursor.c(0)];
    if (!MESSAGES.has(kind)) ledger.refuse("there are no such messages");
    const slot = this.#slotOfMessage();
    clock.passes(tick);
    network.completions.messageReceived(slot, tick, kind, bytes);
  }

  #frame(): void {
    const { cursor, ledger, host: { clock, network } } = this.#parts;
    const [tick, kind, bytes] = [cursor.tick(0), cursor.a(0), cursor.b(0)];
    if (kind !== MESSAGE.pong && kind !== MESSAGE.close) {
      ledger.refuse("nothing is answered with such a frame");
    }
    const slot = this.#slotOfMessage();
    clock.passes(tick);
    network.completions.frameAnswered(slot, tick, kind, bytes);
  }

  /** Where the message came: to the request in flight, or else on the VU's WebSocket. */
  #slotOfMessage(): number {
    const { cursor, ledger, host: { network } } = this.#parts;
    const vu = cursor.vu(0);
    if (vu >= network.slotOf.length) ledger.refuse("there is no such VU");
    const slot = network.slotOf[vu] >= 0 ? network.slotOf[vu] : network.webSocketOf[vu];
    const isThere = slot >= 0 && network.isOpen(slot);
    return isThere ? slot : ledger.refuse("no request of that VU was in flight, and it had no WebSocket");
  }

  // Ends.

  #responded(since: Tick): void {
    const { cursor, ledger, host: { network } } = this.#parts;
    const slot = this.#slotInFlight();
    const vu = cursor.vu(0);
    const end = cursor.tick(0);
    const status = cursor.c(0) & 0xffff;
    const firstByte = network.issuedTick[vu] + cursor.a(0);
    const isStatus = this.#isOfHttp[cursor.step(0)] === 1
      ? status >= 100 && status <= 999
      : status === 0 || (status >= 1000 && status <= 4999);
    if (!isStatus) ledger.refuse("there is no such status");
    this.#ends(vu, end, cursor.a(0), since);
    network.completions.responseEnded(slot, firstByte, end, status, cursor.b(0), null, null);
  }

  #failed(since: Tick): void {
    const { cursor, ledger, host: { network } } = this.#parts;
    if (this.#isEndedByEngine(0)) return this.#turn();
    const slot = this.#slotInFlight();
    const vu = cursor.vu(0);
    const end = cursor.tick(0);
    const [error, waited] = [cursor.a(0), cursor.c(0)];
    if (!CODES.has(error)) ledger.refuse("there is no such error");
    if (isTimeOut(error) && error !== ERROR["connect.timeout"]) ledger.refuse("its time was not up");
    this.#ends(vu, end, waited === NONE ? 0 : waited, since);
    const firstByte = waited === NONE ? -1 : network.issuedTick[vu] + waited;
    network.completions.requestFailed(slot, error, firstByte, end, cursor.b(0), cursor.text(0));
  }

  /** The request of `vu` ends at `end`; its first byte came `waited` after its issue. */
  #ends(vu: number, end: Tick, waited: Tick, since: Tick): void {
    const { ledger, host: { clock, network } } = this.#parts;
    if (waited < OPERAND_MAX && network.issuedTick[vu] + waited > end) {
      ledger.refuse("its first byte would have come behind its last");
    }
    const before = this.#beforeLoss.get(vu) ?? since;
    this.#beforeLoss.delete(vu);
    if (before >= 0) clock.passes(end, before);
    else clock.passes(end);
    network.ended(vu);
  }

  /** The slot on which the request is in flight that the record is about. */
  #slotInFlight(): number {
    const { cursor, ledger, host: { network } } = this.#parts;
    const vu = cursor.vu(0);
    const slot = vu < network.slotOf.length ? network.slotOf[vu] : -1;
    return slot >= 0 ? slot : ledger.refuse("no request of that VU was in flight");
  }

  /** Whether the request that fails `ahead` is given up by the engine: its time is up, or the run's. */
  #isEndedByEngine(ahead: number): boolean {
    const { cursor, host: { network } } = this.#parts;
    if (!cursor.has(ahead) || cursor.kind(ahead) !== KIND.requestFailed) return false;
    const vu = cursor.vu(ahead);
    if (this.#isCancelled(ahead)) return ahead === 0 || vu === cursor.vu(0);
    if (!isTimeOut(cursor.a(ahead)) || vu !== cursor.vu(0)) return false;
    // A system that gives up connecting says the same, and a word about it.
    if (cursor.a(ahead) === ERROR["connect.timeout"] && cursor.text(ahead) !== "") return false;
    return network.issuedTick[vu] + this.#timeoutTicks[cursor.step(ahead)] <= cursor.tick(ahead);
  }

  // What befell the run.

  #gap(): void {
    const { cursor, ledger, engine, host: { clock } } = this.#parts;
    if (cursor.a(0) < GAP_TICKS) ledger.refuse("so short a standstill is not recorded");
    clock.passes(cursor.tick(0));
    engine.loopGap(cursor.tick(0), cursor.a(0));
  }

  /** In which time that was follows from when it was told. */
  #processor(): void {
    const { cursor, engine, host: { clock } } = this.#parts;
    clock.passes(cursor.tick(0));
    engine.processorUsed(cursor.tick(0), cursor.a(0));
  }

  /** False where it is not of this phase. */
  #stop(): boolean {
    const { cursor, engine, ledger, planRun } = this.#parts;
    const { index } = cursor;
    const reason = cursor.a(0);
    if (this.#once) {
      if (reason !== STOP.halted) return false;
      while (planRun.interrupt() && cursor.index === index);
      return true;
    }
    if (reason === STOP.setupFailed) return false;
    if (reason !== STOP.interrupted && reason !== STOP.halted) {
      if (this.#parts.shards === 1) ledger.refuse("there is no other shard that could have stopped it");
      planRun.stopLoad({ reason, threshold: cursor.b(0) });
      return true;
    }
    planRun.interrupt();
    // Ctrl-C that found nothing to stop, so that it was not recorded, may have come before.
    if (cursor.index === index && reason === STOP.halted && !engine.finished) planRun.interrupt();
    return true;
  }
}

const MESSAGES: ReadonlySet<number> = new Set(Object.values(MESSAGE));

/** Why a connection can end that the engine did not end. `isNobodys`: no session's, by its record. */
function reasonsOf(isOfWebSocket: boolean, isNobodys: boolean, isInFlight: boolean): number[] {
  if (isOfWebSocket || (isNobodys && isInFlight)) {
    return [CLOSED.announced, CLOSED.byTarget, CLOSED.afterError];
  }
  // HTTP/2 announces the end of a connection that nobody uses, too.
  return isNobodys
    ? [CLOSED.announced, CLOSED.byTarget, CLOSED.afterError]
    : [CLOSED.asPlanned, CLOSED.announced, CLOSED.afterError];
}

function isTimeOut(error: number): boolean {
  return requestError(error).name.endsWith(".timeout");
}
