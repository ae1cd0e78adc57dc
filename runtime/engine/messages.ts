import { assert } from "../ledger/assert.ts";
import { KIND } from "../ledger/record.ts";
import type { Plan, Tick } from "../plan.ts";
import type { Appending } from "./appending.ts";
import { operand } from "./operand.ts";
import type { PreparedRequest } from "./prepared_request.ts";
import { ResponseView } from "./response_view.ts";
import type { Slots } from "./slots.ts";
import type { RenderContext } from "./template_writer.ts";
import type { VuTable } from "./vu_table.ts";

/** What messages share with the requests that they answer. */
export type MessageParts = Readonly<{
  plan: Plan;
  vus: VuTable;
  slots: Slots;
  ledger: Appending;
  requests: readonly PreparedRequest[];
  contextOf(vu: number): RenderContext;
}>;

/** Messages that come on WebSockets and in streams: records each, and finds the one that is waited for. */
export class Messages {
  readonly #plan: Plan;
  readonly #vus: VuTable;
  readonly #slots: Slots;
  readonly #ledger: Appending;
  readonly #requests: readonly PreparedRequest[];
  readonly #contextOf: MessageParts["contextOf"];
  /** By VU: when the last one came on the stream, or the WebSocket was opened; and how many of them were looked at. */
  readonly #lastTick: Float64Array;
  readonly #lookedAt: Uint32Array;
  readonly #view = new ResponseView();

  constructor({ plan, vus, slots, ledger, requests, contextOf }: MessageParts) {
    const count = plan.requests.some(({ kind, stream }) => kind !== "http" || stream !== null)
      ? vus.state.length
      : 0;
    this.#plan = plan;
    this.#vus = vus;
    this.#slots = slots;
    this.#ledger = ledger;
    this.#requests = requests;
    this.#contextOf = contextOf;
    this.#lastTick = new Float64Array(count).fill(-1);
    this.#lookedAt = new Uint32Array(count);
  }

  /** The VU's WebSocket stands. */
  opened(vu: number, tick: Tick): void {
    this.#lastTick[vu] = tick;
  }

  /** The VU waits for messages, or for one. */
  begin(vu: number): void {
    this.#lookedAt[vu] = 0;
  }

  received(slot: number, tick: Tick, kind: number, bytes: number): void {
    const vu = this.#vuOf(slot);
    // Of a response, those of an earlier one do not count.
    const isOfWebSocket = this.#slots.isWebSocket[slot] === 1;
    const before = this.#lastTick[vu];
    const since = isOfWebSocket ? before : Math.max(before, this.#vus.issuedTick[vu]);
    this.#lastTick[vu] = tick;
    this.#append(
      tick,
      vu,
      slot,
      KIND.messageReceived,
      operand(Math.max(0, tick - since)),
      operand(bytes),
      kind,
    );
  }

  answered(slot: number, tick: Tick, kind: number, bytes: number): void {
    this.#append(tick, this.#vuOf(slot), slot, KIND.frameAnswered, kind, operand(bytes), 0);
  }

  isAwaited(slot: number, payload: Uint8Array, event: string): boolean {
    const vu = this.#slots.vu[slot];
    const { awaited, decode } = this.#requestOn(vu);
    if (awaited === null) return false;
    const nth = ++this.#lookedAt[vu];
    const shown = decode !== null && awaited.asksContent ? decode(payload) : payload;
    this.#view.show(0, 0, null, shown);
    return awaited.isIt(nth, event, this.#view, () => this.awaitedTexts(slot));
  }

  awaitedTexts(slot: number): readonly string[] {
    const vu = this.#slots.vu[slot];
    return this.#requestOn(vu).writer.awaitedTexts(this.#contextOf(vu));
  }

  #append(tick: Tick, vu: number, slot: number, kind: number, a: number, b: number, c: number): void {
    const isInFlight = this.#slots.vu[slot] >= 0;
    const { step } = this.#instruction(vu, isInFlight ? this.#vus.instruction[vu] : this.#vus.webSocket[vu]);
    this.#ledger.append(tick, this.#vus.session[vu], vu, kind, step, a, b, c);
  }

  #requestOn(vu: number): PreparedRequest {
    const instruction = this.#instruction(vu, this.#vus.instruction[vu]);
    assert(instruction.kind === "request" || instruction.kind === "webSocket", "a VU waits for a request");
    return this.#requests[instruction.request];
  }

  #instruction(vu: number, at: number) {
    const instruction = this.#plan.flows[this.#vus.flow[vu]].program[at];
    assert(instruction !== undefined, "messages come to a VU that waits for them, or has a WebSocket");
    return instruction;
  }

  /** The VU that a message on the slot is for. */
  #vuOf(slot: number): number {
    const vu = this.#slots.vu[slot];
    if (vu >= 0) return vu;
    assert(this.#slots.isWebSocket[slot] === 1, "messages of a response come while it is waited for");
    return this.#slots.ownerOf(slot);
  }
}
