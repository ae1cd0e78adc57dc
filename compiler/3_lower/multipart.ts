/** `multipart/form-data` (RFC 7578), with a boundary that follows from what it parts. */
import { createHash } from "node:crypto";
import type { Template } from "../../runtime/plan_templates.ts";
import type { MultipartPart } from "../2_check/scenario.ts";
import { canonicalJson } from "./canonical_json.ts";
import { VERBATIM } from "./encodings.ts";
import { bytesPart, lowerTemplate, mergeLiterals, type SlotContext } from "./templates.ts";

/** The body and its `content-type`, which names the boundary. */
export function lowerMultipart(
  parts: readonly MultipartPart[],
  context: SlotContext,
): { template: Template; contentType: string } {
  const sections = parts.map((part) => ({ head: headOf(part), content: contentOf(part, context) }));
  const boundary = boundaryOf(sections);
  const template = mergeLiterals([
    ...sections.flatMap(({ head, content }) => [`--${boundary}\r\n${head}\r\n`, ...content, "\r\n"]),
    `--${boundary}--\r\n`,
  ]);
  return { template, contentType: `multipart/form-data; boundary=${boundary}` };
}

/** Capitals as browsers write them: some servers look for these very letters. */
function headOf(part: MultipartPart): string {
  const disposition = `Content-Disposition: form-data; name="${quotable(part.name)}"`;
  return part.kind === "text"
    ? `${disposition}\r\n`
    : `${disposition}; filename="${quotable(part.fileName)}"\r\nContent-Type: ${part.type}\r\n`;
}

/** As browsers write names within quotes (WHATWG HTML, "multipart/form-data encoding algorithm"). */
function quotable(name: string): string {
  return name.replaceAll('"', "%22");
}

function contentOf(part: MultipartPart, context: SlotContext): Template {
  return part.kind === "text"
    ? lowerTemplate(part.text, VERBATIM, context)
    : mergeLiterals([bytesPart(part.bytes)]);
}

type Section = Readonly<{ head: string; content: Template }>;

/**
 * 128 bits of SHA-256 over all sections: the same content has the same boundary in every plan. A boundary within its
 * own content would be a fixed point of the hash; what slots bring cannot know it either.
 */
function boundaryOf(sections: readonly Section[]): string {
  const digest = createHash("sha256").update(canonicalJson(sections)).digest("hex");
  return `z6c-${digest.slice(0, 32)}`;
}
