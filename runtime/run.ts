import type { Clock } from "./engine/host.ts";
import type { Engine } from "./engine/engine.ts";
import type { LedgerWriter } from "./ledger/writer.ts";

/** A loop that stands still for longer than this is recorded: garbage collection, a machine asleep, an endless turn. */
const GAP_TICKS = 10_000;
/** The loop turns at least this often, so that a standstill is noticed and a stop is heard. */
const HEARTBEAT_TICKS = 50_000;
/** What is recorded is written out at least this often, so that a follower or a crash finds it. */
const SEAL_TICKS = 1_000_000;

/** The only way a plan is executed, in any world: turns the engine until it has finished. */
export async function run(engine: Engine, clock: Clock, ledger: LedgerWriter): Promise<void> {
  let sealTick = SEAL_TICKS;
  for (let now = clock.now();; now = clock.now()) {
    engine.turn(now);
    if (engine.finished) break;
    if (now >= sealTick) {
      ledger.seal();
      sealTick = now + SEAL_TICKS;
    }
    const until = Math.min(engine.nextTick(), now + HEARTBEAT_TICKS);
    const waiting = engine.network.poll(until);
    if (waiting !== undefined) await waiting;
    const lateTicks = clock.now() - Math.max(until, now);
    if (lateTicks >= GAP_TICKS) engine.loopGap(clock.now(), lateTicks);
  }
  engine.finish();
}
