import type { TransportModule } from "../host/transport.ts";
import { LiveShard } from "./live_shard.ts";
import { UserError } from "../user_error.ts";
import { counterValues } from "./workers_counters.ts";
import type { FromWorker, ToWorker } from "./workers_messages.ts";

/** How a worker talks with who started it. */
type Port = {
  postMessage(message: FromWorker): void;
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
};

const COUNTERS_MS = 250;

/** Is this thread a worker? The entry module of an executable is the module of its workers, too. */
export function inWorker(): boolean {
  return (globalThis as { WorkerGlobalScope?: unknown }).WorkerGlobalScope !== undefined;
}

/**
 * Does one shard's work as its conductor says (`Workers`). A user's mistake is told; everything else is thrown, and
 * ends the worker.
 */
export async function serveWorker(transports: readonly TransportModule[]): Promise<void> {
  const port = globalThis as unknown as Port;
  const inbox = new Inbox();
  port.onmessage = ({ data }) => inbox.take(data);
  port.postMessage({ kind: "awake" });
  const { job } = await inbox.next("job");
  try {
    const shard: LiveShard = new LiveShard(job, transports, {
      async setUp(handed) {
        port.postMessage({ kind: "set-up", handed });
        return (await inbox.next("hand")).handed;
      },
      async ready() {
        port.postMessage({ kind: "ready" });
        return (await inbox.next("begin")).beginning;
      },
      async loaded() {
        clearInterval(timer);
        tellCounters();
        port.postMessage({ kind: "loaded" });
        await inbox.next("conclude");
      },
      once: (phase) => port.postMessage({ kind: "once", phase }),
    });
    const tellCounters = () =>
      port.postMessage({ kind: "counters", counters: counterValues(shard.counters) });
    const timer = setInterval(tellCounters, COUNTERS_MS);
    inbox.next("stop").then(({ stopped }) => shard.stopLike(stopped));
    inbox.whenInterrupted(() => shard.interrupt());
    port.postMessage({ kind: "ended", end: await shard.run() });
  } catch (cause) {
    if (!(cause instanceof UserError)) throw cause;
    port.postMessage({ kind: "refused", message: cause.message, exitCode: cause.exitCode });
  }
}

type Told<Kind extends ToWorker["kind"]> = Extract<ToWorker, { kind: Kind }>;

/** What the conductor has said, kept until it is asked for. */
class Inbox {
  readonly #kept = new Map<ToWorker["kind"], PromiseWithResolvers<ToWorker>>();
  #interrupts = 0;
  #interrupted: (() => void) | null = null;

  take(message: ToWorker): void {
    if (message.kind === "interrupt") {
      this.#interrupts++;
      this.#interrupted?.();
    } else this.#of(message.kind).resolve(message);
  }

  async next<Kind extends ToWorker["kind"]>(kind: Kind): Promise<Told<Kind>> {
    return await this.#of(kind).promise as Told<Kind>;
  }

  /** Calls `interrupted` once for every interrupt there was and will be. */
  whenInterrupted(interrupted: () => void): void {
    this.#interrupted = interrupted;
    for (let before = 0; before < this.#interrupts; before++) interrupted();
  }

  #of(kind: ToWorker["kind"]): PromiseWithResolvers<ToWorker> {
    const kept = this.#kept.get(kind) ?? Promise.withResolvers<ToWorker>();
    this.#kept.set(kind, kept);
    return kept;
  }
}
