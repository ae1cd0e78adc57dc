/** What sessions do with data, captures, conditions, redirects, cookies and retries, against a target of a few lines. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { ANY_SUCCESS, constantLoad, samplePlan, type SampleStep } from "../../tests/sample_plans.ts";
import { simulatedRun, type Whole } from "../../tests/simulated_run.ts";
import type { Answer, TargetModel } from "../host/simulated.ts";
import { ERROR } from "../ledger/errors.ts";
import { END } from "../ledger/record.ts";
import { recordText } from "../ledger/text.ts";
import type { Capture, ClosedLoad, Condition, Request } from "../plan.ts";
import type { Slot } from "../plan_templates.ts";

const named = (records: Whole[], name: string) => records.filter((record) => record.name === name);
const ONE = constantLoad(10, 100_000);

type Asked = { line: string; head: string; body: string; tick: number };
type Reply = Partial<Answer & { kind: "response" }> & { text?: string } | Answer;

/** A target that answers after a millisecond, and remembers what it was asked. */
function target(answer: (asked: Asked, nth: number) => Reply): { model: TargetModel; asked: Asked[] } {
  const asked: Asked[] = [];
  const model: TargetModel = ({ bytes, tick }) => {
    const [head, body] = new TextDecoder().decode(bytes).split("\r\n\r\n");
    const [line] = head.split(" HTTP/1.1");
    asked.push({ line, head, body, tick });
    const reply = answer(asked[asked.length - 1], asked.length);
    if (reply.kind === "error" || reply.kind === "silence") return reply;
    const text = "text" in reply ? reply.text : undefined;
    const rest = text === undefined ? {} : { body: new TextEncoder().encode(text) };
    return { kind: "response", afterTicks: 1_000, status: 200, bytes: 10, ...rest, ...reply };
  };
  return { model, asked };
}

/** A request whose target ends with slots. */
function slotted(path: string, slots: readonly Slot[], changes: Partial<Request> = {}): SampleStep {
  const head = [
    `GET ${path}`,
    ...slots.flatMap((slot): (string | Slot)[] => ["|", slot]),
    " HTTP/1.1\r\n\r\n",
  ];
  return { get: path, request: { head, ...changes } };
}

const capturedSlot: Slot = { slot: "capture", capture: 0, encoding: "query" };
const token = (from: Capture["from"], optional = false): Pick<Request, "captures"> => ({
  captures: [{ capture: 0, from, optional }],
});
const json = (pointer: string) => ({ kind: "json", pointer, pattern: null }) as const;

function textsOf(ledger: Awaited<ReturnType<typeof simulatedRun>>["ledger"]): string[] {
  const texts: string[] = [];
  ledger.scan(({ words, records }) => {
    for (let at = 0; at < records; at++) {
      texts.push(...[recordText(words, records, at)].filter((it) => it !== null));
    }
  });
  return texts;
}

Deno.test("a captured value is sent by later steps, and forgotten by the next session", async () => {
  const flow = [
    slotted("/before", [capturedSlot]),
    { get: "/login", request: token(json("/token")) },
    slotted("/after", [capturedSlot]),
  ];
  const plan = samplePlan({ flows: [flow], captures: ["flow-0/token"], load: constantLoad(10, 200_000) });
  const { model, asked } = target((_, nth) => ({ text: `{"token": "t ${nth}"}` }));
  const { records, ledger } = await simulatedRun(plan, model);
  deepEqual(asked.map((it) => it.line), [
    "GET /before|",
    "GET /login",
    "GET /after|t%202",
    "GET /before|",
    "GET /login",
    "GET /after|t%205",
  ]);
  deepEqual(named(records, "valueCaptured").map((it) => [it.step, it.a, it.b]), [[1, 0, 3], [1, 0, 3]]);
  deepEqual(textsOf(ledger), ["t 2", "t 5"]);
  deepEqual(named(records, "responseEnded").map((it) => it.c >>> 16), [1, 2, 1, 1, 2, 1]);
});

Deno.test("what a response does not have is forgotten, as the last page of many has no next", async () => {
  const next = token(json("/next"), true);
  const when: Condition = { kind: "captured", capture: 0, exists: true };
  const pages: SampleStep[] = [0, 1, 2, 3].map((n) => ({
    get: `/${n}`,
    request: next,
    ...(n > 0 ? { when } : {}),
  }));
  const { model, asked } = target((_, nth) => ({ text: nth < 3 ? '{"next": 1}' : "{}" }));
  await simulatedRun(samplePlan({ flows: [pages], captures: ["flow-0/next"], load: ONE }), model);
  deepEqual(asked.map((it) => it.line), ["GET /0", "GET /1", "GET /2"]);
});

Deno.test("a capture finds what the plan says, fails where there is nothing, and cuts what is too long", async () => {
  const body = '{"id": 12345678901234567890, "list": [1], "text": "a-b"} csrf="x1"';
  const headers = [["Location", "/cart/77?x"], ["Set-Cookie", "sid=old"], [
    "set-cookie",
    "sid=s1; Path=/",
  ]] as const;
  const jsonBody = body.slice(0, body.indexOf(" csrf"));
  const cases: [Capture["from"], string | null, string?][] = [
    [json("/id"), "12345678901234567890", jsonBody],
    [json("/list"), "[1]", jsonBody],
    [json("/none"), null, jsonBody],
    [json("/id"), null],
    [{ ...json("/text"), pattern: "-(.)" }, "b", jsonBody],
    [{ kind: "header", name: "location", pattern: "/cart/(\\d+)" }, "77"],
    [{ kind: "header", name: "location", pattern: null }, "/cart/77?x"],
    [{ kind: "header", name: "etag", pattern: null }, null],
    [{ kind: "cookie", name: "sid", pattern: null }, "s1"],
    [{ kind: "cookie", name: "SID", pattern: null }, null],
    [{ kind: "regex", pattern: 'csrf="([^"]+)"' }, "x1"],
    [{ kind: "regex", pattern: "cs.." }, "csrf"],
    [{ kind: "regex", pattern: "nowhere" }, null],
  ];
  for (const [from, wanted, text = body] of cases) {
    for (const optional of [false, true]) {
      const flow: SampleStep[] = [{ get: "/", request: token(from, optional) }, slotted("/", [capturedSlot])];
      const plan = samplePlan({ flows: [flow], captures: ["flow-0/token"], load: ONE });
      const { model, asked } = target(() => ({ text, headers }));
      const { records } = await simulatedRun(plan, model);
      const what = JSON.stringify(from);
      equal(asked[1].line, `GET /|${encodeURIComponent(wanted ?? "")}`, what);
      equal(named(records, "checkFailed").length, wanted === null && !optional ? 1 : 0, what);
    }
  }
  const long = samplePlan({
    flows: [[
      { get: "/", request: token({ kind: "regex", pattern: ".+" }, true) },
      slotted("/", [capturedSlot]),
    ]],
    captures: ["flow-0/token"],
    load: ONE,
  });
  const { model, asked } = target(() => ({ text: "ä".repeat(33) + "x" }));
  const { records } = await simulatedRun(long, model);
  equal(asked[1].line, `GET /|${encodeURIComponent("ä".repeat(32))}`);
  deepEqual(named(records, "valueCaptured").map((it) => it.b), [67]);
  deepEqual(named(records, "checkFailed").map((it) => it.a), [1]);
});

Deno.test("every check is judged, and told by its number", async () => {
  const headers = [["X-One", "a"], ["x-one", "bcd"]] as const;
  const text = '{"n": 5, "s": "abc", "l": [1, 2], "o": {"b": 1, "a": [null]}, "z": null}';
  type Expect = Request["expect"];
  const good: Partial<Expect>[] = [
    { withinTicks: 1_000 },
    { headers: [{ name: "x-one", test: { kind: "equals", text: "bcd" } }] },
    { headers: [{ name: "x-one", test: { kind: "matches", pattern: "^b.d$" } }] },
    { headers: [{ name: "x-two", test: { kind: "exists", wanted: false } }] },
    { json: [{ pointer: "/o", test: { kind: "equals", json: '{"a":[null],"b":1}' } }] },
    { json: [{ pointer: "/z", test: { kind: "exists", wanted: true } }] },
    { json: [{ pointer: "/n", test: { kind: "compares", comparison: ">=", limit: "4.5" } }] },
    { json: [{ pointer: "/s", test: { kind: "compares", comparison: "<=", limit: "3" } }] },
    { json: [{ pointer: "/l", test: { kind: "compares", comparison: ">", limit: "1" } }] },
    { json: [{ pointer: "/o", test: { kind: "type", type: "table" } }] },
    { json: [{ pointer: "/l", test: { kind: "type", type: "list" } }] },
    { json: [{ pointer: "/s", test: { kind: "matches", pattern: "^abc$" } }] },
    { body: [{ kind: "contains", text: "abc" }, { kind: "size", minBytes: 10, maxBytes: 1000 }] },
  ];
  const bad: Partial<Expect>[] = [
    { withinTicks: 999 },
    { headers: [{ name: "x-one", test: { kind: "equals", text: "a, bcd" } }] },
    { headers: [{ name: "x-two", test: { kind: "exists", wanted: true } }] },
    { headers: [{ name: "x-one", test: { kind: "exists", wanted: false } }] },
    { json: [{ pointer: "/o/c", test: { kind: "exists", wanted: true } }] },
    { json: [{ pointer: "/z", test: { kind: "exists", wanted: false } }] },
    { json: [{ pointer: "/n", test: { kind: "equals", json: '"5"' } }] },
    { json: [{ pointer: "/n", test: { kind: "compares", comparison: "<", limit: "5" } }] },
    { json: [{ pointer: "/z", test: { kind: "compares", comparison: ">=", limit: "0" } }] },
    { json: [{ pointer: "/none", test: { kind: "compares", comparison: "<", limit: "9" } }] },
    { json: [{ pointer: "/z", test: { kind: "type", type: "table" } }] },
    { body: [{ kind: "equals", text: "abc" }] },
  ];
  const checks = [
    ...good.map((expect) => ({ expect, fails: [] })),
    ...bad.map((expect) => ({ expect, fails: [1] })),
  ];
  const judged = checks.map(({ expect }, n): SampleStep => ({
    get: `/${n}`,
    request: { expect: { ...ANY_SUCCESS, ...expect } },
  }));
  // The connection's opening would count for the first.
  const flow = [{ get: "/open" }, ...judged];
  const { model } = target(() => ({ text, headers }));
  const { records } = await simulatedRun(samplePlan({ flows: [flow], load: ONE }), model);
  checks.forEach(({ expect, fails }, step) => {
    const failed = named(records, "checkFailed").filter((it) => it.step === 1 + step).map((it) => it.a);
    deepEqual(failed, fails, JSON.stringify(expect));
  });
});

Deno.test("a row is taken when it is first used, recorded once, and kept for the session", async () => {
  const cell = (column: number): Slot => ({ slot: "data", table: 0, column, encoding: "none" });
  const plan = samplePlan({
    flows: [[{ get: "/" }, slotted("/a", [cell(0), cell(1)]), slotted("/b", [cell(1)])]],
    tables: [{
      name: "t",
      columns: ["x", "y"],
      rows: 2,
      pick: "sequential",
      salt: 5,
      cells: "x0\u007fy0\u007fx1\u007fy1\u007f",
    }],
    load: constantLoad(10, 300_000),
  });
  const { model, asked } = target(() => ({}));
  const { records } = await simulatedRun(plan, model);
  deepEqual(asked.filter((it) => it.line !== "GET /").map((it) => it.line), [
    "GET /a|x0|y0",
    "GET /b|y0",
    "GET /a|x1|y1",
    "GET /b|y1",
    "GET /a|x0|y0",
    "GET /b|y0",
  ]);
  deepEqual(named(records, "rowTaken").map((it) => [it.session, it.step, it.a, it.b]), [
    [0, 1, 0, 0],
    [1, 1, 0, 1],
    [2, 1, 0, 0],
  ]);
});

Deno.test("conditions are decided by what the session has seen", async () => {
  const yes: Condition[] = [
    { kind: "captured", capture: 0, exists: true },
    { kind: "captured", capture: 1, exists: false },
    { kind: "equals", capture: 0, text: "abc", negated: false },
    { kind: "equals", capture: 1, text: "abc", negated: true },
    { kind: "matches", capture: 0, pattern: "^a" },
    { kind: "status", ranges: [[400, 404], [200, 299]] },
  ];
  const no: Condition[] = [
    { kind: "captured", capture: 0, exists: false },
    { kind: "captured", capture: 1, exists: true },
    { kind: "equals", capture: 0, text: "abc", negated: true },
    { kind: "equals", capture: 1, text: "", negated: false },
    { kind: "matches", capture: 1, pattern: "" },
    { kind: "status", ranges: [[300, 599]] },
  ];
  const first: SampleStep[] = [
    { get: "/never", when: { kind: "status", ranges: [[100, 599]] } },
    { get: "/", request: token({ kind: "regex", pattern: ".+" }) },
  ];
  const flow = [
    ...first,
    ...[...yes, ...no].map((when, n): SampleStep => ({ get: `/${n}`, when, repeat: [1, 1] })),
  ];
  const plan = samplePlan({ flows: [flow], captures: ["flow-0/a", "flow-0/b"], load: ONE });
  const { model, asked } = target(() => ({ text: "abc" }));
  const { records } = await simulatedRun(plan, model);
  deepEqual(asked.map((it) => it.line), ["GET /", ...yes.map((_, n) => `GET /${n}`)]);
  deepEqual(named(records, "conditionMet").map((it) => it.a), [0, ...yes.map(() => 1), ...no.map(() => 0)]);
  equal(named(records, "sessionEnded")[0].a, END.completed);
});

Deno.test("redirects are followed as requests of their own, as many as the plan says, with the cookies they set", async () => {
  const plan = samplePlan({
    flows: [[{
      get: "/a",
      request: {
        head: ["POST /a HTTP/1.1\r\n", { slot: "cookies" }, "content-length: 2\r\n\r\n"],
        body: ["hi"],
        redirects: 2,
        ...token({ kind: "header", name: "location", pattern: null }),
      },
    }, { get: "/after", request: { head: ["GET /after HTTP/1.1\r\n", { slot: "cookies" }, "\r\n"] } }]],
    captures: ["flow-0/token"],
    target: { cookies: true },
    load: ONE,
  });
  const { model, asked } = target(({ line }, nth) =>
    line.endsWith("after") ? {} : {
      status: 302,
      headers: [["location", `b${nth}`], ["set-cookie", `n${nth}=1`]],
    }
  );
  const { records } = await simulatedRun(plan, model);
  deepEqual(asked.map((it) => `${it.head}:${it.body}`), [
    "POST /a HTTP/1.1\r\ncontent-length: 2:hi",
    "GET /b1 HTTP/1.1\r\ncookie: n1=1:",
    "GET /b2 HTTP/1.1\r\ncookie: n1=1; n2=1:",
    "GET /after HTTP/1.1\r\ncookie: n1=1; n2=1; n3=1:",
  ]);
  deepEqual(named(records, "redirected").map((it) => [it.a, it.b]), [[302, 1], [302, 2]]);
  const planned = named(records, "requestPlanned");
  deepEqual(planned.map((it) => it.b === 0 && it.c === 0), [false, true, true, false]);
  const ended = named(records, "responseEnded");
  deepEqual(planned.slice(1).map((it) => it.tick), ended.slice(0, 3).map((it) => it.tick));
  deepEqual(ended.map((it) => it.c >>> 16), [0, 0, 2, 1]);
  equal(named(records, "valueCaptured")[0].b, 2);
});

Deno.test("a request is tried again after a wait that doubles, with the same bytes, and judged by its last try", async () => {
  const retry = {
    times: 4,
    errors: [ERROR["wait.timeout"], ERROR["wait.reset"]],
    statuses: [[503, 503]],
    minTicks: 10_000,
    maxTicks: 30_000,
  } as const;
  const flow = [
    slotted("/", [{ slot: "uuid", use: 0 }], { retry, timeoutTicks: 5_000, onError: "end-session" }),
    { get: "/after" },
  ];
  const plan = samplePlan({ flows: [flow], load: ONE });
  const { model, asked } = target((_, nth): Reply => {
    if (nth === 1) return { kind: "error", afterTicks: 1_000, error: ERROR["wait.reset"] };
    if (nth === 2) return { kind: "silence" };
    return { status: nth <= 4 ? 503 : 200 };
  });
  const { records } = await simulatedRun(plan, model);
  deepEqual(named(records, "retried").map((it) => [it.a, it.b]), [[2, 10_000], [3, 20_000], [4, 30_000], [
    5,
    30_000,
  ]]);
  equal(new Set(asked.slice(0, 5).map((it) => it.line)).size, 1);
  const planned = named(records, "requestPlanned").filter((it) => it.step === 0);
  equal(new Set(planned.map((it) => it.b)).size, 1);
  const due = named(records, "retried").map((it) => it.tick + it.b);
  deepEqual(planned.slice(1).map((it) => it.tick), due);
  deepEqual(named(records, "requestIssued").slice(1, 5).map((it) => it.tick), due);
  deepEqual(named(records, "sessionEnded").map((it) => it.a), [END.completed]);

  const refused = target(() => ({ status: 503 }));
  const { records: inVain } = await simulatedRun(plan, refused.model);
  equal(refused.asked.length, 5);
  deepEqual(named(inVain, "sessionEnded").map((it) => it.a), [END.stepFailed]);
  const notListed = target(() => ({ kind: "error", afterTicks: 1, error: ERROR["wait.closed"] }));
  equal(named((await simulatedRun(plan, notListed.model)).records, "retried").length, 0);
});

Deno.test("pace: a user begins its sessions that far apart, later where one takes longer, and leaves at the end", async () => {
  const load: ClosedLoad = {
    model: "closed",
    iterations: 0,
    maxVus: 2,
    paceTicks: 10_000,
    gracefulStopTicks: 1_000_000,
    stages: [{ name: "hold", warmup: false, startTick: 0, lengthTicks: 45_000, vusStart: 2, vusEnd: 2 }],
  };
  const { model } = target((_, nth) => ({ afterTicks: nth <= 2 ? 25_000 : 1_000 }));
  const { records } = await simulatedRun(samplePlan({ load }), model);
  const starts = (vu: number) =>
    named(records, "sessionStarted").filter((it) => it.vu === vu).map((it) => it.tick);
  for (const vu of [0, 1]) deepEqual(starts(vu), [0, 25_100, 35_100], `${vu}`);
  ok((named(records, "runEnded")[0].tick) <= 45_000);
});
