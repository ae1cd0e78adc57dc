/** `[target]`: where the traffic goes. */
import { quote } from "../diagnostic.ts";
import { type Checking, placeOf, report, section } from "./checking.ts";
import { checkHeaders } from "./check_headers.ts";
import { isTrouble, read, type Reading, trouble } from "./reading.ts";
import type { Target } from "./scenario.ts";
import { targetSchema } from "./schema.ts";

/** Scheme, authority and path of `base`. */
export type Base = Readonly<{
  scheme: "http" | "https";
  host: string;
  port: number;
  /** Without a slash at its end: empty, or `/api`. */
  path: string;
}>;

/** The base is known as soon as it is well-formed itself; the target only when all of it is. */
export function checkTarget(checking: Checking): { base: Base | null; target: Target | null } {
  const basePath = ["target", "base"];
  const baseText = section(checking, targetSchema.shape.base, basePath);
  const reading = baseText === null ? null : readBase(baseText);
  const base = reading === null || isTrouble(reading) ? null : reading.value;
  if (reading !== null && isTrouble(reading)) {
    report(checking, reading.code, basePath, `base ${reading.words}`);
  }

  const headers = checkHeaders(checking, ["target", "headers"]);
  const found = section(checking, targetSchema, ["target"]);
  if (found === null) return { base, target: null };
  if (base === null || headers === null) return { base, target: null };
  const target: Target = {
    place: placeOf(checking, ["target"]),
    scheme: base.scheme,
    host: base.host,
    port: base.port,
    basePlace: placeOf(checking, basePath),
    headers,
    timeoutTicks: found.timeout,
    connections: found.connections,
    transport: found.transport,
  };
  return { base, target };
}

function readBase(text: string): Reading<Base> {
  const wanted = 'write scheme, host and, if need be, port and path, as in "https://shop.test:8443/api"';
  const match = /^(https?):\/\/([^/?#]*)([^?#]*)([?#]?)/i.exec(text);
  if (match === null) return trouble("Z1401", `${quote(text)} is no URL z6c can reach; ${wanted}`);
  const [, scheme = "", authority = "", path = "", behind] = match;
  if (behind !== "") {
    return trouble(
      "Z1402",
      `${quote(text)} has a ${
        behind === "?" ? "query" : "fragment"
      }; put queries into the steps, and fragments nowhere`,
    );
  }
  if (authority.includes("@")) {
    return trouble("Z1402", "holds a user name; send it in an authorization header instead");
  }
  if (/[\p{Cc}\s\\]/u.test(text)) {
    return trouble("Z1401", `${quote(text)} holds a space or a backslash; ${wanted}`);
  }
  const url = URL.parse(`${scheme}://${authority}/`);
  if (url === null || url.port === "0") {
    return trouble("Z1401", `${quote(text)} has no usable host and port; ${wanted}`);
  }
  const isSecure = url.protocol === "https:";
  return read({
    scheme: isSecure ? "https" : "http",
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port === "" ? (isSecure ? 443 : 80) : Number(url.port),
    path: path.replace(/\/+$/, ""),
  });
}
