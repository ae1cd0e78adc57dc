/** The page's script: reads what stands in the page, draws it, and does what its controls say. */
import { clock, count, duration } from "../../runtime/report/format.ts";
import { asWritten } from "../../runtime/report/limits.ts";
import type { PageFacts } from "../../runtime/report/html/page_facts.ts";
import { unpackTimeline } from "../../runtime/report/html/packed_timeline.ts";
import { tellCommands } from "./behind.ts";
import { coloursOf } from "./colours.ts";
import { drawingOf, TIME_CHARTS } from "./drawings.ts";
import { HeatMap } from "./heat_map.ts";
import type { Horizontal } from "./drawing.ts";
import { found } from "./elements.ts";
import { Plot } from "./plot.ts";
import { Course, type Selection } from "./selection.ts";
import { spectrumDrawing } from "./spectrum.ts";
import { drawStages } from "./stage_marks.ts";

const SECOND = 1_000_000;
const INCREMENTS = [
  ...[0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5],
  ...[1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400],
];

const byId = (id: string) => found(document, `#${id}`);
const textOf = (id: string) => document.getElementById(id)?.textContent ?? "";

const facts: PageFacts = JSON.parse(textOf("facts"));
const course = new Course(unpackTimeline(textOf("timeline")), facts);
const dark = matchMedia("(prefers-color-scheme: dark)");

const stage = {
  colours: coloursOf(false),
  isLog: true,
  range: null as readonly [number, number] | null,
  zoom(range: readonly [number, number] | null) {
    stage.range = range;
    (byId("reset-zoom") as HTMLButtonElement).disabled = range === null;
    for (const plot of plots) plot.showRange();
    tellSelection();
  },
  speak(text: string) {
    byId("spoken").textContent = text;
  },
};

const whole = course.length * course.seconds;
const inTime: Horizontal = {
  values: [...course.times, whole],
  written: (seconds) => moment(seconds),
  stepped: true,
  increments: INCREMENTS,
  labels: (_, splits) => splits.map(moment),
};
let heatMap: HeatMap | null = null;
const stages = (u: Parameters<typeof drawStages>[0]) => drawStages(u, facts, stage.colours);
const charts = TIME_CHARTS.flatMap((id) => {
  const figure = document.getElementById(`chart-${id}`);
  return figure === null ? [] : [{ id, plot: new Plot(figure, stage, inTime, stages) }];
});
const heat = new Plot(byId("chart-heat"), stage, inTime, stages, (u) => heatMap?.paint(u, stage.colours));
const spectrum = new Plot(byId("chart-spectrum"), stage, inTime, () => {});
const plots: readonly Plot[] = [...charts.map(({ plot }) => plot), heat, spectrum];

const selects = ["flow", "step", "stage", "outcome"].map((id) => byId(id) as HTMLSelectElement);

function chosen(): Selection {
  const [flow, step, stage, outcome] = selects.map(({ value }) => Number(value));
  return { flow, step, stage, outcome };
}

function draw(): void {
  const selection = chosen();
  const { colours } = stage;
  const measure = (byId("measure") as HTMLSelectElement).value;
  for (const { id, plot } of charts) plot.draw(drawingOf(id, { course, selection, colours, measure }));
  heatMap = new HeatMap(course, selection);
  heat.draw(heatMap.drawing(colours));
  spectrum.draw(spectrumDrawing(course, selection, colours));
  tellSelection();
}

/** In words, what is shown. */
function tellSelection(): void {
  const { flow, step, stage: position, outcome } = chosen();
  const what = step >= 0
    ? `Step ${facts.flows[facts.steps[step].flow].name}/${facts.steps[step].name}`
    : flow >= 0
    ? `Requests of flow ${facts.flows[flow].name}`
    : "All requests";
  const sessions = position >= 0
    ? ` of sessions that arrived in stage ${facts.stages[position].name}`
    : facts.stages.some(({ warmup }) => warmup)
    ? " without warm-up"
    : "";
  const ended = outcome < 0 ? "" : ` that ended as ${facts.outcomes[outcome]}`;
  const sum = course.sum("ended", chosen()).reduce((one, other) => one + other, 0);
  const when = stage.range === null ? "" : ` Shown: ${moment(stage.range[0])} to ${moment(stage.range[1])}.`;
  byId("selected").textContent = `${what}${sessions}${ended}: ${count(sum)} ended. Each step of a line is ${
    asWritten(duration(course.timeline.widthTicks))
  }.${when}`;
}

/** A time on the axis: short runs in parts of a second, others as a clock shows them. */
function moment(seconds: number): string {
  const ticks = Math.round(seconds * SECOND);
  if (whole <= 10) return ticks === 0 ? "0" : asWritten(duration(ticks));
  const digits = Math.max(0, 6 - Math.floor(Math.log10(course.timeline.widthTicks)));
  const rounded = Math.round(ticks / 10 ** (6 - digits)) * 10 ** (6 - digits);
  const part = (rounded % SECOND / SECOND).toFixed(digits).replace(/^0|\.?0+$/g, "");
  return clock(rounded) + part;
}

/** A step belongs to one flow: the two never contradict each other. */
function agree(changed: HTMLSelectElement): void {
  const [flow, step] = selects;
  const position = Number(step.value);
  if (position < 0) return;
  if (changed === step) flow.value = String(facts.steps[position].flow);
  else if (changed === flow && Number(flow.value) !== facts.steps[position].flow) step.value = "-1";
}

function colour(): void {
  const wanted = document.querySelector<HTMLInputElement>("input[name=theme]:checked")?.value ?? "auto";
  const isDark = !printing && (wanted === "dark" || (wanted === "auto" && dark.matches));
  document.documentElement.dataset.colours = isDark ? "dark" : "light";
  stage.colours = coloursOf(isDark);
}

let printing = false;

function paint(): void {
  colour();
  draw();
}

for (const select of selects) {
  select.addEventListener("change", () => {
    agree(select);
    draw();
  });
}
byId("measure").addEventListener("change", draw);
byId("log").addEventListener("change", (event) => {
  stage.isLog = (event.target as HTMLInputElement).checked;
  draw();
});
byId("reset-filters").addEventListener("click", () => {
  (found(document, "form.filters") as HTMLFormElement).reset();
  stage.isLog = (byId("log") as HTMLInputElement).checked;
  draw();
});
byId("reset-zoom").addEventListener("click", () => stage.zoom(null));
for (const input of document.querySelectorAll("input[name=theme]")) input.addEventListener("change", paint);
dark.addEventListener("change", paint);
addEventListener("beforeprint", () => {
  printing = true;
  paint();
});
addEventListener("afterprint", () => {
  printing = false;
  paint();
});
byId("chart-heat").addEventListener("mousemove", () => heat.tell((u) => heatMap?.at(u) ?? ""));
tellCommands();
paint();
document.documentElement.dataset.ready = "true";
