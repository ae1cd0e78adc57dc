/** A transport by itself: a test sends, turns, and reads what it told. */
import { setImmediate } from "node:timers";
import type { Completions, Network, RequestPhase, ResponseWish } from "../runtime/engine/host.ts";
import { LiveClock } from "../runtime/host/live_clock.ts";
import type { TlsTexts, TransportModule } from "../runtime/host/transport.ts";
import { requestError } from "../runtime/ledger/errors.ts";
import { CLOSED } from "../runtime/ledger/record.ts";
import type { Plan, Target } from "../runtime/plan.ts";
import { latin1 } from "./http1/response_reading.ts";
import { PLAIN_WISH } from "./plain_network.ts";
import { constantLoad, samplePlan } from "./sample_plans.ts";

/** In the order in which it was told; without times. */
export type Told = Readonly<
  | { kind: "opened"; slot: number }
  | { kind: "secured"; slot: number; protocol: number; isResumed: boolean }
  | { kind: "closed"; slot: number; reason: string }
  /** Of a message and of a frame that was answered: a `MESSAGE`, and bytes. */
  | { kind: "message"; slot: number; message: number; bytes: number }
  | { kind: "answered"; slot: number; message: number; bytes: number }
  | { kind: "response"; slot: number; status: number; bytes: number; body: string | null }
  | { kind: "failed"; slot: number; error: string; bytes: number }
>;

/** What the driven requests wish for beside a body that is kept. */
export type Sending = Partial<Omit<ResponseWish, "request">>;

const SLOTS = 8;
/** From here on slots are those of WebSockets. */
export const FIRST_WEBSOCKET_SLOT = SLOTS;

export class DrivenNetwork {
  readonly told: Told[] = [];
  /** The system's words of the last failure. */
  cause = "";
  /** Called while a response is told, as an engine may act then. */
  whenAnswered: (slot: number) => void = () => {};
  /** Whether a message is the one that is waited for. */
  awaits: (slot: number, payload: Uint8Array, event: string) => boolean = () => true;
  readonly #network: Network;
  readonly #clock = new LiveClock();

  constructor(transport: TransportModule, target: Partial<Target>, texts: readonly TlsTexts[] = []) {
    const plan = samplePlan({ transport: transport.name, target, load: constantLoad(1, 1_000_000, SLOTS) });
    this.#network = transport.open(withWebSockets(plan), this.#clock, this.#completions(), texts);
  }

  send(slot: number, request: string | Uint8Array, sending: Sending = {}): void {
    const bytes = typeof request === "string" ? new TextEncoder().encode(request) : request;
    this.#network.send(slot, bytes, bytes.length, { ...PLAIN_WISH, keepBody: true, ...sending });
  }

  isOpen(slot: number): boolean {
    return this.#network.isOpen(slot);
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
      await this.turn();
    }
    return this.told;
  }

  /** Turns until a promise is settled, or for a while: often enough that what has come is noticed. */
  async during(what: Promise<unknown> = Promise.resolve()): Promise<void> {
    let isOver = false;
    what.finally(() => isOver = true).catch(() => {});
    while (!isOver) await this.turn();
    for (let turn = 0; turn < 300; turn++) await this.turn();
    await what;
  }

  /** Delivers what has come so far, more or less. */
  async turn(): Promise<void> {
    await this.#network.poll(this.#clock.now());
    await new Promise((next) => setImmediate(next));
  }

  #completions(): Completions {
    const reasons = new Map(Object.entries(CLOSED).map(([name, code]) => [code as number, name]));
    return {
      dueTick: () => Infinity,
      connectionOpened: (slot) => this.told.push({ kind: "opened", slot }),
      connectionSecured: (slot, protocol, isResumed) =>
        this.told.push({ kind: "secured", slot, protocol, isResumed }),
      messageReceived: (slot, _tick, message, bytes) =>
        this.told.push({ kind: "message", slot, message, bytes }),
      awaitedTexts: () => [],
      isAwaited: (slot, payload, event) => this.awaits(slot, payload, event),
      frameAnswered: (slot, _tick, message, bytes) =>
        this.told.push({ kind: "answered", slot, message, bytes }),
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

/** Every VU may have one. */
function withWebSockets(plan: Plan): Plan {
  const targets = plan.targets.map((target) => ({ ...target, firstWebSocketSlot: FIRST_WEBSOCKET_SLOT }));
  return { ...plan, targets, bounds: { ...plan.bounds, connections: 2 * SLOTS } };
}
