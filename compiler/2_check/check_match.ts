/** Which message of many is meant. */
import { type Node, nodeAt, type Path } from "../1_parse/document.ts";
import { checkBodyTests, checkJsonTest, fixedEquals } from "./check_expect.ts";
import { type Checking, templateOf } from "./checking.ts";
import type { MessageMatch, Rendered, Stream } from "./scenario.ts";
import type { FoundMatch, FoundStream } from "./schema_stream.ts";
import { literalText } from "./templates.ts";

/** `path` is that of `events` or `messages`. */
export function checkStream(
  checking: Checking,
  path: Path,
  kind: "events" | "grpc",
  { until, count = 0 }: FoundStream,
): Stream {
  return { kind, until: until === undefined ? null : checkMatch(checking, [...path, "until"], until), count };
}

/** What holds of the message that is meant. Texts that hold variables are compared when they are rendered. */
export function checkMatch(checking: Checking, path: Path, found: FoundMatch): MessageMatch {
  const rendered = (["contains", "equals"] as const).flatMap((key) => {
    const text = found[key];
    return text === undefined || literalText(text) !== null
      ? []
      : renderedAt(checking, [...path, key], `rendered ${key}`);
  });
  const literal = (key: "contains" | "equals") => {
    const text = found[key];
    return text === undefined ? undefined : literalText(text) ?? undefined;
  };
  const tests = { ...found, contains: literal("contains"), equals: literal("equals") };
  const event = found.event ?? "";
  return {
    event,
    json: checkJson(checking, [...path, "json"], found.json),
    body: [...checkBodyTests(checking, tests, path), ...rendered],
  };
}

function checkJson(checking: Checking, path: Path, found: FoundMatch["json"]): MessageMatch["json"] {
  const table = nodeAt(checking.document, path);
  if (table?.kind !== "table") return [];
  const equals = (node: Node) => renderedIn(checking, node, "rendered equals") ?? fixedEquals(checking, node);
  return [...table.entries.keys()].flatMap((pointer) =>
    checkJsonTest(checking, path, pointer, equals, found)
  );
}

/** None where there is no text, or it is fixed. */
function renderedAt(checking: Checking, path: Path, kind: Rendered["kind"]): Rendered[] {
  const node = nodeAt(checking.document, path);
  const rendered = node === undefined ? null : renderedIn(checking, node, kind);
  return rendered === null ? [] : [rendered];
}

function renderedIn(checking: Checking, node: Node, kind: Rendered["kind"]): Rendered | null {
  if (node.kind !== "text") return null;
  const text = templateOf(checking, node);
  return literalText(text) === null ? { kind, text, place: node.place } : null;
}
