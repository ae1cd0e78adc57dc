/** Templates of the scenario → templates of the plan: variables become slots, texts are encoded for where they stand. */
import type { Part, Slot, Template } from "../../runtime/plan_templates.ts";
import type { CaptureOwner, Template as SourceTemplate, Variable } from "../2_check/scenario.ts";
import { encodeValue, type TextPlace } from "./encodings.ts";

/** What slots need to know of the request they stand in. */
export type SlotContext = Readonly<{
  /** Names of the load's stages. */
  stages: readonly string[];
  /** The number of the next random draw of this step, from 0. */
  nextUse: () => number;
  /** Positions in the plan of a value that this flow, or the setup, captures, and of a secret. */
  captureAt: (name: string, of: CaptureOwner) => number;
  secretAt: (name: string) => number;
}>;

/** Encodes part by part, then merges literals. */
export function lowerTemplate(template: SourceTemplate, place: TextPlace, context: SlotContext): Template {
  return mergeLiterals(
    template.map((part) => typeof part === "string" ? place.literal(part) : slotOf(part, place, context)),
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

/** The bytes of a file: as text where they are UTF-8, so that a plan can be read. */
export function bytesPart(bytes: Uint8Array): Part {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return { base64: bytes.toBase64() };
  }
}

/** Whether all of a template is known before the run. */
export function isLiteral(template: Template): boolean {
  return template.every((part) => typeof part === "string" || "base64" in part);
}

/** All slots of a template, those within `basic` too. */
export function slotsOf(template: Template): Slot[] {
  return template.flatMap((part) => {
    if (typeof part === "string" || "base64" in part) return [];
    return part.slot === "basic" ? [part, ...slotsOf(part.user), ...slotsOf(part.password)] : [part];
  });
}

/** The slot of a variable. */
export function slotOf(variable: Variable, { encoding }: TextPlace, context: SlotContext): Slot {
  switch (variable.variable) {
    case "session":
    case "vu":
    case "loop":
      return { slot: variable.variable };
    case "stage":
      return { slot: "stage", texts: context.stages.map((text) => encodeValue(text, encoding)) };
    case "uuid":
      return { slot: "uuid", use: context.nextUse() };
    case "random.int":
      return { slot: "int", use: context.nextUse(), min: variable.min, max: variable.max };
    case "random.choice": {
      const texts = variable.texts.map((text) => encodeValue(text, encoding));
      return { slot: "choice", use: context.nextUse(), texts };
    }
    case "now.iso":
      return { slot: "now" };
    case "data":
      return { slot: "data", table: variable.table, column: variable.column, encoding };
    case "capture":
      return { slot: "capture", capture: context.captureAt(variable.name, variable.of), encoding };
    case "secret":
      return { slot: "secret", secret: context.secretAt(variable.name), encoding };
  }
}
