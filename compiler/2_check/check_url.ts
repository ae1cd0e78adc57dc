/** The URL of a step → path and query from the root of the origin. */
import { quote } from "../diagnostic.ts";
import type { Base } from "./check_target.ts";
import { read, type Reading, trouble } from "./reading.ts";
import type { Template, TemplatePart } from "./scenario.ts";
import { addLiteral, templateSource } from "./templates.ts";

/** The template as `RequestStep.url` wants it. `base` is null where it is wrong itself: then the origin is not compared. */
export function readUrl(url: Template, base: Base | null): Reading<Template> {
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
    return trouble("Z1607", `${shown} does not begin with "/"; write a path, as in "/items"`);
  }
  if (/^[a-z][a-z0-9+.-]*:/i.test(first)) return readAbsolute(first, rest, base, shown);
  if (first.startsWith("//")) {
    return trouble("Z1607", `${shown} begins with two slashes; begin a path with one`);
  }
  if (!first.startsWith("/")) {
    return trouble("Z1607", `${shown} does not begin with "/"; write "/${first.slice(0, 40)}"`);
  }
  return read(joined(base?.path ?? "", first, rest));
}

function readAbsolute(
  first: string,
  rest: readonly TemplatePart[],
  base: Base | null,
  shown: string,
): Reading<Template> {
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
  if (base !== null && url.origin !== originOf(base)) {
    return trouble(
      "Z1608",
      `${shown} leads to another origin than base, ${
        originOf(base)
      }; one scenario loads one origin, so write a path of it`,
    );
  }
  return read(joined("", path.startsWith("/") ? path : `/${path}`, rest));
}

/** Scheme, host and port as browsers compare them. */
function originOf({ scheme, host, port }: Base): string {
  return new URL(`${scheme}://${host.includes(":") ? `[${host}]` : host}:${port}`).origin;
}

function joined(front: string, path: string, rest: readonly TemplatePart[]): Template {
  const parts: TemplatePart[] = [];
  for (const part of [front, path, ...rest]) {
    if (typeof part === "string") addLiteral(parts, part);
    else parts.push(part);
  }
  return parts;
}
