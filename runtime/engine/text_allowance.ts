/** How many records of one error, or one failed check, of a step carry a text. Later ones say it without words. */
const TEXTS_PER_CAUSE = 20;

/** Texts are for people, and people read the first few. */
export class TextAllowance {
  readonly #left = new Map<string, number>();

  /** May one more record of this cause carry a text? */
  take(step: number, cause: number): boolean {
    const key = `${step} ${cause}`;
    const left = this.#left.get(key) ?? TEXTS_PER_CAUSE;
    if (left > 0) this.#left.set(key, left - 1);
    return left > 0;
  }
}
