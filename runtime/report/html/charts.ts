/** The places that the page's script fills, and the controls it listens to. */
import type { Plan } from "../../plan.ts";
import { isOfLoad, isOnWebSocket } from "../../reduce/scope.ts";
import type { Timeline } from "../../reduce/timeline.ts";
import { OUTCOMES } from "../../reduce/timeline_outcomes.ts";
import { type Markup, markup, NOTHING } from "./markup.ts";

type Chart = Readonly<{ id: string; title: string; definition: string; wide?: boolean }>;

const CHARTS: readonly Chart[] = [
  {
    id: "requests",
    title: "Requests",
    definition: "Per second: due, issued, and ended in any way.",
  },
  {
    id: "arrivals",
    title: "Arrivals against the plan",
    definition: "Sessions per second by their intended start. Dropped: no VU was free.",
  },
  {
    id: "response",
    title: "Response time",
    definition:
      "Of requests that ended in each stretch of time, from the moment they were due; timeouts with the time they waited.",
    wide: true,
  },
  {
    id: "heat",
    title: "Response time, all of it",
    definition: "How many requests took how long; the scale of colours is logarithmic.",
    wide: true,
  },
  {
    id: "spectrum",
    title: "Quantile spectrum",
    definition: "Which part of all requests was faster than that: exact, nearest rank. All statuses.",
  },
  {
    id: "errors",
    title: "Errors by kind",
    definition: "Per second: requests without a whole response, and responses with a failed check.",
  },
  {
    id: "phases",
    title: "Where the time goes",
    definition:
      "Mean of the responses that ended in each stretch of time; the sum is their mean response time.",
  },
  {
    id: "steps",
    title: "Steps compared",
    definition: "One line a step, of the same stretches of time.",
  },
  {
    id: "concurrency",
    title: "Concurrency",
    definition: "Mean of each stretch of time: sessions under way, and requests in flight.",
  },
  {
    id: "lag",
    title: "The generator: lag and loop gaps",
    definition: "How late z6c issued requests, and the longest time for which its loop stood still.",
  },
  {
    id: "messages",
    title: "Messages",
    definition: "Per second: of WebSockets, server-sent events and gRPC, without control frames.",
  },
];

/** Filters and charts. */
export function chartsSection(plan: Plan, timeline: Timeline): Markup {
  const isThere = (id: string) =>
    id !== "messages" || timeline.columns.some(({ name }) => name === "received");
  return markup`<section id="charts" aria-labelledby="charts-title">
<h2 id="charts-title">Over time</h2>
<noscript><p class="warn">The charts are drawn by a script, and this browser runs none. The tables below have the run's numbers.</p></noscript>
<form class="filters" aria-label="What the charts show">
${choice("flow", "Flow", "all", flows(plan))}
${choice("step", "Step", "all requests", steps(plan))}
${choice("stage", "Stage", "all but warm-up", plan.load.stages.map(({ name }, at) => [at, name]))}
${choice("outcome", "Status", "all", outcomes(timeline))}
<button type="button" id="reset-filters">Clear</button>
<span class="spring"></span>
<label class="check"><input type="checkbox" id="log" checked> log scale</label>
<button type="button" id="reset-zoom" disabled>Whole run</button>
</form>
<p class="definition" id="selected" role="status"></p>
<div class="charts">${
    CHARTS.filter(({ id }) => isThere(id)).map(({ id, title, definition, wide }) =>
      markup`<figure id="chart-${id}"${wide === true ? markup` class="wide"` : NOTHING}>
<figcaption><h3>${title}</h3>${
        id === "steps"
          ? markup`<label>of <select id="measure"><option value="p50">p50</option><option value="p90">p90</option><option value="p99" selected>p99</option><option value="max">max</option><option value="ended">requests per second</option><option value="errors">errors per second</option></select></label>`
          : NOTHING
      }<p class="definition">${definition}</p></figcaption>
<div class="plot" tabindex="0" role="group" aria-roledescription="chart" aria-label="${title}. Arrow keys read values, plus and minus zoom, Escape shows the whole run."></div>
<div class="legend" role="group" aria-label="Lines of ${title}"></div>
<details><summary>Table<span class="unseen"> of ${title}</span></summary><div class="rows"></div></details>
</figure>
`
    )
  }</div>
<p class="unseen" id="spoken" aria-live="polite"></p>
</section>
`;
}

function choice(
  id: string,
  title: string,
  all: string,
  options: readonly (readonly [number, string])[],
): Markup {
  return markup`<label>${title} <select id="${id}"><option value="-1">${all}</option>${
    options.map(([value, name]) => markup`<option value="${value}">${name}</option>`)
  }</select></label>`;
}

function flows(plan: Plan): [number, string][] {
  return plan.flows.flatMap(({ name }, at) => at === plan.setup || at === plan.teardown ? [] : [[at, name]]);
}

function steps(plan: Plan): [number, string][] {
  return plan.steps.flatMap((step, at) =>
    isOfLoad(plan, step) && (step.kind === "request" || isOnWebSocket(step))
      ? [[at, `${plan.flows[step.flow].name} / ${step.name}`]]
      : []
  );
}

function outcomes({ columns }: Timeline): [number, string][] {
  const there = new Set(columns.filter(({ name }) => name === "ended").map(({ outcome }) => outcome));
  return OUTCOMES.flatMap((name, at) => there.has(at) ? [[at, name]] : []);
}
