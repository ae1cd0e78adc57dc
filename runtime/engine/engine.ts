import { assert } from "../ledger/assert.ts";
import { END, KIND, NO_STEP, NONE, STOP } from "../ledger/record.ts";
import type { LedgerWriter } from "../ledger/writer.ts";
import type { Instruction, Plan, Request, Tick } from "../plan.ts";
import { type Arrivals, arrivals } from "./arrivals.ts";
import { chooseFlow } from "./choose_flow.ts";
import { Counters } from "./counters.ts";
import { DataTables } from "./data_tables.ts";
import type { Clock, Host, Network } from "./host.ts";
import { operand } from "./operand.ts";
import { KeyedRandom, scaleWords, USE } from "./random.ts";
import { Requests } from "./requests.ts";
import { Conditions, SessionMemory } from "./session_memory.ts";
import { thinkTicks } from "./think_time.ts";
import { endOfStages, moreUsersThan, usersAt } from "./users.ts";
import { TableCells } from "./table_cells.ts";
import { STATE, VuTable } from "./vu_table.ts";
import { WakeQueue } from "./wake_queue.ts";

/**
 * Decides what every session does next, and records every decision and every observation. It knows time and the
 * network only through its host, so the same engine runs live, simulated and replayed.
 *
 * `turn` begins what is due; requests that end carry sessions on in between.
 */
export class Engine {
  readonly counters = new Counters();

  readonly #plan: Plan;
  readonly #clock: Clock;
  readonly #ledger: LedgerWriter;
  readonly #random: KeyedRandom;
  readonly #vus: VuTable;
  readonly #wakes: WakeQueue;
  /** Null where sessions have nothing to remember. */
  readonly #memory: SessionMemory | null;
  readonly #conditions: Conditions;
  readonly #requests: Requests;
  readonly #arrivals: Arrivals | null;

  #accepting = true;
  #nextSession = 0;
  #stage = -1;
  /** When sessions still under way are ended. */
  #haltTick: Tick;
  #halted = false;

  /** `secrets`: the values of plan.secrets. Takes its time: a million rows of data are half a second. */
  constructor(plan: Plan, host: Host, ledger: LedgerWriter, secrets: readonly string[] = []) {
    const { bounds } = plan;
    this.#plan = plan;
    this.#clock = host.clock;
    this.#ledger = ledger;
    const random = this.#random = new KeyedRandom(plan.seed);
    const vus = this.#vus = new VuTable(bounds.vus, bounds.repeatDepth);
    const wakes = this.#wakes = new WakeQueue(bounds.vus);
    const memory = new SessionMemory(plan, new DataTables(new TableCells(plan.tables), random));
    const remembers = plan.captures.length > 0 || plan.tables.length > 0 || plan.target.cookies;
    this.#memory = remembers ? memory : null;
    this.#conditions = new Conditions(plan, memory);
    this.#arrivals = plan.load.model === "open" ? arrivals(plan.load, plan.seed) : null;
    this.#haltTick = endOfStages(plan) + plan.load.gracefulStopTicks;
    const { counters } = this;
    const done = (vu: number, end: Tick, good: boolean, request: Request) =>
      this.#requestDone(vu, end, good, request);
    this.#requests = new Requests({
      plan,
      host,
      ledger,
      random,
      memory,
      secrets,
      vus,
      wakes,
      counters,
      done,
      dueTick: () => this.dueTick(),
    });
  }

  /** No session runs, and none will. */
  get finished(): boolean {
    return !this.#accepting && this.#vus.active === 0;
  }

  get network(): Network {
    return this.#requests.network;
  }

  /** When sessions under way need the next turn; 0 when the run is over. */
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
      if (!this.#moreToStart(now)) this.#acceptNoMore();
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
    this.#acceptNoMore();
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
    this.#requests.close(now);
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

  /** No session begins any more, so users between two sessions leave. */
  #acceptNoMore(): void {
    this.#accepting = false;
    for (let vu = 0; vu < this.#plan.bounds.vus; vu++) {
      if (this.#vus.state[vu] === STATE.idle) this.#leave(vu);
    }
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
    vus.startTick[vu] = intendedTick;
    vus.dueTick[vu] = intendedTick;
    vus.status[vu] = 0;
    vus.depth[vu] = 0;
    vus.issued[vu] = 0;
    if (this.#memory !== null) this.#memory.forget(vu);
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
          return this.#requests.plan(vu, instruction.request, instruction.step, now);
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
        case "when":
          vus.instruction[vu] = this.#decide(vu, instruction) ? at + 1 : instruction.end + 1;
          break;
        case "end":
          vus.instruction[vu] = at + 1;
          break;
      }
    }
  }

  #think(vu: number, instruction: Instruction & { kind: "think" }, now: Tick): void {
    const vus = this.#vus;
    const session = vus.session[vu];
    const { step, minTicks, maxTicks } = instruction;
    let ticks = minTicks;
    if (maxTicks > minTicks) {
      this.#random.draw(session, this.#plan.steps[step].salt, USE.think, vus.loop(vu));
      ticks = thinkTicks(instruction, this.#random.words);
    }
    const due = vus.dueTick[vu];
    this.#record(due, session, vu, KIND.thinkChosen, step, ticks, Math.floor(ticks / 2 ** 32), 0);
    vus.dueTick[vu] = due + ticks;
    if (due + ticks <= now) return;
    vus.become(vu, STATE.waiting);
    this.#wakes.set(vu, due + ticks, session);
  }

  #decide(vu: number, { step, condition }: Instruction & { kind: "when" }): boolean {
    const vus = this.#vus;
    const holds = this.#conditions.hold(condition, vu, vus.status[vu]);
    this.#record(vus.dueTick[vu], vus.session[vu], vu, KIND.conditionMet, step, holds ? 1 : 0, 0, 0);
    return holds;
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
        return this.#requests.timeOut(vu, now);
      case STATE.waiting:
        this.#vus.become(vu, STATE.ready);
        return this.#advance(vu, now);
      case STATE.idle:
        this.#vus.become(vu, STATE.ready);
        return this.#loopOrRest(vu, now);
      default:
        throw new Error("z6c has a bug: a VU was woken that had nothing to wait for");
    }
  }

  /** The VU's request has ended one way or another, and the VU is ready. */
  #requestDone(vu: number, end: Tick, good: boolean, { onError }: Request): void {
    if (!good && onError === "stop-run") this.stop(STOP.stepFailed);
    if (!good && onError !== "continue") return this.#endSession(vu, end, END.stepFailed, end);
    this.#vus.instruction[vu]++;
    this.#advance(vu, end);
  }

  // Ending sessions.

  #endSession(vu: number, tick: Tick, end: number, now: Tick): void {
    const vus = this.#vus;
    this.#record(tick, vus.session[vu], vu, KIND.sessionEnded, vus.flow[vu], end, 0, 0);
    this.counters.sessionEnded(end);
    this.#requests.sessionEnded(vu, now);
    const { load } = this.#plan;
    if (load.model === "open") return vus.rest(vu);
    // A session without a request takes no time: let the clock go on, or the loop would never end.
    const next = Math.max(vus.startTick[vu] + load.paceTicks, vus.issued[vu] > 0 ? now : now + 1);
    if (next <= now || !this.#accepting) return this.#loopOrRest(vu, now);
    vus.become(vu, STATE.idle);
    this.#wakes.set(vu, next, vus.session[vu]);
  }

  /** A user of a closed load begins its next session, or leaves. */
  #loopOrRest(vu: number, now: Tick): void {
    if (this.#mayLoop(this.#vus.active, now)) this.#startSession(vu, now, this.#stage, now);
    else this.#vus.rest(vu);
  }

  #halt(now: Tick): void {
    this.#halted = true;
    this.#requests.forgetWaiting();
    for (let vu = 0; vu < this.#plan.bounds.vus; vu++) {
      if (this.#vus.state[vu] !== STATE.free) this.#abandon(vu, now);
    }
  }

  #abandon(vu: number, now: Tick): void {
    const vus = this.#vus;
    if (vus.state[vu] === STATE.idle) return this.#leave(vu);
    this.#wakes.clear(vu);
    const session = vus.session[vu];
    if (vus.state[vu] === STATE.executing) this.#requests.abandon(vu, now);
    vus.become(vu, STATE.ready);
    this.#record(now, session, vu, KIND.sessionEnded, vus.flow[vu], END.runStopped, 0, 0);
    this.counters.sessionEnded(END.runStopped);
    vus.rest(vu);
  }

  /** A user between two sessions goes. */
  #leave(vu: number): void {
    this.#wakes.clear(vu);
    this.#vus.become(vu, STATE.ready);
    this.#vus.rest(vu);
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
