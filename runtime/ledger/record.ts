/**
 * The record: 32 bytes, little-endian, one table. docs/ledger.md describes the file to the byte.
 *
 * A kind's top bit tells its lane. Decisions follow from plan and seed; observations are what the world did.
 */

/** Byte offsets of a record's fields. `tick` is a u64, `kind` and `step` are u16, all others u32. */
export const RECORD = {
  tick: 0,
  session: 8,
  vu: 12,
  kind: 16,
  step: 18,
  a: 20,
  b: 24,
  c: 28,
  bytes: 32,
} as const;

/**
 * The sessions of the flows that run once. Their ticks count from their own beginning, their stage is NONE, and they
 * are part of no figure of the load.
 */
export const SESSION = { setup: 0xffff_fffe, teardown: 0xffff_fffd } as const;

/** In `session`, `vu` (u32) and `step` (u16): the record is about no particular one. */
export const NONE = 0xffff_ffff;
export const NO_STEP = 0xffff;

/** Set in the kinds of observations. */
export const OBSERVATION = 0x8000;
/** A record that carries bytes for the record before it; the lane bit is its parent's. */
export const CONTINUATION = 0x4000;

/**
 * Kinds of record and what their operands mean. Times in operands are ticks; "due" is when a step should begin:
 * the session's intended start for its first step, and the end of the step before it for every other.
 */
export const KIND = {
  // Decisions.
  /** tick: the intended start (closed load: the actual one, an observation); step: the flow; a: the stage. */
  sessionStarted: 0x0001,
  /** tick: due; a: pass of the repeat, from 1; b, c: digest of the rendered request (docs/determinism.md). */
  requestPlanned: 0x0002,
  /** tick: due; a, b: the chosen think time, low and high word. */
  thinkChosen: 0x0003,
  /** tick: due; a: how often the repeat runs. */
  repeatChosen: 0x0004,
  /** step: the flow; a: an `END`. */
  sessionEnded: 0x0005,
  /** The row a session took when it first used the table. a: the table; b: the row. */
  rowTaken: 0x0006,

  // Observations.
  /** An arrival that found no free VU. tick: the intended start; a: the stage. */
  arrivalDropped: 0x8001,
  /** a, b, c: ticks for dns, connect and tls. The connection belongs to the request in flight on this VU. */
  connectionOpened: 0x8002,
  /** a: a `CLOSED`; b: the requests it carried; c: its first slot. session, vu and step are those of its last request. */
  connectionClosed: 0x8003,
  /** Of a message that is sent on a WebSocket, too, which has no end. tick = due + a + b. a: lag, the generator's own lateness; b: blocked, the wait for a shared connection; c: bytes to send, in the form of HTTP/1.1 in whichever version. */
  requestIssued: 0x8004,
  /**
   * a: ticks from issue to first byte; b: bytes received; c: status | checks passed << 16 | checks failed << 24. Where a
   * WebSocket's message, pong or close was waited for: of its payload, and the status is 0, or the close's code.
   */
  responseEnded: 0x8005,
  /** a: an error code; b: bytes received; c: ticks from issue to first byte, or NONE. Continued by the cause's text. */
  requestFailed: 0x8006,
  /** a: which check of the step (0 is the status); b: the status. Continued by an excerpt of what was found. */
  checkFailed: 0x8007,
  /** The loop did not turn for a ticks, up to tick. */
  loopGap: 0x8008,
  /** a: the stage. */
  stageEntered: 0x8009,
  /** a: a `STOP`. No arrivals from here on. */
  runStopped: 0x800a,
  /** Continued by the value. a: the capture; b: its bytes before it was cut. */
  valueCaptured: 0x800c,
  /** A redirect is followed: the next `requestPlanned` and `requestIssued` are its. a: the status; b: which in a row, from 1. */
  redirected: 0x800d,
  /** The request is tried again. a: which try comes next, from 2; b: ticks waited before it. */
  retried: 0x800e,
  /** A `when` was decided by what was observed. a: 1 where its steps are run, 0 where they are left out. */
  conditionMet: 0x800f,
  /**
   * A group of steps is done. step: the group; a: ticks since it began, up to tick; b: how many of them it thought;
   * c: 0 where all of its requests were good and it went through, else 1.
   */
  groupEnded: 0x8010,
  /**
   * A message came: of a WebSocket, a server-sent event, one of gRPC, or a control frame. step: of the request in flight,
   * or the one that opened the WebSocket; a: ticks since the one before it, or since its request was issued (WebSocket:
   * since it was opened); b: bytes of its payload; c: a `MESSAGE`.
   */
  messageReceived: 0x8011,
  /** A WebSocket was answered without being told to. a: a `MESSAGE` (pong or close); b: bytes of the frame. */
  frameAnswered: 0x8012,
  /** TLS stands, for the connection of the `connectionOpened` before it. a: 1 for HTTP/1.1, 2 for HTTP/2; b: 1 where an earlier session was resumed. */
  connectionSecured: 0x8013,
  /**
   * What the load's thread used of the processor. a: ticks of processor time, without what it spent looking for what is
   * due; b: the ticks in which it did, up to tick: those since the one before it, or since tick 0.
   */
  processorUsed: 0x8014,
  /** The last record of a whole run. a, b: sessions started, sessions dropped; c: requests issued. */
  runEnded: 0x800b,
} as const;

/** What came as a message: on a WebSocket, its opcode (RFC 6455 section 5.2). */
export const MESSAGE = { text: 1, binary: 2, close: 8, ping: 9, pong: 10, event: 16, grpc: 17 } as const;

/** Added to a status of gRPC where a response's status stands. */
export const GRPC_STATUS = 600;

/** Why a session ended. */
export const END = { completed: 0, stepFailed: 1, runStopped: 2 } as const;

/** Why a connection was closed. */
export const CLOSED = {
  /** By us, as the plan says: per session, per request, or at the end of the run. */
  asPlanned: 0,
  /** By the target, as announced with `connection: close` or GOAWAY. */
  announced: 1,
  /** By the target while idle. */
  byTarget: 2,
  /** After an error, a timeout, or the end of the run while a request was in flight. */
  afterError: 3,
} as const;

/** Why a run stopped before its plan's end. */
export const STOP = {
  interrupted: 1,
  halted: 2,
  stepFailed: 3,
  ledgerFull: 4,
  /** A threshold can no longer be met; b: which. */
  thresholdMissed: 5,
  /** The setup did not go through, so the load never began. */
  setupFailed: 6,
} as const;
