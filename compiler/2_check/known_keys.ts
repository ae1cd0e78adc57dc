/** Which keys the schema has at a path, for hints. */
import { z } from "../zod/zod.ts";
import type { Path } from "../1_parse/document.ts";

/** Keys of the table at `path`; `value` is the plain value of the whole file, which chooses between variants. */
export function knownKeys(schema: z.core.$ZodType, path: Path, value: unknown): string[] {
  const here = unwrapped(schema, value);
  if (path.length === 0) return here instanceof z.ZodObject ? Object.keys(here.shape) : [];
  const [step = "", ...rest] = path;
  const inner = typeof value === "object" && value !== null
    ? Object.entries(value).find(([key]) => key === String(step))?.[1]
    : undefined;
  if (here instanceof z.ZodArray) return knownKeys(here.element, rest, inner);
  if (here instanceof z.ZodRecord) return knownKeys(here.valueType, rest, inner);
  const child = here instanceof z.ZodObject ? here.shape[step] ?? here.def.catchall : undefined;
  return child === undefined ? [] : knownKeys(child, rest, inner);
}

function unwrapped(schema: z.core.$ZodType, value: unknown): z.core.$ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodPrefault) {
    return unwrapped(schema.def.innerType, value);
  }
  if (schema instanceof z.ZodDiscriminatedUnion) {
    const key = schema.def.discriminator;
    const chosen = typeof value === "object" && value !== null
      ? Object.entries(value).find(([name]) => name === key)?.[1]
      : undefined;
    const variant = schema.options.find((option) =>
      option instanceof z.ZodObject && option.shape[key] instanceof z.ZodLiteral &&
      option.shape[key].value === chosen
    );
    return variant ?? schema;
  }
  if (schema instanceof z.ZodUnion) {
    const variants = schema.options.map((option) => unwrapped(option, value));
    return variants.find((option) => option instanceof z.ZodObject) ?? schema;
  }
  return schema;
}
