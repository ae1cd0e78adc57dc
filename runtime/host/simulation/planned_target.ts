import type { Phase } from "../../engine/engine.ts";
import { KeyedRandom, scale } from "../../engine/random.ts";
import { thinkTicks } from "../../engine/think_time.ts";
import { ERROR } from "../../ledger/errors.ts";
import type { Duration, Plan, Ppm, Request, SimulatedFault, Target, Tick } from "../../plan.ts";
import { answerBytes, upgradeBytes } from "./answer_bytes.ts";
import { grpcFailure, type PlannedAnswer, plannedAnswers } from "./planned_answers.ts";
import { Servers } from "./servers.ts";
import type {
  MessageReply,
  Opening,
  Reply,
  SimulatedMessage,
  SimulatedTarget,
  TextsOf,
} from "./simulated_target.ts";

/** The salt of all draws of a simulated target, beside those of `SALT`. */
const SALT_SIMULATION = 2;
/** What a draw is for. A fault uses the number behind `fault` that is its position in the plan. */
const USE = { connect: 0, answer: 1, fault: 16 } as const;
/** The last part of a draw's name, so that a setup does not see the luck of the load. */
const PHASE = { load: 0, setup: 1, teardown: 2 } as const;
/** With which a target closes a WebSocket that it cannot go on with (RFC 6455 section 7.4.1). */
const INTERNAL_ERROR = 1011;

/** How a request of the plan is answered. */
type Planned = Readonly<{
  service: Thinking;
  isFixed: boolean;
  errorsPpm: Ppm;
  /** Those that can strike it, with their positions in the plan. */
  faults: readonly (readonly [position: number, fault: SimulatedFault])[];
  /** A server works on it; what is done on a WebSocket needs none. */
  isServed: boolean;
  /** As it is expected, or as the plan's answer says. */
  answer: PlannedAnswer;
}>;
type Thinking = Duration & { kind: "think"; step: number };

/** What faults do to an answer. */
type Damage = {
  isDropped: boolean;
  delayTicks: Tick;
  overTicks: Tick;
  status: number;
  isCut: boolean;
  isReset: boolean;
  /** Positions of the faults that change a byte. */
  corrupting: number[];
};

/** The target that a plan's `simulation` describes (docs/simulation.md). */
export class PlannedTarget implements SimulatedTarget {
  readonly #random: KeyedRandom;
  readonly #phase: number;
  readonly #plan: Plan;
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
    this.#plan = plan;
    this.#connect = thinking(simulation.connect);
    this.#connectionsMost = simulation.connections;
    this.#servers = simulation.servers === 0 ? null : new Servers(simulation.servers, simulation.queue);
    // What strikes any request is part of the load: a setup meets what names its own steps.
    const faults = [...simulation.faults.entries()]
      .filter(([, { request }]) => phase === "load" || request >= 0);
    this.#refusals = faults.filter(([, { kind }]) => kind === "refuse");
    const answers = plannedAnswers(plan);
    this.#requests = plan.requests.map(({ kind }, id) => {
      const given = simulation.answers.find((answer) => answer.request === id);
      const service = thinking(given?.service ?? simulation.service);
      const isServed = kind === "http" || kind === "webSocket";
      const ownPpm = given?.errorsPpm ?? -1;
      const commonPpm = phase === "load" && isServed ? simulation.errorsPpm : 0;
      return {
        service,
        isFixed: service.minTicks === service.maxTicks,
        errorsPpm: ownPpm < 0 ? commonPpm : ownPpm,
        faults: faults.filter(([, fault]) =>
          fault.kind !== "refuse" && (fault.request < 0 || fault.request === id)
        ),
        isServed,
        answer: answers[id],
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
    const { kind, target } = this.#plan.requests[request];
    const how = openingOf(this.#plan.targets[target], kind, afterTicks);
    // A refusal takes its time, too: a user who tries again at once would never come to an end.
    const refused = (why: string) => ({ ...how, afterTicks: Math.max(1, afterTicks), refused: why });
    if (this.#connectionsMost > 0 && openConnections >= this.#connectionsMost) {
      return refused(`simulated: ${openConnections} connections`);
    }
    for (const [position, fault] of this.#refusals) {
      if ((fault.request < 0 || fault.request === request) && this.#strikes(fault, position, number, tick)) {
        return refused("simulated: a fault");
      }
    }
    return how;
  }

  answer(
    request: number,
    tick: Tick,
    slot: number,
    bytes: Uint8Array,
    length: number,
    textsOf: TextsOf,
  ): Reply {
    const number = this.#asked++;
    const planned = this.#requests[request];
    let serviceTicks = planned.service.minTicks;
    let isError = false;
    if (!planned.isFixed || planned.errorsPpm > 0) {
      this.#draw(number, USE.answer);
      if (!planned.isFixed) serviceTicks = thinkTicks(planned.service, this.#random.words);
      isError = isBelow(this.#random.words[2], planned.errorsPpm);
    }
    const damage = planned.faults.length === 0 ? NO_DAMAGE : this.#damage(planned, number, tick);
    if (damage.isDropped) return SILENCE;
    const doneTick = planned.isServed ? this.#doneTick(tick, serviceTicks) : tick + serviceTicks;
    const afterTicks = Math.max(1, doneTick - tick) + damage.delayTicks;
    if (damage.isReset) {
      return { kind: "error", afterTicks, error: ERROR["wait.reset"], cause: "simulated: reset" };
    }
    const status = doneTick < 0 ? 503 : damage.status > 0 ? damage.status : isError ? 500 : 0;
    const { answer } = planned;
    switch (answer.kind) {
      case "bytes":
        return this.#inBytes(status === 0 ? answer.bytes : this.#bytesOf(status), afterTicks, damage, number);
      case "upgrade": {
        const upgrade = () => upgradeBytes(answer.sample, bytes.subarray(0, length));
        return this.#inBytes(status === 0 ? upgrade() : this.#bytesOf(status), afterTicks, damage, number);
      }
      case "nothing":
        if (status > 0) return closing(afterTicks);
        return damage.isCut
          ? { kind: "error", afterTicks, error: ERROR["wait.closed"], cause: "simulated: half-close" }
          : SILENCE;
      case "messages": {
        if (status > 0 && answer.of === "webSocket") return closing(afterTicks);
        if (status > 0 && answer.of === "events") {
          return this.#inBytes(this.#bytesOf(status), afterTicks, damage, number);
        }
        const messages = status > 0 ? grpcFailure(status) : answer.make(bytes, length, () => textsOf(slot));
        return this.#inMessages(
          {
            kind: "messages",
            afterTicks,
            everyTicks: serviceTicks,
            overTicks: 0,
            cutBehind: -1,
            ...messages,
          },
          damage,
          number,
        );
      }
    }
  }

  /** When a request that came at `tick` is done, or −1 where there is no room for it. */
  #doneTick(tick: Tick, serviceTicks: Tick): Tick {
    return this.#servers === null ? tick + serviceTicks : this.#servers.enter(tick, serviceTicks);
  }

  // Faults.

  /** Of faults that strike the same request, `drop` goes before `reset`, and all others come together. */
  #damage({ faults }: Planned, number: number, tick: Tick): Damage {
    const damage: Damage = { ...NO_DAMAGE, corrupting: [] };
    for (const [position, fault] of faults) {
      if (this.#strikes(fault, position, number, tick)) strike(damage, fault, position);
    }
    return damage;
  }

  #inBytes(own: Uint8Array, afterTicks: Tick, damage: Damage, number: number): Reply {
    let bytes = own;
    for (const position of damage.corrupting) bytes = this.#corrupted(bytes, number, position);
    if (damage.isCut) bytes = bytes.subarray(0, Math.floor(bytes.length / 2));
    return { kind: "bytes", afterTicks, bytes, overTicks: damage.overTicks, ends: damage.isCut };
  }

  /** It is the last message in which a byte is another, and half of them that come before the connection ends. */
  #inMessages(own: MessageReply, { overTicks, isCut, corrupting }: Damage, number: number): MessageReply {
    const { count, message } = own;
    const cutBehind = isCut ? Math.floor(count / 2) : -1;
    if (corrupting.length === 0 || count === 0) return { ...own, overTicks, cutBehind };
    const last = corrupting.reduce<SimulatedMessage>((it, position) => ({
      ...it,
      payload: this.#corrupted(it.payload, number, position),
    }), message(count - 1));
    return { ...own, overTicks, cutBehind, message: (nth) => nth === count - 1 ? last : message(nth) };
  }

  #corrupted(bytes: Uint8Array, number: number, position: number): Uint8Array {
    if (bytes.length === 0) return bytes;
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

const SILENCE: Reply = { kind: "silence" };
const NO_DAMAGE: Readonly<Damage> = {
  isDropped: false,
  delayTicks: 0,
  overTicks: 0,
  status: 0,
  isCut: false,
  isReset: false,
  corrupting: [],
};

/** Half of the time is TLS's. A WebSocket is opened on HTTP/1.1 alone. */
function openingOf({ scheme, protocol }: Target, kind: Request["kind"], afterTicks: Tick): Opening {
  const isSecured = scheme === "https";
  const isHttp2 = kind === "http" && (protocol === "h2" || (protocol === "auto" && isSecured));
  return { afterTicks, refused: "", tlsTicks: isSecured ? Math.floor(afterTicks / 2) : null, isHttp2 };
}

function closing(afterTicks: Tick): Reply {
  return { kind: "closes", afterTicks, code: INTERNAL_ERROR, cause: "simulated: a fault" };
}

/** Of several of a kind, delays add up, and the last one says the status. */
function strike(damage: Damage, { kind, ticks, status }: SimulatedFault, position: number): void {
  switch (kind) {
    case "drop":
      damage.isDropped = true;
      break;
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
    case "corrupt":
      damage.corrupting.push(position);
      break;
    case "refuse":
  }
}

function thinking(duration: Duration): Thinking {
  return { kind: "think", step: 0, ...duration };
}

/** A draw's share of all draws is less than `ppm` parts of a million. */
function isBelow(draw: number, ppm: Ppm): boolean {
  return scale(draw, 1_000_000) < ppm;
}
