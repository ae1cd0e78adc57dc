/** What records tell, put together session by session: without tables by VU, cells or passes. */
import { requestError } from "../../runtime/ledger/errors.ts";
import { SESSION } from "../../runtime/ledger/record.ts";
import type { Plan } from "../../runtime/plan.ts";
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
  issuedTick: number;
  lag: number;
  blocked: number;
  sentBytes: number;
  opened: { dns: number; connect: number; tls: number } | null;
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
export type Failure = { session: Session; step: number; check: number; tick: number; text: string };

/** One ledger's load. */
export type Story = {
  sessions: Session[];
  requests: Asked[];
  passes: Pass[];
  failures: Failure[];
  drops: { stage: number }[];
  gaps: { tick: number; ticks: number }[];
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
    failures: [],
    drops: [],
    gaps: [],
    stopTick: -1,
    lastTick: 0,
    ended: false,
  };
  const teller = new Teller(story);
  for (const record of records) {
    const isOnce = record.session === SESSION.setup || record.session === SESSION.teardown;
    if (!isOnce) teller.tell(record);
  }
  for (const { stage } of story.sessions) {
    if (stage >= plan.load.stages.length) throw new Error("no such stage");
  }
  return story;
}

class Teller {
  readonly #story: Story;
  readonly #sessions = new Map<number, Session>();
  /** By session, its latest. */
  readonly #requests = new Map<number, Asked>();

  constructor(story: Story) {
    this.#story = story;
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
    const request: Asked = {
      session: this.#session({ session }),
      step: step ?? -1,
      issuedTick: tick,
      lag: a,
      blocked: b,
      sentBytes: c,
      opened: null,
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
