/**
 * Log-linear cells over whole numbers from 0 to 2^53 − 1, as those of reduction, but as coarse as one likes: one number
 * wide below 2^(`bits` + 1), then 2^`bits` to each doubling.
 */
export class Cells {
  readonly #steps: number;

  constructor(private readonly bits: number) {
    this.#steps = 2 ** bits;
  }

  /** The cell that holds `value`. */
  of(value: number): number {
    if (value < 2 * this.#steps) return value;
    if (value <= 0xffff_ffff) {
      const shift = 31 - this.bits - Math.clz32(value);
      return shift * this.#steps + (value >>> shift);
    }
    const shift = 63 - this.bits - Math.clz32(Math.floor(value / 2 ** 32));
    return shift * this.#steps + Math.floor(value / 2 ** shift);
  }

  /** The smallest value of a cell. */
  low(cell: number): number {
    if (cell < 2 * this.#steps) return cell;
    return (cell % this.#steps + this.#steps) * this.width(cell);
  }

  /** How many values fall into a cell. */
  width(cell: number): number {
    return cell < 2 * this.#steps ? 1 : 2 ** (Math.floor(cell / this.#steps) - 1);
  }
}
