import type { BodyCheck } from "../plan.ts";

/** One body check of a step, made ready once. Checks a whole body and tells an excerpt of what it found. */
export type PreparedCheck = (body: Uint8Array) => boolean;

/** Bodies are read as UTF-8; what is not valid becomes U+FFFD. */
export function prepareBodyCheck(check: BodyCheck): PreparedCheck {
  switch (check.kind) {
    case "contains":
      return (body) => text(body).includes(check.text);
    case "equals":
      return (body) => text(body) === check.text;
    case "matches": {
      const pattern = new RegExp(check.pattern, "u");
      return (body) => pattern.test(text(body));
    }
    case "size":
      return (body) => body.length >= check.minBytes && body.length <= check.maxBytes;
  }
}

const decoder = new TextDecoder();

function text(body: Uint8Array): string {
  return decoder.decode(body);
}

/** The first characters of a body on one line, for a report. */
export function excerpt(body: Uint8Array): string {
  // Four bytes a character at most; cutting one in half shows as U+FFFD and is cut off by the slice.
  const line = decoder.decode(body.subarray(0, 4 * EXCERPT_CHARACTERS)).replace(/[\s\p{Cc}]+/gu, " ").trim();
  return line.length > EXCERPT_CHARACTERS ? `${line.slice(0, EXCERPT_CHARACTERS)}…` : line;
}

const EXCERPT_CHARACTERS = 120;
