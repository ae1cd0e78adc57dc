/** A run whose report is checked in: WebSockets, server-sent events and gRPC over TLS. */
import { ERROR } from "../runtime/ledger/errors.ts";
import { END, GRPC_STATUS, MESSAGE } from "../runtime/ledger/record.ts";
import type { Plan, Threshold } from "../runtime/plan.ts";
import type { ReducibleLedger } from "../runtime/reduce/first_pass.ts";
import { randomNumbers } from "./random_run.ts";
import {
  syntheticHeader,
  syntheticLedger,
  syntheticPlan,
  type SyntheticRecord,
  WHOLE_LOAD,
} from "./synthetic_ledger.ts";

const CHAT = 0;
const WATCH = 1;
const STEP = { room: 0, say: 1, echo: 2, ping: 3, bye: 4, prices: 5, item: 6 };
const SESSIONS = 600;
const GOOD = 2 ** 16;

const THRESHOLDS: readonly Threshold[] = [
  {
    ...WHOLE_LOAD,
    metric: "response_time",
    statistic: { kind: "quantile", ppm: 990_000 },
    comparison: "<",
    limit: 60_000,
    step: STEP.echo,
    text: "response_time p99 < 60ms of step room.echo",
  },
  {
    ...WHOLE_LOAD,
    metric: "message_gap",
    statistic: { kind: "max" },
    comparison: "<",
    limit: 100_000,
    step: STEP.prices,
    text: "message_gap max < 100ms of step prices",
  },
  {
    ...WHOLE_LOAD,
    metric: "messages",
    statistic: { kind: "count" },
    comparison: ">=",
    limit: 5_000,
    text: "messages count >= 5,000",
  },
];

/** Certificates are not checked, and some echoes do not come. */
export function messagesRun(): ReducibleLedger[] {
  const plain = syntheticPlan({
    name: "chat",
    flows: [
      {
        name: "chat",
        steps: [{
          webSocket: "room",
          exchange: [["send", "say"], ["receive", "echo"], ["ping", "ping"], ["close", "bye"]],
        }],
      },
      { name: "watch", steps: [{ name: "prices", stream: "events" }, { name: "item", stream: "grpc" }] },
    ],
    stages: [
      { name: "calm", lengthTicks: 30_000_000, rate: 10 },
      { name: "rush", lengthTicks: 10_000_000, rate: 30 },
    ],
    thresholds: THRESHOLDS,
  });
  const tls = { ca: null, cert: null, key: null, serverName: "", insecure: true };
  const targets = plain.targets.map((it) => ({ ...it, scheme: "https" as const, port: 8443, tls }));
  const plan: Plan = { ...plain, targets };
  const random = randomNumbers(11);
  const records = Array.from({ length: SESSIONS }, (_, session) => {
    const stage = session < SESSIONS / 2 ? 0 : 1;
    const inStage = session % (SESSIONS / 2);
    const tick = stage === 0 ? inStage * 100_000 : 30_000_000 + inStage * 33_333;
    const told = new Told(session, tick, stage, random);
    if (session % 3 === 0) told.watch();
    else told.chat();
    return told.records;
  }).flat().sort((one, other) => one.tick - other.tick);
  const end: SyntheticRecord = { tick: records.at(-1)?.tick ?? 0, kind: "runEnded" };
  return [syntheticLedger(syntheticHeader(plan), [...records, end])];
}

/** One session, told as it goes on. */
class Told {
  readonly records: SyntheticRecord[] = [];
  #tick: number;
  #messageTick = 0;

  constructor(
    private readonly session: number,
    startTick: number,
    private readonly stage: number,
    private readonly random: (limit: number) => number,
  ) {
    this.#tick = startTick;
  }

  chat(): void {
    this.#begin(CHAT);
    this.#issue(STEP.room, 310);
    this.#open(STEP.room, 1);
    this.#pass(3_000);
    this.#end(STEP.room, 129, 101, true);
    this.#messageTick = this.#tick;
    this.#message(STEP.room, MESSAGE.text, 40);
    for (let n = 0; n < 5; n++) {
      this.#issue(STEP.say, 48);
      this.#issue(STEP.echo, 0);
      if (this.random(200) === 0) {
        this.#pass(0, 1_000_000);
        this.#tell("requestFailed", STEP.echo, { a: ERROR["wait.timeout"], c: 0xffff_ffff });
        continue;
      }
      for (let others = this.random(4); others > 0; others--) this.#message(STEP.echo, MESSAGE.text, 52);
      this.#message(STEP.echo, MESSAGE.text, 52);
      this.#end(STEP.echo, 52, 0, true);
    }
    this.#issue(STEP.ping, 8);
    this.#message(STEP.ping, MESSAGE.pong, 2);
    this.#end(STEP.ping, 2, 0, true);
    this.#issue(STEP.bye, 8);
    this.#message(STEP.bye, MESSAGE.close, 2);
    this.#end(STEP.bye, 2, this.random(9) === 0 ? 1001 : 1000, true);
    this.#finish(CHAT);
  }

  watch(): void {
    this.#begin(WATCH);
    this.#issue(STEP.prices, 210);
    this.#messageTick = this.#tick;
    this.#open(STEP.prices, 2);
    for (let n = 0; n < 10; n++) this.#message(STEP.prices, MESSAGE.event, 90 + this.random(20), 20_000);
    this.#end(STEP.prices, 1_480, 200, true);
    this.#issue(STEP.item, 95);
    this.#messageTick = this.#tick;
    const isFound = this.random(20) > 0;
    if (isFound) this.#message(STEP.item, MESSAGE.grpc, 33);
    const wanted: SyntheticRecord["text"] = "NOT_FOUND: no such item";
    if (!isFound) this.#tell("checkFailed", STEP.item, { a: 0, b: GRPC_STATUS + 5, text: wanted });
    this.#end(STEP.item, 120, GRPC_STATUS + (isFound ? 0 : 5), isFound);
    this.#finish(WATCH);
  }

  #begin(flow: number): void {
    this.#tell("sessionStarted", flow, { a: this.stage });
  }

  #finish(flow: number): void {
    this.#tell("sessionEnded", flow, { a: END.completed });
  }

  #issue(step: number, c: number): void {
    const a = this.random(90);
    this.#tick += a;
    this.#tell("requestIssued", step, { a, c });
  }

  #open(step: number, protocol: number): void {
    const tls = 2_000 + this.random(3_000);
    this.#pass(200, tls);
    this.#tell("connectionOpened", step, { b: 200, c: tls });
    this.#tell("connectionSecured", step, { a: protocol, b: this.random(2) });
  }

  #message(step: number, kind: number, b: number, about = 6_000): void {
    this.#pass(about);
    this.#tell("messageReceived", step, { a: this.#tick - this.#messageTick, b, c: kind });
    this.#messageTick = this.#tick;
  }

  #end(step: number, b: number, status: number, good: boolean): void {
    this.#tell("responseEnded", step, { a: 400, b, c: status + (good ? GOOD : 2 ** 24) });
  }

  #pass(about: number, ticks = about / 2 + this.random(about)): void {
    this.#tick += Math.floor(ticks);
  }

  #tell(kind: SyntheticRecord["kind"], step: number, operands: Partial<SyntheticRecord>): void {
    this.records.push({ session: this.session, vu: this.session, tick: this.#tick, kind, step, ...operands });
  }
}
