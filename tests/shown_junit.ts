/** The JUnit report, read back: a case for each threshold and each promise, and one for the run. */
import assert from "node:assert/strict";
import type { Summary } from "../runtime/reduce/summary.ts";
import { shownNumber } from "./shown_numbers.ts";
import { assertFound, assertInUnit, assertNoNumberLeft } from "./shown_report.ts";

type Case = Readonly<{ suite: string; name: string; seconds: string; kind: string; text: string }>;

/** Every number in its cases, and what suites count. */
export function assertJunit(xml: string, summary: Summary): void {
  const { thresholds, validity, verdict, time, run } = summary;
  const cases = casesOf(xml);
  const of = (suite: string) => cases.filter((one) => one.suite === suite);
  for (const { seconds } of cases) assert.equal(Math.round(Number(seconds) * 1_000_000), time.elapsedTicks);
  assert.deepEqual(of("thresholds").map(({ name }) => name), thresholds.map(({ text }) => text));
  thresholds.forEach(({ passed, actual, unit, samples, text }, at) => {
    const { kind, text: told } = of("thresholds")[at];
    assert.equal(kind, passed ? "" : "failure");
    const [, found = "", all] = /^actual (.+), of (\S+) samples$/.exec(told) ?? [];
    if (actual === null) assert.equal(found, "nothing was measured");
    else assertInUnit(found, actual, unit, text);
    assert.equal(shownNumber(all).value, samples);
  });
  const kept = validity.filter(({ name, actual }) => name !== "cpu" || actual !== null);
  assert.deepEqual(of("validity").map(({ name }) => name), kept.map(({ name }) => name));
  kept.forEach(({ name, ok, actual, limit, unit }, at) => {
    const { kind, text } = of("validity")[at];
    assert.equal(kind, ok ? "" : "error");
    const [, found, most] = /^(?:\w+: )?(.+?)(?:, at most (.+))?$/.exec(text.split("\n")[0]) ?? [];
    if (actual === null) assert.equal(found, "nothing to tell");
    else assertInUnit(found, actual, unit, name);
    if (most !== undefined) assertInUnit(most, limit, unit, `limit of ${name}`);
  });
  const [last] = of("run");
  const kinds = { passed: "", failed: "failure", invalid: "error", interrupted: "error" };
  assert.deepEqual([last.name, last.kind], ["verdict", kinds[verdict.verdict]]);
  assertRun(last.text, summary);
  for (const [, name, value] of xml.matchAll(/<property name="(\w+)" value="([^"]*)"/g)) {
    if (name === "seed") assert.equal(value, String(run.seed));
  }
  const counted = [
    ...xml.matchAll(/<testsuites? name="([^"]*)" tests="(\d+)" failures="(\d+)" errors="(\d+)"/g),
  ];
  for (const [, name, ...counts] of counted) {
    const own = name.startsWith("z6c ") ? cases : of(name);
    const many = (kind: string) => own.filter((one) => one.kind === kind).length;
    assert.deepEqual(counts.map(Number), [own.length, many("failure"), many("error")], name);
  }
}

function casesOf(xml: string): Case[] {
  return [...xml.matchAll(/<testsuite name="(\w+)"([\s\S]*?)<\/testsuite>/g)].flatMap(([, suite, inside]) =>
    [...inside.matchAll(
      /<testcase name="([^"]*)" classname="[^"]*" time="([\d.]+)"(?:\/>|>([\s\S]*?)<\/testcase>)/g,
    )]
      .map(([, name, seconds, body = ""]) => {
        const [, kind = "", message = "", text = ""] =
          /<(failure|error) message="([^"]*)"[^>]*>([\s\S]*?)<\/\1>/.exec(body) ?? [];
        const out = /<system-out>([\s\S]*?)<\/system-out>/.exec(body)?.[1] ?? text;
        const isPromise = suite === "validity" && kind !== "";
        return { suite, name: plain(name), seconds, kind, text: plain(isPromise ? message : out) };
      })
  );
}

function plain(text: string): string {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"').replaceAll(
    "&amp;",
    "&",
  );
}

/** A line for the verdict, the requests, each step, each error and each failed check. */
function assertRun(text: string, { requests, steps, errors, failedChecks, verdict }: Summary): void {
  const lines = text.split("\n");
  assert.equal(lines[0], `${verdict.verdict}: ${verdict.reasons.join("; ")}`);
  assert.equal(lines.length, 2 + steps.length + errors.length + failedChecks.length);
  const left = assertFound(lines[1], [
    [/([\d,]+) issued/, requests.issued],
    [/([\d,]+) answered/, requests.responded],
    [/([\d,]+) errors/, requests.errors],
  ]);
  assertNoNumberLeft(left, "requests");
  steps.forEach(({ flow, step, requests, responseTime }, at) => {
    const line = lines[2 + at];
    assert.ok(line.startsWith(`${flow}/${step}: `), line);
    assertFound(line, [
      [/([\d,]+) issued/, requests.issued],
      [/([\d,]+) errors/, requests.errors],
      [/p99 (\S+)/, responseTime?.p99 ?? null, "ticks"],
    ]);
  });
  errors.forEach(({ code, name, count }, at) => {
    assertFound(lines[2 + steps.length + at].replace(`Z${code} ${name}: `, ""), [[/^([\d,]+) ×/, count]]);
  });
  failedChecks.forEach(({ flow, step, count }, at) => {
    const line = lines[2 + steps.length + errors.length + at];
    assertFound(line.replace(`${flow}/${step}: `, ""), [[/^([\d,]+) ×/, count]]);
  });
}
