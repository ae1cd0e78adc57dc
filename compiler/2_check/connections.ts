/** `per-vu`, `shared:64` → who owns a connection. */
import { quote } from "../diagnostic.ts";
import { readCount } from "./quantities.ts";
import { isTrouble, read, type Reading, trouble } from "./reading.ts";
import type { Connections } from "./scenario.ts";

const MOST_SHARED = 1_000_000;

export function readConnections(text: string): Reading<Connections> {
  if (text === "per-vu" || text === "per-session" || text === "per-request") return read({ kind: text });
  const wanted = 'write "per-vu", "per-session", "per-request", or "shared:64" for 64 that all share';
  if (!text.startsWith("shared:")) {
    return trouble("Z1406", `${quote(text)} is no way to own connections; ${wanted}`);
  }
  const size = readCount(text.slice("shared:".length));
  if (isTrouble(size)) return trouble("Z1406", `${quote(text)} does not say how many; ${wanted}`);
  if (size.value < 1 || size.value > MOST_SHARED) {
    return trouble("Z1406", `${quote(text)} is out of bounds; share from 1 to 1,000,000 connections`);
  }
  return read({ kind: "shared", size: size.value });
}
