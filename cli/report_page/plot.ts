/** A chart over time or over something else: lines by uPlot, with a legend that reads values, and keys that move through it. */
import uPlot from "uplot";
import type { Colours } from "./colours.ts";
import type { Drawing, Drawn, Horizontal } from "./drawing.ts";
import { element, found } from "./elements.ts";
import { logRange, logSplits, short } from "./plot_axes.ts";
import { tableOf } from "./plot_table.ts";

/** What all charts of a page have in common. */
export interface Stage {
  readonly colours: Colours;
  readonly isLog: boolean;
  /** In the horizontal axis' own unit; null: all of it. */
  readonly range: readonly [number, number] | null;
  zoom(range: readonly [number, number] | null): void;
  speak(text: string): void;
}

const FONT = '12px system-ui, "Noto Sans", "DejaVu Sans", sans-serif';
const POINTS_A_PAGE = 10;

export class Plot {
  private chart: uPlot | null = null;
  private readonly hidden = new Set<string>();
  private readouts: HTMLElement[] = [];
  private atText: HTMLElement | null = null;
  private drawing: Drawing | null = null;
  private readonly place: HTMLElement;
  private readonly legend: HTMLElement;
  private readonly rows: HTMLElement;
  private readonly details: HTMLDetailsElement;

  constructor(
    readonly figure: HTMLElement,
    private readonly stage: Stage,
    private horizontal: Horizontal,
    /** Draws below the axes' lines, and above them. */
    private readonly ground: (u: uPlot) => void,
    private readonly paint: (u: uPlot) => void = () => {},
  ) {
    this.place = found(figure, ".plot");
    this.legend = found(figure, ".legend");
    this.rows = found(figure, ".rows");
    this.details = found(figure, "details") as HTMLDetailsElement;
    this.details.addEventListener("toggle", () => this.fillTable());
    this.place.addEventListener("keydown", (event) => this.key(event));
    new ResizeObserver(() => this.resize()).observe(this.place);
  }

  draw(drawing: Drawing): void {
    this.drawing = drawing;
    this.horizontal = drawing.horizontal ?? this.horizontal;
    this.redraw();
  }

  /** After a zoom, too. */
  showRange(): void {
    const { values, stepped } = this.horizontal;
    if (!stepped) return;
    const [min, max] = this.stage.range ?? [values[0], values[values.length - 1]];
    this.chart?.setScale("x", { min, max });
    this.fillTable();
    this.describe();
  }

  private redraw(): void {
    const { drawing } = this;
    this.chart?.destroy();
    this.chart = null;
    this.place.replaceChildren();
    if (drawing === null) return;
    this.fillLegend(drawing);
    this.fillTable();
    this.describe();
    const values = drawing.lines.flatMap(({ values }) => values);
    if (!values.some((value) => value !== null && value > 0)) {
      const nothing = values.some((value) => value !== null)
        ? `${drawing.written(0)} throughout`
        : drawing.nothing ?? "nothing to show";
      this.place.append(element("p", { class: "empty" }, nothing));
      return;
    }
    this.chart = new uPlot(this.options(drawing), this.data(drawing), this.place);
    this.showRange();
  }

  private resize(): void {
    const { chart } = this;
    const width = this.place.clientWidth;
    if (chart === null || chart.width === width) return;
    chart.setSize({ width, height: chart.height });
  }

  private shown({ lines }: Drawing): Drawn[] {
    return lines.filter(({ label }) => !this.hidden.has(label));
  }

  /** uPlot draws the first first: of a stack, that is its top. */
  private data(drawing: Drawing): uPlot.AlignedData {
    const isLog = this.isLog(drawing);
    const lines = this.shown(drawing).map(({ values }) => isLog ? positive(values) : values);
    if (drawing.stacked === true) {
      for (let at = 1; at < lines.length; at++) {
        lines[at] = lines[at].map((value, n) => (value ?? 0) + (lines[at - 1][n] ?? 0));
      }
      lines.reverse();
    }
    const { values, stepped } = this.horizontal;
    const closed = stepped ? lines.map((line) => [...line, line[line.length - 1]]) : lines;
    return [[...values], ...closed];
  }

  private isLog({ log = false }: Drawing): boolean {
    return log && this.stage.isLog;
  }

  private options(drawing: Drawing): uPlot.Options {
    const { colours } = this.stage;
    const { horizontal } = this;
    const shown = this.shown(drawing);
    const ordered = drawing.stacked === true ? shown.toReversed() : shown;
    const axis = { stroke: colours.quiet, font: FONT, ticks: { show: false }, border: { show: false } };
    const paths = horizontal.stepped && uPlot.paths.stepped !== undefined
      ? uPlot.paths.stepped({ align: 1 })
      : undefined;
    return {
      width: this.place.clientWidth,
      height: this.figure.classList.contains("wide") ? 280 : 230,
      legend: { show: false },
      padding: [18, horizontal.stepped ? 16 : 22, 0, 0],
      cursor: {
        drag: { x: horizontal.stepped, y: false, setScale: false },
        points: { size: 6 },
        y: false,
        ...(horizontal.stepped
          ? {
            sync: {
              key: "time",
              scales: ["x", null],
              filters: { pub: (type) => type !== "mousedown" && type !== "mouseup" },
            },
          }
          : {}),
      },
      scales: {
        x: { time: false },
        y: this.isLog(drawing)
          ? { distr: 3, range: logRange }
          : { range: (_, __, max) => [0, max * 1.08 || 1] },
      },
      axes: [
        {
          ...axis,
          grid: { show: false },
          size: 30,
          gap: 6,
          space: 70,
          splits: horizontal.splits,
          incrs: horizontal.increments,
          values: horizontal.labels,
        },
        {
          ...axis,
          grid: { stroke: colours.line, width: 1 },
          size: 62,
          space: 34,
          splits: this.isLog(drawing) ? logSplits : undefined,
          filter: this.isLog(drawing) ? (_, splits) => splits : undefined,
          values: (_, splits) => splits.map((value) => value === null ? "" : short(drawing.written(value))),
        },
      ],
      series: [
        {},
        ...ordered.map(({ colour, dashed = false, dotted = false }): uPlot.Series => ({
          stroke: drawing.stacked === true ? undefined : colour,
          fill: drawing.stacked === true ? colour : undefined,
          width: dashed ? 1.25 : 1.5,
          dash: dashed ? [5, 4] : undefined,
          points: dotted ? { show: true, size: 7, fill: colour, width: 0 } : { show: false },
          paths: dotted ? () => null : paths,
        })),
      ],
      bands: shown.flatMap(({ filled = false, colour }, at) =>
        filled && at > 0 ? [{ series: [at + 1, at] as [number, number], fill: `${colour}2e` }] : []
      ),
      hooks: {
        drawClear: [(u) => this.ground(u)],
        drawAxes: [(u) => this.paint(u)],
        setCursor: [(u) => this.read(u.cursor.idx ?? null)],
        setSelect: [(u) => this.selected(u)],
      },
    };
  }

  private selected(u: uPlot): void {
    const { left, width } = u.select;
    if (width < 4) return;
    const range: [number, number] = [u.posToVal(left, "x"), u.posToVal(left + width, "x")];
    u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    this.stage.zoom(range);
  }

  private fillLegend({ lines, note, scale }: Drawing): void {
    this.atText = element("span", { class: "at" }, "");
    this.readouts = [];
    const about = note === undefined ? [] : [element("span", { class: "definition" }, note)];
    if (scale !== undefined) {
      const bar = element("i", { class: "scale", style: `background:${scale.gradient}` }, "");
      const key = element("span", { class: "key" }, "");
      key.append(scale.from, bar, scale.to);
      this.legend.replaceChildren(key, this.atText, ...about);
      return;
    }
    const keys = lines.map(({ label, colour }) => {
      const readout = element("output", {}, "");
      this.readouts.push(readout);
      const key = element("i", { style: `background:${colour}` }, "");
      const button = element("button", {
        type: "button",
        "aria-pressed": String(!this.hidden.has(label)),
        "aria-label": `${label}: show`,
      }, "");
      button.append(key, label);
      button.addEventListener("click", () => {
        if (!this.hidden.delete(label)) this.hidden.add(label);
        this.redraw();
        const again = [...this.legend.querySelectorAll("button")];
        again[lines.findIndex((line) => line.label === label)]?.focus();
      });
      const pair = element("span", { class: "key" }, "");
      pair.append(button, readout);
      return pair;
    });
    this.legend.replaceChildren(...keys, this.atText, ...about);
  }

  private read(index: number | null): void {
    const { drawing, atText } = this;
    if (drawing === null || atText === null || drawing.scale !== undefined) return;
    const at = this.clamped(index);
    atText.textContent = at === null ? "" : this.horizontal.written(this.horizontal.values[at], at);
    drawing.lines.forEach(({ values }, n) => {
      const value = at === null ? null : values[at] ?? null;
      this.readouts[n].textContent = at === null ? "" : value === null ? "–" : drawing.written(value);
    });
  }

  /** Says something of where the pointer is, in place of the lines' values. */
  tell(of: (u: uPlot) => string): void {
    if (this.chart === null || this.atText === null) return;
    const { idx, left = -1 } = this.chart.cursor;
    if (left < 0) {
      this.atText.textContent = "";
      return;
    }
    const at = this.clamped(idx ?? null);
    const when = at === null ? "" : `${this.horizontal.written(this.horizontal.values[at], at)}: `;
    this.atText.textContent = when + of(this.chart);
  }

  private clamped(index: number | null): number | null {
    if (index === null) return null;
    const last = this.horizontal.values.length - (this.horizontal.stepped ? 2 : 1);
    return Math.max(0, Math.min(last, index));
  }

  private key(event: KeyboardEvent): void {
    const u = this.chart;
    if (u === null || event.ctrlKey || event.metaKey || event.altKey) return;
    const moves: Record<string, number> = {
      ArrowLeft: -1,
      ArrowRight: 1,
      PageUp: -POINTS_A_PAGE,
      PageDown: POINTS_A_PAGE,
      Home: -Infinity,
      End: Infinity,
    };
    const move = moves[event.key];
    if (move !== undefined) this.move(u, move);
    else if (event.key === "+" || event.key === "=") this.scale(u, 0.5);
    else if (event.key === "-") this.scale(u, 2);
    else if (event.key === "Escape") this.stage.zoom(null);
    else return;
    event.preventDefault();
  }

  private move(u: uPlot, move: number): void {
    const { values } = this.horizontal;
    const { min = 0, max = 0 } = u.scales.x;
    const first = Math.max(0, values.findIndex((value) => value >= min));
    const last = values.findLastIndex((value) => value <= max);
    const before = u.cursor.idx ?? (move > 0 ? first - 1 : last + 1);
    const at = this.clamped(Math.max(first, Math.min(last, before + move))) ?? 0;
    u.setCursor({ left: u.valToPos(values[at], "x") + 0.01, top: 10 });
    this.read(at);
    this.stage.speak(this.spoken(at));
  }

  private spoken(at: number): string {
    const { drawing, horizontal } = this;
    const values = (drawing?.lines ?? []).map(({ label, values }) => {
      const value = values[at] ?? null;
      return `${label} ${value === null ? "nothing" : drawing?.written(value)}`;
    });
    return [horizontal.written(horizontal.values[at], at), ...values].join(", ");
  }

  private scale(u: uPlot, by: number): void {
    if (!this.horizontal.stepped) return;
    const { values } = this.horizontal;
    const { min = 0, max = 0 } = u.scales.x;
    const middle = u.cursor.idx === null || u.cursor.idx === undefined
      ? (min + max) / 2
      : values[u.cursor.idx];
    const half = ((max - min) / 2) * by;
    const from = Math.max(values[0], middle - half);
    const to = Math.min(values[values.length - 1], middle + half);
    if (to - from >= (values[1] - values[0]) * 2) this.stage.zoom([from, to]);
  }

  /** For who does not see it: from where to where each line goes. */
  private describe(): void {
    const { drawing } = this;
    if (drawing === null) return;
    const title = this.figure.querySelector("h3")?.textContent ?? "";
    const ranges = drawing.lines.flatMap(({ label, values }) => {
      const there = this.visible(values);
      if (there.length === 0) return [];
      const [least, greatest] = [there.reduce(smaller), there.reduce(greater)];
      return [`${label} ${drawing.written(least)} to ${drawing.written(greatest)}`];
    });
    const said = ranges.length === 0 ? "nothing to show" : ranges.join(", ");
    const keys = "Arrow keys read values, plus and minus zoom, Escape shows the whole run.";
    this.place.setAttribute("aria-label", `${title}: ${said}. ${keys}`);
  }

  private visible(values: readonly (number | null)[]): number[] {
    const [from, to] = this.stage.range ?? [-Infinity, Infinity];
    return values.filter((value, at): value is number =>
      value !== null &&
      (!this.horizontal.stepped || (this.horizontal.values[at] >= from && this.horizontal.values[at] <= to))
    );
  }

  /** The same values as numbers, made when somebody asks for them. */
  private fillTable(): void {
    const { drawing, details, horizontal } = this;
    if (!details.open || drawing === null) return this.rows.replaceChildren();
    const title = this.figure.querySelector("h3")?.textContent ?? "";
    this.rows.replaceChildren(tableOf(drawing, horizontal, this.stage.range ?? [-Infinity, Infinity], title));
  }
}

function positive(values: readonly (number | null)[]): (number | null)[] {
  return values.map((value) => value === null || value <= 0 ? null : value);
}

function smaller(one: number, other: number): number {
  return Math.min(one, other);
}

function greater(one: number, other: number): number {
  return Math.max(one, other);
}
