/** A transport by itself: a test sends, turns, and reads what it told. */
import { setImmediate } from "node:timers";
import type { Completions, Network, RequestPhase } from "../runtime/engine/host.ts";
import { LiveClock } from "../runtime/host/live_clock.ts";
import type { TransportModule } from "../runtime/host/transport.ts";
import { requestError } from "../runtime/ledger/errors.ts";
import { CLOSED } from "../runtime/ledger/record.ts";
import type { Target } from "../runtime/plan.ts";
import { latin1 } from "./http1/response_reading.ts";
import { NO_MESSAGES, PLAIN_WISH } from "./plain_network.ts";
import { constantLoad, samplePlan } from "./sample_plans.ts";

/** In the order in which it was told; without times. */
export type Told = Readonly<
  | { kind: "opened"; slot: number }
  | { kind: "closed"; slot: number; reason: string }
  | { kind: "response"; slot: number; status: number; bytes: number; body: string | null }
  | { kind: "failed"; slot: number; error: string; bytes: number }
>;

export type Sending = Readonly<{ head?: boolean; keepBody?: boolean }>;

const SLOTS = 8;

export class DrivenNetwork {
  readonly told: Told[] = [];
  /** The system's words of the last failure. */
  cause = "";
  /** Called while a response is told, as an engine may act then. */
  whenAnswered: (slot: number) => void = () => {};
  readonly #network: Network;
  readonly #clock = new LiveClock();

  constructor(transport: TransportModule, target: Partial<Target>) {
    const plan = samplePlan({ transport: transport.name, target, load: constantLoad(1, 1_000_000, SLOTS) });
    this.#network = transport.open(plan, this.#clock, this.#completions());
  }

  send(slot: number, request: string | Uint8Array, { head = false, keepBody = true }: Sending = {}): void {
    const bytes = typeof request === "string" ? new TextEncoder().encode(request) : request;
    this.#network.send(slot, bytes, bytes.length, { ...PLAIN_WISH, head, keepBody });
  }

  cancel(slot: number): RequestPhase {
    return this.#network.cancel(slot);
  }

  close(slot: number): void {
    this.#network.close(slot);
  }

  /** Turns until so many things have been told in all; throws where they never are. */
  async until(count: number): Promise<readonly Told[]> {
    const deadline = performance.now() + 10_000;
    while (this.told.length < count) {
      if (performance.now() > deadline) throw new Error(`told no more than ${JSON.stringify(this.told)}`);
      await this.#turn();
    }
    return this.told;
  }

  /** Turns until a promise is settled, or for a while: often enough that what has come is noticed. */
  async during(what: Promise<unknown> = Promise.resolve()): Promise<void> {
    let isOver = false;
    what.finally(() => isOver = true).catch(() => {});
    while (!isOver) await this.#turn();
    for (let turn = 0; turn < 300; turn++) await this.#turn();
    await what;
  }

  async #turn(): Promise<void> {
    await this.#network.poll(this.#clock.now());
    await new Promise((next) => setImmediate(next));
  }

  #completions(): Completions {
    const reasons = new Map(Object.entries(CLOSED).map(([name, code]) => [code as number, name]));
    return {
      ...NO_MESSAGES,
      dueTick: () => Infinity,
      connectionOpened: (slot) => this.told.push({ kind: "opened", slot }),
      connectionClosed: (slot, reason) =>
        this.told.push({ kind: "closed", slot, reason: reasons.get(reason) ?? "" }),
      responseEnded: (slot, _firstByte, _end, status, bytes, body) => {
        this.told.push({ kind: "response", slot, status, bytes, body: body && latin1(body) });
        this.whenAnswered(slot);
      },
      requestFailed: (slot, error, _firstByte, _end, bytes, cause) => {
        this.cause = cause;
        this.told.push({ kind: "failed", slot, error: requestError(error).name, bytes });
      },
    };
  }
}
