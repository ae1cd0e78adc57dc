/** Every number of one ledger is the same in every export, and in every report: all of them are read back. */
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { build, decodeFromCompressedBase64 } from "hdr-histogram-js";
import { writeHdrLog } from "../cli/exports/hdr_log.ts";
import { writeOtlpMetrics } from "../cli/exports/otlp_metrics.ts";
import { BOUNDS } from "../cli/exports/otlp_series.ts";
import { writeOtlpTraces } from "../cli/exports/otlp_traces.ts";
import { writeSeconds } from "../cli/exports/second_rows.ts";
import { appendRun } from "../cli/exports/sqlite.ts";
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
} from "./exported_rows.ts";
import { engineRun, EXPORTED_RUNS } from "./exported_runs.ts";
import { REPORT_RUNS } from "./report_runs.ts";

for (const [name, make] of Object.entries(EXPORTED_RUNS)) {
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
    assertMetrics(otlpLines((print) => writeOtlpMetrics(run.ledgers, summary, print)), run, summary);
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
    let text = "";
    writeOtlpMetrics(ledgers, summary, (more) => text += more);
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
    const replaced = "INSERT OR REPLACE INTO records (id, run, kind) VALUES (1, 1, 0)";
    assert.throws(() => database.exec(replaced), /append-only/);
    const tables = database.prepare("SELECT type, name FROM sqlite_schema WHERE type IN ('table', 'view')")
      .all();
    assert.deepEqual(tables.filter(({ type }) => type === "table").map(({ name }) => name), ["records"]);
    const views = tables.map(({ name }) => name);
    for (const view of ["runs", "requests", "sessions", "errors"]) assert.ok(views.includes(view), view);
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

type Point = {
  startTimeUnixNano: string;
  timeUnixNano: string;
  attributes: { key: string; value: Record<string, unknown> }[];
  asInt?: string;
  count?: string;
  sum?: number;
  min?: number;
  max?: number;
  bucketCounts?: string[];
  quantileValues?: { quantile: number; value: number }[];
};
type Points = { dataPoints: Point[] };
type Metric = {
  name: string;
  unit: string;
  sum?: Points;
  gauge?: Points;
  summary?: Points;
  histogram?: Points;
};

/** The metrics of each export, in their order. */
function otlpLines(write: (print: (text: string) => void) => void): Metric[][] {
  let text = "";
  write((more) => text += more);
  return text.split("\n").slice(0, -1).map((line) =>
    JSON.parse(line).resourceMetrics[0].scopeMetrics[0].metrics
  );
}

function pointsOf({ sum, gauge, summary, histogram }: Metric): Point[] {
  return (sum ?? gauge ?? summary ?? histogram)?.dataPoints ?? [];
}

function keyOf({ attributes }: Point): string {
  return JSON.stringify(attributes);
}

/** Cumulative: all of a series begin at one time, no two are of one, none falls, and the last has the report's figures. */
function assertMetrics(lines: readonly Metric[][], run: Run, summary: Summary): void {
  const before = new Map<string, Point>();
  for (const metrics of lines) {
    assert.equal(new Set(metrics.map(({ name }) => name)).size, metrics.length);
    for (const metric of metrics) {
      for (const point of pointsOf(metric)) {
        const key = `${metric.name} ${keyOf(point)}`;
        const last = before.get(key);
        before.set(key, point);
        assert.ok(BigInt(point.startTimeUnixNano) <= BigInt(point.timeUnixNano), key);
        if (last === undefined) continue;
        assert.equal(last.startTimeUnixNano, point.startTimeUnixNano, key);
        assert.ok(BigInt(last.timeUnixNano) < BigInt(point.timeUnixNano), key);
        const amount = ({ asInt, count }: Point) => Number(asInt ?? count);
        assert.ok(amount(last) <= amount(point), key);
      }
    }
  }
  const named = new Map(lines.at(-1)?.map((metric) => [metric.name, metric]));
  const points = (name: string): Point[] => {
    const metric = named.get(name);
    return metric === undefined ? [] : pointsOf(metric);
  };
  const { requests, sessions, responseTime, steps } = summary;
  const { perSecond: _, ...counts } = requests;
  for (const [name, count] of Object.entries(counts)) {
    assert.deepEqual(points(`z6c.requests_${name}`).map(({ asInt }) => Number(asInt)), [count], name);
  }
  const { issued, responded, failed, unexpected, errors, cancelled } = requests;
  for (const name of Object.keys({ issued, responded, failed, unexpected, errors, cancelled })) {
    const found = points(`z6c.step_requests_${name}`).map(({ asInt }) => Number(asInt));
    assert.deepEqual(found, steps.map(({ requests }) => requests[name as keyof typeof requests]), name);
  }
  assert.equal(points("z6c.sessions_started")[0].asInt, String(sessions.started));
  assert.equal(points("z6c.sessions_dropped")[0].asInt, String(sessions.dropped));
  assertDurations(points, summary);
  assertBuckets(points, run);
  assert.ok(lines.length === 1 || lines.length >= Math.floor(run.lastTick / 1_000_000) / 5);
  if (responseTime === null) return;
  const [times] = points("z6c.response_time");
  assert.deepEqual([times.count, times.sum], [String(responseTime.count), responseTime.sum / 1_000_000]);
  assert.deepEqual(
    times.quantileValues?.map(({ value }) => Math.round(value * 1_000_000)),
    [responseTime.p50, responseTime.p90, responseTime.p95, responseTime.p99, responseTime.p999],
  );
}

/** The parts of a histogram are those of the report's distribution, whole and step by step. */
function assertDurations(
  points: (name: string) => Point[],
  { responseTime, serviceTime, steps, statuses }: Summary,
): void {
  const service = [...points("http.client.request.duration"), ...points("rpc.client.call.duration")];
  const response = points("z6c.request.response_time");
  const ticks = (seconds = 0) => Math.round(seconds * 1_000_000);
  for (const [own, of] of [[service, serviceTime], [response, responseTime]] as const) {
    const found = {
      count: own.reduce((total, { count }) => total + Number(count), 0),
      sum: own.reduce((total, { sum }) => total + ticks(sum), 0),
      min: Math.min(...own.map(({ min }) => ticks(min))),
      max: Math.max(...own.map(({ max }) => ticks(max))),
    };
    const { count, sum, min, max } = of ?? { count: 0, sum: 0, min: Infinity, max: -Infinity };
    assert.deepEqual(found, { count, sum, min, max });
    for (const { count, bucketCounts = [] } of own) {
      assert.equal(bucketCounts.reduce((total, one) => total + Number(one), 0), Number(count));
    }
  }
  const attribute = (point: Point, key: string) =>
    Object.values(point.attributes.find((one) => one.key === key)?.value ?? {})[0];
  for (const { flow, step, responseTime } of steps) {
    const own = response.filter((it) =>
      attribute(it, "z6c.flow") === flow && attribute(it, "z6c.step") === step
    );
    assert.deepEqual(
      own.map(({ count }) => Number(count)),
      responseTime === null ? [] : [responseTime.count],
    );
  }
  for (const { status, name, count } of statuses) {
    const [key, wanted] = name === null
      ? ["http.response.status_code", String(status)]
      : ["rpc.response.status_code", name];
    const own = service.filter((it) => attribute(it, key) === wanted);
    assert.equal(own.reduce((total, { count }) => total + Number(count), 0), count, `${status}`);
  }
}

/** Each bucket holds what is above the bound before it, up to its own. */
function assertBuckets(points: (name: string) => Point[], run: Run): void {
  const rows = jsonRows("requests", run).filter((row) => isMeasured(row) && row.kind === "request");
  const service = [...points("http.client.request.duration"), ...points("rpc.client.call.duration")];
  const response = points("z6c.request.response_time");
  for (const [own, column] of [[service, "service_ticks"], [response, "response_ticks"]] as const) {
    for (const [at, bound] of [...BOUNDS, Infinity].entries()) {
      const above = at === 0 ? -1 : BOUNDS[at - 1] * 1_000_000;
      const wanted = rows.filter(({ [column]: ticks }) =>
        ticks !== null && Number(ticks) > above && Number(ticks) <= bound * 1_000_000
      );
      const found = own.reduce((sum, { bucketCounts = [] }) => sum + Number(bucketCounts[at]), 0);
      assert.equal(found, wanted.length, `${column} up to ${bound} s`);
    }
  }
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
