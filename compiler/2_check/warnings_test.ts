import { deepEqual, match } from "node:assert/strict";
import fc from "fast-check";
import { compile } from "../compile.ts";
import { meanThink } from "./thinking.ts";
import { writtenDuration } from "./written_duration.ts";

type Parts = Readonly<{ target: string; load: string; steps: string; rest: string }>;

const USUAL: Parts = {
  target: "",
  load: 'model = "open"\nmax_vus = 100\nrate = "10/s"\nfor = "1m"',
  steps: 'get = "/"',
  rest: "",
};

function warnings(parts: Partial<Parts>): string[] {
  const { target, load, steps, rest } = { ...USUAL, ...parts };
  const flow = steps.split("\n---\n").map((step) => `[[flow.step]]\n${step}`).join("\n");
  const text = `name = "t"\n[target]\nbase = "http://127.0.0.1:1"\n${target}\n[load]\n${load}\n` +
    `[[flow]]\nname = "f"\n${flow}\n${rest}`;
  const readFile = () => ({ reason: "there is no such file" });
  const { diagnostics } = compile("t.toml", text, { environment: new Map(), version: "0.0.0", readFile });
  for (const { severity, message } of diagnostics) deepEqual([severity, message], ["warning", message]);
  return diagnostics.map(({ code }) => code);
}

const open = (rate: string, length: string, maxVus: number) =>
  `model = "open"\nmax_vus = ${maxVus}\nrate = "${rate}"\nfor = "${length}"`;
const closed = (length: string, more = "") => `model = "closed"\nvus = 10\nfor = "${length}"\n${more}`;
const think = (time: string) => `get = "/"\n---\nthink = "${time}"`;
const socket = (action: string) => `name = "room"\nwebsocket = "/"\nexchange = [${action}]`;
const threshold = (text: string) => `[[threshold]]\n${text}`;
const rows = 'rows = [{ id = 1, name = "Ada" }]';

const CASES: readonly (readonly [string, Partial<Parts>, string[]])[] = [
  ["nothing odd", {}, []],

  ["a status before any response", { steps: 'get = "/"\nwhen = { status = 200 }' }, ["Z1951"]],
  ["a status behind a pause", { steps: 'think = "1s"\n---\nget = "/"\nwhen = { status = 200 }' }, ["Z1951"]],
  ["a status behind a request", { steps: 'get = "/"\n---\nthink = "1s"\nwhen = { status = 500 }' }, []],
  ["behind a step that never runs", {
    steps: 'get = "/"\nwhen = { status = 200 }\n---\nget = "/b"\nwhen = { status = 200 }',
  }, ["Z1951", "Z1951"]],

  ["a column of rows", { steps: 'get = "/${t.id}"', rest: `[[data]]\nname = "t"\n${rows}` }, ["Z1952"]],
  ["all columns, one in the body", {
    steps: 'post = "/${t.id}"\njson = [{ a = "${t.name}" }]',
    rest: `[[data]]\nname = "t"\n${rows}`,
  }, []],
  ["a column in the target's headers", {
    target: 'headers = { x-name = "${t.name}" }',
    steps: 'get = "/${t.id}"',
    rest: `[[data]]\nname = "t"\n${rows}`,
  }, []],

  ["a capture", { steps: 'get = "/"\ncapture = { a = { json = "/a" } }' }, ["Z1953"]],
  ["one of two captures", {
    steps: 'get = "/"\ncapture = { a = { json = "/a" }, b = { json = "/b" } }\n---\nget = "/${b}"',
  }, ["Z1953"]],
  ["a capture that a condition asks about", {
    steps: 'get = "/"\ncapture = { a = { json = "/a" } }\n---\nget = "/b"\nwhen = { a = "missing" }',
  }, []],
  ["a capture in auth", {
    steps: 'get = "/"\ncapture = { a = { json = "/a" } }\n---\nget = "/b"\nauth = { bearer = "${a}" }',
  }, []],

  ["a time beyond the timeout", {
    target: 'timeout = "2s"',
    rest: threshold('metric = "service_time"\np99 = "< 3s"'),
  }, ["Z1954"]],
  ["a time at the timeout", {
    target: 'timeout = "2s"',
    rest: threshold('metric = "service_time"\np99 = "< 2s"'),
  }, []],
  ["a time beyond one of two timeouts", {
    steps: 'get = "/"\ntimeout = "1s"\n---\nget = "/b"\ntimeout = "5s"',
    rest: threshold('metric = "response_time"\np99 = "< 3s"'),
  }, []],
  ["that of the step", {
    steps: 'name = "a"\nget = "/"\ntimeout = "1s"\n---\nget = "/b"\ntimeout = "5s"',
    rest: threshold('metric = "response_time"\nstep = "a"\np99 = "< 3s"'),
  }, ["Z1954"]],
  ["tries and redirects take longer", {
    steps: 'get = "/"\ntimeout = "1s"\nredirects = 1\nretry = { times = 1, wait = "1s" }',
    rest: threshold('metric = "response_time"\np99 = "< 5s"\np50 = "< 5001ms"'),
  }, ["Z1954"]],
  ["a time at least", { rest: threshold('metric = "response_time"\nmin = "> 30s"') }, []],
  ["the wait for a shared connection", {
    target: 'connections = "shared:4"',
    rest: threshold('metric = "response_time"\np99 = "< 30s"'),
  }, []],
  ["a whole session", { rest: threshold('metric = "session_time"\np99 = "< 30s"') }, []],
  ["shares", { rest: threshold('metric = "errors"\nratio = "< 100%"') }, ["Z1954"]],
  ["shares that can be missed", { rest: threshold('metric = "errors"\nratio = "< 99%"') }, []],
  ["all checks pass", { rest: threshold('metric = "checks"\nratio = ">= 100%"') }, []],
  ["a count from 0", { rest: threshold('metric = "drops"\ncount = ">= 0"') }, ["Z1954"]],
  ["a count of 0", { rest: threshold('metric = "drops"\ncount = "<= 0"') }, []],

  ["within the timeout", { steps: 'get = "/"\ntimeout = "1s"\nexpect = { within = "999ms" }' }, []],
  ["at the timeout", { steps: 'get = "/"\ntimeout = "1s"\nexpect = { within = "1s" }' }, ["Z1955"]],

  ["as many users as there are", { load: open("20/s", "1m", 100), steps: think("5s") }, []],
  ["more users than there are", { load: open("20/s", "1m", 99), steps: think("5s") }, ["Z1956"]],
  ["a stage too short for so many", { load: open("20/s", "6s", 99), steps: think("5s") }, []],
  ["pauses that may not be", {
    load: open("20/s", "1m", 99),
    steps: 'get = "/"\n---\nthink = "5s"\nwhen = { status = 500 }',
  }, []],
  ["pauses again and again", {
    load: open("20/s", "2m", 99),
    steps: 'get = "/"\n---\nthink = "1s..3s"\nrepeat = "2..4"',
  }, ["Z1956"]],
  ["the end of a ramp", { load: open("0/s..60/s", "1m", 240), steps: think("5s") }, ["Z1956"]],
  ["closed", { load: closed("1m"), steps: think("5s") }, []],

  ["as many ports as there are", {
    target: 'connections = "per-session"',
    load: open("28232/min", "2m", 1000),
  }, []],
  ["more ports than there are", {
    target: 'connections = "per-session"',
    load: open("28233/min", "2m", 1000),
  }, ["Z1957"]],
  ["not for long", { target: 'connections = "per-session"', load: open("940/s", "30s", 1000) }, []],
  ["a port for each request", {
    target: 'connections = "per-request"',
    load: open("200/s", "2m", 1000),
    steps: 'get = "/"\nrepeat = "2..3"',
  }, ["Z1957"]],
  ["connections that stay", { load: open("5000/s", "2m", 1000) }, []],
  ["the last minute of a ramp", {
    target: 'connections = "per-session"',
    load: open("0/s..700/s", "2m", 1000),
  }, ["Z1957"]],
  ["a spike between two stages", {
    target: 'connections = "per-session"',
    load:
      'model = "open"\nmax_vus = 100\nstages = [{ for = "50s", rate = "1/s" }, { for = "5s", rate = "3000/s" }, ' +
      '{ for = "5s", rate = "3000/s" }, { for = "50s", rate = "1/s" }]',
  }, ["Z1957"]],

  ["shorter than a session", { load: closed("4s"), steps: think("5s") }, ["Z1958"]],
  ["as long as a session", { load: closed("5s"), steps: think("5s") }, []],
  ["one short stage", {
    load: 'model = "closed"\nstages = [{ for = "1s", vus = 1 }, { for = "1m", vus = 9 }]',
    steps: think("5s"),
  }, []],
  ["no end but iterations", { load: 'model = "closed"\nvus = 1\niterations = 5', steps: think("50s") }, []],

  ["cut off while thinking", { load: closed("1m"), steps: think("5s..15s") }, ["Z1959"]],
  ["long enough", { load: closed("1m", 'graceful_stop = "15s"'), steps: think("5s..15s") }, []],
  ["cut off on purpose", { load: closed("1m", 'graceful_stop = "0s"'), steps: think("5s..15s") }, []],
  ["a tail has no longest", { load: closed("1m"), steps: think("exponential(9s)") }, []],
  ["a mean beyond it", { load: closed("1m"), steps: think("exponential(11s)") }, ["Z1959"]],
  ["cut off while listening", { load: closed("1m"), steps: socket('{ think = "15s" }') }, ["Z1959"]],

  ["users on a WebSocket", {
    load: open("10/s", "1m", 99),
    steps: socket('{ repeat = 5, exchange = [{ think = "2s" }] }'),
  }, ["Z1956"]],
  ["a WebSocket's connections", { load: open("500/s", "1m", 999), steps: socket("{ receive = {} }") }, [
    "Z1957",
  ]],
  ["a status behind a WebSocket", {
    steps: `${socket("{ receive = {} }")}\n---\nget = "/"\nwhen = { status = 101 }`,
  }, []],
  ["what was captured of a message", {
    steps: socket('{ receive = {}, capture = { id = { json = "/id" } } }'),
  }, ["Z1953"]],
  ["what one waits for anyway", {
    steps: socket('{ receive = {}, within = "1s" }'),
    rest: threshold('metric = "response_time"\nstep = "room.receive"\np99 = "< 2s"'),
  }, ["Z1954"]],
  ["what one may wait for longer", {
    steps: socket('{ receive = {}, within = "1m" }'),
    rest: threshold('metric = "response_time"\nstep = "room.receive"\np99 = "< 30s"'),
  }, []],
  ["an opening that may take as long as it takes", {
    steps: `${socket("{ receive = {} }")}\nexpect = { within = "10s" }`,
  }, ["Z1955"]],
];

for (const [what, parts, codes] of CASES) {
  Deno.test(`warnings, ${codes.join(" ") || "none"}: ${what}`, () => deepEqual(warnings(parts), codes));
}

Deno.test("mean think times agree with the formulae of their distributions", () => {
  fc.assert(fc.property(
    fc.integer({ min: 1, max: 1e9 }),
    fc.integer({ min: 1, max: 3_000_000 }),
    (medianTicks, sigmaMillionths) => {
      const wanted = medianTicks * Math.exp((sigmaMillionths / 1e6) ** 2 / 2);
      const found = meanThink({ kind: "lognormal", medianTicks, sigmaMillionths });
      return Math.abs(found - wanted) <= wanted * 1e-9;
    },
  ));
});

Deno.test("times are written in their unit", () => {
  const cases: [number, string][] = [[250, "250us"], [1_500, "1.5ms"], [10_000_000, "10s"], [90e6, "90s"]];
  for (const [ticks, text] of cases) match(writtenDuration(ticks), new RegExp(`^${text}$`));
});
