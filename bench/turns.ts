/** What came of a contestant's runs. `failure`: why there are no more of them, or null. */
export type Outcome<T> = Readonly<{ results: readonly T[]; failure: string | null }>;

/** Something of the bench's own that does not work: no contestant's fault, and the end of the table. */
export class BenchFailure extends Error {}

/**
 * Runs all contestants once in each round, one after the other. One that fails is out from then on, and what it
 * measured before counts no more: a median of the rounds that went well would flatter it.
 */
export async function inTurns<C, T>(
  contestants: readonly C[],
  rounds: number,
  run: (contestant: C, round: number) => Promise<T>,
): Promise<readonly Outcome<T>[]> {
  const outcomes = contestants.map(() => ({ results: [] as T[], failure: null as string | null }));
  for (let round = 0; round < rounds; round++) {
    for (const [at, contestant] of contestants.entries()) {
      if (outcomes[at].failure !== null) continue;
      try {
        outcomes[at].results.push(await run(contestant, round));
      } catch (cause) {
        if (cause instanceof BenchFailure) throw cause;
        outcomes[at].failure = cause instanceof Error ? cause.message : String(cause);
      }
    }
  }
  return outcomes;
}
