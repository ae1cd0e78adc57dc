import { join } from "node:path";
import type { InstalledPeer } from "./installed.ts";
import type { PeerLoad } from "./peers/peer.ts";
import { buildSubject } from "./subject.ts";

/** Something that sends load when its command is run in `folder`. */
export type Contestant = Readonly<{ name: string; command: readonly string[]; folder: string }>;

/** A peer with its files in a folder of its own below `load.folder`. */
export async function peerContestant(
  peer: InstalledPeer,
  load: PeerLoad,
  name = peer.name,
): Promise<Contestant> {
  const folder = await Deno.makeTempDir({ dir: load.folder, prefix: `${peer.name}-` });
  const command = [peer.program, ...peer.argumentsFor({ ...load, folder })];
  return { name, command, folder };
}

/** z6c as its users have it: an executable of its own. `name` is that of the scenario's file. */
export async function subjectContestant(
  folder: string,
  name: string,
  scenario: string,
  label: string,
): Promise<Contestant> {
  const own = join(folder, name);
  await Deno.mkdir(own, { recursive: true });
  const { path } = await buildSubject(own, name, scenario);
  return { name: label, command: [path, "--json", "--quiet"], folder: own };
}

/** Of a scenario that is measured whatever comes of it. */
export const ANY_VALIDITY = `[validity]
lag_p99 = "any"
drops = "any"
gaps = "any"
`;

/** The same, and a flow of one plain request a session. */
export const HELLO = `${ANY_VALIDITY}[[flow]]
name = "hello"
[[flow.step]]
name = "hello"
get = "/"
`;
