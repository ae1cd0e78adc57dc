/** `[simulation]`: how the target behaves when a run is simulated. */
import type { z } from "../zod/zod.ts";
import { keyPlaceAt, nodeAt, type Path } from "../1_parse/document.ts";
import { quote } from "../diagnostic.ts";
import type { WrittenFlow } from "./check_flows.ts";
import { HEADER_NAME } from "./check_expect.ts";
import { type Checking, entrySection, lengthAt, placeOf, plainAt, report, section } from "./checking.ts";
import { plainText } from "./fields.ts";
import { fixedJsonValue } from "./json_values.ts";
import { fixedJsonText } from "./json_text.ts";
import type { SimulatedAnswer, SimulatedFault, Simulation, StepName, ThinkTime } from "./scenario.ts";
import { scenarioSchema } from "./schema.ts";
import { answerSchema, faultSchema } from "./schema_simulation.ts";
import { findStep } from "./step_lookup.ts";
import { METHODS } from "./schema_flow.ts";
import type { WrittenStep } from "./written_steps.ts";

const SIMULATION: Path = ["simulation"];
const USUAL_SERVICE: ThinkTime = { kind: "uniform", minTicks: 1_000, maxTicks: 1_000 };
const USUAL_QUEUE = 1_000;
const USUAL_STATUS = 503;

/** `flows` are those of the load and those that run once. Null where something is wrong. */
export function checkSimulation(checking: Checking, flows: readonly WrittenFlow[]): Simulation | null {
  const answers = each(checking, "answer", (path) => checkAnswer(checking, path, flows));
  const faults = each(checking, "fault", (path) => checkFault(checking, path, flows));
  checkTwice(checking, answers);
  const found = section(checking, scenarioSchema.shape.simulation, SIMULATION);
  if (found === null) return null;
  checkTimes(checking, SIMULATION, found);
  if (found.queue !== undefined && found.servers === undefined) {
    const at = keyPlaceAt(checking.document, [...SIMULATION, "queue"]);
    report(
      checking,
      "Z1752",
      at,
      "queue has no meaning without servers, for which requests wait; give servers too",
    );
  }
  return {
    service: found.service ?? found.latency ?? USUAL_SERVICE,
    servers: found.servers ?? 0,
    queue: found.servers === undefined ? 0 : found.queue ?? USUAL_QUEUE,
    errorsPpm: found.errors,
    connect: found.connect,
    connections: found.connections ?? 0,
    answers,
    faults,
  };
}

function each<T>(checking: Checking, key: string, check: (path: Path) => T | null): T[] {
  const list = [...SIMULATION, key];
  return Array.from({ length: lengthAt(checking, list) }, (_, index) => check([...list, index]))
    .filter((one) => one !== null);
}

function checkTimes(
  checking: Checking,
  path: Path,
  { latency, service }: Readonly<{ latency?: ThinkTime; service?: ThinkTime }>,
): void {
  if (latency === undefined || service === undefined) return;
  const at = keyPlaceAt(checking.document, [...path, "service"]);
  report(checking, "Z1751", at, "latency and service are two words for one time; keep one of them");
}

function checkAnswer(checking: Checking, path: Path, flows: readonly WrittenFlow[]): SimulatedAnswer | null {
  const headers = checkAnswerHeaders(checking, [...path, "headers"]);
  const json = nodeAt(checking.document, [...path, "json"]);
  const written = json === undefined ? null : fixedJsonText(fixedJsonValue(checking, json, "an answer"));
  const found = section(checking, answerSchema, path);
  if (found === null) return null;
  checkTimes(checking, path, found);
  if (found.body !== undefined && json !== undefined) {
    const at = keyPlaceAt(checking.document, [...path, "json"]);
    report(checking, "Z1753", at, "the answer has both body and json; keep one of them");
  }
  const of = requestAt(checking, path, found, flows);
  if (of === null) return null;
  return {
    place: placeOf(checking, path),
    of,
    service: found.service ?? found.latency ?? null,
    errorsPpm: found.errors ?? -1,
    status: found.status ?? 0,
    headers,
    body: found.body ?? written,
  };
}

function checkAnswerHeaders(checking: Checking, path: Path): SimulatedAnswer["headers"] {
  const table = nodeAt(checking.document, path);
  if (table?.kind !== "table") return null;
  const headers = [...table.entries].flatMap(([key, { keyPlace, node }]) => {
    if (!HEADER_NAME.test(key)) {
      report(
        checking,
        "Z1403",
        keyPlace,
        `${quote(key)} is no header name; it has letters, digits and "-" only`,
      );
    } else if (["content-length", "transfer-encoding", "connection"].includes(key.toLowerCase())) {
      report(
        checking,
        "Z1405",
        keyPlace,
        `${key.toLowerCase()} cannot be set by hand: it follows from the answer`,
      );
    }
    const value = entrySection(checking, plainText, [...path, key]);
    if (value === null) return [];
    if (/[\r\n\0]/.test(value)) {
      const words = `the value of ${key} holds a line break or a null, which would end the header`;
      report(checking, "Z1404", node.place, words);
    }
    return [[key.toLowerCase(), value] as const];
  });
  // By name: the order of keys is no meaning.
  return headers.sort(([a], [b]) => a < b ? -1 : 1);
}

/** One answer for each step. */
function checkTwice(checking: Checking, answers: readonly SimulatedAnswer[]): void {
  const taken = new Set<string>();
  for (const { of: { flow, step }, place } of answers) {
    const name = `${quote(step)} of ${quote(flow)}`;
    if (taken.has(name)) {
      report(checking, "Z1754", place, `step ${name} has two answers; write what they say in one`);
    }
    taken.add(name);
  }
}

function checkFault(checking: Checking, path: Path, flows: readonly WrittenFlow[]): SimulatedFault | null {
  const found = section(checking, faultSchema, path);
  if (found === null) return null;
  const { kind, from, ratio, by, status } = found;
  const isSlow = kind === "delay" || kind === "slow-body";
  foreign(checking, path, "by", by !== undefined && !isSlow, "delay and slow-body");
  foreign(checking, path, "status", status !== undefined && kind !== "status", "status");
  if (isSlow && by === undefined) {
    const words = kind === "delay" ? "how much later answers come" : "how long answers take to come";
    report(checking, "Z1752", path, `a fault of kind ${kind} says with by ${words}, as in by = "500ms"`);
  }
  for (const key of ["for", "by"] as const) {
    if (found[key] === 0) {
      report(checking, "Z1105", [...path, key], `${key} is 0, so nothing goes wrong; give a time`);
    }
  }
  return {
    place: placeOf(checking, path),
    kind,
    of: requestsAt(checking, path, found, flows),
    fromTick: from,
    toTick: found.for === undefined ? Number.MAX_SAFE_INTEGER : from + found.for,
    ppm: ratio,
    ticks: isSlow ? by ?? 0 : 0,
    status: kind === "status" ? status ?? USUAL_STATUS : 0,
  };
}

function foreign(checking: Checking, path: Path, key: string, isForeign: boolean, kinds: string): void {
  if (!isForeign) return;
  const at = keyPlaceAt(checking.document, [...path, key]);
  report(checking, "Z1752", at, `${key} has a meaning in faults of kind ${kinds} only; remove it`);
}

type Where = Pick<z.output<typeof faultSchema>, "flow" | "step">;

function requestsAt(
  checking: Checking,
  path: Path,
  { flow, step }: Where,
  flows: readonly WrittenFlow[],
): StepName[] | null {
  if (flow === undefined && step === undefined) return null;
  if (step !== undefined) {
    const one = requestAt(checking, path, { flow, step }, flows);
    return one === null ? [] : [one];
  }
  const found = flows[findStep(checking, { path, flow, step }, flows).flow];
  if (found === undefined) return [];
  const requests = found.all.filter((one) => isRequest(checking, one));
  return requests.map((one) => ({ flow: found.name ?? "", step: one.name }));
}

function requestAt(
  checking: Checking,
  path: Path,
  { flow, step }: Where,
  flows: readonly WrittenFlow[],
): StepName | null {
  const found = findStep(checking, { path, flow, step }, flows);
  const name = flows[found.flow]?.name;
  if (found.step === null || typeof name !== "string") return null;
  if (isRequest(checking, found.step)) return { flow: name, step: found.step.name };
  const what = found.step.isGroup
    ? "is a group, whose steps are answered"
    : plainAt(checking, [...found.step.path, "send"]) !== undefined
    ? "sends a message, which nothing answers by itself"
    : "thinks, and nothing is to be answered";
  report(
    checking,
    "Z1755",
    [...path, "step"],
    `step ${quote(found.step.name)} ${what}; name a step that sends a request`,
  );
  return null;
}

/** Whether something answers it: a request, or what waits on a WebSocket. */
function isRequest(checking: Checking, { path, kind }: WrittenStep): boolean {
  if (kind === "action") {
    return ["send", "think"].every((key) => plainAt(checking, [...path, key]) === undefined);
  }
  return Object.keys(METHODS).some((key) => plainAt(checking, [...path, key]) !== undefined);
}
