import assert from "node:assert/strict";
import { compile } from "../compile.ts";
import { importScenario } from "./import_scenario.ts";

const TARGET = '[target]\nbase_url = "http://a.test"\n';
const REQUEST = '[[requests]]\nname = "r"\npath = "/r"\n';

function imported(text: string): { scenario: string; notes: readonly string[] } {
  const found = importScenario("z6.toml", text, "z6");
  if ("refused" in found) throw new Error(found.refused);
  const { diagnostics } = compile("out.toml", found.scenario, {
    environment: new Map(),
    version: "0",
    readFile: () => new Uint8Array([97]),
  });
  assert.deepEqual(diagnostics, [], found.scenario);
  return found;
}

function part(text: string, header: string): string {
  return imported(text).scenario.split(`${header}\n`)[1]?.split("\n\n")[0] ?? "";
}

Deno.test("schedules become stages of a closed load", () => {
  const runtime = "[runtime]\nduration_seconds = 120\nvus = 10\n";
  const cases: [string, string][] = [
    [runtime, 'model = "closed"\nvus = 10\nfor = "2m"'],
    [`${runtime}[schedule]\ntype = "constant"\nvus = 7`, 'model = "closed"\nvus = 7\nfor = "2m"'],
    ["[runtime]\niterations = 500\nvus = 10", 'model = "closed"\nvus = 10\niterations = 500'],
    [
      `${runtime}[schedule]\ntype = "ramp"\nstart_vus = 2\nend_vus = 9\nramp_duration_seconds = 60\nhold_duration_seconds = 90`,
      'model = "closed"\nstages = [{ name = "ramp", for = "1m", vus = "2..9" }, { name = "hold", for = "90s", vus = 9 }]',
    ],
    [`${runtime}[schedule]\ntype = "ramp"\nvus = 9`, 'model = "closed"\nvus = "1..9"\nfor = "2m"'],
    [
      `${runtime}[schedule]\ntype = "spike"\nbaseline_vus = 1\nspike_vus = 5\nspike_start_seconds = 30\nspike_duration_seconds = 10`,
      'model = "closed"\nstages = [\n  { name = "baseline", for = "30s", vus = 1 },\n  { name = "spike", for = "10s", vus = 5 },\n' +
      '  { name = "after", for = "80s", vus = 1 },\n]',
    ],
    [
      `${runtime}[schedule]\ntype = "steps"\n[[schedule.steps]]\nvus = 1\nduration_seconds = 30\n[[schedule.steps]]\nvus = 2\nduration_seconds = 0.5`,
      'model = "closed"\nstages = [{ name = "step 1", for = "30s", vus = 1 }, { name = "step 2", for = "500ms", vus = 2 }]',
    ],
    ["", 'model = "closed"\nvus = 1\nfor = "30s"'],
  ];
  for (const [text, wanted] of cases) {
    assert.equal(part(`${text}\n${TARGET}${REQUEST}`, "[load]"), wanted, text);
  }
});

Deno.test("weights become flows, an order becomes one", () => {
  const request = (name: string, weight: string) =>
    `[[requests]]\nname = "${name}"\npath = "/${name}"\nweight = ${weight}\n`;
  const weights = (...given: string[]) => {
    const { scenario } = imported(
      TARGET + given.map((weight, index) => request(`r${index}`, weight)).join(""),
    );
    return (scenario.match(/\[\[flow\]\]\nname = .*(?:\nweight = (.*))?/g) ?? []).map((flow) =>
      Number(/weight = (.*)/.exec(flow)?.[1].replaceAll("_", "") ?? 1)
    );
  };
  const cases: [string[], number[]][] = [
    [["9.0", "1.0"], [9, 1]],
    [["70", "20", "10"], [7, 2, 1]],
    [["0.25", "0.75"], [1, 3]],
    [["1", "0", "2"], [1, 2]],
    [["5000000", "1"], [1_000_000, 1]],
  ];
  for (const [given, wanted] of cases) assert.deepEqual(weights(...given), wanted);
  const sequence = imported(
    `${TARGET}${request("a", "1")}${
      request("b", "1")
    }[think_time]\ntype = "random"\nmin_ms = 500\nmax_ms = 2000\n` +
      '[sequence]\ntype = "ordered"\n[[sequence.steps]]\nrequest = "b"\nrepeat = 3\n[[sequence.steps]]\nrequest = "a"\n',
  ).scenario;
  assert.deepEqual(sequence.match(/^(?:get|repeat|think|weight) = .*$/gm), [
    'get = "/b"',
    "repeat = 3",
    'think = "500ms..2s"',
    'get = "/a"',
    'think = "500ms..2s"',
  ]);
});

Deno.test("assertions become thresholds", () => {
  const { scenario, notes } = imported(
    `${TARGET}${REQUEST}[assertions]\np50_latency_ms = 50\np999_latency_ms = 500.5\nmax_latency_ms = 900\nerror_rate_max = 0.01\nsuccess_rate_min = 0.995\nrps_min = 1000\nstatus_5xx_max_rate = 0.1\n`,
  );
  assert.equal(
    scenario.slice(scenario.indexOf("[[threshold]]")),
    `[[threshold]]
metric = "response_time"
p50 = "<= 50ms"
"p99.9" = "<= 500.5ms"
max = "<= 900ms"

[[threshold]]
metric = "rate"
avg = ">= 1000/s"

[[threshold]]
metric = "errors"
ratio = "<= 0.5%"
`,
  );
  assert.deepEqual(notes, ["z6.toml:13:23: status_5xx_max_rate is left out: no threshold says it"]);
});

Deno.test("requests, as the step has them", () => {
  const request = (lines: string) => part(`${TARGET}[[requests]]\nname = "r"\n${lines}`, "[[flow.step]]");
  const cases: [string, string][] = [
    ['path = "x?y=1"\nmethod = "DELETE"', 'name = "r"\ndelete = "/x?y=1"'],
    ['path = "/"\ntimeout_ms = 1500', 'name = "r"\nget = "/"\ntimeout = "1.5s"'],
    ['method = "POST"\nbody = "x"', 'name = "r"\npost = "/"\nbody = "x"'],
    [
      'method = "POST"\nheaders = {\n "Content-Type" = "application/json" }\nbody = "[1]"',
      'name = "r"\npost = "/"\njson = [1]',
    ],
    ['method = "PUT"\nbody_file = "a.json"', 'name = "r"\nput = "/"\nbody_file = "a.json"'],
    [
      'headers = { Authorization = "Bearer t" }',
      'name = "r"\nget = "/"\nauth = { bearer = "${secret.TOKEN}" }',
    ],
  ];
  for (const [lines, wanted] of cases) assert.equal(request(lines), wanted, lines);
});

Deno.test("what is damaged is refused, with its place", () => {
  const cases: [string, string][] = [
    [TARGET, "1:1: there are no [[requests]], so there is nothing to send"],
    [REQUEST, "1:1: [target] has no base_url, so nobody knows where to send"],
    [
      `${TARGET}[[requests]]\nmethod = "BREW"`,
      '4:10: the method "BREW" is none of GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS',
    ],
    [`[target]\nbase_url = "ftp://a"\n${REQUEST}`, '2:12: base_url "ftp://a" is no http or https URL'],
    [`${TARGET}${REQUEST}weight = -1`, "6:10: the weight -1 is below 0"],
    [`${TARGET}${REQUEST}weight = 0`, "6:10: every request has weight 0"],
    [
      `${TARGET}${REQUEST}[sequence]\n[[sequence.steps]]\nrequest = "x"`,
      "8:11: the sequence names no request of [[requests]]: x",
    ],
  ];
  for (const [text, wanted] of cases) {
    const found = importScenario("z6.toml", text, "z6");
    assert.equal("refused" in found ? found.refused : found.scenario, `z6.toml:${wanted}`);
  }
});
