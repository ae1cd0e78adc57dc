import assert from "node:assert/strict";
import { checkText, soundScenario } from "../../tests/checked_text.ts";

const FRONT = `name = "t"
[target]
base = "http://127.0.0.1:8080"
[load]
model = "open"
max_vus = 10
rate = "5/s"
for = "1m"
[[setup.step]]
name = "begin"
get = "/begin"
[[flow]]
name = "f"
[[flow.step]]
name = "login"
post = "/login"
tags = ["write"]
[[flow.step]]
name = "wait"
think = "1s"
[[flow.step]]
name = "group"
step = [{ name = "inner", get = "/inner" }]
[[flow]]
name = "g"
[[flow.step]]
name = "g-login"
post = "/login"
[[flow.step]]
name = "inner"
get = "/g-inner"
`;

const simulation = (text: string) => soundScenario(`${FRONT}[simulation]\n${text}`).simulation;
const codes = (text: string) => checkText(FRONT + text).diagnostics.map(({ code }) => code);

const even = (ticks: number) => ({ kind: "uniform", minTicks: ticks, maxTicks: ticks });

Deno.test("what a simulated target does unless the scenario says otherwise", () => {
  const usual = {
    service: even(1_000),
    servers: 0,
    queue: 0,
    errorsPpm: 0,
    connect: even(100),
    connections: 0,
    answers: [],
    faults: [],
  };
  assert.deepEqual(soundScenario(FRONT).simulation, usual);
  assert.deepEqual(simulation(""), usual);
  assert.deepEqual(
    simulation(
      'service = "exponential(5ms)"\nservers = 4\nerrors = "0.1%"\nconnect = "1ms..2ms"\nconnections = 9',
    ),
    {
      service: { kind: "exponential", meanTicks: 5_000 },
      servers: 4,
      queue: 1_000,
      errorsPpm: 1_000,
      connect: { kind: "uniform", minTicks: 1_000, maxTicks: 2_000 },
      connections: 9,
      answers: [],
      faults: [],
    },
  );
  const { service, queue } = simulation('latency = "20ms"\nservers = 1\nqueue = 0');
  assert.deepEqual([service, queue], [even(20_000), 0]);
});

Deno.test("answers and faults name their requests", () => {
  const { answers, faults } = simulation(`
[[simulation.answer]]
step = "login"
latency = "2ms"
errors = "1%"
status = 201
headers = { X-One = "1" }
json = { token = "t", n = [1, 2.5, true] }
[[simulation.answer]]
flow = "g"
step = "inner"
body = ""
[[simulation.answer]]
step = "begin"
[[simulation.fault]]
kind = "reset"
[[simulation.fault]]
kind = "delay"
by = "1s"
flow = "f"
from = "10s"
for = "5s"
ratio = "50%"
[[simulation.fault]]
kind = "status"
step = "g-login"
[[simulation.fault]]
kind = "status"
flow = "setup"
status = 500
`);
  assert.deepEqual(answers.map(({ place: _, ...rest }) => rest), [
    {
      of: { flow: "f", step: "login" },
      service: even(2_000),
      errorsPpm: 10_000,
      status: 201,
      headers: [["x-one", "1"]],
      body: '{"token":"t","n":[1,2.5,true]}',
    },
    { of: { flow: "g", step: "inner" }, service: null, errorsPpm: -1, status: 0, headers: null, body: "" },
    {
      of: { flow: "setup", step: "begin" },
      service: null,
      errorsPpm: -1,
      status: 0,
      headers: null,
      body: null,
    },
  ]);
  const always = { fromTick: 0, toTick: Number.MAX_SAFE_INTEGER, ppm: 1_000_000, ticks: 0, status: 0 };
  assert.deepEqual(faults.map(({ place: _, ...rest }) => rest), [
    { kind: "reset", of: null, ...always },
    {
      kind: "delay",
      of: [{ flow: "f", step: "login" }, { flow: "f", step: "inner" }],
      fromTick: 10_000_000,
      toTick: 15_000_000,
      ppm: 500_000,
      ticks: 1_000_000,
      status: 0,
    },
    { kind: "status", of: [{ flow: "g", step: "g-login" }], ...always, status: 503 },
    { kind: "status", of: [{ flow: "setup", step: "begin" }], ...always, status: 500 },
  ]);
});

Deno.test("what is wrong with a simulation", () => {
  const answer = (keys: string) => `[[simulation.answer]]\n${keys}\n`;
  const fault = (keys: string) => `[[simulation.fault]]\n${keys}\n`;
  const cases: [text: string, wanted: string[]][] = [
    ['[simulation]\nlatency = "1ms"\nservice = "1ms"', ["Z1751"]],
    ["[simulation]\nqueue = 5", ["Z1752"]],
    ['[simulation]\nlatency = "1"', ["Z1201"]],
    ['[simulation]\nerrors = "x"', ["Z1208"]],
    ["[simulation]\nservers = 0", ["Z1105"]],
    ["[simulation]\nservres = 1", ["Z1101"]],
    [answer('step = "logn"'), ["Z1701"]],
    [answer('step = "inner"'), ["Z1702"]],
    [answer('step = "wait"'), ["Z1755"]],
    [answer('step = "group"'), ["Z1755"]],
    [answer('flow = "h"\nstep = "login"'), ["Z1701"]],
    [answer("status = 200"), ["Z1103"]],
    [answer('step = "login"\nstatus = 99'), ["Z1105"]],
    [answer('step = "login"\nbody = ""\njson = 1'), ["Z1753"]],
    [answer('step = "login"\njson = "${uuid}"'), ["Z1304"]],
    [answer('step = "login"\nheaders = { "a b" = "" }'), ["Z1403"]],
    [answer('step = "login"\nheaders = { a = "b\\n" }'), ["Z1404"]],
    [answer('step = "login"\nheaders = { Content-Length = "5" }'), ["Z1405"]],
    [answer('step = "login"\nlatency = "1ms"\nservice = "1ms"'), ["Z1751"]],
    [answer('step = "login"') + answer('step = "login"\nflow = "f"'), ["Z1754"]],
    [fault('kind = "explode"'), ["Z1104"]],
    [fault('kind = "delay"'), ["Z1752"]],
    [fault('kind = "drop"\nby = "1s"'), ["Z1752"]],
    [fault('kind = "drop"\nstatus = 500'), ["Z1752"]],
    [fault('kind = "delay"\nby = "0s"'), ["Z1105"]],
    [fault('kind = "drop"\nfor = "0s"'), ["Z1105"]],
    [fault('kind = "drop"\nflow = "teardown"'), ["Z1701"]],
  ];
  for (const [text, wanted] of cases) assert.deepEqual(codes(text), wanted, text);
});

Deno.test("an answer that nobody asks for", () => {
  const never = '[[flow]]\nname = "h"\n[[flow.step]]\nname = "idle"\nget = "/"\nwhen = { status = 200 }\n';
  assert.deepEqual(codes(`${never}[[simulation.answer]]\nstep = "idle"\n`), ["Z1951", "Z1961"]);
});

Deno.test("thresholds on tags and groups, and those that stop or invalidate a run", () => {
  const { thresholds } = soundScenario(`${FRONT}
[[threshold]]
metric = "errors"
tag = "write"
ratio = "< 1%"
abort = true
invalidates = true
[[threshold]]
metric = "group_time"
step = "group"
p95 = "< 2s"
`);
  assert.deepEqual(
    thresholds.map((
      { tag, flow, step, abort, invalidates, text },
    ) => [tag, flow, step, abort, invalidates, text]),
    [
      [0, -1, null, true, true, "errors ratio < 1% of tag write"],
      [-1, 0, "group", false, false, "group_time p95 < 2s of step group"],
    ],
  );
  const cases: [threshold: string, wanted: string[]][] = [
    ['metric = "errors"\ntag = "wrte"\nratio = "< 1%"', ["Z1701"]],
    ['metric = "session_time"\ntag = "write"\np99 = "< 1s"', ["Z1705"]],
    ['metric = "drops"\ntag = "write"\ncount = "< 1"', ["Z1705"]],
    ['metric = "errors"\nflow = "setup"\ncount = "< 1"', ["Z1705"]],
    ['metric = "errors"\nstep = "group"\ncount = "< 1"', ["Z1707"]],
    ['metric = "group_time"\nstep = "login"\np99 = "< 1s"', ["Z1707"]],
    ['metric = "errors"\nstep = "begin"\ncount = "< 1"', ["Z1701"]],
  ];
  for (const [threshold, wanted] of cases) {
    assert.deepEqual(codes(`[[threshold]]\n${threshold}\n`), wanted, threshold);
  }
});

Deno.test("a run stops only for what can be known before its end", () => {
  const cases: [threshold: string, isKnown: boolean][] = [
    ['metric = "response_time"\np99 = "< 1s"', true],
    ['metric = "response_time"\np99 = "> 1s"', false],
    ['metric = "response_time"\nmax = "<= 1s"', true],
    ['metric = "response_time"\nmax = "> 1ms"', false],
    ['metric = "response_time"\nmin = "> 1ms"', true],
    ['metric = "response_time"\nmin = "< 1s"', false],
    ['metric = "response_time"\navg = "< 1s"', false],
    ['metric = "errors"\nratio = "< 1%"', true],
    ['metric = "errors"\nratio = "> 1%"', false],
    ['metric = "errors"\ncount = "< 10"', true],
    ['metric = "checks"\nratio = "> 99%"', true],
    ['metric = "checks"\nratio = "< 99%"', false],
    ['metric = "rate"\navg = "> 1/s"', false],
    ['metric = "bytes"\ntotal = "< 1MB"', false],
    ['metric = "drops"\ncount = "<= 0"', true],
    ['metric = "tls"\np99 = "< 1s"', true],
    ['metric = "first_message"\np99 = "< 1s"', true],
    ['metric = "message_gap"\nmax = "< 1s"', true],
    ['metric = "messages"\ncount = "< 9"', true],
    ['metric = "messages"\ncount = "> 9"', false],
  ];
  for (const [threshold, isKnown] of cases) {
    assert.deepEqual(
      codes(`[[threshold]]\n${threshold}\nabort = true\n`),
      isKnown ? [] : ["Z1708"],
      threshold,
    );
  }
});

Deno.test("a time of groups needs a group", () => {
  const text = FRONT.replace(/\[\[flow.step\]\]\nname = "group"\n.*\n/, "");
  const { diagnostics } = checkText(`${text}[[threshold]]\nmetric = "group_time"\np99 = "< 1s"\n`);
  assert.deepEqual(diagnostics.map(({ code }) => code), ["Z1707"]);
});

Deno.test("warnings that are allowed are not reported, errors are", () => {
  const odd = '[[data]]\nname = "d"\nrows = [{ a = 1 }]\n';
  const allow = (list: string) =>
    checkText(`allow = ${list}\n${FRONT}${odd}`).diagnostics.map(({ code }) => code);
  assert.deepEqual(codes(odd), ["Z1908"]);
  assert.deepEqual(allow('["Z1951"]'), ["Z1908"]);
  assert.deepEqual(allow('["Z1951", "Z1908"]'), []);
  assert.deepEqual(allow('["Z1204"]'), ["Z1107"]);
  assert.deepEqual(allow('["z1908"]'), ["Z1107"]);
  assert.deepEqual(allow('"Z1908"'), ["Z1102"]);
});
