import type { Contestant } from "./contestant.ts";
import { watched } from "./watched.ts";

/** The most resident memory of a run on `core`, in bytes. Throws where it fails. */
export async function peakMemory(contestant: Contestant, core: number): Promise<number> {
  const { peak } = await watched(contestant, core);
  await Deno.remove(`${contestant.folder}/z6c-out`, { recursive: true }).catch(() => {});
  return peak;
}
