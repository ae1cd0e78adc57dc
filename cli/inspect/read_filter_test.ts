import assert from "node:assert/strict";
import fc from "fast-check";
import { ERROR } from "../../runtime/ledger/errors.ts";
import { KIND, SESSION } from "../../runtime/ledger/record.ts";
import { UserError } from "../../runtime/user_error.ts";
import { syntheticPlan } from "../../tests/synthetic_ledger.ts";
import { type Filter, filterText, OPERATORS, type Value } from "./filter.ts";
import { type FieldName, FIELDS } from "./filter_fields.ts";
import { filterNames } from "./filter_names.ts";
import { readFilter } from "./read_filter.ts";

const plan = syntheticPlan({
  flows: [
    { name: "buy", steps: ["login", "pay", "and", "2fa code"] },
    { name: "browse", steps: ["home", "pay", "room.echo"] },
  ],
  stages: [{ name: "warm up", lengthTicks: 1_000_000, rate: 1 }],
});
const names = filterNames(plan);

const compares = (field: FieldName, operator: (typeof OPERATORS)[number], value: Value): Filter => ({
  kind: "compares",
  field,
  operator,
  value,
});

const READ: readonly [string, Filter][] = [
  ["status >= 500", compares("status", ">=", 500)],
  ["response_time>300ms", compares("response_time", ">", 300_000)],
  ["lag < 1.5s", compares("lag", "<", 1_500_000)],
  ["lag < 250us", compares("lag", "<", 250)],
  ["lag < 250µs", compares("lag", "<", 250)],
  ["tick >= 2min", compares("tick", ">=", 120_000_000)],
  ["tick >= 0", compares("tick", ">=", 0)],
  ["received > 1.5KiB", compares("received", ">", 1536)],
  ["sent > 1_000", compares("sent", ">", 1000)],
  ["session == 17", compares("session", "==", 17)],
  ["session != setup", compares("session", "!=", SESSION.setup)],
  ["error == connect.refused", compares("error", "==", "connect.refused")],
  ["error == Z3201", compares("error", "==", "connect.refused")],
  ["error == 3201", compares("error", "==", "connect.refused")],
  ["step == buy/pay", compares("step", "==", "buy/pay")],
  ['step == "2fa code"', compares("step", "==", "2fa code")],
  ['step == "and"', compares("step", "==", "and")],
  ["step == room.echo", compares("step", "==", "room.echo")],
  ["kind == valueCaptured", compares("kind", "==", "valueCaptured")],
  ['text == "a \\"b\\""', compares("text", "==", 'a "b"')],
  ['text contains "x"', { kind: "contains", field: "text", text: "x" }],
  ['text matches "^a.c$"', { kind: "matches", field: "text", pattern: "^a.c$" }],
  ["tick between 1s and 2s", { kind: "between", field: "tick", low: 1_000_000, high: 2_000_000 }],
  ["a == 1 and b == 2 or c == 3", {
    kind: "or",
    left: { kind: "and", left: compares("a", "==", 1), right: compares("b", "==", 2) },
    right: compares("c", "==", 3),
  }],
  ["a == 1 or b == 2 and c == 3", {
    kind: "or",
    left: compares("a", "==", 1),
    right: { kind: "and", left: compares("b", "==", 2), right: compares("c", "==", 3) },
  }],
  ["not (a == 1 or not b == 2)", {
    kind: "not",
    inner: {
      kind: "or",
      left: compares("a", "==", 1),
      right: { kind: "not", inner: compares("b", "==", 2) },
    },
  }],
  ["tick between 1s and 2s and a == 1", {
    kind: "and",
    left: { kind: "between", field: "tick", low: 1_000_000, high: 2_000_000 },
    right: compares("a", "==", 1),
  }],
];

Deno.test("filters are read as they are meant", () => {
  for (const [source, filter] of READ) assert.deepEqual(readFilter(source, names), filter, source);
});

/** Under the caret stands what is wrong. */
const WRONG: readonly [source: string, caret: string, problem: RegExp][] = [
  ["step == pya", "pya", /there is no step "pya"; did you mean pay\?/],
  ["stauts == 200", "stauts", /there is no field "stauts"; did you mean status\?/],
  ["status = 200", "=", /= is no comparison; use ==/],
  ["status => 200", "=", /use ==/],
  ["status == 200 && a == 1", "&", /use `and`/],
  ["status", " ", /a comparison is wanted here/],
  ["status == ", " ", /a whole number is wanted here/],
  ["status == 200 a == 1", "a", /`and` or `or` is wanted here/],
  ["status == 200)", ")", /no parenthesis is open here/],
  ["a == 1 or (status == 200", "(", /not closed/],
  ["response_time > 300", "300", /a time has a unit/],
  ["response_time > 300MB", "300MB", /a time has a unit/],
  ["status > 5.5", "5.5", /a whole number/],
  ["step > pay", ">", /step has no order: == or !=/],
  ["step between pay and login", "between", /step has no order/],
  ['step contains "p"', "contains", /only text contains something/],
  ["text contains pay", "pay", /a text in "/],
  ['text matches "("', '"("', /no regular expression/],
  ['text == "open', '"open', /does not end/],
  ["tick between 2s and 1s", "2s and 1s", /first end is after the second/],
  ["tick between 2s or 3s", "or", /`and` and the other end/],
  ["error == connect.refusd", "connect.refusd", /did you mean connect.refused\?/],
  ["outcome == bad", "bad", /there are good, unexpected, failed, cancelled, sent/],
  ["kind == and", "and", /a name is wanted here/],
  ["a == 1 and\n  stauts == 200", "stauts", /no field/],
];

Deno.test("what cannot be read is told with its place", () => {
  for (const [source, wanted, problem] of WRONG) {
    const message = messageOf(() => readFilter(source, names));
    assert.match(message, problem, source);
    const [, shown, carets] = message.split("\n");
    const at = carets.indexOf("^");
    const under = `${shown} `.slice(at, carets.length);
    assert.equal(under.trim() === "" ? " " : under, wanted, `${source}\n${message}`);
  }
  const deep = messageOf(() => readFilter("(".repeat(500) + "a == 1" + ")".repeat(500), names));
  assert.match(deep, /more than 100 levels/);
});

function messageOf(what: () => unknown): string {
  try {
    what();
  } catch (cause) {
    assert(cause instanceof UserError, String(cause));
    return cause.message;
  }
  throw new Error("nothing was wrong");
}

const fields = Object.keys(FIELDS) as FieldName[];
const ofType = (...types: string[]) =>
  fc.constantFrom(...fields.filter((it) => types.includes(FIELDS[it].type)));
const whole = fc.oneof(fc.nat(2000), fc.nat(2_000_000_000).map((n) => n * 1000));
const nameOf: Partial<Record<FieldName, fc.Arbitrary<string>>> = Object.fromEntries(
  fields.filter((field) => FIELDS[field].type === "name").map((field) => [
    field,
    fc.constantFrom(...(names[field]?.keys() ?? [])),
  ]),
);
const equality = fc.constantFrom("==" as const, "!=" as const);
const comparison: fc.Arbitrary<Filter> = fc.oneof(
  fc.tuple(ofType("number", "time", "bytes"), fc.constantFrom(...OPERATORS), whole)
    .map(([field, operator, value]) => compares(field, operator, value)),
  ofType("name").chain((field) =>
    fc.tuple(equality, nameOf[field] ?? fc.constant(""))
      .map(([operator, value]) => compares(field, operator, value))
  ),
  fc.tuple(equality, fc.string({ unit: "binary" })).map(([operator, value]) =>
    compares("text", operator, value.toWellFormed())
  ),
  fc.string({ unit: "binary" }).map((text): Filter => ({ kind: "contains", field: "text", text })),
  fc.constantFrom("a.c", "\\d+", '"').map((pattern): Filter => ({ kind: "matches", field: "text", pattern })),
  fc.tuple(ofType("number", "time", "bytes"), whole, whole).map(([field, one, other]): Filter => ({
    kind: "between",
    field,
    low: Math.min(one, other),
    high: Math.max(one, other),
  })),
);
const { filter } = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 5 },
    comparison,
    fc.tuple(fc.constantFrom("and" as const, "or" as const), tie("filter"), tie("filter"))
      .map(([kind, left, right]): Filter => ({ kind, left, right })),
    tie("filter").map((inner): Filter => ({ kind: "not", inner })),
  ),
}));

Deno.test("what is printed is read as the same filter", () => {
  fc.assert(fc.property(filter, (it) => {
    assert.deepEqual(readFilter(filterText(it), names), it);
  }));
});

Deno.test("any text is a filter or a mistake that is told", () => {
  const word = fc.constantFrom(
    ...fields,
    "and",
    "or",
    "not",
    "between",
    "==",
    "<",
    "(",
    ")",
    "1s",
    "200",
    '"x"',
    "pay",
  );
  const texts = fc.oneof(fc.string({ unit: "binary" }), fc.array(word).map((words) => words.join(" ")));
  fc.assert(fc.property(texts, (text) => {
    try {
      assert.deepEqual(readFilter(filterText(readFilter(text, names)), names), readFilter(text, names));
    } catch (cause) {
      assert(cause instanceof UserError, String(cause));
    }
  }));
});

Deno.test("the names of errors and kinds are those of the ledger", () => {
  assert.deepEqual(names.error?.get("connect.refused"), [ERROR["connect.refused"]]);
  assert.deepEqual(names.kind?.get("valueCaptured"), [KIND.valueCaptured]);
  assert.deepEqual(names.step?.get("pay")?.length, 2);
});
