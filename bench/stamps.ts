/** What the stamping server wrote down: three numbers a request, in the order in which it read them. */
export const STAMP = { numbers: 3, arrivedMs: 0, answeredMs: 1, session: 2 } as const;

/** When it stood still, by its own clock. */
export type Stall = Readonly<{ beginMs: number; endMs: number }>;

/** Milliseconds of the server's own clock. */
export class Stamps {
  readonly #numbers: Float64Array;

  constructor(numbers: Float64Array, readonly stalls: readonly Stall[]) {
    this.#numbers = numbers;
  }

  static async read(file: string): Promise<Stamps> {
    const { buffer } = await Deno.readFile(file);
    return new Stamps(new Float64Array(buffer), JSON.parse(await Deno.readTextFile(`${file}.json`)));
  }

  get count(): number {
    return this.#numbers.length / STAMP.numbers;
  }

  arrivedMs(n: number): number {
    return this.#numbers[n * STAMP.numbers + STAMP.arrivedMs];
  }

  answeredMs(n: number): number {
    return this.#numbers[n * STAMP.numbers + STAMP.answeredMs];
  }

  /** The number in the path, or −1. */
  session(n: number): number {
    return this.#numbers[n * STAMP.numbers + STAMP.session];
  }
}
