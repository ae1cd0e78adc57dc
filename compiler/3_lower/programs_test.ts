import assert from "node:assert/strict";
import fc from "fast-check";
import type { Instruction } from "../../runtime/plan.ts";
import type { Flow, GroupStep, RequestStep, ThinkStep } from "../2_check/scenario.ts";
import { lowerPrograms, stepNames } from "./programs.ts";
import { exponentialQuantiles, lognormalQuantiles, normalQuantiles } from "./quantiles.ts";
import { fnv1a32, salts } from "./salt.ts";
import {
  place,
  sampleFlow,
  sampleGroup,
  sampleRequest,
  sampleTarget,
  sampleThink,
} from "../../tests/sample_scenario.ts";

const request = (name: string, min = 1, max = min) =>
  sampleRequest(name, { repeat: min === 1 && max === 1 ? null : { min, max, place } });
const think = sampleThink;

const lowered = (flows: readonly Flow[]) =>
  lowerPrograms(flows, salts(stepNames(flows)), { targets: [sampleTarget], stages: [], version: "1" });

const flows: Flow[] = [
  {
    name: "buy",
    place,
    weight: 3,
    captures: [],
    steps: [request("login"), think("think"), request("item", 0, 5)],
  },
  {
    name: "browse",
    place,
    weight: 7,
    captures: [],
    steps: [{ ...request("home"), repeat: { min: 1, max: 1, place } }, request("x", 2)],
  },
];

Deno.test("steps and requests are numbered through; repeats point at their match", () => {
  const { flows: programs, steps, requests } = lowered(flows);
  assert.deepEqual(programs, [
    {
      name: "buy",
      weight: 3,
      program: [
        { kind: "request", step: 0, request: 0 },
        { kind: "think", step: 1, minTicks: 5, maxTicks: 9, quantiles: [] },
        { kind: "repeat", step: 2, min: 0, max: 5, again: 4 },
        { kind: "request", step: 2, request: 1 },
        { kind: "again", step: 2, repeat: 2 },
      ],
    },
    {
      name: "browse",
      weight: 7,
      program: [
        { kind: "request", step: 3, request: 2 },
        { kind: "repeat", step: 4, min: 2, max: 2, again: 3 },
        { kind: "request", step: 4, request: 3 },
        { kind: "again", step: 4, repeat: 1 },
      ],
    },
  ]);
  assert.deepEqual(steps.map(({ flow, name, kind, salt }) => [flow, name, kind, salt]), [
    [0, "login", "request", fnv1a32("buy/login")],
    [0, "think", "think", fnv1a32("buy/think")],
    [0, "item", "request", fnv1a32("buy/item")],
    [1, "home", "request", fnv1a32("browse/home")],
    [1, "x", "request", fnv1a32("browse/x")],
  ]);
  assert.deepEqual(requests.map(({ head }) => String(head[0]).split(" ")[1]), [
    "/login",
    "/item",
    "/home",
    "/x",
  ]);
});

Deno.test("conditions stand around the repeat, one within the other", () => {
  const step: RequestStep = {
    ...request("pay", 2),
    when: [
      { kind: "equals", capture: "b", of: "flow", text: "x", negated: true, place },
      { kind: "status", ranges: [[200, 299]], place },
    ],
  };
  const [, flow] = lowered([
    { name: "a", place, weight: 1, captures: ["b"], steps: [think("t")] },
    {
      name: "c",
      place,
      weight: 1,
      captures: ["a", "b"],
      steps: [think("t"), step, { ...step, name: "n", repeat: null }],
    },
  ]).flows;
  const equals = { kind: "equals", capture: 2, text: "x", negated: true } as const;
  const status = { kind: "status", ranges: [[200, 299]] } as const;
  assert.deepEqual(flow.program.slice(1), [
    { kind: "when", step: 2, condition: equals, end: 7 },
    { kind: "when", step: 2, condition: status, end: 6 },
    { kind: "repeat", step: 2, min: 2, max: 2, again: 5 },
    { kind: "request", step: 2, request: 0 },
    { kind: "again", step: 2, repeat: 3 },
    { kind: "end", step: 2 },
    { kind: "end", step: 2 },
    { kind: "when", step: 3, condition: equals, end: 12 },
    { kind: "when", step: 3, condition: status, end: 11 },
    { kind: "request", step: 3, request: 1 },
    { kind: "end", step: 3 },
    { kind: "end", step: 3 },
  ]);
});

Deno.test("captures belong to their flow; a secret is named once", () => {
  const variable = (kind: "capture" | "secret", name: string) =>
    ({ variable: kind, name, of: "flow", place }) as const;
  const step = (...url: RequestStep["url"]): RequestStep => ({
    ...request("s"),
    url: ["/", ...url],
    captures: [{ capture: "id", from: { kind: "header", name: "x", pattern: null }, optional: true, place }],
  });
  const { captures, secrets, requests } = lowered([
    {
      name: "a",
      place,
      weight: 1,
      captures: ["token", "id"],
      steps: [step(variable("secret", "B"), variable("capture", "token"))],
    },
    {
      name: "b",
      place,
      weight: 1,
      captures: ["id"],
      steps: [step(variable("secret", "A"), variable("secret", "B"), variable("capture", "id"))],
    },
  ]);
  assert.deepEqual(captures, ["a/token", "a/id", "b/id"]);
  assert.deepEqual(secrets, ["B", "A"]);
  const encoding = "path";
  assert.deepEqual(requests.map(({ head }) => head.filter((part) => typeof part !== "string").slice(0, -1)), [
    [{ slot: "secret", secret: 0, encoding }, { slot: "capture", capture: 0, encoding }],
    [
      { slot: "secret", secret: 1, encoding },
      { slot: "secret", secret: 0, encoding },
      { slot: "capture", capture: 2, encoding },
    ],
  ]);
  assert.deepEqual(
    requests.map((it) => it.captures),
    [1, 2].map((capture) => [
      { capture, from: { kind: "header", name: "x", pattern: null }, optional: true },
    ]),
  );
});

Deno.test("think times are tables, unless they are even", () => {
  const program = (time: ThinkStep["time"]) =>
    lowered([{ name: "f", place, weight: 1, captures: [], steps: [{ ...think("t"), time }] }]).flows[0]
      .program[0];
  const cases: [ThinkStep["time"], quantiles: readonly number[]][] = [
    [{ kind: "normal", meanTicks: 2_000, deviationTicks: 300 }, normalQuantiles(2_000, 300)],
    [{ kind: "exponential", meanTicks: 2_000 }, exponentialQuantiles(2_000)],
    [{ kind: "lognormal", medianTicks: 2_000, sigmaMillionths: 500_000 }, lognormalQuantiles(2_000, 500_000)],
  ];
  for (const [time, quantiles] of cases) {
    const [minTicks, maxTicks] = [quantiles[0], quantiles[256]];
    assert.deepEqual(program(time), { kind: "think", step: 0, minTicks, maxTicks, quantiles });
  }
});

Deno.test("a group lies between its own instructions, within its repeat and its conditions", () => {
  const status: RequestStep["when"] = [{ kind: "status", ranges: [[200, 299]], place }];
  const inner = sampleGroup("inner", [request("b", 2)], { when: status, tags: [0, 1] });
  const outer = sampleGroup("outer", [request("a"), inner, think("c")], {
    repeat: { min: 0, max: 3, place },
    when: status,
    tags: [1],
  });
  const { flows: [{ program }], steps, requests } = lowered([sampleFlow("f", [outer, request("d")])]);
  const condition = { kind: "status", ranges: [[200, 299]] } as const;
  assert.deepEqual(program, [
    { kind: "when", step: 0, condition, end: 14 },
    { kind: "repeat", step: 0, min: 0, max: 3, again: 13 },
    { kind: "group", step: 0, end: 12 },
    { kind: "request", step: 1, request: 0 },
    { kind: "when", step: 2, condition, end: 10 },
    { kind: "group", step: 2, end: 9 },
    { kind: "repeat", step: 3, min: 2, max: 2, again: 8 },
    { kind: "request", step: 3, request: 1 },
    { kind: "again", step: 3, repeat: 6 },
    { kind: "groupEnd", step: 2, group: 5 },
    { kind: "end", step: 2 },
    { kind: "think", step: 4, minTicks: 5, maxTicks: 9, quantiles: [] },
    { kind: "groupEnd", step: 0, group: 2 },
    { kind: "again", step: 0, repeat: 1 },
    { kind: "end", step: 0 },
    { kind: "request", step: 5, request: 2 },
  ]);
  assert.deepEqual(steps.map(({ name, kind, group, tags, salt }) => [name, kind, group, tags, salt]), [
    ["outer", "group", -1, [1], fnv1a32("f/outer")],
    ["a", "request", 0, [], fnv1a32("f/a")],
    ["inner", "group", 0, [0, 1], fnv1a32("f/inner")],
    ["b", "request", 2, [], fnv1a32("f/b")],
    ["c", "think", 0, [], fnv1a32("f/c")],
    ["d", "request", -1, [], fnv1a32("f/d")],
  ]);
  assert.equal(requests.length, 3);
});

Deno.test("what the setup captures is known in every flow, beside the flow's own of that name", () => {
  const token = (of: "flow" | "setup") => ({ variable: "capture", name: "token", of, place }) as const;
  const step = (of: "flow" | "setup") => sampleRequest("s", { url: ["/", token(of)] });
  const { requests, captures } = lowered([
    sampleFlow("a", [step("flow"), step("setup")], { captures: ["token"] }),
    sampleFlow("setup", [step("flow")], { captures: ["token"] }),
  ]);
  assert.deepEqual(captures, ["a/token", "setup/token"]);
  assert.deepEqual(
    requests.map(({ head }) => head[1]),
    [0, 1, 1].map((capture) => ({
      slot: "capture",
      capture,
      encoding: "path",
    })),
  );
});

/** Steps without names: `met` says whether the condition of a step holds, null where it has none. */
type Tree = Readonly<{ passes: number; met: boolean | null; inner: readonly Tree[] | null }>;

const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.record({
    passes: fc.integer({ min: 0, max: 3 }),
    met: fc.constantFrom(null, true, false),
    inner: fc.option(fc.array(tie("tree"), { minLength: 1, maxLength: 3 }), { depthSize: "small" }),
  }),
}));

/** What is done in which order, straight from the steps; `numbers` as the plan numbers them. */
function expected(trees: readonly Tree[], numbers: ReadonlyMap<Tree, number>): string[] {
  return trees.flatMap((one) => {
    const number = numbers.get(one);
    const pass = () =>
      one.inner === null
        ? [`ask ${number}`]
        : [`begin ${number}`, ...expected(one.inner, numbers), `end ${number}`];
    return one.met === false ? [] : Array.from({ length: one.passes }, pass).flat();
  });
}

/** The same from the program, as the contract reads. */
function walked(program: readonly Instruction[]): string[] {
  const done: string[] = [];
  const left: number[] = [];
  for (let at = 0; at < program.length; at++) {
    const it = program[at];
    switch (it.kind) {
      case "request":
        done.push(`ask ${it.step}`);
        break;
      case "when": {
        assert.deepEqual(program[it.end], { kind: "end", step: it.step });
        // The condition says by its range whether it holds.
        if (it.condition.kind === "status" && it.condition.ranges.length === 0) at = it.end;
        break;
      }
      case "repeat":
        assert.equal(program[it.again].kind, "again");
        if (it.max === 0) at = it.again;
        else left.push(it.max);
        break;
      case "again": {
        const passes = (left.pop() ?? 0) - 1;
        if (passes > 0) left.push(passes), at = it.repeat;
        break;
      }
      case "group":
        assert.deepEqual(program[it.end], { kind: "groupEnd", step: it.step, group: at });
        done.push(`begin ${it.step}`);
        break;
      case "groupEnd":
        done.push(`end ${it.step}`);
        break;
    }
  }
  return done;
}

Deno.test("a program does what its steps say, however they nest", () => {
  fc.assert(fc.property(fc.array(tree, { minLength: 1, maxLength: 4 }), (trees) => {
    const numbers = new Map<Tree, number>();
    const stepOf = (one: Tree): RequestStep | GroupStep => {
      const name = String(numbers.size);
      numbers.set(one, numbers.size);
      const common = {
        repeat: { min: one.passes, max: one.passes, place },
        when: one.met === null
          ? []
          : [{ kind: "status", ranges: one.met ? [[1, 9] as const] : [], place }] as const,
      };
      return one.inner === null
        ? sampleRequest(name, common)
        : sampleGroup(name, one.inner.map(stepOf), common);
    };
    // Each tree is one of its own, so that it has one number.
    const own = structuredClone(trees);
    const { flows: [{ program }] } = lowered([sampleFlow("f", own.map(stepOf))]);
    assert.deepEqual(walked(program), expected(own, numbers));
  }));
});
