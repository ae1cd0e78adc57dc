/** The located document: what TOML says, with the place of every key and value. */
import type { Place } from "../diagnostic.ts";

export type Node = Table | List | Scalar;

export type Table = Readonly<{
  kind: "table";
  /** The braces of an inline table, the header's key of any other. */
  place: Place;
  /** In the order of the source. */
  entries: Map<string, Entry>;
}>;

export type Entry = Readonly<{ keyPlace: Place; node: Node }>;

export type List = Readonly<{ kind: "list"; place: Place; items: Node[] }>;

export type Scalar =
  | Text
  | Readonly<
    & { place: Place }
    & (
      /** TOML integers have 64 bits. `source` is the number as written. */
      | { kind: "integer"; value: bigint; source: string }
      | { kind: "float"; value: number; source: string }
      | { kind: "boolean"; value: boolean }
      /** A date, a time or both, as written. */
      | { kind: "date"; source: string }
    )
  >;

/** `source` is the text as written, with its quotes: see `placeInText`. */
export type Text = Readonly<{ kind: "text"; place: Place; value: string; source: string }>;

/** Keys and positions that lead from the document to a node. */
export type Path = readonly (string | number)[];

/** The node at a path, or undefined where there is none. */
export function nodeAt(document: Node, path: Path): Node | undefined {
  return nodeAlong(document, path, path.length);
}

/** The node at the first `length` steps of a path. */
function nodeAlong(document: Node, path: Path, length: number): Node | undefined {
  let node: Node | undefined = document;
  for (let depth = 0; depth < length; depth++) {
    const step = path[depth];
    if (node?.kind === "table") node = node.entries.get(String(step))?.node;
    else if (node?.kind === "list") node = node.items[Number(step)];
    else return undefined;
  }
  return node;
}

/** The place of the node at a path; of the nearest node around it where there is none. */
export function placeAt(document: Node, path: Path): Place {
  for (let length = path.length; length > 0; length--) {
    const node = nodeAlong(document, path, length);
    if (node !== undefined) return node.place;
  }
  return document.place;
}

/** The place of the last key of a path; that of its node where the path ends in a position. */
export function keyPlaceAt(document: Node, path: Path): Place {
  const table = nodeAlong(document, path, path.length - 1);
  const entry = table?.kind === "table" ? table.entries.get(String(path.at(-1))) : undefined;
  return entry?.keyPlace ?? placeAt(document, path);
}
