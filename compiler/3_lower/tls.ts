/** Certificates of a target, or where they are read when the executable starts. */
import type { Tls, TlsText } from "../../runtime/plan.ts";
import type { Tls as SourceTls, TlsText as SourceText } from "../2_check/scenario.ts";

/** `secretAt` tells the place of a name among the secrets of the plan. */
export function lowerTls(source: SourceTls, secretAt: (name: string) => number): Tls {
  const { ca, cert, key, serverName, insecure } = source;
  return {
    ca: ca === null ? null : lowerText(ca, secretAt),
    cert: cert === null ? null : lowerText(cert, secretAt),
    key: key === null ? null : lowerOutside(key, secretAt),
    serverName,
    insecure,
  };
}

function lowerText(source: SourceText, secretAt: (name: string) => number): TlsText {
  return source.kind === "text" ? { kind: "text", text: source.text } : lowerOutside(source, secretAt);
}

function lowerOutside(
  source: Exclude<SourceText, { kind: "text" }>,
  secretAt: (name: string) => number,
): Exclude<TlsText, { kind: "text" }> {
  return source.kind === "file"
    ? { kind: "file", path: source.path }
    : { kind: "secret", secret: secretAt(source.name) };
}
