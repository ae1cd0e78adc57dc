/** Loads that their own limits get in the way of. */
import { type Path, placeAt, type Table } from "../1_parse/document.ts";
import { type Diagnostic, quote, warning } from "../diagnostic.ts";
import { allFlows, allSteps } from "./all_steps.ts";
import type { Flow, Scenario } from "./scenario.ts";
import type { OpenLoad, OpenStage, Rate } from "./scenario_load.ts";
import { longestThink, meanByWeight, meanRequests, meanSession, meanWebSockets } from "./thinking.ts";
import { writtenDuration } from "./written_duration.ts";

/** Ephemeral ports of a usual Linux (32768 … 60999), and how long one is kept after its connection was closed. */
const USUAL_PORTS = 28_232;
const PORT_KEPT_TICKS = 60_000_000;

/** What sums of fractions may be off by. */
const ROUNDING = 1 + 1e-9;

/** Tokens of OAuth2 are commonly good for an hour. */
const USUAL_TOKEN_TICKS = 3_600_000_000;

/** Z1956 to Z1960. */
export function loadWarnings(scenario: Scenario, document: Table): Diagnostic[] {
  return [
    tooFewVus(scenario, document),
    ...scenario.targets.map((_, target) => tooFewPorts(scenario, target, document)),
    stagesTooShort(scenario),
    stopTooSoon(scenario, document),
    ...tokensTooOld(scenario),
  ].filter((it) => it !== null);
}

/** Little's law: users under way = arrivals per tick × ticks that a session lasts. */
function tooFewVus({ file, load, flows }: Scenario, document: Table): Diagnostic | null {
  if (load.model !== "open") return null;
  // A flow whose sessions are long beside the stage does not get to its full number of users.
  const users = load.stages.map((stage) =>
    steadyRate(stage) * meanByWeight(flows, (flow) => Math.min(meanSession(flow), stage.lengthTicks / 3))
  );
  const most = Math.max(...users);
  if (most <= load.maxVus * ROUNDING) return null;
  const { name } = load.stages[users.indexOf(most)];
  const words = `sessions that arrive in stage ${quote(name)} think for ` +
    `${writtenDuration(meanByWeight(flows, meanSession))} on average, so some ${
      counted(most)
    } are under way ` +
    `at once, beyond max_vus, and arrivals are dropped; raise max_vus well above ${
      counted(most)
    }, or think less`;
  return warning("Z1956", file, placeAt(document, ["load", "max_vus"]), words);
}

/** Sessions per tick that a stage keeps up for a third of its length. */
function steadyRate({ rateStart, rateEnd }: OpenStage): number {
  const [start, end] = [perTick(rateStart), perTick(rateEnd)];
  return Math.max(start * 5 + end, start + end * 5) / 6;
}

function perTick({ sessions, perTicks }: Rate): number {
  return sessions / perTicks;
}

/** Of the target at a position: the ports of two targets do not get in each other's way. */
function tooFewPorts(scenario: Scenario, target: number, document: Table): Diagnostic | null {
  const { file, load, flows } = scenario;
  const { name, connections: { kind } } = scenario.targets[target];
  if (load.model !== "open") return null;
  const requests = (flow: Flow) => meanRequests(flow, target);
  const sockets = meanByWeight(flows, (flow) => meanWebSockets(flow, target));
  const perSession = sockets +
    (kind === "per-session"
      ? meanByWeight(flows, (flow) => Math.min(1, requests(flow)))
      : kind === "per-request"
      ? meanByWeight(flows, requests)
      : 0);
  const opened = mostArrivals(load, PORT_KEPT_TICKS) * perSession;
  if (opened <= USUAL_PORTS * ROUNDING) return null;
  const words =
    `${counted(opened)} connections end within a minute, for which the system keeps the port of each, ` +
    `and a usual machine has ${counted(USUAL_PORTS)} ports; ${
      sockets > 0 ? "open fewer WebSockets" : 'use connections = "per-vu"'
    }, lower the rate, or widen ` +
    "net.ipv4.ip_local_port_range";
  const path: Path = name === "" ? ["target"] : ["targets", name];
  return warning("Z1957", file, placeAt(document, [...path, "connections"]), words);
}

/** Sessions that arrive within the busiest stretch of so many ticks. Where rates are constant this is exact. */
function mostArrivals({ stages }: OpenLoad, windowTicks: number): number {
  let end = 0;
  const edges = [0, ...stages.map(({ lengthTicks }) => end += lengthTicks)];
  const starts = edges.flatMap((edge) => [edge, Math.max(0, edge - windowTicks)]);
  return Math.max(...starts.map((start) => arrivalsBetween(stages, start, start + windowTicks)));
}

function arrivalsBetween(stages: readonly OpenStage[], from: number, to: number): number {
  let sum = 0;
  let begin = 0;
  for (const { lengthTicks, rateStart, rateEnd } of stages) {
    const [first, last] = [Math.max(from, begin) - begin, Math.min(to, begin + lengthTicks) - begin];
    if (last > first) {
      const middle = (first + last) / 2 / lengthTicks;
      sum += (last - first) * (perTick(rateStart) + (perTick(rateEnd) - perTick(rateStart)) * middle);
    }
    begin += lengthTicks;
  }
  return sum;
}

/** One short stage may be a spike; where none is longer than a session, nothing of the load comes to rest. */
function stagesTooShort({ file, load, flows }: Scenario): Diagnostic | null {
  const session = meanByWeight(flows, meanSession);
  const longest = Math.max(...load.stages.map(({ lengthTicks }) => lengthTicks));
  const stage = load.stages.find(({ lengthTicks }) => lengthTicks === longest);
  if (stage === undefined || longest === 0 || longest >= session) return null;
  const words = `a session thinks for ${writtenDuration(session)} on average, longer than any stage lasts ` +
    `(${
      writtenDuration(longest)
    }), so hardly one ends in the stage it began in; lengthen the stages, or think less`;
  return warning("Z1958", file, stage.place, words);
}

/** `graceful_stop = "0s"` says in so many words that nothing is waited for. */
function stopTooSoon({ file, load, flows }: Scenario, document: Table): Diagnostic | null {
  const stop = load.gracefulStopTicks;
  const isEndless = load.stages.every(({ lengthTicks }) => lengthTicks === 0);
  const thinks = flows.flatMap(({ steps }) => allSteps(steps)).flatMap((step) =>
    step.kind === "think" ? [step] : []
  );
  const longest = Math.max(0, ...thinks.map(({ time }) => longestThink(time)));
  if (stop === 0 || isEndless || stop >= longest) return null;
  const words = `the run ends ${writtenDuration(stop)} after its last stage, and a step may think for ` +
    `${writtenDuration(longest)}: sessions are cut off while they think; raise graceful_stop above that, ` +
    'or write "0s" if they should be';
  return warning("Z1959", file, placeAt(document, ["load", "graceful_stop"]), words);
}

/** One warning for each place that asks for a token. */
function tokensTooOld(scenario: Scenario): Diagnostic[] {
  const { file, load } = scenario;
  const lengthTicks = load.stages.reduce((sum, stage) => sum + stage.lengthTicks, 0);
  if (lengthTicks <= USUAL_TOKEN_TICKS) return [];
  const places = new Set(
    allFlows(scenario).flatMap(({ flow }) => allSteps(flow.steps)).flatMap((step) =>
      "auth" in step && step.auth.kind === "oauth2" && step.auth.per === "run" ? [step.auth.place] : []
    ),
  );
  const words =
    `one token serves the whole load, which lasts ${writtenDuration(lengthTicks)}, and tokens are ` +
    'commonly good for an hour; write per = "session", or allow = ["Z1960"] if these last';
  return [...places].map((place) => warning("Z1960", file, place, words));
}

function counted(value: number): string {
  return Math.round(value).toLocaleString("en");
}
