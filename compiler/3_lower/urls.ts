/** The request target: path and query, percent-encoded. */
import type { Part } from "../../runtime/plan.ts";
import type { QueryItem, Template as SourceTemplate } from "../2_check/scenario.ts";
import { encodePathValue, encodeQueryValue, encodeUrl } from "./percent_encoding.ts";
import { type Encoding, lowerTemplate, type SlotContext } from "./templates.ts";

const PATH: Encoding = { literal: encodeUrl, value: encodePathValue };
const QUERY: Encoding = { literal: encodeUrl, value: encodeQueryValue };
const QUERY_ITEM: Encoding = { literal: encodeQueryValue, value: encodeQueryValue };

/**
 * The URL as written, then the items of the query table. What was written into the URL keeps its delimiters and its
 * `%XX`; what a variable or the query table brings is data and cannot add a parameter or end the path.
 */
export function lowerUrl(
  url: SourceTemplate,
  query: readonly QueryItem[],
  context: SlotContext,
): readonly Part[] {
  const parts: Part[] = [];
  let encoding = PATH;
  for (const part of url) {
    parts.push(...lowerTemplate([part], encoding, context));
    if (typeof part === "string" && part.includes("?")) encoding = QUERY;
  }
  const open = encoding === QUERY ? /[?&]$/.test(lastText(parts)) ? "" : "&" : "?";
  for (const [index, { name, value }] of query.entries()) {
    parts.push(`${index === 0 ? open : "&"}${encodeQueryValue(name)}=`);
    parts.push(...lowerTemplate(value, QUERY_ITEM, context));
  }
  return parts;
}

function lastText(parts: readonly Part[]): string {
  const last = parts.at(-1);
  return typeof last === "string" ? last : "";
}
