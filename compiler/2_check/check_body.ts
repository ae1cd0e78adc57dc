/** What a step sends behind its head. */
import { keyPlaceAt, nodeAt, type Path } from "../1_parse/document.ts";
import { quote } from "../diagnostic.ts";
import { type Checking, entryTemplate, placeOf, report, warn } from "./checking.ts";
import { jsonValue } from "./json_values.ts";
import { fileContent } from "./read_data.ts";
import type { Body, JsonValue, MultipartPart, QueryItem } from "./scenario.ts";
import { type FoundStep, type MethodKey, METHODS } from "./schema_flow.ts";

/** Methods whose request bodies have no defined meaning (RFC 9110, section 9.3). */
const BODILESS: readonly MethodKey[] = ["get", "head", "delete"];

const BODY_KEYS = ["json", "body", "form", "multipart", "body_file"] as const;

export function checkBody(checking: Checking, found: FoundStep, step: Path, method: MethodKey): Body {
  const given = BODY_KEYS.filter((key) => nodeAt(checking.document, [...step, key]) !== undefined);
  const [key, second] = method === "graphql" ? ["query" as const, given[0]] : given;
  if (second !== undefined) {
    report(
      checking,
      "Z1609",
      keyPlaceAt(checking.document, [...step, second]),
      method === "graphql"
        ? `${second} has no meaning beside graphql, whose body is query and variables; remove it`
        : `the step has both ${key} and ${second}; a request has one body, so remove one of them`,
    );
  }
  if (key === undefined) return { kind: "none" };
  if (second === undefined && BODILESS.includes(method)) {
    warn(
      checking,
      "Z1904",
      keyPlaceAt(checking.document, [...step, key]),
      `a ${METHODS[method]} request with a body has no defined meaning; many servers drop or refuse it`,
    );
  }
  const path = [...step, key];
  const place = placeOf(checking, path);
  switch (key) {
    case "json": {
      const node = nodeAt(checking.document, path);
      return node === undefined
        ? { kind: "none" }
        : { kind: "json", value: jsonValue(checking, node), place };
    }
    case "body":
      return { kind: "text", text: found.body ?? [], place };
    case "form":
      return { kind: "form", items: itemsAt(checking, path), place };
    case "multipart":
      return { kind: "multipart", parts: multipartAt(checking, found, path), place };
    case "body_file":
      return {
        kind: "bytes",
        bytes: fileContent(checking, path, found.body_file ?? "") ?? new Uint8Array(),
        place,
      };
    case "query":
      return { kind: "json", value: graphqlBody(checking, found, step), place };
  }
}

/** The entries of a table of names and values, in the order of the source. */
export function itemsAt(checking: Checking, path: Path): QueryItem[] {
  const table = nodeAt(checking.document, path);
  if (table?.kind !== "table") return [];
  return [...table.entries].map(([name, { node }]) => ({
    name,
    value: entryTemplate(checking, name, node),
    place: node.place,
  }));
}

function multipartAt(checking: Checking, found: FoundStep, path: Path): MultipartPart[] {
  const table = nodeAt(checking.document, path);
  if (table?.kind !== "table") return [];
  if (table.entries.size === 0) {
    report(checking, "Z1618", path, 'multipart has no parts; give some, as in { name = "value" }');
  }
  return [...table.entries].map(([name, { keyPlace, node }]): MultipartPart => {
    if (name === "" || /\p{Cc}/u.test(name)) {
      report(
        checking,
        "Z1618",
        keyPlace,
        `${quote(name)} cannot name a part; use a text without line breaks`,
      );
    }
    const part = node.kind === "table" && Object.hasOwn(found.multipart ?? {}, name)
      ? found.multipart?.[name]
      : null;
    if (typeof part !== "object" || part === null || !("file" in part)) {
      return { kind: "text", name, text: entryTemplate(checking, name, node), place: node.place };
    }
    const fileName = part.name ?? part.file.split("/").at(-1) ?? "";
    // RFC 9110, section 8.3.1: type "/" subtype, and parameters.
    if (!/^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(?:\s*;[^\p{Cc}]*)?$/u.test(part.type)) {
      report(
        checking,
        "Z1618",
        [...path, name, "type"],
        `${quote(part.type)} is no media type; write one like "image/png"`,
      );
    }
    if (/\p{Cc}/u.test(fileName)) {
      report(
        checking,
        "Z1618",
        [...path, name],
        `the file name ${quote(fileName)} holds a line break or the like`,
      );
    }
    const bytes = fileContent(checking, [...path, name, "file"], part.file) ?? new Uint8Array();
    return { kind: "file", name, bytes, fileName, type: part.type, place: node.place };
  });
}

/** The request of "GraphQL over HTTP". */
function graphqlBody(checking: Checking, found: FoundStep, step: Path): JsonValue {
  const entries: { key: string; value: JsonValue }[] = [];
  const query = nodeAt(checking.document, [...step, "query"]);
  const variables = nodeAt(checking.document, [...step, "variables"]);
  if (query?.kind === "text") entries.push({ key: "query", value: jsonValue(checking, query) });
  else {
    report(
      checking,
      "Z1617",
      query === undefined ? step : [...step, "query"],
      "a step with graphql has its GraphQL text in query, as in query = '{ orders { id } }'",
    );
  }
  if (variables !== undefined) entries.push({ key: "variables", value: jsonValue(checking, variables) });
  if (found.operation !== undefined) {
    entries.push({
      key: "operationName",
      value: { kind: "text", text: found.operation === "" ? [] : [found.operation] },
    });
  }
  return { kind: "table", entries };
}

/** Keys that only GraphQL gives a meaning. */
export function checkForeignGraphql(checking: Checking, step: Path): void {
  for (const key of ["variables", "operation"]) {
    if (nodeAt(checking.document, [...step, key]) === undefined) continue;
    const at = keyPlaceAt(checking.document, [...step, key]);
    report(
      checking,
      "Z1617",
      at,
      `${key} belongs to a step with graphql; write graphql = "/graphql", or remove it`,
    );
  }
  const query = nodeAt(checking.document, [...step, "query"]);
  if (query?.kind === "text") {
    report(
      checking,
      "Z1617",
      query.place,
      'query is a text, which only a step with graphql sends; write a table, such as { page = "1" }',
    );
  }
}
