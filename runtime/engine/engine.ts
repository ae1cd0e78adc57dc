import { ERROR } from "../ledger/errors.ts";
import { CLOSED, END, KIND, NO_STEP, NONE, STOP } from "../ledger/record.ts";
import type { LedgerWriter } from "../ledger/writer.ts";
import type { Instruction, Plan, Request, Tick } from "../plan.ts";
import { type Arrivals, arrivals } from "./arrivals.ts";
import { assert } from "../ledger/assert.ts";
import { excerpt, prepareBodyCheck, type PreparedCheck } from "./body_checks.ts";
import { chooseFlow } from "./choose_flow.ts";
import { Counters } from "./counters.ts";
import type { Clock, Completions, Host, Network, ResponseWish } from "./host.ts";
import { KeyedRandom, scaleWords, USE } from "./random.ts";
import { type RenderContext, RequestWriter } from "./request_writer.ts";
import { Slots } from "./slots.ts";
import { moreUsersThan, usersAt } from "./users.ts";
import { STATE, VuTable } from "./vu_table.ts";
import { WakeQueue } from "./wake_queue.ts";

/** How many records of one error, or one failed check, of a step carry a text. Later ones say it without words. */
const TEXTS_PER_CAUSE = 20;

/** A request of the plan, made ready for the hot path. */
type PreparedRequest = Readonly<{
  plan: Request;
  writer: RequestWriter;
  wish: ResponseWish;
  /** 1 where the status is as expected, by status 0 … 999. */
  statusOk: Uint8Array;
  bodyChecks: readonly PreparedCheck[];
}>;

/**
 * Decides what every session does next, and records every decision and every observation. It knows time and the
 * network only through its host, so the same engine runs live, simulated and replayed.
 *
 * `turn` begins what is due; completions (the `Completions` interface) carry sessions on in between.
 */
export class Engine implements Completions {
  readonly counters = new Counters();

  readonly #plan: Plan;
  readonly #clock: Clock;
  readonly #network: Network;
  readonly #ledger: LedgerWriter;
  readonly #random: KeyedRandom;
  readonly #vus: VuTable;
  readonly #wakes: WakeQueue;
  readonly #slots: Slots;
  readonly #requests: readonly PreparedRequest[];
  readonly #arrivals: Arrivals | null;
  /** Rendered requests of VUs whose requests have slots. */
  readonly #rendered: Uint8Array[] = [];
  readonly #context: RenderContext = { session: 0, vu: 0, stage: 0, loop: 1, wallClockMs: 0 };
  readonly #textsLeft = new Map<string, number>();

  #accepting = true;
  #nextSession = 0;
  #stage = -1;
  /** When sessions still under way are ended. */
  #haltTick: Tick;
  #halted = false;

  constructor(plan: Plan, host: Host, ledger: LedgerWriter) {
    const { bounds } = plan;
    this.#plan = plan;
    this.#clock = host.clock;
    this.#ledger = ledger;
    this.#random = new KeyedRandom(plan.seed);
    this.#vus = new VuTable(bounds.vus, bounds.repeatDepth);
    this.#wakes = new WakeQueue(bounds.vus);
    this.#slots = new Slots(plan.target.connections, bounds.connections, bounds.vus);
    this.#requests = prepareRequests(plan, this.#random);
    this.#arrivals = plan.load.model === "open" ? arrivals(plan.load, plan.seed) : null;
    this.#haltTick = endOfStages(plan) + plan.load.gracefulStopTicks;
    this.#network = host.openNetwork(this);
  }

  /** No session runs, and none will. */
  get finished(): boolean {
    return !this.#accepting && this.#vus.active === 0;
  }

  get network(): Network {
    return this.#network;
  }

  dueTick(): Tick {
    return this.finished ? 0 : this.#wakes.nextTick();
  }

  /** When `turn` has something to do next. */
  nextTick(): Tick {
    let next = this.dueTick();
    if (this.#accepting) {
      next = Math.min(next, this.#nextStart(), this.#nextStageTick());
    } else {
      next = Math.min(next, this.#haltTick);
    }
    return next;
  }

  /** Does everything that is due by `now`. */
  turn(now: Tick): void {
    if (this.#accepting) {
      this.#enterStages(now);
      this.#startSessions(now);
      if (!this.#moreToStart(now)) this.#accepting = false;
    }
    for (let vu = this.#wakes.pop(now); vu >= 0; vu = this.#wakes.pop(now)) this.#wake(vu, this.#clock.now());
    if (!this.#accepting && !this.#halted && now >= this.#haltTick) this.#halt(now);
    if (this.#ledger.failure !== null && !this.#halted) this.halt(STOP.ledgerFull);
  }

  /**
   * Begins no more sessions, and waits for those under way as long as the plan's graceful stop says. False where no
   * more would have begun anyway.
   */
  stop(reason: number): boolean {
    if (!this.#accepting) return false;
    const now = this.#clock.now();
    this.#accepting = false;
    this.#haltTick = Math.min(this.#haltTick, now + this.#plan.load.gracefulStopTicks);
    this.#record(now, NONE, NONE, KIND.runStopped, NO_STEP, reason, 0, 0);
    return true;
  }

  /** Ends every session now. */
  halt(reason: number): void {
    if (this.#halted) return;
    const now = this.#clock.now();
    this.#accepting = false;
    this.#record(now, NONE, NONE, KIND.runStopped, NO_STEP, reason, 0, 0);
    this.#halt(now);
  }

  /** Records that the loop stood still for `lengthTicks` up to `now`. */
  loopGap(now: Tick, lengthTicks: Tick): void {
    this.#record(now, NONE, NONE, KIND.loopGap, NO_STEP, operand(lengthTicks), 0, 0);
  }

  /** Closes what is open and writes the run's last record. Called once, when finished. */
  finish(): void {
    assert(this.finished, "a run is finished before it is closed");
    const now = this.#clock.now();
    for (let slot = 0; slot < this.#plan.bounds.connections; slot++) this.#closeSlot(slot, now, -1);
    const { counters } = this;
    this.#record(
      now,
      NONE,
      NONE,
      KIND.runEnded,
      NO_STEP,
      counters.sessionsStarted,
      counters.sessionsDropped,
      counters.requestsIssued,
    );
  }

  // Beginning sessions.

  #moreToStart(now: Tick): boolean {
    const { load } = this.#plan;
    if (load.model === "open") return this.#arrivals?.nextTick !== Infinity;
    if (load.iterations > 0 && this.#nextSession >= load.iterations) return false;
    return now < endOfStages(this.#plan);
  }

  /** When the next session starts that no VU's wake will start. */
  #nextStart(): Tick {
    const { load } = this.#plan;
    if (load.model === "open") return this.#arrivals?.nextTick ?? Infinity;
    const now = this.#clock.now();
    return Math.min(moreUsersThan(load, this.#vus.active, now), endOfStages(this.#plan));
  }

  #startSessions(now: Tick): void {
    const { load } = this.#plan;
    if (load.model === "closed") {
      while (this.#mayLoop(this.#vus.active + 1, now)) {
        const vu = this.#vus.take();
        assert(vu >= 0, "a closed load never wants more users than its bound");
        this.#startSession(vu, this.#clock.now(), this.#stage, this.#clock.now());
      }
      return;
    }
    for (const next = this.#arrivals; next !== null && next.nextTick <= now; next.advance()) {
      const { nextTick: intendedTick, nextStage: stage } = next;
      const vu = this.#vus.take();
      if (vu >= 0) {
        this.#startSession(vu, intendedTick, stage, this.#clock.now());
      } else {
        this.#record(intendedTick, this.#nextSession++, NONE, KIND.arrivalDropped, NO_STEP, stage, 0, 0);
        this.counters.sessionsDropped++;
      }
    }
  }

  /** May a closed load have `users` users now, one of them about to begin a session? */
  #mayLoop(users: number, now: Tick): boolean {
    const { load } = this.#plan;
    if (!this.#accepting || load.model === "open") return false;
    if (load.iterations > 0 && this.#nextSession >= load.iterations) return false;
    return users <= usersAt(load, now);
  }

  #startSession(vu: number, intendedTick: Tick, stage: number, now: Tick): void {
    const session = this.#nextSession++;
    const flow = chooseFlow(this.#plan.choice, this.#random, session);
    const vus = this.#vus;
    vus.session[vu] = session;
    vus.flow[vu] = flow;
    vus.instruction[vu] = 0;
    vus.stage[vu] = stage;
    vus.dueTick[vu] = intendedTick;
    vus.depth[vu] = 0;
    vus.issued[vu] = 0;
    this.counters.sessionsStarted++;
    this.#record(intendedTick, session, vu, KIND.sessionStarted, flow, stage, 0, 0);
    this.#advance(vu, now);
  }

  // The step machine.

  #program(vu: number): readonly Instruction[] {
    return this.#plan.flows[this.#vus.flow[vu]].program;
  }

  /** Runs a ready VU's program until it has to wait for something. */
  #advance(vu: number, now: Tick): void {
    const vus = this.#vus;
    const program = this.#program(vu);
    while (true) {
      const at = vus.instruction[vu];
      if (at >= program.length) return this.#endSession(vu, vus.dueTick[vu], END.completed, now);
      const instruction = program[at];
      switch (instruction.kind) {
        case "request":
          return this.#planRequest(vu, instruction.request, instruction.step, now);
        case "think":
          vus.instruction[vu] = at + 1;
          this.#think(vu, instruction, now);
          if (vus.state[vu] !== STATE.ready) return;
          break;
        case "repeat":
          vus.instruction[vu] = this.#beginRepeat(vu, instruction) ? at + 1 : instruction.again + 1;
          break;
        case "again":
          vus.instruction[vu] = this.#passAgain(vu) ? instruction.repeat + 1 : at + 1;
          break;
      }
    }
  }

  #think(vu: number, { step, minTicks, maxTicks }: Instruction & { kind: "think" }, now: Tick): void {
    const vus = this.#vus;
    const session = vus.session[vu];
    let ticks = minTicks;
    if (maxTicks > minTicks) {
      this.#random.draw(session, this.#plan.steps[step].salt, USE.think, vus.loop(vu));
      ticks += scaleWords(this.#random.words, maxTicks - minTicks + 1);
    }
    const due = vus.dueTick[vu];
    this.#record(due, session, vu, KIND.thinkChosen, step, ticks, Math.floor(ticks / 2 ** 32), 0);
    vus.dueTick[vu] = due + ticks;
    if (due + ticks <= now) return;
    vus.become(vu, STATE.waiting);
    this.#wakes.set(vu, due + ticks, session);
  }

  /** Chooses how often the repeat runs; false where that is never. */
  #beginRepeat(vu: number, { step, min, max }: Instruction & { kind: "repeat" }): boolean {
    const vus = this.#vus;
    const session = vus.session[vu];
    let passes = min;
    if (max > min) {
      this.#random.draw(session, this.#plan.steps[step].salt, USE.repeat, vus.loop(vu));
      passes += scaleWords(this.#random.words, max - min + 1);
    }
    this.#record(vus.dueTick[vu], session, vu, KIND.repeatChosen, step, passes, 0, 0);
    if (passes === 0) return false;
    const at = vu * vus.repeatDepth + vus.depth[vu]++;
    vus.pass[at] = 1;
    vus.passes[at] = passes;
    return true;
  }

  #passAgain(vu: number): boolean {
    const vus = this.#vus;
    const at = vu * vus.repeatDepth + vus.depth[vu] - 1;
    if (vus.pass[at] < vus.passes[at]) {
      vus.pass[at]++;
      return true;
    }
    vus.depth[vu]--;
    return false;
  }

  #wake(vu: number, now: Tick): void {
    switch (this.#vus.state[vu]) {
      case STATE.executing:
        return this.#timeOut(vu, now);
      case STATE.waiting:
        this.#vus.become(vu, STATE.ready);
        return this.#advance(vu, now);
      case STATE.ready:
        // A user of a closed load whose last session took no time.
        return this.#loopOrRest(vu, now);
      default:
        throw new Error("z6c has a bug: a VU was woken that had nothing to wait for");
    }
  }

  // Requests.

  #planRequest(vu: number, requestId: number, step: number, now: Tick): void {
    const vus = this.#vus;
    const { writer } = this.#requests[requestId];
    const session = vus.session[vu];
    const loop = vus.loop(vu);
    if (writer.fixed !== null) {
      vus.requestLength[vu] = writer.fixed.length;
    } else {
      const context = this.#context;
      context.session = session;
      context.vu = vu;
      context.stage = vus.stage[vu];
      context.loop = loop;
      context.wallClockMs = this.#clock.wallClockMs();
      vus.requestLength[vu] = writer.render(this.#renderedOf(vu), context);
    }
    this.#record(
      vus.dueTick[vu],
      session,
      vu,
      KIND.requestPlanned,
      step,
      loop,
      writer.digestLow,
      writer.digestHigh,
    );
    vus.plannedTick[vu] = now;
    const slot = this.#slots.acquire(vu);
    if (slot >= 0) this.#issue(vu, slot, now);
    else vus.become(vu, STATE.blocked);
  }

  #renderedOf(vu: number): Uint8Array {
    return this.#rendered[vu] ??= new Uint8Array(this.#plan.bounds.requestBytes);
  }

  #issue(vu: number, slot: number, now: Tick): void {
    const vus = this.#vus;
    const { request, step } = this.#requestOf(vu);
    const session = vus.session[vu];
    const lag = vus.plannedTick[vu] - vus.dueTick[vu];
    const blocked = now - vus.plannedTick[vu];
    const length = vus.requestLength[vu];
    vus.become(vu, STATE.executing);
    vus.slot[vu] = slot;
    vus.issuedTick[vu] = now;
    vus.issued[vu]++;
    this.#slots.vu[slot] = vu;
    if (this.#slots.open[slot] === 1) this.#slots.carried[slot]++;
    this.counters.requestIssued(lag);
    this.#record(now, session, vu, KIND.requestIssued, step, operand(lag), operand(blocked), length);
    this.#wakes.set(vu, now + request.plan.timeoutTicks, session);
    this.#network.send(slot, request.writer.fixed ?? this.#rendered[vu], length, request.wish);
  }

  #requestOf(vu: number): { request: PreparedRequest; step: number } {
    const instruction = this.#program(vu)[this.#vus.instruction[vu]];
    assert(instruction.kind === "request", "a VU with a request stands at a request instruction");
    return { request: this.#requests[instruction.request], step: instruction.step };
  }

  responseEnded(
    slot: number,
    firstByte: Tick,
    end: Tick,
    status: number,
    bytes: number,
    body: Uint8Array | null,
  ): void {
    const vu = this.#slots.vu[slot];
    const { request, step } = this.#requestOf(vu);
    const vus = this.#vus;
    const session = vus.session[vu];
    const failedChecks = this.#failedChecks(request, status, body);
    const waited = operand(firstByte - vus.issuedTick[vu]);
    const passed = 1 + request.bodyChecks.length - failedChecks.length;
    const outcome = status | (passed << 16) | (failedChecks.length << 24);
    this.counters.responseEnded(failedChecks.length > 0);
    this.#record(end, session, vu, KIND.responseEnded, step, waited, operand(bytes), outcome);
    for (const check of failedChecks) {
      this.#record(end, session, vu, KIND.checkFailed, step, check, status, 0);
      if (body !== null && this.#mayTell(step, check)) this.#ledger.appendText(excerpt(body));
    }
    if (this.#plan.target.connections.kind === "per-request") this.#closeSlot(slot, end, vu);
    this.#requestDone(vu, slot, end, failedChecks.length === 0, request);
  }

  /** Numbers of the checks that fail; 0 is the status. */
  #failedChecks(request: PreparedRequest, status: number, body: Uint8Array | null): readonly number[] {
    const statusOk = request.statusOk[status] === 1;
    if (statusOk && request.bodyChecks.length === 0) return NO_CHECKS;
    const failed = statusOk ? [] : [0];
    request.bodyChecks.forEach((check, n) => {
      if (!check(body ?? NO_BYTES)) failed.push(n + 1);
    });
    return failed;
  }

  requestFailed(slot: number, error: number, firstByte: Tick, end: Tick, bytes: number, cause: string): void {
    const vu = this.#slots.vu[slot];
    const { request, step } = this.#requestOf(vu);
    const waited = firstByte < 0 ? NONE : operand(firstByte - this.#vus.issuedTick[vu]);
    this.counters.requestFailed(error);
    this.#record(end, this.#vus.session[vu], vu, KIND.requestFailed, step, error, operand(bytes), waited);
    if (cause !== "" && this.#mayTell(step, error)) this.#ledger.appendText(cause);
    this.#requestDone(vu, slot, end, false, request);
  }

  /** Texts are for people, and people read the first few. */
  #mayTell(step: number, cause: number): boolean {
    const key = `${step} ${cause}`;
    const left = this.#textsLeft.get(key) ?? TEXTS_PER_CAUSE;
    if (left > 0) this.#textsLeft.set(key, left - 1);
    return left > 0;
  }

  #timeOut(vu: number, now: Tick): void {
    const slot = this.#vus.slot[vu];
    const phase = this.#network.cancel(slot);
    this.#connectionGone(slot, now, CLOSED.afterError);
    this.requestFailed(slot, ERROR[`${phase}.timeout`], -1, now, 0, "");
  }

  /** The VU's request has ended one way or another, and its slot is free again. */
  #requestDone(vu: number, slot: number, end: Tick, good: boolean, request: PreparedRequest): void {
    const vus = this.#vus;
    this.#wakes.clear(vu);
    vus.slot[vu] = -1;
    vus.dueTick[vu] = end;
    vus.become(vu, STATE.ready);
    const next = this.#slots.release(slot);
    if (next >= 0) this.#issue(next, slot, end);
    if (!good && request.plan.onError === "stop-run") this.stop(STOP.stepFailed);
    if (!good && request.plan.onError !== "continue") return this.#endSession(vu, end, END.stepFailed, end);
    vus.instruction[vu]++;
    this.#advance(vu, end);
  }

  // Connections.

  connectionOpened(slot: number, dns: Tick, connect: Tick, tls: Tick): void {
    const vu = this.#slots.vu[slot];
    this.#slots.open[slot] = 1;
    this.#slots.carried[slot] = 1;
    this.counters.connectionsOpened++;
    const { step } = this.#requestOf(vu);
    this.#record(
      this.#clock.now(),
      this.#vus.session[vu],
      vu,
      KIND.connectionOpened,
      step,
      dns,
      connect,
      tls,
    );
  }

  connectionClosed(slot: number, reason: number): void {
    const planned = this.#plan.target.connections.kind === "per-request" && reason === CLOSED.announced;
    this.#connectionGone(slot, this.#clock.now(), planned ? CLOSED.asPlanned : reason);
  }

  /** Closes the slot's idle connection, if there is one: not every transport tells whether there is. */
  #closeSlot(slot: number, now: Tick, vu: number): void {
    this.#network.close(slot);
    this.#connectionGone(slot, now, CLOSED.asPlanned, vu);
  }

  #connectionGone(slot: number, now: Tick, reason: number, vu: number = this.#slots.vu[slot]): void {
    if (this.#slots.open[slot] === 0) return;
    this.#slots.open[slot] = 0;
    const session = vu < 0 ? NONE : this.#vus.session[vu];
    const carried = this.#slots.carried[slot];
    this.#record(now, session, vu < 0 ? NONE : vu, KIND.connectionClosed, NO_STEP, reason, carried, slot);
  }

  // Ending sessions.

  #endSession(vu: number, tick: Tick, end: number, now: Tick): void {
    const vus = this.#vus;
    this.#record(tick, vus.session[vu], vu, KIND.sessionEnded, vus.flow[vu], end, 0, 0);
    this.counters.sessionEnded(end);
    if (this.#plan.target.connections.kind === "per-session") this.#closeSlot(vu, now, vu);
    if (this.#plan.load.model === "open") return vus.rest(vu);
    // A session without a request takes no time: let the clock go on, or the loop would never end.
    if (vus.issued[vu] > 0 || !this.#accepting) this.#loopOrRest(vu, now);
    else this.#wakes.set(vu, now + 1, vus.session[vu]);
  }

  /** A user of a closed load begins its next session, or leaves. */
  #loopOrRest(vu: number, now: Tick): void {
    if (this.#mayLoop(this.#vus.active, now)) this.#startSession(vu, now, this.#stage, now);
    else this.#vus.rest(vu);
  }

  #halt(now: Tick): void {
    this.#halted = true;
    this.#slots.forgetWaiting();
    for (let vu = 0; vu < this.#plan.bounds.vus; vu++) {
      if (this.#vus.state[vu] !== STATE.free) this.#abandon(vu, now);
    }
  }

  #abandon(vu: number, now: Tick): void {
    const vus = this.#vus;
    this.#wakes.clear(vu);
    // A user of a closed load between two sessions.
    if (vus.state[vu] === STATE.ready) return vus.rest(vu);
    const session = vus.session[vu];
    if (vus.state[vu] === STATE.executing) {
      const slot = vus.slot[vu];
      const { step } = this.#requestOf(vu);
      this.#network.cancel(slot);
      this.#connectionGone(slot, now, CLOSED.afterError);
      this.#slots.vu[slot] = -1;
      vus.slot[vu] = -1;
      this.counters.requestFailed(ERROR["stop.cancelled"]);
      this.#record(now, session, vu, KIND.requestFailed, step, ERROR["stop.cancelled"], 0, NONE);
    }
    vus.become(vu, STATE.ready);
    this.#record(now, session, vu, KIND.sessionEnded, vus.flow[vu], END.runStopped, 0, 0);
    this.counters.sessionEnded(END.runStopped);
    vus.rest(vu);
  }

  // Stages.

  #nextStageTick(): Tick {
    const { stages } = this.#plan.load;
    return this.#stage + 1 < stages.length ? stages[this.#stage + 1].startTick : Infinity;
  }

  #enterStages(now: Tick): void {
    while (this.#nextStageTick() <= now) {
      this.#stage++;
      this.counters.stage = this.#stage;
      const { startTick } = this.#plan.load.stages[this.#stage];
      this.#record(startTick, NONE, NONE, KIND.stageEntered, NO_STEP, this.#stage, 0, 0);
    }
  }

  #record(
    tick: Tick,
    session: number,
    vu: number,
    kind: number,
    step: number,
    a: number,
    b: number,
    c: number,
  ): void {
    this.#ledger.append(tick, session, vu, kind, step, a, b, c);
  }
}

/** An operand of a record is a u32: what is larger (71 minutes, 4 GiB) is written as the largest below NONE. */
function operand(value: number): number {
  return Math.min(value, NONE - 1);
}

const NO_CHECKS: readonly number[] = [];
const NO_BYTES = new Uint8Array(0);

/** When the last stage ends; Infinity where only iterations bound the load. */
export function endOfStages(plan: Plan): Tick {
  const last = plan.load.stages[plan.load.stages.length - 1];
  const endless = plan.load.model === "closed" && last.lengthTicks === 0;
  return endless ? Infinity : last.startTick + last.lengthTicks;
}

function prepareRequests(plan: Plan, random: KeyedRandom): PreparedRequest[] {
  const scratch = new Uint8Array(plan.bounds.requestBytes);
  const stepOf = new Map<number, number>();
  for (const { program } of plan.flows) {
    for (const it of program) if (it.kind === "request") stepOf.set(it.request, it.step);
  }
  return plan.requests.map((request, id) => {
    const step = stepOf.get(id);
    assert(step !== undefined, "every request belongs to a step");
    return {
      plan: request,
      writer: new RequestWriter(plan, request, plan.steps[step].salt, random, scratch),
      wish: { head: request.method === "HEAD", keepBody: request.expect.body.length > 0 },
      statusOk: statusTable(request.expect.status),
      bodyChecks: request.expect.body.map(prepareBodyCheck),
    };
  });
}

function statusTable(ranges: Request["expect"]["status"]): Uint8Array {
  const table = new Uint8Array(1000);
  for (const [from, to] of ranges) table.fill(1, from, to + 1);
  return table;
}
