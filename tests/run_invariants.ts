/** What holds of every run, whatever its plan and its target: checked on its records alone. */
import { deepEqual, equal, ok } from "node:assert/strict";
import type { Plan, Request } from "../runtime/plan.ts";
import type { Whole } from "./simulated_run.ts";

/** Of VUs, requests in flight and connections. */
export function checkStory(records: Whole[], it: Plan): void {
  const sessionOfVu = new Map<number, number>();
  const inFlight = new Set<number>();
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
        ok(sessionOfVu.size <= it.bounds.vus);
        break;
      case "arrivalDropped":
        ok(!seen.has(session));
        seen.add(session);
        equal(sessionOfVu.size, it.bounds.vus, "an arrival is dropped only when all VUs are busy");
        break;
      case "requestIssued":
        equal(sessionOfVu.get(vu), session);
        ok(!inFlight.has(vu), "one request at a time");
        inFlight.add(vu);
        ok(inFlight.size <= it.bounds.connections);
        break;
      case "responseEnded":
      case "requestFailed":
        ok(inFlight.delete(vu), "a request ends once");
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
  deepEqual(
    [...seen].sort((a, b) => a - b),
    Array.from(seen, (_, n) => n),
    "sessions are numbered without a gap",
  );
  equal(records.at(-1)?.name, "runEnded");
}

/** Of each session, and of rows that no two may have. */
export function checkSessions(records: Whole[], plan: Plan): void {
  const whole = records.filter(({ session, name }) => session !== null && !name.startsWith("connection"));
  const uniqueRows = new Set<number>();
  for (const own of Map.groupBy(whole, ({ session }) => session).values()) {
    const story = new SessionStory(plan);
    own.forEach((record, at) => story.tell(record, own[at - 1], own[at + 1]));
    for (const [table, row] of story.rows) {
      if (plan.tables[table].pick !== "unique") continue;
      ok(!uniqueRows.has(row), "a row is taken once");
      uniqueRows.add(row);
    }
  }
  checkPace(whole, plan);
}

function checkPace(records: Whole[], { load }: Plan): void {
  if (load.model === "open") return;
  const starts = records.filter(({ name }) => name === "sessionStarted");
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
  readonly #captured = new Set<number>();
  /** The digest of the step's request, which its later tries repeat. */
  #digest: readonly number[] = [];

  constructor(plan: Plan) {
    this.#plan = plan;
    const instructions = plan.flows.flatMap(({ program }) => program);
    this.#requests = new Map(
      instructions.flatMap((it) => it.kind === "request" ? [[it.step, plan.requests[it.request]]] : []),
    );
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
      case "requestFailed":
        this.#ended(record);
        break;
      case "responseEnded":
        this.#ended(record);
        this.#status = record.c & 0xffff;
        // What is found is recorded behind it; what is not found is forgotten.
        if (next?.name !== "redirected") {
          for (const { capture } of this.#requests.get(step)?.captures ?? []) this.#captured.delete(capture);
        }
        break;
      case "valueCaptured":
        this.#captured.add(record.a);
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
        ok(next?.name === "sessionEnded" || (next?.name === "requestPlanned" && next.step === step));
        this.#dueTick += record.b;
        this.#hops = 0;
        break;
      case "rowTaken":
        ok(!this.rows.has(record.a), "a session takes one row of a table");
        ok(record.b < this.#plan.tables[record.a].rows);
        this.rows.set(record.a, record.b);
        break;
      case "conditionMet":
        this.#decided(record);
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

  #decided({ step, a }: Whole): void {
    for (const { program } of this.#plan.flows) {
      const when = program.find((it) => it.kind === "when" && it.step === step);
      if (when?.kind !== "when") continue;
      const { condition } = when;
      if (condition.kind === "captured") {
        equal(a === 1, this.#captured.has(condition.capture) === condition.exists);
      } else if (condition.kind === "status") {
        equal(a === 1, condition.ranges.some(([from, to]) => this.#status >= from && this.#status <= to));
      }
    }
  }
}
