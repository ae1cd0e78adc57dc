/** OpenAPI 3.0 and 3.1 documents → a draft: one flow, one step an operation. */
import { type Draft, type DraftData, type Drafted, type DraftStep, FEW_ERRORS, type Value } from "./draft.ts";
import { readJson } from "./json_source.ts";
import { entriesAt, type Located, type Note, scalarText, textAt, valueAt } from "./located.ts";
import { OpenapiDocument, serverOf } from "./openapi_document.ts";
import { linksOf } from "./openapi_links.ts";
import { OpenapiSteps } from "./openapi_steps.ts";
import { baseOf, cutUrl } from "./origins.ts";
import { Variables } from "./variables.ts";
import { readYaml } from "./yaml_source.ts";

const NO_SERVER = "http://127.0.0.1:8080";

/** `name` is for the scenario where the document has no title. */
export function draftOfOpenapi(text: string, name: string): Drafted {
  const source = /^\ufeff?\s*\{/.test(text) ? readJson(text) : readYaml(text);
  if ("fault" in source) return { refused: source.fault };
  const root = source.value;
  const fault = faultOf(root);
  if (fault !== null) return { refused: fault };

  const notes: Note[] = [];
  const document = new OpenapiDocument(root, notes);
  const operations = document.operations();
  if (operations.length === 0) {
    const paths = valueAt(root, "paths");
    return {
      refused: { at: (paths ?? root).at, text: "paths has no operation that a scenario could request" },
    };
  }
  const variables = new Variables(text);
  const steps = new OpenapiSteps(document, variables, linksOf(document, operations));
  const made: DraftStep[] = operations.map((operation, index) => steps.stepOf(operation, index));
  noteWhatServersSend(root, operations, notes);
  return { notes, draft: draftWith(root, name, made, steps.data, variables) };
}

function draftWith(
  root: Located,
  name: string,
  steps: readonly DraftStep[],
  data: readonly DraftData[],
  variables: Variables,
): Draft {
  const title = textAt(root, "info", "title")?.trim() ?? "";
  const version = scalarText(valueAt(root, "info", "version"));
  const { base, comments } = targetOf(root);
  return {
    variables,
    name: title === "" ? name : title,
    description: "",
    comments: [
      `Made from the OpenAPI document ${title === "" ? name : title}${
        version === undefined ? "" : `, version ${version}`
      }: ` +
      (steps.length === 1
        ? "one step."
        : `one step for each of its ${steps.length} operations, in its order.`),
      "Real users do a few of these, some often: cut this flow into theirs, and give each a weight.",
    ],
    seed: null,
    target: { base, comments, headers: new Map(), more: new Map<string, Value>() },
    load: null,
    data,
    flows: [{ name: "operations", weight: 1, steps }],
    thresholds: [FEW_ERRORS],
  };
}

function faultOf(root: Located): Note | null {
  if (root.kind !== "table") return { at: root.at, text: "this is no OpenAPI document: it is no table" };
  const swagger = valueAt(root, "swagger");
  if (swagger !== undefined) {
    const version = scalarText(swagger) ?? "";
    return { at: swagger.at, text: `this is Swagger ${version}; convert it to OpenAPI 3 first` };
  }
  const openapi = valueAt(root, "openapi");
  const version = scalarText(openapi);
  if (openapi === undefined || version === undefined) {
    return {
      at: (openapi ?? root).at,
      text: "this is no OpenAPI document: it has no openapi with a version",
    };
  }
  if (!/^3\./.test(version)) {
    return { at: openapi.at, text: `OpenAPI ${JSON.stringify(version)} is not read; 3.0 and 3.1 are` };
  }
  const paths = valueAt(root, "paths");
  if (paths?.kind === "table") return null;
  const webhooks = valueAt(root, "webhooks");
  if (paths === undefined && webhooks !== undefined) {
    return {
      at: webhooks.at,
      text: "the document has webhooks only, which the service sends; there is nothing to request",
    };
  }
  return { at: (paths ?? root).at, text: "the document has no table paths, so there is nothing to request" };
}

function targetOf(root: Located): { base: string; comments: string[] } {
  const server = serverOf(root);
  const cut = server === null ? null : cutUrl(server.url);
  if (server !== null && cut !== null) {
    return { base: baseOf(cut), comments: [] };
  }
  const isPath = server !== null && /^\/[^\s?#\\]*$/.test(server.url);
  return {
    base: `${NO_SERVER}${isPath ? server.url.replace(/\/+$/, "") : ""}`,
    comments: [
      `The document names no host${isPath ? ", only a path" : ""}: put the target's here, or give --base.`,
    ],
  };
}

function noteWhatServersSend(root: Located, operations: readonly { node: Located }[], notes: Note[]): void {
  const hooks = valueAt(root, "webhooks");
  if (hooks !== undefined && entriesAt(hooks).length > 0) {
    notes.push({ at: hooks.at, text: "webhooks are left out: the service sends them" });
  }
  for (const { node } of operations) {
    const callbacks = valueAt(node, "callbacks");
    if (callbacks !== undefined) {
      notes.push({ at: callbacks.at, text: "callbacks are left out: the service sends them" });
    }
  }
}
