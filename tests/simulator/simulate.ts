/** Seed after seed: runs trials, and tells of the first that fails, made small. */
import { Broken, checkTrial, type Outcome } from "./check_trial.ts";
import { shrunk } from "./shrink.ts";
import { randomTrial, type Trial, trialText } from "./trial.ts";

export type Found = Readonly<{ seed: number; broken: Broken; trial: Trial }>;

/** How the trial of a seed fails, or null; `told` gets what came of it where it does not. */
export async function failureOf(
  seed: number,
  told: (outcome: Outcome) => void = () => {},
): Promise<Found | null> {
  const trial = randomTrial(seed);
  try {
    told(await checkTrial(trialText(trial)));
    return null;
  } catch (cause) {
    if (!(cause instanceof Broken)) throw cause;
    return { seed, broken: cause, trial };
  }
}

/** The same failure, of the smallest trial that was found. */
export async function smallestOf({ seed, broken, trial }: Found): Promise<Found> {
  let last = broken;
  const smallest = await shrunk(trial, async (smaller) => {
    try {
      await checkTrial(trialText(smaller));
      return false;
    } catch (cause) {
      if (!(cause instanceof Broken) || !isSame(cause, broken)) return false;
      last = cause;
      return true;
    }
  });
  return { seed, broken: last, trial: smallest };
}

/** Of the same thing, in other numbers. */
function isSame(one: Broken, other: Broken): boolean {
  const kind = ({ what, message }: Broken) => `${what} ${message.split("\n", 1)[0].replaceAll(/\d+/g, "")}`;
  return kind(one).replaceAll(/shard ?/g, "") === kind(other).replaceAll(/shard ?/g, "");
}
