import assert from "node:assert/strict";
import { octetsOf } from "./octets.ts";
import { acceptOf, askedUpgrade, upgradeFault } from "./websocket_handshake.ts";

const KEY = "dGhlIHNhbXBsZSBub25jZQ==";
const ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

const REQUEST = octetsOf(
  "GET /chat HTTP/1.1\r\nHost: server.example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
    `Sec-WebSocket-Key: ${KEY}\r\nSec-WebSocket-Protocol: chat, superchat\r\n` +
    "Sec-WebSocket-Version: 13\r\nsec-websocket-protocol: third\r\n\r\n",
);

const GRANTED = [
  "HTTP/1.1 101 Switching Protocols",
  "Upgrade: websocket",
  "Connection: Upgrade",
  `Sec-WebSocket-Accept: ${ACCEPT}`,
  "Sec-WebSocket-Protocol: chat",
];

/** The example of RFC 6455 section 1.3, one line of it changed: `""` leaves it out. */
function response(line = -1, changed = ""): Uint8Array {
  const lines = GRANTED.map((text, i) => i === line ? changed : text).filter((text) => text !== "");
  return octetsOf(lines.join("\r\n") + "\r\n\r\n");
}

Deno.test("handshake: the example of RFC 6455", () => {
  assert.equal(acceptOf(KEY), ACCEPT);
  assert.deepEqual(askedUpgrade(REQUEST), { accept: ACCEPT, protocols: ["chat", "superchat", "third"] });
  assert.equal(upgradeFault(response(), askedUpgrade(REQUEST)), "");
});

const ALLOWED: readonly (readonly [string, number, string])[] = [
  ["another reason", 0, "HTTP/1.1 101 Web Socket Protocol Handshake"],
  ["no reason", 0, "HTTP/1.1 101 "],
  ["upgrade in capitals", 1, "UPGRADE: WebSocket"],
  ["several options of connection", 2, "Connection: keep-alive, upgrade"],
  ["options in two fields", 2, "Connection: keep-alive\r\nConnection: Upgrade"],
  ["no subprotocol", 4, ""],
  ["another subprotocol", 4, "Sec-WebSocket-Protocol: superchat"],
  ["an empty list of extensions", 4, "Sec-WebSocket-Extensions: "],
];
for (const [name, line, changed] of ALLOWED) {
  Deno.test(`handshake: granted with ${name}`, () => {
    assert.equal(upgradeFault(response(line, changed), askedUpgrade(REQUEST)), "");
  });
}

const REFUSED: readonly (readonly [string, number, string, RegExp])[] = [
  ["another status", 0, "HTTP/1.1 200 OK", /^status 200 in place of 101$/],
  ["no status", 0, "HTTP/1.1", /^status \? in place/],
  ["no upgrade", 1, "", /^upgrade/],
  ["another upgrade", 1, "Upgrade: h2c", /^upgrade/],
  ["two upgrades", 1, "Upgrade: websocket, h2c", /^upgrade/],
  ["a longer word", 1, "Upgrade: websockets", /^upgrade/],
  ["no connection", 2, "", /^connection/],
  ["another connection", 2, "Connection: keep-alive", /^connection/],
  ["no accept", 3, "", /^sec-websocket-accept/],
  ["the key as accept", 3, `Sec-WebSocket-Accept: ${KEY}`, /^sec-websocket-accept/],
  ["accept in other case", 3, `Sec-WebSocket-Accept: ${ACCEPT.toUpperCase()}`, /^sec-websocket-accept/],
  [
    "two accepts",
    3,
    `Sec-WebSocket-Accept: ${ACCEPT}\r\nSec-WebSocket-Accept: ${ACCEPT}`,
    /^sec-websocket-accept/,
  ],
  // Cases 12.* and 13.* of the Autobahn test suite: compression that nobody asked for.
  ["compression", 4, "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits", /deflate/],
  ["another subprotocol", 4, "Sec-WebSocket-Protocol: Chat", /Chat$/],
  ["all subprotocols", 4, "Sec-WebSocket-Protocol: chat, superchat", /chat, superchat$/],
  ["two subprotocols", 4, `${GRANTED[4]}\r\n${GRANTED[4]}`, /more than once/],
];
for (const [name, line, changed, fault] of REFUSED) {
  Deno.test(`handshake: refused with ${name}`, () => {
    assert.match(upgradeFault(response(line, changed), askedUpgrade(REQUEST)), fault);
  });
}

Deno.test("handshake: a subprotocol, where none was asked for, is refused", () => {
  const asked = { accept: ACCEPT, protocols: [] };
  assert.match(upgradeFault(response(), asked), /^sec-websocket-protocol was not asked for: chat$/);
});
