/** The figures of a report by their definitions (docs/metrics.md): lists, filters and sorting, nothing else. */
import { END } from "../../runtime/ledger/record.ts";
import type { Plan, Threshold } from "../../runtime/plan.ts";
import type { Summary } from "../../runtime/reduce/summary.ts";
import { distribution, part, rounded, samples, statisticOf, sum } from "./naive_samples.ts";
import { naiveMessages } from "./naive_messages.ts";
import {
  type Answered,
  type Asked,
  isData,
  type Message,
  naiveStory,
  type Pass,
  type Session,
  type Story,
} from "./naive_story.ts";
import type { Told } from "./told_records.ts";

/** What is held against the reducer's. */
export type Figures = Readonly<Record<string, unknown>>;

type Scope = Readonly<{ flow: number; step: number; stage: number; tag: number }>;
const ALL: Scope = { flow: -1, step: -1, stage: -1, tag: -1 };

/** Of the records of all shards' ledgers. */
export function naiveFigures(plan: Plan, ledgers: readonly (readonly Told[])[]): Figures {
  return new Naive(plan, ledgers.map((records) => naiveStory(plan, records))).figures();
}

/** The same fields of what the reducer made. */
export function sameFigures(summary: Summary): Figures {
  const { time, sessions, requests, checks, connections, data, warmup, generator, statuses } = summary;
  const { gaps } = generator;
  const { responseTime, serviceTime, sessionTime, phases, steps, messages, groups, tags, errors } = summary;
  return {
    time,
    sessions,
    requests,
    checks,
    connections,
    data,
    warmup,
    responseTime,
    serviceTime,
    sessionTime,
    phases,
    generator: {
      lag: generator.lag,
      blocked: generator.blocked,
      gaps: { count: gaps.count, longestTicks: gaps.longestTicks, totalTicks: gaps.totalTicks },
      busyPpm: generator.processor?.usedPpm ?? null,
    },
    steps,
    messages,
    groups: groups.map(({ depth: _, ...group }) => group),
    tags,
    stages: summary.stages.map(({ name, sessions, requests, responseTime }) => {
      return { name, sessions, requests, responseTime };
    }),
    statuses: statuses.map(({ status, count }) => ({ status, count })),
    errors: errors.map(({ code, count, firstTick, steps }) => ({ code, count, firstTick, steps })),
    failedChecks: summary.failedChecks.map(({ expected: _, ...one }) => one),
    thresholds: summary.thresholds.map(({ text, actual, passed, samples }) => ({
      text,
      actual,
      passed,
      samples,
    })),
  };
}

class Naive {
  readonly #plan: Plan;
  readonly #stories: readonly Story[];
  readonly #sessions: readonly Session[];
  readonly #requests: readonly Asked[];
  readonly #passes: readonly Pass[];
  readonly #messages: readonly Message[];
  readonly #answered: readonly Answered[];
  readonly #startTick: number;
  readonly #measuredTicks: number;

  constructor(plan: Plan, stories: readonly Story[]) {
    this.#plan = plan;
    this.#stories = stories;
    this.#sessions = stories.flatMap(({ sessions }) => sessions);
    this.#requests = stories.flatMap(({ requests }) => requests);
    this.#passes = stories.flatMap(({ passes }) => passes);
    this.#messages = stories.flatMap(({ messages }) => messages);
    this.#answered = stories.flatMap(({ answered }) => answered);
    const { stages } = plan.load;
    this.#startTick = (stages.find(({ warmup }) => !warmup) ?? { startTick: Infinity }).startTick;
    const all = this.#requestsOf(ALL, "all");
    const ticks = [
      ...all.filter(isDone).map(({ endTick }) => endTick),
      ...all.filter(({ kind }) => kind === "send").map(({ issuedTick }) => issuedTick),
      ...this.#messages.filter(({ session }) => !this.#isWarmup(session.stage)).map(({ tick }) => tick),
    ];
    this.#measuredTicks = Math.max(0, Math.max(0, ...ticks) - this.#startTick);
  }

  figures(): Figures {
    const requests = this.#requestsOf(ALL);
    const all = this.#requestsOf(ALL, "all");
    const sent = this.#requestsOf(ALL, "sent");
    const warm = this.#requests.filter(({ session, kind }) =>
      kind === "request" && this.#isWarmup(session.stage)
    );
    return {
      time: {
        elapsedTicks: Math.max(...this.#stories.map(({ lastTick }) => lastTick)),
        measuredTicks: this.#measuredTicks,
      },
      sessions: this.#sessionTotals(-1),
      requests: this.#requestTotals(requests, this.#measuredTicks),
      checks: { passed: sum(all, (it) => it.passed), failed: sum(all, (it) => it.failed) },
      connections: this.#plan.transport === "fetch" ? null : {
        opened: count(requests, (it) => it.opened !== null),
        reused: count(requests, (it) => it.outcome === "responded" && it.opened === null),
        secured: count(requests, (it) => it.secured !== null),
        resumed: count(requests, (it) => it.secured?.resumed === true),
        securedHttp2: count(requests, (it) => it.secured?.protocol === 2),
      },
      data: {
        sentBytes: sum(all, (it) => it.sentBytes) + sum(this.#measuredOf(this.#answered), (it) => it.bytes),
        receivedBytes: this.#receivedBytes(ALL),
      },
      warmup: {
        sessions: count(this.#sessions, ({ stage }) => this.#isWarmup(stage)),
        requests: warm.length,
        dropped: sum(this.#stories, ({ drops }) => count(drops, ({ stage }) => this.#isWarmup(stage))),
      },
      responseTime: distribution(samples(requests, "response_time")),
      serviceTime: distribution(samples(requests, "service_time")),
      sessionTime: distribution(this.#sessionTimes(ALL)),
      phases: {
        dns: distribution(samples(requests, "dns")),
        connect: distribution(samples(requests, "connect")),
        tls: distribution(samples(requests, "tls")),
        firstByte: distribution(samples(requests, "first_byte")),
      },
      generator: {
        lag: distribution(samples(sent, "lag")),
        blocked: distribution(samples(requests, "blocked")),
        gaps: this.#gaps(),
        busyPpm: this.#busyPpm(),
      },
      ...this.#parts(),
      stages: this.#plan.load.stages.map(({ name }, stage) => {
        const own = this.#requests.filter(({ session, kind }) =>
          session.stage === stage && kind === "request"
        );
        const measured = this.#isWarmup(stage) ? [] : own;
        return {
          name,
          sessions: this.#sessionTotals(stage),
          requests: this.#requestTotals(own, this.#stageTicks(stage)),
          responseTime: part(samples(measured, "response_time")),
        };
      }),
      statuses: this.#statuses(requests),
      errors: this.#errors(all),
      failedChecks: this.#failedChecks(),
      thresholds: this.#plan.thresholds.map((threshold) => this.#judged(threshold)),
    };
  }

  #parts(): Figures {
    const { plan } = { plan: this.#plan };
    const isOfLoad = (flow: number) => flow !== plan.setup && flow !== plan.teardown;
    const steps = [...plan.steps.entries()].filter(([, { flow }]) => isOfLoad(flow));
    const of = (scope: Partial<Scope>) => {
      const own = this.#requestsOf({ ...ALL, ...scope });
      const requests = this.#requestTotals(own, this.#measuredTicks);
      return { requests, responseTime: part(samples(own, "response_time")) };
    };
    const usedTags = new Set(steps.flatMap(([, { kind, tags }]) => kind === "request" ? tags : []));
    return {
      steps: steps.filter(([, { kind }]) => kind === "request").map(([step, { name, flow }]) => {
        return { flow: plan.flows[flow].name, step: name, ...of({ step }) };
      }),
      groups: steps.filter(([, { kind }]) => kind === "group").map(([step, { name, flow }]) => {
        const passes = this.#passes.filter((it) => it.step === step && !this.#isWarmup(it.session.stage));
        const through = passes.filter(({ good }) => good);
        return {
          flow: plan.flows[flow].name,
          group: name,
          passes: passes.length,
          wentThrough: through.length,
          time: part(through.map(({ elapsed, thought }) => elapsed - thought)),
          elapsed: part(through.map(({ elapsed }) => elapsed)),
        };
      }),
      messages: naiveMessages(plan, {
        requests: this.#requests.filter(({ step }) => isOfLoad(plan.steps[step].flow)),
        messages: this.#messages,
        isWarmup: (stage) => this.#isWarmup(stage),
        measuredTicks: this.#measuredTicks,
        totals: (own) => this.#requestTotals(own, this.#measuredTicks),
      }),
      tags: plan.tags.flatMap((tag, n) => usedTags.has(n) ? [{ tag, ...of({ tag: n }) }] : []),
    };
  }

  // Which of them.

  #isWarmup(stage: number): boolean {
    return this.#plan.load.stages[stage].warmup;
  }

  /** Of requests, or of all that is sent, or of all that is sent or waited for; of a step, whatever that does. */
  #requestsOf(scope: Scope, made: "requests" | "sent" | "all" = "requests"): Asked[] {
    const isMade = ({ kind }: Asked) =>
      made === "all" || (made === "sent" ? kind !== "receive" : kind === "request");
    return this.#in(this.#requests, scope).filter((it) => scope.step >= 0 || isMade(it));
  }

  #in<T extends Placed>(list: readonly T[], { flow, step, stage, tag }: Scope): T[] {
    return this.#measuredOf(list).filter((it) => {
      const own = this.#plan.steps[it.step];
      return (stage < 0 || it.session.stage === stage) &&
        (step >= 0 ? it.step === step : flow < 0 || own.flow === flow) && (tag < 0 || own.tags.includes(tag));
    });
  }

  #measuredOf<T extends Placed>(list: readonly T[]): T[] {
    return list.filter(({ session }) => !this.#isWarmup(session.stage));
  }

  /** A step that opens a WebSocket stands for all that is done on it: those whose names begin with its own. */
  #messagesOf({ step, ...scope }: Scope): Message[] {
    const { steps } = this.#plan;
    return this.#in(this.#messages, { ...scope, step: -1 }).filter(isData).filter((it) => {
      if (step < 0 || step === it.step) return true;
      const [own, asked] = [steps[it.step], steps[step]];
      return own.flow === asked.flow && own.kind !== "request" && asked.kind === "request" &&
        own.name.startsWith(`${asked.name}.`);
    });
  }

  /** Of responses all bytes, on WebSockets those of payloads. */
  #receivedBytes(scope: Scope): number {
    const responses = this.#requestsOf(scope, "all").filter(({ kind }) => kind === "request");
    const messages = this.#in(this.#messages, scope).filter(({ kind }) => kind <= 15);
    return sum(responses, (it) => it.receivedBytes) + sum(messages, ({ bytes }) => bytes);
  }

  #sessionsOf({ flow, stage }: Scope): Session[] {
    return this.#sessions.filter((it) =>
      !this.#isWarmup(it.stage) && (stage < 0 || it.stage === stage) && (flow < 0 || it.flow === flow)
    );
  }

  #sessionTimes(scope: Scope): number[] {
    return this.#sessionsOf(scope).filter(({ why }) => why === END.completed)
      .map(({ startTick, endTick }) => endTick - startTick);
  }

  // Figures.

  /** Of one stage, or of all that are no warm-up. */
  #sessionTotals(stage: number): Figures {
    const isOwn = (of: number) => stage < 0 ? !this.#isWarmup(of) : of === stage;
    const own = this.#sessions.filter((it) => isOwn(it.stage));
    const dropped = sum(this.#stories, ({ drops }) => count(drops, (it) => isOwn(it.stage)));
    const ticks = sum([...this.#plan.load.stages.keys()].filter(isOwn), (it) => this.#stageTicks(it));
    const completed = count(own, ({ why }) => why === END.completed);
    const endedEarly = count(own, ({ why }) => why === END.stepFailed);
    return {
      started: own.length,
      completed,
      endedEarly,
      stopped: own.length - completed - endedEarly,
      dropped,
      intendedPerSecond: perSecond(own.length + dropped, ticks),
      startedPerSecond: perSecond(own.length, ticks),
    };
  }

  #requestTotals(requests: readonly Asked[], ticks: number): Figures {
    const failed = count(requests, ({ outcome }) => outcome === "failed");
    const unexpected = count(requests, (it) => it.outcome === "responded" && it.failed > 0);
    return {
      issued: requests.length,
      responded: count(requests, ({ outcome }) => outcome === "responded"),
      failed,
      unexpected,
      cancelled: count(requests, ({ outcome }) => outcome === "cancelled"),
      errors: failed + unexpected,
      redirected: count(requests, ({ redirected }) => redirected),
      retried: count(requests, ({ retried }) => retried),
      perSecond: perSecond(requests.length, ticks),
    };
  }

  /** In the shard that was in it longest. */
  #stageTicks(stage: number): number {
    const { model, stages } = this.#plan.load;
    const { startTick, lengthTicks } = stages[stage];
    return Math.max(...this.#stories.map(({ stopTick, lastTick, ended }) => {
      if (model === "open" && ended && stopTick < 0) return lengthTicks;
      const until = stopTick < 0 ? lastTick : stopTick;
      return Math.max(0, Math.min(lengthTicks === 0 ? Infinity : startTick + lengthTicks, until) - startTick);
    }));
  }

  #gaps(): Figures {
    const measured = this.#stories.flatMap(({ gaps }) => gaps)
      .map(({ tick, ticks }) => Math.min(ticks, tick - this.#startTick)).filter((ticks) => ticks > 0);
    return {
      count: measured.length,
      longestTicks: Math.max(0, ...measured),
      totalTicks: sum(measured, (ticks) => ticks),
    };
  }

  /** The share of the busiest ledger. */
  #busyPpm(): number | null {
    const shares = this.#stories.flatMap(({ processor }) => {
      const measured = processor.filter(({ fromTick }) => fromTick >= this.#startTick);
      const ticks = sum(measured, ({ fromTick, toTick }) => toTick - fromTick);
      return ticks === 0
        ? []
        : [Math.min(1_000_000, rounded((sum(measured, ({ used }) => used) * 1_000_000) / ticks))];
    });
    return shares.length === 0 ? null : Math.max(...shares);
  }

  #statuses(requests: readonly Asked[]): Figures[] {
    const responded = requests.filter(({ outcome }) => outcome === "responded");
    const groups = [...Map.groupBy(responded, ({ status }) => status)];
    return groups.sort(([a], [b]) => a - b).map(([status, own]) => ({ status, count: own.length }));
  }

  #errors(requests: readonly Asked[]): Figures[] {
    const failed = requests.filter(({ outcome }) => outcome === "failed");
    const codes = [...Map.groupBy(failed, ({ code }) => code)].map(([code, own]) => {
      const steps = [...Map.groupBy(own, ({ step }) => step)]
        .sort(([a, one], [b, other]) => other.length - one.length || a - b)
        .map(([step, ofStep]) => ({
          ...this.#names(step),
          count: ofStep.length,
          excerpt: excerpt(earliest(ofStep, ({ endTick }) => endTick).cause),
        }));
      return { code, count: own.length, firstTick: Math.min(...own.map(({ endTick }) => endTick)), steps };
    });
    return codes.sort((one, other) => other.count - one.count || one.code - other.code);
  }

  #failedChecks(): Figures[] {
    const measured = this.#stories.flatMap(({ failures }) => failures)
      .filter(({ session }) => !this.#isWarmup(session.stage));
    const groups = [...Map.groupBy(measured, ({ step, check }) => step * 1_000 + check).values()];
    const [step, check] = [(own: typeof measured) => own[0].step, (own: typeof measured) => own[0].check];
    return groups.sort((a, b) => b.length - a.length || step(a) - step(b) || check(a) - check(b)).map(
      (own) => {
        const first = earliest(own, ({ tick }) => tick);
        return {
          ...this.#names(step(own)),
          check: check(own),
          count: own.length,
          firstTick: first.tick,
          excerpt: excerpt(first.text),
        };
      },
    );
  }

  #names(step: number): { flow: string; step: string } {
    const { flow, name } = this.#plan.steps[step];
    return { flow: this.#plan.flows[flow].name, step: name };
  }

  #judged(threshold: Threshold): Figures {
    const { text, comparison, limit } = threshold;
    const { part, whole, samples } = this.#measured(threshold);
    if (samples === 0 || whole === 0) return { text, actual: null, passed: false, samples };
    const [left, right] = [BigInt(part), BigInt(limit) * BigInt(whole)];
    const holds = { "<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right };
    return { text, actual: rounded(Number(part) / whole), passed: holds[comparison], samples };
  }

  #rate(times: number, { stage }: Scope): { part: number; whole: number; samples: number } {
    const ticks = stage < 0 ? this.#measuredTicks : this.#stageTicks(stage);
    return { part: times * 1_000_000_000, whole: ticks, samples: times };
  }

  /** `part / whole` in the threshold's unit. */
  #measured({ metric, statistic, ...scope }: Threshold): { part: number; whole: number; samples: number } {
    const requests = this.#requestsOf(scope, "all");
    const failed = count(requests, ({ outcome }) => outcome === "failed");
    const responded = count(requests, ({ outcome }) => outcome === "responded");
    const share = (part: number, whole: number) =>
      statistic.kind === "ratio"
        ? { part: part * 1_000_000, whole, samples: whole }
        : { part, whole: whole === 0 ? 0 : 1, samples: whole };
    switch (metric) {
      case "errors":
        return share(
          failed + count(requests, (it) => it.outcome === "responded" && it.failed > 0),
          failed + responded,
        );
      case "checks": {
        const passed = sum(requests, (it) => it.passed);
        return share(passed, passed + sum(requests, (it) => it.failed));
      }
      case "drops": {
        const drops = this.#stories.flatMap((story) => story.drops)
          .filter(({ stage }) => !this.#isWarmup(stage) && (scope.stage < 0 || stage === scope.stage));
        return share(drops.length, drops.length + this.#sessionsOf(scope).length);
      }
      case "rate": {
        return this.#rate(this.#requestsOf(scope).length, scope);
      }
      case "bytes":
        return { part: this.#receivedBytes(scope), whole: 1, samples: failed + responded };
      case "session_time":
        return statisticOf(this.#sessionTimes(scope), statistic);
      case "group_time": {
        const passes = this.#passes.filter((it) => {
          const own = this.#plan.steps[it.step];
          return it.good && !this.#isWarmup(it.session.stage) &&
            (scope.stage < 0 || it.session.stage === scope.stage) &&
            (scope.step >= 0 ? it.step === scope.step : scope.flow < 0 || own.flow === scope.flow) &&
            (scope.tag < 0 || own.tags.includes(scope.tag));
        });
        return statisticOf(passes.map(({ elapsed, thought }) => elapsed - thought), statistic);
      }
      case "first_message":
      case "message_gap": {
        const own = this.#messagesOf(scope).filter(({ isFirst }) => isFirst === (metric === "first_message"));
        return statisticOf(own.map(({ since }) => since), statistic);
      }
      case "messages": {
        const { length } = this.#messagesOf(scope);
        return statistic.kind === "rate"
          ? this.#rate(length, scope)
          : { part: length, whole: 1, samples: length };
      }
      case "lag":
        return statisticOf(samples(this.#requestsOf(scope, "sent"), metric), statistic);
      default:
        return statisticOf(samples(this.#requestsOf(scope), metric), statistic);
    }
  }
}

type Placed = Readonly<{ session: Session; step: number }>;

function isDone({ outcome }: Asked): boolean {
  return outcome === "responded" || outcome === "failed";
}

/** The earliest, and of the lowest session among them. */
function earliest<T extends { session: Session }>(list: readonly T[], tick: (one: T) => number): T {
  return list.toSorted((a, b) => tick(a) - tick(b) || a.session.number - b.session.number)[0];
}

function excerpt(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

function count<T>(list: readonly T[], holds: (one: T) => boolean): number {
  return list.filter(holds).length;
}

function perSecond(events: number, ticks: number): number | null {
  return ticks <= 0 ? null : rounded((events * 1_000_000) / ticks);
}
