/** Links of responses → captures: what one operation returns and another takes. */
import type { Value } from "./draft.ts";
import { entriesAt, scalarText, textAt } from "./located.ts";
import type { OpenapiDocument, Operation } from "./openapi_document.ts";

/** By position of the operation: what it captures, and which of its parameters (by name) take which capture. */
export type Links = Readonly<{
  captures: ReadonlyMap<number, ReadonlyMap<string, Value>>;
  uses: ReadonlyMap<number, ReadonlyMap<string, string>>;
}>;

/** Links that lead from an operation to one further down; the first for each parameter. */
export function linksOf(document: OpenapiDocument, operations: readonly Operation[]): Links {
  const captures = new Map<number, Map<string, Value>>();
  const uses = new Map<number, Map<string, string>>();
  const taken = new Set<string>();
  for (const [from, operation] of operations.entries()) {
    const { node } = document.success(operation.node);
    const own = new Map<string, string>();
    for (const [, given] of entriesAt(node, "links")) {
      const link = document.resolved(given);
      const to = targetOf(operations, textAt(link, "operationId"), textAt(link, "operationRef"));
      for (const [parameter, expression] of entriesAt(link, "parameters")) {
        const source = scalarText(expression) ?? "";
        const extraction = extractionOf(source);
        const name = parameter.replace(/^(?:path|query|header|cookie)\./, "");
        const isTaken = operations[to]?.parameters.some((one) => one.name === name) ?? false;
        if (extraction === null || to <= from || !isTaken || uses.get(to)?.has(name) === true) continue;
        const capture = own.get(source) ?? freeName(name, taken);
        taken.add(capture);
        own.set(source, capture);
        captures.set(from, (captures.get(from) ?? new Map<string, Value>()).set(capture, extraction));
        uses.set(to, (uses.get(to) ?? new Map<string, string>()).set(name, capture));
      }
    }
  }
  return { captures, uses };
}

/** A runtime expression of a response, as a capture has it. */
function extractionOf(expression: string): Value | null {
  const pointer = /^\$response\.body#((?:\/(?:[^~]|~[01])*)+)$/.exec(expression)?.[1];
  if (pointer !== undefined) return new Map([["json", pointer]]);
  const header = /^\$response\.header\.([A-Za-z0-9-]+)$/.exec(expression)?.[1];
  return header === undefined ? null : new Map([["header", header.toLowerCase()]]);
}

function targetOf(
  operations: readonly Operation[],
  id: string | undefined,
  reference: string | undefined,
): number {
  if (id !== undefined) return operations.findIndex((operation) => operation.id === id);
  const [, path = "", method] = /^#\/paths\/([^/]+)\/([a-z]+)$/.exec(reference ?? "") ?? [];
  const whole = path.replaceAll("~1", "/").replaceAll("~0", "~");
  return operations.findIndex((operation) => operation.path === whole && operation.method === method);
}

function freeName(parameter: string, taken: ReadonlySet<string>): string {
  const plain = parameter.replace(/[^A-Za-z0-9_-]+/g, "_").replace(/^[^A-Za-z]+/, "").slice(0, 40) || "value";
  const isReserved = /^(?:env|secret|random|now|session|vu|loop|stage|uuid|status)$/.test(plain);
  const name = isReserved ? `${plain}_value` : plain;
  let free = name;
  for (let number = 2; taken.has(free); number++) free = `${name}_${number}`;
  return free;
}
