/** What a load tester is asked to do: GETs to `url`, or what else its kind of peer is for. */
export type PeerLoad = Readonly<{
  url: string;
  connections: number;
  seconds: number;
  /** Requests a second; null for as many as it can. */
  rate: number | null;
  /** Milliseconds between a user's requests, where it can think; 0 for none. */
  thinkMs: number;
  /** HTTP/2 with so many requests at once on each connection; null for HTTP/1.1. */
  streams: number | null;
  /** Who vouches for the server: a file of PEM. Null without TLS. */
  ca: string | null;
  /** For files of its own. */
  folder: string;
}>;

/** What a load is unless something else is asked for: as many requests as it can, in plain HTTP/1.1. */
export const PLAIN_LOAD = { rate: null, thinkMs: 0, streams: null, ca: null } as const;

/** Milliseconds, as it reports them; null where it does not tell. */
export type Reported = Readonly<{ p50: number | null; p99: number | null; p999: number | null }>;

/** Another load tester. It measures with one thread of its own kind, as one core is all it is given. */
export type Peer = Readonly<{
  /** As of its program. */
  name: string;
  /** Those that make it tell its version; null where only the file itself does. */
  versionArguments: readonly string[] | null;
  /** How it keeps to a rate, and null where it cannot. */
  pacing: string | null;
  /** Without the program itself. May write files into `load.folder`. */
  argumentsFor(load: PeerLoad): readonly string[];
  /** From what it printed. */
  reported(stdout: string, load: PeerLoad): Reported;
}>;

/** Something in another program's JSON, and NaN where there is no such thing. */
export function numberAt(json: unknown, ...path: readonly string[]): number {
  let at = json;
  for (const name of path) {
    at = typeof at === "object" && at !== null ? (at as Record<string, unknown>)[name] : undefined;
  }
  return typeof at === "number" ? at : NaN;
}

/** Throws where a client tells of failed requests, or tells nothing: its quantiles would be of others. */
export function assertNone(what: string, failed: number): void {
  if (failed !== 0) throw new Error(`${what} failed: ${Number.isNaN(failed) ? "some" : failed}`);
}
