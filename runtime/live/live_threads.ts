/** The shards of one run: one in this thread, or each in a worker of its own. */
import { type Attendance, Attendant } from "./attendant.ts";
import type { Notice } from "./countdown.ts";
import type { TransportModule } from "../host/transport.ts";
import { LiveShard } from "./live_shard.ts";
import { type WorkerEnd, Workers } from "./workers.ts";
import type { ShardEnd, ShardJob } from "./workers_messages.ts";

/** Timers are late, and workers hear of it by message. */
const NOTICE_HERE: Notice = { aheadMs: 20, alone: true };
const NOTICE_OF_WORKERS: Notice = { aheadMs: 100, alone: false };

/** Does a shard's work in this thread. Throws `UserError`. */
export async function runHere(
  job: ShardJob,
  transports: readonly TransportModule[],
  attendance: Attendance,
): Promise<ShardEnd> {
  const shard: LiveShard = new LiveShard(job, transports, {
    setUp: (captured) => Promise.resolve(captured),
    ready: () => attendant.beginning(NOTICE_HERE),
    loaded: () => Promise.resolve(attendant.loadOver()),
    once: (phase) => attendant.once(phase),
  });
  using attendant = new Attendant(job.effective.plan, attendance, {
    interrupt: () => shard.interrupt(),
    counters: () => shard.counters,
  });
  return await shard.run();
}

/**
 * Has each shard's work done by a worker; `workerModule` is what they run. The ends are in the order of the jobs.
 * Throws `UserError` where not all of them could begin.
 */
export async function runInWorkers(
  jobs: readonly ShardJob[],
  workerModule: string,
  attendance: Attendance,
): Promise<WorkerEnd[]> {
  const workers = new Workers(
    jobs,
    ({ shard }) =>
      new Worker(workerModule, { type: "module", name: `shard ${shard.index} of ${shard.count}` }),
    (phase) => attendant.once(phase),
  );
  using attendant = new Attendant(jobs[0].effective.plan, attendance, {
    interrupt: () => workers.interrupt(),
    counters: () => workers.counters,
  });
  try {
    const isPrepared = await workers.prepare();
    await workers.load(isPrepared ? await attendant.beginning(NOTICE_OF_WORKERS) : null);
    attendant.loadOver();
    return await workers.conclude();
  } catch (cause) {
    await workers.load(null);
    await workers.conclude();
    throw cause;
  }
}
