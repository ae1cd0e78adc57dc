/** The HTML report, read back without a browser: its tables and lists, and the data that its charts are drawn from. */
import assert from "node:assert/strict";
import type { Summary } from "../runtime/reduce/summary.ts";
import type { PageFacts } from "../runtime/report/html/page_facts.ts";
import { unpackTimeline } from "../runtime/report/html/packed_timeline.ts";
import { assertShown } from "./shown_numbers.ts";
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
} from "./shown_report.ts";
import { assertTimeline } from "./shown_timeline.ts";

/** A whole page. */
export function assertHtml(html: string, summary: Summary): void {
  const main = /<main[^>]*>([\s\S]*)<\/main>/.exec(html)?.[1] ?? "";
  const tables = new Map(
    [...main.matchAll(/<caption[^>]*>(.*?)<\/caption><thead>([\s\S]*?)<\/thead><tbody>([\s\S]*?)<\/tbody>/g)]
      .map(([, caption, head, body]) => [caption, rowsOf(`${head}${body}`)]),
  );
  assertTables(main, tables, summary);
  assertLists(main, summary);
  assertVerdict(main, summary);
  assertFailures(main, summary);
  const diagnosis = /<section id="diagnosis"[\s\S]*?<\/section>/.exec(main)?.[0] ?? "";
  const sentences = [...diagnosis.matchAll(/<li>([\s\S]*?)<\/li>/g)].map(([, sentence]) => plain(sentence));
  assertDiagnosis(sentences, summary);
  const read =
    /<table>[\s\S]*?<\/table>|<dl[\s\S]*?<\/dl>|<(?:pre|form|option)[\s\S]*?<\/(?:pre|form|option)>/g;
  const sections = [...main.replace(read, "").matchAll(/<section id="([a-z]+)"[\s\S]*?<\/section>/g)];
  for (const [section, id] of sections) {
    if (!["failures", "origin", "diagnosis"].includes(id)) {
      assertNoNumberLeft(plain(section.replace(/busy \S+ of the time/, "")), id);
    }
  }
  const { processor } = summary.generator;
  assertFound(plain(main), [
    [/busy (\S+) of the time/, processor?.isBusy === true ? processor.usedPpm : null, "ppm"],
  ]);
  const facts: PageFacts = JSON.parse(scriptOf(html, "facts"));
  assertFacts(facts, summary);
  assertTimeline(unpackTimeline(scriptOf(html, "timeline")), facts, summary);
}

function scriptOf(html: string, id: string): string {
  return new RegExp(`<script type="[a-z/]+" id="${id}">([\\s\\S]*?)</script>`).exec(html)?.[1] ?? "";
}

/** What a reader sees. */
function plain(html: string): string {
  return html.replace(/<span class="(?:advice|unseen)">[\s\S]*?<\/span>/g, "").replace(/<[^>]+>/g, "")
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code))).trim();
}

function rowsOf(html: string): Rows {
  return [...html.matchAll(/<tr>([\s\S]*?)<\/tr>/g)].map(([, row]) =>
    [...row.matchAll(/<t[hd][^>]*>([\s\S]*?)<\/t[hd]>/g)].map(([, cell]) => plain(cell))
  );
}

function unmarked([titles, ...rows]: Rows): Rows {
  return [titles, ...rows.map(([name, ...cells]) => [name.replace(/^[✓✗] /, ""), ...cells])];
}

function assertTables(main: string, tables: ReadonlyMap<string, Rows>, summary: Summary): void {
  const left = new Map(tables);
  const take = (caption: string): Rows => {
    const rows = left.get(caption) ?? [];
    left.delete(caption);
    return rows;
  };
  const rows = (caption: string, wanted: readonly Named[]) => assertRows(take(caption), wanted, caption);
  if (summary.thresholds.length > 0) assertThresholds(unmarked(take("Thresholds")), summary.thresholds);
  assertValidity(unmarked(take("Validity")), summary);
  if (left.has("Times of the whole run")) rows("Times of the whole run", wholeTimes(summary));
  for (const [caption, wanted] of Object.entries(parts(summary))) {
    if (wanted.length > 0 || left.has(caption)) rows(caption, wanted);
  }
  rows(
    "Statuses",
    summary.statuses.map(({ status, name, count }) => ({
      name: name === null ? String(status) : `gRPC ${name}`,
      figures: { responses: count },
    })),
  );
  for (const { status } of summary.statuses) assert.match(main, new RegExp(`status == ${status}\\b`));
  assertOrigin(take("What was run"), summary);
  if (left.has("Shards")) {
    const [titles, ...of] = take("Shards");
    assertRows([titles, ...of.filter((cells) => !cells.includes("missing"))], shards(summary), "Shards");
    assert.equal(of.length, summary.shards.length + summary.missingShards.length);
  }
  assert.deepEqual([...left.keys()], []);
}

function wholeTimes({ responseTime, serviceTime, sessionTime, phases, generator }: Summary): Named[] {
  const named = {
    response: responseTime,
    service: serviceTime,
    session: sessionTime,
    dns: phases.dns,
    connect: phases.connect,
    tls: phases.tls,
    "first byte": phases.firstByte,
    lag: generator.lag,
    blocked: generator.blocked,
  };
  const mayBeNothing = ["dns", "tls", "blocked"];
  return Object.entries(named).flatMap(([name, times]) =>
    times === null || (times.max === 0 && mayBeNothing.includes(name)) ? [] : [{ name, figures: {}, times }]
  );
}

function parts({ steps, stages, groups, tags, messages }: Summary): Record<string, Named[]> {
  return {
    "By step": steps.map(({ flow, step, requests, responseTime }) => {
      return { name: step, figures: { flow, ...requestFigures(requests) }, times: responseTime };
    }),
    "By stage": stages.map(({ name, warmup, sessions, requests, responseTime, ...stage }) => ({
      name: warmup ? `${name} warm-up` : name,
      figures: {
        from: stage.startTick,
        length: stage.lengthTicks === 0 ? null : stage.lengthTicks,
        sessions: sessions.started,
        dropped: sessions.dropped,
        ...requestFigures(requests),
      },
      times: responseTime,
    })),
    "By group": groups.map(({ flow, group, passes, wentThrough, time }) => {
      return { name: group, figures: { flow, passes, "went through": wentThrough }, times: time };
    }),
    "By tag": tags.map(({ tag, requests, responseTime }) => {
      return { name: tag, figures: requestFigures(requests), times: responseTime };
    }),
    "Messages by step": (messages?.steps ?? []).map((one) => ({
      name: one.step,
      figures: {
        flow: one.flow,
        does: one.kind,
        sent: one.sent,
        received: one.received,
        errors: one.done.errors,
      },
      times: one.responseTime,
    })),
  };
}

function shards({ shards }: Summary): Named[] {
  return shards.map(({ index, count, started, sessions, requests, state }) => ({
    name: `${index} of ${count}`,
    figures: { began: started.replace("T", " "), sessions, requests, ledger: state },
  }));
}

function assertOrigin([, ...rows]: Rows, { run, decisions, integrity }: Summary): void {
  const facts = new Map(rows.map(([name, value]) => [name, value]));
  assert.equal(facts.get("plan SHA-256"), run.planSha256);
  assert.equal(facts.get("seed"), String(run.seed));
  assert.equal(facts.get("ledger"), integrity.digest ?? "–");
  assertFound(facts.get("decisions") ?? "", [[/\(([\d,]+) session/, decisions.sessions]]);
  assertFound(facts.get("its records") ?? "", [
    [/([\d,]+) record/, integrity.records],
    [/(\S+B)$/, integrity.bytesRead, "bytes"],
  ]);
  if (run.simulated) return;
  assertFound(facts.get("machine") ?? "", [
    [/([\d,]+) core/, run.host.cores],
    [/(\S+B)$/, run.host.memoryBytes, "bytes"],
  ]);
}

/** The few numbers on top, and counts. */
function assertLists(main: string, summary: Summary): void {
  const { requests, sessions, responseTime, messages, checks, connections, data, warmup } = summary;
  const ended = requests.responded + requests.failed;
  const ratio = ended === 0 ? null : (requests.errors * 1_000_000) / ended;
  const figures = new Map(
    [...main.matchAll(/data-figure="(\w+)">(.*?)<\/data><span class="about">(.*?)<\/span>/g)]
      .map(([, name, value, about]) => [name, [plain(value), plain(about)]]),
  );
  const figure = (name: string, value: number | null, unit: "" | "ticks" | "ppm" = "") => {
    const [shown, about] = figures.get(name) ?? ["", ""];
    assertShown(shown, value, name, unit);
    figures.delete(name);
    return about;
  };
  assertFound(figure("issued", requests.issued), [[/^(\S+) a second/, requests.perSecond]]);
  assertFound(figure("errors", ratio, "ppm"), [[/^([\d,]+)(?= of)/, requests.errors], [
    /of ([\d,]+)$/,
    ended,
  ]]);
  assertFound(figure("sessions", sessions.started), [[/^([\d,]+) dropped/, sessions.dropped]]);
  if (responseTime !== null) {
    figure("p50", responseTime.p50, "ticks");
    assertFound(figure("p99", responseTime.p99, "ticks"), [[/p99\.9 (\S+)/, responseTime.p999, "ticks"]]);
    figure("max", responseTime.max, "ticks");
  }
  if (messages !== null) {
    assertFound(figure("messages", messages.received), [[/([\d,]+) sent/, messages.sent]]);
  }
  assert.deepEqual([...figures.keys()], []);
  const list = /<dl class="counts">([\s\S]*?)<\/dl>/.exec(main)?.[1] ?? "";
  const counts = new Map(
    [...list.matchAll(/<dt>(.*?)<\/dt><dd>(.*?)<\/dd>/g)].map(([, name, value]) => [name, value]),
  );
  const wanted: readonly [string, number | null, ("bytes" | "")?][] = [
    ["sessions started", sessions.started],
    ["completed", sessions.completed],
    ["ended early", sessions.endedEarly],
    ["stopped", sessions.stopped],
    ["dropped", sessions.dropped],
    ["requests issued", requests.issued],
    ["answered", requests.responded],
    ["unexpected", requests.unexpected],
    ["failed", requests.failed],
    ["cancelled", requests.cancelled],
    ["redirected", requests.redirected],
    ["retried", requests.retried],
    ["checks passed", checks.passed],
    ["checks failed", checks.failed],
    ["connections opened", connections?.opened ?? null],
    ["connections reused", connections?.reused ?? null],
    ["data sent", data.sentBytes, "bytes"],
    ["data received", data.receivedBytes, "bytes"],
    ["warm-up, left out", warmup.requests],
  ];
  assert.deepEqual([...counts.keys()], wanted.map(([name]) => name));
  for (const [name, value, unit] of wanted) {
    assertShown((counts.get(name) ?? "").replace(/ requests$/, ""), value, name, unit);
  }
}

function assertVerdict(main: string, { verdict, run, requests, time }: Summary): void {
  const section = /<section class="verdict[\s\S]*?<\/section>/.exec(main)?.[0] ?? "";
  const reasons = [...section.matchAll(/<li>(.*?)<\/li>/g)].map(([, reason]) => plain(reason));
  assert.deepEqual(reasons, verdict.reasons);
  assert.equal(plain(/id="verdict">(.*?)<\/p>/.exec(section)?.[1] ?? "").slice(2), verdict.verdict);
  const sentence = plain(/<p>(.*?)<\/p>/.exec(section)?.[1] ?? "").replaceAll(run.target, "");
  assertFound(sentence, [
    [/^([\d,]+) request/, requests.issued],
    [/ in (.+?) to /, time.measuredTicks, "ticks"],
  ]);
}

function assertFailures(main: string, { errors, failedChecks, once }: Summary): void {
  const section = /<section id="failures"[\s\S]*?<\/section>/.exec(main)?.[0] ?? "";
  const items = [
    ...section.matchAll(/<li><h3>([\s\S]*?)<span class="when">(.*?)<\/span><\/h3>([\s\S]*?)<\/li>/g),
  ]
    .map(([, what, when, more]) => ({
      what: plain(what),
      when,
      more: plain(/<p class="faint">(.*?)<\/p>/.exec(more)?.[1] ?? ""),
    }));
  const alike = [...Map.groupBy(failedChecks, ({ expected, excerpt }) => expected + excerpt).values()];
  const wanted = [
    ...errors.map(({ code, name, count, firstTick, steps }) => ({
      what: `Z${code} ${name}`,
      count,
      firstTick,
      steps,
    })),
    ...alike.map((own) => ({
      what: `not ${own[0].expected}`,
      count: own.reduce((sum, { count }) => sum + count, 0),
      firstTick: Math.min(...own.map(({ firstTick }) => firstTick)),
      steps: own,
    })),
  ];
  assert.deepEqual(items.map(({ what }) => what.replace(/^[\d,]+ × /, "")), wanted.map(({ what }) => what));
  wanted.forEach(({ count, firstTick, steps, what }, at) => {
    assertFound(items[at].what, [[/^([\d,]+) ×/, count]]);
    assertFound(items[at].when, [[/^first at (.+)$/, firstTick, "ticks"]]);
    for (const { flow, step, count } of steps) {
      const shown = items[at].more.split(`${flow}/${step} `)[1] ?? "";
      assertShown(/^[\d,]*/.exec(shown)?.[0] ?? "", count, `${what} at ${step}`);
    }
  });
  const told = [...section.matchAll(/<li>((?:setup|teardown) [\s\S]*?)<\/li>/g)].map(([, text]) =>
    plain(text)
  );
  assert.equal(told.length, once.length);
  once.forEach(({ requests, lengthTicks, trouble, shard }, at) => {
    assertFound(told[at].replace(trouble?.what ?? NOTHING, ""), [
      [/([\d,]+) request/, requests],
      [/ in (\d[^;]*)/, lengthTicks, "ticks"],
      [/ of shard (\d+)/, once.length > 2 ? shard : null],
    ]);
  });
}

function assertFacts(facts: PageFacts, { run, shards, stages, steps, errors }: Summary): void {
  assert.equal(facts.model, run.model);
  assert.equal(facts.ledgers, shards.length);
  assert.deepEqual(
    facts.stages,
    stages.map(({ name, warmup, startTick, lengthTicks }) => ({ name, warmup, startTick, lengthTicks })),
  );
  const asked = facts.steps.filter(({ role }) => role === "request");
  assert.deepEqual(
    asked.map(({ flow, name }) => [facts.flows[flow].name, name]),
    steps.map(({ flow, step }) => [flow, step]),
  );
  assert.deepEqual(facts.errors, Object.fromEntries(errors.map(({ code, name }) => [code, name])));
}
