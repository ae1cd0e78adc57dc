/** `tls` of a target: certificates, where they are, and when they are read. */
import { keyPlaceAt, type Path } from "../1_parse/document.ts";
import { quote } from "../diagnostic.ts";
import type { Base } from "./bases.ts";
import { type Checking, placeOf, report, warn } from "./checking.ts";
import { fileContent } from "./read_data.ts";
import type { Template, Tls, TlsText } from "./scenario.ts";
import type { FoundTls } from "./schema_tls.ts";
import { literalText } from "./templates.ts";

/** Begins every block of PEM (RFC 7468). */
const BLOCK = "-----BEGIN ";

/** `path` is that of the target. Null where the base is not `https`, which is reported where there are settings of TLS. */
export function checkTls(
  checking: Checking,
  target: Path,
  base: Base,
  found: FoundTls | undefined,
): Tls | null {
  const path = [...target, "tls"];
  const place = placeOf(checking, path);
  if (base.scheme === "http") {
    if (found !== undefined) {
      const at = keyPlaceAt(checking.document, path);
      report(checking, "Z1414", at, "tls has no meaning with a base of http; write https, or remove tls");
    }
    return null;
  }
  if (found === undefined) {
    return { ca: null, cert: null, key: null, serverName: "", insecure: false, place };
  }
  checkPair(checking, path, found);
  checkServerName(checking, [...path, "server_name"], found.server_name);
  if (found.insecure) {
    const words =
      "any certificate is accepted, also that of somebody in between; name the target's authority with ca";
    warn(checking, "Z1962", [...path, "insecure"], words);
  }
  return {
    ca: certificateAt(checking, path, "ca", found),
    cert: certificateAt(checking, path, "cert", found),
    key: keyAt(checking, path, found),
    serverName: found.server_name ?? "",
    insecure: found.insecure,
    place,
  };
}

function checkPair(checking: Checking, path: Path, { cert, key }: FoundTls): void {
  if ((cert === undefined) === (key === undefined)) return;
  const [given, lacking] = cert === undefined ? ["key", "cert"] : ["cert", "key"];
  const words =
    `tls has a ${given} and no ${lacking}, and the one proves nothing without the other; give both`;
  report(checking, "Z1415", keyPlaceAt(checking.document, [...path, given]), words);
}

/** RFC 6066, section 3: a name, and no address. */
function checkServerName(checking: Checking, path: Path, name: string | undefined): void {
  if (name === undefined) return;
  const isName = name.length <= 253 && /[a-z]/i.test(name.split(".").at(-1) ?? "") &&
    name.split(".").every((label) => /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/i.test(label));
  if (isName) return;
  report(checking, "Z1418", path, `${quote(name)} is no host name; write one like "shop.test"`);
}

function certificateAt(
  checking: Checking,
  path: Path,
  key: "ca" | "cert",
  { read, [key]: template }: FoundTls,
): TlsText | null {
  const source = template === undefined ? null : sourceOf(checking, [...path, key], template);
  if (source === null || source.kind === "secret" || read === "start") return source;
  const content = fileContent(checking, [...path, key], source.path);
  if (content === null) return null;
  const text = new TextDecoder().decode(content);
  if (text.includes("PRIVATE KEY-----")) {
    const words = `${quote(source.path)} holds a private key, which would become part of the plan; ` +
      'take the key out of it, or write read = "start"';
    report(checking, "Z1417", [...path, key], words);
  } else if (!text.includes(`${BLOCK}CERTIFICATE-----`)) {
    const words = `${
      quote(source.path)
    } holds no certificate in PEM, which begins with -----BEGIN CERTIFICATE-----`;
    report(checking, "Z1417", [...path, key], words);
  }
  return { kind: "text", text };
}

function keyAt(checking: Checking, path: Path, { key }: FoundTls): Tls["key"] {
  return key === undefined ? null : sourceOf(checking, [...path, "key"], key);
}

/** A file, or a secret and nothing else. */
function sourceOf(
  checking: Checking,
  path: Path,
  template: Template,
): Exclude<TlsText, { kind: "text" }> | null {
  const key = String(path.at(-1));
  const [only] = template;
  if (template.length === 1 && typeof only === "object" && only.variable === "secret") {
    return { kind: "secret", name: only.name };
  }
  const file = literalText(template);
  if (file === null) {
    const words =
      `${key} is a file, or \${secret.NAME} and nothing else; other variables are not known when it is read`;
    report(checking, "Z1416", path, words);
  } else if (file.includes(BLOCK)) {
    const words = key === "key"
      ? "a key stands in no scenario; name its file, or write \${secret.NAME}"
      : `${key} is the name of a file, not what is in it; lay it into one, or write \${secret.NAME}`;
    report(checking, "Z1416", path, words);
  } else if (file === "") {
    report(checking, "Z1416", path, `${key} is empty; name a file, or write \${secret.NAME}`);
  } else {
    return { kind: "file", path: file };
  }
  return null;
}
