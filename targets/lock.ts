/** The lock beside a scenario: what a build was made of, so that `verify` can hold a later one against it. */

export type Lock = Readonly<{
  format: 1;
  name: string;
  /** SHA-256 of the plan's canonical JSON, as 64 hexadecimal digits. */
  plan_sha256: string;
  /** 0 … 2^53 − 1. */
  seed: number;
  /**
   * The digest of all decisions (docs/determinism.md), over so many sessions; null where they depend on what is seen, and
   * in locks of versions that knew none.
   */
  decision_digest: Digest | null;
  /** SHA-256 of the ledger of a simulation that ends after so many sessions; null likewise. */
  simulated: Digest | null;
  /** Versions that made it. */
  z6c: string;
  deno: string;
  /** Fields this version does not know, by name: kept when the lock is written again, and never checked. */
  unknown: Readonly<Record<string, unknown>>;
}>;

/** 64 hexadecimal digits, and how many sessions they speak of. */
export type Digest = Readonly<{ sha256: string; sessions: number }>;

export type LockReading = Readonly<{ kind: "read"; lock: Lock } | { kind: "unreadable"; reason: string }>;

const isText = (value: unknown) => typeof value === "string" && value !== "";
const isHash = (value: unknown) => typeof value === "string" && /^[0-9a-f]{64}$/.test(value);
const isCount = (value: unknown) => Number.isSafeInteger(value) && Number(value) >= 0;

function isDigestOrNone(value: unknown): boolean {
  if (value === null || value === undefined) return true;
  if (typeof value !== "object") return false;
  const fields = new Map(Object.entries(value));
  return isHash(fields.get("sha256")) && isCount(fields.get("sessions"));
}

const DIGEST_WANTED = "sha256 and sessions, or null";

/** Known fields, in the order of the file. */
const FIELDS: readonly { name: string; wanted: string; fits: (value: unknown) => boolean }[] = [
  { name: "format", wanted: "1", fits: (value) => value === 1 },
  { name: "name", wanted: "a name", fits: isText },
  {
    name: "plan_sha256",
    wanted: "64 hexadecimal digits",
    fits: isHash,
  },
  {
    name: "seed",
    wanted: "an integer from 0 to 2^53 − 1",
    fits: isCount,
  },
  { name: "decision_digest", wanted: DIGEST_WANTED, fits: isDigestOrNone },
  { name: "simulated", wanted: DIGEST_WANTED, fits: isDigestOrNone },
  { name: "z6c", wanted: "a version", fits: isText },
  { name: "deno", wanted: "a version", fits: isText },
];

/** Reads a lock's text; the reason is a clause to put behind the file's name. */
export function readLock(text: string): LockReading {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: "unreadable", reason: "is not JSON" };
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return { kind: "unreadable", reason: "is not a JSON object" };
  }
  const fields = new Map(Object.entries(value));
  const format = fields.get("format");
  if (Number.isSafeInteger(format) && Number(format) > 1) {
    return {
      kind: "unreadable",
      reason: `has format ${format}; this z6c knows format 1, a newer one wrote it`,
    };
  }
  for (const { name, wanted, fits } of FIELDS) {
    if (!fits(fields.get(name))) {
      const found = fields.has(name) ? JSON.stringify(fields.get(name)) : "nothing";
      return { kind: "unreadable", reason: `has ${found} as "${name}"; wanted: ${wanted}` };
    }
  }
  const known = new Set(FIELDS.map(({ name }) => name));
  const lock = Object.fromEntries(fields.entries().filter(([name]) => known.has(name))) as unknown as Lock;
  const unknown = Object.fromEntries(fields.entries().filter(([name]) => !known.has(name)));
  return { kind: "read", lock: { ...NOT_THERE, ...lock, unknown } };
}

/** What older locks lack. */
const NOT_THERE = { decision_digest: null, simulated: null };

/** The lock's text: JSON on lines of its own, known fields first, then the unknown ones sorted by name. */
export function writeLock(lock: Lock): string {
  const known = FIELDS.map(({ name }) => [name, lock[name as keyof Lock]]);
  const unknown = Object.entries(lock.unknown).sort(([a], [b]) => a < b ? -1 : 1);
  return JSON.stringify(Object.fromEntries([...known, ...unknown]), null, 2) + "\n";
}

/**
 * The text of a lock in the place of the text `before`: fields another version of z6c wrote stay as long as they speak
 * of the same plan and seed.
 */
export function renewLock(lock: Lock, before: string): string {
  const reading = readLock(before);
  const same = reading.kind === "read" && reading.lock.plan_sha256 === lock.plan_sha256 &&
    reading.lock.seed === lock.seed;
  return writeLock({ ...lock, unknown: same ? reading.lock.unknown : {} });
}
