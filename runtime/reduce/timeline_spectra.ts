/** Quantiles of all response times by part, and of lag by stretch of time: read as often as exactness needs. */
import { singlesFor } from "./histogram.ts";
import { ALL } from "./scope.ts";
import { type Recorder, Series } from "./series.ts";
import { type Spectrum, SPECTRUM_PPMS, type TimelineColumn } from "./timeline.ts";
import type { TimelineParts } from "./timeline_parts.ts";

/** A series has 16 to 120 KiB. Where there would be more, only the whole run is told by stage. */
const MOST_SERIES = 800;
const LAG_PPM = 990_000;

export class TimelineSpectra {
  private readonly lag: Series[];
  /** Of the histogram of each part. */
  private readonly singles: number;
  private readonly byPart = new Map<number, Series>();
  /** Whether something falls into a part is known behind the first pass. */
  private isFirstPass = true;
  /** By stretch, and by step × stage: who takes the samples of the pass at hand. */
  private lagRecorders: (Recorder | null)[];
  private readonly recorders: (readonly Recorder[])[] = [];
  private open = new Map<Series, Recorder>();

  constructor(private readonly parts: TimelineParts, length: number) {
    const singles = singlesFor(length);
    this.lag = Array.from({ length }, () => new Series("lag", ALL, new Set([LAG_PPM]), singles));
    this.singles = singlesFor(Math.min(MOST_SERIES, parts.spectra));
    this.lagRecorders = this.lag.map(({ histogram }) => histogram);
  }

  addLag(stretch: number, ticks: number): void {
    this.lagRecorders[stretch]?.add(ticks);
  }

  addResponse(cell: number, ticks: number): void {
    const recorders = this.recorders[cell] ??= this.recordersOf(cell);
    for (let index = 0; index < recorders.length; index++) recorders[index].add(ticks);
  }

  /** Closes a pass; whether another one is needed. */
  closePass(): boolean {
    this.isFirstPass = false;
    this.recorders.length = 0;
    this.lagRecorders = this.lag.map((series) => series.closePass());
    this.open = new Map();
    for (const series of this.byPart.values()) {
      const recorder = series.closePass();
      if (recorder !== null) this.open.set(series, recorder);
    }
    return this.open.size > 0 || this.seeksLag;
  }

  /** The next pass must bring lag. */
  get seeksLag(): boolean {
    return this.lagRecorders.some((recorder) => recorder !== null);
  }

  /** Asked for behind the last pass. */
  spectra(): Spectrum[] {
    return [...this.byPart].sort(([one], [other]) => one - other).map(([position, series]) => {
      const { flow, step, stage } = this.parts.spectrumPart(position);
      const ticks = SPECTRUM_PPMS.map((ppm) => series.quantile(ppm) ?? 0);
      return { flow, step, stage, count: series.histogram.count, ticks };
    });
  }

  lagColumns(): TimelineColumn[] {
    const part = { ...this.parts.all, from: 0 };
    return [
      { ...part, name: "lagP99", values: this.lag.map((series) => series.quantile(LAG_PPM) ?? -1) },
      { ...part, name: "lagMax", values: this.lag.map(({ histogram }) => histogram.max) },
    ];
  }

  private recordersOf(cell: number): Recorder[] {
    return this.seriesOf(cell).flatMap((series) => {
      const recorder = this.isFirstPass ? series.histogram : this.open.get(series);
      return recorder === undefined ? [] : [recorder];
    });
  }

  private seriesOf(cell: number): Series[] {
    const positions = this.parts.spectraOf(cell).filter((position) => this.isTold(position));
    return positions.map((position) => {
      const series = this.byPart.get(position) ??
        new Series("response_time", ALL, new Set<number>(SPECTRUM_PPMS), this.singles);
      this.byPart.set(position, series);
      return series;
    });
  }

  private isTold(position: number): boolean {
    const { flow, stage } = this.parts.spectrumPart(position);
    return this.parts.spectra <= MOST_SERIES || stage < 0 || flow < 0;
  }
}
