/** `auth` of the target or of a step. */
import { keyPlaceAt, type Path } from "../1_parse/document.ts";
import { checkOAuth2 } from "./check_oauth2.ts";
import type { Origins } from "./check_url.ts";
import { type Checking, hasUnknownKey, placeOf, plainAt, report, section } from "./checking.ts";
import type { Auth, Header } from "./scenario.ts";
import { authSchema } from "./schema_auth.ts";

/** `path` is the table's that holds `auth`, `headers` those beside it. Null where it has none, or where it is wrong. */
export function checkAuth(
  checking: Checking,
  path: Path,
  headers: readonly Header[] | null,
  origins: Origins,
): Auth | null {
  const authPath = [...path, "auth"];
  if (plainAt(checking, authPath) === undefined) return null;
  const found = section(checking, authSchema, authPath);
  if (found === null) return null;
  const { basic, bearer, oauth2 } = found;
  const [kind, second] = (["basic", "bearer", "oauth2"] as const).filter((key) => found[key] !== undefined);
  if (kind === undefined && hasUnknownKey(checking, authPath)) return null;
  if (kind === undefined || second !== undefined) {
    const what = kind === undefined ? "neither basic nor bearer nor oauth2" : `both ${kind} and ${second}`;
    report(
      checking,
      "Z1408",
      authPath,
      `auth has ${what}; give one of them, as in auth = { bearer = "\${secret.TOKEN}" }`,
    );
    return null;
  }
  if (headers?.some(({ name }) => name === "authorization")) {
    report(
      checking,
      "Z1409",
      keyPlaceAt(checking.document, authPath),
      "auth sets the header authorization, which headers sets too; remove one of the two",
    );
  }
  for (const part of [...basic?.flat() ?? [], ...bearer ?? []]) {
    const texts = typeof part === "string" ? [part] : part.variable === "random.choice" ? part.texts : [];
    if (!texts.some((text) => /\p{Cc}/u.test(text))) continue;
    report(
      checking,
      "Z1404",
      authPath,
      "auth holds a line break or another control character, which no header may",
    );
  }
  const place = placeOf(checking, authPath);
  if (oauth2 !== undefined) return checkOAuth2(checking, [...authPath, "oauth2"], oauth2, origins);
  if (bearer !== undefined) return { kind: "bearer", token: bearer, place };
  const [user, password] = basic ?? [[], []];
  if (user.some((part) => typeof part === "string" && part.includes(":"))) {
    report(
      checking,
      "Z1410",
      [...authPath, "basic", 0],
      "the user holds a colon, which ends it (RFC 7617); give user and password as two texts",
    );
  }
  return { kind: "basic", user, password, place };
}
