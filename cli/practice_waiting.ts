/** Timers that end with the server. */
export class Waiting {
  readonly #timers = new Map<number, (gone: boolean) => void>();
  #isOver = false;

  /** Resolves after `ms` with true, or with false once the server ends. */
  wait(ms: number): Promise<boolean> {
    if (this.#isOver) return Promise.resolve(false);
    return new Promise((resolve) => void this.#start(ms, resolve));
  }

  /** Does something after `ms`, unless it is called off or the server ends before. Returns what calls it off. */
  after(ms: number, act: () => void): () => void {
    if (this.#isOver) return () => {};
    const timer = this.#start(ms, (gone) => gone && act());
    return () => {
      clearTimeout(timer);
      this.#timers.delete(timer);
    };
  }

  end(): void {
    this.#isOver = true;
    for (const [timer, told] of this.#timers) {
      clearTimeout(timer);
      told(false);
    }
    this.#timers.clear();
  }

  #start(ms: number, told: (gone: boolean) => void): number {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      told(true);
    }, ms);
    this.#timers.set(timer, told);
    return timer;
  }
}

/** Waits for the n-th of moments `everyMs` apart, the first at once; false where the server ends. Late ones do not wait. */
export type Pace = (n: number) => Promise<boolean>;

/** Moments from now on, without drift. */
export function paceOf(everyMs: number, wait: (ms: number) => Promise<boolean>): Pace {
  const startMs = performance.now();
  return (n) => {
    const leftMs = startMs + n * everyMs - performance.now();
    return leftMs > 0 ? wait(leftMs) : Promise.resolve(true);
  };
}
