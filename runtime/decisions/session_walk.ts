import { chooseFlow } from "../engine/choose_flow.ts";
import { DataTables } from "../engine/data_tables.ts";
import { KeyedRandom, scaleWords, USE } from "../engine/random.ts";
import { TableCells } from "../engine/table_cells.ts";
import { thinkTicks } from "../engine/think_time.ts";
import { KIND, SESSION } from "../ledger/record.ts";
import type { Condition, Instruction, Plan, Request } from "../plan.ts";
import { RequestDigest } from "./request_digest.ts";

/** What all walks through a plan's programs share. */
export class WalkedPlan {
  readonly random: KeyedRandom;
  readonly data: DataTables;
  /** By position in plan.requests. */
  readonly digests: readonly RequestDigest[];

  constructor(readonly plan: Plan) {
    const random = this.random = new KeyedRandom(plan.seed);
    const data = this.data = new DataTables(new TableCells(plan.tables), random);
    const stepOf = new Map<number, number>();
    for (const { program } of plan.flows) {
      for (const it of program) {
        if (it.kind === "request" || it.kind === "webSocket") stepOf.set(it.request, it.step);
      }
    }
    this.digests = plan.requests.map((request, id) =>
      new RequestDigest(request, plan.steps[stepOf.get(id) ?? 0].salt, random, data)
    );
  }

  /** Position in plan.flows of the flow that the session takes. */
  flowOf(session: number): number {
    if (session === SESSION.setup) return this.plan.setup;
    if (session === SESSION.teardown) return this.plan.teardown;
    return chooseFlow(this.plan.choice, this.random, session);
  }
}

/**
 * Walks a session's program without a world: `kind` and its operands are what the session decides next, and the
 * caller says how the world answered. A second account of what `Engine` does, kept apart from it on purpose.
 */
export class SessionWalk {
  /**
   * One of `KIND`: a decision; or conditionMet: `meet` must be called in place of `next`; or sessionEnded: the program is
   * done.
   */
  kind: number = KIND.sessionEnded;
  /** Position in plan.steps; of sessionEnded, the flow. */
  step = 0;
  a = 0;
  b = 0;
  c = 0;
  readonly #walked: WalkedPlan;
  readonly #rows: Int32Array;
  readonly #context: { session: number; stage: number; pass: number; rows: Int32Array };
  #program: readonly Instruction[] = [];
  #at = 0;
  #flow = 0;
  /** Where the WebSocket was opened that the session has, or had. */
  #webSocket = 0;
  #depth = 0;
  readonly #pass: Float64Array;
  readonly #passes: Float64Array;

  constructor(walked: WalkedPlan) {
    const { plan } = walked;
    this.#walked = walked;
    this.#rows = new Int32Array(plan.tables.length);
    this.#context = { session: 0, stage: 0, pass: 1, rows: this.#rows };
    this.#pass = new Float64Array(plan.bounds.repeatDepth);
    this.#passes = new Float64Array(plan.bounds.repeatDepth);
  }

  get session(): number {
    return this.#context.session;
  }

  /** The request that was planned last and is not done; null elsewhere. */
  get request(): Request | null {
    const instruction = this.#program.at(this.#at);
    const isRequest = instruction?.kind === "request" || instruction?.kind === "webSocket";
    return this.kind === KIND.requestPlanned && isRequest
      ? this.#walked.plan.requests[instruction.request]
      : null;
  }

  /** The condition that must be met or not. */
  get condition(): Condition | null {
    const instruction = this.#program.at(this.#at);
    return instruction?.kind === "when" ? instruction.condition : null;
  }

  /** A session begins; the first thing that it decides is next. */
  begin(session: number, flow: number, stage: number): void {
    this.#context.session = session;
    this.#context.stage = stage;
    this.#rows.fill(NO_ROW);
    this.#flow = flow;
    this.#program = this.#walked.plan.flows[flow].program;
    this.#at = 0;
    this.#depth = 0;
    this.#find();
  }

  /** What stood next is done; a request, in whichever way. */
  next(): void {
    switch (this.kind) {
      case KIND.rowTaken:
        break;
      case KIND.repeatChosen:
        this.#enterRepeat();
        break;
      default:
        this.#at++;
    }
    this.#find();
  }

  /** The `when` that stood next was decided. */
  meet(holds: boolean): void {
    const instruction = this.#program[this.#at];
    if (instruction.kind !== "when") throw new Error("z6c has a bug: no condition stands next");
    this.#at = holds ? this.#at + 1 : instruction.end + 1;
    this.#find();
  }

  /** The WebSocket could not be opened, or was lost: what is left to do on it is left out. */
  leaveExchange(): void {
    const opening = this.#program[this.#webSocket];
    if (opening.kind !== "webSocket") throw new Error("z6c has a bug: no WebSocket was opened");
    const ending = this.#program[opening.end];
    if (ending.kind !== "webSocketEnd") throw new Error("z6c has a bug: an exchange has no end");
    this.#at = opening.end;
    this.#depth = ending.depth;
    this.#find();
  }

  /** The request's response redirects: the request that follows is planned next, and nothing of it is decided. */
  redirect(): void {
    this.b = 0;
    this.c = 0;
  }

  /** The request is tried again: it stands next once more. */
  retry(): void {
    this.#find();
  }

  #find(): void {
    for (; this.#at < this.#program.length; this.#at++) {
      const instruction = this.#program[this.#at];
      switch (instruction.kind) {
        case "request":
          return this.#plan(instruction);
        case "webSocket":
          this.#webSocket = this.#at;
          return this.#plan(instruction);
        case "think":
          return this.#think(instruction);
        case "when":
          return this.#set(KIND.conditionMet, instruction.step, 0, 0, 0);
        case "repeat":
          return this.#repeat(instruction);
        case "again":
          if (this.#pass[this.#depth - 1] < this.#passes[this.#depth - 1]) {
            this.#pass[this.#depth - 1]++;
            this.#at = instruction.repeat;
          } else this.#depth--;
          break;
        case "end":
        case "group":
        case "groupEnd":
        case "webSocketEnd":
          break;
      }
    }
    this.#set(KIND.sessionEnded, this.#flow, 0, 0, 0);
  }

  #set(kind: number, step: number, a: number, b: number, c: number): void {
    this.kind = kind;
    this.step = step;
    this.a = a;
    this.b = b;
    this.c = c;
  }

  #loop(): number {
    return this.#depth === 0 ? 1 : this.#pass[this.#depth - 1];
  }

  #plan({ step, request }: Instruction & { kind: "request" | "webSocket" }): void {
    const digest = this.#walked.digests[request];
    for (const table of digest.tables) {
      if (this.#rows[table] !== NO_ROW) continue;
      const row = this.#rows[table] = this.#walked.data.row(table, this.session);
      return this.#set(KIND.rowTaken, step, table, row, 0);
    }
    this.#context.pass = this.#loop();
    digest.compute(this.#context);
    this.#set(KIND.requestPlanned, step, this.#context.pass, digest.low, digest.high);
  }

  #think(instruction: Instruction & { kind: "think" }): void {
    const { step, minTicks, maxTicks } = instruction;
    let ticks = minTicks;
    if (maxTicks > minTicks) {
      const { random, plan } = this.#walked;
      random.draw(this.session, plan.steps[step].salt, USE.think, this.#loop());
      ticks = thinkTicks(instruction, random.words);
    }
    this.#set(KIND.thinkChosen, step, ticks % 2 ** 32, Math.floor(ticks / 2 ** 32), 0);
  }

  #repeat({ step, min, max }: Instruction & { kind: "repeat" }): void {
    let passes = min;
    if (max > min) {
      const { random, plan } = this.#walked;
      random.draw(this.session, plan.steps[step].salt, USE.repeat, this.#loop());
      passes += scaleWords(random.words, max - min + 1);
    }
    this.#set(KIND.repeatChosen, step, passes, 0, 0);
  }

  #enterRepeat(): void {
    const instruction = this.#program[this.#at];
    if (instruction.kind !== "repeat") throw new Error("z6c has a bug: no repeat stands next");
    if (this.a === 0) {
      this.#at = instruction.again + 1;
      return;
    }
    this.#pass[this.#depth] = 1;
    this.#passes[this.#depth] = this.a;
    this.#depth++;
    this.#at++;
  }
}

const NO_ROW = -1;
