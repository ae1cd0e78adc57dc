/** The data behind a page's charts: its sums are the report's counts, its quantiles those of the report. */
import assert from "node:assert/strict";
import type { PartDistribution, RequestTotals, Summary } from "../runtime/reduce/summary.ts";
import type { ColumnName, Timeline, TimelineColumn } from "../runtime/reduce/timeline.ts";
import type { PageFacts } from "../runtime/report/html/page_facts.ts";

/** Warm-up counts where its own stage is asked for. */
export function assertTimeline(timeline: Timeline, facts: PageFacts, summary: Summary): void {
  const { columns, spectra } = timeline;
  const isMeasured = (stage: number) => stage < 0 || !facts.stages[stage].warmup;
  const isAsked = (step: number) => step >= 0 && facts.steps[step].role === "request";
  const isTold = (step: number) => step >= 0 && facts.steps[step].role !== "none";
  const sum = (name: ColumnName, holds: (column: TimelineColumn) => boolean) =>
    columns.filter((column) => column.name === name && holds(column))
      .reduce((sum, { values }) => sum + values.reduce((one, other) => one + other, 0), 0);
  const requests = (wanted: RequestTotals, holds: (column: TimelineColumn) => boolean, what: string) => {
    const found = {
      issued: sum("issued", holds),
      ended: sum("ended", holds),
      responded: sum("responses", holds),
      unexpected: sum("errors", (column) => holds(column) && column.code === 0),
      failed: sum("errors", (column) => holds(column) && column.code !== 0),
    };
    const { issued, responded, failed, cancelled, unexpected } = wanted;
    assert.deepEqual(found, {
      issued,
      ended: responded + failed + cancelled,
      responded,
      unexpected,
      failed,
    }, what);
  };
  const measured = ({ step, stage }: TimelineColumn) => isAsked(step) && isMeasured(stage);
  requests(summary.requests, measured, "all");
  const positions = [...facts.steps.keys()].filter(isAsked);
  summary.steps.forEach((step, at) => {
    requests(step.requests, (it) => measured(it) && it.step === positions[at], step.step);
  });
  summary.stages.forEach(({ name, requests: wanted, sessions, planned, lengthTicks }, stage) => {
    requests(wanted, (it) => isAsked(it.step) && it.stage === stage, name);
    assert.equal(sum("started", (it) => it.stage === stage), sessions.started, name);
    assert.equal(sum("dropped", (it) => it.stage === stage), sessions.dropped, name);
    const { startTick } = facts.stages[stage];
    const isWhole = timeline.length * timeline.widthTicks >= startTick + lengthTicks;
    if (planned === null || !isWhole) return;
    const found = sum("plannedSessions", (it) => it.stage === stage) / 1000;
    assert.ok(Math.abs(found - planned) <= 1, `${found} sessions of ${name} are planned, and ${planned}`);
  });
  for (const { code, count } of summary.errors) {
    assert.equal(sum("errors", (it) => it.code === code && isTold(it.step) && isMeasured(it.stage)), count);
  }
  const { messages, generator, responseTime } = summary;
  assert.equal(sum("sent", ({ stage }) => isMeasured(stage)), messages?.sent ?? 0);
  assert.equal(sum("received", ({ stage }) => isMeasured(stage)), messages?.received ?? 0);
  assert.equal(sum("heat", measured), responseTime?.count ?? 0);
  assert.equal(sum("gapTicks", () => true), generator.gaps.totalTicks);
  const greatest = (name: ColumnName) =>
    Math.max(
      -1,
      ...columns.filter((it) => it.name === name && it.flow < 0 && it.stage < 0 && it.outcome < 0)
        .flatMap(({ values }) => values),
    );
  assert.equal(greatest("max"), responseTime?.max ?? -1);
  assert.equal(greatest("lagMax"), generator.lag?.max ?? -1);
  assert.equal(Math.max(0, greatest("gapMax")), generator.gaps.longestTicks);
  const spectrum = (flow: number, step: number, stage: number, wanted: PartDistribution | null) => {
    const found = spectra.find((it) => it.flow === flow && it.step === step && it.stage === stage);
    if (wanted === null || found === undefined) return assert.ok(wanted === null && found === undefined);
    const at = (ppm: number) => found.ticks[facts.spectrumPpms.indexOf(ppm)];
    const { count, min, p50, p95, p99, max } = wanted;
    assert.deepEqual(
      {
        count: found.count,
        min: at(0),
        p50: at(500_000),
        p95: at(950_000),
        p99: at(990_000),
        max: at(1_000_000),
      },
      { count, min, p50, p95, p99, max },
    );
  };
  spectrum(-1, -1, -1, responseTime);
  summary.steps.forEach(({ responseTime }, at) => {
    spectrum(facts.steps[positions[at]].flow, positions[at], -1, responseTime);
  });
  summary.stages.forEach(({ warmup, responseTime }, stage) => {
    if (!warmup) spectrum(-1, -1, stage, responseTime);
  });
}
