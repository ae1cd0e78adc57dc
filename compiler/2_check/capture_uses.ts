/** Whether what a flow's steps use has been captured by the time they use it. */
import { keyPlaceAt, nodeAt, type Path } from "../1_parse/document.ts";
import type { Place } from "../diagnostic.ts";
import { quote } from "../diagnostic.ts";
import { type Checking, plainAt, report, templatesIn, warn } from "./checking.ts";
import { capturesOf } from "./names.ts";
import { didYouMean } from "./nearest_name.ts";
import type { CaptureOwner, Variable } from "./scenario.ts";
import { METHODS } from "./schema_flow.ts";
import { SETUP_PREFIX } from "./templates.ts";
import { allWritten, type WrittenStep } from "./written_steps.ts";

/** The keys of a step whose texts are rendered while the test runs. */
const RENDERED_KEYS: ReadonlySet<string> = new Set([
  ...Object.keys(METHODS),
  "query",
  "variables",
  "headers",
  "json",
  "body",
  "form",
  "multipart",
  "auth",
  "message",
  "messages",
  "events",
  "send",
  "receive",
]);

/** The variables in what the step or the target at a path sends. */
export function renderedVariables(checking: Checking, path: Path): Variable[] {
  const table = nodeAt(checking.document, path);
  if (table?.kind !== "table") return [];
  return [...table.entries].flatMap(([key, { node }]) =>
    RENDERED_KEYS.has(key)
      ? templatesIn(checking, node).flat().filter((part) => typeof part !== "string")
      : []
  );
}

/** Names that are captured, and whether in every session. */
export type KnownCaptures = ReadonlyMap<string, boolean>;

/** What holds for a step because of the groups it stands in. */
type Around = Readonly<{
  /** Names that are there whenever the step runs, as `when` has them. */
  guarded: ReadonlySet<string>;
  /** Whether the step may be left out. */
  skips: boolean;
  /** Names that groups around it capture in a pass, and that are there in the next. */
  again: ReadonlySet<string>;
}>;

type Use = Readonly<{ name: string; of: CaptureOwner; place: Place }>;

/**
 * Each step of the flow at `flow` in the order in which sessions run them, sound or not; `all` are those in groups,
 * too. `setup` is what the setup
 * captures. Returns what the flow has captured at its end.
 */
export function checkCaptureUses(
  checking: Checking,
  flow: Path,
  { steps, all }: Readonly<{ steps: readonly WrittenStep[]; all: readonly WrittenStep[] }>,
  setup: KnownCaptures,
): KnownCaptures {
  const known = new Map<string, boolean>();
  const scene: Scene = { checking, flow, steps: all, known, setup };
  const none = new Set<string>();
  for (const step of steps) checkStepUses(scene, step, { guarded: none, skips: false, again: none });
  return known;
}

type Scene = Readonly<{
  checking: Checking;
  flow: Path;
  /** All of them, groups and what they hold. */
  steps: readonly WrittenStep[];
  known: Map<string, boolean>;
  setup: KnownCaptures;
}>;

function checkStepUses(scene: Scene, step: WrittenStep, around: Around): void {
  const { checking, known } = scene;
  const own = ownCaptures(checking, step);
  const again = new Set(around.again);
  if (mostPasses(checking, step.path) > 1) {
    for (const one of allWritten([step])) ownCaptures(checking, one).forEach((name) => again.add(name));
  }
  const guarded = new Set([...around.guarded, ...checkConditions(scene, step, around.again)]);
  const uses = step.isGroup ? [] : usesOf(checking, step.path);
  for (const use of uses) checkUse(scene, step, use, guarded, again);
  const skips = around.skips || plainAt(checking, [...step.path, "when"]) !== undefined ||
    leastPasses(checking, step.path) === 0;
  for (const name of own) {
    const isOptional = plainAt(checking, [...step.path, "capture", name, "optional"]) === true;
    known.set(name, known.get(name) === true || !(skips || isOptional));
  }
  for (const inner of step.steps) checkStepUses(scene, inner, { guarded, skips, again });
}

function checkUse(
  scene: Scene,
  step: WrittenStep,
  { name, of, place }: Use,
  guarded: ReadonlySet<string>,
  again: ReadonlySet<string>,
): void {
  const shown = of === "setup" ? `${SETUP_PREFIX}${name}` : name;
  if (of === "setup" && scene.flow[0] === "setup") {
    const words = `within [setup], what its steps capture has no ${
      quote(SETUP_PREFIX)
    } in front; write \${${name}}`;
    report(scene.checking, "Z1308", place, words);
    return;
  }
  const isSure = of === "setup" ? scene.setup.get(name) ?? true : scene.known.get(name);
  const isMade = isSure !== undefined || again.has(name);
  if (isSure === true || (isMade && guarded.has(shown))) return;
  if (!isMade) {
    reportTooEarly(scene, place, name, step);
    return;
  }
  const condition = of === "setup" ? quote(shown) : shown;
  const wayOut = step.kind === "action"
    ? "capture it in every session if the action needs it"
    : `add when = { ${condition} = "exists" } if the step needs it`;
  warn(
    scene.checking,
    "Z1907",
    place,
    `\${${shown}} is perhaps not captured here, and then empty; ${wayOut}`,
  );
}

/** Captures of steps mean nothing in what a target has every step send; `target` is the path of one. */
export function checkTargetCaptures(checking: Checking, target: Path): void {
  for (const { name, of, place } of usesOf(checking, target)) {
    if (of === "setup") continue;
    report(
      checking,
      "Z1308",
      place,
      `\${${name}} is captured by a step, and the target's settings hold for every step, also those in front; set it in the steps that come behind`,
    );
  }
}

function ownCaptures(checking: Checking, { path }: WrittenStep): string[] {
  const captures = nodeAt(checking.document, [...path, "capture"]);
  return captures?.kind === "table" ? [...captures.entries.keys()] : [];
}

function usesOf(checking: Checking, path: Path): Use[] {
  return renderedVariables(checking, path).flatMap((part) =>
    part.variable === "capture" ? [{ name: part.name, of: part.of, place: part.place }] : []
  );
}

/** The names that are there whenever the step runs. */
function checkConditions(scene: Scene, step: WrittenStep, again: ReadonlySet<string>): Set<string> {
  const { checking, known } = scene;
  const guarded = new Set<string>();
  const when = nodeAt(checking.document, [...step.path, "when"]);
  if (when?.kind !== "table") return guarded;
  for (const [name, { node }] of when.entries) {
    if (name === "status") continue;
    const isAsked = node.kind === "text"
      ? node.value === "exists"
      : node.kind === "table" && (node.entries.has("equals") || node.entries.has("matches"));
    if (isAsked) guarded.add(name);
    const place = keyPlaceAt(checking.document, [...step.path, "when", name]);
    if (name.startsWith(SETUP_PREFIX)) checkSetupCondition(scene, name.slice(SETUP_PREFIX.length), place);
    else if (name !== "setup" && !known.has(name) && !again.has(name)) {
      reportTooEarly(scene, place, name, step);
    }
  }
  return guarded;
}

function checkSetupCondition({ checking, flow }: Scene, name: string, place: Place): void {
  const made = checking.captures.setup;
  if (flow[0] === "setup") {
    const words = `within [setup], what its steps capture has no ${quote(SETUP_PREFIX)} in front; write ${
      quote(name)
    }`;
    report(checking, "Z1308", place, words);
  } else if (!made.includes(name)) {
    report(checking, "Z1302", place, `no step of [setup] captures ${quote(name)}${hintOf(name, made)}`);
  }
}

function reportTooEarly(scene: Scene, place: Place, name: string, step: WrittenStep): void {
  const { checking, flow, steps } = scene;
  const { flows, setup, teardown } = checking.captures;
  const maker = steps.find((one) => ownCaptures(checking, one).includes(name));
  if (maker === step) {
    report(
      checking,
      "Z1307",
      place,
      `${quote(name)} is captured from this step's own response; use it in a later step`,
    );
  } else if (maker !== undefined) {
    report(
      checking,
      "Z1307",
      place,
      `${quote(name)} is captured further down, by step ${
        quote(maker.name)
      }; move that step in front of this one`,
    );
  } else if (setup.includes(name)) {
    const words = `${quote(name)} is captured in [setup], and is ${
      quote(SETUP_PREFIX + name)
    } everywhere else`;
    report(checking, "Z1308", place, words);
  } else if ([...flows.flat(), ...teardown].includes(name)) {
    report(
      checking,
      "Z1308",
      place,
      `${
        quote(name)
      } is captured in another flow, and sessions share nothing; capture it in a step of this flow, or in [setup] for all`,
    );
  } else {
    const mine = capturesOf(checking.captures, flow);
    const hint = didYouMean(name, [...mine, "status"]) || hintOf(name, mine);
    report(checking, "Z1302", place, `no step of this flow captures ${quote(name)}${hint}`);
  }
}

function hintOf(name: string, made: readonly string[]): string {
  return didYouMean(name, made) ||
    (made.length === 0
      ? "; no step captures anything"
      : `; there is ${[...new Set(made)].slice(0, 8).join(", ")}`);
}

function mostPasses(checking: Checking, step: Path): number {
  return passes(checking, step, -1);
}

function leastPasses(checking: Checking, step: Path): number {
  return passes(checking, step, 0);
}

/** 1 where `repeat` is absent or wrong. */
function passes(checking: Checking, step: Path, end: 0 | -1): number {
  const repeat = plainAt(checking, [...step, "repeat"]);
  const ends = typeof repeat === "string" || typeof repeat === "number" ? String(repeat).split("..") : ["1"];
  const count = Number(ends.at(end)?.trim().replaceAll("_", ""));
  return Number.isInteger(count) ? count : 1;
}
