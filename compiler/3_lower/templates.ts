/** Templates of the scenario → templates of the plan: variables become slots, texts are encoded for where they stand. */
import type { Part, Slot, Template } from "../../runtime/plan.ts";
import type { Template as SourceTemplate, Variable } from "../2_check/scenario.ts";

/** How a place takes text: what was written there, and what a variable brings. */
export type Encoding = Readonly<{ literal: (text: string) => string; value: (text: string) => string }>;

/** What slots need to know of the request they stand in. */
export type SlotContext = Readonly<{
  /** Names of the load's stages. */
  stages: readonly string[];
  /** The number of the next random draw of this step, from 0. */
  nextUse: () => number;
}>;

/** Header values and plain bodies: text stands as it is. */
export const VERBATIM: Encoding = { literal: (text) => text, value: (text) => text };

/** Encodes part by part, then merges literals. */
export function lowerTemplate(template: SourceTemplate, encoding: Encoding, context: SlotContext): Template {
  return mergeLiterals(
    template.map((part) =>
      typeof part === "string" ? encoding.literal(part) : slotOf(part, encoding, context)
    ),
  );
}

/** Joins neighbouring literals and drops empty ones, so that a meaning has one form. */
export function mergeLiterals(parts: readonly Part[]): Template {
  const merged: Part[] = [];
  for (const part of parts) {
    const last = merged.at(-1);
    if (typeof part === "string" && typeof last === "string") merged[merged.length - 1] = last + part;
    else if (part !== "") merged.push(part);
  }
  return merged;
}

function slotOf(variable: Variable, { value }: Encoding, { stages, nextUse }: SlotContext): Slot {
  switch (variable.variable) {
    case "session":
    case "vu":
    case "loop":
      return { slot: variable.variable };
    case "stage":
      return { slot: "stage", texts: stages.map(value) };
    case "uuid":
      return { slot: "uuid", use: nextUse() };
    case "random.int":
      return { slot: "int", use: nextUse(), min: variable.min, max: variable.max };
    case "random.choice":
      return { slot: "choice", use: nextUse(), texts: variable.texts.map(value) };
    case "now.iso":
      return { slot: "now" };
  }
}
