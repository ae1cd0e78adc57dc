import { createPrivateKey, X509Certificate } from "node:crypto";
import type { TlsTexts } from "../host/transport.ts";
import { causeText } from "../host/causes.ts";
import type { Plan, Target, TlsText } from "../plan.ts";
import { EXIT } from "../reduce/exit_codes.ts";
import { targetName } from "../target_name.ts";
import { UserError } from "../user_error.ts";

const NONE: TlsTexts = { ca: null, cert: null, key: null };

/**
 * By target, what its `tls` names, read now where it is not part of the plan. `secrets`: the values of the plan's.
 * Throws `UserError` (104) that names all that cannot be read, or is not what it should be.
 */
export async function readTlsTexts({ targets }: Plan, secrets: readonly string[]): Promise<TlsTexts[]> {
  const problems: string[] = [];
  const read: TlsTexts[] = [];
  for (const target of targets) {
    const { tls } = target;
    if (tls === null) {
      read.push(NONE);
      continue;
    }
    const textOf = (text: TlsText | null) => text === null ? null : textFrom(text, secrets, problems);
    const texts = { ca: await textOf(tls.ca), cert: await textOf(tls.cert), key: await textOf(tls.key) };
    if (problems.length === 0) problems.push(...problemsOf(target, texts));
    read.push(texts);
  }
  if (problems.length === 0) return read;
  throw new UserError(`what tls names cannot be used: ${problems.join("; ")}`, EXIT.badInput);
}

async function textFrom(text: TlsText, secrets: readonly string[], problems: string[]): Promise<string> {
  switch (text.kind) {
    case "text":
      return text.text;
    case "secret":
      return secrets[text.secret];
    case "file":
      return await fileText(text.path, problems);
  }
}

async function fileText(path: string, problems: string[]): Promise<string> {
  const { state } = await Deno.permissions.query({ name: "read", path });
  if (state !== "granted") {
    problems.push(`this executable may not read ${path}; build it again`);
    return "";
  }
  try {
    return await Deno.readTextFile(path);
  } catch (cause) {
    const why = cause instanceof Deno.errors.NotFound
      ? "is not there; lay it there, for it is looked for where the executable is started"
      : `cannot be read (${causeText(cause)})`;
    problems.push(`${path} ${why}`);
    return "";
  }
}

/** What is wrong with a target's texts; never what is in them. */
function problemsOf(target: Target, { ca, cert, key }: TlsTexts): string[] {
  const { tls } = target;
  if (tls === null) return [];
  const problems: string[] = [];
  const at = (name: string, text: TlsText | null) =>
    text?.kind === "file" ? text.path : `tls.${name} of ${targetName(target)}`;
  const authority = ca === null ? null : certificateIn(ca);
  if (ca !== null && authority === null) problems.push(`${at("ca", tls.ca)} holds no certificate in PEM`);
  if (cert === null || key === null) return problems;
  const certificate = certificateIn(cert);
  if (certificate === null) problems.push(`${at("cert", tls.cert)} holds no certificate in PEM`);
  const isKey = isPrivateKey(key);
  if (!isKey) problems.push(`${at("key", tls.key)} holds no private key in PEM that is not encrypted`);
  if (certificate !== null && isKey && !certificate.checkPrivateKey(createPrivateKey(key))) {
    problems.push(`${at("key", tls.key)} is not the key of ${at("cert", tls.cert)}`);
  }
  return problems;
}

/** The first one, or null. */
function certificateIn(text: string): X509Certificate | null {
  try {
    return new X509Certificate(text);
  } catch {
    return null;
  }
}

function isPrivateKey(text: string): boolean {
  try {
    createPrivateKey(text);
    return true;
  } catch {
    return false;
  }
}
