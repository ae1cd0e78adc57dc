/** What an executable may do, baked in when it is built. */
import type { Plan } from "../runtime/plan.ts";

/** Names allowed, or everything. An empty list allows nothing. */
export type Grant = readonly string[] | "any";

export type Permissions = Readonly<{
  /** `host` or `host:port`; IPv6 addresses in brackets. */
  net: Grant;
  /** Paths; relative ones are resolved where the executable is started. */
  read: Grant;
  write: Grant;
  /** Names of Deno's `--allow-sys`, such as `hostname`. */
  sys: Grant;
  /** Names of environment variables. */
  env: Grant;
  /** The C library: whoever may call it may do anything. */
  ffi: Grant;
}>;

const KINDS = ["net", "read", "write", "sys", "env", "ffi"] as const;

/** Deno's flags for these permissions; everything else is refused without asking. */
export function permissionFlags(permissions: Permissions): string[] {
  const flags = ["--no-prompt"];
  for (const kind of KINDS) {
    const grant = permissions[kind];
    if (grant === "any") {
      flags.push(`--allow-${kind}`);
    } else if (grant.length > 0) {
      // Deno splits at commas; a doubled one stands for itself.
      flags.push(`--allow-${kind}=${grant.map((name) => name.replaceAll(",", ",,")).join(",")}`);
    }
  }
  return flags;
}

/** The files that an executable of this plan reads when it starts: certificates and keys that are not part of it. */
export function tlsFiles({ targets }: Pick<Plan, "targets">): string[] {
  const texts = targets.flatMap(({ tls }) => tls === null ? [] : [tls.ca, tls.cert, tls.key]);
  return [...new Set(texts.flatMap((text) => text?.kind === "file" ? [text.path] : []))];
}
