/** Headers of the target or of a step. */
import type { z } from "../zod/zod.ts";
import { nodeAt, type Path } from "../1_parse/document.ts";
import { quote } from "../diagnostic.ts";
import { type Checking, entryTemplate, report, section } from "./checking.ts";
import type { Header, Template } from "./scenario.ts";
import { headersSchema } from "./schema_flow.ts";

/** Headers that z6c answers for, and why nobody else may set them. */
const OWN: ReadonlyMap<string, string> = new Map([
  ["host", "it follows from base"],
  ["content-length", "it is counted from the body"],
  ["transfer-encoding", "bodies are sent whole, with their length"],
  ["connection", 'connections in [target] says how long they live, as in connections = "per-request"'],
  ["keep-alive", "connections in [target] says how long they live"],
  ["proxy-connection", "z6c speaks to the target itself"],
  ["upgrade", "a step with websocket asks for it, and no other speaks another protocol"],
  ["sec-websocket-key", "a step with websocket draws one for each opening"],
  ["sec-websocket-version", "z6c speaks version 13 (RFC 6455)"],
  ["sec-websocket-extensions", "z6c asks for none, and messages are sent as they are"],
  ["sec-websocket-accept", "it is part of the response"],
  ["te", "responses with trailers mean nothing to a check"],
  ["trailer", "bodies are sent whole, without trailers"],
  ["expect", "the body follows its head at once"],
]);

/**
 * Names in lower case. Null where something is wrong; an absent table has no headers. `known` is what the schema has made
 * of the table already, if it is sound.
 */
export function checkHeaders(
  checking: Checking,
  path: Path,
  known?: z.output<typeof headersSchema>,
): readonly Header[] | null {
  const table = nodeAt(checking.document, path);
  if (table === undefined) return [];
  if (table.kind !== "table") return null;
  const isWhole = known !== undefined || section(checking, headersSchema, path) !== null;
  const headers: Header[] = [];
  const before = checking.diagnostics.length;
  for (const [key, { keyPlace, node }] of table.entries) {
    const name = key.toLowerCase();
    const why = OWN.get(name);
    // RFC 9110, section 5.6.2: a token.
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(key)) {
      report(
        checking,
        "Z1403",
        keyPlace,
        `${quote(key)} is no header name; it has letters, digits and "-" only, no spaces or colons`,
      );
    } else if (why !== undefined) {
      report(checking, "Z1405", keyPlace, `${name} cannot be set by hand: ${why}`);
    } else if (headers.some((header) => header.name === name)) {
      report(checking, "Z1407", keyPlace, `${key} is set twice; header names do not differ by case`);
    }
    const value = entryTemplate(checking, key, node);
    if (textsIn(value).some((text) => /[\r\n\0]/.test(text))) {
      report(
        checking,
        "Z1404",
        node.place,
        `the value of ${key} holds a line break or a null, which would end the header`,
      );
    }
    headers.push({ name, value, place: node.place });
  }
  return isWhole && checking.diagnostics.length === before ? headers : null;
}

/** Every text that can come to stand in a rendered template. */
function textsIn(template: Template): string[] {
  return template.flatMap((part) =>
    typeof part === "string" ? [part] : part.variable === "random.choice" ? part.texts : []
  );
}
