import { type Beginning, momentToBegin, type Notice } from "./countdown.ts";
import type { Phase } from "../engine/engine.ts";
import { LiveClock } from "../host/live_clock.ts";
import type { Plan } from "../plan.ts";
import { type FollowedCounters, ProgressScreen } from "./progress.ts";
import { counted } from "../report/format.ts";
import { canRewrite } from "./rewritten_lines.ts";
import { monotonicMs } from "./start_time.ts";

/** When a run begins and what is shown of it. */
export type Attendance = Readonly<{
  /** When its load begins, in milliseconds since 1970; null: as soon as it can. */
  startMs: number | null;
  quiet: boolean;
  color: boolean;
}>;

/** A run as seen from outside. */
export type AttendedRun = Readonly<{
  /**
   * Once: no more sessions begin. Again, or where none would have begun: sessions end now. False where sessions were
   * ended.
   */
  interrupt(): boolean;
  counters(): FollowedCounters;
}>;

/** Sits before a run on behalf of whoever started it: lets it begin, shows how it goes, and passes Ctrl-C on. */
export class Attendant implements Disposable {
  readonly #plan: Plan;
  readonly #attendance: Attendance;
  readonly #run: AttendedRun;
  readonly #calledOff = new AbortController();
  readonly #signals: readonly Deno.Signal[] = Deno.build.os === "windows"
    ? ["SIGINT"]
    : ["SIGINT", "SIGTERM"];
  readonly #interrupted = () => this.#interrupt();
  #beginning: Beginning = null;
  #screen: ProgressScreen | null = null;

  /** Listens for Ctrl-C until disposed of. */
  constructor(plan: Plan, attendance: Attendance, run: AttendedRun) {
    this.#plan = plan;
    this.#attendance = attendance;
    this.#run = run;
    for (const signal of this.#signals) Deno.addSignalListener(signal, this.#interrupted);
  }

  /** Waits until the load shall begin, less the notice it needs, and shows its progress from then on. */
  async beginning(notice: Notice): Promise<Beginning> {
    const { startMs, quiet, color } = this.#attendance;
    const beginning = this.#beginning = await momentToBegin(startMs, notice, this.#calledOff.signal, quiet);
    if (beginning !== null && !quiet) {
      const clock = new LiveClock();
      clock.start(beginning === "now" ? performance.now() : monotonicMs(beginning));
      this.#screen = new ProgressScreen(this.#plan, this.#run.counters(), clock, color);
    }
    return beginning;
  }

  /** Says that setup or teardown begins. */
  once(phase: Exclude<Phase, "load">): void {
    const { steps, ...plan } = this.#plan;
    const requests = steps.filter(({ flow, kind }) => flow === plan[phase] && kind === "request").length;
    if (!this.#attendance.quiet) console.error(`${phase}: ${counted(requests, "request")}`);
  }

  /** Shows no more progress. */
  loadOver(): void {
    this.#screen?.stop();
    this.#screen = null;
  }

  [Symbol.dispose](): void {
    for (const signal of this.#signals) Deno.removeSignalListener(signal, this.#interrupted);
    this.loadOver();
  }

  #interrupt(): void {
    const underWay = counted(this.#run.counters().sessionsActive, "session");
    const isGraceful = this.#run.interrupt();
    this.#calledOff.abort();
    if (!isGraceful) this.#say(`stopping at once; cut short: ${underWay}`);
    else if (this.#beginning === null) this.#say("called off: the load does not begin");
    else this.#say(`stopping: ${underWay} may finish; Ctrl-C again stops at once`);
  }

  #say(text: string): void {
    // A terminal has written `^C` at the begin of the line.
    if (this.#screen === null) console.error(canRewrite() ? `\r${text}` : text);
    else this.#screen.say(text);
  }
}
