/**
 * Credentials do not come along: a scenario is kept in version control, and its plan goes into an executable. Each
 * becomes `${secret.NAME}`, asked for when the test starts.
 */
import type { Value } from "./draft.ts";
import { environmentName, type Variables } from "./variables.ts";

const SECRET_FIELD =
  /^(?:pass(?:word|wd|phrase)?|pwd|client_?secret|secret|refresh_?token|access_?token|api_?key)$/i;
const SECRET_HEADER =
  /^(?:proxy-authorization|cookie|(?:x-)?(?:amz-security-token|api-?key|auth-?token|access-token|session-?token|csrf-?token|xsrf-?token))$/;

/** Whether a field of a body or a query holds a credential, by its name. */
export function isSecretName(name: string): boolean {
  return SECRET_FIELD.test(name);
}

/** Whether a header, by its name in lower case, holds a credential. */
export function isSecretHeader(name: string): boolean {
  return SECRET_HEADER.test(name);
}

/** What stands for a credential: what the test captures, as it is; anything else, `${secret.NAME}`. */
export function secretOf(value: string, name: string, variables: Variables): string {
  const found = [...value].flatMap((character) => variables.of(character) ?? []);
  if (found.some((variable) => !variable.startsWith("env."))) return value;
  const [only] = found;
  const asked = only === undefined ? undefined : /^env\.(\w+)/.exec(only)?.[1];
  return variables.add(`secret.${found.length === 1 && asked !== undefined ? asked : environmentName(name)}`);
}

/** `auth` for the value of a header `authorization`; null where it is of another scheme. */
export function authOf(value: string, variables: Variables): Value | null {
  const [, scheme = "", rest = ""] = /^\s*(\S+)\s+(\S.*?)\s*$/s.exec(value) ?? [];
  if (scheme.toLowerCase() === "bearer") return new Map([["bearer", secretOf(rest, "TOKEN", variables)]]);
  if (scheme.toLowerCase() !== "basic") return null;
  const pair = variables.has(rest) ? null : decodedBase64(rest);
  const [, user, password] = /^([^:]*):(.*)$/s.exec(pair ?? "") ?? [];
  return user === undefined || password === undefined || /\p{Cc}/u.test(user)
    ? null
    : basicAuth(user, password, variables);
}

/** `auth = { basic = [user, password] }` without the password. */
export function basicAuth(user: string, password: string, variables: Variables): Value {
  return new Map([["basic", [user.replace(/\p{Cc}+/gu, " "), secretOf(password, "PASSWORD", variables)]]]);
}

/** The text that base64 stands for; null where it is none. */
export function decodedBase64(text: string): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(
      Uint8Array.from(atob(text), (character) => character.charCodeAt(0)),
    );
  } catch {
    return null;
  }
}
