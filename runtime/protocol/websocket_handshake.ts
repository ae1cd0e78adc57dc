/** Opening a WebSocket (RFC 6455 section 4): what a request asks for, and whether a response grants it. */
import { type Field, readFields } from "./http1_fields.ts";
import { octetsOf } from "./octets.ts";
import { sha1 } from "./sha1.ts";

/** What a response to an upgrade request may say. */
export type Upgrade = Readonly<{
  /** The `sec-websocket-accept` that proves that the server has read the request. */
  accept: string;
  /** The subprotocols asked for. */
  protocols: readonly string[];
}>;

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** What answers this `sec-websocket-key` (section 4.2.2, step 5.4). */
export function acceptOf(key: string): string {
  return btoa(String.fromCharCode(...sha1(octetsOf(key + GUID))));
}

/** What the request whose bytes these are asks for. */
export function askedUpgrade(request: Uint8Array): Upgrade {
  const fields = readFields(request);
  return {
    accept: acceptOf(valuesOf(fields, "sec-websocket-key")[0] ?? ""),
    protocols: elementsOf(fields, "sec-websocket-protocol"),
  };
}

/**
 * Why a response is not the one that opens a WebSocket (section 4.1): in words, or empty where it is. `head`: from its
 * status line to its empty line. No extension is ever asked for.
 */
export function upgradeFault(head: Uint8Array, asked: Upgrade): string {
  const status = /^HTTP\/1\.\d (\d{3})/.exec(new TextDecoder("latin1").decode(head.subarray(0, 12)))?.[1];
  if (status !== "101") return `status ${status ?? "?"} in place of 101`;
  const fields = readFields(head);
  const upgrade = elementsOf(fields, "upgrade");
  if (upgrade.length !== 1 || upgrade[0].toLowerCase() !== "websocket") return "upgrade is not websocket";
  const isUpgrade = (option: string) => option.toLowerCase() === "upgrade";
  if (!elementsOf(fields, "connection").some(isUpgrade)) return "connection is not upgrade";
  const accept = valuesOf(fields, "sec-websocket-accept");
  if (accept.length !== 1 || accept[0] !== asked.accept) {
    return "sec-websocket-accept does not answer sec-websocket-key";
  }
  const [extension] = elementsOf(fields, "sec-websocket-extensions");
  if (extension !== undefined) return `sec-websocket-extensions was not asked for: ${extension}`;
  return protocolFault(valuesOf(fields, "sec-websocket-protocol"), asked.protocols);
}

/** A server chooses one of the subprotocols, or none. */
function protocolFault(chosen: readonly string[], asked: readonly string[]): string {
  if (chosen.length > 1) return "sec-websocket-protocol comes more than once";
  if (chosen.length === 0 || asked.includes(chosen[0])) return "";
  return `sec-websocket-protocol was not asked for: ${chosen[0]}`;
}

function valuesOf(fields: readonly Field[], name: string): string[] {
  return fields.filter(([of]) => of === name).map(([, value]) => value);
}

/** Of the lists that all fields of this name make together. */
function elementsOf(fields: readonly Field[], name: string): string[] {
  const elements = valuesOf(fields, name).flatMap((value) => value.split(","));
  return elements.map((element) => element.trim()).filter((element) => element !== "");
}
