/** YAML 1.2 → located values. JSON that is whole reads as YAML too; `json_source.ts` says better what is wrong with it. */
import { isAlias, isMap, isPair, isScalar, isSeq, type Node, parseDocument } from "yaml";
import { type Located, MOST_DEPTH, type Note } from "./located.ts";

/** The first document of a YAML text, or the first thing wrong with it. Aliases share the value they stand for. */
export function readYaml(text: string): Readonly<{ value: Located }> | Readonly<{ fault: Note }> {
  const document = parseDocument(text, { prettyErrors: false, logLevel: "silent" });
  const error = document.errors[0];
  if (error !== undefined) {
    const line = error.message.split("\n")[0] ?? "";
    return {
      fault: { at: error.pos[0], text: `this is no YAML: ${line.charAt(0).toLowerCase()}${line.slice(1)}` },
    };
  }
  const known = new Map<Node, Located | null>();
  let fault: Note | null = null;
  const fail = (at: number, text: string): Located => {
    fault ??= { at, text };
    return { kind: "null", at };
  };

  const located = (node: unknown, depth: number, around: number): Located => {
    if (!isMap(node) && !isSeq(node) && !isScalar(node) && !isAlias(node)) {
      return { kind: "null", at: around };
    }
    const at = node.range?.[0] ?? around;
    if (depth > MOST_DEPTH) return fail(at, `values lie deeper than ${MOST_DEPTH} in each other`);
    if (isAlias(node)) {
      const meant = node.resolve(document);
      if (meant === undefined) return fail(at, `there is no anchor &${node.source}`);
      return located(meant, depth, at);
    }
    const before = known.get(node);
    if (before === null) return fail(at, "an alias stands within the value it means");
    if (before !== undefined) return before;
    known.set(node, null);
    const made = isScalar(node)
      ? scalar(node.value, node.source, at)
      : isSeq(node)
      ? { kind: "list" as const, at, items: node.items.map((item) => located(item, depth + 1, at)) }
      : { kind: "table" as const, at, entries: entriesOf(node.items, depth, at) };
    known.set(node, made);
    return made;
  };
  const entriesOf = (items: readonly unknown[], depth: number, at: number): Map<string, Located> => {
    const entries = new Map<string, Located>();
    for (const pair of items) {
      if (!isPair(pair)) continue;
      const key = isScalar(pair.key) ? String(pair.key.source ?? pair.key.value) : null;
      if (key === null) fail(at, "a key is no text");
      else entries.set(key, located(pair.value, depth + 1, at));
    }
    return entries;
  };

  const value = located(document.contents, 0, 0);
  return fault === null ? { value } : { fault };
}

function scalar(value: unknown, source: string | undefined, at: number): Located {
  if (value === null || value === undefined) return { kind: "null", at };
  if (typeof value === "boolean") return { kind: "boolean", at, value };
  if (typeof value !== "number" && typeof value !== "bigint") {
    return { kind: "text", at, value: String(value) };
  }
  const number = Number(value);
  const isPlain = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(source ?? "");
  return {
    kind: "number",
    at,
    value: number,
    source: isPlain && source !== undefined ? source : String(number),
  };
}
