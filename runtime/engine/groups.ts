import { KIND } from "../ledger/record.ts";
import type { Plan, Tick } from "../plan.ts";
import type { Appending } from "./appending.ts";
import { operand } from "./operand.ts";
import type { VuTable } from "./vu_table.ts";

/** The groups of steps that sessions stand in: when each began, what was thought in it, and whether all went well. */
export class Groups {
  readonly #ledger: Appending;
  readonly #vus: VuTable;
  readonly #deepest: number;
  /** How many groups the VU's session stands in; and for each of them: */
  readonly #depth: Uint8Array;
  readonly #step: Uint16Array;
  readonly #beganTick: Float64Array;
  readonly #thoughtTicks: Float64Array;
  readonly #failed: Uint8Array;

  constructor({ bounds }: Plan, vus: VuTable, ledger: Appending) {
    const count = vus.state.length;
    const deepest = this.#deepest = bounds.groupDepth;
    this.#vus = vus;
    this.#ledger = ledger;
    this.#depth = new Uint8Array(count);
    this.#step = new Uint16Array(count * deepest);
    this.#beganTick = new Float64Array(count * deepest);
    this.#thoughtTicks = new Float64Array(count * deepest);
    this.#failed = new Uint8Array(count * deepest);
  }

  /** The VU's session comes to a group, and is due now. */
  enter(vu: number, step: number): void {
    const at = vu * this.#deepest + this.#depth[vu]++;
    this.#step[at] = step;
    this.#beganTick[at] = this.#vus.dueTick[vu];
    this.#thoughtTicks[at] = 0;
    this.#failed[at] = 0;
  }

  /** It thinks for so long. */
  thinks(vu: number, ticks: Tick): void {
    if (this.#depth[vu] > 0) this.#thoughtTicks[this.#innermost(vu)] += ticks;
  }

  /** A request of it has failed. */
  fails(vu: number): void {
    if (this.#depth[vu] > 0) this.#failed[this.#innermost(vu)] = 1;
  }

  /** It comes to the end of the group it stands in. */
  leave(vu: number): void {
    this.#end(vu, this.#vus.dueTick[vu], 0);
  }

  /** It ends, perhaps before its time, and with it the groups that it stands in. */
  leaveAll(vu: number, tick: Tick): void {
    while (this.#depth[vu] > 0) this.#end(vu, tick, 1);
  }

  #innermost(vu: number): number {
    return vu * this.#deepest + this.#depth[vu] - 1;
  }

  #end(vu: number, tick: Tick, cut: number): void {
    const at = this.#innermost(vu);
    const elapsed = tick - this.#beganTick[at];
    // A thought that was cut short was chosen longer than it lasted.
    const thought = Math.min(this.#thoughtTicks[at], elapsed);
    const failed = this.#failed[at] | cut;
    const { session } = this.#vus;
    const step = this.#step[at];
    this.#ledger.append(
      tick,
      session[vu],
      vu,
      KIND.groupEnded,
      step,
      operand(elapsed),
      operand(thought),
      failed,
    );
    if (--this.#depth[vu] === 0) return;
    this.#thoughtTicks[at - 1] += thought;
    this.#failed[at - 1] |= failed;
  }
}
