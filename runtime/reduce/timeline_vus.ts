/** What each VU is doing while records go by: a row of numbers a VU, in one array that grows with the highest VU. */

/** Places in a row. Times are ticks. */
export const VU = {
  /** Flow × stage of the session; −1 for none. */
  sessionCell: 0,
  stage: 1,
  startTick: 2,
  /** Step × stage of what is in flight; −1 for nothing. */
  cell: 3,
  dueTick: 4,
  issuedTick: 5,
  lag: 6,
  blocked: 7,
  dns: 8,
  connect: 9,
  tls: 10,
  fields: 12,
} as const;

/** A row a VU; −1 where nothing was told yet. */
export class TimelineVus {
  rows = new Float64Array(1024 * VU.fields).fill(-1);

  /** Where the VU's row begins, which is made where there is none. */
  reach(vu: number): number {
    const at = vu * VU.fields;
    if (at >= this.rows.length) {
      const grown = new Float64Array(2 ** Math.ceil(Math.log2(vu + 1)) * VU.fields).fill(-1);
      grown.set(this.rows);
      this.rows = grown;
    }
    return at;
  }
}
