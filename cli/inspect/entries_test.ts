/** Filters over random runs against a naive model of them, and numbers against the report's. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { requestError } from "../../runtime/ledger/errors.ts";
import { SESSION } from "../../runtime/ledger/record.ts";
import type { ReducibleLedger } from "../../runtime/reduce/first_pass.ts";
import { reduce } from "../../runtime/reduce/reduce.ts";
import { inspectedLedger } from "../../tests/inspected_ledger.ts";
import {
  type ModelRequest,
  type ModelSession,
  onceRecords,
  randomRun,
  recordsOf,
} from "../../tests/random_run.ts";
import { REPORT_RUNS } from "../../tests/report_runs.ts";
import { syntheticHeader, syntheticPlan } from "../../tests/synthetic_ledger.ts";
import { readAskedNumber } from "./asked_number.ts";
import { EntryFold } from "./entries.ts";
import type { Entry } from "./entry.ts";
import { speaksOf } from "./filter.ts";
import { isOfRecords } from "./filter_fields.ts";
import { filterNames } from "./filter_names.ts";
import { matcher } from "./matcher.ts";
import { readFilter } from "./read_filter.ts";
import { explainNumber } from "./why.ts";

const plan = syntheticPlan({
  flows: [{ name: "buy", steps: ["login", "pay"] }, { name: "browse", steps: ["home", "pay"] }],
  setup: ["prepare"],
  stages: [
    { name: "warm", warmup: true, lengthTicks: 1_000_000, rate: 10 },
    { name: "hold", lengthTicks: 1_000_000, rate: 10 },
  ],
});
const names = filterNames(plan);

const isTimeout = ({ error }: ModelRequest) => requestError(error).name.endsWith(".timeout");
const hasTimes = (it: ModelRequest) => it.error === 0 || isTimeout(it);
const isFailed = ({ error }: ModelRequest) => error !== 0 && requestError(error).phase !== "stop";
const issued = ({ due, lag, blocked }: ModelRequest) => due + lag + blocked;

const SAME: readonly [filter: string, (it: ModelRequest, of: ModelSession) => boolean][] = [
  ["status >= 500", (it) => it.error === 0 && it.status >= 500],
  ["status != 200", (it) => it.error !== 0 || it.status !== 200],
  ["outcome == good", (it) => it.error === 0 && it.checksFailed === 0],
  ["outcome == unexpected", (it) => it.error === 0 && it.checksFailed > 0],
  ["outcome == failed", isFailed],
  ["outcome == cancelled", ({ error }) => error !== 0 && requestError(error).phase === "stop"],
  ["error == wait.timeout or error == Z3201", ({ error }) => error === 3501 || error === 3201],
  ["step == pay", ({ step }) => step === 1 || step === 3],
  ["step == browse/pay", ({ step }) => step === 3],
  ["step != pay and flow == browse", ({ step }) => step === 2],
  ["stage == hold", (_, { stage }) => stage === 1],
  ["connection == opened", ({ opened }) => opened !== null],
  ["connection == reused", (it) => it.error === 0 && it.opened === null],
  ["session == 3", (_, { session }) => session === 3],
  ["session between 2 and 4", (_, { session }) => session >= 2 && session <= 4],
  ["vu >= 97", (_, { vu }) => vu >= 97],
  ["response_time > 1ms", (it) => hasTimes(it) && it.end - it.due > 1000],
  ["not response_time > 1ms", (it) => !(hasTimes(it) && it.end - it.due > 1000)],
  ["service_time <= 500us", (it) => hasTimes(it) && it.end - issued(it) <= 500],
  ["lag > 0 and blocked > 0", ({ lag, blocked }) => lag > 0 && blocked > 0],
  ["due < 3ms", ({ due }) => due < 3000],
  ["tick between 1ms and 5ms", ({ end }) => end >= 1000 && end <= 5000],
  ["issued >= 1ms", (it) => issued(it) >= 1000],
  ["connect > 100us", ({ opened }) => opened !== null && opened.connect > 100],
  ["tls < 1ms", ({ opened }) => opened !== null && opened.tls < 1000],
  ["sent > 500 and received < 50KB", (it) => it.sentBytes > 500 && it.receivedBytes < 50_000],
  ['text contains "naïvely"', ({ error }) => error !== 0],
  ['text matches "— 3 ä*$"', ({ error }, { session }) => error !== 0 && session === 3],
  [
    "(step == login or step == home) and not status == 200",
    ({ step, error, status }) => step % 2 === 0 && !(error === 0 && status === 200),
  ],
];

function entriesOf(ledger: Pick<ReducibleLedger, "scan">, of: typeof plan, filter: string): Entry[] {
  const read = readFilter(filter, filterNames(of));
  const matches = matcher(read, filterNames(of));
  const found: Entry[] = [];
  const fold = new EntryFold(of, speaksOf(read, isOfRecords) ? "records" : "requests", (entry) => {
    if (matches(entry)) found.push({ ...entry });
  });
  ledger.scan((block) => fold.visit(block));
  fold.end();
  return found;
}

Deno.test("filters select what a naive model selects", () => {
  const cases = fc.record({ seed: fc.nat(), sessions: fc.integer({ min: 1, max: 60 }) });
  fc.assert(
    fc.property(cases, ({ seed, sessions }) => {
      const run = randomRun(plan, seed, sessions, 13);
      const records = [...onceRecords(plan, "setup", true), ...recordsOf(run)];
      const { ledger } = inspectedLedger(syntheticHeader(plan), records, 19);
      for (const [filter, holds] of SAME) {
        const wanted = run.sessions.flatMap((of) =>
          of.requests.flatMap((it) => holds(it, of) ? [`${of.session} ${it.step} ${it.end}`] : [])
        );
        const found = entriesOf(ledger, plan, `(${filter}) and session < ${SESSION.teardown}`)
          .map(({ session, step, tick }) => `${session} ${step} ${tick}`);
        assert.deepEqual(found.sort(), wanted.sort(), filter);
      }
    }),
    { numRuns: 12 },
  );
});

Deno.test("records are selected by kind, and setup by its name", () => {
  const run = randomRun(plan, 4, 50, 12);
  const records = [...onceRecords(plan, "setup", false), ...recordsOf(run)];
  const { ledger } = inspectedLedger(syntheticHeader(plan), records, 19);
  const count = (filter: string) => entriesOf(ledger, plan, filter).length;
  const naive = (kind: string) => records.filter((it) => it.kind === kind).length;
  for (
    const kind of ["sessionStarted", "groupEnded", "checkFailed", "arrivalDropped", "runEnded", "loopGap"]
  ) {
    assert.equal(count(`kind == ${kind}`), naive(kind), kind);
  }
  assert.equal(
    count("kind == checkFailed and a == 1"),
    records.filter((it) => it.kind === "checkFailed" && it.a === 1).length,
  );
  assert.equal(count("kind != checkFailed"), records.length - naive("checkFailed"));
  assert.equal(count("session == setup"), 1);
  assert.equal(count("session == setup and kind != sessionStarted"), 6);
  assert(names.step !== undefined);
});

const RUNS = Object.entries(REPORT_RUNS).flatMap(([name, make]) => {
  const ledgers = make();
  return ledgers.length === 1 ? [[name, ledgers[0]] as const] : [];
});

Deno.test("a number that is asked about is the report's", () => {
  for (const [name, ledger] of RUNS) {
    const { plan: of } = ledger.header;
    const summary = reduce([ledger]);
    const value = (text: string, step: string | null = null) => {
      const why = explainNumber(ledger, of, readAskedNumber(text, step, of, filterNames(of)));
      if (why !== null) {
        const total = why.parts.reduce((sum, { allTicks }) => sum + allTicks, 0);
        assert(total > 0 && why.slow >= why.samples - why.rank + 1 && why.around.length <= 8, name);
      }
      return why?.valueTicks ?? null;
    };
    const all = summary.responseTime;
    assert.deepEqual(
      ["min", "p50", "p90", "p95", "p99", "p99.9", "max"].map((text) => value(text)),
      [all?.min, all?.p50, all?.p90, all?.p95, all?.p99, all?.p999, all?.max].map((one) => one ?? null),
      name,
    );
    assert.equal(value("service_time p99"), summary.serviceTime?.p99 ?? null, name);
    assert.equal(value("first_byte p99"), summary.phases.firstByte?.p99 ?? null, name);
    for (const { flow, step, responseTime } of summary.steps) {
      assert.equal(value("p99", `${flow}/${step}`), responseTime?.p99 ?? null, `${name} ${step}`);
    }
  }
});

Deno.test("counts of what is listed are the report's", () => {
  for (const [name, ledger] of RUNS) {
    const { plan: of } = ledger.header;
    const { requests, statuses } = reduce([ledger]);
    const count = (filter: string) =>
      entriesOf(ledger, of, filter).filter(({ session, stage, step }) =>
        session < SESSION.teardown && of.load.stages[stage]?.warmup === false &&
        of.steps[step].kind === "request"
      ).length;
    assert.equal(count("outcome == unexpected"), requests.unexpected, name);
    assert.equal(count("outcome == failed"), requests.failed, name);
    assert.equal(count("outcome == cancelled"), requests.cancelled, name);
    for (const { status, count: wanted } of statuses) {
      assert.equal(count(`status == ${status}`), wanted, name);
    }
  }
});

Deno.test("the requests around a number are the nearest, and what they share is counted", () => {
  const { ledger } = inspectedLedger(syntheticHeader(plan), recordsOf(randomRun(plan, 9, 400, 14)), 64);
  const why = explainNumber(ledger, plan, readAskedNumber("p95", null, plan, names));
  assert(why !== null);
  const all = entriesOf(ledger, plan, "stage == hold and response_time >= 0").map((it) => it.responseTicks);
  all.sort((a, b) => a - b);
  assert.equal(why.valueTicks, all[why.rank - 1]);
  assert.equal(why.slow, all.filter((value) => value >= why.valueTicks).length);
  const below = all.filter((value) => value <= why.valueTicks).slice(-4);
  const above = all.filter((value) => value > why.valueTicks).slice(0, 4);
  assert.deepEqual(why.around.map(({ responseTicks }) => responseTicks), [...below, ...above]);
  for (const { what, value, slow, all: ofAll } of why.traits) {
    if (what !== "step") continue;
    const own = entriesOf(ledger, plan, `stage == hold and response_time >= 0 and step == ${value}`);
    assert.equal(ofAll, own.length);
    assert.equal(slow, own.filter(({ responseTicks }) => responseTicks >= why.valueTicks).length);
  }
});

Deno.test("a number that no report has is refused", () => {
  for (
    const [text, step, problem] of [
      ["p101", null, /is no number of a report/],
      ["p", null, /is no number/],
      ["lag p99", null, /ask for p50/],
      ["service_time p99 p98", null, /is no number/],
      ["p99", "pya", /--step: there is no step "pya"; did you mean pay\?/],
      ["p99", "pay", /there are several; say buy\/pay or browse\/pay/],
    ] as const
  ) {
    assert.throws(() => readAskedNumber(text, step, plan, names), problem);
  }
});
