/** What a setup or a teardown did: one session, outside of every figure of the load. */
import { requestError } from "../ledger/errors.ts";
import { WORD } from "../ledger/layout.ts";
import type { RecordBlock } from "../ledger/reader.ts";
import { END, KIND } from "../ledger/record.ts";
import type { Plan } from "../plan.ts";
import { checkText } from "./check_text.ts";
import type { OnceSummary } from "./summary.ts";
import { excerptAt } from "./tally.ts";
import { tickAt } from "./tick_at.ts";

type Trouble = { step: number; kind: "error" | "check"; which: number; excerpt: string };

export class RunOnce {
  private startTick = 0;
  private lastTick = 0;
  private requests = 0;
  private readonly steps = new Set<number>();
  /** The last thing that went wrong and was not tried again. */
  private trouble: Trouble | null = null;
  /** An `END`; −1 until then. */
  private ending = -1;

  constructor(private readonly plan: Plan, private readonly phase: OnceSummary["phase"]) {}

  /** Takes the session's record at `index`. */
  visit(block: RecordBlock, index: number): void {
    const { words } = block;
    const at = index * WORD.words;
    const step = words[at + WORD.kindAndStep] >>> 16;
    const which = words[at + WORD.a];
    this.lastTick = Math.max(this.lastTick, tickAt(words, at));
    switch (words[at + WORD.kindAndStep] & 0xffff) {
      case KIND.sessionStarted:
        this.startTick = tickAt(words, at);
        break;
      case KIND.requestIssued:
        if (this.plan.steps.at(step)?.kind === "request") this.requests++;
        this.steps.add(step);
        break;
      case KIND.requestFailed:
        this.trouble = { step, kind: "error", which, excerpt: excerptAt(block, index) };
        break;
      case KIND.checkFailed:
        this.trouble = { step, kind: "check", which, excerpt: excerptAt(block, index) };
        break;
      case KIND.retried:
        this.trouble = null;
        break;
      case KIND.sessionEnded:
        this.ending = words[at + WORD.a];
        break;
    }
  }

  summary(shard: number): OnceSummary {
    return {
      phase: this.phase,
      shard,
      outcome: this.outcome(),
      lengthTicks: this.lastTick - this.startTick,
      requests: this.requests,
      steps: [...this.steps].map((step) => this.nameOf(step)),
      trouble: this.trouble === null ? null : {
        step: this.nameOf(this.trouble.step),
        ...this.wordsOf(this.trouble),
        excerpt: this.trouble.excerpt,
      },
    };
  }

  private outcome(): OnceSummary["outcome"] {
    switch (this.ending) {
      case END.completed:
        return "completed";
      case END.stepFailed:
        return "failed";
      default:
        // A step that stops the run ends its session so, too.
        return this.trouble === null ? "cut" : "failed";
    }
  }

  private wordsOf({ step, kind, which }: Trouble): { code: number | null; what: string } {
    return kind === "error"
      ? { code: which, what: requestError(which).name }
      : { code: null, what: `not ${checkText(this.plan, step, which)}` };
  }

  private nameOf(step: number): string {
    return this.plan.steps.at(step)?.name ?? `step ${step}`;
  }
}
