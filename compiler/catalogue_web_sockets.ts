/** Codes of WebSockets: 1622 to 1632. */
import type { CatalogueEntry } from "./catalogue_entry.ts";

const STEP = '[[flow]]\nname = "chat"\n[[flow.step]]\nname = "room"\n';
const ROOM = `${STEP}websocket = "/rooms/1"\n`;

/** Repeats, as deep as this. */
function nested(depth: number): string {
  return `${ROOM}exchange = [${"{ repeat = 2, exchange = [".repeat(depth)}{ send = "hi" }${
    "] }".repeat(depth)
  }]`;
}

export const WEB_SOCKET_CODES: readonly CatalogueEntry[] = [
  {
    code: "Z1622",
    title: "key of another kind of step",
    cause:
      "A WebSocket is opened by a GET without a body, which is answered with 101 and without a body; and only on a WebSocket there is an exchange.",
    example: `${ROOM}json = { type = "hello" }
exchange = [{ receive = {} }]`,
    mend: `${ROOM}exchange = [{ send = { json = { type = "hello" } } }, { receive = {} }]`,
  },
  {
    code: "Z1623",
    title: "WebSocket on which nothing is done",
    cause: "exchange says what is done on the WebSocket; to hold it open and listen, let it think.",
    example: `${ROOM}exchange = []`,
    mend: `${ROOM}exchange = [{ think = "1m" }]
[load]
model = "open"
max_vus = 1000
rate = "10/s"
for = "3m"
graceful_stop = "1m"`,
  },
  {
    code: "Z1624",
    title: "action that does nothing, or two things",
    cause: "An action has one of send, receive, ping, close and think, or repeat and exchange.",
    example: `${ROOM}exchange = [{ send = "hello", receive = {} }]`,
    mend: `${ROOM}exchange = [{ send = "hello" }, { receive = {} }]`,
  },
  {
    code: "Z1625",
    title: "key of another action",
    cause:
      "receive may have within and capture, ping and close within, all of them and think a name; repeat stands beside exchange.",
    example: `${ROOM}exchange = [{ send = "hello", within = "1s" }, { receive = {} }]`,
    mend: `${ROOM}exchange = [{ send = "hello" }, { receive = {}, within = "1s" }]`,
  },
  {
    code: "Z1626",
    title: "close that is not the end",
    cause: "A WebSocket is closed once, and nothing can be done on it afterwards.",
    example: `${ROOM}exchange = [{ close = 1000 }, { receive = {} }]`,
    mend: `${ROOM}exchange = [{ receive = {} }, { close = 1000 }]`,
  },
  {
    code: "Z1627",
    title: "code that nobody closes with",
    cause:
      "RFC 6455, section 7.4, and its registry say which codes a client may send: 1000 to 1003, 1007 to 1014, 3000 to 4999. The others stand for what was never sent, or mean nothing yet.",
    example: `${ROOM}exchange = [{ receive = {} }, { close = 1005 }]`,
    mend: `${ROOM}exchange = [{ receive = {} }, { close = 1000 }]`,
  },
  {
    code: "Z1628",
    title: "control frame too long",
    cause: "A ping has up to 125 bytes, the reason of a close up to 123 (RFC 6455, section 5.5).",
    example: `${ROOM}exchange = [{ ping = "${"ping".repeat(32)}" }]`,
    mend: `${ROOM}exchange = [{ ping = "ping" }]`,
  },
  {
    code: "Z1629",
    title: "message that cannot be known",
    cause:
      "A message is known by fixed texts, by what was captured, and by cells of tables; a value that is drawn anew is in no message.",
    example: `${ROOM}exchange = [{ send = "\${uuid}" }, { receive = { contains = "\${uuid}" } }]`,
    mend: `${ROOM}exchange = [{ send = "\${session}" }, { receive = { contains = "\${session}" } }]`,
  },
  {
    code: "Z1630",
    title: "repeats too deep",
    cause: "Repeats of an exchange may stand in repeats, eight deep.",
    example: nested(9),
    mend: nested(8),
  },
  {
    code: "Z1631",
    title: "message of no content or of two",
    cause: "A message is a text, JSON, bytes in base64, or a file.",
    example: `${ROOM}exchange = [{ send = { base64 = "hello!" } }]`,
    mend: `${ROOM}exchange = [{ send = { base64 = "aGVsbG8=" } }]`,
  },
  {
    code: "Z1632",
    title: "subprotocols of no form",
    cause: "sec-websocket-protocol lists names without spaces, each once (RFC 6455, section 4.1).",
    example: `${ROOM}headers = { sec-websocket-protocol = "chat v2" }
exchange = [{ receive = {} }]`,
    mend: `${ROOM}headers = { sec-websocket-protocol = "chat.v2, chat.v1" }
exchange = [{ receive = {} }]`,
  },
];
