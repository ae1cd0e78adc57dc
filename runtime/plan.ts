/**
 * The contract between compiler and runtime: what a scenario means, as data. Types only; the imports are parts of it.
 *
 * A plan is canonical JSON, so every number in it is an integer (below 2^53) and every table has an order.
 * Positions are identities: flow 2 is `flows[2]`, step 5 is `steps[5]`, and the ledger stores those numbers.
 */

import type { BodyCheck, HeaderCheck, JsonCheck } from "./plan_checks.ts";
import type { MessageType, Stream } from "./plan_messages.ts";
import type { Template } from "./plan_templates.ts";

/** One microsecond of logical time; an integer. */
export type Tick = number;

/** Parts of a million; an integer from 0 to 1_000_000. */
export type Ppm = number;

export type Plan = Readonly<{
  /** Version of this shape. A runtime refuses a plan of another format. */
  format: 3;
  name: string;
  description: string;
  /** 0 … 2^53 − 1; keys every random draw. */
  seed: number;
  transport: Transport;
  /** At least one. The first is where requests go unless they say otherwise. */
  targets: readonly Target[];
  load: Load;
  /** Alias table over the first `choice.length` flows: those that sessions of the load take. */
  choice: readonly Alias[];
  /** Those of the load, then those that run once, before and after it. */
  flows: readonly Flow[];
  /** Positions in `flows` of what runs once before the load and once after it; −1 for nothing. */
  setup: number;
  teardown: number;
  /** Every step of every flow, in the order of the source. */
  steps: readonly Step[];
  requests: readonly Request[];
  /** Of gRPC: what messages are made of. `requests` and fields name them by position. */
  messageTypes: readonly MessageType[];
  /** Data tables, whose rows sessions take. */
  tables: readonly Table[];
  /** Names that thresholds and reports know steps by, beside their own. */
  tags: readonly string[];
  /**
   * Names of captured values, `flow/name`: a session holds at most one text for each. What the flow `setup` captured
   * is handed to every session, and to the teardown.
   */
  captures: readonly string[];
  /** Environment variables that are read when the executable starts. Their values are in no plan and no ledger. */
  secrets: readonly string[];
  thresholds: readonly Threshold[];
  validity: Validity;
  simulation: Simulation;
  bounds: Bounds;
}>;

export type Target = Readonly<{
  /** Empty for the first; unique. */
  name: string;
  scheme: "http" | "https";
  /** Host name or address, without brackets around IPv6. */
  host: string;
  port: number;
  /** `auto`: what TLS negotiates (ALPN, RFC 7301). `h2` in cleartext is spoken with prior knowledge (RFC 9113 section 3.3). */
  protocol: "http/1.1" | "h2" | "auto";
  /** Null where the scheme is `http`. */
  tls: Tls | null;
  connections: Connections;
  /** Requests that one connection carries at once: 1, or more where the protocol is `h2` and connections are shared. */
  streams: number;
  /** Every session keeps the cookies it is sent, and sends them back (RFC 6265). Targets of one host share them. */
  cookies: boolean;
  /**
   * Its requests have the slots from `firstSlot` on, `slots` of them: `streams` slots side by side share a connection,
   * which is known by the first of them.
   */
  firstSlot: number;
  slots: number;
  /** The slots of its WebSockets, one for each VU; −1 where no step opens one. */
  firstWebSocketSlot: number;
}>;

/** What a target's certificate is held against, and what it is shown. */
export type Tls = Readonly<{
  /** Trusted beside Mozilla's authorities, and the machine's where DENO_TLS_CA_STORE says so. PEM. */
  ca: TlsText | null;
  /** The client's certificate and its key: both or neither. A key is never in a plan. PEM. */
  cert: TlsText | null;
  key: Exclude<TlsText, { kind: "text" }> | null;
  /** The name asked for and looked for in the certificate (SNI, RFC 6066); empty: the host. */
  serverName: string;
  /** Any certificate is accepted. */
  insecure: boolean;
}>;

/** A text that is here, or is read when the executable starts: from a file, or from one of `secrets`. */
export type TlsText = Readonly<
  { kind: "text"; text: string } | { kind: "file"; path: string } | { kind: "secret"; secret: number }
>;

export type Transport = "socket" | "fetch" | "epoll";

/** Who owns a connection, and so how many there can be. */
export type Connections = Readonly<
  { kind: "per-vu" } | { kind: "per-session" } | { kind: "per-request" } | { kind: "shared"; size: number }
>;

export type Load = OpenLoad | ClosedLoad;

/** Sessions arrive by the clock, whether or not the target keeps up. */
export type OpenLoad = Readonly<{
  model: "open";
  arrivals: "uniform" | "poisson";
  /**
   * Sessions that arrive together: 1, or more for bursts of uniform arrivals. A burst arrives when its first session
   * would have; the rate stays what it is.
   */
  burst: number;
  stages: readonly OpenStage[];
  /** An arrival that finds this many sessions under way is recorded as dropped. */
  maxVus: number;
  gracefulStopTicks: Tick;
}>;

/**
 * The rate moves in a straight line from `rateStart` to `rateEnd`, both in sessions per `perTicks` ticks.
 * `perTicks` is the same in all stages of a plan.
 */
export type OpenStage = Readonly<{
  name: string;
  warmup: boolean;
  startTick: Tick;
  lengthTicks: Tick;
  rateStart: number;
  rateEnd: number;
  perTicks: number;
  /** Uniform arrivals: how many whole sessions the stages before this one hold, and how many this one holds. */
  firstSession: number;
  sessions: number;
  /**
   * Uniform arrivals: what the first arrival of this stage still lacks at the stage's start, in units of
   * 1 / (2 · perTicks) session, so that fractions of a session carry over from stage to stage.
   */
  lacking: number;
  /**
   * Poisson arrivals: cumulative distribution of the count in one slot of 1,000 ticks at the stage's highest
   * rate, each entry scaled to u32; a slot's count is the number of entries ≤ the draw. Empty for uniform.
   */
  slotQuantiles: readonly number[];
}>;

/** Users loop: each begins its next session when its last one ends. */
export type ClosedLoad = Readonly<{
  model: "closed";
  stages: readonly ClosedStage[];
  /** Sessions to run in all, or 0 for as many as the stages have time for. */
  iterations: number;
  /** The most users at any time. */
  maxVus: number;
  /** A user begins sessions at least this far apart; 0 begins the next one at once. */
  paceTicks: Tick;
  gracefulStopTicks: Tick;
}>;

/** The number of users moves in a straight line from `vusStart` to `vusEnd`. `lengthTicks` 0: no end but `iterations`. */
export type ClosedStage = Readonly<{
  name: string;
  warmup: boolean;
  startTick: Tick;
  lengthTicks: Tick;
  vusStart: number;
  vusEnd: number;
}>;

/** Column of an alias table (Walker 1977; Vose 1991): keep this index when the draw is below `keep`, else take `other`. */
export type Alias = Readonly<{ keep: number; other: number }>;

export type Flow = Readonly<{ name: string; weight: number; program: readonly Instruction[] }>;

/** What a session does next. A flow's program is run from its first instruction to its end. */
export type Instruction = Readonly<
  | { kind: "request"; step: number; request: number }
  /**
   * Waits a whole number of ticks: drawn evenly from `minTicks … maxTicks`, both included, where `quantiles` is empty;
   * otherwise by a piecewise linear quantile function through 2^k + 1 ascending points, `minTicks` and `maxTicks`
   * being the first and the last (docs/determinism.md).
   */
  | { kind: "think"; step: number; minTicks: Tick; maxTicks: Tick; quantiles: readonly Tick[] }
  /** Goes on only where the condition holds, and otherwise right behind the matching `end`. */
  | { kind: "when"; step: number; condition: Condition; end: number }
  | { kind: "end"; step: number }
  /** Runs what lies between here and the matching `again` min … max times; 0 times jumps to just behind it. */
  | { kind: "repeat"; step: number; min: number; max: number; again: number }
  | { kind: "again"; step: number; repeat: number }
  /** What lies between here and the matching `groupEnd` is timed as one, each pass anew. `step` is the group's. */
  | { kind: "group"; step: number; end: number }
  | { kind: "groupEnd"; step: number; group: number }
  /**
   * Opens the session's WebSocket by `request`, and goes on with what is done on it up to the matching `webSocketEnd`;
   * where it cannot be opened, or is lost, and the session goes on all the same, right behind that.
   */
  | { kind: "webSocket"; step: number; request: number; end: number }
  /** `depth`: in how many repeats it stands. A WebSocket that is still open is closed. */
  | { kind: "webSocketEnd"; step: number; webSocket: number; depth: number }
>;

/** What a session has seen so far. All of it is observed. */
export type Condition = Readonly<
  | { kind: "captured"; capture: number; exists: boolean }
  | { kind: "equals"; capture: number; text: string; negated: boolean }
  | { kind: "matches"; capture: number; pattern: string }
  /** The last response of the session that had a status; false before the first. */
  | { kind: "status"; ranges: readonly StatusRange[] }
>;

/** Both ends included. */
export type StatusRange = readonly [number, number];

/**
 * A table of data, read when the scenario was compiled. `cells` holds all cells, row by row, each followed by U+007F
 * (which no cell holds).
 */
export type Table = Readonly<{
  name: string;
  columns: readonly string[];
  rows: number;
  /**
   * Which row a session takes: sequential: session mod rows; shuffle: the same behind a keyed permutation, another one
   * for each round; random: a draw; unique: its session number, which is below `rows`, behind a keyed permutation.
   */
  pick: "sequential" | "shuffle" | "random" | "unique";
  /** Keys its draws and permutations: FNV-1a (32 bit) of `data/name`, unique among tables and steps. */
  salt: number;
  cells: string;
}>;

export type Step = Readonly<{
  flow: number;
  name: string;
  /** send, receive, ping and close are done on a WebSocket; `request` opens one, too. */
  kind: "request" | "think" | "group" | "send" | "receive" | "ping" | "close";
  /** The step of the group it stands in, or −1. */
  group: number;
  /** Positions in `tags`, ascending: its own, and those of its groups and its flow. */
  tags: readonly number[];
  /** FNV-1a (32 bit) of `flow/step`: keys the step's random draws, so that neighbours may come and go. Unique in a plan. */
  salt: number;
}>;

/** Something that is sent, or waited for, or both. */
export type Request = Readonly<{
  /**
   * http: a request of HTTP in any version. webSocket: one that opens a WebSocket (RFC 6455 section 4.1). On a
   * WebSocket: send, a message, done as soon as it is handed to the connection; receive: waits for one; ping: waits for
   * its pong; close: says goodbye and waits for the answer.
   */
  kind: "http" | "webSocket" | "send" | "receive" | "ping" | "close";
  /** Position in `targets`. */
  target: number;
  /** Empty on a WebSocket. */
  method: string;
  /** From the request line to the empty line, both included, as HTTP/1.1 writes it in whichever version; empty on a WebSocket. */
  head: Template;
  /**
   * Empty where there is none. On a WebSocket, a frame's payload (of `close`: two bytes of status code, then the
   * reason). With `grpc`: the message in its frame where nothing of it has a slot (a single part in base64), and
   * otherwise its JSON, which is encoded when it is rendered.
   */
  body: Template;
  /** On a WebSocket, of `send`: the payload is binary and not text. */
  isBinary: boolean;
  /** What its response is made of, where that is messages; null: a body. Of `receive`: which message it waits for. */
  stream: Stream | null;
  grpc: Grpc | null;
  timeoutTicks: Tick;
  onError: "continue" | "end-session" | "stop-run";
  expect: Expect;
  captures: readonly Capture[];
  /** Redirects to follow at most; 0 takes a 3xx as any response. */
  redirects: number;
  retry: Retry | null;
}>;

/** Positions in `messageTypes`. Statuses of responses are 600 + the status of gRPC, so that 600 is OK. */
export type Grpc = Readonly<{ requestType: number; responseType: number }>;

/** A value taken from a response for later steps of the session. A check of its own, which fails when nothing is found. */
export type Capture = Readonly<{ capture: number; from: Extraction; optional: boolean }>;

/** Where in a response a value is. `pattern`: its first group, or all it matches. */
export type Extraction = Readonly<
  /** RFC 6901 pointer; texts as they are, everything else as JSON. */
  | { kind: "json"; pointer: string; pattern: string | null }
  /** Lower case; the first of that name. */
  | { kind: "header"; name: string; pattern: string | null }
  | { kind: "cookie"; name: string; pattern: string | null }
  /** In the body as UTF-8, flag `u`. */
  | { kind: "regex"; pattern: string }
>;

/** Tries again, after a wait that doubles from `minTicks` up to `maxTicks`, when a try ended in one of these ways. */
export type Retry = Readonly<{
  /** Tries beside the first. */
  times: number;
  /** Codes of errors. */
  errors: readonly number[];
  statuses: readonly StatusRange[];
  minTicks: Tick;
  maxTicks: Tick;
}>;

/**
 * What a response must be, in the order in which checks are numbered: 0 is the status, then time, headers, JSON, body;
 * the captures of the request follow.
 */
export type Expect = Readonly<{
  status: readonly StatusRange[];
  /** The service time allowed; 0 for any. */
  withinTicks: Tick;
  headers: readonly HeaderCheck[];
  json: readonly JsonCheck[];
  body: readonly BodyCheck[];
}>;

export type Metric =
  | "response_time"
  | "service_time"
  | "first_byte"
  | "connect"
  | "tls"
  | "first_message"
  | "message_gap"
  | "messages"
  | "lag"
  | "blocked"
  | "session_time"
  | "group_time"
  | "errors"
  | "checks"
  | "drops"
  | "rate"
  | "bytes";

export type Statistic = Readonly<
  /** Nearest rank; 990_000 is p99. */
  | { kind: "quantile"; ppm: Ppm }
  | { kind: "avg" | "min" | "max" }
  /** Parts of a million. */
  | { kind: "ratio" }
  | { kind: "count" | "total" }
  /** Per second, times 1,000 (so that limits stay integers). */
  | { kind: "rate" }
>;

export type Threshold = Readonly<{
  metric: Metric;
  statistic: Statistic;
  comparison: "<" | "<=" | ">" | ">=";
  /** In the statistic's unit: ticks, parts of a million, a count, bytes, or thousandths per second. */
  limit: number;
  /** Positions in `flows`, `steps`, `stages`, `tags`; −1 where the threshold speaks of all. */
  flow: number;
  step: number;
  stage: number;
  tag: number;
  /**
   * The run is stopped as soon as more than so many samples (or requests, checks, arrivals) that count against the
   * threshold have been seen, for then it can no longer be met; −1: never. Only for statistics of which that can be
   * said: quantile, max, min, ratio, count.
   */
  abortAfter: number;
  /** Missing it makes the run invalid in place of failed. */
  invalidates: boolean;
  /** As a person would write it: `response_time p99 < 300ms of step login`. */
  text: string;
}>;

/** How a simulated target behaves (docs/simulation.md). Its draws are keyed by the plan's seed. */
export type Simulation = Readonly<{
  /** From a request's arrival, or from when a server is free, to its response. */
  service: Duration;
  /** Requests worked on at once, others wait in the order in which they came; 0: as many as come. */
  servers: number;
  /** Requests that may wait for a server; one more is answered with 503 at once. */
  queue: number;
  /** Share of requests answered with 500. */
  errorsPpm: Ppm;
  /** From the first packet of a connection to its opening. */
  connect: Duration;
  /** Connections that may be open at once, over all targets; one more is refused. 0: any number. */
  connections: number;
  /** What requests are answered; one that is not named is answered as it is expected to be. */
  answers: readonly SimulatedAnswer[];
  faults: readonly SimulatedFault[];
}>;

/** A time drawn evenly from `minTicks … maxTicks` where `quantiles` is empty, and otherwise as a think time's are. */
export type Duration = Readonly<{ minTicks: Tick; maxTicks: Tick; quantiles: readonly Tick[] }>;

/** `status` 0, `headers` null and `body` null: as expected. `service` null and `errorsPpm` −1: as all requests. */
export type SimulatedAnswer = Readonly<{
  request: number;
  service: Duration | null;
  errorsPpm: Ppm;
  status: number;
  headers: readonly (readonly [name: string, value: string])[] | null;
  body: string | null;
}>;

/** What goes wrong, with a share `ppm` of what begins from `fromTick` until before `toTick`. */
export type SimulatedFault = Readonly<{
  /**
   * drop: no answer, ever; delay: `ticks` more; reset: the connection is reset in place of an answer; refuse: no
   * connection is opened; half-close: the connection ends in the middle of the response; slow-body: the response comes
   * in pieces, `ticks` long; corrupt: one byte of the response is another; status: `status` is answered.
   */
  kind: "drop" | "delay" | "reset" | "refuse" | "half-close" | "slow-body" | "corrupt" | "status";
  /** Position in `requests`, or −1 for all. */
  request: number;
  fromTick: Tick;
  /** 2^53 − 1: to the end. */
  toTick: Tick;
  ppm: Ppm;
  ticks: Tick;
  status: number;
}>;

/** Beyond these, the generator broke its own promise and the run is invalid. Any: 2^53 − 1 ticks, 1,000,000 ppm. */
/** Without `cpuPpm`, any share of the processor will do: so it is in all plans that say nothing of it. */
export type Validity = Readonly<{ lagP99Ticks: Tick; dropsPpm: Ppm; gapsPpm: Ppm; cpuPpm?: Ppm }>;

/** Worst cases computed by the compiler; the runtime allocates them once. */
export type Bounds = Readonly<{
  vus: number;
  connections: number;
  /** Sessions expected; exact for uniform arrivals and iterations, the mean for poisson, 0 where only time bounds it. */
  sessions: number;
  /** Highest intended rate in sessions per second, times 1,000. */
  peakRate: number;
  /** Longest rendered request, head and body: captured values count as `captureBytes`, secrets as 4 KiB, all cookies as 8 KiB. */
  requestBytes: number;
  /** The longest value that is captured, in bytes of UTF-8; a longer one is cut and fails the capture's check. */
  captureBytes: number;
  /** The deepest nest of repeats, and of groups. */
  repeatDepth: number;
  groupDepth: number;
  /** The longest time a run can take: stages and graceful stop; 0 where only iterations bound it. */
  endTick: Tick;
  /** Ledger bytes expected when every planned session goes through; 0 where sessions is 0. */
  ledgerBytes: number;
}>;
