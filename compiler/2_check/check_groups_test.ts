import assert from "node:assert/strict";
import { checkText, soundScenario } from "../../tests/checked_text.ts";
import { allSteps } from "./all_steps.ts";
import type { Step } from "./scenario.ts";

const FRONT = `name = "t"
[target]
base = "http://127.0.0.1:8080"
headers = { x-token = "\${setup.token}" }
[load]
model = "open"
max_vus = 10
rate = "5/s"
for = "1m"
`;
const SETUP = '[[setup.step]]\npost = "/login"\ncapture = { token = { json = "/token" } }\n';
const FLOW = '[[flow]]\nname = "f"\n[[flow.step]]\nget = "/"\n';

const withSetup = (text: string) => soundScenario(FRONT + SETUP + text);
const codesWithSetup = (text: string) => checkText(FRONT + SETUP + text).diagnostics.map(({ code }) => code);

/** Codes of a flow of these steps; `${…}` of the setup may be used. */
const codes = (...steps: string[]) =>
  codesWithSetup(`[[flow]]\nname = "f"\n${steps.map((step) => `[[flow.step]]\n${step}\n`).join("")}`);

const NESTED = `[[flow]]
name = "f"
tags = ["all"]
[[flow.step]]
name = "open"
get = "/"
[[flow.step]]
name = "checkout"
repeat = 2
tags = ["buy", "all"]
[[flow.step.step]]
get = "/cart"
tags = ["read"]
[[flow.step.step]]
name = "pay"
when = { status = 200 }
[[flow.step.step.step]]
post = "/pay?\${loop}"
[[flow.step.step.step]]
think = "1s"
`;

Deno.test("groups hold steps, and hand their tags down", () => {
  const scenario = withSetup(NESTED);
  assert.deepEqual(scenario.tags, ["all", "buy", "read"]);
  const shown = (step: Step): unknown =>
    step.kind === "group" ? [step.name, step.tags, step.steps.map(shown)] : [step.kind, step.name, step.tags];
  assert.deepEqual(scenario.flows[0]?.steps.map(shown), [
    ["request", "open", [0]],
    ["checkout", [0, 1], [
      ["request", "get /cart", [0, 1, 2]],
      ["pay", [0, 1], [["request", "post /pay?${loop}".replace("?${loop}", ""), [0, 1]], ["think", "think", [
        0,
        1,
      ]]]],
    ]],
  ]);
  const group = scenario.flows[0]?.steps[1];
  assert.deepEqual([group?.repeat?.max, group?.when], [2, []]);
  assert.deepEqual(allSteps(scenario.flows[0]?.steps ?? []).map(({ name }) => name), [
    "open",
    "checkout",
    "get /cart",
    "pay",
    "post /pay",
    "think",
  ]);
});

Deno.test("what a group may be", () => {
  const nested = (depth: number) =>
    Array.from({ length: depth }, (_, index) => {
      const header = `[[flow.step${".step".repeat(index)}]]`;
      return index === depth - 1 ? `${header}\nget = "/"` : `${header}\nname = "g${index}"`;
    }).join("\n");
  const deep = (depth: number) => codesWithSetup(`[[flow]]\nname = "f"\n${nested(depth)}`);
  assert.deepEqual(deep(9), []);
  assert.deepEqual(deep(10), ["Z1621"]);
  const cases: [step: string, wanted: string[]][] = [
    ['name = "g"\nstep = [{ get = "/" }]', []],
    ['step = [{ get = "/" }]', ["Z1620"]],
    ['name = "g"\nstep = []', ["Z1610"]],
    ['name = "g"\nstep = 1', ["Z1102"]],
    ['name = "g"\nget = "/"\nstep = [{ get = "/" }]', ["Z1619"]],
    ['name = "g"\nthink = "1s"\non_error = "continue"\nstep = [{ get = "/" }]', ["Z1619", "Z1619"]],
    ['name = "g"\nstep = [{ name = "g", get = "/" }]', ["Z1606"]],
    ['name = "g"\nstep = [{ gte = "/" }]', ["Z1101"]],
    ['name = "g"\ntags = "a"\nstep = [{ get = "/" }]', ["Z1102"]],
    ['name = "g"\ntags = [""]\nstep = [{ get = "/" }]', ["Z1106"]],
    ['name = "g"\nrepeat = "3..1"\nstep = [{ get = "/" }]', ["Z1209"]],
    ['name = "g"\nrepeat = 0\nstep = [{ get = "/" }]', ["Z1105"]],
    ['name = "g"\nrepeat = 2\nstep = [{ get = "/${loop}" }]', []],
    ['name = "g"\nstep = [{ get = "/${loop}" }]', ["Z1901"]],
  ];
  for (const [step, wanted] of cases) assert.deepEqual(codes(step), wanted, step);
});

Deno.test("captures in and behind groups", () => {
  const make = 'get = "/a", capture = { x = { json = "/x" } }';
  const group = (keys: string, ...steps: string[]) =>
    `name = "g"\n${keys}\nstep = [${steps.map((step) => `{ ${step} }`).join(", ")}]`;
  const use = 'get = "/${x}"';
  const cases: [steps: string[], wanted: string[]][] = [
    [[group("", make, use)], []],
    [[group("", make), use], []],
    [[group("", use, make)], ["Z1307"]],
    [[group("repeat = 2", use, make)], ["Z1907"]],
    [[group('repeat = "1..2"', `${use}, when = { x = "exists" }`, make)], []],
    [[group("repeat = 2", make, use)], []],
    [[group("when = { status = 200 }", make), use], ["Z1951", "Z1907"]],
    [[group('repeat = "0..1"', make), use], ["Z1907"]],
    [[group('repeat = "0..1"', make), group('when = { x = "exists" }', use).replace('"g"', '"h"')], []],
    [[group('when = { x = "exists" }', make)], ["Z1307"]],
  ];
  for (const [steps, wanted] of cases) assert.deepEqual(codes(...steps), wanted, steps.join("\n"));
});

Deno.test("steps asking for a status before there is one", () => {
  const cases: [steps: string[], wanted: string[]][] = [
    [['name = "g"\nwhen = { status = 200 }\nstep = [{ get = "/", when = { status = 200 } }]'], ["Z1951"]],
    [['name = "g"\nstep = [{ get = "/a" }]', 'get = "/"\nwhen = { status = 200 }'], []],
    [['name = "g"\nstep = [{ get = "/b", when = { status = 200 } }, { get = "/a" }]'], ["Z1951"]],
    [['name = "g"\nrepeat = 2\nstep = [{ get = "/b", when = { status = 200 } }, { get = "/a" }]'], []],
  ];
  for (const [steps, wanted] of cases) assert.deepEqual(codes(...steps), wanted, steps.join("\n"));
});

Deno.test("setup and teardown run once, and hand values on", () => {
  const { setup, teardown, flows } = withSetup(
    FLOW +
      'when = { "setup.token" = "exists" }\n[[teardown.step]]\ndelete = "/${setup.token}"\nauth = { bearer = "${setup.token}" }\n',
  );
  assert.deepEqual([setup?.name, setup?.captures, setup?.weight], ["setup", ["token"], 1]);
  assert.deepEqual([teardown?.name, teardown?.captures], ["teardown", []]);
  const [login] = setup?.steps ?? [];
  const [leave] = teardown?.steps ?? [];
  assert.ok(login?.kind === "request" && leave?.kind === "request");
  assert.deepEqual([login.onError, leave.onError], ["stop-run", "continue"]);
  assert.ok(leave.auth.kind === "bearer");
  const { place: _, ...variable } = Object(leave.auth.token[0]);
  assert.deepEqual(variable, { variable: "capture", name: "token", of: "setup" });
  const [condition] = flows[0]?.steps[0]?.when ?? [];
  assert.ok(condition?.kind === "captured");
  assert.deepEqual([condition.capture, condition.of, condition.exists], ["token", "setup", true]);
});

Deno.test("what setup and teardown may say", () => {
  const unique = '[[data]]\nname = "u"\nrows = [{ id = 1 }]\npick = "unique"\n';
  const cases: [text: string, wanted: string[]][] = [
    ['[[setup.step]]\nget = "/${token}"\n' + FLOW, []],
    ['[[setup.step]]\nget = "/${setup.token}"\n' + FLOW, ["Z1308"]],
    ['[[setup.step]]\nget = "/"\nwhen = { "setup.token" = "exists" }\n' + FLOW, ["Z1308"]],
    [FLOW + '[[flow.step]]\nget = "/${token}"\n', ["Z1308"]],
    [FLOW + '[[flow.step]]\nget = "/${setup.tokn}"\n', ["Z1302"]],
    [FLOW + '[[flow.step]]\nget = "/"\nwhen = { "setup.tokn" = "exists" }\n', ["Z1302"]],
    [FLOW + '[[flow.step]]\nget = "/"\nwhen = { setup.token = "exists" }\n', ["Z1101"]],
    [FLOW + "[teardown]\n", ["Z1610"]],
    [FLOW + "[teardown]\nstep = []\n", ["Z1610"]],
    [FLOW + "[teardown]\nstep = 1\n", ["Z1102"]],
    [FLOW + "[teardown]\nweight = 1\n", ["Z1610", "Z1101"]],
    [FLOW + "teardown = 1\n", ["Z1101"]],
    [FLOW.replace('"f"', '"teardown"'), ["Z1106"]],
    [unique + FLOW + '[[teardown.step]]\nget = "/${u.id}"\n', ["Z1309"]],
    [unique.replace("unique", "random") + FLOW + '[[teardown.step]]\nget = "/${u.id}"\n', []],
    [FLOW + '[[teardown.step]]\nget = "/"\ncapture = { x = { json = "/x" } }\n', ["Z1953"]],
    [
      FLOW + '[[flow.step]]\nget = "/"\ncapture = { setup = { json = "/x" } }\n',
      ["Z1106"],
    ],
  ];
  for (const [text, wanted] of cases) assert.deepEqual(codesWithSetup(text), wanted, text);
});

Deno.test("captures of the setup that nobody uses, or that are perhaps not there", () => {
  const plain = FRONT.replace(/headers.*\n/, "");
  const codesOf = (text: string) => checkText(plain + text).diagnostics.map(({ code }) => code);
  const optional = SETUP.replace('"/token"', '"/token", optional = true');
  const use = '[[flow.step]]\nget = "/${setup.token}"\n';
  assert.deepEqual(codesOf(SETUP + FLOW), ["Z1953"]);
  assert.deepEqual(codesOf(SETUP + FLOW + use), []);
  assert.deepEqual(codesOf(optional + FLOW + use), ["Z1907"]);
  assert.deepEqual(codesOf(optional + FLOW + use + 'when = { "setup.token" = "exists" }\n'), []);
  assert.deepEqual(codesOf(SETUP + FLOW + 'when = { "setup.token" = "exists" }\n'), []);
});
