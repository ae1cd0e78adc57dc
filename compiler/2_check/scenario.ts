/**
 * The checked scenario: what `2_check` promises to `3_lower`. Every default is filled, every name resolved, every
 * unit an integer; a node that a later phase may complain about carries its `place`.
 */
import type {
  Extraction,
  Metric,
  SimulatedFault as PlannedFault,
  Statistic,
  Target as PlannedTarget,
  Tick,
  Transport,
  Validity,
} from "../../runtime/plan.ts";
import type { JsonTest, TextTest } from "../../runtime/plan_checks.ts";
import type { MessageType } from "../../runtime/plan_messages.ts";
import type { Place } from "../diagnostic.ts";
import type { Load } from "./scenario_load.ts";
import type { GrpcMethod } from "./protos.ts";

export type Scenario = Readonly<{
  file: string;
  name: string;
  description: string;
  /** 0 … 2^53 − 1 */
  seed: number;
  transport: Transport;
  /** At least one: `[target]`, then those of `[targets]` by name. */
  targets: readonly Target[];
  load: Load;
  tables: readonly DataTable[];
  /** What messages of gRPC are made of; methods name them by position. */
  messageTypes: readonly MessageType[];
  /** Names of all tags, each once, in the order of the source. */
  tags: readonly string[];
  /** At least one, and at least one request among them all. None is named `setup` or `teardown`. */
  flows: readonly Flow[];
  /** Run once, before the load and after it; named `setup` and `teardown`, their weight is 1. */
  setup: Flow | null;
  teardown: Flow | null;
  thresholds: readonly Threshold[];
  validity: Validity;
  simulation: Simulation;
}>;

export type Target = Readonly<{
  /** Empty for `[target]`; unique. */
  name: string;
  place: Place;
  scheme: "http" | "https";
  /** Lower case, without brackets around IPv6. */
  host: string;
  port: number;
  basePlace: Place;
  /** Sent with every request, unless a step sets the same name. */
  headers: readonly Header[];
  timeoutTicks: Tick;
  /** `auto` only where the scheme is `https`. */
  protocol: PlannedTarget["protocol"];
  connections: Connections;
  /** 1, or more where the protocol is `h2` and the connections are shared. */
  streams: number;
  /** Null where the scheme is `http`. */
  tls: Tls | null;
  /** Sessions keep and send back the cookies they are sent. */
  cookies: boolean;
}>;

/** `cert` and `key`: both or neither. */
export type Tls = Readonly<{
  ca: TlsText | null;
  cert: TlsText | null;
  key: Exclude<TlsText, { kind: "text" }> | null;
  /** Empty: the host. */
  serverName: string;
  insecure: boolean;
  place: Place;
}>;

/** A text read already, or where it is read when the executable starts: a file, or a variable of the environment. */
export type TlsText = Readonly<
  { kind: "text"; text: string } | { kind: "file"; path: string } | { kind: "secret"; name: string }
>;

export type Connections = Readonly<
  { kind: "per-vu" } | { kind: "per-session" } | { kind: "per-request" } | { kind: "shared"; size: number }
>;

/** `name` is lower case, an RFC 9110 token, and unique in its list; the literal parts of `value` hold no CR, LF or NUL. */
export type Header = Readonly<{ name: string; value: Template; place: Place }>;

/**
 * Rows that sessions take, read already. Every row has a cell for every column; no cell holds U+007F. A cell of a
 * column that is not `text` is the JSON text of its value.
 */
export type DataTable = Readonly<{
  /** Unique among tables. */
  name: string;
  place: Place;
  pickPlace: Place;
  /** `unique` is still to be held against the sessions of the load (Z1553, Z1554 in `3_lower`). */
  pick: "sequential" | "shuffle" | "random" | "unique";
  /** At least one; names differ. */
  columns: readonly Column[];
  /** At least one. */
  rows: readonly (readonly string[])[];
}>;

export type Column = Readonly<{ name: string; type: ColumnType }>;
export type ColumnType = "text" | "integer" | "number" | "boolean";

export type Flow = Readonly<{
  name: string;
  place: Place;
  weight: number;
  /** Names that steps of this flow capture, those in groups too, each once, in the order of the source. */
  captures: readonly string[];
  steps: readonly Step[];
}>;

export type Step = RequestStep | WebSocketStep | ThinkStep | GroupStep;

/** Steps that are run, repeated and timed as one. */
export type GroupStep = Readonly<{
  kind: "group";
  /** Unique in its flow, like those of the steps in it. */
  name: string;
  place: Place;
  /** Positions in the scenario's `tags`, ascending: its own, and those of its groups and its flow. */
  tags: readonly number[];
  /** At least one; groups nest at most 8 deep. */
  steps: readonly Step[];
  when: When;
  repeat: Repeat;
}>;

/** The step runs `min` … `max` times, both included; null: once. */
export type Repeat = Readonly<{ min: number; max: number; place: Place }> | null;

/** The step runs, with all its passes, only where every one of them holds. Empty: always. */
export type When = readonly Condition[];

/** `capture` is one of the captures of the flow, or of the setup. */
export type Condition = Readonly<
  & { place: Place }
  & (
    | { kind: "captured"; capture: string; of: CaptureOwner; exists: boolean }
    | { kind: "equals"; capture: string; of: CaptureOwner; text: string; negated: boolean }
    | { kind: "matches"; capture: string; of: CaptureOwner; pattern: string }
    | { kind: "status"; ranges: readonly (readonly [number, number])[] }
  )
>;

/** Who made a capture: a step of the same flow, which within the setup is the setup; or the setup, from without. */
export type CaptureOwner = "flow" | "setup";

export type RequestStep = Readonly<{
  kind: "request";
  /** Unique in its flow, thinks and groups included. */
  name: string;
  place: Place;
  /** Positions in the scenario's `tags`, ascending: its own, and those of its groups and its flow. */
  tags: readonly number[];
  /** Position in `targets`. */
  target: number;
  method: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS";
  /**
   * Path and query from the root of the origin, as written, not yet percent-encoded: begins with `/` and has the
   * base's path in front already. An absolute URL has lost its origin. Where the first part is a capture, it is the
   * path, or the absolute URL, that a response named (encoding `target`), and no base stands in front.
   */
  url: Template;
  urlPlace: Place;
  /** To be appended to the URL, names and values not yet encoded. */
  query: readonly QueryItem[];
  /** The step's own; those of the target come beside it. */
  headers: readonly Header[];
  /** The step's, or else the target's. It replaces a header `authorization` of the target. */
  auth: Auth;
  body: Body;
  expect: Expect;
  /** In the order of the source; the names differ. */
  captures: readonly Capture[];
  /** What its response is made of, where that is messages; null: a body. */
  stream: Stream | null;
  onError: "continue" | "end-session" | "stop-run";
  timeoutTicks: Tick;
  /** Redirects to follow at most. */
  redirects: number;
  retry: Retry | null;
  when: When;
  repeat: Repeat;
}>;

/**
 * A request that opens a WebSocket, and what is done on it. Its method is GET, its status 101; it has no body, and is
 * neither tried again nor redirected.
 */
export type WebSocketStep =
  & Readonly<{ kind: "webSocket"; exchange: readonly ExchangeItem[] }>
  & Omit<RequestStep, "kind">;

/** At least one; the last of a WebSocket's is `close`, which stands nowhere else. */
export type ExchangeItem = Action | RepeatedActions;

/** At least one item; these nest at most 8 deep. */
export type RepeatedActions = Readonly<
  { kind: "repeat"; place: Place; min: number; max: number; exchange: readonly ExchangeItem[] }
>;

/** What is done on a WebSocket. Tags are those of its step. Thinks have neither `when` nor `repeat`. */
export type Action = SendAction | ReceiveAction | PingAction | CloseAction | ThinkStep;

/** Of a WebSocket's step: `STEP.NAME`, unique in its flow. */
type NamedAction = Readonly<{ name: string; place: Place; tags: readonly number[]; timeoutTicks: Tick }>;

/** The body is a text, JSON, or bytes where `isBinary`. */
export type SendAction = NamedAction & Readonly<{ kind: "send"; body: Body; isBinary: boolean }>;

/** Waits for the first message that is as `until` says; null: for any. */
export type ReceiveAction =
  & NamedAction
  & Readonly<{ kind: "receive"; until: MessageMatch | null; captures: readonly Capture[] }>;

/** At most 125 bytes of UTF-8. */
export type PingAction = NamedAction & Readonly<{ kind: "ping"; text: string }>;

/** The reason has at most 123 bytes of UTF-8. */
export type CloseAction = NamedAction & Readonly<{ kind: "close"; code: number; reason: string }>;

/** How a request says who sends it: the header `authorization`. `none` where a header of the step says it. */
export type Auth = Readonly<
  | { kind: "none" }
  /** RFC 6749, section 4.4: a token got before, in the setup or at the beginning of each session, as a bearer. */
  | OAuth2
  /** No literal part of the user holds a colon. */
  | { kind: "basic"; user: Template; password: Template; place: Place }
  | { kind: "bearer"; token: Template; place: Place }
>;

/** Equal but for places: one token, and one step that gets it. */
export type OAuth2 = Readonly<{
  kind: "oauth2";
  place: Place;
  /** Position in `targets` of where the token comes from. */
  target: number;
  /** As the `url` of a request step; no captures. */
  tokenUrl: Template;
  /** No captures of the flow in any of them; with `per` run, no cells of tables and no captures of the setup either. */
  clientId: Template;
  clientSecret: Template;
  scope: Template | null;
  audience: Template | null;
  /** Section 2.3.1: as `basic` authorization, or as parameters in the body. */
  send: "basic" | "body";
  per: "run" | "session";
}>;

/** `capture` is one of the flow's captures; header names are lower case. */
export type Capture = Readonly<{ capture: string; place: Place; from: Extraction; optional: boolean }>;

export type Retry = Readonly<{
  place: Place;
  /** 1 … 100, beside the first try. */
  times: number;
  /** Each once. */
  causes: readonly RetryCause[];
  statuses: readonly (readonly [number, number])[];
  minTicks: Tick;
  maxTicks: Tick;
}>;

/**
 * Which errors of a request lead to another try. timeout, reset, closed, refused: in whatever phase. connect, wait:
 * every error of the phase. `["connect", "wait"]` and the statuses 502 to 504 unless said otherwise.
 */
export type RetryCause = "timeout" | "reset" | "closed" | "refused" | "connect" | "wait";

export type ThinkStep = Readonly<{
  kind: "think";
  name: string;
  place: Place;
  /** As those of a request. */
  tags: readonly number[];
  time: ThinkTime;
  when: When;
  repeat: Repeat;
}>;

/** How long a step thinks. All times are at least 1 tick except those of `uniform`. */
export type ThinkTime = Readonly<
  /** Any whole number of ticks, both ends included. */
  | { kind: "uniform"; minTicks: Tick; maxTicks: Tick }
  | { kind: "normal"; meanTicks: Tick; deviationTicks: Tick }
  | { kind: "exponential"; meanTicks: Tick }
  /** `exp(N(ln median, sigma))`; sigma in millionths, 1 … 3,000,000. */
  | { kind: "lognormal"; medianTicks: Tick; sigmaMillionths: number }
>;

export type QueryItem = Readonly<{ name: string; value: Template; place: Place }>;

export type Body = Readonly<
  | { kind: "none" }
  | { kind: "text"; text: Template; place: Place }
  | { kind: "json"; value: JsonValue; place: Place }
  /** `application/x-www-form-urlencoded`, not yet encoded. */
  | { kind: "form"; items: readonly QueryItem[]; place: Place }
  /** `multipart/form-data` (RFC 7578). */
  | { kind: "multipart"; parts: readonly MultipartPart[]; place: Place }
  /** Sent as it is; `application/octet-stream` unless a header says otherwise. */
  | { kind: "bytes"; bytes: Uint8Array; place: Place }
  /** A message of gRPC, which fits its type. */
  | { kind: "grpc"; message: JsonValue; method: GrpcMethod; place: Place }
>;

/** No name and no type holds a line break or another control character. */
export type MultipartPart = Readonly<
  & { name: string; place: Place }
  & (
    | { kind: "text"; text: Template }
    /** `type` is a media type. */
    | { kind: "file"; bytes: Uint8Array; fileName: string; type: string }
  )
>;

/** In the order of the source. A number is its JSON text already (a TOML integer may lie beyond 2^53). */
export type JsonValue = Readonly<
  | { kind: "text"; text: Template }
  | { kind: "number"; text: string }
  | { kind: "boolean"; value: boolean }
  /** A cell of a column that is not `text`, without quotes around it. */
  | { kind: "cell"; variable: Extract<Variable, { variable: "data" }> }
  | { kind: "list"; items: readonly JsonValue[] }
  | { kind: "table"; entries: readonly Readonly<{ key: string; value: JsonValue }>[] }
>;

/** Literal text and variables, in order; never two literals beside each other, never an empty one. Empty text is `[]`. */
export type Template = readonly TemplatePart[];
export type TemplatePart = string | Variable;

/** A value known only while the test runs, with the place of its `${…}`. */
export type Variable = Readonly<
  & { place: Place }
  & (
    | { variable: "session" }
    | { variable: "vu" }
    | { variable: "loop" }
    | { variable: "stage" }
    | { variable: "uuid" }
    /** Both ends included; safe integers, `min` ≤ `max`, fewer than 2^53 values. */
    | { variable: "random.int"; min: number; max: number }
    /** At least one text. */
    | { variable: "random.choice"; texts: readonly string[] }
    | { variable: "now.iso" }
    /** Positions in `tables` and in the table's `columns`; `name` is `table.column`. */
    | { variable: "data"; table: number; column: number; name: string }
    /** One of the captures of the flow, made by a step in front, or of the setup; if perhaps not in every session. */
    | { variable: "capture"; name: string; of: CaptureOwner }
    /** Read from the environment when the executable starts. */
    | { variable: "secret"; name: string }
  )
>;

export type Expect = Readonly<{
  /** Ranges of statuses, both ends included, ascending and disjoint; `[[200, 399]]` unless said otherwise. */
  status: readonly (readonly [number, number])[];
  /** The service time allowed; 0 for any. */
  withinTicks: Tick;
  /** `name` is lower case. */
  headers: readonly Readonly<{ name: string; test: TextTest; place: Place }>[];
  /** `pointer` is one of RFC 6901. */
  json: readonly Readonly<{ pointer: string; test: JsonExpectation; place: Place }>[];
  body: readonly BodyCheck[];
}>;

/** As in the plan, but that the value wanted is not yet a text. It holds no variables; nor has TOML a null. */
export type JsonExpectation =
  | Exclude<JsonTest, { kind: "equals" }>
  | Readonly<{ kind: "equals"; value: JsonValue }>;

/**
 * Messages come one by one. The request is done with the first that is meant, or with number `count` (0: any number),
 * and where neither is said with the end of the response.
 */
export type Stream = Readonly<{ kind: "events" | "grpc"; until: MessageMatch | null; count: number }>;

/** All of it holds of the message that is meant. `event` is the name of a server-sent event; empty: any. */
export type MessageMatch = Readonly<{
  event: string;
  json: readonly Readonly<{ pointer: string; place: Place; test: JsonExpectation | Rendered }>[];
  body: readonly (BodyCheck | Rendered)[];
}>;

/** A text with variables, which the message contains, or which the value at the pointer is. */
export type Rendered = Readonly<
  { kind: "rendered contains" | "rendered equals"; text: Template; place: Place }
>;

export type BodyCheck = Readonly<
  & { place: Place }
  & (
    | { kind: "contains"; text: string }
    | { kind: "equals"; text: string }
    /** A JavaScript regular expression, known to compile with the flag `u`. */
    | { kind: "matches"; pattern: string }
    /** `maxBytes` is 2^53 − 1 where only the least is asked for. */
    | { kind: "size"; minBytes: number; maxBytes: number }
  )
>;

/** One statistic of one `[[threshold]]`. */
export type Threshold = Readonly<{
  place: Place;
  metric: Metric;
  statistic: Statistic;
  comparison: "<" | "<=" | ">" | ">=";
  /** Ticks, parts of a million, a count, bytes, or thousandths per second, by statistic. */
  limit: number;
  /** Position in `flows`, or −1 for all. */
  flow: number;
  /** Name of a step of flow `flow`, or null for all; not null only where `flow` is one. A group where `metric` is group_time. */
  step: string | null;
  /** Position in the load's stages, or −1 for all. */
  stage: number;
  /** Position in `tags`, or −1 for all. */
  tag: number;
  /** Stop the run as soon as it can no longer be met. Where that can be said of the statistic; of the load, `3_lower` says. */
  abort: boolean;
  abortPlace: Place;
  /** Missing it makes the run invalid in place of failed. */
  invalidates: boolean;
  /** As a person would write it: `response_time p99 < 300ms of step login`. */
  text: string;
}>;

/** A step by the names of its flow, `setup` and `teardown` included, and its own. */
export type StepName = Readonly<{ flow: string; step: string }>;

/** How a simulated target behaves; the defaults where the scenario does not say. */
export type Simulation = Readonly<{
  service: ThinkTime;
  /** 0: any number. */
  servers: number;
  /** 0 where any number of servers is there. */
  queue: number;
  errorsPpm: number;
  connect: ThinkTime;
  /** 0: any number. */
  connections: number;
  answers: readonly SimulatedAnswer[];
  faults: readonly SimulatedFault[];
}>;

/** `status` 0, `headers` null and `body` null: as expected. `service` null and `errorsPpm` −1: as all requests. */
export type SimulatedAnswer = Readonly<{
  place: Place;
  /** A request; no other answer has it. */
  of: StepName;
  service: ThinkTime | null;
  errorsPpm: number;
  status: number;
  headers: readonly (readonly [name: string, value: string])[] | null;
  /** JSON is written out already. */
  body: string | null;
}>;

export type SimulatedFault = Readonly<{
  place: Place;
  kind: PlannedFault["kind"];
  /** The requests it befalls, or null for all. Each becomes a fault of the plan. */
  of: readonly StepName[] | null;
  fromTick: Tick;
  /** 2^53 − 1: to the end. */
  toTick: Tick;
  ppm: number;
  /** Of delay and slow-body; else 0. */
  ticks: Tick;
  /** Of status; else 0. */
  status: number;
}>;
