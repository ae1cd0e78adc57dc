import { join } from "node:path";
import { AUTOCANNON } from "./peers/autocannon.ts";
import { H2LOAD } from "./peers/h2load.ts";
import { HEY } from "./peers/hey.ts";
import { K6 } from "./peers/k6.ts";
import { LOCUST } from "./peers/locust.ts";
import { OHA, OHA_CORRECTED } from "./peers/oha.ts";
import type { Peer } from "./peers/peer.ts";
import { VEGETA } from "./peers/vegeta.ts";
import { WRK } from "./peers/wrk.ts";

/** A peer that is there. */
export type InstalledPeer = Peer & Readonly<{ program: string; version: string }>;

/** What a table cannot do without. */
export class NotInstalled extends Error {
  constructor(name: string) {
    super(`${name} is not installed (bench/install_peers.sh ${name})`);
  }
}

/** Those that drive as many connections as they are given, as fast as they can. */
export const CLOSED: readonly Peer[] = [WRK, H2LOAD, OHA, K6, HEY, AUTOCANNON, LOCUST];
/** Those that keep to a rate. */
export const PACED: readonly Peer[] = [OHA, OHA_CORRECTED, K6, VEGETA, HEY, AUTOCANNON];

/** Those that are installed; the others are named in a line of their own on stderr. */
export async function installed(peers: readonly Peer[]): Promise<readonly InstalledPeer[]> {
  const found = await Promise.all(peers.map(async (peer) => {
    const program = await programOf(peer.name);
    if (program !== null) return { ...peer, program, version: await versionOf(program, peer) };
    return null;
  }));
  for (const name of new Set(peers.filter((_, at) => found[at] === null).map(({ name }) => name))) {
    console.error(`${name} is left out: it is not installed (bench/install_peers.sh ${name})`);
  }
  return found.filter((peer) => peer !== null);
}

/** `wrk 4.1.0, oha 1.16.0`: each once. */
export function versionsOf(peers: readonly InstalledPeer[]): string {
  return [...new Set(peers.map(({ name, version }) => `${name} ${version}`))].join(", ");
}

/** Where install_peers.sh puts programs, before the system's own. */
function folders(): string[] {
  const { Z6C_BENCH_PEERS: own, XDG_CACHE_HOME: cache, HOME: home, PATH: path } = Deno.env.toObject();
  const peers = own ?? join(cache ?? join(home ?? "", ".cache"), "z6c-bench");
  return [join(peers, "bin"), ...(path ?? "").split(":")];
}

/** Where a program lies; null where it is not installed. */
export async function programOf(name: string): Promise<string | null> {
  for (const folder of folders()) {
    const program = join(folder, name);
    if ((await Deno.stat(program).catch(() => null))?.isFile === true) return program;
  }
  return null;
}

/** The first thing it says that looks like one. */
async function versionOf(program: string, { versionArguments, name }: Peer): Promise<string> {
  if (versionArguments === null) return await builtVersion(program, name);
  const { stdout, stderr } = await new Deno.Command(program, { args: [...versionArguments] }).output();
  const said = new TextDecoder().decode(new Uint8Array([...stdout, ...stderr]));
  return /\d+(?:\.\d+)+[\w.+-]*/.exec(said)?.[0] ?? "of an unknown version";
}

/** What Go writes into every program: its module and that one's version. */
async function builtVersion(program: string, name: string): Promise<string> {
  const text = new TextDecoder("latin1").decode(await Deno.readFile(program));
  const module = new RegExp(`\\nmod\\t[^\\t\\n]*/${name}\\tv([\\w.+-]+)`);
  return module.exec(text)?.[1] ?? "of an unknown version";
}
