/** The text report, read back section by section: each number in it is one of the JSON report's. */
import assert from "node:assert/strict";
import type { Distribution, Summary } from "../runtime/reduce/summary.ts";
import { shownNumber } from "./shown_numbers.ts";
import {
  assertDiagnosis,
  assertFound,
  assertNoNumberLeft,
  assertRows,
  assertThresholds,
  assertValidity,
  type Named,
  NOTHING,
  requestFigures,
  type Rows,
  stepNames,
} from "./shown_report.ts";

/** Written without colours, as wide as it goes. */
export function assertText(text: string, summary: Summary): void {
  const [head, facts, ...blocks] = text.trimEnd().split("\n\n").map((block) => block.split("\n"));
  assertHead(head, facts, summary);
  for (const [title, ...lines] of blocks) {
    const read = SECTIONS[title];
    assert.ok(read !== undefined, `nobody knows the section ${title}`);
    assertNoNumberLeft(read(lines, summary), title);
  }
}

function assertHead([first, ...reasons]: string[], facts: string[], summary: Summary): void {
  const { verdict, run, requests, time, decisions, shards, missingShards } = summary;
  assert.equal(first.split("  ")[0].slice(2), verdict.verdict.toUpperCase());
  assert.ok(first.includes(`  ${run.name}`));
  assert.equal(
    reasons.map((line) => line.slice(4)).join(" "),
    verdict.reasons.join(" "),
  );
  const all = shards.length + missingShards.length;
  let left = facts.join(" ");
  for (const { url } of run.targets) left = left.replace(url, "");
  for (const override of run.overrides) left = left.replace(override, "");
  left = left.replace(decisions.lacking ?? NOTHING, "").replace(`z6c ${run.z6c}`, "")
    .replace(run.started.replace("T", " ").replace(/\.\d+/, ""), "")
    .replace(run.planSha256.slice(0, 12), "").replace(decisions.sha256.slice(0, 12), "");
  left = left.replaceAll(run.target, "");
  const hasLoad = !left.includes("never began");
  left = assertFound(left, [
    [/([\d,]+) requests?(?= to| in)/, hasLoad ? requests.issued : null],
    [/ in (.+?) to /, time.measuredTicks, "ticks"],
    [/seed (\d+)/, run.seed],
    [/\(([\d,]+) sessions?\)/, decisions.sessions],
    [/(\d+) of (?=\d+ shards)/, missingShards.length === 0 ? null : shards.length],
    [/(\d+) shards/, all > 1 ? all : null],
  ]);
  assertNoNumberLeft(left, "head");
}

/** Returns what of it was not looked at. */
type Section = (lines: readonly string[], summary: Summary) => string;

const SECTIONS: Readonly<Record<string, Section>> = {
  "WHAT STANDS OUT": (lines, summary) => {
    const end = lines.findIndex((line) => /^ {2}[^ •]/.test(line));
    const text = lines.slice(0, end).map((line) => line.slice(2)).join(" ").replace(/\s+/g, " ");
    assertDiagnosis(text.split("• ").slice(1).map((sentence) => sentence.trim()), summary);
    return lines.slice(end).join("\n");
  },
  "SETUP AND TEARDOWN": (lines, { once }) => {
    let left = lines.join("\n");
    for (const phase of ["setup", "teardown"] as const) {
      const own = once.filter((one) => one.phase === phase);
      for (const one of own) for (const step of one.steps) left = left.replaceAll(step, "");
      const groups = Object.groupBy(
        own,
        ({ outcome, trouble }) => outcome === "completed" && trouble === null ? "good" : "bad",
      );
      const told = [
        ...(groups.good === undefined ? [] : [groups.good]),
        ...(groups.bad ?? []).map((one) => [one]),
      ];
      for (const ones of told) {
        for (const { trouble } of ones) {
          left = left.replace(trouble?.what ?? NOTHING, "").replace(`“${trouble?.excerpt}”`, "");
        }
        left = assertFound(left, [
          [/([\d,]+) requests?(?= in)/, ones.reduce((sum, { requests }) => sum + requests, 0)],
          [/ in (?:up to )?(\d[^·\n]*?)(?= ·|\n|$)/, Math.max(...ones.map((it) => it.lengthTicks)), "ticks"],
          [/of (\d+) shards?/, summaryShards(lines, ones.length)],
        ]);
      }
    }
    return left;
  },
  SHARDS: (lines, { run, shards, missingShards }) => {
    const wanted = [
      ...shards.map(({ index, count, started, sessions, requests, state, host }) => ({
        index,
        name: `${index} of ${count}`,
        figures: {
          began: run.simulated ? "–" : started.replace("T", " ").replace(/\.\d+/, ""),
          sessions,
          requests,
          ledger: state,
          host: `${host.os} ${host.kernel} ${host.arch}, ${host.cores} core${host.cores === 1 ? "" : "s"}`,
        },
      })),
      ...missingShards.map((index) => ({
        index,
        name: `${index} of ${shards[0].count}`,
        figures: { began: "–", sessions: null, requests: null, ledger: "missing", host: "–" },
      })),
    ].sort((one, other) => one.index - other.index);
    assertRows(rowsOf(lines), wanted, "shards");
    return "";
  },
  THRESHOLDS: (lines, { thresholds }) => {
    const marks = lines.slice(1).map((line) => line.trim()[0] === "✓");
    assert.deepEqual(marks, thresholds.map(({ passed }) => passed));
    assertThresholds(rowsOf(lines.map(unmarked)), thresholds);
    return "";
  },
  VALIDITY: (lines, summary) => {
    const { validity, generator: { lag, blocked, gaps, processor }, shards } = summary;
    const end = lines.findIndex((line) => /^ {2}(?:lag|blocked|loop gaps|Lag:|The generator) /.test(line));
    const table = lines.slice(0, end).filter((line) => /^ {2}(?: |✓|✗) \S|^ {5}/.test(line));
    const rows = table.filter((line) => !line.startsWith("      → "));
    const marked = rows.filter((line) => /^ {2}[✓✗]/.test(line));
    const kept = validity.filter(({ name, actual }) => name !== "cpu" || actual !== null);
    assert.deepEqual(marked.map((line) => line[2] === "✓"), kept.map(({ ok }) => ok));
    assertValidity([["", "actual", "at most"], ...rowsOf(marked.map(unmarked))], summary);
    let left = lines.slice(end).join("\n").replace(/\n {15}/g, " · ");
    const quantiles = (label: string, of: Distribution | null) => {
      const line = new RegExp(`^  ${label} .*$`, "m").exec(left)?.[0];
      if (line === undefined) return assert.ok(of === null || of.max === 0);
      left = left.replace(
        line,
        assertFound(line, [
          [/p50 (\S+)/, of?.p50 ?? null, "ticks"],
          [/p99 (\S+)/, of?.p99 ?? null, "ticks"],
          [/p99\.9 (\S+)/, of?.p999 ?? null, "ticks"],
          [/max (\S+)/, of?.max ?? null, "ticks"],
        ]),
      );
    };
    quantiles("lag", lag);
    quantiles("blocked", blocked);
    left = assertFound(left, [
      [/loop gaps +([\d,]+)/, gaps.count],
      [/longest (\S+)/, gaps.longestTicks, "ticks"],
      [/(\S+) in all/, gaps.totalTicks, "ticks"],
      [/busy (\S+) of the time/, processor?.isBusy === true ? processor.usedPpm : null, "ppm"],
      [/of shard (\d+) was busy/, shards.length > 1 && processor?.isBusy === true ? processor.shard : null],
      ...gaps.longest.flatMap(({ shard, fromTick, lengthTicks }) =>
        [
          [/(\S+)(?= at)/, lengthTicks, "ticks"],
          [/ at (\d.*?)(?= ·| in shard|\n)/, fromTick, "ticks"],
          [/ in shard (\d+)/, shards.length > 1 ? shard : null],
        ] as [RegExp, number | null, "ticks"?][]
      ),
    ]);
    return left;
  },
  LOAD: (lines, { run, requests, sessions, checks, connections, warmup, time }) => {
    const all = lines.join("\n");
    const [figures, prose = ""] = all.split("\n  Requests/sec: issued");
    assertFound(prose.replaceAll("\n ", ""), [[/over the (.+?) of measured/, time.measuredTicks, "ticks"]]);
    const line = (label: string) => new RegExp(`^  ${label} +.*$`, "m").exec(figures)?.[0] ?? "";
    const left = [
      assertFound(line("Requests/sec:"), [[/Requests\/sec: (\S+)/, requests.perSecond ?? 0]]),
      assertFound(line("requests"), [
        [/([\d,]+) issued/, requests.issued],
        [/([\d,]+) answered/, requests.responded],
        [/([\d,]+) of them unexpected/, requests.unexpected],
        [/([\d,]+) failed/, requests.failed],
        [/([\d,]+) cancelled at the end/, requests.cancelled],
        [/([\d,]+) sent on by redirects/, requests.redirected],
        [/([\d,]+) tried again/, requests.retried],
      ]),
      assertFound(line("sessions"), [
        [/([\d,]+) started/, sessions.started],
        [/([\d,]+) completed/, sessions.completed],
        [/([\d,]+) ended early/, sessions.endedEarly],
        [/([\d,]+) stopped at the end/, sessions.stopped],
        [/([\d,]+) dropped/, sessions.dropped],
      ]),
      assertFound(line("arrivals"), [
        [/([\d.,]+)\/s started/, run.model === "open" ? sessions.startedPerSecond : null],
        [/of ([\d.,]+)\/s intended/, run.model === "open" ? sessions.intendedPerSecond : null],
      ]),
      assertFound(line("checks"), [[/([\d,]+) passed/, checks.passed], [/([\d,]+) failed/, checks.failed]]),
      assertFound(line("connections"), [
        [/([\d,]+) opened/, connections?.opened ?? null],
        [/([\d,]+) reused/, connections?.reused ?? null],
        [/\((\S+%)\)/, ppm(connections?.reused ?? 0, requests.responded), "ppm"],
      ]),
      assertFound(line("tls"), [
        [/([\d,]+) handshakes?/, connections?.secured ?? null],
        [/([\d,]+) of them resumed/, connections?.resumed ?? null],
        [/([\d,]+) for HTTP\/2/, connections?.securedHttp2 ?? null],
      ]),
      assertFound(line("warm-up"), [
        [/([\d,]+) requests? of/, warmup.requests],
        [/([\d,]+) sessions? left out/, warmup.sessions],
        [/([\d,]+) dropped/, warmup.dropped],
      ]),
    ];
    const labels = figures.split("\n").map((it) => it.trim().split(/[ :]/)[0]);
    const known = [
      "Requests/sec",
      "requests",
      "sessions",
      "arrivals",
      "checks",
      "connections",
      "tls",
      "warm-up",
    ];
    assert.deepEqual(labels.filter((label) => !known.includes(label)), []);
    return left.join("\n");
  },
  LATENCY: (lines, { responseTime, serviceTime, sessionTime }) =>
    timesSection(lines, { response: responseTime, service: serviceTime, session: sessionTime }),
  PHASES: (lines, { phases: { dns, connect, tls, firstByte } }) =>
    timesSection(lines, { dns: dns?.max === 0 ? null : dns, connect, tls, "first byte": firstByte }),
  "BY STEP": (lines, { steps }) => {
    const names = stepNames(steps);
    const wanted = steps.map(({ requests, responseTime }, at): Named => {
      return { name: names[at], figures: requestFigures(requests), times: responseTime };
    });
    return partSection(lines, wanted, "steps");
  },
  MESSAGES: (lines, { messages }) => {
    assert.ok(messages !== null);
    const { sent, sentPerSecond, sentBytes, received, receivedPerSecond, receivedBytes } = messages;
    const first = lines.findIndex((line) => /^ +avg /.test(line));
    const second = lines.findIndex((line) => line.startsWith("  step "));
    const prose = lines.findIndex((line) => /^ {2}(?:First|Gap|Received):/.test(line));
    const labelled = lines.slice(0, first < 0 ? second : first);
    const left = labelled.flatMap((line) => {
      const amounts = (count: number, rate: number | null, bytes: number) =>
        assertFound(line, [
          [/ ([\d,]+)(?= ·)/, count],
          [/([\d.,]+)\/s/, rate],
          [/(\S+B)$/, bytes, "bytes"],
        ]);
      if (line.startsWith("  sent")) return amounts(sent, sentPerSecond, sentBytes);
      if (line.startsWith("  received")) return amounts(received, receivedPerSecond, receivedBytes);
      const codes = [...line.matchAll(/(\d+): ([\d,]+)/g)].map(([, code, times]) => ({
        code: Number(code),
        count: shownNumber(times).value,
      }));
      assert.deepEqual(codes, messages.closeCodes);
      return [];
    });
    if (first >= 0) {
      timesSection(lines.slice(first, second), { first: messages.firstMessage, gap: messages.gap });
    }
    const steps = messages.steps.filter(({ done, received }) => done.issued + received > 0);
    const names = stepNames(steps);
    const wanted = steps.map(({ kind, sent, received, done, responseTime }, at): Named => ({
      name: names[at],
      figures: { sent: kind === "send" ? sent : null, received, errors: done.errors },
      times: responseTime,
    }));
    partSection(lines.slice(second, prose), wanted, "messages by step");
    return [...left, ...lines.slice(prose)].join("\n");
  },
  "BY GROUP": (lines, { groups }) => {
    const names = stepNames(groups.map(({ flow, group }) => ({ flow, step: group })));
    const wanted = groups.map(({ passes, wentThrough, time, elapsed }, at): Named => ({
      name: names[at],
      figures: { passes, "went through": wentThrough },
      times: time,
      elapsed,
    }));
    const indents = lines.slice(1, 1 + groups.length).map((line) => /^ */.exec(line)?.[0].length);
    assert.deepEqual(indents, groups.map(({ depth }) => 2 + 2 * depth));
    return partSection(lines, wanted, "groups");
  },
  "BY TAG": (lines, { tags }) =>
    partSection(
      lines,
      tags.map(({ tag, requests, responseTime }) => {
        return { name: tag, figures: requestFigures(requests), times: responseTime };
      }),
      "tags",
    ),
  "BY STAGE": (lines, { stages, messages }) => {
    const wanted = stages.map(({ name, warmup, sessions, requests, responseTime }, at): Named => ({
      name: warmup && !name.startsWith("warm") ? `${name} (warm-up)` : name,
      figures: {
        sessions: sessions.started,
        dropped: sessions.dropped,
        requests: requests.issued,
        errors: requests.errors + (messages?.stages[at].errors ?? 0),
      },
      times: responseTime,
    }));
    return partSection(lines, wanted, "stages");
  },
  "STATUS CODES": (lines, { statuses, requests }) => {
    const wanted = statuses.map(({ status, name, count }): Named => ({
      name: name ?? String(status),
      figures: { responses: count, share: ppm(count, requests.responded) },
    }));
    assertRows(rowsOf(lines), wanted, "statuses");
    return "";
  },
  "FAILED CHECKS": (lines, { failedChecks }) => {
    const groups = [...Map.groupBy(failedChecks, ({ expected, excerpt }) => expected + excerpt).values()];
    return failures(
      lines,
      groups.map((own) => ({
        count: own.reduce((sum, { count }) => sum + count, 0),
        what: `not ${own[0].expected}`,
        firstTick: Math.min(...own.map(({ firstTick }) => firstTick)),
        steps: own,
        excerpt: own[0].excerpt,
      })),
    );
  },
  ERRORS: (lines, { errors }) =>
    failures(
      lines,
      errors.map(({ code, name, count, firstTick, steps }) => ({
        count,
        what: `Z${code} ${name}`,
        firstTick,
        steps,
        excerpt: steps.find(({ excerpt }) => excerpt !== "")?.excerpt ?? "",
      })),
    ),
  DATA: (lines, { data, time }) => {
    const rate = (bytes: number) =>
      time.measuredTicks === 0 ? null : (bytes * 1_000_000) / time.measuredTicks;
    return lines.map((line, at) => {
      const bytes = at === 0 ? data.sentBytes : data.receivedBytes;
      return assertFound(line, [
        [/\((\S+)\/s\)/, rate(bytes), "bytes"],
        [/(?:sent|received) +(\S+)/, bytes, "bytes"],
      ]);
    }).join("\n");
  },
};

/** A line for several shards says how many they were. */
function summaryShards(lines: readonly string[], ones: number): number | null {
  return lines.some((line) => / of \d+ shards?/.test(line)) ? ones : null;
}

function ppm(part: number, whole: number): number | null {
  return whole === 0 ? null : (part * 1_000_000) / whole;
}

/** Cells are two spaces apart at least; the first title may be empty. */
function rowsOf(lines: readonly string[]): Rows {
  return lines.map((line) => line.trim().split(/ {2,}/));
}

function unmarked(line: string): string {
  return line.trim().replace(/^[✓✗] /, "");
}

function timesSection(
  lines: readonly string[],
  named: Readonly<Record<string, Distribution | null>>,
): string {
  const wanted = Object.entries(named).flatMap(([name, times]): Named[] =>
    times === null ? [] : [{ name, figures: {}, times }]
  );
  const [titles, ...rows] = rowsOf(lines.slice(0, 1 + wanted.length));
  assertRows([["", ...titles], ...rows], wanted, "times");
  return lines.slice(1 + wanted.length).join("\n");
}

function partSection(lines: readonly string[], wanted: readonly Named[], what: string): string {
  assertRows(rowsOf(lines.slice(0, 1 + wanted.length)), wanted, what);
  return lines.slice(1 + wanted.length).join("\n");
}

type Failed = Readonly<{
  count: number;
  what: string;
  firstTick: number;
  steps: readonly Readonly<{ flow: string; step: string; count: number }>[];
  excerpt: string;
}>;

/** Each with a line that counts, one of its steps, and words. */
function failures(lines: readonly string[], wanted: readonly Failed[]): string {
  const heads = lines.filter((line) => /^ {2}\S/.test(line));
  assert.equal(heads.length, wanted.length);
  let left = lines.join("\n");
  for (const { count, what, firstTick, steps, excerpt } of wanted) {
    const head = heads.find((line) => line.includes(` × ${what}, first at`)) ?? "";
    left = left.replace(
      head,
      assertFound(head.replace(what, ""), [
        [/^ {2}([\d,]+) ×/, count],
        [/first at (.+)$/, firstTick, "ticks"],
      ]),
    );
    for (const step of steps) {
      const name = `${step.flow}/${step.step} `;
      const place = left.indexOf(name);
      assert.ok(place >= 0, `${name}is not among ${what}`);
      const shown = /^[\d,]+/.exec(left.slice(place + name.length))?.[0] ?? "";
      assert.equal(shownNumber(shown).value, step.count, `${what} at ${name}`);
      left = left.slice(0, place) + left.slice(place + name.length + shown.length);
    }
    if (excerpt !== "") left = left.replace(/“[^”]*”/, "");
  }
  return left;
}
