/** The header `authorization`: who sends a request. */
import type { Template } from "../../runtime/plan_templates.ts";
import type { Auth } from "../2_check/scenario.ts";
import { IN_HEADER, QUERY_ITEM, VERBATIM } from "./encodings.ts";
import { isLiteral, lowerTemplate, mergeLiterals, type SlotContext } from "./templates.ts";

/**
 * The header's value: Basic as in RFC 7617 (in UTF-8), Bearer as in RFC 6750 section 2.1; OAuth2 is the client's own
 * Basic authorization, with which it gets a token.
 */
export function lowerAuthorization(auth: Exclude<Auth, { kind: "none" }>, context: SlotContext): Template {
  if (auth.kind === "bearer") {
    return mergeLiterals(["Bearer ", ...lowerTemplate(auth.token, IN_HEADER, context)]);
  }
  // RFC 6749 section 2.3.1 has credentials encoded as in a form before they are joined.
  const [place, name, secret] = auth.kind === "oauth2"
    ? [QUERY_ITEM, auth.clientId, auth.clientSecret]
    : [VERBATIM, auth.user, auth.password];
  const user = lowerTemplate(name, place, context);
  const password = lowerTemplate(secret, place, context);
  return isLiteral(user) && isLiteral(password)
    ? [`Basic ${new TextEncoder().encode(`${user.join("")}:${password.join("")}`).toBase64()}`]
    : ["Basic ", { slot: "basic", user, password }];
}
