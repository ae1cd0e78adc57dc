import { assert } from "../ledger/assert.ts";
import { END, KIND } from "../ledger/record.ts";
import type { Instruction, Plan, Request, Tick } from "../plan.ts";
import type { Appending } from "./appending.ts";
import { Groups } from "./groups.ts";
import type { Examiner } from "./host.ts";
import { type KeyedRandom, scaleWords, USE } from "./random.ts";
import { PLANNED, type Requests } from "./requests.ts";
import { thinkTicks } from "./think_time.ts";
import { STATE, type VuTable } from "./vu_table.ts";
import type { WakeQueue } from "./wake_queue.ts";

/** What programs share with the sessions that run them. */
export type ProgramParts = Readonly<{
  plan: Plan;
  ledger: Appending;
  random: KeyedRandom;
  vus: VuTable;
  wakes: WakeQueue;
  requests: Requests;
  /** The VU's session has come to its end. */
  ended(vu: number, tick: Tick, end: number, now: Tick): void;
  /** A step has failed at `tick` that is to stop the run. */
  stopRun(tick: Tick): void;
}>;

/** Runs the programs of flows: what a session does next, until it has to wait for something. */
export class Programs {
  readonly #plan: Plan;
  readonly #ledger: Appending;
  readonly #random: KeyedRandom;
  readonly #vus: VuTable;
  readonly #wakes: WakeQueue;
  readonly #requests: Requests;
  readonly #examiner: Examiner;
  /** Null where the plan has none. */
  readonly #groups: Groups | null;
  readonly #ended: ProgramParts["ended"];
  readonly #stopRun: ProgramParts["stopRun"];

  constructor({ plan, ledger, random, vus, wakes, requests, ended, stopRun }: ProgramParts) {
    this.#plan = plan;
    this.#ledger = ledger;
    this.#random = random;
    this.#vus = vus;
    this.#wakes = wakes;
    this.#requests = requests;
    this.#examiner = requests.examiner;
    this.#groups = plan.bounds.groupDepth === 0 ? null : new Groups(plan, vus, ledger);
    this.#ended = ended;
    this.#stopRun = stopRun;
  }

  /** Goes on with a ready VU's program. */
  advance(vu: number, now: Tick): void {
    const vus = this.#vus;
    const { program } = this.#plan.flows[vus.flow[vu]];
    while (true) {
      const at = vus.instruction[vu];
      if (at >= program.length) return this.#ended(vu, vus.dueTick[vu], END.completed, now);
      const instruction = program[at];
      switch (instruction.kind) {
        case "request": {
          const planned = this.#requests.plan(vu, instruction.request, instruction.step, now);
          if (planned === PLANNED.inFlight) return;
          const request = this.#plan.requests[instruction.request];
          if (!this.#goesOnBehind(vu, now, planned === PLANNED.handedOver, request)) return;
          break;
        }
        case "webSocket":
          vus.webSocket[vu] = at;
          this.#requests.plan(vu, instruction.request, instruction.step, now);
          return;
        case "webSocketEnd":
          this.#requests.connections.closeWebSocket(vu, now);
          vus.instruction[vu] = at + 1;
          break;
        case "think":
          vus.instruction[vu] = at + 1;
          this.#think(vu, instruction);
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
        case "group":
          vus.instruction[vu] = at + 1;
          this.#groups?.enter(vu, instruction.step);
          break;
        case "groupEnd":
          vus.instruction[vu] = at + 1;
          this.#groups?.leave(vu);
          break;
      }
    }
  }

  /** The VU's request has ended one way or another, and the VU is ready. */
  requestDone(vu: number, end: Tick, good: boolean, request: Request): void {
    if (this.#goesOnBehind(vu, end, good, request)) this.advance(vu, end);
  }

  /** Whether the session goes on behind a request; then it stands at what comes next. */
  #goesOnBehind(vu: number, end: Tick, good: boolean, request: Request): boolean {
    if (!good) {
      const { onError } = request;
      this.#groups?.fails(vu);
      if (onError === "stop-run") this.#stopRun(end);
      if (onError !== "continue") {
        this.#ended(vu, end, END.stepFailed, end);
        return false;
      }
    }
    const stays = request.kind === "http" || this.#staysInExchange(vu, good, request);
    if (stays) this.#vus.instruction[vu]++;
    else this.#leaveExchange(vu);
    return true;
  }

  /** Whether there is something left to do for what comes next on the session's WebSocket. */
  #staysInExchange(vu: number, good: boolean, { kind, target }: Request): boolean {
    const isOpen = this.#requests.connections.hasWebSocket(vu, target);
    return kind === "webSocket" ? good && isOpen : good || isOpen;
  }

  /** What is left of the exchange is left out: the session stands at its end. */
  #leaveExchange(vu: number): void {
    const vus = this.#vus;
    const { program } = this.#plan.flows[vus.flow[vu]];
    const opening = program[vus.webSocket[vu]];
    assert(opening.kind === "webSocket", "an exchange begins with the opening of its WebSocket");
    const ending = program[opening.end];
    assert(ending.kind === "webSocketEnd", "an exchange has an end");
    vus.instruction[vu] = opening.end;
    vus.depth[vu] = ending.depth;
  }

  /** The VU's session ends, wherever it stands, and so do the groups that it stands in. */
  leave(vu: number, tick: Tick): void {
    this.#groups?.leaveAll(vu, tick);
  }

  /** A think time that is over already is slept through all the same: who else is due goes first. */
  #think(vu: number, instruction: Instruction & { kind: "think" }): void {
    const vus = this.#vus;
    const session = vus.session[vu];
    const { step, minTicks, maxTicks } = instruction;
    let ticks = minTicks;
    if (maxTicks > minTicks) {
      this.#random.draw(session, this.#plan.steps[step].salt, USE.think, vus.loop(vu));
      ticks = thinkTicks(instruction, this.#random.words);
    }
    const due = vus.dueTick[vu];
    this.#ledger.append(due, session, vu, KIND.thinkChosen, step, ticks, Math.floor(ticks / 2 ** 32), 0);
    if (ticks === 0) return;
    this.#groups?.thinks(vu, ticks);
    vus.dueTick[vu] = due + ticks;
    vus.become(vu, STATE.waiting);
    this.#wakes.set(vu, due + ticks, session);
  }

  #decide(vu: number, { step, condition }: Instruction & { kind: "when" }): boolean {
    const vus = this.#vus;
    const holds = this.#examiner.holds(condition, vu, vus.status[vu]);
    this.#ledger.append(
      vus.dueTick[vu],
      vus.session[vu],
      vu,
      KIND.conditionMet,
      step,
      holds ? 1 : 0,
      0,
      0,
    );
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
    this.#ledger.append(vus.dueTick[vu], session, vu, KIND.repeatChosen, step, passes, 0, 0);
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
}
