import type { Capture, Extraction } from "../plan.ts";
import { textOf, utf8, wholeCharacters } from "../ledger/utf8.ts";
import { pointedText } from "../protocol/json_value.ts";
import { readSetCookie } from "../protocol/set_cookie.ts";
import type { Captured } from "./host.ts";
import { excerptOf, type ResponseView } from "./response_view.ts";

export type PreparedCapture = Readonly<{
  capture: number;
  optional: boolean;
  /** Null where there is nothing. */
  extract(response: ResponseView): Captured | null;
  /** Where it was looked for in vain, on one line, for a report. */
  found(response: ResponseView): string;
}>;

/** `bytesMax`: where values are cut. */
export function prepareCapture({ capture, from, optional }: Capture, bytesMax: number): PreparedCapture {
  const find = finder(from);
  return {
    capture,
    optional,
    extract: (response) => {
      const text = find(response);
      return text === null ? null : cut(text, bytesMax);
    },
    found: (response) =>
      from.kind === "header" || from.kind === "cookie"
        ? excerptOf(response.fields(fieldOf(from)).join(", ")) || `no ${fieldOf(from)}`
        : response.excerpt,
  };
}

/** Whether a capture's place is in the head; else it is in the body. */
export function isOfHead({ kind }: Extraction): boolean {
  return kind === "header" || kind === "cookie";
}

function fieldOf(from: Extraction & { kind: "header" | "cookie" }): string {
  return from.kind === "header" ? from.name : "set-cookie";
}

function finder(from: Extraction): (response: ResponseView) => string | null {
  switch (from.kind) {
    case "json": {
      const match = matcher(from.pattern);
      return (response) => match(pointedText(response.text, response.json, from.pointer));
    }
    case "header": {
      const match = matcher(from.pattern);
      return (response) => match(response.fields(from.name).at(0) ?? null);
    }
    case "cookie": {
      const match = matcher(from.pattern);
      return (response) => match(cookieOf(response, from.name));
    }
    case "regex": {
      const match = matcher(from.pattern);
      return (response) => match(response.text);
    }
  }
}

/** Of several of one name, the last one is in force. */
function cookieOf(response: ResponseView, name: string): string | null {
  const cookies = response.fields("set-cookie").map((field) => readSetCookie(field, 0));
  return cookies.findLast((cookie) => cookie?.name === name)?.value ?? null;
}

/** The first group of what the pattern matches, or all of it; without a pattern, the text. */
function matcher(pattern: string | null): (text: string | null) => string | null {
  if (pattern === null) return (text) => text;
  const compiled = new RegExp(pattern, "u");
  return (text) => {
    const match = text === null ? null : compiled.exec(text);
    return match === null ? null : match[1] ?? match[0];
  };
}

function cut(text: string, bytesMax: number): Captured {
  const bytes = utf8(text);
  if (bytes.length <= bytesMax) return { text, bytes: bytes.length, isWhole: true };
  const kept = bytes.subarray(0, wholeCharacters(bytes, bytesMax));
  return { text: textOf(kept), bytes: bytes.length, isWhole: false };
}
