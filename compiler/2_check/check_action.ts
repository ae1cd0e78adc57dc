/** One action on a WebSocket. */
import { nodeAt, type Path } from "../1_parse/document.ts";
import { quote } from "../diagnostic.ts";
import { checkCaptures } from "./check_captures.ts";
import { checkMatch } from "./check_match.ts";
import { type Checking, placeOf, report, templatesUnder } from "./checking.ts";
import { jsonValue } from "./json_values.ts";
import { fileContent } from "./read_data.ts";
import type { Action, Body, CloseAction, MessageMatch } from "./scenario.ts";
import type { ActionKey, FoundAction } from "./schema_exchange.ts";
import { templateSource } from "./templates.ts";
import type { WrittenStep } from "./written_steps.ts";

/** Of a control frame's payload (RFC 6455, section 5.5); a close begins with two bytes of status code. */
const MOST_CONTROL_BYTES = 125;

const PAYLOADS = ["text", "json", "base64", "file"] as const;

/** What is drawn anew each time, or differs from one reading to the next. */
const NOT_AWAITED: readonly string[] = ["uuid", "random.int", "random.choice", "now.iso"];

/** Null where something is wrong. `around` is what it has of its WebSocket's step. */
export function checkAction(
  checking: Checking,
  { path, name }: WrittenStep,
  verb: Exclude<ActionKey, "exchange">,
  found: FoundAction,
  around: Pick<Action, "tags"> & Readonly<{ timeoutTicks: number }>,
): Action | null {
  const before = checking.diagnostics.length;
  if (found.within === 0) {
    report(
      checking,
      "Z1105",
      [...path, "within"],
      "within is 0, and nothing comes in no time; give it a time",
    );
  }
  const place = placeOf(checking, path);
  const { tags } = around;
  const named = { name, place, tags, timeoutTicks: found.within ?? around.timeoutTicks };
  const action = actionOf();
  const isSound = checking.diagnostics.slice(before).every(({ severity }) => severity === "warning");
  return isSound ? action : null;

  function actionOf(): Action | null {
    switch (verb) {
      case "send":
        return { ...named, kind: "send", ...payloadOf(checking, [...path, "send"], found.send ?? []) };
      case "receive":
        return {
          ...named,
          kind: "receive",
          until: awaitedAt(checking, path, found.receive),
          captures: checkCaptures(checking, path, found.capture),
        };
      case "ping":
        checkControlText(checking, [...path, "ping"], found.ping ?? "", MOST_CONTROL_BYTES);
        return { ...named, kind: "ping", text: found.ping ?? "" };
      case "close":
        return { ...named, kind: "close", ...closeAt(checking, [...path, "close"], found.close) };
      case "think":
        return found.think === undefined
          ? null
          : { kind: "think", name, place, tags, time: found.think, when: [], repeat: null };
    }
  }
}

function payloadOf(
  checking: Checking,
  path: Path,
  found: NonNullable<FoundAction["send"]>,
): Readonly<{ body: Body; isBinary: boolean }> {
  const place = placeOf(checking, path);
  if (Array.isArray(found)) return { body: { kind: "text", text: found, place }, isBinary: false };
  const given = PAYLOADS.filter((key) => nodeAt(checking.document, [...path, key]) !== undefined);
  const [key, second] = given;
  if (key === undefined || second !== undefined) {
    const words = key === undefined
      ? "the message has no content; give it text, json, base64 or file"
      : `the message has both ${key} and ${second}; keep one of them`;
    report(checking, "Z1631", path, words);
    return { body: { kind: "none" }, isBinary: false };
  }
  const at = [...path, key];
  switch (key) {
    case "text":
      return {
        body: { kind: "text", text: "text" in found ? found.text ?? [] : [], place },
        isBinary: false,
      };
    case "json": {
      const node = nodeAt(checking.document, at);
      const body: Body = node === undefined
        ? { kind: "none" }
        : { kind: "json", value: jsonValue(checking, node), place };
      return { body, isBinary: false };
    }
    case "base64": {
      const bytes = bytesOf(checking, at, "base64" in found ? found.base64 ?? "" : "");
      return { body: { kind: "bytes", bytes, place }, isBinary: true };
    }
    case "file": {
      const bytes = fileContent(checking, at, "file" in found ? found.file ?? "" : "") ?? new Uint8Array();
      return { body: { kind: "bytes", bytes, place }, isBinary: true };
    }
  }
}

function bytesOf(checking: Checking, path: Path, text: string): Uint8Array {
  try {
    return Uint8Array.fromBase64(text);
  } catch {
    report(checking, "Z1631", path, `${quote(text)} is no base64 (RFC 4648); write, say, "aGVsbG8="`);
    return new Uint8Array();
  }
}

/** Null for any message. */
function awaitedAt(checking: Checking, path: Path, found: FoundAction["receive"]): MessageMatch | null {
  const at = [...path, "receive"];
  if (found === undefined) return null;
  for (const part of templatesUnder(checking, at).flat()) {
    if (typeof part === "string" || !NOT_AWAITED.includes(part.variable)) continue;
    const words =
      `${templateSource([part])} is another value each time, and no message can be known by it; ` +
      "wait for what was captured, or took its value from a table";
    report(checking, "Z1629", part.place, words);
  }
  const match = checkMatch(checking, at, found);
  return match.json.length === 0 && match.body.length === 0 ? null : match;
}

/** RFC 6455, section 7.4: what a client may say, those of the registry included. */
function isCloseCode(code: number): boolean {
  const isRegistered = code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code);
  return isRegistered || (code >= 3000 && code <= 4999);
}

function closeAt(
  checking: Checking,
  path: Path,
  found: FoundAction["close"],
): Pick<CloseAction, "code" | "reason"> {
  const { code, reason } = typeof found === "object" ? found : { code: found ?? 1000, reason: "" };
  if (!isCloseCode(code)) {
    const words =
      `${code} is no code to close with; write 1000, or one of 1001 to 1003, 1007 to 1014 and 3000 to 4999`;
    report(checking, "Z1627", typeof found === "object" ? [...path, "code"] : path, words);
  }
  checkControlText(checking, [...path, "reason"], reason, MOST_CONTROL_BYTES - 2);
  return { code, reason };
}

function checkControlText(checking: Checking, path: Path, text: string, most: number): void {
  const { length } = new TextEncoder().encode(text);
  if (length <= most) return;
  const key = String(path.at(-1));
  report(
    checking,
    "Z1628",
    path,
    `${key} has ${length} bytes, and at most ${most} fit in its frame; shorten it`,
  );
}
