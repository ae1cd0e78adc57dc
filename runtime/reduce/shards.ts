/** Ledgers of the shards of one run: whether they belong together, which are missing, and how whole they are. */
import type { LedgerHeader } from "../ledger/header.ts";
import type { Integrity } from "../ledger/reader.ts";

/**
 * Two ledgers that are not parts of one run. `problem` is what they do, for people: it stands behind the names of the
 * two, whose positions are `first` and `second`.
 */
export class CannotMerge extends Error {
  override readonly name = "CannotMerge";
  constructor(readonly first: number, readonly second: number, readonly problem: string) {
    super(`ledgers ${first} and ${second} ${problem}`);
  }
}

/** Throws `CannotMerge`. */
export function assertOneRun(headers: readonly LedgerHeader[]): void {
  const [one, ...others] = headers;
  const seen = new Map([[one.shard.index, 0]]);
  for (const [at, other] of others.entries()) {
    const position = at + 1;
    const refuse = (first: number, problem: string) => {
      throw new CannotMerge(first, position, problem);
    };
    if (other.plan_sha256 !== one.plan_sha256) {
      refuse(0, `are of two plans (${one.plan_sha256.slice(0, 12)} and ${other.plan_sha256.slice(0, 12)})`);
    }
    if (other.seed !== one.seed) refuse(0, `ran with two seeds (${one.seed} and ${other.seed})`);
    if (other.shard.count !== one.shard.count) {
      refuse(0, `are of runs in ${shards(one.shard.count)} and in ${shards(other.shard.count)}`);
    }
    if (other.simulated !== one.simulated) refuse(0, "are of a run and of a simulation");
    const same = seen.get(other.shard.index);
    if (same !== undefined) refuse(same, `both hold ${shardName(other.shard)}`);
    seen.set(other.shard.index, position);
  }
}

/** Those of the wanted shards (all of the run's, unless told) of which there is no ledger, ascending. */
export function missingShards(
  headers: readonly LedgerHeader[],
  wanted: readonly number[] = allShards(headers[0].shard.count),
): number[] {
  const there = new Set(headers.map(({ shard }) => shard.index));
  return wanted.filter((index) => !there.has(index)).sort((one, other) => one - other);
}

/** 1 … count */
export function allShards(count: number): number[] {
  return Array.from({ length: count }, (_, at) => at + 1);
}

/**
 * Which part of the run several shards are together: all of them are 1 of 1, and where shard i of n was shared out
 * again among w, its parts are i, i + n, i + 2n … of n · w.
 */
export function sharedOut(count: number, wanted: readonly number[]): LedgerHeader["shard"] {
  return { index: Math.min(...wanted), count: count / wanted.length };
}

/** What was found in all of them together. The digest of several is null: each has its own. */
export function mergedIntegrity(
  headers: readonly LedgerHeader[],
  integrities: readonly Integrity[],
  missing: readonly number[],
): Integrity {
  if (integrities.length === 1 && missing.length === 0) return integrities[0];
  const sum = (of: (one: Integrity) => number) => integrities.reduce((total, one) => total + of(one), 0);
  const states = integrities.map(({ state }) => state);
  const lossKnown = missing.length === 0 && integrities.every(({ recordsLost }) => recordsLost !== null);
  const problems = [
    ...missingText(missing, headers[0].shard.count),
    ...integrities.flatMap(({ problem }, at) =>
      problem === null ? [] : [`${shardName(headers[at].shard)}: ${problem}`]
    ),
  ];
  return {
    state: states.includes("damaged") ? "damaged" : problems.length > 0 ? "partial" : "whole",
    records: sum(({ records }) => records),
    blocks: sum(({ blocks }) => blocks),
    bytesRead: sum(({ bytesRead }) => bytesRead),
    bytesLost: sum(({ bytesLost }) => bytesLost),
    recordsLost: lossKnown ? sum(({ recordsLost }) => recordsLost ?? 0) : null,
    digest: null,
    problem: problems.length === 0 ? null : problems.join("; "),
  };
}

function missingText(missing: readonly number[], count: number): string[] {
  if (missing.length === 0) return [];
  if (missing.length === 1) return [`shard ${missing[0]} of ${count} is missing`];
  const last = missing.at(-1);
  return [`shards ${missing.slice(0, -1).join(", ")} and ${last} of ${count} are missing`];
}

function shardName({ index, count }: LedgerHeader["shard"]): string {
  return count === 1 ? "the whole run" : `shard ${index} of ${count}`;
}

function shards(count: number): string {
  return count === 1 ? "one piece" : `${count} shards`;
}
