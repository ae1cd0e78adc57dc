/** `[target]`: where the traffic goes. */
import { quote } from "../diagnostic.ts";
import { type Checking, placeOf, report, section } from "./checking.ts";
import { checkTargetCaptures } from "./capture_uses.ts";
import { checkAuth } from "./check_auth.ts";
import { checkHeaders } from "./check_headers.ts";
import { isTrouble, read, type Reading, trouble } from "./reading.ts";
import type { Auth, Target } from "./scenario.ts";
import { targetSchema } from "./schema.ts";

/** Scheme, authority and path of `base`. */
export type Base = Readonly<{
  scheme: "http" | "https";
  host: string;
  port: number;
  /** Without a slash at its end: empty, or `/api`. */
  path: string;
}>;

/** What the target says for steps that do not say it themselves. */
export type StepDefaults = Readonly<{ timeoutTicks: number; redirects: number; auth: Auth | null }>;

export type CheckedTarget = Readonly<{ base: Base | null; target: Target | null; defaults: StepDefaults }>;

/** The base is known as soon as it is well-formed itself; the target only when all of it is. */
export function checkTarget(checking: Checking): CheckedTarget {
  const basePath = ["target", "base"];
  const baseText = section(checking, targetSchema.shape.base, basePath);
  const reading = baseText === null ? null : readBase(baseText);
  const base = reading === null || isTrouble(reading) ? null : reading.value;
  if (reading !== null && isTrouble(reading)) {
    report(checking, reading.code, basePath, `base ${reading.words}`);
  }

  const headers = checkHeaders(checking, ["target", "headers"]);
  const auth = checkAuth(checking, ["target"], headers);
  checkTargetCaptures(checking);
  const found = section(checking, targetSchema, ["target"]);
  const defaults = { timeoutTicks: found?.timeout ?? 0, redirects: found?.redirects ?? 0, auth };
  if (found === null || base === null || headers === null) return { base, target: null, defaults };
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
    cookies: found.cookies,
  };
  return { base, target, defaults };
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
