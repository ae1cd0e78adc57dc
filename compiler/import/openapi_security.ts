/** Security schemes → how a step says who sends it. */
import type { Value } from "./draft.ts";
import { entriesAt, itemsAt, type Located, textAt, valueAt } from "./located.ts";
import type { OpenapiDocument } from "./openapi_document.ts";
import { environmentName, type Variables } from "./variables.ts";

export type Security = Readonly<{
  auth: Value | null;
  headers: readonly (readonly [string, string])[];
  query: readonly (readonly [string, string])[];
  comments: readonly string[];
}>;

const NONE: Security = { auth: null, headers: [], query: [], comments: [] };

/** What an operation asks for: the first of its alternatives, or the document's. */
export function securityOf(document: OpenapiDocument, operation: Located, variables: Variables): Security {
  const given = valueAt(operation, "security") ?? valueAt(document.root, "security");
  const [first] = itemsAt(given);
  return entriesAt(first).reduce((before: Security, [name]): Security => {
    const scheme = document.value(document.root, "components", "securitySchemes", name);
    const found = schemeOf(scheme, name, variables);
    return {
      auth: before.auth ?? found.auth,
      headers: [...before.headers, ...found.headers],
      query: [...before.query, ...found.query],
      comments: [...before.comments, ...found.comments],
    };
  }, NONE);
}

function schemeOf(scheme: Located | undefined, name: string, variables: Variables): Security {
  const secret = (ending = "") => variables.add(`secret.${environmentName(name)}${ending}`);
  const type = textAt(scheme, "type");
  const bearer: Value = new Map([["bearer", secret()]]);
  if (type === "http" && textAt(scheme, "scheme")?.toLowerCase() === "basic") {
    const user = variables.add(`env.${environmentName(name)}_USER:-user`);
    return { ...NONE, auth: new Map([["basic", [user, secret("_PASSWORD")]]]) };
  }
  if (type === "http" && textAt(scheme, "scheme")?.toLowerCase() === "bearer") {
    return { ...NONE, auth: bearer };
  }
  if (type === "oauth2" || type === "openIdConnect") {
    const [flow] = entriesAt(scheme, "flows");
    const from = textAt(flow?.[1], "tokenUrl") ?? textAt(scheme, "openIdConnectUrl");
    const where = from === undefined ? "" : ` from ${from}`;
    return { ...NONE, auth: bearer, comments: [`${name} wants a token${where}: get one before the run.`] };
  }
  const key = textAt(scheme, "name") ?? "";
  if (type === "apiKey" && key !== "") {
    const place = textAt(scheme, "in");
    if (place === "query") return { ...NONE, query: [[key, secret()]] };
    if (place === "cookie") return { ...NONE, headers: [["cookie", `${key}=${secret()}`]] };
    if (/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(key)) {
      return { ...NONE, headers: [[key.toLowerCase(), secret()]] };
    }
  }
  return { ...NONE, comments: [`${name} is asked for here, which this import has no answer to.`] };
}
