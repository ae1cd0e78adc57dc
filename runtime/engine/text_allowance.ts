/** How many records of one error, or one failed check, of a step carry a text in each stage. Later ones go without. */
const TEXTS_PER_CAUSE = 20;

/** Texts are for people, and people read the first few. */
export class TextAllowance {
  readonly #left = new Map<string, number>();

  /** May one more record of this cause carry a text? `stage`: the session's, so that warm-up uses up its own only. */
  take(stage: number, step: number, cause: number): boolean {
    const key = `${stage} ${step} ${cause}`;
    const left = this.#left.get(key) ?? TEXTS_PER_CAUSE;
    if (left > 0) this.#left.set(key, left - 1);
    return left > 0;
  }
}
