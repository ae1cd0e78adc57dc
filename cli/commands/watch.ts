import { setTimeout as delay } from "node:timers/promises";
import { ledgerError } from "../../runtime/ledger_error.ts";
import type { Source } from "../../runtime/ledger/source.ts";
import { ProgressScreen } from "../../runtime/live/progress.ts";
import { EXIT } from "../../runtime/reduce/exit_codes.ts";
import { targetName } from "../../runtime/target_name.ts";
import { FollowedRun, hasHeader } from "../inspect/followed_run.ts";
import { openGrowingFile } from "../inspect/growing_file.ts";

const LOOK_MS = 200;
/** A run writes what it has once a second. */
const QUIET_LOOKS = 50;

/**
 * Follows a run by its ledger, until that ends (0), Ctrl-C (105), or it proves damaged (97). Throws `UserError` where it
 * is no ledger.
 */
export async function watch(path: string, color: boolean): Promise<number> {
  const stopped = new AbortController();
  const stop = () => stopped.abort();
  const signals: readonly Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM"];
  for (const signal of signals) Deno.addSignalListener(signal, stop);
  try {
    using source = await ledgerAt(path, stopped.signal);
    return source === null ? EXIT.interrupted : await follow(path, source, color, stopped.signal);
  } catch (cause) {
    throw ledgerError("watch", path, cause);
  } finally {
    for (const signal of signals) Deno.removeSignalListener(signal, stop);
  }
}

/** Waits for the file and its header; null where somebody did not want to. */
async function ledgerAt(path: string, stopped: AbortSignal): Promise<Source & Disposable | null> {
  for (let hasSaid = false; !stopped.aborted; await pause(stopped)) {
    const source = openGrowingFile(path);
    if (source !== null && hasHeader(source)) return source;
    source?.[Symbol.dispose]();
    if (!hasSaid) console.error(`waiting for ${path}`);
    hasSaid = true;
  }
  return null;
}

async function follow(path: string, source: Source, color: boolean, stopped: AbortSignal): Promise<number> {
  const run = new FollowedRun(source);
  console.error(`watching ${run.plan.name} on ${run.plan.targets.map(targetName).join(", ")}`);
  const screen = new ProgressScreen(run.plan, run.counters, { now: () => run.tick }, color, false);
  for (let quiet = 0; !stopped.aborted; await pause(stopped)) {
    const found = run.look();
    if (found.kind === "damaged") {
      screen.stop();
      console.error(`z6c: ${path} is damaged: ${found.problem}`);
      return EXIT.invalid;
    }
    if (found.kind === "ended") {
      screen.finish();
      console.error(`the run has ended; its report: z6c report ${path}`);
      return EXIT.passed;
    }
    screen.look();
    quiet = found.grew ? 0 : quiet + 1;
    if (quiet === QUIET_LOOKS) {
      screen.say(
        `nothing new for ${
          QUIET_LOOKS * LOOK_MS / 1000
        } s: the run stands still, or was killed; Ctrl-C ends this`,
      );
      screen.show();
    }
  }
  screen.finish();
  return EXIT.interrupted;
}

/** Ends at once where it is told to. */
async function pause(stopped: AbortSignal): Promise<void> {
  await delay(LOOK_MS, undefined, { signal: stopped }).catch(() => {});
}
