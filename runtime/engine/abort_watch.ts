import { holds } from "../comparison.ts";
import { requestError } from "../ledger/errors.ts";
import { KIND, MESSAGE, NONE } from "../ledger/record.ts";
import type { Metric, Plan, Step, Threshold, Tick } from "../plan.ts";
import type { Appending } from "./appending.ts";

/** Counts of one threshold what counts against it. */
type Watched = { readonly threshold: Threshold; readonly position: number; against: number };

/**
 * Stands in front of the ledger, and sees from its records when a threshold that stops the run can no longer be met. Of
 * runs without such a threshold it is no part. What counts is what reports count (docs/metrics.md): nothing of warm-up.
 */
export class AbortWatch implements Appending {
  /** Position in the plan's thresholds of the first that can no longer be met, or −1. */
  missed = -1;
  readonly #plan: Plan;
  readonly #ledger: Appending;
  /** By metric, and step × stage, or flow × stage of what is no request's: those that its samples count for. */
  readonly #cells: ReadonlyMap<Metric, readonly (readonly Watched[])[]>;
  /** By VU: of its session, and of its request in flight. */
  readonly #stage: Uint32Array;
  readonly #startTick: Float64Array;
  readonly #dueTick: Float64Array;
  readonly #issuedTick: Float64Array;
  /** By VU, since its last message of a stream or a WebSocket, or since that began: and whether there was one. */
  readonly #silentTicks: Float64Array;
  readonly #hasMessage: Uint8Array;
  /** The handshake of the connection that was opened last. */
  #tlsTicks: Tick = 0;

  constructor(plan: Plan, ledger: Appending, vus: number) {
    this.#plan = plan;
    this.#ledger = ledger;
    const watched = plan.thresholds.flatMap((threshold, position) =>
      threshold.abortAfter < 0 ? [] : [{ threshold, position, against: 0 }]
    );
    const metrics = Map.groupBy(watched, ({ threshold }) => threshold.metric);
    this.#cells = new Map([...metrics].map(([metric, of]) => [metric, cellsOf(plan, metric, of)]));
    this.#stage = new Uint32Array(vus);
    this.#startTick = new Float64Array(vus);
    this.#dueTick = new Float64Array(vus);
    this.#issuedTick = new Float64Array(vus);
    this.#silentTicks = new Float64Array(vus);
    this.#hasMessage = new Uint8Array(vus);
  }

  /** Whether the plan has a threshold that stops the run. */
  static isWanted({ thresholds }: Plan): boolean {
    return thresholds.some(({ abortAfter }) => abortAfter >= 0);
  }

  appendText(text: string): void {
    this.#ledger.appendText(text);
  }

  append(
    tick: Tick,
    session: number,
    vu: number,
    kind: number,
    step: number,
    a: number,
    b: number,
    c: number,
  ): void {
    this.#ledger.append(tick, session, vu, kind, step, a, b, c);
    switch (kind) {
      case KIND.arrivalDropped:
        return this.#share("drops", 0, a, 1, 0);
      case KIND.sessionStarted:
        this.#stage[vu] = a;
        this.#startTick[vu] = tick;
        return this.#share("drops", 0, a, 0, 1);
      case KIND.requestIssued:
        this.#issuedTick[vu] = tick;
        this.#dueTick[vu] = tick - a - b;
        if (this.#isOfHttp(step)) {
          this.#silentTicks[vu] = 0;
          this.#hasMessage[vu] = 0;
        }
        this.#sample("lag", step, vu, a);
        return this.#sample("blocked", step, vu, b);
      case KIND.connectionOpened:
        this.#tlsTicks = c;
        return this.#sample("connect", step, vu, b);
      case KIND.connectionSecured:
        return this.#sample("tls", step, vu, this.#tlsTicks);
      case KIND.messageReceived:
        return this.#received(vu, step, a, b, c);
      case KIND.responseEnded:
        return this.#responded(tick, vu, step, a, b, c);
      case KIND.requestFailed:
        return this.#failed(tick, vu, step, a, b);
      case KIND.groupEnded:
        if (c === 0) this.#sample("group_time", step, vu, a - b);
        return;
      case KIND.sessionEnded:
        if (a === 0) this.#sample("session_time", step, vu, tick - this.#startTick[vu]);
        return;
    }
  }

  /** Bytes of a WebSocket are counted as they come, whether or not something waits for them. */
  #received(vu: number, step: number, sinceTicks: Tick, bytes: number, kind: number): void {
    const stage = this.#stage[vu];
    if (kind < MESSAGE.event) this.#share("bytes", step, stage, bytes, 0);
    this.#silentTicks[vu] += sinceTicks;
    if (!isData(kind)) return;
    this.#sample(
      this.#hasMessage[vu] === 1 ? "message_gap" : "first_message",
      step,
      vu,
      this.#silentTicks[vu],
    );
    this.#share("messages", step, stage, 1, 0);
    this.#silentTicks[vu] = 0;
    this.#hasMessage[vu] = 1;
  }

  #isOfHttp(step: number): boolean {
    return this.#plan.steps[step].kind === "request";
  }

  #responded(tick: Tick, vu: number, step: number, waited: Tick, bytes: number, outcome: number): void {
    const failed = outcome >>> 24;
    const stage = this.#stage[vu];
    this.#times(tick, vu, step);
    this.#sample("first_byte", step, vu, waited);
    if (this.#isOfHttp(step)) this.#share("bytes", step, stage, bytes, 0);
    this.#share("checks", step, stage, (outcome >>> 16) & 0xff, failed);
    this.#share("errors", step, stage, failed > 0 ? 1 : 0, failed > 0 ? 0 : 1);
  }

  #failed(tick: Tick, vu: number, step: number, code: number, bytes: number): void {
    const { phase, name } = requestError(code);
    const stage = this.#stage[vu];
    if (this.#isOfHttp(step)) this.#share("bytes", step, stage, bytes, 0);
    if (phase === "stop") return;
    this.#share("errors", step, stage, 1, 0);
    if (name.endsWith(".timeout")) this.#times(tick, vu, step);
  }

  #times(tick: Tick, vu: number, step: number): void {
    this.#sample("response_time", step, vu, tick - this.#dueTick[vu]);
    this.#sample("service_time", step, vu, tick - this.#issuedTick[vu]);
  }

  /** One sample of a metric that is measured; `row`: its step or, of session times, its flow. */
  #sample(metric: Metric, row: number, vu: number, value: number): void {
    for (const watched of this.#at(metric, row, this.#stage[vu])) {
      const { statistic, comparison, limit } = watched.threshold;
      if (statistic.kind === "count" || !holds(value, comparison, limit)) this.#count(watched, 1);
    }
  }

  /** So many of the part that a share is taken of, and of the rest. Of a lower limit, the rest counts against it. */
  #share(metric: Metric, row: number, stage: number, part: number, rest: number): void {
    for (const watched of this.#at(metric, row, stage)) {
      const isUpper = watched.threshold.comparison === "<" || watched.threshold.comparison === "<=";
      this.#count(watched, isUpper ? part : rest);
    }
  }

  #at(metric: Metric, row: number, stage: number): readonly Watched[] {
    const { stages } = this.#plan.load;
    return stage === NONE ? [] : this.#cells.get(metric)?.[row * stages.length + stage] ?? [];
  }

  #count(watched: Watched, against: number): void {
    watched.against += against;
    if (this.missed < 0 && watched.against > watched.threshold.abortAfter) this.missed = watched.position;
  }
}

/** By cell, the thresholds that its samples count for: none in warm-up. */
function cellsOf(plan: Plan, metric: Metric, watched: readonly Watched[]): (readonly Watched[])[] {
  const rows: readonly Threshold["step"][] = metric === "drops"
    ? [0]
    : (metric === "session_time" ? plan.flows : plan.steps).map((_, row) => row);
  return rows.flatMap((row) =>
    plan.load.stages.map(({ warmup }, stage) =>
      warmup
        ? []
        : watched.filter(({ threshold }) =>
          (threshold.stage < 0 || threshold.stage === stage) && isOf(plan, metric, row, threshold)
        )
    )
  );
}

/** Whether it is a message and no control frame. */
function isData(kind: number): boolean {
  return kind !== MESSAGE.close && kind !== MESSAGE.ping && kind !== MESSAGE.pong;
}

/** Whether a row (the step, or flow, of a sample) is what a threshold speaks of. */
function isOf(plan: Plan, metric: Metric, row: number, { flow, step, tag }: Threshold): boolean {
  const { steps } = plan;
  switch (metric) {
    case "drops":
      return true;
    case "session_time":
      return flow < 0 || flow === row;
    default:
      if (tag >= 0 && !steps[row].tags.includes(tag)) return false;
      if (step >= 0) return step === row || (isOfMessages(metric) && isOnWebSocketOf(plan, step, row));
      return (flow < 0 || flow === steps[row].flow) && countsUnnamed(metric, steps[row].kind);
  }
}

function isOfMessages(metric: Metric): boolean {
  return metric === "first_message" || metric === "message_gap" || metric === "messages";
}

/** Whether `step` opens the WebSocket on which `row` is done. */
function isOnWebSocketOf({ flows }: Plan, step: number, row: number): boolean {
  return flows.some(({ program }) =>
    program.some((it, at) =>
      it.kind === "webSocket" && it.step === step &&
      program.slice(at, it.end).some((inside) => inside.step === row)
    )
  );
}

/** Whether samples of such steps count where no step is named: times of requests, not of what is done on a WebSocket. */
function countsUnnamed(metric: Metric, kind: Step["kind"]): boolean {
  switch (metric) {
    case "response_time":
    case "service_time":
    case "first_byte":
    case "connect":
    case "tls":
    case "blocked":
    case "rate":
      return kind === "request";
    case "lag":
      return kind !== "receive";
    default:
      return true;
  }
}
