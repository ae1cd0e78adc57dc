/** The request target: path and query, percent-encoded. */
import type { Part } from "../../runtime/plan_templates.ts";
import type { QueryItem, Template as SourceTemplate } from "../2_check/scenario.ts";
import { itemParts } from "./bodies.ts";
import { AS_TARGET, IN_PATH, IN_QUERY } from "./encodings.ts";
import { lowerTemplate, type SlotContext } from "./templates.ts";

/**
 * The URL as written, then the items of the query table. What was written into the URL keeps its delimiters and its
 * `%XX`; what a variable or the query table brings is data and cannot add a parameter or end the path. A capture at the
 * very start is a path or an absolute URL that a response has named, and is taken as such.
 */
export function lowerUrl(
  url: SourceTemplate,
  query: readonly QueryItem[],
  context: SlotContext,
): readonly Part[] {
  const parts: Part[] = [];
  let place = IN_PATH;
  for (const [at, part] of url.entries()) {
    const isWhole = at === 0 && typeof part !== "string" && part.variable === "capture";
    parts.push(...lowerTemplate([part], isWhole ? AS_TARGET : place, context));
    if (typeof part === "string" && part.includes("?")) place = IN_QUERY;
  }
  if (query.length === 0) return parts;
  const join = place === IN_PATH ? "?" : /[?&]$/.test(lastText(parts)) ? "" : "&";
  return [...parts, join, ...itemParts(query, context)];
}

function lastText(parts: readonly Part[]): string {
  const last = parts.at(-1);
  return typeof last === "string" ? last : "";
}
