/** Which series a sample enters: by metric, and by the cell (step × stage, or flow × stage) it comes from. */
import type { Plan, Step } from "../plan.ts";
import { ALL, holdsStage, isOfLoad, isOnWebSocket, type Made, type Scope, stepsOf } from "./scope.ts";
import { singlesFor } from "./histogram.ts";
import { isMessaging } from "./messaging.ts";
import { type Recorder, SAMPLED, type Sampled, Series } from "./series.ts";

/** For each cell, the recorders that take its samples. Warm-up's cells have none. */
export type Routes = Readonly<Record<Sampled, readonly (readonly Recorder[])[]>>;

/** Shown of the whole run, and of a part of it. */
export const RUN_PPMS = [500_000, 900_000, 950_000, 990_000, 999_000] as const;
export const PART_PPMS = [500_000, 950_000, 990_000] as const;

/** All series that a report of this plan needs, and which samples go into which. */
export class SeriesSet {
  private readonly series: ReadonlyMap<string, Series>;

  /** Every series that a report on this plan shows or a threshold asks for. */
  constructor(private readonly plan: Plan) {
    const wanted = new Wanted();
    for (const metric of SAMPLED) if (!isOfGroups(metric)) wanted.add(metric, ALL, RUN_PPMS);
    plan.steps.forEach((one, step) => wantStep(wanted, plan, one, step));
    plan.load.stages.forEach((_, stage) => wanted.add("response_time", { ...ALL, stage }, PART_PPMS));
    plan.tags.forEach((_, tag) => wanted.add("response_time", { ...ALL, tag }, PART_PPMS));
    for (const { metric, statistic, flow, step, stage, tag } of plan.thresholds) {
      const sampled = SAMPLED.find((name) => name === metric);
      const ppms = statistic.kind === "quantile" ? [statistic.ppm] : [];
      if (sampled !== undefined) wanted.add(sampled, { flow, step, stage, tag }, ppms);
    }
    this.series = wanted.series();
  }

  find(metric: Sampled, scope: Partial<Scope> = {}): Series {
    const series = this.series.get(nameOf(metric, { ...ALL, ...scope }));
    if (series === undefined) throw new Error(`no series of ${metric} was asked for`);
    return series;
  }

  /** The first pass feeds every histogram. */
  histograms(): Routes {
    return this.routes((series) => series.histogram);
  }

  /** Closes a pass; returns what the next one must feed, or null when everything is known. */
  closePass(): Routes | null {
    const open = new Map<Series, Recorder>();
    for (const series of this.series.values()) {
      const recorder = series.closePass();
      if (recorder !== null) open.set(series, recorder);
    }
    return open.size === 0 ? null : this.routes((series) => open.get(series) ?? null);
  }

  private routes(recorderOf: (series: Series) => Recorder | null): Routes {
    const routes = SAMPLED.map((metric) => {
      const rows = metric === "session_time" ? this.plan.flows.length : this.plan.steps.length;
      const cells: Recorder[][] = Array.from({ length: rows * this.plan.load.stages.length }, () => []);
      for (const series of this.series.values()) {
        const recorder = series.metric === metric ? recorderOf(series) : null;
        if (recorder !== null) this.cellsOf(series).forEach((cell) => cells[cell].push(recorder));
      }
      return [metric, cells];
    });
    return Object.fromEntries(routes) as Routes;
  }

  private cellsOf({ metric, scope }: Series): number[] {
    const stages = this.plan.load.stages;
    const rows = metric === "session_time" ? this.flowsOf(scope) : stepsOf(this.plan, madeOf(metric), scope);
    return rows.flatMap((row) =>
      stages.flatMap(({ warmup }, stage) =>
        warmup || !holdsStage(scope, stage) ? [] : [row * stages.length + stage]
      )
    );
  }

  private flowsOf({ flow }: Scope): number[] {
    return this.plan.flows.flatMap((_, position) => flow < 0 || flow === position ? [position] : []);
  }
}

/** Series that are asked for one after another: how many they are says how much room each may take. */
class Wanted {
  private readonly byName = new Map<string, { metric: Sampled; scope: Scope; ppms: Set<number> }>();

  add(metric: Sampled, scope: Scope, ppms: readonly number[]): void {
    const name = nameOf(metric, scope);
    const known = this.byName.get(name) ?? { metric, scope, ppms: new Set() };
    for (const ppm of ppms) known.ppms.add(ppm);
    this.byName.set(name, known);
  }

  series(): Map<string, Series> {
    const singles = singlesFor(this.byName.size);
    return new Map(
      [...this.byName].map((
        [name, { metric, scope, ppms }],
      ) => [name, new Series(metric, scope, ppms, singles)]),
    );
  }
}

function wantStep(wanted: Wanted, plan: Plan, one: Step, step: number): void {
  if (!isOfLoad(plan, one)) return;
  const scope = { ...ALL, step };
  if (one.kind === "request" || isOnWebSocket(one)) wanted.add("response_time", scope, PART_PPMS);
  if (isMessaging(plan, step)) {
    wanted.add("first_message", scope, PART_PPMS);
    wanted.add("message_gap", scope, PART_PPMS);
  }
  if (one.kind !== "group") return;
  wanted.add("group_time", scope, PART_PPMS);
  wanted.add("group_elapsed", scope, PART_PPMS);
}

/** Of what the samples of a metric are taken. */
function madeOf(metric: Sampled): Made {
  switch (metric) {
    case "lag":
      return "sent";
    case "first_message":
    case "message_gap":
      return "messages";
    default:
      return "requests";
  }
}

function isOfGroups(metric: Sampled): boolean {
  return metric === "group_time" || metric === "group_elapsed";
}

function nameOf(metric: Sampled, { flow, step, stage, tag }: Scope): string {
  return `${metric} ${flow} ${step} ${stage} ${tag}`;
}
