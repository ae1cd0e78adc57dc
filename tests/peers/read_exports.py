"""Reads what z6c exports with the programs that others read it with, and holds every number against the JSON report.

    pip install duckdb prometheus_client opentelemetry-proto junitparser hdrhistogram jsonschema
    python3 tests/peers/read_exports.py FOLDER/NAME      (the reports and exports of one ledger: NAME.json, NAME.sqlite, …)

To be started where docs/ is. Prints a line for each reader, and ends with 1 where a number differs.
"""

import base64
import json
import math
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import duckdb
import jsonschema
from google.protobuf.json_format import Parse
from hdrh.histogram import HdrHistogram
from hdrh.log import HistogramLogReader
from junitparser import JUnitXml
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from prometheus_client.parser import text_string_to_metric_families

STEM = sys.argv[1]
REPORT = json.loads(Path(f"{STEM}.json").read_text())
PROBLEMS = []


def same(what, found, wanted, within=0.0):
    if found is None or not math.isclose(found, wanted, rel_tol=within, abs_tol=1e-9):
        PROBLEMS.append(f"{what}: {found}, and the report says {wanted}")


def rank(samples, quantile):
    """Nearest rank, in whole numbers: `quantile` is in thousandths."""
    return sorted(samples)[max(1, -(-quantile * len(samples) // 1000)) - 1]


QUANTILES = {"min": 0, "p50": 500, "p90": 900, "p95": 950, "p99": 990, "p999": 999, "max": 1000}
IN_FIGURES = "phase = 'load' AND NOT warmup"
IS_REQUEST = "kind = 'request'"


def figures(reader, ask):
    """`ask` answers SQL over a table or view `requests` with its rows."""
    requests = REPORT["requests"]
    for name, where in {
        "responded": "status IS NOT NULL",
        "failed": "outcome = 'failed'",
        "unexpected": "outcome = 'unexpected'",
        "cancelled": "outcome = 'cancelled'",
        "issued": "TRUE",
    }.items():
        [(count,)] = ask(f"SELECT count(*) FROM requests WHERE {IN_FIGURES} AND {IS_REQUEST} AND {where}")
        same(f"{reader}: {name}", count, requests[name])
    for name, column in {"responseTime": "response_ticks", "serviceTime": "service_ticks"}.items():
        wanted = REPORT[name]
        rows = ask(f"SELECT {column} FROM requests WHERE {IN_FIGURES} AND {IS_REQUEST} AND {column} IS NOT NULL")
        samples = [ticks for (ticks,) in rows]
        same(f"{reader}: {name} count", len(samples), wanted["count"] if wanted else 0)
        for quantile, thousandths in QUANTILES.items() if wanted else ():
            same(f"{reader}: {name} {quantile}", rank(samples, thousandths), wanted[quantile])
    for step in REPORT["steps"]:
        where = f"{IN_FIGURES} AND flow = '{step['flow']}' AND step = '{step['step']}'"
        [(count,)] = ask(f"SELECT count(*) FROM requests WHERE {where}")
        same(f"{reader}: {step['step']}", count, step["requests"]["issued"])


def seconds(reader, ask):
    for name in ("issued", "responded", "failed", "unexpected", "errors", "cancelled"):
        [(total,)] = ask(f"SELECT sum({name}) FROM seconds WHERE step IS NULL")
        same(f"{reader}: {name}", total, REPORT["requests"][name])
    [(started, dropped, most)] = ask("SELECT sum(sessions_started), sum(sessions_dropped), max(max_ticks) FROM seconds")
    same(f"{reader}: sessions", started, REPORT["sessions"]["started"])
    same(f"{reader}: dropped", dropped, REPORT["sessions"]["dropped"])
    if REPORT["responseTime"]:
        same(f"{reader}: max", most, REPORT["responseTime"]["max"])


def read_sqlite():
    database = sqlite3.connect(f"file:{STEM}.sqlite?mode=ro", uri=True)
    figures("SQLite", lambda sql: database.execute(sql).fetchall())
    [(name, p99)] = database.execute("SELECT name, p99_ticks FROM runs").fetchall()
    same("SQLite: runs", p99, REPORT["responseTime"]["p99"])
    [(started,)] = database.execute(f"SELECT count(*) FROM sessions WHERE {IN_FIGURES}").fetchall()
    same("SQLite: sessions", started, REPORT["sessions"]["started"])
    for error in REPORT["errors"]:
        sql = f"SELECT count(*) FROM errors WHERE {IN_FIGURES} AND code = ?"
        same(f"SQLite: {error['name']}", database.execute(sql, [error["code"]]).fetchone()[0], error["count"])
    for status in REPORT["statuses"]:
        sql = "SELECT count FROM statuses WHERE status = ?"
        same(f"SQLite: status {status}", database.execute(sql, [status["status"]]).fetchone()[0], status["count"])
    [(check,)] = database.execute("PRAGMA integrity_check").fetchall()
    if check != "ok":
        PROBLEMS.append(f"SQLite: {check}")


def read_by_duckdb(reader, function, extension):
    database = duckdb.connect()
    for table in ("requests", "seconds", "records"):
        database.execute(f"CREATE VIEW {table} AS SELECT * FROM {function}('{STEM}.{table}.{extension}')")
    figures(reader, lambda sql: database.execute(sql).fetchall())
    seconds(reader, lambda sql: database.execute(sql).fetchall())
    [(records, texts)] = database.execute(
        "SELECT count(*), coalesce(sum((octet_length(encode(text)) + 27) // 28), 0) FROM records"
    ).fetchall()
    same(f"{reader}: records", records + texts, REPORT["integrity"]["records"])


def read_prometheus():
    text = Path(f"{STEM}.prom").read_text()
    samples = {(s.name, tuple(sorted(s.labels.items()))): s.value for f in text_string_to_metric_families(text) for s in f.samples}
    scenario = ("scenario", REPORT["run"]["name"])
    for name in ("issued", "responded", "failed", "unexpected", "errors", "cancelled", "redirected", "retried"):
        same(f"Prometheus: {name}", samples.get((f"z6c_requests_{name}_total", (scenario,))), REPORT["requests"][name])
    for quantile, name in {"0.5": "p50", "0.9": "p90", "0.95": "p95", "0.99": "p99", "0.999": "p999"}.items():
        found = samples.get(("z6c_response_time_seconds", (("quantile", quantile), scenario)))
        same(f"Prometheus: {name}", found, REPORT["responseTime"][name] / 1e6)
    try:
        checked = subprocess.run(["promtool", "check", "metrics"], input=text, text=True, capture_output=True)
        if checked.returncode != 0 or checked.stderr.strip():
            PROBLEMS.append(f"promtool: {checked.stdout}{checked.stderr}")
    except FileNotFoundError:
        print("promtool is not there (Debian: prometheus)")


def in_base64(line):
    """OTLP writes ids in hexadecimal digits where the JSON of protocol buffers has base64."""
    as_base64 = lambda match: f'"{match[1]}":"{base64.b64encode(bytes.fromhex(match[2])).decode()}"'
    return re.sub(r'"(traceId|spanId|parentSpanId)":"([0-9a-f]+)"', as_base64, line)


def read_otlp():
    lines = Path(f"{STEM}.otlp.jsonl").read_text().splitlines()
    exports = [Parse(line, ExportMetricsServiceRequest()) for line in lines if line.startswith('{"resourceMetrics"')]
    traces = [line for line in lines if line.startswith('{"resourceSpans"')]
    named = [{m.name: m for r in export.resource_metrics for s in r.scope_metrics for m in s.metrics} for export in exports]
    found = named[-1]
    same("OTLP: issued", found["z6c.requests_issued"].sum.data_points[0].as_int, REPORT["requests"]["issued"])
    [point] = found["z6c.response_time"].summary.data_points
    same("OTLP: samples", point.count, REPORT["responseTime"]["count"])
    same("OTLP: sum", point.sum, REPORT["responseTime"]["sum"] / 1e6)
    for value in point.quantile_values:
        name = {0.5: "p50", 0.9: "p90", 0.95: "p95", 0.99: "p99", 0.999: "p999"}[value.quantile]
        same(f"OTLP: {name}", value.value, REPORT["responseTime"][name] / 1e6)
    durations = found["http.client.request.duration"].histogram.data_points
    same("OTLP: durations", sum(point.count for point in durations), REPORT["serviceTime"]["count"])
    same("OTLP: their sum", sum(point.sum for point in durations), REPORT["serviceTime"]["sum"] / 1e6)
    same("OTLP: the longest", max(point.max for point in durations), REPORT["serviceTime"]["max"] / 1e6)
    if any(sum(point.bucket_counts) != point.count for point in durations):
        PROBLEMS.append("OTLP: the buckets of a histogram are not all of it")
    if any(len(point.bucket_counts) != len(point.explicit_bounds) + 1 for point in durations):
        PROBLEMS.append("OTLP: a histogram has too few buckets, or too many")
    issued = [export["z6c.requests_issued"].sum.data_points[0] for export in named]
    if any(one.as_int > other.as_int or one.time_unix_nano >= other.time_unix_nano for one, other in zip(issued, issued[1:])):
        PROBLEMS.append("OTLP: a counter falls, or time does")
    if len({point.start_time_unix_nano for point in issued}) != 1 or not issued[0].start_time_unix_nano:
        PROBLEMS.append("OTLP: a counter begins more than once, or never")
    spans = [
        span
        for line in traces
        for resource in Parse(in_base64(line), ExportTraceServiceRequest()).resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    ]
    if len({(span.trace_id, span.span_id) for span in spans}) != len(spans):
        PROBLEMS.append("OTLP: two spans have one id")
    if any(len(span.trace_id) != 16 or len(span.span_id) != 8 for span in spans):
        PROBLEMS.append("OTLP: an id is too short or too long")
    if any(span.end_time_unix_nano < span.start_time_unix_nano for span in spans):
        PROBLEMS.append("OTLP: a span ends before it starts")
    roots = {span.trace_id for span in spans if not span.parent_span_id}
    if any(span.trace_id not in roots for span in spans):
        PROBLEMS.append("OTLP: a span is of no session")
    warm = REPORT["warmup"]["sessions"]
    same("OTLP: traces", len(roots), REPORT["sessions"]["started"] + warm + len(REPORT["once"]))


def read_hdr():
    total = HdrHistogram(1, 24 * 3600 * 1_000_000, 3)
    reader = HistogramLogReader(f"{STEM}.hlog", total)
    while (histogram := reader.get_next_interval_histogram()) is not None:
        if histogram.get_tag() is None:
            total.add(histogram)
    same("HdrHistogram: samples", total.get_total_count(), REPORT["responseTime"]["count"])
    for name, percent in {"p50": 50, "p90": 90, "p99": 99, "p999": 99.9, "max": 100}.items():
        same(f"HdrHistogram: {name}", total.get_value_at_percentile(percent), REPORT["responseTime"][name], within=2e-3)


def read_junit():
    suites = JUnitXml.fromfile(f"{STEM}.junit.xml")
    red = sum(1 for suite in suites for case in suite if case.result)
    if (red == 0) != (REPORT["verdict"]["verdict"] == "passed"):
        PROBLEMS.append(f"JUnit: {red} red cases, and the verdict is {REPORT['verdict']['verdict']}")
    cases = {case.name for suite in suites for case in suite}
    for threshold in REPORT["thresholds"]:
        if threshold["text"] not in cases:
            PROBLEMS.append(f"JUnit: no case for {threshold['text']}")


def read_schema():
    schema = json.loads(Path("docs/report.schema.json").read_text())
    for error in jsonschema.Draft7Validator(schema).iter_errors(REPORT):
        PROBLEMS.append(f"JSON Schema: {error.json_path}: {error.message}")


for name, read in {
    "SQLite": read_sqlite,
    "DuckDB, Parquet": lambda: read_by_duckdb("Parquet", "read_parquet", "parquet"),
    "DuckDB, CSV": lambda: read_by_duckdb("CSV", "read_csv", "csv"),
    "DuckDB, JSON": lambda: read_by_duckdb("JSON", "read_json", "jsonl"),
    "Prometheus": read_prometheus,
    "OpenTelemetry": read_otlp,
    "HdrHistogram": read_hdr,
    "JUnit": read_junit,
    "JSON Schema": read_schema,
}.items():
    before = len(PROBLEMS)
    read()
    print(f"{'ok' if len(PROBLEMS) == before else 'DIFFERS'}  {name}")
for problem in PROBLEMS:
    print(problem)
sys.exit(1 if PROBLEMS else 0)
