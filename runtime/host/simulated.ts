import type { Phase } from "../engine/engine.ts";
import type { Clock, Completions, Host, Network } from "../engine/host.ts";
import type { Plan, Tick } from "../plan.ts";
import { PlannedTarget } from "./simulation/planned_target.ts";
import { SimulatedNetwork } from "./simulation/simulated_network.ts";
import type { Opening, Reply, SimulatedTarget } from "./simulation/simulated_target.ts";

/** What a modelled target does with one request, counted from when it gets it. */
export type Answer = Readonly<
  | {
    kind: "response";
    afterTicks: Tick;
    status: number;
    bytes: number;
    body?: Uint8Array;
    headers?: readonly (readonly [name: string, value: string])[];
    close?: boolean;
  }
  | { kind: "error"; afterTicks: Tick; error: number }
  /** Nothing, ever. */
  | { kind: "silence" }
>;

/** A model of the target: a pure function of when and what it is asked, so that a run can be had again. */
export type TargetModel = (
  request: Readonly<{ slot: number; tick: Tick; bytes: Uint8Array; request: number }>,
) => Answer;

/** A world in which time passes only when there is nothing left to do. */
export class SimulatedHost implements Host {
  readonly clock = new VirtualClock();
  readonly #slots: number;
  readonly #target: SimulatedTarget;
  readonly #plan: Plan | null;

  /** `connectTicks`: what a model's connections take to open. `plan`: which slots share one; null: each has its own. */
  constructor(
    slots: number,
    target: TargetModel | SimulatedTarget,
    connectTicks: Tick = 100,
    plan: Plan | null = null,
  ) {
    this.#slots = slots;
    this.#plan = plan;
    this.#target = typeof target === "function" ? new ModelledTarget(target, connectTicks) : target;
  }

  /** The target that a plan's `simulation` describes; each phase of a run has one of its own. */
  static ofPlan(plan: Plan, phase: Phase): SimulatedHost {
    return new SimulatedHost(plan.bounds.connections, new PlannedTarget(plan, phase), 0, plan);
  }

  openNetwork(completions: Completions): Network {
    return new SimulatedNetwork(this.clock, completions, this.#slots, this.#target, this.#plan);
  }
}

/** Stands still until it is moved. */
class VirtualClock implements Clock {
  #now: Tick = 0;

  now(): Tick {
    return this.#now;
  }

  /** Logical time since 1970: a simulation has no day of its own. */
  wallClockMs(): number {
    return Math.floor(this.#now / 1000);
  }

  advanceTo(tick: Tick): void {
    this.#now = Math.max(this.#now, tick);
  }
}

/** A model behind a network: its responses need no codec, for it says what is in them. */
class ModelledTarget implements SimulatedTarget {
  readonly #model: TargetModel;
  readonly #opening: Opening;

  constructor(model: TargetModel, connectTicks: Tick) {
    this.#model = model;
    this.#opening = { afterTicks: connectTicks, refused: "", tlsTicks: null, isHttp2: false };
  }

  open(): Opening {
    return this.#opening;
  }

  answer(request: number, tick: Tick, slot: number, bytes: Uint8Array, length: number): Reply {
    const answer = this.#model({ slot, tick, bytes: bytes.subarray(0, length), request });
    switch (answer.kind) {
      case "response": {
        const { afterTicks, status, bytes, body = null, close = false } = answer;
        return { kind: "decoded", afterTicks, status, bytes, body, head: headOf(answer), close };
      }
      case "error":
        return { ...answer, cause: "simulated" };
      case "silence":
        return answer;
    }
  }
}

function headOf({ status, headers = [] }: Answer & { kind: "response" }): Uint8Array {
  const fields = headers.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return new TextEncoder().encode(`HTTP/1.1 ${status}\r\n${fields}\r\n`);
}
