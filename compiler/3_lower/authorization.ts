/** The header `authorization`: who sends a request. */
import type { Template } from "../../runtime/plan.ts";
import type { Auth } from "../2_check/scenario.ts";
import { IN_HEADER, VERBATIM } from "./encodings.ts";
import { isLiteral, lowerTemplate, mergeLiterals, type SlotContext } from "./templates.ts";

/** The header's value: Basic as in RFC 7617 (in UTF-8), Bearer as in RFC 6750 section 2.1. */
export function lowerAuthorization(auth: Exclude<Auth, { kind: "none" }>, context: SlotContext): Template {
  if (auth.kind === "bearer") {
    return mergeLiterals(["Bearer ", ...lowerTemplate(auth.token, IN_HEADER, context)]);
  }
  const user = lowerTemplate(auth.user, VERBATIM, context);
  const password = lowerTemplate(auth.password, VERBATIM, context);
  return isLiteral(user) && isLiteral(password)
    ? [`Basic ${new TextEncoder().encode(`${user.join("")}:${password.join("")}`).toBase64()}`]
    : ["Basic ", { slot: "basic", user, password }];
}
