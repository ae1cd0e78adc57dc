/** `base`: scheme, authority and path that URLs begin with. */
import { quote } from "../diagnostic.ts";
import { read, type Reading, trouble } from "./reading.ts";

/** Scheme, authority and path of `base`. */
export type Base = Readonly<{
  scheme: "http" | "https";
  host: string;
  port: number;
  /** Without a slash at its end: empty, or `/api`. */
  path: string;
}>;

/** Scheme, host and port as browsers compare them. */
export function originOf({ scheme, host, port }: Base): string {
  return new URL(`${scheme}://${host.includes(":") ? `[${host}]` : host}:${port}`).origin;
}

/** Reads the key `base`. */
export function readBase(text: string): Reading<Base> {
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
