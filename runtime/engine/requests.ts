import { assert } from "../ledger/assert.ts";
import { ERROR } from "../ledger/errors.ts";
import { CLOSED, KIND, NONE } from "../ledger/record.ts";
import type { Instruction, Plan, Request, Tick } from "../plan.ts";
import { requestTarget } from "../protocol/http1_fields.ts";
import { redirectedRequest } from "../protocol/http1_redirect.ts";
import type { Appending } from "./appending.ts";
import { ByteExaminer } from "./byte_examiner.ts";
import { Connections } from "./connections.ts";
import type { Counters } from "./counters.ts";
import type { Captured, Clock, Completions, Examiner, Host, Network } from "./host.ts";
import { operand } from "./operand.ts";
import { mayRetry, type PreparedRequest, prepareRequests, retryWait } from "./prepared_request.ts";
import type { KeyedRandom } from "./random.ts";
import type { RenderContext } from "./request_writer.ts";
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
  dueTick(): Tick;
}>;

/**
 * Every request from its rendering to its end: over redirects, through retries. It records what was sent and what
 * came back, judges it, and keeps what the session wants to remember.
 */
export class Requests implements Completions {
  readonly network: Network;
  /** Tells what responses mean, and what a `when` asks. */
  readonly examiner: Examiner;
  readonly dueTick: () => Tick;
  readonly #plan: Plan;
  readonly #clock: Clock;
  readonly #ledger: Appending;
  readonly #shard: Shard;
  readonly #memory: SessionMemory;
  readonly #vus: VuTable;
  readonly #wakes: WakeQueue;
  readonly #counters: Counters;
  readonly #done: RequestParts["done"];
  readonly #completed: RequestParts["completed"];
  readonly #slots: Slots;
  readonly #connections: Connections;
  readonly #requests: readonly PreparedRequest[];
  /** Secrets that are no empty text. */
  readonly #secrets: readonly string[];
  /** Where any request fits; and for each VU, room for as much as its longest one has needed. */
  readonly #page: Uint8Array;
  readonly #rooms: Uint8Array[];
  /** The bytes that the VU sends next or has in flight. */
  readonly #outgoing: Uint8Array[];
  readonly #context: RenderContext = { session: 0, vu: 0, vuOfRun: 0, stage: 0, loop: 1, wallClockMs: 0 };
  readonly #texts = new TextAllowance();

  constructor(parts: RequestParts) {
    const {
      plan,
      host,
      ledger,
      shard,
      random,
      memory,
      secrets,
      vus,
      wakes,
      counters,
      done,
      completed,
      dueTick,
    } = parts;
    const count = vus.state.length;
    this.#plan = plan;
    this.#clock = host.clock;
    this.#ledger = ledger;
    this.#shard = shard;
    this.#memory = memory;
    this.#vus = vus;
    this.#wakes = wakes;
    this.#counters = counters;
    this.#done = done;
    this.#completed = completed;
    this.dueTick = dueTick;
    this.#slots = new Slots(plan, count, shard);
    const scratch = new Uint8Array(plan.bounds.requestBytes);
    this.#requests = prepareRequests({ plan, random, memory, secrets, scratch });
    this.examiner = host.examiner ?? new ByteExaminer(plan, memory, this.#requests);
    this.#secrets = secrets.filter((secret) => secret !== "");
    this.#page = new Uint8Array(plan.bounds.requestBytes);
    this.#rooms = new Array(count).fill(NO_BYTES);
    this.#outgoing = new Array(count).fill(NO_BYTES);
    this.network = host.openNetwork(this);
    this.#connections = new Connections(plan, this.network, this.#slots, vus, ledger, counters);
  }

  // Sending.

  /** Renders a ready VU's request and sends it, or lets it wait for a connection. */
  plan(vu: number, requestId: number, step: number, now: Tick): void {
    const request = this.#requests[requestId];
    const { writer } = request;
    if (writer.fixed !== null) {
      this.#outgoing[vu] = writer.fixed;
      const { length } = writer.fixed;
      this.#vus.requestLength[vu] = writer.isSecret ? this.examiner.requestBytes(vu, length) : length;
    } else {
      this.#render(vu, request, step);
    }
    this.#send(vu, request.plan.target, step, writer.digestLow, writer.digestHigh, now);
  }

  #render(vu: number, { writer }: PreparedRequest, step: number): void {
    const vus = this.#vus;
    const session = vus.session[vu];
    for (const table of writer.tables) {
      const row = this.#memory.takeRow(vu, table, session);
      if (row >= 0) this.#ledger.append(vus.dueTick[vu], session, vu, KIND.rowTaken, step, table, row, 0);
    }
    const context = this.#context;
    context.session = session;
    context.vu = vu;
    context.vuOfRun = vu * this.#shard.count + this.#shard.index - 1;
    context.stage = vus.stage[vu];
    context.loop = vus.loop(vu);
    context.wallClockMs = this.#clock.wallClockMs();
    const length = writer.render(this.#page, context);
    if (length > this.#rooms[vu].length) this.#rooms[vu] = this.#page.slice(0, length);
    else this.#rooms[vu].set(this.#page.subarray(0, length));
    this.#outgoing[vu] = this.#rooms[vu];
    vus.requestLength[vu] = this.examiner.requestBytes(vu, length);
  }

  #send(
    vu: number,
    target: number,
    step: number,
    digestLow: number,
    digestHigh: number,
    now: Tick,
  ): void {
    const vus = this.#vus;
    const session = vus.session[vu];
    const due = vus.dueTick[vu];
    this.#ledger.append(due, session, vu, KIND.requestPlanned, step, vus.loop(vu), digestLow, digestHigh);
    vus.plannedTick[vu] = now;
    const slot = this.#slots.acquire(target, vu);
    if (slot >= 0) this.#issue(vu, slot, now);
    else vus.become(vu, STATE.blocked);
  }

  #issue(vu: number, slot: number, now: Tick): void {
    const vus = this.#vus;
    const { request: requestId, step } = this.#instructionOf(vu);
    const request = this.#requests[requestId];
    const session = vus.session[vu];
    const lag = vus.plannedTick[vu] - vus.dueTick[vu];
    const blocked = now - vus.plannedTick[vu];
    const length = vus.requestLength[vu];
    vus.become(vu, STATE.executing);
    vus.slot[vu] = slot;
    vus.issuedTick[vu] = now;
    vus.issued[vu]++;
    this.#slots.vu[slot] = vu;
    this.#connections.used(slot);
    this.#counters.requestIssued(lag);
    this.#ledger.append(now, session, vu, KIND.requestIssued, step, operand(lag), operand(blocked), length);
    this.#wakes.set(vu, now + request.plan.timeoutTicks, session);
    this.network.send(slot, this.#outgoing[vu], length, request.wish);
  }

  #instructionOf(vu: number): Instruction & { kind: "request" } {
    const instruction = this.#plan.flows[this.#vus.flow[vu]].program[this.#vus.instruction[vu]];
    assert(instruction.kind === "request", "a VU with a request stands at a request instruction");
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
    this.#vus.status[vu] = status;
    if (!request.isPlain) {
      this.#examine(vu, slot, step, requestId, firstByte, end, status, bytes, body, head);
      if (this.#completed !== null) this.#completed(end);
      return;
    }
    const failed = request.statusOk[status] === 1 ? 0 : 1;
    this.#recordResponse(vu, step, firstByte, end, status, bytes, 1 - failed, failed);
    if (failed > 0) this.#recordFailedCheck(vu, step, 0, status, end);
    this.#connections.answered(slot, end, vu);
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
    const findings = this.examiner.examine({
      vu,
      session: vus.session[vu],
      request: requestId,
      status,
      serviceTicks: end - vus.issuedTick[vu],
      head,
      body,
      sent: this.#outgoing[vu],
      mayRedirect: vus.hops[vu] < request.plan.redirects,
    });
    const { redirect, cookies, failed, captured } = findings;
    if (cookies.length > 0) this.#keepCookies(vu, request.plan.target, cookies);
    if (redirect !== null) {
      this.#recordResponse(vu, step, firstByte, end, status, bytes, 0, 0);
      this.#connections.answered(slot, end, vu);
      return this.#follow(vu, slot, step, request, status, redirect, end);
    }
    const checks = 1 + request.checks.length + captured.length;
    this.#recordResponse(vu, step, firstByte, end, status, bytes, checks - failed.length, failed.length);
    for (const check of failed) {
      this.#recordFailedCheck(vu, step, check, status, end);
      if (this.#texts.take(vus.stage[vu], step, check)) this.#tell(findings.foundBy(check));
    }
    request.captures.forEach(({ capture }, n) => this.#keepCaptured(vu, step, capture, captured[n], end));
    this.#connections.answered(slot, end, vu);
    const again = mayRetry(request.plan, NO_ERROR, status, vus.tries[vu]);
    this.#settle(vu, slot, step, end, failed.length === 0, request.plan, again);
  }

  #keepCookies(vu: number, target: number, fields: readonly string[]): void {
    const asked = requestTarget(this.#outgoing[vu]);
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
    { plan, keepsCookies }: PreparedRequest,
    status: number,
    asked: string,
    end: Tick,
  ): void {
    const vus = this.#vus;
    const hop = ++vus.hops[vu];
    this.#ledger.append(end, vus.session[vu], vu, KIND.redirected, step, status, hop, 0);
    const { target } = plan;
    const request = this.#outgoing[vu].subarray(0, vus.requestLength[vu]);
    const before = keepsCookies ? this.#memory.cookiesSent(vu, target) : "";
    const now = keepsCookies ? this.#memory.cookieLine(vu, target, asked, this.#clock.wallClockMs()) : "";
    this.#outgoing[vu] = redirectedRequest(request, status, asked, before, now);
    vus.requestLength[vu] = this.examiner.requestBytes(vu, this.#outgoing[vu].length);
    this.#release(vu, slot, end);
    this.#send(vu, target, step, 0, 0, end);
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
    const vu = this.#slots.vu[slot];
    const { request: requestId, step } = this.#instructionOf(vu);
    const request = this.#requests[requestId].plan;
    const waited = firstByte < 0 ? NONE : operand(firstByte - this.#vus.issuedTick[vu]);
    this.#counters.requestFailed(error);
    const session = this.#vus.session[vu];
    this.#ledger.append(end, session, vu, KIND.requestFailed, step, error, operand(bytes), waited);
    if (cause !== "" && this.#texts.take(this.#vus.stage[vu], step, error)) this.#tell(cause);
    const again = mayRetry(request, error, NO_STATUS, this.#vus.tries[vu]);
    this.#settle(vu, slot, step, end, false, request, again);
    if (this.#completed !== null) this.#completed(end);
  }

  /** The request in flight has taken too long. */
  timeOut(vu: number, now: Tick): void {
    const slot = this.#vus.slot[vu];
    const phase = this.network.cancel(slot);
    this.#connections.lost(slot, now, CLOSED.afterError);
    this.requestFailed(slot, ERROR[`${phase}.timeout`], -1, now, 0, "");
  }

  /** Gives up the request in flight, for the run ends. The caller says what becomes of the VU. */
  abandon(vu: number, now: Tick): void {
    const vus = this.#vus;
    const slot = vus.slot[vu];
    const { step } = this.#instructionOf(vu);
    this.network.cancel(slot);
    this.#connections.lost(slot, now, CLOSED.afterError);
    this.#slots.vu[slot] = -1;
    vus.slot[vu] = -1;
    const error = ERROR["stop.cancelled"];
    this.#counters.requestFailed(error);
    this.#ledger.append(now, vus.session[vu], vu, KIND.requestFailed, step, error, 0, NONE);
  }

  /** Requests that wait for a shared connection will get none. */
  forgetWaiting(): void {
    this.#slots.forgetWaiting();
  }

  // Connections.

  connectionOpened(slot: number, dns: Tick, connect: Tick, tls: Tick): void {
    const { step } = this.#instructionOf(this.#slots.vu[slot]);
    const now = this.#clock.now();
    this.#connections.opened(slot, step, now, dns, connect, tls);
    if (this.#completed !== null) this.#completed(now);
  }

  connectionSecured(): void {}

  messageReceived(): void {}

  isAwaited(): boolean {
    return false;
  }

  frameAnswered(): void {}

  connectionClosed(slot: number, reason: number): void {
    this.#connections.lost(slot, this.#clock.now(), reason);
  }

  /** The VU's session has ended. */
  sessionEnded(vu: number, now: Tick): void {
    this.#connections.sessionEnded(vu, now);
  }

  /** Closes what is open. */
  close(now: Tick): void {
    for (let slot = 0; slot < this.#plan.bounds.connections; slot++) this.#connections.close(slot, now, -1);
  }
}

/** Stands in texts for a secret. */
const HIDDEN = "[secret]";

const NO_BYTES = new Uint8Array(0);
const NO_ERROR = 0;
const NO_STATUS = 0;
