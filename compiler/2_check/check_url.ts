/** The URL of a step → its target, and path and query from the root of the origin. */
import { quote } from "../diagnostic.ts";
import { type Base, originOf } from "./bases.ts";
import { read, type Reading, trouble } from "./reading.ts";
import type { Template, TemplatePart } from "./scenario.ts";
import { addLiteral, templateSource } from "./templates.ts";

/** The bases of all targets, null where one is wrong itself: then origins are not compared. */
export type Bases = readonly Readonly<{ name: string; base: Base | null }>[];

/** `own` is the target that the URL belongs to, unless it names an origin; `isFixed` says that it must be that one. */
export type Origins = Readonly<{ bases: Bases; own: number; isFixed?: boolean }>;

/** As `RequestStep` wants them. */
export type ReadUrl = Readonly<{ target: number; url: Template }>;

export function readUrl(url: Template, origins: Origins): Reading<ReadUrl> {
  const shown = quote(templateSource(url));
  const [first, ...rest] = url;
  for (const part of url) {
    if (typeof part !== "string") continue;
    if (part.includes("#")) {
      return trouble(
        "Z1607",
        `${shown} has a fragment, which browsers keep to themselves; remove it, or write %23`,
      );
    }
    if (/\p{Cc}/u.test(part)) {
      return trouble("Z1607", `${shown} holds a line break or another control character; remove it`);
    }
  }
  if (typeof first !== "string") {
    return first?.variable === "capture"
      ? read({ target: origins.own, url })
      : trouble("Z1607", `${shown} does not begin with "/" or a captured URL; write a path, as in "/items"`);
  }
  if (/^[a-z][a-z0-9+.-]*:/i.test(first)) return readAbsolute(first, rest, origins, shown);
  if (first.startsWith("//")) {
    return trouble("Z1607", `${shown} begins with two slashes; begin a path with one`);
  }
  if (!first.startsWith("/")) {
    return trouble("Z1607", `${shown} does not begin with "/"; write "/${first.slice(0, 40)}"`);
  }
  const front = origins.bases[origins.own]?.base?.path ?? "";
  return read({ target: origins.own, url: joined(front, first, rest) });
}

function readAbsolute(
  first: string,
  rest: readonly TemplatePart[],
  origins: Origins,
  shown: string,
): Reading<ReadUrl> {
  const match = /^(https?):\/\/([^/?]*)(.*)$/is.exec(first);
  if (match === null) {
    return trouble("Z1607", `${shown} is no http or https URL; write a path, as in "/items"`);
  }
  const [, scheme = "", authority = "", path = ""] = match;
  if (path === "" && rest.length > 0) {
    return trouble(
      "Z1607",
      `${shown} has a variable in or behind its host; write host, "/" and then the variable`,
    );
  }
  const url = URL.parse(`${scheme}://${authority}/`);
  if (url === null) {
    return trouble("Z1607", `${shown} has no usable host and port; write a path, as in "/items"`);
  }
  const target = targetOf(url.origin, origins, shown);
  if (typeof target !== "number") return target;
  return read({ target, url: joined("", path.startsWith("/") ? path : `/${path}`, rest) });
}

/** Its own target where the origin fits, else the first that has it. */
function targetOf(
  origin: string,
  { bases, own, isFixed }: Origins,
  shown: string,
): number | ReturnType<typeof trouble> {
  if (bases.some(({ base }) => base === null)) return own;
  const found = bases.map(({ base }) => base === null ? "" : originOf(base));
  if (found[own] === origin) return own;
  if (isFixed) {
    return trouble(
      "Z1608",
      `${shown} leads to another origin than target ${quote(bases[own]?.name ?? "")}, ${
        found[own]
      }; write a path of that, or remove target`,
    );
  }
  const target = found.indexOf(origin);
  if (target >= 0) return target;
  const known = found.length === 1 ? `than base, ${found[0]}` : `than the targets: ${found.join(", ")}`;
  return trouble(
    "Z1608",
    `${shown} leads to another origin ${known}; write a path of it, or add [targets.NAME] with base = ${
      quote(origin)
    }`,
  );
}

function joined(front: string, path: string, rest: readonly TemplatePart[]): Template {
  const parts: TemplatePart[] = [];
  for (const part of [front, path, ...rest]) {
    if (typeof part === "string") addLiteral(parts, part);
    else parts.push(part);
  }
  return parts;
}
