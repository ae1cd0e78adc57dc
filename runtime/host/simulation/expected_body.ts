import type { Capture, Expect } from "../../plan.ts";
import type { BodyCheck } from "../../plan_checks.ts";
import { isJsonText, sampleJson } from "./sample_json.ts";
import { sampleText } from "./sample_text.ts";

/** Longer bodies are not made. */
const LONGEST_BYTES = 16 * 1024 * 1024;

/** What is asked of a body, or of a message. */
export type BodyWanted = Readonly<{ expect: Pick<Expect, "json" | "body">; captures: readonly Capture[] }>;

/** A body for which checks and captures hold, as far as one was found; empty where none is needed. */
export function expectedBody({ expect, captures }: BodyWanted): string {
  const whole = expect.body.find((check) => check.kind === "equals");
  if (whole !== undefined) return whole.text;
  const patterns = [
    ...captures.flatMap(({ from }) => from.kind === "regex" ? [from.pattern] : []),
    ...expect.body.flatMap((check) => check.kind === "matches" ? [check.pattern] : []),
  ];
  const texts = [
    ...expect.body.flatMap((check) => check.kind === "contains" ? [check.text] : []),
    ...patterns.flatMap((pattern) => sampleText(pattern) ?? []),
  ];
  const json = sampleJson(
    expect.json,
    captures.flatMap(({ from }) => from.kind === "json" ? [from] : []),
  );
  return padded(json === null ? joined(texts, patterns) : withTexts(json, texts), expect.body);
}

/** A text that holds all of `texts`; one of them alone where all patterns match it, since a pattern may want to. */
function joined(texts: readonly string[], patterns: readonly string[]): string {
  const holds = (body: string) =>
    texts.every((text) => body.includes(text)) &&
    patterns.every((pattern) => new RegExp(pattern, "u").test(body));
  return [...texts, texts.join(""), texts.join(" ")].find(holds) ?? texts.join("\n");
}

/** Puts texts into a JSON text, so that it is one still: as members of their own, or as they are where they fit. */
function withTexts(json: string, texts: readonly string[]): string {
  const isTable = (text: string) => text.startsWith("{") && isJsonText(text);
  let body = json === "{}" ? texts.find(isTable) ?? json : json;
  texts.forEach((text, n) => {
    if (body.includes(text) || !body.startsWith("{")) return;
    const name = `"text${n + 1}"`;
    const members = [
      `${name}:"${text}"`,
      `${name}:${text}`,
      text,
      `${text}0`,
      `${text}":0`,
      `${text}"`,
      `"${text}`,
    ];
    // What was there before comes last, so that none of it is overridden.
    const rest = body === "{}" ? "}" : `,${body.slice(1)}`;
    body = members.map((member) => `{${member}${rest}`).find(isJsonText) ?? body;
  });
  return body;
}

/** White space at the end brings a body to its size: JSON stays what it is. */
function padded(body: string, checks: readonly BodyCheck[]): string {
  const bytes = new TextEncoder().encode(body).length;
  const least = Math.max(0, ...checks.map((check) => check.kind === "size" ? check.minBytes : 0));
  return least <= bytes || least > LONGEST_BYTES ? body : body + " ".repeat(least - bytes);
}
