/** From a number of the report to the requests behind it, and what they have in common. */
import type { OpenedLedger } from "../../runtime/ledger/reader.ts";
import type { Plan, Tick } from "../../runtime/plan.ts";
import { isOnce } from "../../runtime/reduce/course.ts";
import { ALL, stepsOf } from "../../runtime/reduce/scope.ts";
import { singlesFor } from "../../runtime/reduce/histogram.ts";
import { type Recorder, Series } from "../../runtime/reduce/series.ts";
import type { AskedNumber } from "./asked_number.ts";
import { EntryFold } from "./entries.ts";
import type { Entry } from "./entry.ts";
import { targetWord } from "./filter_names.ts";
import { type Densest, TimeBins } from "./time_bins.ts";
import { outcomeWord } from "./listing.ts";
import { stepWord } from "./plan_words.ts";
import { requestOfStep } from "../../runtime/reduce/messaging.ts";

export type Why = Readonly<{
  asked: AskedNumber;
  valueTicks: Tick;
  samples: number;
  /** Its place among the samples in ascending order, from 1. */
  rank: number;
  /** Samples of this value or a greater one. */
  slow: number;
  /** What is more frequent among these than among all, the most telling first. */
  traits: readonly Trait[];
  densest: Densest | null;
  /** Averages in ticks, of them and of all: together they are the response time. */
  parts: readonly Readonly<{ name: string; slowTicks: number; allTicks: number }>[];
  /** Requests at and around the rank, by value. */
  around: readonly Entry[];
}>;

export type Trait = Readonly<{ what: string; value: string; slow: number; all: number }>;

const AROUND = 4;
/** A trait tells something where so much of the slow ones have it, and so many times as much as of all. */
const SHARE_MIN = 0.2;
const TIMES_MIN = 1.5;

/** Null where there is no sample. Reads the ledger a few times; memory does not depend on its length. */
export function explainNumber(
  ledger: Pick<OpenedLedger, "scan">,
  plan: Plan,
  asked: AskedNumber,
): Why | null {
  const samples = new Samples(ledger, plan, asked);
  const scope = { ...ALL, step: asked.step };
  const series = new Series(asked.metric, scope, new Set([asked.ppm]), singlesFor(1));
  let lastTick = 0;
  samples.each(false, (entry, value) => {
    series.histogram.add(value);
    lastTick = Math.max(lastTick, entry.tick);
  });
  for (let next: Recorder | null = series.closePass(); next !== null; next = series.closePass()) {
    const recorder = next;
    samples.each(false, (_, value) => recorder.add(value));
  }
  const valueTicks = series.quantile(asked.ppm);
  if (valueTicks === null) return null;
  const { count } = series.histogram;
  const rank = Math.max(1, Math.ceil(asked.ppm * count / 1_000_000));
  return new Explanation(plan, asked, valueTicks, count, rank, lastTick).read(samples);
}

/** The entries that a number is made of, with the value of each. */
class Samples {
  readonly #ledger: Pick<OpenedLedger, "scan">;
  readonly #plan: Plan;
  readonly #metric: AskedNumber["metric"];
  readonly #isOfScope: readonly boolean[];

  constructor(ledger: Pick<OpenedLedger, "scan">, plan: Plan, { metric, step }: AskedNumber) {
    this.#ledger = ledger;
    this.#plan = plan;
    this.#metric = metric;
    const steps = new Set(stepsOf(plan, "requests", { ...ALL, step }));
    this.#isOfScope = plan.steps.map((_, position) => steps.has(position));
  }

  each(readsTexts: boolean, visit: (entry: Entry, value: Tick) => void): void {
    const fold = new EntryFold(this.#plan, "requests", (entry) => {
      const value = this.#valueOf(entry);
      if (value >= 0 && this.#isOfScope[entry.step] && this.#isMeasured(entry)) visit(entry, value);
    });
    fold.readsTexts = readsTexts;
    this.#ledger.scan((block) => fold.visit(block));
    fold.end();
  }

  #valueOf(entry: Entry): Tick {
    switch (this.#metric) {
      case "response_time":
        return entry.responseTicks;
      case "service_time":
        return entry.serviceTicks;
      case "first_byte":
        return entry.status < 0 ? -1 : entry.firstByteTicks;
    }
  }

  #isMeasured({ session, stage }: Entry): boolean {
    return !isOnce(session) && this.#plan.load.stages[stage]?.warmup === false;
  }
}

class Explanation {
  readonly #plan: Plan;
  readonly #asked: AskedNumber;
  readonly #value: Tick;
  readonly #samples: number;
  readonly #rank: number;
  /** Entries that have all traits in common are counted together, under one of them. */
  readonly #alike = new Map<number, { like: Entry; slow: number; all: number }>();
  readonly #bins: TimeBins;
  readonly #parts = PARTS.map((name) => ({ name, slow: 0, all: 0 }));
  #slow = 0;
  #below: { entry: Entry; value: Tick }[] = [];
  #above: { entry: Entry; value: Tick }[] = [];

  constructor(plan: Plan, asked: AskedNumber, value: Tick, samples: number, rank: number, lastTick: Tick) {
    this.#plan = plan;
    this.#asked = asked;
    this.#value = value;
    this.#samples = samples;
    this.#rank = rank;
    this.#bins = new TimeBins(lastTick);
  }

  read(samples: Samples): Why {
    samples.each(true, (entry, value) => this.#add(entry, value));
    const share = (count: number) => count / this.#slow;
    const lead = ({ slow, all }: Trait) => share(slow) - all / this.#samples;
    return {
      asked: this.#asked,
      valueTicks: this.#value,
      samples: this.#samples,
      rank: this.#rank,
      slow: this.#slow,
      traits: this.#traits()
        .filter(({ slow, all }) => share(slow) >= SHARE_MIN && share(slow) >= TIMES_MIN * all / this.#samples)
        .sort((a, b) => lead(b) - lead(a)),
      densest: this.#bins.densest(TIMES_MIN),
      parts: this.#parts.map(({ name, slow, all }) => ({
        name,
        slowTicks: slow / this.#slow,
        allTicks: all / this.#samples,
      })),
      around: [...this.#below.toReversed(), ...this.#above].map(({ entry }) => entry),
    };
  }

  #add(entry: Entry, value: Tick): void {
    const isSlow = value >= this.#value;
    if (isSlow) this.#slow++;
    const key = this.#keyOf(entry);
    let alike = this.#alike.get(key);
    if (alike === undefined) this.#alike.set(key, alike = { like: { ...entry }, slow: 0, all: 0 });
    alike.all++;
    if (isSlow) alike.slow++;
    this.#bins.add(entry.tick, isSlow);
    for (const [position, ticks] of partsOf(entry).entries()) {
      const part = this.#parts[position];
      part.all += ticks;
      if (isSlow) part.slow += ticks;
    }
    this.#place(entry, value);
  }

  /** Keeps the nearest on both sides; of equal ones the first. */
  #place(entry: Entry, value: Tick): void {
    const isBelow = value <= this.#value;
    const side = isBelow ? this.#below : this.#above;
    const distance = (other: Tick) => Math.abs(other - this.#value);
    const at = side.findIndex((other) => distance(other.value) > distance(value));
    if (at < 0 && side.length >= AROUND) return;
    side.splice(at < 0 ? side.length : at, 0, { entry: { ...entry }, value });
    side.length = Math.min(side.length, AROUND);
  }

  #traits(): Trait[] {
    const traits = new Map<string, { what: string; value: string; slow: number; all: number }>();
    for (const { like, slow, all } of this.#alike.values()) {
      for (const [what, value] of this.#wordsOf(like)) {
        const key = `${what} ${value}`;
        const trait = traits.get(key) ?? { what, value, slow: 0, all: 0 };
        traits.set(key, trait);
        trait.slow += slow;
        trait.all += all;
      }
    }
    return [...traits.values()];
  }

  /** The same for entries of which `#wordsOf` says the same. */
  #keyOf({ step, stage, status, error, outcome, connection }: Entry): number {
    const answer = status < 0 ? 0x1_0000 + error : status;
    const place = (step * this.#plan.load.stages.length + stage) * 0x2_0000 + answer;
    return (place * 3 + CONNECTIONS.indexOf(connection)) * 2 + (outcome === "unexpected" ? 1 : 0);
  }

  #wordsOf(entry: Entry): [what: string, value: string][] {
    const { step, stage, connection } = entry;
    const target = requestOfStep(this.#plan, step)?.target ?? 0;
    return [
      ...(this.#asked.step < 0 ? [["step", stepWord(this.#plan, step)] as [string, string]] : []),
      ["stage", this.#plan.load.stages[stage].name],
      ["outcome", outcomeWord(entry)],
      ...(this.#plan.targets.length > 1
        ? [["target", targetWord(this.#plan, target)] as [string, string]]
        : []),
      ...(connection === null ? [] : [["connection", connection] as [string, string]]),
    ];
  }
}

const CONNECTIONS: readonly Entry["connection"][] = [null, "opened", "reused"];

const PARTS = ["lag", "blocked", "connecting", "waiting for the first byte", "receiving"] as const;

function partsOf(entry: Entry): number[] {
  const opening = Math.max(0, entry.dnsTicks) + Math.max(0, entry.connectTicks) + Math.max(0, entry.tlsTicks);
  const service = entry.tick - entry.issuedTick;
  const connecting = Math.min(opening, service);
  const firstByte = entry.firstByteTicks < 0 ? service : Math.max(connecting, entry.firstByteTicks);
  return [entry.lagTicks, entry.blockedTicks, connecting, firstByte - connecting, service - firstByte];
}
