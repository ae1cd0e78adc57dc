/** Two runs side by side: known differences, the run's own reports, pages against those checked in, and the command. */
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import fc from "fast-check";
import type { ComparedFigure, Comparison } from "../cli/compare/comparison.ts";
import { comparisonHtml } from "../cli/compare/html.ts";
import { comparisonMarkdown } from "../cli/compare/markdown.ts";
import { comparisonText } from "../cli/compare/text.ts";
import { warningsOf } from "../cli/compare/warnings.ts";
import { valueText } from "../cli/compare/words.ts";
import { decodeRecord } from "../runtime/ledger/decode.ts";
import { openLedger } from "../runtime/ledger/reader.ts";
import { END, KIND } from "../runtime/ledger/record.ts";
import { memorySource } from "../runtime/ledger/source.ts";
import type { ReducibleLedger } from "../runtime/reduce/first_pass.ts";
import { reduce } from "../runtime/reduce/reduce.ts";
import type { Distribution, PartDistribution, Summary } from "../runtime/reduce/summary.ts";
import { compared, shopPlan, sideOf, sideOfLedgers, simulatedBytes } from "./compared_runs.ts";
import { randomRun, recordsOf } from "./random_run.ts";
import { REPORT_RUNS } from "./report_runs.ts";
import { runToEnd, Z6C } from "./running.ts";
import { syntheticHeader, syntheticLedger, syntheticPlan } from "./synthetic_ledger.ts";

const USUAL = await simulatedBytes(shopPlan());
const SLOWER = await simulatedBytes(shopPlan({ slower: 1.1 }));
const OTHER_DRAWS = await simulatedBytes(shopPlan({ seed: 2 }));
const WITH_ERRORS = await simulatedBytes(shopPlan({ simulation: { errorsPpm: 20_000 } }));
const REALLY = ["worse", "better"];

function all(comparison: Comparison): ComparedFigure[] {
  return comparison.parts.flatMap(({ figures }) => figures);
}

function figureOf(comparison: Comparison, part: string, metric: string, statistic: string): ComparedFigure {
  const figure = comparison.parts.find(({ name }) => name === part)?.figures
    .find((one) => one.metric === metric && one.statistic === statistic);
  assert.ok(figure !== undefined, `${part}: ${metric} ${statistic}`);
  return figure;
}

function nothingReal(comparison: Comparison): void {
  for (const figure of all(comparison)) {
    assert.ok(!REALLY.includes(figure.finding), JSON.stringify(figure));
    if (figure.difference !== null) assert.equal(figure.difference.value, 0);
  }
}

for (
  const name of [
    "messages",
    "failed",
    "interrupted",
    "refused",
    "nothing",
    "setup-failed",
    "shard-missing",
  ] as const
) {
  const run = REPORT_RUNS[name];
  Deno.test(`a run that ${name} does not differ from itself, and has its report's values`, () => {
    const comparison = compared(sideOfLedgers(run()), sideOfLedgers(run()));
    nothingReal(comparison);
    const summary = reduce(run());
    assert.deepEqual(comparison.baseline, comparison.candidate);
    assert.deepEqual(comparison.baseline.verdict, summary.verdict);
    assertValues(comparison, summary);
  });
}

/** Every value that a report has, too. */
function assertValues(comparison: Comparison, summary: Summary): void {
  const { requests, sessions, responseTime, serviceTime, sessionTime, generator } = summary;
  const value = (part: string, metric: string, statistic: string) =>
    comparison.parts.find(({ name }) => name === part)?.figures
      .find((one) => one.metric === metric && one.statistic === statistic)?.candidate ?? null;
  const times = (part: string, metric: string, of: Distribution | PartDistribution | null) => {
    if (of === null) return assert.equal(value(part, metric, "p99"), null);
    const { avg, p50, p95, p99, max } = of;
    assert.deepEqual(
      { avg, p50, p95, p99, max },
      Object.fromEntries(["avg", "p50", "p95", "p99", "max"].map((one) => [one, value(part, metric, one)])),
    );
    if (!("p90" in of)) return;
    assert.deepEqual([of.p90, of.p999], [value(part, metric, "p90"), value(part, metric, "p99.9")]);
  };
  times("all", "response_time", responseTime);
  times("all", "service_time", serviceTime);
  times("all", "session_time", sessionTime);
  times("all", "lag", generator.lag);
  const several = new Set(summary.steps.map(({ flow }) => flow)).size > 1;
  for (const { flow, step, responseTime } of summary.steps) {
    times(`step ${several ? `${flow}/` : ""}${step}`, "response_time", responseTime);
  }
  for (const { flow, group, time } of summary.groups) {
    times(`group ${several ? `${flow}/` : ""}${group}`, "group_time", time);
  }
  for (const { tag, responseTime } of summary.tags) times(`tag ${tag}`, "response_time", responseTime);
  const stages = summary.stages.filter(({ warmup }) => !warmup);
  for (const { name, responseTime } of stages.length > 1 ? stages : []) {
    times(`stage ${name}`, "response_time", responseTime);
  }
  if (requests.perSecond !== null && requests.issued > 0) {
    assert.ok(Math.abs((value("all", "rate", "rate") ?? 0) - requests.perSecond * 1000) <= 0.51);
  }
  const arrived = sessions.started + sessions.dropped;
  const drops = value("all", "drops", "ratio");
  if (drops !== null) assert.ok(Math.abs(drops - (sessions.dropped * 1e6) / arrived) < 0.001);
}

Deno.test("no random run differs from itself", () => {
  const plan = syntheticPlan({
    flows: [{ name: "buy", steps: ["login", { group: "pay", tags: ["write"], steps: ["card"] }] }, {
      name: "browse",
      steps: ["home"],
    }],
    stages: [
      { name: "warm", warmup: true, lengthTicks: 10_000_000, rate: 10 },
      { name: "hold", lengthTicks: 60_000_000, rate: 100 },
      { name: "spike", lengthTicks: 5_000_000, rate: 100 },
    ],
  });
  fc.assert(
    fc.property(
      fc.nat(),
      fc.integer({ min: 0, max: 400 }),
      fc.integer({ min: 0, max: 40 }),
      (seed, sessions, magnitude) => {
        const records = recordsOf(randomRun(plan, seed, sessions, magnitude));
        const side = () => sideOfLedgers([syntheticLedger(syntheticHeader(plan), records)]);
        const comparison = compared(side(), side());
        nothingReal(comparison);
        assertValues(comparison, reduce([syntheticLedger(syntheticHeader(plan), records)]));
      },
    ),
    { numRuns: 6 },
  );
});

Deno.test("a tenth slower is found, by pairs of sessions and at its size", () => {
  const comparison = compared(sideOf(USUAL), sideOf(SLOWER), [
    "p99 > +5%",
    "p99 > +15%",
    "p95 of step /pay < +3%",
  ]);
  assert.equal(comparison.pairing.paired, true);
  for (const statistic of ["avg", "p50", "p90", "p95", "p99"]) {
    for (const part of comparison.parts.filter(({ kind }) => kind !== "group")) {
      const { change, finding } = figureOf(comparison, part.name, "response_time", statistic);
      assert.ok(change !== null && change.low !== null && change.high !== null, part.name);
      assert.equal(finding, "worse");
      assert.ok(
        change.low <= 102_000 && change.high >= 98_000,
        `${part.name} ${statistic} ${JSON.stringify(change)}`,
      );
    }
  }
  assert.equal(figureOf(comparison, "all", "errors", "ratio").finding, "same");
  assert.equal(comparison.exitCode, 99);
});

Deno.test("the same target with other draws does not differ, nor is it paired", () => {
  const comparison = compared(sideOf(USUAL), sideOf(OTHER_DRAWS), ["p95 > +5%", "errors > +0.1%"]);
  assert.equal(comparison.pairing.paired, false);
  const judged = all(comparison).filter(({ finding }) => finding === "noise" || REALLY.includes(finding));
  assert.ok(judged.length > 40);
  const real = judged.filter(({ finding }) => REALLY.includes(finding));
  assert.ok(real.length <= judged.length / 20, JSON.stringify(real));
  assert.deepEqual([comparison.gates.map(({ outcome }) => outcome), comparison.exitCode], [
    ["does not hold", "does not hold"],
    0,
  ]);
});

Deno.test("errors are found where there were none, and their end is good news", () => {
  const worse = compared(sideOf(USUAL), sideOf(WITH_ERRORS), [
    "errors > +1%",
    "errors of step /home > +5%",
  ]);
  assert.equal(figureOf(worse, "all", "errors", "ratio").finding, "worse");
  assert.deepEqual(worse.gates.map(({ outcome }) => outcome), ["holds", "does not hold"]);
  const better = compared(sideOf(WITH_ERRORS), sideOf(USUAL));
  assert.equal(figureOf(better, "all", "errors", "ratio").finding, "better");
});

Deno.test("both ways round, a difference is the same with the other sign", () => {
  const [to, fro] = [compared(sideOf(USUAL), sideOf(SLOWER)), compared(sideOf(SLOWER), sideOf(USUAL))];
  all(to).forEach((figure, at) => {
    const back = all(fro)[at];
    assert.equal(figure.baseline, back.candidate);
    assert.ok(Math.abs((figure.difference?.value ?? 0) + (back.difference?.value ?? 0)) < 1e-6);
    if (figure.difference?.low === null || figure.difference === null) return;
    assert.ok(
      Math.abs(figure.difference.low + (back.difference?.high ?? NaN)) < 1e-6,
      JSON.stringify([figure, back]),
    );
  });
});

Deno.test("sessions are paired where nothing but the target's address differs, and not where a decision does", () => {
  const plan = shopPlan({ simulation: { errorsPpm: 20_000 } });
  const target = { ...plan.targets[0], host: "127.0.0.2" };
  const elsewhere = { ...plan, targets: [target], name: "moved" };
  const renamed = { ...plan, choice: [{ keep: 2 ** 31, other: 0 }] };
  const reasons = [plan, elsewhere, renamed].map(async (one, at) => {
    const bytes = await simulatedBytes(one, { sessionLimit: 2_000 - at }, String(at).repeat(64));
    const { paired, reason } = compared(sideOf(USUAL), sideOf(bytes)).pairing;
    return [paired, reason.split(" (")[0]];
  });
  return Promise.all(reasons).then((found) =>
    assert.deepEqual(found, [
      [true, "their plans differ in nothing that a session decides, and the seed is the same"],
      [true, "their plans differ in nothing that a session decides, and the seed is the same"],
      [false, "their plans decide differently"],
    ])
  );
});

Deno.test("paired sessions are counted as a naive model counts them", () => {
  const timesOf = (bytes: Uint8Array) => {
    const [start, length] = [new Map<number, number>(), new Map<number, number>()];
    for (const { kind, session, tick, a } of wholeRecords(bytes)) {
      if (kind === KIND.sessionStarted) start.set(session, tick);
      if (kind === KIND.sessionEnded && a === END.completed) {
        length.set(session, tick - (start.get(session) ?? NaN));
      }
    }
    return length;
  };
  const [a, b] = [timesOf(USUAL), timesOf(SLOWER)];
  const both = [...a.keys()].filter((session) => b.has(session));
  const longer = both.filter((session) => (b.get(session) ?? NaN) > (a.get(session) ?? NaN)).length;
  const shorter = both.filter((session) => (b.get(session) ?? NaN) < (a.get(session) ?? NaN)).length;
  const found = compared(sideOf(USUAL), sideOf(SLOWER)).pairedSessions;
  assert.ok(found !== null && found.longerShare.low !== null && found.longerShare.high !== null);
  assert.deepEqual([found.both, found.longer, found.shorter], [both.length, longer, shorter]);
  assert.ok(
    found.longerShare.low < found.longerShare.value && found.longerShare.value < found.longerShare.high,
  );
  assert.equal(compared(sideOf(USUAL), sideOf(OTHER_DRAWS)).pairedSessions, null);
  const same = compared(sideOf(USUAL), sideOf(USUAL)).pairedSessions;
  assert.deepEqual([same?.both, same?.longer, same?.shorter], [a.size, 0, 0]);
});

Deno.test("what must be said first is said first", () => {
  const say = (a: ReducibleLedger[], b: ReducibleLedger[]) => {
    const isSameLoad = a[0].header.plan.load.stages.length === b[0].header.plan.load.stages.length;
    return warningsOf(reduce(a), reduce(b), isSameLoad).join("\n");
  };
  const { invalid, interrupted, passed, failed } = REPORT_RUNS;
  assert.match(
    say(invalid(), failed()),
    /^A is invalid, so its figures speak of the generator/,
  );
  assert.match(
    say(failed(), interrupted()),
    /^B is not the whole test: interrupted/,
  );
  assert.match(say(passed(), failed()), /two names.*\n.*the loads differ/);
  assert.match(
    say(REPORT_RUNS.sharded(), REPORT_RUNS["shard-missing"]()),
    /B lacks shards: 2/,
  );
  const nothing = REPORT_RUNS.nothing();
  const ofInvalid = (failOn: string[]) => compared(sideOfLedgers(nothing), sideOfLedgers(nothing), failOn);
  assert.match(ofInvalid([]).warnings[0], /^A is invalid/);
  assert.equal(ofInvalid(["p99 > +5%"]).exitCode, 97);
  assert.equal(ofInvalid([]).exitCode, 0);
});

Deno.test("a gate over nothing fails", () => {
  const { nothing } = REPORT_RUNS;
  const { gates } = compared(sideOfLedgers(nothing()), sideOfLedgers(nothing()), ["p99 > +5%"]);
  assert.deepEqual(gates.map(({ outcome, fails }) => [outcome, fails]), [["nothing", true]]);
});

const PAIRS: Readonly<Record<string, () => Comparison>> = {
  slower: () =>
    compared(sideOf(USUAL, "before.z6log"), sideOf(SLOWER, "after.z6log"), [
      "p99 > +5%",
      "p99.9 > +10ms",
      "errors > +0.1%",
      "p50 of tag write > +9.9%",
    ]),
  noise: () => compared(sideOf(USUAL), sideOf(OTHER_DRAWS), [], 95),
  "other-plan": () => compared(sideOfLedgers(REPORT_RUNS.failed()), sideOfLedgers(REPORT_RUNS.interrupted())),
  messages: () => compared(sideOfLedgers(REPORT_RUNS.messages()), sideOfLedgers(REPORT_RUNS.messages())),
};

for (const [name, pair] of Object.entries(PAIRS)) {
  const comparison = pair();
  for (const width of [60, 80, 120]) {
    Deno.test(`the comparison ${name}, ${width} wide`, () => {
      const text = comparisonText(comparison, { width, color: false });
      golden(name, `expected.${width}.txt`, text);
      for (const line of text.split("\n")) assert.ok(line.length <= width, `${line.length}: ${line}`);
      // deno-lint-ignore no-control-regex -- colours
      const plain = comparisonText(comparison, { width, color: true }).replace(/\x1b\[\d+m/g, "");
      assert.equal(plain, text);
    });
  }

  Deno.test(`the comparison ${name} as Markdown: tables are whole`, () => {
    const markdown = comparisonMarkdown(comparison);
    golden(name, "expected.md", markdown);
    const cells = (line: string) => line.replace(/\\\|/g, "").split("|").length;
    let columns = 0;
    for (const line of markdown.split("\n")) {
      if (!line.startsWith("|")) columns = 0;
      else if (columns === 0) columns = cells(line);
      else assert.equal(cells(line), columns, line);
    }
  });

  Deno.test(`the comparison ${name} as a page: whole, of one file, with the values of its JSON`, () => {
    const html = comparisonHtml(comparison);
    golden(name, "expected.html", html);
    assertBalanced(html);
    assert.doesNotMatch(html, /<script|https?:\/\/(?!127)|src=|url\(/);
    const [rows, paired = []] = html.split("<h2>Request by request</h2>").map((part) =>
      [...part.matchAll(/<tr[^>]*>(.*?)<\/tr>/g)].map(([, row]) =>
        [...row.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/g)].map(([, cell]) => cell)
      )
    );
    const read: Comparison = JSON.parse(JSON.stringify(comparison));
    assert.deepEqual(read, comparison);
    const shown = rows.filter(([first]) => first !== "figure" && !/^(?:step|group|tag|stage)$/.test(first));
    const expected = all(read).map((
      figure,
    ) => [valueText(figure.baseline, figure), valueText(figure.candidate, figure)]);
    assert.deepEqual(shown.map((cells) => cells.slice(-5, -3)), expected);
    const steps = read.pairedRequests?.steps ?? [];
    assert.deepEqual(
      paired.slice(1).map(([, pairs]) => Number(pairs.replaceAll(",", ""))),
      steps.map(({ pairs }) => pairs),
    );
  });
}

Deno.test("the same runs give the same bytes", () => {
  const [one, other] = [PAIRS.slower(), PAIRS.slower()];
  assert.equal(JSON.stringify(one), JSON.stringify(other));
  golden("slower", "expected.json", JSON.stringify(one, null, 2) + "\n");
});

function wholeRecords(bytes: Uint8Array): { kind: number; session: number; tick: number; a: number }[] {
  const records: { kind: number; session: number; tick: number; a: number }[] = [];
  openLedger(memorySource(bytes)).scan(({ words, records: count }) => {
    for (let n = 0; n < count; n++) {
      const record = decodeRecord(words, n);
      if (record.lane !== "text" && record.session !== null) {
        records.push({ ...record, session: record.session });
      }
    }
  });
  return records;
}

/** Every element is closed, in its place. */
function assertBalanced(html: string): void {
  const open: string[] = [];
  for (const [, closing, name] of html.matchAll(/<(\/?)([a-z][a-z0-9]*)(?:\s[^<>]*)?>/g)) {
    if (["meta", "br", "link"].includes(name)) continue;
    if (closing === "") open.push(name);
    else assert.equal(open.pop(), name);
  }
  assert.deepEqual(open, []);
}

function golden(name: string, file: string, text: string): void {
  const path = new URL(`golden/compare/${name}/${file}`, import.meta.url);
  if (Deno.env.get("UPDATE_GOLDEN") === "1") {
    mkdirSync(new URL(".", path), { recursive: true });
    writeFileSync(path, text);
  }
  assert.equal(text, readFileSync(path, "utf8"));
}

Deno.test("z6c compare", async (test) => {
  const folder = await Deno.makeTempDir({ prefix: "z6c-compare-test-" });
  const z6c = (...args: string[]) => runToEnd([...Z6C, "compare", ...args], { cwd: folder });
  await Deno.writeFile(`${folder}/usual.z6log`, USUAL);
  await Deno.writeFile(`${folder}/slower.z6log`, SLOWER);
  await Deno.writeTextFile(`${folder}/text`, "no ledger");
  for (const index of [1, 2]) {
    const bytes = await simulatedBytes(shopPlan(), { shard: { index, count: 2 } });
    await Deno.writeFile(`${folder}/s${index}.z6log`, bytes);
  }
  const cases: readonly [string, readonly string[], number, RegExp, RegExp][] = [
    [
      "prints text",
      ["usual.z6log", "slower.z6log"],
      0,
      /REAL DIFFERENCES\n {2}✗ all: response p50 rose by/,
      /^$/,
    ],
    [
      "fails a build",
      ["usual.z6log", "slower.z6log", "--fail-on", "errors > +1%", "--fail-on", "p99 > +5%"],
      99,
      /✗ p99 > \+5%/,
      /^$/,
    ],
    ["passes one", ["usual.z6log", "slower.z6log", "--fail-on", "p99 > +50%"], 0, /✓ p99 > \+50%/, /^$/],
    ["takes all shards of a run", ["s2.z6log,s1.z6log", "usual.z6log"], 0, /s1.z6log\n {3}s2.z6log/, /^$/],
    [
      "prints JSON",
      ["usual.z6log", "usual.z6log", "--json", "--confidence", "95"],
      0,
      /"confidence": 95,/,
      /^$/,
    ],
    ["prints Markdown", ["usual.z6log", "usual.z6log", "--markdown"], 0, /^### sample: A against B/, /^$/],
    ["writes a page", ["usual.z6log", "usual.z6log", "--html", "page.html"], 0, /./, /^$/],
    [
      "refuses nonsense",
      ["usual.z6log", "slower.z6log", "--fail-on", "p99 > 5%"],
      104,
      /^$/,
      /^z6c: cannot judge --fail-on "p99 > 5%": a limit/,
    ],
    [
      "refuses other confidences",
      ["usual.z6log", "slower.z6log", "--confidence", "42"],
      104,
      /^$/,
      /use 90, 95, 99\n$/,
    ],
    [
      "needs ledgers",
      ["usual.z6log", "text"],
      104,
      /^$/,
      /^z6c: cannot read text: .*this is no ledger|cut short/,
    ],
    [
      "needs ledgers that are there",
      ["usual.z6log", "gone.z6log"],
      104,
      /^$/,
      /^z6c: there is no ledger gone.z6log\n$/,
    ],
    [
      "needs shards of one run",
      ["usual.z6log,s1.z6log", "usual.z6log"],
      104,
      /^$/,
      /^z6c: usual.z6log and s1.z6log are of runs in one piece and in 2 shards; only/,
    ],
    ["needs two", ["usual.z6log"], 104, /^$/, /candidate/],
    [
      "cannot do both",
      ["usual.z6log", "usual.z6log", "--json", "--markdown"],
      104,
      /^$/,
      /conflict|cannot be used/,
    ],
  ];
  try {
    for (const [name, args, code, stdout, stderr] of cases) {
      await test.step(name, async () => {
        const ended = await z6c(...args);
        assert.equal(ended.code, code, ended.stderr);
        assert.match(ended.stdout, stdout);
        assert.match(ended.stderr, stderr);
        assert.doesNotMatch(ended.stderr, /\n {4}at /);
      });
    }
    assertBalanced(await Deno.readTextFile(`${folder}/page.html`));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
