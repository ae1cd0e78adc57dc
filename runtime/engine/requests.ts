import { assert } from "../ledger/assert.ts";
import { ERROR } from "../ledger/errors.ts";
import { KIND, NONE } from "../ledger/record.ts";
import type { Instruction, Plan, Request, Tick } from "../plan.ts";
import { requestTarget } from "../protocol/http1_fields.ts";
import { redirectedRequest } from "../protocol/http1_redirect.ts";
import type { Appending } from "./appending.ts";
import { ByteExaminer } from "./byte_examiner.ts";
import { Connections } from "./connections.ts";
import type { Counters } from "./counters.ts";
import type { Captured, Clock, Completions, Examiner, Host, Network } from "./host.ts";
import { Messages } from "./messages.ts";
import { operand } from "./operand.ts";
import { Outgoing } from "./outgoing.ts";
import { mayRetry, type PreparedRequest, prepareRequests, retryWait } from "./prepared_request.ts";
import type { KeyedRandom } from "./random.ts";
import type { SessionMemory } from "./session_memory.ts";
import type { Shard } from "./shares.ts";
import { Slots } from "./slots.ts";
import { TextAllowance } from "./text_allowance.ts";
import { STATE, type VuTable } from "./vu_table.ts";
import type { WakeQueue } from "./wake_queue.ts";

/** What requests share with the sessions that they belong to. */
export type RequestParts = Readonly<{
  plan: Plan;
  host: Host;
  ledger: Appending;
  shard: Shard;
  random: KeyedRandom;
  memory: SessionMemory;
  secrets: readonly string[];
  vus: VuTable;
  wakes: WakeQueue;
  counters: Counters;
  /** The VU's request has ended, its last try and its last redirect; the VU is ready again, and due now. */
  done(vu: number, now: Tick, good: boolean, request: Request): void;
  /** What the network told has been dealt with: at that tick. Null where nobody wants to know. */
  readonly completed: ((tick: Tick) => void) | null;
  /** When the engine needs its next turn. */
  dueTick(before?: Tick): Tick;
}>;

/**
 * What became of a request that was planned. inFlight: the session is told when it is done. handedOver, failed: that
 * was all, and the VU is ready as before.
 */
export const PLANNED = { inFlight: 0, handedOver: 1, failed: 2 } as const;

/**
 * Every request from its rendering to its end: over redirects, through retries; and what is done on WebSockets, which
 * are requests, too. It records what was sent and what came back, judges it, and keeps what the session wants to
 * remember.
 */
export class Requests implements Completions {
  readonly network: Network;
  /** Tells what responses mean, and what a `when` asks. */
  readonly examiner: Examiner;
  readonly connections: Connections;
  readonly dueTick: RequestParts["dueTick"];
  readonly #plan: Plan;
  readonly #clock: Clock;
  readonly #ledger: Appending;
  readonly #memory: SessionMemory;
  readonly #vus: VuTable;
  readonly #wakes: WakeQueue;
  readonly #counters: Counters;
  readonly #done: RequestParts["done"];
  readonly #completed: RequestParts["completed"];
  readonly #slots: Slots;
  readonly #messages: Messages;
  readonly #requests: readonly PreparedRequest[];
  /** Secrets that are no empty text. */
  readonly #secrets: readonly string[];
  readonly #outgoing: Outgoing;
  readonly #texts = new TextAllowance();
  /** When the connection stood that was opened last. */
  #openedTick: Tick = 0;

  constructor(parts: RequestParts) {
    const { plan, host, ledger, shard, random, memory, secrets, vus, counters } = parts;
    this.#plan = plan;
    this.#clock = host.clock;
    this.#ledger = ledger;
    this.#memory = memory;
    this.#vus = vus;
    this.#wakes = parts.wakes;
    this.#counters = counters;
    this.#done = parts.done;
    this.#completed = parts.completed;
    this.dueTick = parts.dueTick;
    this.#slots = new Slots(plan, vus.state.length, shard);
    this.#requests = prepareRequests({ plan, random, memory, secrets });
    this.examiner = host.examiner ?? new ByteExaminer(plan, memory, this.#requests);
    this.#secrets = secrets.filter((secret) => secret !== "");
    const { examiner } = this;
    this.#outgoing = new Outgoing({ plan, clock: host.clock, shard, ledger, memory, vus, examiner });
    this.network = host.openNetwork(this);
    this.connections = new Connections(plan, this.network, this.#slots, vus, ledger, counters);
    this.#messages = new Messages({
      plan,
      vus,
      slots: this.#slots,
      ledger,
      requests: this.#requests,
      contextOf: (vu) => this.#outgoing.contextOf(vu),
    });
  }

  // Sending.

  /** Renders a ready VU's request and sends it, or lets it wait for a connection. Returns one of `PLANNED`. */
  plan(vu: number, requestId: number, step: number, now: Tick): number {
    const request = this.#requests[requestId];
    const { writer } = request;
    this.#outgoing.render(vu, request, step);
    this.#recordPlanned(vu, step, writer.digestLow, writer.digestHigh, now);
    if (request.plan.kind === "send") return this.#hand(vu, request, step, now);
    if (request.plan.grpc !== null && this.#vus.requestLength[vu] === 0) {
      this.#recordIssued(vu, step, now);
      return this.#failUnsent(vu, step, ERROR["grpc.message"], now);
    }
    this.#send(vu, request, now);
    return PLANNED.inFlight;
  }

  #recordPlanned(vu: number, step: number, digestLow: number, digestHigh: number, now: Tick): void {
    const vus = this.#vus;
    const due = vus.dueTick[vu];
    const session = vus.session[vu];
    this.#ledger.append(due, session, vu, KIND.requestPlanned, step, vus.loop(vu), digestLow, digestHigh);
    vus.plannedTick[vu] = now;
  }

  #recordIssued(vu: number, step: number, now: Tick): void {
    const vus = this.#vus;
    const lag = vus.plannedTick[vu] - vus.dueTick[vu];
    const blocked = now - vus.plannedTick[vu];
    const session = vus.session[vu];
    const bytes = vus.requestLength[vu];
    this.#counters.requestIssued(lag);
    this.#ledger.append(now, session, vu, KIND.requestIssued, step, operand(lag), operand(blocked), bytes);
  }

  #send(vu: number, { plan: { target }, isOnWebSocket }: PreparedRequest, now: Tick): void {
    const slot = isOnWebSocket ? this.#slots.webSocketOf(target, vu) : this.#slots.acquire(target, vu);
    if (slot >= 0) this.#issue(vu, slot, now);
    else this.#vus.become(vu, STATE.blocked);
  }

  #issue(vu: number, slot: number, now: Tick): void {
    const vus = this.#vus;
    const { request: requestId, step } = this.#instructionOf(vu);
    const request = this.#requests[requestId];
    vus.become(vu, STATE.executing);
    vus.slot[vu] = slot;
    vus.issuedTick[vu] = now;
    vus.issued[vu]++;
    this.#slots.vu[slot] = vu;
    this.connections.used(slot);
    this.#recordIssued(vu, step, now);
    this.#wakes.set(vu, now + request.plan.timeoutTicks, vus.session[vu]);
    if (request.awaited !== null) this.#messages.begin(vu);
    this.network.send(slot, this.#outgoing.bytes[vu], vus.requestLength[vu], request.wish);
  }

  /** Hands a message to the VU's WebSocket: nothing comes back. */
  #hand(vu: number, { plan, wish }: PreparedRequest, step: number, now: Tick): number {
    const vus = this.#vus;
    const slot = this.#slots.webSocketOf(plan.target, vu);
    this.#recordIssued(vu, step, now);
    if (!this.connections.isOpen(slot)) return this.#failUnsent(vu, step, ERROR["websocket.closed"], now);
    this.#counters.messagesSent++;
    this.connections.used(slot);
    this.network.send(slot, this.#outgoing.bytes[vu], vus.requestLength[vu], wish);
    vus.dueTick[vu] = now;
    return PLANNED.handedOver;
  }

  /** What was to be sent cannot be, and never was in flight. */
  #failUnsent(vu: number, step: number, error: number, now: Tick): number {
    const vus = this.#vus;
    this.#counters.requestFailed(error);
    this.#ledger.append(now, vus.session[vu], vu, KIND.requestFailed, step, error, 0, NONE);
    vus.dueTick[vu] = now;
    return PLANNED.failed;
  }

  #instructionOf(vu: number): Instruction & { kind: "request" | "webSocket" } {
    const instruction = this.#plan.flows[this.#vus.flow[vu]].program[this.#vus.instruction[vu]];
    assert(
      instruction.kind === "request" || instruction.kind === "webSocket",
      "a VU with a request stands at one",
    );
    return instruction;
  }

  // Responses.

  responseEnded(
    slot: number,
    firstByte: Tick,
    end: Tick,
    status: number,
    bytes: number,
    body: Uint8Array | null,
    head: Uint8Array | null,
  ): void {
    const vu = this.#slots.vu[slot];
    const { request: requestId, step } = this.#instructionOf(vu);
    const request = this.#requests[requestId];
    if (!request.isPlain) {
      this.#examine(vu, slot, step, requestId, firstByte, end, status, bytes, body, head);
      if (this.#completed !== null) this.#completed(end);
      return;
    }
    if (request.statusChecks === 1) this.#vus.status[vu] = status;
    const failed = request.statusOk[status] === 1 ? 0 : 1;
    const passed = request.statusChecks - failed;
    this.#recordResponse(vu, step, firstByte, end, status, bytes, passed, failed);
    if (failed > 0) this.#recordFailedCheck(vu, step, 0, status, end);
    this.#answered(vu, slot, request, status, end);
    this.#release(vu, slot, end);
    this.#done(vu, end, failed === 0, request.plan);
    if (this.#completed !== null) this.#completed(end);
  }

  #recordResponse(
    vu: number,
    step: number,
    firstByte: Tick,
    end: Tick,
    status: number,
    bytes: number,
    passed: number,
    failed: number,
  ): void {
    const waited = operand(firstByte - this.#vus.issuedTick[vu]);
    const outcome = status | (Math.min(passed, 255) << 16) | (Math.min(failed, 255) << 24);
    this.#counters.responseEnded(failed > 0);
    const session = this.#vus.session[vu];
    this.#ledger.append(end, session, vu, KIND.responseEnded, step, waited, operand(bytes), outcome);
  }

  #recordFailedCheck(vu: number, step: number, check: number, status: number, end: Tick): void {
    this.#ledger.append(end, this.#vus.session[vu], vu, KIND.checkFailed, step, check, status, 0);
  }

  /** Does all that there may be to do with a response. */
  #examine(
    vu: number,
    slot: number,
    step: number,
    requestId: number,
    firstByte: Tick,
    end: Tick,
    status: number,
    bytes: number,
    body: Uint8Array | null,
    head: Uint8Array | null,
  ): void {
    const vus = this.#vus;
    const request = this.#requests[requestId];
    const shown = body === null || request.decode === null ? body : request.decode(body);
    if (body !== null && shown === null) {
      return this.#fail(vu, slot, ERROR["grpc.message"], firstByte, end, bytes, "");
    }
    if (request.statusChecks === 1) vus.status[vu] = status;
    const findings = this.examiner.examine({
      vu,
      session: vus.session[vu],
      request: requestId,
      status,
      serviceTicks: end - vus.issuedTick[vu],
      head,
      body: shown,
      sent: this.#outgoing.bytes[vu],
      mayRedirect: vus.hops[vu] < request.plan.redirects,
    });
    const { redirect, cookies, failed, captured } = findings;
    if (cookies.length > 0) this.#keepCookies(vu, request.plan.target, cookies);
    if (redirect !== null) {
      this.#recordResponse(vu, step, firstByte, end, status, bytes, 0, 0);
      this.#answered(vu, slot, request, status, end);
      return this.#follow(vu, slot, step, request, status, redirect, end);
    }
    const checks = request.statusChecks + request.checks.length + captured.length;
    this.#recordResponse(vu, step, firstByte, end, status, bytes, checks - failed.length, failed.length);
    for (const check of failed) {
      this.#recordFailedCheck(vu, step, check, status, end);
      if (this.#texts.take(vus.stage[vu], step, check)) this.#tell(findings.foundBy(check));
    }
    request.captures.forEach(({ capture }, n) => this.#keepCaptured(vu, step, capture, captured[n], end));
    this.#answered(vu, slot, request, status, end);
    const again = mayRetry(request.plan, NO_ERROR, status, vus.tries[vu]);
    this.#settle(vu, slot, step, end, failed.length === 0, request.plan, again);
  }

  /** The connection that a response came on may have served its purpose, or begin to. */
  #answered(
    vu: number,
    slot: number,
    { isOnWebSocket, plan }: PreparedRequest,
    status: number,
    end: Tick,
  ): void {
    if (!isOnWebSocket) return this.connections.answered(slot, end, vu);
    const isOpening = plan.kind === "webSocket";
    if (isOpening && status === SWITCHED) this.#messages.opened(vu, end);
    else if (isOpening || plan.kind === "close") this.connections.close(slot, end, vu);
  }

  #keepCookies(vu: number, target: number, fields: readonly string[]): void {
    const asked = requestTarget(this.#outgoing.bytes[vu]);
    this.#memory.storeCookies(vu, target, fields, asked, this.#clock.wallClockMs());
  }

  #keepCaptured(vu: number, step: number, capture: number, captured: Captured | null, end: Tick): void {
    this.#memory.capture(vu, capture, captured?.text ?? null);
    if (captured === null) return;
    const { text, bytes } = captured;
    this.#ledger.append(end, this.#vus.session[vu], vu, KIND.valueCaptured, step, capture, bytes, 0);
    this.#tell(text);
  }

  /** Continues the record just made; a target may say what it was told, and no secret is to stay behind. */
  #tell(text: string): void {
    this.#ledger.appendText(this.#secrets.reduce((all, secret) => all.replaceAll(secret, HIDDEN), text));
  }

  // Redirects and retries.

  /** Sends the request that a redirect asks for. Nothing of it is decided, so its digest is zero. */
  #follow(
    vu: number,
    slot: number,
    step: number,
    followed: PreparedRequest,
    status: number,
    asked: string,
    end: Tick,
  ): void {
    const vus = this.#vus;
    const { plan, keepsCookies } = followed;
    const hop = ++vus.hops[vu];
    this.#ledger.append(end, vus.session[vu], vu, KIND.redirected, step, status, hop, 0);
    const { target } = plan;
    const request = this.#outgoing.bytes[vu].subarray(0, vus.requestLength[vu]);
    const before = keepsCookies ? this.#memory.cookiesSent(vu, target) : "";
    const now = keepsCookies ? this.#memory.cookieLine(vu, target, asked, this.#clock.wallClockMs()) : "";
    this.#outgoing.replace(vu, redirectedRequest(request, status, asked, before, now));
    this.#release(vu, slot, end);
    this.#recordPlanned(vu, step, 0, 0, end);
    this.#send(vu, followed, end);
  }

  /** The try has ended: waits for another one, or the request is done. */
  #settle(
    vu: number,
    slot: number,
    step: number,
    end: Tick,
    good: boolean,
    request: Request,
    again: boolean,
  ): void {
    const vus = this.#vus;
    this.#release(vu, slot, end);
    vus.hops[vu] = 0;
    if (!again) {
      vus.tries[vu] = 0;
      return this.#done(vu, end, good, request);
    }
    if (request.kind === "webSocket") this.connections.closeWebSocket(vu, end);
    const session = vus.session[vu];
    const next = ++vus.tries[vu] + 1;
    const wait = retryWait(request, next);
    this.#ledger.append(end, session, vu, KIND.retried, step, next, operand(wait), 0);
    vus.dueTick[vu] = end + wait;
    vus.become(vu, STATE.waiting);
    this.#wakes.set(vu, end + wait, session);
  }

  /** The VU's request has ended one way or another: its slot is free, and it is ready, and due now. */
  #release(vu: number, slot: number, end: Tick): void {
    const vus = this.#vus;
    this.#wakes.clear(vu);
    vus.slot[vu] = -1;
    vus.dueTick[vu] = end;
    vus.become(vu, STATE.ready);
    const next = this.#slots.release(slot);
    if (next >= 0) this.#issue(next, slot, end);
  }

  // Failures.

  requestFailed(slot: number, error: number, firstByte: Tick, end: Tick, bytes: number, cause: string): void {
    this.#fail(this.#slots.vu[slot], slot, error, firstByte, end, bytes, cause);
    if (this.#completed !== null) this.#completed(end);
  }

  #fail(
    vu: number,
    slot: number,
    error: number,
    firstByte: Tick,
    end: Tick,
    bytes: number,
    cause: string,
  ): void {
    const { request: requestId, step } = this.#instructionOf(vu);
    const request = this.#requests[requestId].plan;
    const waited = firstByte < 0 ? NONE : operand(firstByte - this.#vus.issuedTick[vu]);
    this.#counters.requestFailed(error);
    const session = this.#vus.session[vu];
    this.#ledger.append(end, session, vu, KIND.requestFailed, step, error, operand(bytes), waited);
    if (cause !== "" && this.#texts.take(this.#vus.stage[vu], step, error)) this.#tell(cause);
    this.connections.answered(slot, end, vu);
    const again = mayRetry(request, error, NO_STATUS, this.#vus.tries[vu]);
    this.#settle(vu, slot, step, end, false, request, again);
  }

  /** The request in flight has taken too long. */
  timeOut(vu: number, now: Tick): void {
    const slot = this.#vus.slot[vu];
    const phase = this.network.cancel(slot);
    this.connections.cancelled(slot, now);
    this.requestFailed(slot, ERROR[`${phase}.timeout`], -1, now, 0, "");
  }

  /** Gives up the request in flight, for the run ends. The caller says what becomes of the VU. */
  abandon(vu: number, now: Tick): void {
    const vus = this.#vus;
    const slot = vus.slot[vu];
    const { step } = this.#instructionOf(vu);
    this.network.cancel(slot);
    this.connections.cancelled(slot, now);
    this.#slots.vu[slot] = -1;
    vus.slot[vu] = -1;
    const error = ERROR["stop.cancelled"];
    this.#counters.requestFailed(error);
    this.#ledger.append(now, vus.session[vu], vu, KIND.requestFailed, step, error, 0, NONE);
    this.connections.answered(slot, now, vu);
  }

  /** Requests that wait for a shared connection will get none. */
  forgetWaiting(): void {
    this.#slots.forgetWaiting();
  }

  // Connections.

  connectionOpened(slot: number, dns: Tick, connect: Tick, tls: Tick): void {
    const { step } = this.#instructionOf(this.#slots.vu[slot]);
    const now = this.#openedTick = this.#clock.now();
    this.connections.opened(slot, step, now, dns, connect, tls);
    if (this.#completed !== null) this.#completed(now);
  }

  connectionSecured(slot: number, protocol: number, isResumed: boolean): void {
    const vu = this.#slots.vu[slot];
    const { step } = this.#instructionOf(vu);
    const session = this.#vus.session[vu];
    const tick = this.#openedTick;
    this.#ledger.append(tick, session, vu, KIND.connectionSecured, step, protocol, isResumed ? 1 : 0, 0);
    if (this.#completed !== null) this.#completed(tick);
  }

  connectionClosed(slot: number, reason: number): void {
    this.connections.lost(slot, this.#clock.now(), reason);
  }

  // Messages.

  messageReceived(slot: number, tick: Tick, kind: number, bytes: number): void {
    this.#messages.received(slot, tick, kind, bytes);
    if (this.#completed !== null) this.#completed(tick);
  }

  isAwaited(slot: number, payload: Uint8Array, event: string): boolean {
    return this.#messages.isAwaited(slot, payload, event);
  }

  awaitedTexts(slot: number): readonly string[] {
    return this.#messages.awaitedTexts(slot);
  }

  frameAnswered(slot: number, tick: Tick, kind: number, bytes: number): void {
    this.#messages.answered(slot, tick, kind, bytes);
  }
}

/** Stands in texts for a secret. */
const HIDDEN = "[secret]";

/** The status of an answer that opens a WebSocket (RFC 6455 section 4.2.2). */
const SWITCHED = 101;
const NO_ERROR = 0;
const NO_STATUS = 0;
