/** `oauth2` in `auth`: client credentials (RFC 6749, section 4.4). */
import type { z } from "../zod/zod.ts";
import type { Path } from "../1_parse/document.ts";
import { type Checking, placeOf, report } from "./checking.ts";
import { type Origins, readUrl } from "./check_url.ts";
import { isTrouble } from "./reading.ts";
import type { OAuth2, Variable } from "./scenario.ts";
import type { authSchema } from "./schema_auth.ts";
import { templateSource } from "./templates.ts";

type Found = NonNullable<z.output<typeof authSchema>["oauth2"]>;

/** `path` is that of the table `oauth2`. Null where something is wrong. */
export function checkOAuth2(checking: Checking, path: Path, found: Found, origins: Origins): OAuth2 | null {
  const { token_url, client_id, client_secret, scope, audience, send, per } = found;
  const before = checking.diagnostics.length;
  const url = readUrl(token_url, { bases: origins.bases, own: origins.own });
  if (isTrouble(url)) report(checking, url.code, [...path, "token_url"], `token_url ${url.words}`);
  const texts = [token_url, client_id, client_secret, scope ?? [], audience ?? []];
  for (const part of texts.flat()) {
    const why = typeof part === "string" ? null : whyTooEarly(part, per, path);
    if (typeof part === "string" || why === null) continue;
    report(checking, "Z1412", part.place, `${templateSource([part])} ${why}`);
  }
  for (const [key, text] of Object.entries({ client_id, client_secret })) {
    if (text.length === 0) {
      report(checking, "Z1412", [...path, key], `${key} is empty; give the client's own`);
    }
  }
  if (isTrouble(url) || checking.diagnostics.length > before) return null;
  return {
    kind: "oauth2",
    place: placeOf(checking, path),
    target: url.value.target,
    tokenUrl: url.value.url,
    clientId: client_id,
    clientSecret: client_secret,
    scope: scope ?? null,
    audience: audience ?? null,
    send,
    per,
  };
}

/** What a variable lacks when the token is got; null where it has its value by then. */
function whyTooEarly(variable: Variable, per: OAuth2["per"], [owner]: Path): string | null {
  if (variable.variable === "capture" && variable.of === "flow") {
    // Of a target's settings, the captures of steps are reported for all that a target says.
    return owner === "target" || owner === "targets"
      ? null
      : "is captured by a step, and the token is got in front of all steps; write it out, or take a secret";
  }
  if (per === "session") return null;
  const isOfSession = ["data", "session", "vu", "loop", "stage"].includes(variable.variable);
  if (isOfSession) return 'differs by session, and one token serves them all; write per = "session"';
  return variable.variable === "capture"
    ? 'is captured by the setup, and the token is got in front of its steps; write per = "session"'
    : null;
}
