/** What the diagnosis says of staged situations, word by word, and that it says nothing where nothing is. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { openLedger } from "../runtime/ledger/reader.ts";
import { MemorySink } from "../runtime/ledger/memory_sink.ts";
import { memorySource } from "../runtime/ledger/source.ts";
import { reduce } from "../runtime/reduce/reduce.ts";
import { simulate } from "../runtime/simulated_run.ts";
import { diagnosisSentences } from "../runtime/report/diagnosis_words.ts";
import { compiledPlan, openLoad, shop, simulatedSummary } from "./diagnosed_run.ts";

const USUAL = 'latency = "lognormal(12ms, 0.4)"';
const FOUR_SERVERS = 'service = "lognormal(20ms, 0.4)"\nservers = 4';
const PEAK = `stages = [
  { name = "before", for = "30s", rate = "100/s" },
  { name = "peak", for = "20s", rate = "400/s" },
  { name = "after", for = "20s", rate = "100/s" },
]`;

/** A fault of the simulated target, and others. */
function faulty(...faults: readonly string[]): string {
  return [USUAL, ...faults.map((fault) => `[[simulation.fault]]\n${fault}`)].join("\n");
}

function delay(from: string, length: string, by: string, more = 'ratio = "100%"'): string {
  return `kind = "delay"\nfrom = "${from}"\nfor = "${length}"\nby = "${by}"\n${more}`;
}

const LOAD = openLoad("100/s");
const PAY = ["home", "pay"];
const WARM = `stages = [
  { name = "warm", for = "5s", rate = "100/s", warmup = true },
  { name = "hold", for = "60s", rate = "100/s" },
]`;

const SAID: [what: string, text: string, sentences: string[]][] = [
  ["nothing where nothing is", shop({ load: LOAD, simulation: USUAL }), []],
  ["nothing of heavy tails", shop({ load: LOAD, simulation: 'latency = "lognormal(12ms, 1.2)"' }), []],
  ["nothing of a short run", shop({ load: openLoad("50/s", "3s"), simulation: USUAL }), []],
  ["nothing of few errors", shop({ load: LOAD, steps: PAY, simulation: `${USUAL}\nerrors = "0.1%"` }), []],
  [
    "nothing of a single bad moment",
    shop({ load: LOAD, simulation: faulty(delay("30s", "400ms", "300ms")) }),
    [],
  ],
  [
    "nothing of steps that come one after the other",
    shop({
      load: openLoad("20/s"),
      steps: PAY,
      think: "15s",
      simulation: 'service = "12ms"\n[[simulation.answer]]\nstep = "pay"\nservice = "300ms"',
    }),
    [],
  ],
  [
    "a rise for good",
    shop({ load: LOAD, simulation: faulty(delay("42s", "18s", "800ms", 'ratio = "5%"')) }),
    [
      "p99 rose from 31ms to 800ms at 42s",
    ],
  ],
  ["a rise and its end", shop({ load: LOAD, simulation: faulty(delay("22s", "10s", "100ms")) }), [
    "p99 rose from 31ms to 130ms at 22s (until 32s)",
  ]],
  [
    "a rise with errors of one step",
    shop({
      load: LOAD,
      steps: [...PAY, "done"],
      simulation: faulty(
        delay("22s", "10s", "400ms", 'step = "pay"\nratio = "60%"'),
        'kind = "status"\nstatus = 503\nstep = "pay"\nratio = "30%"\nfrom = "22s"\nfor = "10s"',
      ),
    }),
    ["p99 of step pay rose from 32ms to 430ms at 22s (until 32s), with 503s from step pay (31% of its responses)"],
  ],
  [
    "a rise of many steps with few requests each",
    shop({
      load: openLoad("2/s"),
      steps: [..."abcdefghijkl"],
      simulation: faulty(delay("30s", "20s", "300ms")),
    }),
    ["p50 of step a rose from 12ms to 320ms at 29.8s (until 50s), and at 11 other steps, too"],
  ],
  [
    "several rises",
    shop({
      load: LOAD,
      simulation: faulty(...["7s", "23s", "51s"].map((from) => delay(from, "2s", "300ms"))),
    }),
    ["p50 rose from 12ms to 320ms 3 times: from 7s to 9s, from 23s to 25s, from 51s to 53s"],
  ],
  ["a fall", shop({ load: LOAD, simulation: faulty(delay("0s", "30s", "200ms")) }), [
    "p99 fell from 230ms to 31ms at 30s",
  ]],
  ["a slow first second", shop({ load: LOAD, simulation: faulty(delay("0s", "1s", "200ms")) }), [
    "The first 1.2s were slower than the rest: p50 210ms, later 12ms; a first stage with `warmup = true` would leave it out",
  ]],
  [
    "a warm-up that was too short",
    shop({ load: `model = "open"\nmax_vus = 100\n${WARM}`, simulation: faulty(delay("0s", "8s", "200ms")) }),
    ["The first 3s were slower than the rest: p99 230ms, later 30ms; a longer warm-up would leave it out"],
  ],
  [
    "a warm-up that was long enough",
    shop({ load: `model = "open"\nmax_vus = 100\n${WARM}`, simulation: faulty(delay("0s", "4s", "200ms")) }),
    [],
  ],
  [
    "stalls again and again",
    shop({
      load: openLoad("100/s", "20s"),
      simulation: faulty(...Array.from({ length: 20 }, (_, at) => delay(`${at}.5s`, "300ms", "300ms"))),
    }),
    ["Response time was up to 29 times the usual again and again: every 1s for some 280ms, 20 times"],
  ],
  [
    "errors of one step for a while",
    shop({
      load: LOAD,
      steps: PAY,
      simulation: faulty(
        'kind = "status"\nstatus = 503\nstep = "pay"\nratio = "30%"\nfrom = "22s"\nfor = "5s"',
      ),
    }),
    ["503s from step pay from 22s to 27s: 137 of 483 responses then (28%)"],
  ],
  ["errors all the time", shop({ load: LOAD, steps: PAY, simulation: `${USUAL}\nerrors = "2%"` }), [
    "500s from 2 steps from beginning to end: 256 of 12,300 responses (2.1%)",
  ]],
  [
    "connections refused at the beginning",
    shop({ load: LOAD, simulation: faulty('kind = "refuse"\nfrom = "0s"\nfor = "4s"\nratio = "100%"') }),
    ["connect.refused until 4s: all 432 requests then"],
  ],
  [
    "resets at the end",
    shop({ load: LOAD, simulation: faulty('kind = "reset"\nfrom = "56s"\nfor = "10s"\nratio = "80%"') }),
    ["wait.reset from 56s on: 346 of 434 requests then (80%)"],
  ],
  [
    "a target that is not there",
    shop({ load: LOAD, simulation: faulty('kind = "refuse"\nfrom = "0s"\nfor = "100s"\nratio = "100%"') }),
    ["connect.refused from beginning to end: all 6,150 requests"],
  ],
  [
    "timeouts for a while",
    shop({ load: LOAD, simulation: faulty('kind = "drop"\nfrom = "20s"\nfor = "3s"\nratio = "100%"') }),
    ["p99 rose from 31ms to 5s at 20s (until 23s), with wait.timeout (100% of requests)"],
  ],
  [
    "a knee",
    shop({
      load:
        'model = "open"\narrivals = "poisson"\nmax_vus = 2000\nstages = [{ for = "60s", rate = "10/s..400/s" }]',
      simulation: FOUR_SERVERS,
    }),
    [
      "p99 rose from 72ms to 5s at 26s, with wait.timeout (34% of requests) and 503s (28% of responses), while 290/s arrived (106/s before)",
      "From 196/s on (26s until 44s) requests ended more slowly than they were due, 185/s of 240/s, and piled up",
    ],
  ],
  [
    "too few VUs for a peak",
    shop({
      load: `model = "open"\narrivals = "poisson"\nmax_vus = 50\n${PEAK}`,
      simulation: FOUR_SERVERS,
    }),
    [
      "p99 rose from 56ms to 320ms at 30s (until 50.6s), as stage peak began, while 391/s arrived (100/s before)",
      "4,317 arrivals (33%) found all 50 VUs busy from 30.2s to 50.2s, when 183/s of 399/s began; for all to begin, raise `max_vus` or lower the rate",
    ],
  ],
  [
    "a full queue at a peak",
    shop({
      load: `model = "open"\narrivals = "poisson"\nmax_vus = 500\n${PEAK}`,
      simulation: `${FOUR_SERVERS}\nqueue = 100`,
    }),
    ["p99 rose from 58ms to 610ms at 30s (until 51.2s), with 503s (52% of responses), as stage peak began, while 383/s arrived (100/s before)"],
  ],
  [
    "more users than servers",
    shop({
      load: 'model = "closed"\nstages = [{ for = "30s", vus = "1..50" }, { for = "30s", vus = 50 }]',
      simulation: 'service = "lognormal(20ms, 0.4)"\nservers = 8',
    }),
    ["p99 rose from 84ms to 170ms at 15.6s, with 46 users on average (13 before)"],
  ],
  [
    "few connections for all",
    shop({ load: LOAD, simulation: USUAL, target: 'connections = "shared:2"' }),
    ["Requests waited for one of the shared connections: p99 47ms, of a response time of p99 61ms; with more `connections` they wait less, if the target can bear more at once"],
  ],
  [
    "a threshold that was missed by little",
    shop({
      load: LOAD,
      steps: PAY,
      simulation: 'service = "12ms"\n[[simulation.answer]]\nstep = "pay"\nservice = "100ms"',
      rest: '[[threshold]]\nmetric = "response_time"\np99 = "< 99ms"',
    }),
    ["response_time p99 < 99ms was missed by 1%; all of what is beyond it came from step pay"],
  ],
];

for (const [what, text, sentences] of SAID) {
  Deno.test(`the diagnosis says ${what}`, async () => {
    const summary = await simulatedSummary(text);
    assert.deepEqual(diagnosisSentences(summary), sentences);
    assert.deepEqual(JSON.parse(JSON.stringify(summary.diagnosis)), summary.diagnosis);
  });
}

const STEADY = [
  shop({ load: openLoad("60/s", "20s"), simulation: USUAL }),
  shop({ load: openLoad("60/s", "20s"), simulation: 'latency = "lognormal(12ms, 1)"' }),
  shop({ load: openLoad("60/s", "20s"), simulation: 'latency = "exponential(20ms)"' }),
  shop({
    load: openLoad("30/s", "20s"),
    steps: ["a", "b"],
    simulation: 'service = "exponential(10ms)"\nservers = 2',
  }),
  shop({
    load: 'model = "closed"\nvus = 20\nfor = "10s"',
    simulation: 'service = "lognormal(30ms, 0.6)"\nservers = 8',
  }),
];

Deno.test("a steady run has no findings, whatever its seed", async () => {
  const seeds = Array.from({ length: 12 }, (_, at) => at + 1);
  for (const text of STEADY) {
    for (const seed of seeds) {
      assert.deepEqual(diagnosisSentences(await simulatedSummary(text, seed)), [], `seed ${seed} of ${text}`);
    }
  }
});

Deno.test("a rise that is found is found when it is higher or longer, at the same time", async () => {
  const rise = fc.record({
    seed: fc.nat(1000),
    by: fc.integer({ min: 60, max: 300 }),
    length: fc.integer({ min: 4, max: 10 }),
  });
  await fc.assert(
    fc.asyncProperty(
      rise,
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 0, max: 8 }),
      async (it, times, more) => {
        const found = async (by: number, length: number) => {
          const simulation = faulty(delay("8s", `${length}s`, `${by}ms`));
          const { diagnosis } = await simulatedSummary(
            shop({ load: openLoad("60/s", "30s"), simulation }),
            it.seed,
          );
          return diagnosis.find(({ kind }) => kind === "response-time-rose");
        };
        const less = await found(it.by, it.length);
        const greater = await found(it.by * times, it.length + more);
        assert.ok(less?.kind === "response-time-rose" && greater?.kind === "response-time-rose");
        for (const { spans: [{ fromTick, toTick }] } of [less, greater]) {
          assert.ok(Math.abs((fromTick ?? 0) - 8_000_000) <= 400_000);
          assert.ok(toTick !== null);
        }
        assert.ok(Math.abs((less.spans[0].toTick ?? 0) - (8 + it.length) * 1_000_000) <= 400_000);
        if (times > 1) assert.ok(greater.steps[0].afterTicks > less.steps[0].afterTicks);
      },
    ),
    { numRuns: 12 },
  );
});

Deno.test("shards of a run are diagnosed as one, whatever their order", async () => {
  const plan = compiledPlan(
    shop({ load: LOAD, steps: PAY, simulation: faulty(delay("22s", "10s", "100ms")) }),
  );
  const ledgers = [];
  for (const index of [1, 2, 3]) {
    const sink = new MemorySink();
    const shard = { index, count: 3 };
    await simulate({ plan, sha256: "0".repeat(64), overrides: [] }, sink, { shard });
    ledgers.push(openLedger(memorySource(sink.bytes())));
  }
  const { diagnosis, ...summary } = reduce(ledgers);
  assert.deepEqual(reduce(ledgers.toReversed()).diagnosis, diagnosis);
  assert.deepEqual(diagnosisSentences({ ...summary, diagnosis }), [
    "p99 of step home rose from 30ms to 140ms at 22s (until 32s), and at step pay (to 140ms), too",
  ]);
});
