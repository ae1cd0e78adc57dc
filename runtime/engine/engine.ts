import { assert } from "../ledger/assert.ts";
import { END, KIND, NO_STEP, NONE, SESSION, STOP } from "../ledger/record.ts";
import type { ClosedLoad, Plan, Tick } from "../plan.ts";
import { AbortWatch } from "./abort_watch.ts";
import type { Appending, RunLedger } from "./appending.ts";
import { type Arrivals, arrivals, SingleArrival } from "./arrivals.ts";
import { chooseFlow } from "./choose_flow.ts";
import { Counters } from "./counters.ts";
import { DataTables } from "./data_tables.ts";
import type { Clock, Host, Network } from "./host.ts";
import { operand } from "./operand.ts";
import { Programs } from "./programs.ts";
import { KeyedRandom } from "./random.ts";
import { Requests } from "./requests.ts";
import { SessionMemory } from "./session_memory.ts";
import { leastShareOf, type Shard, WHOLE } from "./shares.ts";
import { TableCells } from "./table_cells.ts";
import { endOfStages, moreUsersOfShard, usersOfShard } from "./users.ts";
import { STATE, VuTable } from "./vu_table.ts";
import { WakeQueue } from "./wake_queue.ts";

/** A part of a run with a clock of its own: what runs once before the load, the load, and what runs once after it. */
export type Phase = "setup" | "load" | "teardown";

/** What an engine is made of. */
export type EngineParts = Readonly<{
  plan: Plan;
  host: Host;
  ledger: RunLedger;
  /** The values of plan.secrets. */
  secrets?: readonly string[];
  /** `load` unless told. Of the others, the plan must have a flow. */
  phase?: Phase;
  /** The part of the load that is done: sessions whose number mod `count` is `index` − 1. */
  shard?: Shard;
  /** What setup captured, by position in plan.captures. */
  handed?: readonly (string | null)[];
  /** Only sessions with numbers below it begin. */
  sessionLimit?: number;
}>;

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
  /** What the engine appends to; `#writer` is what that ends in. */
  readonly #ledger: Appending;
  readonly #writer: RunLedger;
  /** Null where no threshold stops the run. */
  readonly #watch: AbortWatch | null;
  readonly #shard: Shard;
  readonly #random: KeyedRandom;
  readonly #vus: VuTable;
  readonly #wakes: WakeQueue;
  /** The same for users of a closed load between two sessions. */
  readonly #idlers: WakeQueue;
  readonly #memory: SessionMemory;
  /** Sessions have something to remember. */
  readonly #remembers: boolean;
  readonly #requests: Requests;
  readonly #programs: Programs;
  /** The flow that runs once, or −1 in the load. */
  readonly #onlyFlow: number;
  /** Of an open load, and of what runs once; null in a closed load, of which `#closed` tells. */
  readonly #arrivals: Arrivals | null;
  readonly #closed: ClosedLoad | null;
  /** Those who are due are coming back. */
  #isCatchingUp = false;
  readonly #endOfStages: Tick;

  #accepting = true;
  #wentThrough = false;
  #stage = -1;
  /** Of a closed load: the next session's number, how many there are, and when one more user is wanted. */
  #nextSession: number;
  readonly #sessions: number;
  #moreUsersTick: Tick = Infinity;
  /** When sessions still under way are ended. */
  #haltTick: Tick;
  #halted = false;
  /** A threshold can no longer be met, which stops the run if there is something to stop. */
  #isMissed = false;
  /** Up to when it was told what was used of the processor. */
  #processorTick: Tick = 0;

  /** Takes its time: a million rows of data are half a second. */
  constructor(parts: EngineParts) {
    const { plan, host, ledger, secrets = [], phase = "load", shard = WHOLE, handed } = parts;
    const { sessionLimit = Infinity } = parts;
    const { bounds, load } = plan;
    const count = phase === "load" ? leastShareOf(bounds.vus, shard) : 1;
    this.#plan = plan;
    this.#clock = host.clock;
    this.#writer = ledger;
    this.#watch = phase === "load" && AbortWatch.isWanted(plan) ? new AbortWatch(plan, ledger, count) : null;
    this.#ledger = this.#watch ?? ledger;
    this.#shard = shard;
    const random = this.#random = new KeyedRandom(plan.seed);
    const vus = this.#vus = new VuTable(count, bounds.repeatDepth);
    const wakes = this.#wakes = new WakeQueue(count);
    this.#idlers = new WakeQueue(phase === "load" && load.model === "closed" ? count : 0);
    const cells = new TableCells(plan.tables);
    if (phase === "load") cells.prepare();
    const memory = this.#memory = new SessionMemory(plan, new DataTables(cells, random), count, handed);
    this.#remembers = plan.captures.length > 0 || plan.tables.length > 0 ||
      plan.targets.some(({ cookies }) => cookies);

    this.#onlyFlow = phase === "load" ? -1 : plan[phase];
    this.#closed = phase === "load" && load.model === "closed" ? load : null;
    this.#arrivals = phase !== "load"
      ? new SingleArrival(SESSION[phase])
      : load.model === "open"
      ? arrivals(load, plan.seed, shard, sessionLimit)
      : null;
    this.#endOfStages = endOfStages(plan);
    this.#haltTick = phase === "load" ? this.#endOfStages + load.gracefulStopTicks : Infinity;
    this.#nextSession = shard.index - 1;
    const iterations = this.#closed?.iterations ?? 0;
    this.#sessions = Math.min(iterations > 0 ? iterations : Infinity, sessionLimit);
    this.#awaitMoreUsers(0);

    const requests = this.#requests = new Requests({
      plan,
      host,
      ledger: this.#ledger,
      shard,
      random,
      memory,
      secrets,
      vus,
      wakes,
      counters: this.counters,
      done: this.#watch === null
        ? (vu, end, good, request) => this.#programs.requestDone(vu, end, good, request)
        : (vu, end, good, request) => {
          this.#stopIfMissed(end);
          this.#programs.requestDone(vu, end, good, request);
        },
      completed: this.#watch === null ? null : (tick) => this.#stopIfMissed(tick),
      dueTick: (before) => this.dueTick(before),
    });
    this.#programs = new Programs({
      plan,
      ledger: this.#ledger,
      random,
      vus,
      wakes,
      requests,
      ended: (vu, tick, end, now) => this.#endSession(vu, tick, end, now),
      stopRun: (tick) => this.stop(STOP.stepFailed, 0, tick),
    });
  }

  /** No session runs, and none will. */
  get finished(): boolean {
    return !this.#accepting && this.#vus.active === 0;
  }

  /** Of what runs once: its session went through its flow. */
  get wentThrough(): boolean {
    return this.#wentThrough;
  }

  /** Of what runs once: what its session captured, by position in the plan's captures. */
  get handed(): readonly (string | null)[] {
    return this.#memory.allCaptured(0);
  }

  /** When sessions that are still under way are ended. */
  get haltTick(): Tick {
    return this.#haltTick;
  }

  get network(): Network {
    return this.#requests.network;
  }

  /** When sessions under way need the next turn, exact where it is before `before`; 0 when the run is over. */
  dueTick(before: Tick = Infinity): Tick {
    return this.finished ? 0 : Math.min(this.#wakes.nextTick(before), this.#idlers.nextTick(before));
  }

  /** When `turn` has something to do next, exact where it is before `before`. */
  nextTick(before: Tick = Infinity): Tick {
    const due = this.dueTick(before);
    if (!this.#accepting) return Math.min(due, this.#haltTick);
    return Math.min(due, this.#nextStart(), this.#nextStageTick());
  }

  /**
   * Does everything that is due by `now`, in an order that does not depend on how late it is: by tick; at one tick,
   * stages begin first, then sessions, then come users between two sessions and then those who wake, by session.
   */
  turn(now: Tick): void {
    while (true) {
      if (this.#accepting && this.#nothingToStart()) this.#acceptNoMore();
      const stage = this.#accepting ? this.#nextStageTick() : Infinity;
      const start = this.#accepting ? this.#nextStart() : this.#haltTick;
      const idler = this.#idlers.nextTick(now + 1);
      const wake = Math.min(idler, this.#wakes.nextTick(now + 1));
      if (stage > now && start > now && wake > now) break;
      if (stage <= start && stage <= wake) this.#enterStage();
      else if (start <= wake && this.#accepting) this.#startNext(start);
      else if (idler <= wake && wake <= start) this.#comeBack(idler, this.#clock.now());
      else if (wake <= start) this.#wake(this.#wakes.pop(wake), this.#clock.now());
      else break;
      if (this.#watch !== null) this.#stopIfMissed(Math.min(stage, start, wake));
    }
    if (!this.#accepting && !this.#halted && now >= this.#haltTick) this.#halt(now);
    if (this.#writer.failure !== null && !this.#halted) this.halt(STOP.ledgerFull);
  }

  /**
   * Begins no more sessions, and waits for those under way as long as the plan's graceful stop says. False where no
   * more would have begun anyway. `threshold`: which of them stops the run, where one does; `tick`: of what stops it.
   */
  stop(reason: number, threshold: number = 0, tick: Tick = this.#clock.now()): boolean {
    if (this.#onlyFlow < 0 && this.#startsNoMore(tick)) return false;
    const now = this.#clock.now();
    this.#acceptNoMore();
    this.#haltTick = Math.min(this.#haltTick, now + this.#plan.load.gracefulStopTicks);
    this.#recordStop(now, reason, threshold);
    return true;
  }

  /** Ends every session now. */
  halt(reason: number): void {
    if (this.#halted) return;
    const now = this.#clock.now();
    this.#accepting = false;
    this.#recordStop(now, reason, 0);
    this.#halt(now);
  }

  /** Records that the loop stood still for `lengthTicks` up to `now`. */
  loopGap(now: Tick, lengthTicks: Tick): void {
    if (this.#onlyFlow >= 0) return;
    this.#ledger.append(now, NONE, NONE, KIND.loopGap, NO_STEP, operand(lengthTicks), 0, 0);
  }

  /** Records what was used of the processor since this was told last, or since the load began. */
  processorUsed(now: Tick, usedTicks: Tick): void {
    if (this.#onlyFlow >= 0 || now <= this.#processorTick) return;
    const ofTicks = operand(now - this.#processorTick);
    this.#processorTick = now;
    this.#ledger.append(now, NONE, NONE, KIND.processorUsed, NO_STEP, operand(usedTicks), ofTicks, 0);
  }

  /** Closes the connections that are open. Called once, when finished. */
  close(): void {
    assert(this.finished, "a run is finished before it is closed");
    this.#requests.connections.closeAll(this.#clock.now());
  }

  /** Records of no session speak of the load, in its time: of what runs once, the driver tells. */
  #recordStop(now: Tick, reason: number, threshold: number): void {
    if (this.#onlyFlow >= 0) return;
    this.#ledger.append(now, NONE, NONE, KIND.runStopped, NO_STEP, reason, threshold, 0);
    if (reason === STOP.thresholdMissed || reason === STOP.stepFailed) {
      this.counters.stopped = { reason, threshold };
    }
  }

  /** `tick`: of what may have been one sample too many. */
  #stopIfMissed(tick: Tick): void {
    if (this.#watch === null || this.#watch.missed < 0 || this.#isMissed) return;
    this.#isMissed = true;
    this.stop(STOP.thresholdMissed, this.#watch.missed, tick);
  }

  /** Whether no session can begin from `tick` on, whether or not a turn has found that out. */
  #startsNoMore(tick: Tick): boolean {
    return !this.#accepting || this.#nothingToStart() || (this.#closed !== null && tick >= this.#endOfStages);
  }

  /** No session begins any more, so users between two sessions leave. */
  #acceptNoMore(): void {
    this.#accepting = false;
    for (let vu = 0; vu < this.#vus.state.length; vu++) {
      if (this.#vus.state[vu] === STATE.idle) this.#leave(vu);
    }
  }

  // Beginning sessions.

  #nothingToStart(): boolean {
    return this.#arrivals !== null
      ? this.#arrivals.nextTick === Infinity
      : this.#nextSession >= this.#sessions;
  }

  /** When the next session starts that no VU's wake will start, or a closed load ends. */
  #nextStart(): Tick {
    return this.#arrivals !== null
      ? this.#arrivals.nextTick
      : Math.min(this.#moreUsersTick, this.#endOfStages);
  }

  /** Starts what starts at `tick`. */
  #startNext(tick: Tick): void {
    const next = this.#arrivals;
    if (next === null) return tick >= this.#endOfStages ? this.#acceptNoMore() : this.#startUser(tick);
    const { nextTick: intendedTick, nextStage: stage, nextSession: session } = next;
    next.advance();
    const vu = this.#vus.take();
    if (vu >= 0) return this.#startSession(vu, session, intendedTick, stage, this.#clock.now());
    this.#ledger.append(intendedTick, session, NONE, KIND.arrivalDropped, NO_STEP, stage, 0, 0);
    this.counters.sessionsDropped++;
  }

  /** One more user of a closed load begins, whom the load wants from `tick` on. */
  #startUser(tick: Tick): void {
    if (this.#mayLoop(this.#vus.active + 1, tick)) {
      const vu = this.#vus.take();
      assert(vu >= 0, "a closed load never wants more users than its bound");
      this.#startLoopingSession(vu, this.#clock.now());
    }
    this.#awaitMoreUsers(tick);
  }

  #awaitMoreUsers(tick: Tick): void {
    if (this.#closed === null) return;
    this.#moreUsersTick = moreUsersOfShard(this.#closed, this.#vus.active, tick, this.#shard);
  }

  /**
   * May a closed load have `users` users, one of them about to begin a session? Who comes and who leaves is decided for
   * the tick at which that was due, so that it does not depend on how late a turn comes.
   */
  #mayLoop(users: number, tick: Tick): boolean {
    if (!this.#accepting || this.#closed === null || this.#nextSession >= this.#sessions) return false;
    return users <= usersOfShard(this.#closed, tick, this.#shard);
  }

  #startLoopingSession(vu: number, now: Tick): void {
    const session = this.#nextSession;
    this.#nextSession += this.#shard.count;
    this.#startSession(vu, session, now, this.#stage, now);
  }

  #startSession(vu: number, session: number, intendedTick: Tick, stage: number, now: Tick): void {
    const flow = this.#onlyFlow >= 0 ? this.#onlyFlow : chooseFlow(this.#plan.choice, this.#random, session);
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
    if (this.#remembers) this.#memory.forget(vu);
    this.counters.sessionsStarted++;
    this.#ledger.append(intendedTick, session, vu, KIND.sessionStarted, flow, stage, 0, 0);
    this.#programs.advance(vu, now);
  }

  #wake(vu: number, now: Tick): void {
    switch (this.#vus.state[vu]) {
      case STATE.executing:
        return this.#requests.timeOut(vu, now);
      case STATE.waiting:
        this.#vus.become(vu, STATE.ready);
        return this.#programs.advance(vu, now);
      default:
        throw new Error("z6c has a bug: a VU was woken that had nothing to wait for");
    }
  }

  // Ending sessions.

  #endSession(vu: number, tick: Tick, end: number, now: Tick): void {
    const vus = this.#vus;
    this.#programs.leave(vu, tick);
    this.#ledger.append(tick, vus.session[vu], vu, KIND.sessionEnded, vus.flow[vu], end, 0, 0);
    this.counters.sessionEnded(end);
    this.#wentThrough = end === END.completed;
    this.#requests.connections.sessionEnded(vu, now);
    if (this.#closed === null) return vus.rest(vu);
    // Others may be due before. A turn may have seen to them, or come too late: who leaves must not depend on it.
    if (!this.#isCatchingUp) this.#catchUp(tick, now);
    // A session without a request takes no time: let the clock go on, or the loop would never end.
    const next = Math.max(vus.startTick[vu] + this.#closed.paceTicks, vus.issued[vu] > 0 ? tick : tick + 1);
    if (next <= tick || !this.#accepting) return this.#loopOrRest(vu, tick, now);
    vus.become(vu, STATE.idle);
    this.#idlers.set(vu, next, vus.session[vu]);
  }

  /** Users between two sessions who are due by `tick` come back. What they begin may be over at once: one level is enough. */
  #catchUp(tick: Tick, now: Tick): void {
    this.#isCatchingUp = true;
    while (this.#idlers.nextTick(tick + 1) <= tick) this.#comeBack(this.#idlers.nextTick(), now);
    this.#isCatchingUp = false;
  }

  /** A user between two sessions, who is the first, is due at `tick`. */
  #comeBack(tick: Tick, now: Tick): void {
    const vu = this.#idlers.pop(tick);
    this.#vus.become(vu, STATE.ready);
    this.#loopOrRest(vu, tick, now);
  }

  /** A user of a closed load begins its next session, which is due at `tick`, or leaves. */
  #loopOrRest(vu: number, tick: Tick, now: Tick): void {
    if (this.#mayLoop(this.#vus.active, tick)) return this.#startLoopingSession(vu, now);
    this.#vus.rest(vu);
    this.#awaitMoreUsers(tick);
  }

  #halt(now: Tick): void {
    this.#halted = true;
    this.#requests.forgetWaiting();
    for (let vu = 0; vu < this.#vus.state.length; vu++) {
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
    this.#programs.leave(vu, now);
    this.#ledger.append(now, session, vu, KIND.sessionEnded, vus.flow[vu], END.runStopped, 0, 0);
    this.counters.sessionEnded(END.runStopped);
    this.#requests.connections.closeWebSocket(vu, now);
    vus.rest(vu);
  }

  /** A user between two sessions goes. */
  #leave(vu: number): void {
    this.#idlers.clear(vu);
    this.#vus.become(vu, STATE.ready);
    this.#vus.rest(vu);
  }

  // Stages.

  #nextStageTick(): Tick {
    if (this.#onlyFlow >= 0) return Infinity;
    const { stages } = this.#plan.load;
    return this.#stage + 1 < stages.length ? stages[this.#stage + 1].startTick : Infinity;
  }

  #enterStage(): void {
    const { startTick } = this.#plan.load.stages[++this.#stage];
    this.counters.stage = this.#stage;
    this.#ledger.append(startTick, NONE, NONE, KIND.stageEntered, NO_STEP, this.#stage, 0, 0);
  }
}
