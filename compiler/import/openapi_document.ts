/** An OpenAPI document: references resolved, operations in the order of the document. */
import { entriesAt, itemsAt, type Located, type Note, scalarText, textAt, valueAt } from "./located.ts";
import { type Method, METHODS } from "./draft.ts";

/** One thing that the API can do. */
export type Operation = Readonly<{
  at: number;
  method: Method;
  /** As the document has it: `/pets/{petId}`. */
  path: string;
  id: string | null;
  node: Located;
  /** References resolved; those of the operation come in place of the path's own. */
  parameters: readonly Parameter[];
}>;

export type Parameter = Readonly<
  { name: string; place: "path" | "query" | "header" | "cookie"; node: Located }
>;

/** The document's root, and where its `$ref`s lead. */
export class OpenapiDocument {
  private readonly unresolved = new Set<string>();

  constructor(readonly root: Located, private readonly notes: Note[]) {}

  /** The value itself, or what its `$ref` leads to; undefined where it leads nowhere in this document. */
  resolved(node: Located | undefined): Located | undefined {
    let found = node;
    // A chain of references longer than this goes in a circle.
    for (let hop = 0; hop < 20; hop++) {
      const reference = textAt(found, "$ref");
      if (reference === undefined || found === undefined) return found;
      const next = this.behind(reference);
      if (next === undefined && !this.unresolved.has(reference)) {
        this.unresolved.add(reference);
        const where = reference.startsWith("#")
          ? "nothing in this document"
          : "another document, which is not read";
        this.notes.push({
          at: found.at,
          text: `$ref ${JSON.stringify(reference.slice(0, 80))} leads to ${where}`,
        });
      }
      found = next;
    }
    return undefined;
  }

  /** The value under keys, references on the way resolved. */
  value(node: Located | undefined, ...path: readonly string[]): Located | undefined {
    let found = this.resolved(node);
    for (const step of path) found = this.resolved(valueAt(found, step));
    return found;
  }

  /** All operations; methods that no step has are noted. */
  operations(): Operation[] {
    return entriesAt(this.root, "paths").flatMap(([path, item]) => {
      const paths = this.resolved(item);
      if (!path.startsWith("/")) return [];
      return entriesAt(paths).flatMap(([key, node]): Operation[] => {
        const method = METHODS.get(key.toUpperCase());
        if (key.toLowerCase() === "trace") {
          this.notes.push({ at: node.at, text: `TRACE ${path} is left out: no step has this method` });
        }
        if (method === undefined || node.kind !== "table") return [];
        const parameters = new Map<string, Parameter>();
        for (const given of [...itemsAt(paths, "parameters"), ...itemsAt(node, "parameters")]) {
          const parameter = this.parameter(given);
          if (parameter !== null) parameters.set(`${parameter.place} ${parameter.name}`, parameter);
        }
        const id = textAt(node, "operationId") ?? null;
        return [{ at: node.at, method, path, id, node, parameters: [...parameters.values()] }];
      });
    });
  }

  /** The response that means success: the lowest of 2xx; `status` is as `expect` has it, null for any. */
  success(operation: Located): { status: string | number | null; node: Located | undefined } {
    const responses = entriesAt(operation, "responses");
    const codes = responses.map(([code]) => code).filter((code) => /^2(?:\d\d|XX)$/i.test(code)).sort();
    const [code] = codes;
    if (code === undefined) return { status: null, node: this.value(operation, "responses", "default") };
    const status = codes.length > 1 || /x/i.test(code) ? "2xx" : Number(code);
    return { status, node: this.value(operation, "responses", code) };
  }

  private parameter(given: Located): Parameter | null {
    const node = this.resolved(given);
    const name = textAt(node, "name");
    const place = textAt(node, "in");
    if (node === undefined || name === undefined || name === "") return null;
    return place === "path" || place === "query" || place === "header" || place === "cookie"
      ? { name, place, node }
      : null;
  }

  private behind(reference: string): Located | undefined {
    if (!reference.startsWith("#/")) return undefined;
    const steps = reference.slice(2).split("/").map((step) => {
      const text = step.replaceAll("~1", "/").replaceAll("~0", "~");
      try {
        return decodeURIComponent(text);
      } catch {
        return text;
      }
    });
    return valueAt(this.root, ...steps);
  }
}

/** Where requests go: the first server, its variables at their defaults; null where the document names none. */
export function serverOf(root: Located): { url: string; at: number } | null {
  const [server] = itemsAt(root, "servers");
  const url = textAt(server, "url");
  if (server === undefined || url === undefined) return null;
  const variables = valueAt(server, "variables");
  return {
    at: server.at,
    url: url.replace(/\{([^{}]*)\}/g, (_, name: string) => {
      const value = valueAt(variables, name);
      return scalarText(valueAt(value, "default")) ?? scalarText(itemsAt(value, "enum")[0]) ?? name;
    }),
  };
}
