/** A ledger in memory, made record by record, for tests of reduction and reports. */
import type { LedgerHeader } from "../runtime/ledger/header.ts";
import { WORD } from "../runtime/ledger/layout.ts";
import type { Integrity } from "../runtime/ledger/reader.ts";
import { KIND, NO_STEP, NONE, RECORD } from "../runtime/ledger/record.ts";
import { encodeText, putText, TEXT_BYTES_A_RECORD, TEXT_BYTES_MAX } from "../runtime/ledger/text.ts";
import type { Flow, Instruction, Load, Plan, Request, Step, Threshold } from "../runtime/plan.ts";
import { PLAIN_REQUEST, PLAIN_SIMULATION, PLAIN_TARGET } from "./sample_plans.ts";
import type { ReducibleLedger } from "../runtime/reduce/first_pass.ts";

export type SyntheticRecord = Readonly<{
  tick: number;
  kind: keyof typeof KIND;
  /** Or a `SESSION`. */
  session?: number;
  vu?: number;
  step?: number;
  a?: number;
  b?: number;
  c?: number;
  text?: string;
}>;

/** The records in blocks of `blockRecords` or a few more: a text stays in its record's block. */
export function syntheticLedger(
  header: LedgerHeader,
  records: readonly SyntheticRecord[],
  { integrity = {}, blockRecords = 2048 }: { integrity?: Partial<Integrity>; blockRecords?: number } = {},
): ReducibleLedger {
  const blocks: Uint32Array[] = [];
  let total = 0;
  for (let from = 0; from < records.length; from += blockRecords) {
    const words = encode(records.slice(from, from + blockRecords));
    blocks.push(words);
    total += words.length / WORD.words;
  }
  const bytes = total * RECORD.bytes;
  return {
    header,
    scan(visit) {
      for (const words of blocks) visit({ words, records: words.length / WORD.words });
      return {
        state: "whole",
        records: total,
        blocks: blocks.length,
        bytesRead: bytes,
        bytesLost: 0,
        recordsLost: 0,
        digest: "d1".repeat(32),
        problem: null,
        ...integrity,
      };
    },
  };
}

function encode(records: readonly SyntheticRecord[]): Uint32Array {
  const text = new Uint8Array(TEXT_BYTES_MAX);
  const parts = records.map((record) => {
    const length = encodeText(record.text ?? "", text);
    const part = new Uint8Array((1 + Math.ceil(length / TEXT_BYTES_A_RECORD)) * RECORD.bytes);
    const words = new Uint32Array(part.buffer);
    const kind = KIND[record.kind];
    words[WORD.tickLow] = record.tick % 2 ** 32;
    words[WORD.tickHigh] = Math.floor(record.tick / 2 ** 32);
    words[WORD.session] = record.session ?? NONE;
    words[WORD.vu] = record.vu ?? NONE;
    words[WORD.kindAndStep] = ((record.step ?? NO_STEP) << 16) | kind;
    words[WORD.a] = record.a ?? 0;
    words[WORD.b] = record.b ?? 0;
    words[WORD.c] = record.c ?? 0;
    putText(part, RECORD.bytes, kind, text, length);
    return part;
  });
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return new Uint32Array(bytes.buffer);
}

export function syntheticHeader(plan: Plan): LedgerHeader {
  return {
    format: 1,
    plan_sha256: "3f2a91c04d7b".padEnd(64, "0"),
    seed: plan.seed,
    shard: { index: 1, count: 1 },
    tick_ns: 1000,
    started: "2026-03-01T12:00:00.000Z",
    z6c: "0.1.0",
    deno: "2.7.11",
    host: { os: "linux", arch: "x86_64", kernel: "6.8.0", cores: 8, memory_bytes: 16 * 2 ** 30 },
    overrides: [],
    plan,
  };
}

export type SyntheticStage = Readonly<{ name: string; warmup?: boolean; lengthTicks: number; rate: number }>;
export type SyntheticFlow = Readonly<{ name: string; steps: readonly SyntheticStep[] }>;
/** A request by its name, or with tags; one that is answered in messages; a WebSocket; or a group of steps. */
export type SyntheticStep =
  | string
  | Readonly<{ name: string; stream: "events" | "grpc" }>
  | Readonly<{ webSocket: string; exchange: readonly (readonly [Exchanged, name: string])[] }>
  | Readonly<{ name: string; tags: readonly string[] }>
  | Readonly<{ group: string; steps: readonly SyntheticStep[]; tags?: readonly string[] }>;

type Exchanged = "send" | "receive" | "ping" | "close";

/** A threshold over all, which stops nothing. */
export const WHOLE_LOAD = {
  flow: -1,
  step: -1,
  stage: -1,
  tag: -1,
  abortAfter: -1,
  invalidates: false,
} as const;

/** A plan with all that reduction looks at; every request is a GET that expects 200 and a body with `ok`. */
export function syntheticPlan(
  { name = "checkout", flows, setup = [], teardown = [], stages, thresholds = [] }: {
    name?: string;
    flows: readonly SyntheticFlow[];
    setup?: readonly SyntheticStep[];
    teardown?: readonly SyntheticStep[];
    stages: readonly SyntheticStage[];
    thresholds?: readonly Threshold[];
  },
): Plan {
  const once = [{ name: "setup", steps: setup }, { name: "teardown", steps: teardown }]
    .filter(({ steps }) => steps.length > 0);
  const all: SyntheticFlow[] = [...flows, ...once];
  const tags: string[] = [];
  const steps: Step[] = [];
  const kinds: (Request["kind"] | "events" | "grpc")[] = [];
  all.forEach((flow, position) =>
    addSteps(flow.steps, { flow: position, group: -1, tags: [] }, steps, tags, kinds)
  );
  return {
    format: 3,
    name,
    description: "",
    seed: 42,
    transport: "socket",
    targets: [{
      ...PLAIN_TARGET,
      name: "",
      scheme: "http",
      host: "127.0.0.1",
      port: 8080,
      connections: { kind: "per-vu" },
      cookies: false,
      firstSlot: 0,
      slots: 500,
    }],
    load: openLoad(stages),
    choice: flows.map((_, other) => ({ keep: 2 ** 32, other })),
    flows: all.map((flow, position): Flow => ({
      name: flow.name,
      weight: 1,
      program: programOf(position, steps, kinds),
    })),
    setup: all.findIndex((flow) => flow === once.find(({ name }) => name === "setup")),
    teardown: all.findIndex((flow) => flow === once.find(({ name }) => name === "teardown")),
    steps,
    requests: steps.map((step, at): Request => ({
      ...PLAIN_REQUEST,
      ...madeOf(kinds[at]),
      target: 0,
      method: "GET",
      head: [`GET /${step.name} HTTP/1.1\r\n\r\n`],
      body: [],
      timeoutTicks: 10_000_000,
      onError: "continue",
      expect: {
        status: [[200, 200], [300, 304]],
        withinTicks: 0,
        headers: [],
        json: [],
        body: [{ kind: "contains", text: "ok" }],
      },
      captures: [],
      redirects: 0,
      retry: null,
    })),
    messageTypes: [],
    tables: [],
    tags,
    captures: [],
    secrets: [],
    thresholds,
    validity: { lagP99Ticks: 1000, dropsPpm: 1000, gapsPpm: 10_000 },
    simulation: PLAIN_SIMULATION,
    bounds: {
      vus: 2048,
      connections: 500,
      sessions: 0,
      peakRate: 0,
      requestBytes: 1024,
      captureBytes: 0,
      repeatDepth: 0,
      groupDepth: 8,
      endTick: 0,
      ledgerBytes: 0,
    },
  };
}

/** What is awaited has any status. */
function madeOf(kind: Request["kind"] | "events" | "grpc"): Pick<Request, "kind" | "stream"> {
  return kind === "events" || kind === "grpc"
    ? { kind: "http", stream: { kind, until: null, count: 0 } }
    : { kind, stream: null };
}

function programOf(flow: number, steps: readonly Step[], kinds: readonly string[]): Flow["program"] {
  const program: Instruction[] = [];
  let opened = -1;
  const end = () => {
    const opening = program[opened];
    if (opening?.kind !== "webSocket") return;
    program[opened] = { ...opening, end: program.length };
    program.push({ kind: "webSocketEnd", step: opening.step, webSocket: opened, depth: 0 });
    opened = -1;
  };
  steps.forEach((step, index) => {
    if (step.flow !== flow || step.kind === "group") return;
    if (step.kind === "request") end();
    if (kinds[index] === "webSocket") opened = program.length;
    const kind = kinds[index] === "webSocket" ? "webSocket" : "request";
    program.push(
      kind === "webSocket"
        ? { kind, step: index, request: index, end: 0 }
        : { kind, step: index, request: index },
    );
  });
  end();
  return program;
}

/** Adds steps, each group before what is in it; tags are inherited. */
function addSteps(
  from: readonly SyntheticStep[],
  within: { flow: number; group: number; tags: readonly number[] },
  steps: Step[],
  tags: string[],
  kinds: (Request["kind"] | "events" | "grpc")[],
): void {
  for (const it of from) {
    const own = typeof it === "string" || !("tags" in it) ? [] : it.tags ?? [];
    for (const tag of own) if (!tags.includes(tag)) tags.push(tag);
    const positions = [...new Set([...within.tags, ...own.map((tag) => tags.indexOf(tag))])].sort((a, b) =>
      a - b
    );
    const isGroup = typeof it !== "string" && "group" in it;
    const name = typeof it === "string"
      ? it
      : "group" in it
      ? it.group
      : "webSocket" in it
      ? it.webSocket
      : it.name;
    const position = steps.length;
    steps.push({ ...within, name, kind: isGroup ? "group" : "request", tags: positions, salt: position });
    kinds.push(
      typeof it === "string" ? "http" : "webSocket" in it ? "webSocket" : "stream" in it ? it.stream : "http",
    );
    if (isGroup) addSteps(it.steps, { ...within, group: position, tags: positions }, steps, tags, kinds);
    if (typeof it === "string" || !("webSocket" in it)) continue;
    for (const [kind, exchanged] of it.exchange) {
      steps.push({ ...within, name: `${name}.${exchanged}`, kind, tags: positions, salt: steps.length });
      kinds.push(kind);
    }
  }
}

function openLoad(stages: readonly SyntheticStage[]): Load {
  let startTick = 0;
  return {
    model: "open",
    arrivals: "uniform",
    burst: 1,
    maxVus: 500,
    gracefulStopTicks: 10_000_000,
    stages: stages.map(({ name, warmup = false, lengthTicks, rate }) => {
      const stage = {
        name,
        warmup,
        startTick,
        lengthTicks,
        rateStart: rate,
        rateEnd: rate,
        perTicks: 1_000_000,
        firstSession: 0,
        sessions: Math.floor((rate * lengthTicks) / 1_000_000),
        lacking: 0,
        slotQuantiles: [],
      };
      startTick += lengthTicks;
      return stage;
    }),
  };
}
