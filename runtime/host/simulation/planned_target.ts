import type { Phase } from "../../engine/engine.ts";
import { KeyedRandom, scale } from "../../engine/random.ts";
import { thinkTicks } from "../../engine/think_time.ts";
import { ERROR } from "../../ledger/errors.ts";
import type { Duration, Plan, Ppm, SimulatedFault, Tick } from "../../plan.ts";
import { expectedAnswer } from "../expected_answer.ts";
import { answerBytes } from "./answer_bytes.ts";
import { Servers } from "./servers.ts";
import type { Opening, Reply, SimulatedTarget } from "./simulated_target.ts";

/** The salt of all draws of a simulated target, beside those of `SALT`. */
const SALT_SIMULATION = 2;
/** What a draw is for. A fault uses the number behind `fault` that is its position in the plan. */
const USE = { connect: 0, answer: 1, fault: 16 } as const;
/** The last part of a draw's name, so that a setup does not see the luck of the load. */
const PHASE = { load: 0, setup: 1, teardown: 2 } as const;

/** How a request of the plan is answered. */
type Planned = Readonly<{
  service: Thinking;
  isFixed: boolean;
  errorsPpm: Ppm;
  /** Those that can strike it, with their positions in the plan. */
  faults: readonly (readonly [position: number, fault: SimulatedFault])[];
  /** As it is expected, or as the plan's answer says. */
  bytes: Uint8Array;
}>;
type Thinking = Duration & { kind: "think"; step: number };

/** What a fault does to an answer in bytes. */
type Damage = { delayTicks: Tick; overTicks: Tick; status: number; isCut: boolean; isReset: boolean };

/** The target that a plan's `simulation` describes (docs/simulation.md). */
export class PlannedTarget implements SimulatedTarget {
  readonly #random: KeyedRandom;
  readonly #phase: number;
  readonly #connect: Thinking;
  readonly #connectionsMost: number;
  readonly #requests: readonly Planned[];
  readonly #refusals: readonly (readonly [position: number, fault: SimulatedFault])[];
  /** Null where as many requests are worked on as come. */
  readonly #servers: Servers | null;
  readonly #statusBytes = new Map<number, Uint8Array>();
  #connections = 0;
  #asked = 0;

  constructor(plan: Plan, phase: Phase) {
    const { simulation } = plan;
    this.#random = new KeyedRandom(plan.seed);
    this.#phase = PHASE[phase];
    this.#connect = thinking(simulation.connect);
    this.#connectionsMost = simulation.connections;
    this.#servers = simulation.servers === 0 ? null : new Servers(simulation.servers, simulation.queue);
    // What strikes any request is part of the load: a setup meets what names its own steps.
    const faults = [...simulation.faults.entries()]
      .filter(([, { request }]) => phase === "load" || request >= 0);
    this.#refusals = faults.filter(([, { kind }]) => kind === "refuse");
    this.#requests = plan.requests.map((request, id) => {
      const answer = simulation.answers.find((answer) => answer.request === id);
      const service = thinking(answer?.service ?? simulation.service);
      const ownPpm = answer?.errorsPpm ?? -1;
      const commonPpm = phase === "load" ? simulation.errorsPpm : 0;
      return {
        service,
        isFixed: service.minTicks === service.maxTicks,
        errorsPpm: ownPpm < 0 ? commonPpm : ownPpm,
        faults: faults.filter(([, fault]) =>
          fault.kind !== "refuse" && (fault.request < 0 || fault.request === id)
        ),
        bytes: answerBytes(expectedAnswer(request, answer), request.method),
      };
    });
  }

  open(request: number, tick: Tick, openConnections: number): Opening {
    const number = this.#connections++;
    const connect = this.#connect;
    let afterTicks = connect.minTicks;
    if (connect.maxTicks > connect.minTicks) {
      this.#draw(number, USE.connect);
      afterTicks = thinkTicks(connect, this.#random.words);
    }
    // A refusal takes its time, too: a user who tries again at once would never come to an end.
    if (this.#connectionsMost > 0 && openConnections >= this.#connectionsMost) {
      return { afterTicks: Math.max(1, afterTicks), refused: `simulated: ${openConnections} connections` };
    }
    for (const [position, fault] of this.#refusals) {
      if ((fault.request < 0 || fault.request === request) && this.#strikes(fault, position, number, tick)) {
        return { afterTicks: Math.max(1, afterTicks), refused: "simulated: a fault" };
      }
    }
    return { afterTicks, refused: "" };
  }

  answer(request: number, tick: Tick): Reply {
    const number = this.#asked++;
    const planned = this.#requests[request];
    let serviceTicks = planned.service.minTicks;
    let isError = false;
    if (!planned.isFixed || planned.errorsPpm > 0) {
      this.#draw(number, USE.answer);
      if (!planned.isFixed) serviceTicks = thinkTicks(planned.service, this.#random.words);
      isError = isBelow(this.#random.words[2], planned.errorsPpm);
    }
    const own = isError ? this.#bytesOf(500) : planned.bytes;
    if (planned.faults.length > 0) return this.#damaged(planned, number, tick, serviceTicks, own);
    const doneTick = this.#doneTick(tick, serviceTicks);
    const bytes = doneTick < 0 ? this.#bytesOf(503) : own;
    return { kind: "bytes", afterTicks: Math.max(1, doneTick - tick), bytes, overTicks: 0, ends: false };
  }

  /** When a request that came at `tick` is done, or −1 where there is no room for it. */
  #doneTick(tick: Tick, serviceTicks: Tick): Tick {
    return this.#servers === null ? tick + serviceTicks : this.#servers.enter(tick, serviceTicks);
  }

  /** Of faults that strike the same request, `drop` goes before `reset`, and all others come together. */
  #damaged({ faults }: Planned, number: number, tick: Tick, serviceTicks: Tick, own: Uint8Array): Reply {
    const damage: Damage = { delayTicks: 0, overTicks: 0, status: 0, isCut: false, isReset: false };
    const corrupting: number[] = [];
    for (const [position, fault] of faults) {
      if (!this.#strikes(fault, position, number, tick)) continue;
      if (fault.kind === "drop") return { kind: "silence" };
      if (fault.kind === "corrupt") corrupting.push(position);
      else strike(damage, fault);
    }
    const doneTick = this.#doneTick(tick, serviceTicks);
    const afterTicks = Math.max(1, doneTick - tick) + damage.delayTicks;
    if (damage.isReset) {
      return { kind: "error", afterTicks, error: ERROR["wait.reset"], cause: "simulated: reset" };
    }
    const status = doneTick < 0 ? 503 : damage.status;
    let bytes = status === 0 ? own : this.#bytesOf(status);
    for (const position of corrupting) bytes = this.#corrupted(bytes, number, position);
    if (damage.isCut) bytes = bytes.subarray(0, Math.floor(bytes.length / 2));
    return { kind: "bytes", afterTicks, bytes, overTicks: damage.overTicks, ends: damage.isCut };
  }

  #corrupted(bytes: Uint8Array, number: number, position: number): Uint8Array {
    this.#draw(number, USE.fault + position);
    const [, place, change] = this.#random.words;
    const corrupted = bytes.slice();
    corrupted[scale(place, bytes.length)] ^= 1 + scale(change, 255);
    return corrupted;
  }

  #strikes({ fromTick, toTick, ppm }: SimulatedFault, position: number, number: number, tick: Tick): boolean {
    if (tick < fromTick || tick >= toTick) return false;
    return ppm === 1_000_000 || isBelow(this.#draw(number, USE.fault + position), ppm);
  }

  /** An answer that no step asks for. */
  #bytesOf(status: number): Uint8Array {
    let bytes = this.#statusBytes.get(status);
    if (bytes === undefined) {
      bytes = answerBytes({ status, headers: [], body: "" }, "GET");
      this.#statusBytes.set(status, bytes);
    }
    return bytes;
  }

  #draw(number: number, use: number): number {
    return this.#random.draw(number, SALT_SIMULATION, use, this.#phase);
  }
}

/** Of several of a kind, delays add up, and the last one says the status. */
function strike(damage: Damage, { kind, ticks, status }: SimulatedFault): void {
  switch (kind) {
    case "delay":
      damage.delayTicks += ticks;
      break;
    case "slow-body":
      damage.overTicks += ticks;
      break;
    case "status":
      damage.status = status;
      break;
    case "half-close":
      damage.isCut = true;
      break;
    case "reset":
      damage.isReset = true;
      break;
  }
}

function thinking(duration: Duration): Thinking {
  return { kind: "think", step: 0, ...duration };
}

/** A draw's share of all draws is less than `ppm` parts of a million. */
function isBelow(draw: number, ppm: Ppm): boolean {
  return scale(draw, 1_000_000) < ppm;
}
