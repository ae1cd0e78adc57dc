import type { Captured, ExaminedResponse, Examiner, Findings } from "../engine/host.ts";
import { judgesStatus } from "../engine/prepared_request.ts";
import { CONTINUATION, KIND } from "../ledger/record.ts";
import type { Condition, Plan, Request, StatusRange } from "../plan.ts";
import type { Part, Template } from "../plan_templates.ts";
import { isRedirect } from "../protocol/http1_redirect.ts";
import type { RecordCursor } from "./replayed_records.ts";
import { isIssuedAtOnce, type ReplayedWaits } from "./replayed_waits.ts";

/**
 * Recalls what responses meant, and how long requests were, from the records that come next. What follows from the
 * plan is computed again all the same: status, time, what a missing value means, and the length of what was decided.
 */
export class ReplayedExaminer implements Examiner {
  readonly #plan: Plan;
  readonly #cursor: RecordCursor;
  readonly #waits: ReplayedWaits;
  /** By step: 1 where all bytes of its request follow from plan and seed. */
  readonly #isDecided: Uint8Array;

  constructor(plan: Plan, cursor: RecordCursor, waits: ReplayedWaits) {
    this.#plan = plan;
    this.#cursor = cursor;
    this.#waits = waits;
    this.#isDecided = new Uint8Array(plan.steps.length);
    for (const it of plan.flows.flatMap(({ program }) => program)) {
      if (it.kind !== "request" && it.kind !== "webSocket") continue;
      const { head, body } = plan.requests[it.request];
      this.#isDecided[it.step] = isDecided(head) && isDecided(body) ? 1 : 0;
    }
  }

  examine({ vu, request: id, status, serviceTicks, mayRedirect }: ExaminedResponse): Findings {
    const request = this.#plan.requests[id];
    if (mayRedirect && isRedirect(status) && this.#isRedirected(vu)) return REDIRECTED;
    const told = this.#told(vu);
    const captured = request.captures.map(({ capture }) => told.captured.get(capture) ?? null);
    return {
      redirect: null,
      cookies: [],
      failed: this.#failed(request, status, serviceTicks, told, captured),
      captured,
      foundBy: (check) => told.failed.get(check) ?? "",
    };
  }

  holds(condition: Condition, _vu: number, status: number): boolean {
    if (condition.kind === "status") return isIn(status, condition.ranges);
    return this.#cursor.has(0) && this.#cursor.a(0) === 1;
  }

  requestBytes(vu: number, rendered: number): number {
    const cursor = this.#cursor;
    // One that has waited may get its connection in between.
    const ahead = cursor.has(0) && cursor.vu(0) !== vu ? 1 : 0;
    const isThere = cursor.has(ahead) && cursor.kind(ahead) === KIND.requestPlanned &&
      cursor.vu(ahead) === vu;
    if (!isThere) return rendered;
    const isHop = cursor.b(ahead) === 0 && cursor.c(ahead) === 0;
    if (!isHop && this.#isDecided[cursor.step(ahead)] === 1) return rendered;
    if (isIssuedAtOnce(cursor, ahead)) return cursor.c(ahead + 1);
    return this.#waits.of(ahead)?.bytes ?? rendered;
  }

  /** Whether the response at hand is followed by the record of a redirect; its connection may be closed in between. */
  #isRedirected(vu: number): boolean {
    const cursor = this.#cursor;
    let ahead = 1;
    for (; cursor.has(ahead) && cursor.vu(ahead) === vu; ahead++) {
      if (cursor.kind(ahead) === KIND.redirected) return true;
      if (cursor.kind(ahead) !== KIND.connectionClosed) return false;
    }
    // Where the ledger was cut there: a response whose redirect is followed has no checks.
    return !cursor.has(ahead) && cursor.c(0) >>> 16 === 0;
  }

  /** What the records behind the response at hand tell: texts by the number of a failed check, values by capture. */
  #told(vu: number): Told {
    const cursor = this.#cursor;
    const failed = new Map<number, string>();
    const captured = new Map<number, Captured>();
    let ahead = 1;
    for (; cursor.has(ahead); ahead++) {
      const kind = cursor.kind(ahead);
      if ((kind & CONTINUATION) !== 0) continue;
      if (cursor.vu(ahead) !== vu) break;
      if (kind === KIND.checkFailed) failed.set(cursor.a(ahead), cursor.text(ahead));
      else if (kind === KIND.valueCaptured) captured.set(cursor.a(ahead), this.#captured(ahead));
      else break;
    }
    return { failed, captured, isCut: !cursor.has(ahead) };
  }

  #captured(ahead: number): Captured {
    const bytes = this.#cursor.b(ahead);
    return {
      text: this.#cursor.text(ahead),
      bytes,
      isWhole: bytes <= this.#plan.bounds.captureBytes,
    };
  }

  #failed(
    request: Request,
    status: number,
    serviceTicks: number,
    told: Told,
    captured: readonly (Captured | null)[],
  ): number[] {
    const { expect, captures } = request;
    const failed = isIn(status, expect.status) || !judgesStatus(request) ? [] : [0];
    const { withinTicks, headers, json, body } = expect;
    const timed = withinTicks > 0 ? 1 : 0;
    if (timed === 1 && serviceTicks > withinTicks) failed.push(1);
    const checks = timed + headers.length + json.length + body.length;
    for (let check = 1 + timed; check <= checks; check++) if (told.failed.has(check)) failed.push(check);
    captures.forEach(({ optional }, n) => {
      const isGood = captured[n]?.isWhole ?? (optional || told.isCut);
      if (!isGood) failed.push(1 + checks + n);
    });
    return told.isCut ? this.#asManyAsRecorded(failed, checks + captures.length, timed) : failed;
  }

  /** Which checks failed is cut off, how many is not. They are told in ascending order, so the last ones are those. */
  #asManyAsRecorded(failed: readonly number[], last: number, timed: number): number[] {
    const all = new Set(failed);
    const recorded = this.#cursor.c(0) >>> 24;
    for (let check = last; check > timed && all.size < recorded; check--) all.add(check);
    return [...all].sort((one, other) => one - other);
  }
}

/** Texts by the number of a failed check, values by capture; `isCut`: the ledger ends before all was told. */
type Told = Readonly<{
  failed: ReadonlyMap<number, string>;
  captured: ReadonlyMap<number, Captured>;
  isCut: boolean;
}>;

/** Where to is not recorded: only how long the request was that went there. */
const REDIRECTED: Findings = { redirect: "/", cookies: [], failed: [], captured: [], foundBy: () => "" };

function isIn(status: number, ranges: readonly StatusRange[]): boolean {
  return ranges.some(([from, to]) => status >= from && status <= to);
}

/** `${now.iso}` is always as long, and `${vu}` is in the ledger. */
function isDecided(template: Template): boolean {
  return template.every((part: Part) => {
    if (typeof part === "string" || "base64" in part) return true;
    if (part.slot === "basic") return isDecided(part.user) && isDecided(part.password);
    return part.slot !== "capture" && part.slot !== "secret" && part.slot !== "cookies";
  });
}
