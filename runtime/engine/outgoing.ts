import { KIND } from "../ledger/record.ts";
import type { Plan } from "../plan.ts";
import type { Appending } from "./appending.ts";
import type { Clock, Examiner } from "./host.ts";
import type { PreparedRequest } from "./prepared_request.ts";
import type { SessionMemory } from "./session_memory.ts";
import type { Shard } from "./shares.ts";
import type { RenderContext } from "./template_writer.ts";
import type { VuTable } from "./vu_table.ts";

/** What the rendering of requests needs to know. */
export type OutgoingParts = Readonly<{
  plan: Plan;
  clock: Clock;
  shard: Shard;
  ledger: Appending;
  memory: SessionMemory;
  vus: VuTable;
  examiner: Examiner;
}>;

/** The bytes that VUs send next or have in flight; how many of them, `VuTable.requestLength` says. */
export class Outgoing {
  /** By VU. */
  readonly bytes: Uint8Array[];
  readonly #clock: Clock;
  readonly #shard: Shard;
  readonly #ledger: Appending;
  readonly #memory: SessionMemory;
  readonly #vus: VuTable;
  readonly #examiner: Examiner;
  /** Where any request fits; and for each VU, room for as much as its longest one has needed. */
  readonly #page: Uint8Array;
  readonly #rooms: Uint8Array[];
  readonly #context: RenderContext = { session: 0, vu: 0, vuOfRun: 0, stage: 0, loop: 1, wallClockMs: 0 };

  constructor({ plan, clock, shard, ledger, memory, vus, examiner }: OutgoingParts) {
    const count = vus.state.length;
    this.#clock = clock;
    this.#shard = shard;
    this.#ledger = ledger;
    this.#memory = memory;
    this.#vus = vus;
    this.#examiner = examiner;
    this.#page = new Uint8Array(plan.bounds.requestBytes);
    this.#rooms = new Array(count).fill(NO_BYTES);
    this.bytes = new Array(count).fill(NO_BYTES);
  }

  /** Makes the VU's request, and takes the rows that are needed for it. */
  render(vu: number, { writer }: PreparedRequest, step: number): void {
    if (writer.fixed === null) return this.#fill(vu, writer, step);
    const { length } = writer.fixed;
    this.bytes[vu] = writer.fixed;
    this.#vus.requestLength[vu] = writer.isSecret ? this.#examiner.requestBytes(vu, length) : length;
  }

  /** Puts another request in the place of the VU's. */
  replace(vu: number, request: Uint8Array): void {
    this.bytes[vu] = request;
    this.#vus.requestLength[vu] = this.#examiner.requestBytes(vu, request.length);
  }

  /** Good until the next call. */
  contextOf(vu: number): RenderContext {
    const vus = this.#vus;
    const context = this.#context;
    context.session = vus.session[vu];
    context.vu = vu;
    context.vuOfRun = vu * this.#shard.count + this.#shard.index - 1;
    context.stage = vus.stage[vu];
    context.loop = vus.loop(vu);
    context.wallClockMs = this.#clock.wallClockMs();
    return context;
  }

  #fill(vu: number, writer: PreparedRequest["writer"], step: number): void {
    const vus = this.#vus;
    const session = vus.session[vu];
    for (const table of writer.tables) {
      const row = this.#memory.takeRow(vu, table, session);
      if (row >= 0) this.#ledger.append(vus.dueTick[vu], session, vu, KIND.rowTaken, step, table, row, 0);
    }
    const length = writer.render(this.#page, this.contextOf(vu));
    if (length > this.#rooms[vu].length) this.#rooms[vu] = this.#page.slice(0, length);
    else this.#rooms[vu].set(this.#page.subarray(0, length));
    this.bytes[vu] = this.#rooms[vu];
    vus.requestLength[vu] = this.#examiner.requestBytes(vu, length);
  }
}

const NO_BYTES = new Uint8Array(0);
