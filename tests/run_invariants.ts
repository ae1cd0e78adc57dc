/** What holds of every run, whatever its plan and its target: checked on its records alone. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { leastShareOf, type Shard, WHOLE } from "../runtime/engine/shares.ts";
import { slotTargets, webSocketSlots } from "../runtime/engine/slot_targets.ts";
import { SESSION } from "../runtime/ledger/record.ts";
import type { Instruction, Plan, Request } from "../runtime/plan.ts";
import type { Whole } from "./simulated_run.ts";

/** Of VUs, requests in flight and connections. */
export function checkStory(records: Whole[], it: Plan, shard: Shard = WHOLE): void {
  const vus = leastShareOf(it.bounds.vus, shard);
  const sessionOfVu = new Map<number, number>();
  const inFlight = new Set<number>();
  /** VUs whose last request was a message. */
  const sent = new Set<number>();
  const seen = new Set<number>();
  let opened = 0;
  for (const record of records) {
    const vu = record.vu ?? -1, session = record.session ?? -1;
    switch (record.name) {
      case "sessionStarted":
        ok(!sessionOfVu.has(vu), "a VU carries one session at a time");
        ok(!seen.has(session), "a session starts once");
        sessionOfVu.set(vu, session);
        seen.add(session);
        ok(sessionOfVu.size <= vus);
        break;
      case "arrivalDropped":
        ok(!seen.has(session));
        seen.add(session);
        equal(sessionOfVu.size, vus, "an arrival is dropped only when all VUs are busy");
        break;
      case "requestIssued":
        equal(sessionOfVu.get(vu), session);
        ok(!inFlight.has(vu), "one request at a time");
        // A message that is sent on a WebSocket ends only where it could not be.
        if (it.steps[record.step ?? -1].kind === "send") sent.add(vu);
        else inFlight.add(vu);
        ok(inFlight.size <= it.bounds.connections);
        break;
      case "requestPlanned":
        sent.delete(vu);
        break;
      case "responseEnded":
      case "requestFailed":
        ok(
          inFlight.delete(vu) || (record.name === "requestFailed" && sent.delete(vu)),
          "a request ends once",
        );
        equal(sessionOfVu.get(vu), session);
        break;
      case "sessionEnded":
        equal(sessionOfVu.get(vu), session);
        ok(!inFlight.has(vu), "a session ends after its requests");
        sessionOfVu.delete(vu);
        break;
      case "connectionOpened":
        ok(++opened <= it.bounds.connections);
        break;
      case "connectionClosed":
        ok(--opened >= 0);
        break;
    }
  }
  deepEqual([sessionOfVu.size, inFlight.size, opened], [0, 0, 0]);
  const ofLoad = [...seen].filter((session) => session < SESSION.teardown).sort((a, b) => a - b);
  deepEqual(
    ofLoad,
    ofLoad.map((_, n) => shard.index - 1 + n * shard.count),
    "sessions are numbered without a gap",
  );
  equal(seen.has(SESSION.setup), it.setup >= 0);
  equal(seen.has(SESSION.teardown), it.teardown >= 0);
  equal(records.at(-1)?.name, "runEnded");
}

/** A connection that a session leaves is one to a target that it asked. */
export function checkSlots(records: Whole[], plan: Plan): void {
  const requests = requestsByStep(plan);
  const targetOf = slotTargets(plan);
  const asked = new Set<string>();
  for (const { name, session, step, c } of records) {
    if (session === null) continue;
    if (name === "requestIssued") asked.add(`${session} ${requests.get(step ?? -1)?.target}`);
    if (name !== "connectionClosed") continue;
    ok(asked.has(`${session} ${targetOf[c]}`), "a slot of another target was used");
  }
}

/**
 * What groups say, against a walk through each session's program by what it was seen to do. Of groups that were cut
 * short, only that they were.
 */
export function checkGroups(records: Whole[], plan: Plan): void {
  const isWebSocket = webSocketSlots(plan);
  const whole = records.filter(({ session, name, c }) =>
    session !== null && (!isBetween(name) || (name === "connectionClosed" && isWebSocket[c] === 1))
  );
  for (const own of Map.groupBy(whole, ({ session }) => session).values()) {
    const told = own.filter(({ name }) => name === "groupEnded");
    const walked = new GroupWalk(plan, own.filter(({ name }) => name !== "groupEnded")).groups();
    const shape = ({ tick, step, a, b, c }: Omit<Group, "began">) => [tick, step, a, c > 0 ? -1 : b, c];
    deepEqual(told.map((it) => shape({ ...it, step: it.step ?? -1 })), walked.map(shape));
    ok(told.every(({ a, b }) => b <= a));
  }
}

/** It tells of connections and of messages, which come between what a session does. */
function isBetween(name: string): boolean {
  return name.startsWith("connection") || name === "messageReceived" || name === "frameAnswered";
}

type Group = { began: number; tick: number; step: number; a: number; b: number; c: number };

/** Runs one session's program again, told by its records what was decided and observed. */
class GroupWalk {
  readonly #program: Plan["flows"][number]["program"];
  readonly #own: Whole[];
  readonly #open: Group[] = [];
  readonly #ended: Group[] = [];
  /** Passes left of the repeats it stands in. */
  readonly #passes: number[] = [];
  /** How many records were told before each loss of a WebSocket. */
  readonly #losses: readonly number[];
  readonly #plan: Plan;
  /** The instruction that opened the WebSocket at hand, and the first record behind that. */
  #opening = { at: -1, from: 0 };
  #at = 1;
  #due: number;

  constructor(plan: Plan, own: Whole[]) {
    this.#program = own.length === 0 || own[0].name !== "sessionStarted"
      ? []
      : plan.flows[own[0].step ?? -1].program;
    this.#plan = plan;
    this.#own = own.filter(({ name }) => name !== "connectionClosed");
    const lost = own.flatMap(({ name }, at) => name === "connectionClosed" ? [at] : []);
    this.#losses = lost.map((at, before) => at - before);
    this.#due = own[0]?.tick ?? 0;
  }

  groups(): Group[] {
    for (let at = 0; at < this.#program.length;) {
      const next = this.#step(at);
      if (next < 0) break;
      at = next;
    }
    const last = this.#own.at(-1);
    while (this.#open.length > 0) this.#end(last?.tick ?? 0, 1);
    return this.#ended;
  }

  /** Does one instruction; returns the next, or −1 where the session ended. */
  #step(at: number): number {
    const it = this.#program[at];
    switch (it.kind) {
      case "group":
        this.#open.push({ began: this.#due, tick: 0, step: it.step, a: 0, b: 0, c: 0 });
        return at + 1;
      case "groupEnd":
        this.#end(this.#due, 0);
        return at + 1;
      case "end":
      case "webSocketEnd":
        return at + 1;
      case "again":
        this.#passes[this.#passes.length - 1]--;
        if (this.#passes[this.#passes.length - 1] > 0) return it.repeat + 1;
        this.#passes.pop();
        return at + 1;
      case "request":
      case "webSocket":
        return this.#ask(at, it);
    }
    const record = this.#own[this.#at++];
    if (it.kind === "when") return record.a === 1 ? at + 1 : it.end + 1;
    if (it.kind === "repeat") {
      if (record.a === 0) return it.again + 1;
      this.#passes.push(record.a);
      return at + 1;
    }
    this.#due += record.a;
    for (const group of this.#open) group.b += record.a;
    return this.#own[this.#at].name === "sessionEnded" && this.#own[this.#at].a > 0 ? -1 : at + 1;
  }

  /** What is sent or waited for. Where a WebSocket is not opened, or is lost, the rest of its exchange is left out. */
  #ask(at: number, it: Instruction & { kind: "request" | "webSocket" }): number {
    const { kind } = this.#plan.requests[it.request];
    const { isOver, isGood, ended } = kind === "send" ? this.#send() : this.#request();
    if (it.kind === "webSocket") this.#opening = { at, from: this.#at };
    if (isOver) return -1;
    const { at: opening, from } = this.#opening;
    const isLost = this.#losses.some((loss) => loss >= from && loss <= ended);
    if (isGood || kind === "http" || (kind !== "webSocket" && !isLost)) return at + 1;
    const begun = this.#program[opening];
    ok(begun.kind === "webSocket");
    const end = this.#program[begun.end];
    ok(end.kind === "webSocketEnd");
    this.#passes.length = end.depth;
    return begun.end;
  }

  /** It has no end, unless it could not be sent. */
  #send(): Asked {
    while (this.#own[this.#at].name !== "requestIssued") this.#at++;
    const ended = this.#at + 1;
    this.#due = this.#own[this.#at++].tick;
    if (this.#own[ended]?.name !== "requestFailed") return { isOver: false, isGood: true, ended };
    this.#at++;
    for (const group of this.#open) group.c = 1;
    return { isOver: isStopped(this.#own[this.#at]), isGood: false, ended };
  }

  /** All its tries and hops. */
  #request(): Asked {
    while (true) {
      let record = this.#own[this.#at];
      for (
        ;
        record.name !== "responseEnded" && record.name !== "requestFailed";
        record = this.#own[++this.#at]
      ) {
        if (record.name === "sessionEnded") return { isOver: true, isGood: false, ended: this.#at };
      }
      const ended = this.#at;
      this.#due = record.tick;
      const good = record.name === "responseEnded" && record.c >>> 24 === 0;
      do record = this.#own[++this.#at]; while (
        record.name === "checkFailed" || record.name === "valueCaptured"
      );
      if (record.name === "redirected" || record.name === "retried") continue;
      if (!good) { for (const group of this.#open) group.c = 1; }
      return { isOver: isStopped(record), isGood: good, ended };
    }
  }

  #end(tick: number, cut: number): void {
    const group = this.#open.pop();
    ok(group !== undefined);
    this.#ended.push({ ...group, tick, a: tick - group.began, c: group.c | cut });
  }
}

/** `ended`: the position of the record of its end. */
type Asked = Readonly<{ isOver: boolean; isGood: boolean; ended: number }>;

/** The session ended before it was through. */
function isStopped(record: Whole | undefined): boolean {
  return record?.name === "sessionEnded" && record.a > 0;
}

function requestsByStep(plan: Plan): Map<number, Request> {
  const instructions = plan.flows.flatMap(({ program }) => program);
  return new Map(
    instructions.flatMap((it) =>
      it.kind === "request" || it.kind === "webSocket" ? [[it.step, plan.requests[it.request]]] : []
    ),
  );
}

/** Of each session, and of rows that no two may have. `handed`: captures that another shard's setup made. */
export function checkSessions(
  records: Whole[],
  plan: Plan,
  handed: ReadonlySet<number> = new Set(),
): void {
  const whole = records.filter(({ session, name }) => session !== null && !isBetween(name));
  const uniqueRows = new Set<string>();
  let ofSetup = handed;
  for (const [session, own] of Map.groupBy(whole, ({ session }) => session)) {
    const story = new SessionStory(plan, ofSetup);
    own.forEach((record, at) => story.tell(record, own[at - 1], own[at + 1]));
    if (session === SESSION.setup) ofSetup = story.captured;
    for (const [table, row] of story.rows) {
      if (plan.tables[table].pick !== "unique") continue;
      ok(!uniqueRows.has(`${table} ${row}`), "a row is taken once");
      uniqueRows.add(`${table} ${row}`);
    }
  }
  checkPace(whole, plan);
}

function checkPace(records: Whole[], { load }: Plan): void {
  if (load.model === "open") return;
  const starts = records.filter(({ name, session }) =>
    name === "sessionStarted" && (session ?? 0) < SESSION.teardown
  );
  for (const own of Map.groupBy(starts, ({ vu }) => vu).values()) {
    own.slice(1).forEach(({ tick }, at) => ok(tick - own[at].tick >= load.paceTicks, "a pace apart"));
  }
}

class SessionStory {
  readonly rows = new Map<number, number>();
  readonly #plan: Plan;
  readonly #requests: ReadonlyMap<number, Request>;
  #dueTick = 0;
  #status = 0;
  #hops = 0;
  #tries = 1;
  #answered = -1;
  /** Which of its step's conditions was told last. */
  #condition = 0;
  readonly captured: Set<number>;
  /** The digest of the step's request, which its later tries repeat. */
  #digest: readonly number[] = [];

  /** `handed`: what the setup captured. */
  constructor(plan: Plan, handed: ReadonlySet<number>) {
    this.#plan = plan;
    this.#requests = requestsByStep(plan);
    this.captured = new Set(handed);
  }

  tell(record: Whole, before: Whole | undefined, next: Whole | undefined): void {
    const step = record.step ?? -1;
    switch (record.name) {
      case "sessionStarted":
        this.#dueTick = record.tick;
        break;
      case "thinkChosen":
        equal(record.tick, this.#dueTick);
        this.#dueTick += record.a;
        break;
      case "requestPlanned":
        return this.#planned(record, before?.name);
      case "requestIssued":
        if (this.#plan.steps[step].kind === "send") this.#dueTick = record.tick;
        break;
      case "requestFailed":
        this.#ended(record);
        break;
      case "responseEnded":
        this.#ended(record);
        if (this.#plan.steps[step].kind === "request") this.#status = record.c & 0xffff;
        // What is found is recorded behind it; what is not found is forgotten.
        if (next?.name !== "redirected") {
          for (const { capture } of this.#requests.get(step)?.captures ?? []) this.captured.delete(capture);
        }
        break;
      case "valueCaptured":
        this.captured.add(record.a);
        break;
      case "redirected":
        equal(step, this.#answered);
        equal(record.b, ++this.#hops, "hops are counted from 1");
        ok(this.#hops <= (this.#requests.get(step)?.redirects ?? 0));
        deepEqual([record.a, next?.name, next?.step], [this.#status, "requestPlanned", step]);
        break;
      case "retried":
        equal(step, this.#answered);
        equal(record.a, ++this.#tries, "tries are counted from 2");
        ok(this.#tries <= 1 + (this.#requests.get(step)?.retry?.times ?? 0));
        // The run may stop in between, and then its groups are cut short.
        ok(
          next?.name === "sessionEnded" || next?.name === "groupEnded" ||
            (next?.name === "requestPlanned" && next.step === step),
        );
        this.#dueTick += record.b;
        this.#hops = 0;
        break;
      case "rowTaken":
        ok(!this.rows.has(record.a), "a session takes one row of a table");
        ok(record.b < this.#plan.tables[record.a].rows);
        this.rows.set(record.a, record.b);
        break;
      case "conditionMet":
        this.#decided(record, before);
        break;
    }
  }

  #planned(record: Whole, before: string | undefined): void {
    equal(record.tick, this.#dueTick, "what follows is due when what was before it ends");
    const digest = [record.b, record.c];
    if (before === "redirected") return deepEqual(digest, [0, 0]);
    if (before === "retried") return deepEqual(digest, this.#digest, "another try decides nothing anew");
    this.#digest = digest;
    this.#hops = 0;
    this.#tries = 1;
  }

  #ended(record: Whole): void {
    this.#dueTick = record.tick;
    this.#answered = record.step ?? -1;
  }

  /** Of several conditions of one step, each has a record, up to the first that does not hold. */
  #decided({ step, a }: Whole, before: Whole | undefined): void {
    const conditions = this.#plan.flows.flatMap(({ program }) => program)
      .flatMap((it) => it.kind === "when" && it.step === step ? [it.condition] : []);
    const isNext = before?.name === "conditionMet" && before.step === step && before.a === 1;
    this.#condition = isNext ? (this.#condition + 1) % conditions.length : 0;
    const condition = conditions[this.#condition];
    if (condition.kind === "captured") {
      equal(a === 1, this.captured.has(condition.capture) === condition.exists);
    } else if (condition.kind === "status") {
      equal(a === 1, condition.ranges.some(([from, to]) => this.#status >= from && this.#status <= to));
    }
  }
}
