/** Every number of one ledger is the same in every export, and in every report: all of them are read back. */
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { build, decodeFromCompressedBase64 } from "hdr-histogram-js";
import { writeHdrLog } from "../cli/exports/hdr_log.ts";
import { otlpMetrics } from "../cli/exports/otlp_metrics.ts";
import { writeOtlpTraces } from "../cli/exports/otlp_traces.ts";
import { writeSeconds } from "../cli/exports/second_rows.ts";
import { appendRun } from "../cli/exports/sqlite.ts";
import type { ReducibleLedger } from "../runtime/reduce/first_pass.ts";
import { reduce } from "../runtime/reduce/reduce.ts";
import type { PartDistribution, Summary } from "../runtime/reduce/summary.ts";
import { renderJson } from "../runtime/report/json.ts";
import {
  csvRows,
  csvText,
  jsonLines,
  parquetBytes,
  parquetRows,
  type Row,
  type Run,
  type TableName,
  TABLES,
  toldRecords,
} from "./exported_rows.ts";
import type { Plan } from "../runtime/plan.ts";
import { openLedger } from "../runtime/ledger/reader.ts";
import { memorySource } from "../runtime/ledger/source.ts";
import { shopPlan, simulatedBytes } from "./compared_runs.ts";
import { REPORT_RUNS } from "./report_runs.ts";
import { naiveFigures, sameFigures } from "./simulator/naive_figures.ts";

const RUNS: Readonly<Record<string, () => ReducibleLedger[] | Promise<ReducibleLedger[]>>> = {
  failed: REPORT_RUNS.failed,
  messages: REPORT_RUNS.messages,
  interrupted: REPORT_RUNS.interrupted,
  nothing: REPORT_RUNS.nothing,
  sharded: REPORT_RUNS.sharded,
  "setup-failed": REPORT_RUNS["setup-failed"],
  "is simulated by the engine": engineRun,
  "is simulated, of a chat": () => scenarioRun("chat"),
  "is simulated, of gRPC": () => scenarioRun("grpc-shop"),
};

/** Made by hand, so that the times its messages tell contradict one another. */
const CONTRADICTS_ITSELF = "messages";

/** An example of ours, in part. */
async function scenarioRun(name: string): Promise<ReducibleLedger[]> {
  const plan: Plan = JSON.parse(Deno.readTextFileSync(`scenarios/${name}.plan.json`));
  return [openLedger(memorySource(await simulatedBytes(plan, { sessionLimit: 40 })))];
}

async function engineRun(): Promise<ReducibleLedger[]> {
  const plan = shopPlan({
    seconds: 5,
    simulation: { errorsPpm: 20_000, connections: 20, servers: 4, queue: 30 },
  });
  return [openLedger(memorySource(await simulatedBytes(plan)))];
}

for (const [name, make] of Object.entries(RUNS)) {
  const made = (async () => {
    const ledgers = await make();
    // What a program reads that has only the JSON report.
    const summary: Summary = JSON.parse(renderJson(reduce(ledgers)));
    const sorted = ledgers.toSorted((one, other) => one.header.shard.index - other.header.shard.index);
    return { summary, run: { ledgers: sorted, lastTick: summary.time.elapsedTicks } };
  })();

  for (const table of Object.keys(TABLES) as TableName[]) {
    Deno.test(`CSV, lines of JSON and Parquet of the ${table} of a run that ${name} hold the same`, async () => {
      const { run } = await made;
      const lines = jsonRows(table, run);
      assert.deepEqual(csvRows(TABLES[table][0], csvText(table, run)), lines);
      assert.deepEqual(await parquetRows(parquetBytes(table, run)), lines);
    });
  }

  if (name !== CONTRADICTS_ITSELF) {
    Deno.test(`a naive model makes the figures of a run that ${name} from its exported records`, async () => {
      const { run, summary } = await made;
      const [{ header: { plan } }] = run.ledgers;
      const records = toldRecords(plan, csvRows(TABLES.records[0], csvText("records", run)));
      assert.deepEqual(plain(naiveFigures(plan, records)), plain(sameFigures(summary)));
    });
  }

  Deno.test(`the requests of a run that ${name} add up to its report`, async () => {
    const { run, summary } = await made;
    assertRequests(jsonRows("requests", run), summary);
  });

  Deno.test(`the seconds of a run that ${name} add up to its report`, async () => {
    const { run, summary } = await made;
    assertSeconds(jsonRows("seconds", run), summary);
    // With room for a few samples at once, the ledgers are read again and again, and the same comes of it.
    const rows: unknown[] = [];
    writeSeconds(run.ledgers, run.lastTick, { row: (values) => rows.push([...values]), end() {} }, 50);
    assert.deepEqual(rows, jsonRows("seconds", run).map((row) => Object.values(row)));
  });

  Deno.test(`SQLite's views over a run that ${name} say what its other exports and its report say`, async () => {
    const { run, summary } = await made;
    inTemporaryFile((path) => {
      appendRun(path, run.ledgers, summary);
      using database = new DatabaseSync(path, { readOnly: true });
      assertDatabase(database, run, summary);
    });
  });

  Deno.test(`the HdrHistogram log of a run that ${name} holds its response times`, async () => {
    const { run, summary } = await made;
    const total = build({ bitBucketSize: 64, numberOfSignificantValueDigits: 3 });
    const byTag = new Map<string, number>();
    let log = "";
    writeHdrLog(run.ledgers, run.lastTick, (text) => log += text);
    for (const line of log.split("\n").filter((line) => /^(?:Tag=|\d)/.test(line))) {
      const [, tag = "", encoded] = /^(?:Tag=([^,]+),)?[\d.]+,[\d.]+,[\d.]+,(.+)$/.exec(line) ?? [];
      const histogram = decodeFromCompressedBase64(encoded);
      byTag.set(tag, (byTag.get(tag) ?? 0) + histogram.totalCount);
      if (tag === "") total.add(histogram);
    }
    assert.equal(byTag.get("") ?? 0, summary.responseTime?.count ?? 0);
    for (const { flow, step, responseTime } of summary.steps) {
      assert.equal(byTag.get(`${flow}/${step}`.replace(/[,\s]+/g, "_")), responseTime?.count);
    }
    if (summary.responseTime === null) return;
    for (const [percent, wanted] of [[50, summary.responseTime.p50], [99, summary.responseTime.p99]]) {
      const found = total.getValueAtPercentile(percent);
      assert.ok(found >= wanted && found <= wanted * 1.001, `p${percent} is ${found}, and was ${wanted}`);
    }
  });

  Deno.test(`OTLP's metrics and traces of a run that ${name} hold its figures and sessions`, async () => {
    const { run, summary } = await made;
    assertMetrics(JSON.parse(otlpMetrics(run.ledgers[0].header, summary)), summary);
    assertTraces(run, summary);
  });
}

Deno.test("the same ledger gives the same bytes", async () => {
  const ledgers = await engineRun();
  const summary = reduce(ledgers);
  const run = { ledgers, lastTick: summary.time.elapsedTicks };
  for (const table of Object.keys(TABLES) as TableName[]) {
    assert.equal(csvText(table, run), csvText(table, run));
    assert.equal(jsonLines(table, run), jsonLines(table, run));
    assert.deepEqual(parquetBytes(table, run), parquetBytes(table, run));
  }
  const texts = () => {
    let text = otlpMetrics(ledgers[0].header, summary);
    writeOtlpTraces(ledgers, (more) => text += more);
    writeHdrLog(ledgers, run.lastTick, (more) => text += more);
    return text;
  };
  assert.equal(texts(), texts());
  const databases = [1, 2].map(() => {
    let bytes = new Uint8Array();
    inTemporaryFile((path) => {
      appendRun(path, ledgers, summary);
      bytes = Deno.readFileSync(path);
    });
    return bytes;
  });
  assert.deepEqual(databases[0], databases[1]);
});

Deno.test("the questions of docs/exports.md are answered, and by the report's figures", () => {
  const [, block] = /```sql\n([\s\S]+?)```/.exec(Deno.readTextFileSync("docs/exports.md")) ?? [];
  const ledgers = REPORT_RUNS.failed();
  const summary = reduce(ledgers);
  inTemporaryFile((path) => {
    appendRun(path, ledgers, summary);
    using database = new DatabaseSync(path, { readOnly: true });
    const [slowest, p99, troubles, lag, ...more] = block.split(/;\s*(?=\n|$)/).filter((sql) =>
      sql.trim() !== ""
    )
      .map((sql) => database.prepare(sql).all().map((row) => ({ ...row })));
    assert.deepEqual(more, []);
    assert.equal(slowest[0].ms, (summary.responseTime?.max ?? 0) / 1000);
    const ofStep = new Map(p99.map(({ step, p99 }) => [step, p99]));
    for (const { step, responseTime } of summary.steps) {
      assert.equal(ofStep.get(step), responseTime?.p99, step);
    }
    assert.ok(troubles.length > 0);
    assert.deepEqual(Object.values(lag[0]), [1, summary.generator.lag?.p99]);
  });
});

Deno.test("a SQLite file takes several runs, and none of them twice", async () => {
  const first = await engineRun();
  const second = REPORT_RUNS.failed();
  inTemporaryFile((path) => {
    assert.equal(appendRun(path, first, reduce(first)), 1);
    assert.equal(appendRun(path, second, reduce(second)), 2);
    assert.throws(() => appendRun(path, first, reduce(first)), /this run is in it already, as run 1/);
    using database = new DatabaseSync(path);
    const runs = database.prepare("SELECT run, requests_issued FROM runs ORDER BY run").all();
    assert.deepEqual(
      runs.map((row) => ({ ...row })),
      [first, second].map((ledgers, at) => ({
        run: at + 1,
        requests_issued: reduce(ledgers).requests.issued,
      })),
    );
    const steps = database.prepare("SELECT DISTINCT step FROM requests WHERE run = 1 ORDER BY step").all();
    assert.deepEqual(
      steps.map(({ step }) => step),
      [
        ...new Set(
          first[0].header.plan.steps.filter(({ kind }) => kind === "request").map(({ name }) => name),
        ),
      ].sort(),
    );
    assert.throws(() => database.exec("UPDATE records SET tick = 0"), /append-only/);
    assert.throws(() => database.exec("DELETE FROM records"), /append-only/);
  });
});

Deno.test("what is no SQLite export is not appended to", async () => {
  const ledgers = await engineRun();
  inTemporaryFile((path) => {
    new DatabaseSync(path).exec("CREATE TABLE mine (a); PRAGMA user_version = 7");
    assert.throws(() => appendRun(path, ledgers, reduce(ledgers)), /none that this z6c has exported/);
    Deno.writeTextFileSync(path, "this is no database, and it is long enough to be looked at. ".repeat(20));
    assert.throws(() => appendRun(path, ledgers, reduce(ledgers)), { name: "UserError" });
  });
});

function jsonRows(table: TableName, run: Run): Row[] {
  return jsonLines(table, run).split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
}

/** Without the difference between what is undefined and what is not there. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

const isMeasured = ({ phase, warmup }: Row) => phase === "load" && !warmup;

function assertRequests(rows: readonly Row[], summary: Summary): void {
  const measured = rows.filter(isMeasured);
  const requests = measured.filter(({ kind }) => kind === "request");
  const { responded, failed, unexpected, cancelled } = summary.requests;
  assert.deepEqual(outcomesOf(requests), { responded, failed, unexpected, cancelled });
  assertTimes(requests.map(({ response_ticks }) => response_ticks), summary.responseTime);
  assertTimes(requests.map(({ service_ticks }) => service_ticks), summary.serviceTime);
  const answered = requests.filter(({ status }) => status !== null);
  assertTimes(answered.map(({ first_byte_ticks }) => first_byte_ticks), summary.phases.firstByte);
  for (const { flow, step, requests, responseTime } of summary.steps) {
    const own = measured.filter((row) => row.flow === flow && row.step === step);
    const { responded, failed, unexpected, cancelled } = requests;
    assert.deepEqual(outcomesOf(own), { responded, failed, unexpected, cancelled }, step);
    assertTimes(own.map(({ response_ticks }) => response_ticks), responseTime);
  }
  const sum = (column: string) => measured.reduce((total, row) => total + Number(row[column]), 0);
  assert.deepEqual({ passed: sum("checks_passed"), failed: sum("checks_failed") }, summary.checks);
  for (const { name, count } of summary.errors) {
    assert.equal(
      measured.filter(({ error, outcome }) => error === name && outcome === "failed").length,
      count,
      name,
    );
  }
}

function outcomesOf(rows: readonly Row[]) {
  const of = (wanted: string) => rows.filter(({ outcome }) => outcome === wanted).length;
  return {
    responded: of("good") + of("unexpected"),
    failed: of("failed"),
    unexpected: of("unexpected"),
    cancelled: of("cancelled"),
  };
}

/** Nearest rank of all of them. */
function assertTimes(ticks: readonly (Row[string] | undefined)[], wanted: PartDistribution | null): void {
  const sorted = ticks.filter((one) => typeof one === "number").sort((one, other) => one - other);
  assert.equal(sorted.length, wanted?.count ?? 0);
  if (wanted === null) return;
  const at = (thousandths: number) =>
    sorted[Math.max(1, Math.ceil((thousandths * sorted.length) / 1000)) - 1];
  const { min, p50, p95, p99, max } = wanted;
  assert.deepEqual({ min: at(0), p50: at(500), p95: at(950), p99: at(990), max: at(1000) }, {
    min,
    p50,
    p95,
    p99,
    max,
  });
}

function assertSeconds(
  rows: readonly Row[],
  { requests, sessions, steps, responseTime, generator }: Summary,
): void {
  const all = rows.filter(({ step }) => step === null);
  const sum = (rows: readonly Row[], column: string) =>
    rows.reduce((total, row) => total + Number(row[column]), 0);
  assert.deepEqual(all.map(({ second }) => second), all.map((_, second) => second));
  for (const name of ["issued", "responded", "failed", "unexpected", "errors", "cancelled"] as const) {
    assert.equal(sum(all, name), requests[name], name);
    for (const { flow, step, requests } of steps) {
      const own = rows.filter((row) => row.flow === flow && row.step === step);
      assert.equal(sum(own, name), requests[name], `${name} of ${step}`);
    }
  }
  assert.equal(sum(all, "sessions_started"), sessions.started);
  assert.equal(sum(all, "sessions_dropped"), sessions.dropped);
  assert.equal(sum(all, "samples"), responseTime?.count ?? 0);
  assert.equal(Math.max(-1, ...all.map(({ max_ticks }) => Number(max_ticks ?? -1))), responseTime?.max ?? -1);
  assert.equal(Math.max(-1, ...all.map((row) => Number(row.lag_max_ticks ?? -1))), generator.lag?.max ?? -1);
}

/** The views know nothing of how z6c folds records: they are a model of their own. */
function assertDatabase(database: DatabaseSync, run: Run, summary: Summary): void {
  const rows = (sql: string) => database.prepare(sql).all().map((row) => ({ ...row }));
  const columns =
    "shard, phase, session, vu, flow, step, kind, stage, warmup, due_tick, issued_tick, end_tick, " +
    "outcome, status, error, response_ticks, service_ticks, first_byte_ticks, lag_ticks, blocked_ticks, " +
    "dns_ticks, connect_ticks, tls_ticks, sent_bytes, received_bytes, checks_passed, checks_failed";
  const wanted = jsonRows("requests", run).filter(({ kind, outcome }) =>
    kind !== "send" || outcome !== "sent"
  );
  const found = rows(`SELECT ${columns} FROM requests ORDER BY shard, end_tick, vu, issued_tick`);
  const names = columns.split(", ");
  const picked = wanted.map((row) => Object.fromEntries(names.map((name) => [name, row[name]])));
  const key = (row: Readonly<Record<string, unknown>>) => names.map((name) => String(row[name])).join(" ");
  const sorted = (all: readonly Readonly<Record<string, unknown>>[]) =>
    all.map((row) => key({ ...row, warmup: Boolean(row.warmup) })).sort();
  assert.deepEqual(sorted(found), sorted(picked));
  const [told] = rows("SELECT verdict, requests_issued, p99_ticks, report FROM runs");
  assert.deepEqual(JSON.parse(String(told.report)), summary);
  assert.equal(told.p99_ticks, summary.responseTime?.p99 ?? null);
  const [{ started }] = rows("SELECT count(*) AS started FROM sessions WHERE phase = 'load' AND NOT warmup");
  assert.equal(started, summary.sessions.started);
  const [{ completed }] = rows(
    "SELECT count(*) AS completed FROM sessions WHERE phase = 'load' AND NOT warmup AND end = 'completed'",
  );
  assert.equal(completed, summary.sessions.completed);
  const errors = rows(
    "SELECT code, count(*) AS count FROM errors WHERE phase = 'load' AND NOT warmup AND code IS NOT NULL GROUP BY code",
  );
  assert.deepEqual(
    errors,
    summary.errors.map(({ code, count }) => ({ code, count })).sort((one, other) => one.code - other.code),
  );
  const statuses = rows("SELECT status, count FROM statuses ORDER BY status");
  assert.deepEqual(statuses, summary.statuses.map(({ status, count }) => ({ status, count })));
}

type Metrics = {
  resourceMetrics: {
    scopeMetrics: {
      metrics: {
        name: string;
        unit: string;
        sum?: { dataPoints: { asInt?: string }[] };
        summary?: { dataPoints: { count: string; quantileValues: { quantile: number; value: number }[] }[] };
      }[];
    }[];
  }[];
};

function assertMetrics(
  { resourceMetrics: [{ scopeMetrics: [{ metrics }] }] }: Metrics,
  summary: Summary,
): void {
  const named = new Map(metrics.map((metric) => [metric.name, metric]));
  assert.equal(named.size, metrics.length);
  assert.equal(named.get("z6c.requests_issued")?.sum?.dataPoints[0].asInt, String(summary.requests.issued));
  const times = named.get("z6c.response_time");
  const { responseTime } = summary;
  assert.equal(
    times?.summary?.dataPoints[0].count,
    responseTime === null ? undefined : String(responseTime.count),
  );
  if (responseTime === null) return;
  assert.equal(times?.unit, "s");
  assert.deepEqual(
    times?.summary?.dataPoints[0].quantileValues.map(({ value }) => Math.round(value * 1_000_000)),
    [responseTime.p50, responseTime.p90, responseTime.p95, responseTime.p99, responseTime.p999],
  );
}

type SpanJson = {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
};

function assertTraces(run: Run, summary: Summary): void {
  let lines = "";
  writeOtlpTraces(run.ledgers, (text) => lines += text);
  const spans: SpanJson[] = lines.split("\n").filter((line) => line !== "").flatMap((line) =>
    JSON.parse(line).resourceSpans[0].scopeSpans[0].spans
  );
  const ids = new Set(spans.map(({ traceId, spanId }) => `${traceId} ${spanId}`));
  assert.equal(ids.size, spans.length);
  const roots = spans.filter(({ parentSpanId }) => parentSpanId === undefined);
  assert.equal(new Set(roots.map(({ traceId }) => traceId)).size, roots.length);
  const ended = summary.sessions.started + summary.warmup.sessions;
  const once = summary.once.filter(({ outcome }) => outcome !== "cut").length;
  assert.ok(roots.length <= ended + summary.once.length && roots.length >= once, `${roots.length} sessions`);
  assert.equal(spans.length - roots.length, jsonRows("requests", run).length);
  for (const { traceId, spanId, parentSpanId, startTimeUnixNano, endTimeUnixNano } of spans) {
    assert.match(`${traceId} ${spanId}`, /^[0-9a-f]{32} [0-9a-f]{16}$/);
    assert.ok(BigInt(startTimeUnixNano) <= BigInt(endTimeUnixNano));
    if (parentSpanId !== undefined) assert.notEqual(parentSpanId, spanId);
  }
}

function inTemporaryFile(use: (path: string) => void): void {
  const folder = Deno.makeTempDirSync();
  try {
    use(`${folder}/runs.sqlite`);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}
