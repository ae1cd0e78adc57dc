/** Which tables a document has, and who may add to them. */
import type { Place } from "../diagnostic.ts";
import type { Entry, List, Node, Table } from "./document.ts";
import { definedTwice } from "./syntax_problems.ts";

/** One part of a dotted key. `start` is its offset. */
export type Key = Readonly<{ name: string; start: number; place: Place }>;

/** How a table or a list came to be; those that are not known here are values, and closed. */
type Origin = "header" | "above a header" | "list of headers" | "dotted key";

export class Tables {
  readonly document = emptyTable({ line: 1, column: 1, endLine: 1, endColumn: 1 });
  readonly #origins = new Map<Node, Origin>([[this.document, "header"]]);

  /** The table under `[keys]`, or a new one at the end of the list under `[[keys]]`. */
  open(keys: readonly Key[], place: Place, isList: boolean): Table {
    let table: Table = this.document;
    for (const key of keys.slice(0, -1)) table = this.#above(table, key);
    const last = keys.at(-1);
    if (last === undefined) return table;
    return isList ? this.#nextItem(table, last, place) : this.#opened(table, last, place);
  }

  /** Sets the value under dotted keys of a table. */
  add(into: Table, keys: readonly Key[], node: Node): void {
    let table = into;
    for (const [depth, key] of keys.entries()) {
      const known = table.entries.get(key.name)?.node;
      if (depth === keys.length - 1) {
        if (known !== undefined) throw definedTwice(key.start);
        table.entries.set(key.name, { keyPlace: key.place, node });
      } else if (known === undefined) {
        table = this.#child(table, key, key.place, "dotted key");
      } else {
        const origin = this.#origins.get(known);
        const isOpen = origin === "dotted key" || origin === "above a header";
        if (known.kind !== "table" || !isOpen) throw definedTwice(key.start);
        // From now on, no header may claim it.
        this.#origins.set(known, "dotted key");
        table = known;
      }
    }
  }

  /** The table that a header's key leads through: of a list, the last one. */
  #above(table: Table, key: Key): Table {
    const known = table.entries.get(key.name)?.node;
    if (known === undefined) return this.#child(table, key, key.place, "above a header");
    if (!this.#origins.has(known)) throw definedTwice(key.start);
    const node = known.kind === "list" ? known.items.at(-1) : known;
    if (node?.kind !== "table") throw definedTwice(key.start);
    return node;
  }

  #opened(table: Table, key: Key, place: Place): Table {
    const known = table.entries.get(key.name)?.node;
    if (known === undefined) return this.#child(table, key, place, "header");
    if (known.kind !== "table" || this.#origins.get(known) !== "above a header") {
      throw definedTwice(key.start);
    }
    this.#origins.set(known, "header");
    return known;
  }

  #nextItem(table: Table, key: Key, place: Place): Table {
    const known = table.entries.get(key.name)?.node;
    if (known !== undefined && this.#origins.get(known) !== "list of headers") throw definedTwice(key.start);
    const list: List = known?.kind === "list" ? known : { kind: "list", place: key.place, items: [] };
    if (known === undefined) {
      table.entries.set(key.name, { keyPlace: key.place, node: list });
      this.#origins.set(list, "list of headers");
    }
    const item = emptyTable(place);
    list.items.push(item);
    this.#origins.set(item, "header");
    return item;
  }

  #child(table: Table, key: Key, place: Place, origin: Origin): Table {
    const child = emptyTable(place);
    const entry: Entry = { keyPlace: key.place, node: child };
    table.entries.set(key.name, entry);
    this.#origins.set(child, origin);
    return child;
  }
}

export function emptyTable(place: Place): Table {
  return { kind: "table", place, entries: new Map() };
}
