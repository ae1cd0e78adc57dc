import type { Beginning } from "./countdown.ts";
import { EXIT } from "../reduce/exit_codes.ts";
import { UserError } from "../user_error.ts";
import { SummedCounters } from "./workers_counters.ts";
import type { Handed } from "../run.ts";
import type { CounterValues, FromWorker, ShardEnd, ShardJob, ToWorker } from "./workers_messages.ts";

/** How a worker's part ended: by itself, or because the worker died. */
export type WorkerEnd = ShardEnd | Readonly<{ died: string }>;

/** A worker as its conductor sees it. */
export type WorkerThread = Pick<Worker, "postMessage" | "terminate" | "onmessage" | "onerror">;

/**
 * Has each job done by a worker of its own, and keeps them in step: one sets up while the others wait; all loads begin
 * at one moment; that one tears down when all loads have ended. A worker that dies while the loads are under way is
 * left behind, and the others go on.
 */
export class Workers {
  readonly counters = new SummedCounters();
  readonly #workers: Conducted[];
  #interrupts = 0;

  /**
   * `start` makes a thread that runs `serveWorker`; `once` hears when setup and teardown begin, which are part of one
   * job at most.
   */
  constructor(
    jobs: readonly ShardJob[],
    start: (job: ShardJob) => WorkerThread,
    once: (phase: "setup" | "teardown") => void,
  ) {
    this.#workers = jobs.map((job, at) => {
      const count = (counters: CounterValues) => this.#count(at, counters);
      return new Conducted(job, start(job), { count, once });
    });
  }

  /**
   * Sets up, and prepares all loads. False where the setup did not go through. Throws `UserError` where a worker
   * refuses or dies so early; what was set up is torn down by `load(null)` and `conclude`.
   */
  async prepare(): Promise<boolean> {
    const captured = await this.#all("set-up");
    const wentThrough = captured.every(({ handed }) => handed !== null);
    this.#tell({ kind: "hand", handed: wentThrough ? handedBy(captured) : null });
    if (wentThrough) await this.#all("ready");
    return wentThrough;
  }

  /** Lets all loads begin then, or none, and waits for their end. */
  async load(beginning: Beginning): Promise<void> {
    this.#tell({ kind: "hand", handed: null });
    this.#tell({ kind: "begin", beginning });
    await Promise.allSettled(this.#workers.map((worker) => worker.heard("loaded")));
  }

  /** Lets the teardown run. How the jobs ended, in their order. */
  async conclude(): Promise<WorkerEnd[]> {
    this.#tell({ kind: "conclude" });
    const ends = await Promise.all(this.#workers.map((worker) => worker.end()));
    for (const worker of this.#workers) worker.terminate();
    return ends;
  }

  /** Once: no more sessions begin. Again: all end now, and it returns false. */
  interrupt(): boolean {
    for (const worker of this.#workers) worker.tellAgain({ kind: "interrupt" });
    return ++this.#interrupts === 1;
  }

  /** A load that stops by itself stops them all: its threshold cannot be met by the whole, its step was to stop the run. */
  #count(worker: number, counters: CounterValues): void {
    this.counters.take(worker, counters);
    if (counters.stopped !== null) this.#tell({ kind: "stop", stopped: counters.stopped });
  }

  #tell(message: ToWorker): void {
    for (const worker of this.#workers) worker.tell(message);
  }

  async #all<Kind extends FromWorker["kind"]>(kind: Kind): Promise<Told<Kind>[]> {
    return await Promise.all(this.#workers.map((worker) => worker.heard(kind)));
  }
}

type Told<Kind extends FromWorker["kind"]> = Extract<FromWorker, { kind: Kind }>;
type Listener = Readonly<{ count(counters: CounterValues): void; once(phase: "setup" | "teardown"): void }>;
type Waiting = Readonly<{ resolve(message: FromWorker): void; reject(reason: UserError): void }>;

/** What the one that set up has captured; the others have nothing to hand. */
function handedBy(captured: readonly Told<"set-up">[]): Handed {
  return captured.find(({ handed }) => handed !== null && handed.length > 0)?.handed ?? [];
}

/** One worker: what it was told, what it has said, and who waits for what it will say. */
class Conducted {
  readonly #thread: WorkerThread;
  readonly #told = new Set<ToWorker["kind"]>();
  readonly #heard = new Map<FromWorker["kind"], FromWorker>();
  readonly #waiting = new Map<FromWorker["kind"], Waiting>();
  /** Why nothing more will come. */
  #lost: UserError | null = null;

  constructor(job: ShardJob, thread: WorkerThread, { count, once }: Listener) {
    this.#thread = thread;
    thread.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      if (data.kind === "awake") this.tell({ kind: "job", job });
      else if (data.kind === "counters") count(data.counters);
      else if (data.kind === "once") once(data.phase);
      else if (data.kind === "refused") this.#lose(new UserError(data.message, data.exitCode));
      else this.#hear(data);
    };
    thread.onerror = (event: ErrorEvent) => {
      event.preventDefault();
      const { index, count } = job.shard;
      this.#lose(
        new UserError(`the worker of shard ${index} of ${count} died: ${event.message}`, EXIT.error),
      );
    };
  }

  /** Says it, unless that was said before: the first word counts. */
  tell(message: ToWorker): void {
    if (this.#told.has(message.kind)) return;
    this.#told.add(message.kind);
    this.tellAgain(message);
  }

  tellAgain(message: ToWorker): void {
    if (this.#lost === null) this.#thread.postMessage(message);
  }

  /** Resolves with the message of that kind; rejects with `UserError` where it will never come. */
  heard<Kind extends FromWorker["kind"]>(kind: Kind): Promise<Told<Kind>> {
    return new Promise<FromWorker>((resolve, reject) => {
      const message = this.#heard.get(kind);
      if (message !== undefined) resolve(message);
      else if (this.#lost !== null) reject(this.#lost);
      else this.#waiting.set(kind, { resolve, reject });
    }) as Promise<Told<Kind>>;
  }

  async end(): Promise<WorkerEnd> {
    try {
      return (await this.heard("ended")).end;
    } catch (cause) {
      if (cause instanceof UserError) return { died: cause.message };
      throw cause;
    }
  }

  terminate(): void {
    this.#thread.terminate();
  }

  #hear(message: FromWorker): void {
    this.#heard.set(message.kind, message);
    this.#waiting.get(message.kind)?.resolve(message);
  }

  #lose(reason: UserError): void {
    this.#lost ??= reason;
    for (const { reject } of this.#waiting.values()) reject(this.#lost);
  }
}
