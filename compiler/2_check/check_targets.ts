/** `[target]` and `[targets.NAME]`: where the traffic goes. */
import { keyPlaceAt, nodeAt, type Path } from "../1_parse/document.ts";
import { quote } from "../diagnostic.ts";
import { type Base, readBase } from "./bases.ts";
import { checkTargetCaptures } from "./capture_uses.ts";
import { checkAuth } from "./check_auth.ts";
import { checkHeaders } from "./check_headers.ts";
import { checkProtocol } from "./check_protocol.ts";
import { checkTls } from "./check_tls.ts";
import { type Checking, placeOf, report, section } from "./checking.ts";
import { isTrouble } from "./reading.ts";
import type { Auth, Target } from "./scenario.ts";
import { namedTargetSchema, targetSchema } from "./schema.ts";

/** What the target says for steps that do not say it themselves. */
export type StepDefaults = Readonly<{ timeoutTicks: number; redirects: number; auth: Auth | null }>;

/** A target as steps see it; `base` is null where it is wrong. */
export type KnownTarget = Readonly<{ name: string; base: Base | null; defaults: StepDefaults }>;

/** That of `[target]` is the first. */
export type KnownTargets = readonly KnownTarget[];

/** `targets` has null where something is wrong. */
export type CheckedTargets = Readonly<{ known: KnownTargets; targets: readonly (Target | null)[] }>;

type Origin = Readonly<{ name: string; path: Path; base: Base | null }>;

/** A base is known as soon as it is well-formed itself; a target only when all of it is. */
export function checkTargets(checking: Checking): CheckedTargets {
  const origins = [{ name: "", path: ["target"] }, ...namedTargets(checking)].map(({ name, path }) => ({
    name,
    path,
    base: baseAt(checking, [...path, "base"]),
  }));
  const checked = origins.map((_, index) => checkTarget(checking, origins, index));
  return { known: checked.map(({ known }) => known), targets: checked.map(({ target }) => target) };
}

function namedTargets(checking: Checking): { name: string; path: Path }[] {
  const table = nodeAt(checking.document, ["targets"]);
  if (table?.kind !== "table") return [];
  // By name: the order of keys is no meaning.
  return [...table.entries.keys()].sort().map((name) => {
    const path = ["targets", name];
    if (!/^[A-Za-z][A-Za-z0-9_-]{0,63}$/.test(name)) {
      report(
        checking,
        "Z1106",
        keyPlaceAt(checking.document, path),
        `${quote(name)} cannot name a target; use letters, digits, "-" and "_", beginning with a letter`,
      );
    }
    return { name, path };
  });
}

function baseAt(checking: Checking, path: Path): Base | null {
  const text = section(checking, targetSchema.shape.base, path);
  const reading = text === null ? null : readBase(text);
  if (reading === null) return null;
  if (!isTrouble(reading)) return reading.value;
  report(checking, reading.code, path, `base ${reading.words}`);
  return null;
}

function checkTarget(
  checking: Checking,
  origins: readonly Origin[],
  index: number,
): { known: KnownTarget; target: Target | null } {
  const { name, path, base } = origins[index];
  const headers = checkHeaders(checking, [...path, "headers"]);
  const auth = checkAuth(checking, path, headers, { bases: origins, own: index });
  checkTargetCaptures(checking, path);
  const found = section(checking, index === 0 ? targetSchema : namedTargetSchema, path);
  const defaults = { timeoutTicks: found?.timeout ?? 0, redirects: found?.redirects ?? 0, auth };
  const known = { name, base, defaults };
  if (found === null || base === null || headers === null) return { known, target: null };
  const tls = checkTls(checking, path, base, found.tls);
  checkProtocol(checking, path, base, found);
  const target: Target = {
    name,
    place: placeOf(checking, path),
    scheme: base.scheme,
    host: base.host,
    port: base.port,
    basePlace: placeOf(checking, [...path, "base"]),
    headers,
    timeoutTicks: found.timeout,
    protocol: found.protocol,
    connections: found.connections,
    streams: found.streams,
    tls,
    cookies: found.cookies,
  };
  return { known, target };
}
