import { WORD } from "../ledger/layout.ts";
import { KIND } from "../ledger/record.ts";
import type { Plan } from "../plan.ts";
import { expectedStatus } from "./expected_outcome.ts";

/** What a step does with a WebSocket. */
const STEP = { nothing: 0, opens: 1, uses: 2 } as const;
/** The status of an answer that opens a WebSocket (RFC 6455 section 4.2.2). */
export const SWITCHED = 101;

/**
 * Sees from a ledger's records, in their order, which sessions leave out what is left to do on a WebSocket, since it
 * could not be opened or was lost. A second account of what `Programs` does, kept apart from it on purpose.
 */
export class Exchanges {
  /** The plan has no WebSockets. */
  readonly areNone: boolean;
  readonly #steps: Uint8Array;
  /** By step that opens one: 1 where that is what is expected to come of it. */
  readonly #opensAsExpected: Uint8Array;
  readonly #firstSlots: readonly number[];
  /** By VU: whether its WebSocket stands, whether what ended last ended its exchange, and whether that is a surprise. */
  readonly #isOpen: Uint8Array;
  readonly #leaves: Uint8Array;
  readonly #surprises: Uint8Array;

  constructor({ steps, flows, requests, targets, bounds }: Plan) {
    this.#steps = new Uint8Array(steps.length);
    this.#opensAsExpected = new Uint8Array(steps.length);
    for (const it of flows.flatMap(({ program }) => program)) {
      if (it.kind === "webSocket") {
        this.#steps[it.step] = STEP.opens;
        this.#opensAsExpected[it.step] = expectedStatus(requests[it.request]) === SWITCHED ? 1 : 0;
      } else if (it.kind === "request" && requests[it.request].kind !== "http") {
        this.#steps[it.step] = STEP.uses;
      }
    }
    this.areNone = this.#steps.every((it) => it === STEP.nothing);
    this.#firstSlots = targets.map((it) => it.firstWebSocketSlot).filter((first) => first >= 0);
    const vus = this.areNone ? 0 : bounds.vus;
    this.#isOpen = new Uint8Array(vus);
    this.#leaves = new Uint8Array(vus);
    this.#surprises = new Uint8Array(vus);
  }

  visit(words: Uint32Array, at: number, kind: number): void {
    if (this.areNone) return;
    const vu = words[at + WORD.vu];
    const step = words[at + WORD.kindAndStep] >>> 16;
    const outcome = words[at + WORD.c];
    switch (kind) {
      case KIND.sessionStarted:
        this.#isOpen[vu] = 0;
        this.#leaves[vu] = 0;
        return;
      case KIND.connectionOpened:
        if (this.#steps[step] === STEP.opens) this.#isOpen[vu] = 1;
        return;
      case KIND.connectionClosed:
        if (this.#firstSlots.some((first) => first + vu === outcome)) this.#isOpen[vu] = 0;
        return;
      case KIND.responseEnded:
        return this.#ended(vu, step, outcome >>> 24 === 0, outcome & 0xffff);
      case KIND.requestFailed:
        return this.#ended(vu, step, false, 0);
    }
  }

  /** Whether the request that ended last on the VU ended its exchange; told once. */
  leaves(vu: number): boolean {
    const leaves = this.#leaves[vu] === 1;
    this.#leaves[vu] = 0;
    return leaves;
  }

  /** Whether an exchange ended so that was expected to go on; told once. */
  surprises(vu: number): boolean {
    const surprises = this.#surprises[vu] === 1;
    this.#surprises[vu] = 0;
    return surprises;
  }

  #ended(vu: number, step: number, good: boolean, status: number): void {
    const isOpen = this.#isOpen[vu] === 1;
    switch (this.#steps[step]) {
      case STEP.opens:
        this.#leave(vu, !(good && isOpen && status === SWITCHED), this.#opensAsExpected[step] === 1);
        return;
      case STEP.uses:
        this.#leave(vu, !good && !isOpen, true);
        return;
    }
  }

  #leave(vu: number, leaves: boolean, isSurprise: boolean): void {
    this.#leaves[vu] = leaves ? 1 : 0;
    this.#surprises[vu] = leaves && isSurprise ? 1 : 0;
  }
}
