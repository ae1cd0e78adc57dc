/** What records tell, put together session by session: without tables by VU, cells or passes. */
import { requestError } from "../../runtime/ledger/errors.ts";
import { SESSION } from "../../runtime/ledger/record.ts";
import type { Plan, Step } from "../../runtime/plan.ts";
import type { Told } from "./told_records.ts";

export type Session = {
  number: number;
  flow: number;
  stage: number;
  startTick: number;
  /** −1: never. */
  endTick: number;
  why: number;
};
export type Asked = {
  session: Session;
  step: number;
  /** Of its step: `request`, or what is done on a WebSocket. */
  kind: Step["kind"];
  issuedTick: number;
  lag: number;
  blocked: number;
  sentBytes: number;
  opened: { dns: number; connect: number; tls: number } | null;
  /** TLS stood on the connection that it opened. */
  secured: { protocol: number; resumed: boolean } | null;
  endTick: number;
  outcome: "none" | "responded" | "failed" | "cancelled";
  code: number;
  status: number;
  firstByte: number;
  receivedBytes: number;
  passed: number;
  failed: number;
  redirected: boolean;
  retried: boolean;
  cause: string;
};
export type Pass = { session: Session; step: number; elapsed: number; thought: number; good: boolean };
/** What came as a message. `since`: ticks from the one before it or, of the first, from the stream's beginning. */
export type Message = {
  session: Session;
  step: number;
  tick: number;
  kind: number;
  bytes: number;
  isFirst: boolean;
  since: number;
};
/** A frame with which a WebSocket was answered, unasked. */
export type Answered = { session: Session; step: number; bytes: number };
export type Failure = { session: Session; step: number; check: number; tick: number; text: string };

/** One ledger's load. */
export type Story = {
  sessions: Session[];
  requests: Asked[];
  passes: Pass[];
  messages: Message[];
  answered: Answered[];
  failures: Failure[];
  drops: { stage: number }[];
  gaps: { tick: number; ticks: number }[];
  processor: { fromTick: number; toTick: number; used: number }[];
  stopTick: number;
  /** The latest observation. */
  lastTick: number;
  ended: boolean;
};

export function naiveStory(plan: Plan, records: readonly Told[]): Story {
  const story: Story = {
    sessions: [],
    requests: [],
    passes: [],
    messages: [],
    answered: [],
    failures: [],
    drops: [],
    gaps: [],
    processor: [],
    stopTick: -1,
    lastTick: 0,
    ended: false,
  };
  const teller = new Teller(story, plan);
  for (const record of records) {
    const isOnce = record.session === SESSION.setup || record.session === SESSION.teardown;
    if (!isOnce) teller.tell(record);
  }
  for (const { stage } of story.sessions) {
    if (stage >= plan.load.stages.length) throw new Error("no such stage");
  }
  return story;
}

/** It is no control frame. */
export function isData({ kind }: Pick<Message, "kind">): boolean {
  return kind < 8 || kind > 15;
}

class Teller {
  readonly #story: Story;
  readonly #sessions = new Map<number, Session>();
  /** By session, its latest. */
  readonly #requests = new Map<number, Asked>();
  /** By session, its latest request of HTTP or gRPC: whatever comes as a message comes of it. */
  readonly #streams = new Map<number, { request: Asked; lastTick: number }>();
  readonly #plan: Plan;

  constructor(story: Story, plan: Plan) {
    this.#story = story;
    this.#plan = plan;
  }

  tell(record: Told): void {
    const { name, tick, a, b, c, text } = record;
    const step = record.step ?? -1;
    const story = this.#story;
    switch (name) {
      case "sessionStarted": {
        const number = record.session ?? -1;
        const session = { number, flow: step, stage: a, startTick: tick, endTick: -1, why: -1 };
        this.#sessions.set(number, session);
        story.sessions.push(session);
        break;
      }
      case "sessionEnded":
        Object.assign(this.#session(record), { endTick: tick, why: a });
        this.#seen(tick);
        break;
      case "arrivalDropped":
        story.drops.push({ stage: a });
        break;
      case "requestIssued":
        this.#issue(record);
        break;
      case "connectionOpened":
        this.#request(record).opened = { dns: a, connect: b, tls: c };
        break;
      case "connectionSecured":
        this.#request(record).secured = { protocol: a, resumed: b === 1 };
        break;
      case "messageReceived":
        this.#receive(record);
        break;
      case "frameAnswered":
        story.answered.push({ session: this.#session(record), step, bytes: b });
        break;
      case "responseEnded": {
        const outcome = { status: c & 0xffff, passed: (c >>> 16) & 0xff, failed: c >>> 24 };
        const ended = { outcome: "responded", endTick: tick, firstByte: a, receivedBytes: b } as const;
        Object.assign(this.#request(record), { ...ended, ...outcome });
        this.#seen(tick);
        break;
      }
      case "requestFailed": {
        const outcome = requestError(a).phase === "stop" ? "cancelled" : "failed";
        Object.assign(this.#request(record), {
          outcome,
          endTick: tick,
          code: a,
          receivedBytes: b,
          cause: text,
        });
        this.#seen(tick);
        break;
      }
      case "redirected":
        this.#request(record).redirected = true;
        break;
      case "retried":
        this.#request(record).retried = true;
        break;
      case "checkFailed":
        story.failures.push({ session: this.#session(record), step, check: a, tick, text });
        break;
      case "groupEnded":
        story.passes.push({ session: this.#session(record), step, elapsed: a, thought: b, good: c === 0 });
        break;
      case "loopGap":
        story.gaps.push({ tick, ticks: a });
        break;
      case "processorUsed":
        story.processor.push({ fromTick: tick - b, toTick: tick, used: a });
        break;
      case "runStopped":
        if (story.stopTick < 0) story.stopTick = tick;
        this.#seen(tick);
        break;
      case "runEnded":
        story.ended = true;
        this.#seen(tick);
        break;
    }
  }

  #issue({ tick, step, a, b, c, session }: Told): void {
    const { kind } = this.#plan.steps[step ?? -1];
    const request: Asked = {
      session: this.#session({ session }),
      step: step ?? -1,
      kind,
      issuedTick: tick,
      lag: a,
      blocked: b,
      sentBytes: c,
      opened: null,
      secured: null,
      endTick: -1,
      outcome: "none",
      code: 0,
      status: 0,
      firstByte: 0,
      receivedBytes: 0,
      passed: 0,
      failed: 0,
      redirected: false,
      retried: false,
      cause: "",
    };
    this.#story.requests.push(request);
    this.#requests.set(session ?? -1, request);
    if (kind === "request") this.#streams.set(session ?? -1, { request, lastTick: -1 });
    if (kind === "send") this.#seen(tick);
  }

  /** Control frames are none of the messages that times are told of. */
  #receive(record: Told): void {
    const { tick, step, b: bytes, c: kind } = record;
    const stream = this.#streams.get(record.session ?? -1);
    if (stream === undefined) throw new Error(`a message of no request in session ${record.session}`);
    const { request, lastTick } = stream;
    // On a WebSocket, which stood when its request had ended.
    const beginning = kind <= 15 ? request.endTick : request.issuedTick;
    const isFirst = lastTick < 0;
    const since = tick - (isFirst ? beginning : lastTick);
    this.#story.messages.push({
      session: this.#session(record),
      step: step ?? -1,
      tick,
      kind,
      bytes,
      isFirst,
      since,
    });
    if (isData({ kind })) stream.lastTick = tick;
    this.#seen(tick);
  }

  #seen(tick: number): void {
    this.#story.lastTick = Math.max(this.#story.lastTick, tick);
  }

  #session({ session }: Pick<Told, "session">): Session {
    const found = this.#sessions.get(session ?? -1);
    if (found === undefined) throw new Error(`session ${session} never began`);
    return found;
  }

  #request({ session }: Told): Asked {
    const found = this.#requests.get(session ?? -1);
    if (found === undefined) throw new Error(`session ${session} never asked`);
    return found;
  }
}
