/** One operation of an OpenAPI document → a step. */
import { mediaType, valueOf } from "./bodies.ts";
import { type DraftBody, type DraftData, type DraftStep, isTable, type Table, type Value } from "./draft.ts";
import { entriesAt, flagAt, type Located, textAt, valueAt } from "./located.ts";
import type { OpenapiDocument, Operation, Parameter } from "./openapi_document.ts";
import type { Links } from "./openapi_links.ts";
import { allExamples, givenExample, Samples } from "./openapi_samples.ts";
import { securityOf } from "./openapi_security.ts";
import { OWN_HEADERS } from "./sent_request.ts";
import type { Variables } from "./variables.ts";

/** Headers that the specification leaves to other parts of a document. */
const ELSEWHERE = new Set(["accept", "content-type", "authorization"]);

/** Steps of one document, and the tables of examples that they use. */
export class OpenapiSteps {
  readonly data: DraftData[] = [];
  private readonly samples: Samples;

  constructor(
    private readonly document: OpenapiDocument,
    private readonly variables: Variables,
    private readonly links: Links,
  ) {
    this.samples = new Samples(document, variables);
  }

  /** `index` is the operation's position among all. */
  stepOf(operation: Operation, index: number): DraftStep {
    const { document, variables } = this;
    const invented: string[] = [];
    const security = securityOf(document, operation.node, variables);
    const sent = this.parametersOf(operation, index, invented);
    const { body, contentType } = this.bodyOf(operation, invented);
    const success = document.success(operation.node);
    const headers = new Map<string, Value>([...sent.headers, ...security.headers]);
    if (contentType !== null) headers.set("content-type", contentType);
    const accepted = entriesAt(success.node, "content").map(([type]) => type).find((type) =>
      mediaType(type).endsWith("json")
    );
    if (accepted !== undefined && !headers.has("accept")) headers.set("accept", mediaType(accepted));
    const more = new Map<string, Value>();
    if (security.auth !== null) more.set("auth", security.auth);
    if (success.status !== null) more.set("expect", new Map([["status", success.status]]));
    const captures = this.links.captures.get(index);
    if (captures !== undefined) more.set("capture", captures).set("on_error", "end-session");
    const summary = textAt(operation.node, "summary") ??
      textAt(operation.node, "description")?.split("\n")[0] ?? "";
    return {
      kind: "request",
      comments: [
        ...(summary.trim() === "" ? [] : [summary.slice(0, 200)]),
        ...(flagAt(operation.node, "deprecated") === true ? ["Deprecated."] : []),
        ...commentsOn(invented, sent.unsent),
        ...security.comments,
      ],
      name: operation.id,
      method: operation.method,
      url: sent.path,
      query: new Map<string, Value>([...sent.query, ...security.query]),
      headers,
      body,
      more,
    };
  }

  private parametersOf(operation: Operation, index: number, invented: string[]): {
    path: string;
    query: Table;
    headers: (readonly [string, Value])[];
    unsent: string[];
  } {
    const query = new Map<string, Value>();
    const headers: (readonly [string, Value])[] = [];
    const inPath = new Map<string, string>();
    const unsent: string[] = [];
    for (const parameter of operation.parameters) {
      const { name, place, node } = parameter;
      const isNeeded = place === "path" || flagAt(node, "required") === true;
      const schema = this.document.value(node, "schema");
      const hasExample = givenExample(this.document, node) !== null ||
        givenExample(this.document, schema) !== null;
      if (place === "header" && (ELSEWHERE.has(name.toLowerCase()) || OWN_HEADERS.has(name.toLowerCase()))) {
        continue;
      }
      if (!isNeeded && !hasExample) {
        unsent.push(name);
        continue;
      }
      const value = this.valueFor(operation, parameter, index, invented);
      if (place === "path") inPath.set(name, value);
      else if (place === "query") query.set(name, value);
      else if (place === "cookie") headers.push(["cookie", `${name}=${value}`]);
      else if (/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) {
        headers.push([name.toLowerCase(), value.replace(/\p{Cc}/gu, " ")]);
      }
    }
    const path = operation.path.replace(/[?#].*$/s, "").replace(/\{([^{}]*)\}/g, (_, name: string) => {
      const known = inPath.get(name);
      if (known === undefined) invented.push(name);
      return this.pathSegment(known ?? name);
    });
    return {
      path: path.replace(/^\/+/, "/").replace(/\p{Cc}/gu, encodeURIComponent),
      query,
      headers,
      unsent,
    };
  }

  /** A parameter's value as text. Several examples become a table of data. */
  private valueFor(
    operation: Operation,
    { name, node }: Parameter,
    index: number,
    invented: string[],
  ): string {
    const capture = this.links.uses.get(index)?.get(name);
    if (capture !== undefined) return this.variables.add(capture);
    const examples = allExamples(this.document, node).map((example) => valueOf(example, null));
    const cells = examples.flatMap((value) => value !== null && isCell(value) ? [textFor(value, ",")] : []);
    if (cells.length > 1 && cells.length === examples.length) {
      const rows = cells.map((cell) => new Map([["value", cell]]));
      const table = this.addData(`${operation.id ?? operation.method}_${name}`, rows);
      return this.variables.add(`${table}.value`);
    }
    const value = this.samples.ofParameter(node, name, invented);
    const text = textFor(value, textAt(node, "style") === "spaceDelimited" ? " " : ",");
    return text === "" && textAt(node, "in") === "path" ? name : text;
  }

  /** A literal with a slash would add a level. */
  private pathSegment(text: string): string {
    return this.variables.encoded(text) || "x";
  }

  private bodyOf(operation: Operation, invented: string[]): { body: DraftBody; contentType: string | null } {
    const none = { body: { kind: "none" as const }, contentType: null };
    const contents = entriesAt(this.document.value(operation.node, "requestBody"), "content");
    const ranked = [...contents].sort(([one], [other]) => rank(one) - rank(other));
    const [chosen] = ranked;
    if (chosen === undefined || operation.method === "get" || operation.method === "head") return none;
    const [type, given] = chosen;
    const content = this.document.resolved(given);
    const value = this.bodyValue(operation, content, invented);
    const media = mediaType(type);
    const keys = (key: string, inner: Value) => ({ kind: "keys" as const, keys: new Map([[key, inner]]) });
    if (value === null) return none;
    if (media === "application/json" || media === "*/*") {
      return { body: keys("json", value), contentType: null };
    }
    if (media.endsWith("+json")) return { body: keys("json", value), contentType: media };
    if (isTable(value) && media === "application/x-www-form-urlencoded") {
      return { body: keys("form", flat(value)), contentType: null };
    }
    if (isTable(value) && media === "multipart/form-data" && value.size > 0) {
      return { body: keys("multipart", flat(value)), contentType: null };
    }
    const text = typeof value === "string" ? value : "";
    invented.push(`the body, ${media},`);
    return {
      body: text === "" ? { kind: "none" } : keys("body", text),
      contentType: text === "" ? null : media,
    };
  }

  /** The example of a body; several alike become a table of data; else what its schema describes. */
  private bodyValue(operation: Operation, content: Located | undefined, invented: string[]): Value | null {
    const examples = allExamples(this.document, content).map((example) => valueOf(example, null));
    const rows = examples.flatMap((value) => value !== null && isRow(value) ? [value] : []);
    const [first] = rows;
    if (
      first !== undefined && rows.length > 1 && rows.length === examples.length &&
      rows.every((row) => alike(row, first))
    ) {
      const table = this.addData(`${operation.id ?? operation.method}_bodies`, rows);
      return new Map([...first.keys()].map((column) => [column, this.variables.add(`${table}.${column}`)]));
    }
    const example = givenExample(this.document, content);
    if (example !== null) {
      const value = valueOf(example, null);
      if (value !== null) return value;
    }
    return this.samples.ofSchema(valueAt(content, "schema"), "body", invented);
  }

  private addData(wanted: string, rows: readonly Table[]): string {
    const plain = wanted.replace(/[^A-Za-z0-9_]+/g, "_").replace(/^[^A-Za-z]+|_+$/g, "").slice(0, 50) ||
      "rows";
    let name = plain;
    for (let number = 2; this.data.some((table) => table.name === name); number++) {
      name = `${plain}_${number}`;
    }
    this.data.push({ name, rows, comments: ["The examples of the document."] });
    return name;
  }
}

function commentsOn(invented: readonly string[], unsent: readonly string[]): string[] {
  const comments: string[] = [];
  const names = [...new Set(invented)];
  if (names.length > 0) {
    comments.push(
      `Invented, as the document has no example: ${names.slice(0, 12).join(", ")}${
        names.length > 12 ? ", …" : ""
      }`,
    );
  }
  if (unsent.length > 0) comments.push(`Optional and not sent: ${unsent.join(", ")}`);
  return comments;
}

/** JSON first, then forms, then text, then the rest. */
function rank(type: string): number {
  const media = mediaType(type);
  if (media === "application/json") return 0;
  if (media.endsWith("+json")) return 1;
  if (media === "application/x-www-form-urlencoded") return 2;
  if (media === "multipart/form-data") return 3;
  return media.startsWith("text/") || media === "*/*" ? 4 : 5;
}

function textFor(value: Value | null, separator: string): string {
  if (value === null) return "";
  if (typeof value === "string") return value;
  if (typeof value === "boolean" || typeof value === "number") return String(value);
  if (isTable(value)) {
    return [...value].flatMap(([key, inner]) => [key, textFor(inner, separator)]).join(separator);
  }
  if ("number" in value) return value.number;
  return value.map((item) => textFor(item, separator)).join(separator);
}

function flat(table: Table): Table {
  const named = [...table].filter(([key]) => key !== "" && !/\p{Cc}/u.test(key));
  return new Map(named.map(([key, value]) => [key, isCell(value) ? value : textFor(value, ",")]));
}

function isCell(value: Value): boolean {
  return typeof value === "boolean" || (typeof value === "string" && !/\p{Cc}/u.test(value)) ||
    (typeof value === "object" && "number" in value);
}

function isRow(value: Value): value is Table {
  return isTable(value) && value.size > 0 &&
    [...value].every(([key, cell]) => /^[\w-]+$/.test(key) && isCell(cell));
}

function alike(row: Table, other: Table): boolean {
  return row.size === other.size && [...row.keys()].every((key) => other.has(key)) &&
    [...row].every(([key, value]) => typeof value === typeof other.get(key)) &&
    [...row.keys()].every((key, index) => key === [...other.keys()][index]);
}
