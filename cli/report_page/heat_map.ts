/** All response times: time by time, how many took how long. */
import type uPlot from "uplot";
import { counted, duration } from "../../runtime/report/format.ts";
import { heatLow, heatRow } from "../../runtime/reduce/heat_rows.ts";
import { type Colours, heatColour } from "./colours.ts";
import type { Drawing } from "./drawing.ts";
import type { Course, Selection } from "./selection.ts";

/** Counts of a selection: by place (so many stretches side by side) and row. */
export class HeatMap {
  private readonly cells: ReadonlyMap<number, number[]>;
  private readonly least: number;
  private readonly most: number;
  private readonly lowest: number;
  private readonly highest: number;

  constructor(private readonly course: Course, selection: Selection) {
    const cells = new Map<number, number[]>();
    const places = Math.ceil(course.length / course.timeline.heatStretches);
    for (const column of course.columns("heat")) {
      if (!course.holds(column, selection)) continue;
      const row = cells.get(column.code) ?? new Array<number>(places).fill(0);
      column.values.forEach((value, at) => row[column.from + at] += value);
      cells.set(column.code, row);
    }
    this.cells = cells;
    this.lowest = Math.min(...cells.keys());
    this.highest = Math.max(...cells.keys());
    const densities = [...cells].flatMap(([row, values]) =>
      values.filter((value) => value > 0).map((value) => value / height(row))
    );
    this.least = densities.reduce((one, other) => Math.min(one, other), Infinity);
    this.most = densities.reduce((one, other) => Math.max(one, other), 0);
  }

  /** As lines: the least and the greatest time of each stretch, and how many there were. They hold the axis and the table. */
  drawing(colours: Colours): Drawing {
    const { length, timeline } = this.course;
    const of = (pick: (rows: number[]) => number) =>
      Array.from({ length }, (_, stretch) => {
        const rows = this.rowsAt(Math.floor(stretch / timeline.heatStretches));
        return rows.length === 0 ? null : pick(rows);
      });
    const parts = [0, 0.25, 0.5, 0.75, 1].map((part) => heatColour(colours, part));
    return {
      lines: [
        { label: "from", colour: "transparent", values: of((rows) => Math.max(1, heatLow(rows[0]))) },
        { label: "up to", colour: "transparent", values: of((rows) => heatLow(rows[rows.length - 1] + 1)) },
      ],
      log: true,
      written: (ticks) => duration(Math.round(ticks)),
      scale: { from: "few", to: "many", gradient: `linear-gradient(to right, ${parts.join(", ")})` },
    };
  }

  paint(u: uPlot, colours: Colours): void {
    const { ctx, bbox } = u;
    const { heatStretches } = this.course.timeline;
    const seconds = this.course.seconds * heatStretches;
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    for (const [row, values] of this.cells) {
      const low = heatLow(row);
      const top = Math.round(u.valToPos(heatLow(row + 1), "y", true));
      const bottom = Math.round(u.valToPos(Math.max(low, u.scales.y.min ?? 1), "y", true));
      values.forEach((value, place) => {
        if (value === 0) return;
        const left = Math.round(u.valToPos(place * seconds, "x", true));
        const right = Math.round(
          u.valToPos(Math.min((place + 1) * seconds, this.course.length * this.course.seconds), "x", true),
        );
        if (right < bbox.left || left > bbox.left + bbox.width) return;
        ctx.fillStyle = heatColour(colours, this.part(value / height(row)));
        ctx.fillRect(left, top, Math.max(1, right - left), Math.max(1, bottom - top));
      });
    }
    ctx.restore();
  }

  /** What stands under the pointer: `1,203 requests from 11.3ms to 12.3ms`. */
  at(u: uPlot): string {
    const { left = -1, top = -1 } = u.cursor;
    if (left < 0 || top < 0) return "";
    const place = Math.floor(
      u.posToVal(left, "x") / (this.course.seconds * this.course.timeline.heatStretches),
    );
    const row = heatRow(Math.max(0, Math.floor(u.posToVal(top, "y"))));
    const value = this.cells.get(row)?.[place] ?? 0;
    return `${counted(value, "request")} from ${duration(heatLow(row))} to ${duration(heatLow(row + 1))}`;
  }

  get isEmpty(): boolean {
    return this.cells.size === 0;
  }

  private part(density: number): number {
    return this.most <= this.least ? 1 : Math.log(density / this.least) / Math.log(this.most / this.least);
  }

  private rowsAt(place: number): number[] {
    const rows: number[] = [];
    for (let row = this.lowest; row <= this.highest; row++) {
      if ((this.cells.get(row)?.[place] ?? 0) > 0) rows.push(row);
    }
    return rows;
  }
}

/** Rows are not equally high: what a colour says is how many there are for the same height. */
function height(row: number): number {
  return Math.log2(heatLow(row + 1) / Math.max(0.5, heatLow(row)));
}
