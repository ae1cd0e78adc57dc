/**
 * The npm `ws` server, as a program: `ws_server.ts`. It prints its port, and at SIGTERM, what it has seen.
 * Its paths: `/echo`; `/pieces` echoes in fragments of 1,000 bytes; `/push?count=3` sends by itself;
 * `/close?code=4001`; `/ping` pings until it is answered, then says so; `/silent` only listens; `/vanish` ends the
 * connection without a close frame; `/deflate` says that it compresses, whether or not it was asked to.
 */
// deno-lint-ignore-file no-explicit-any -- ws has no types of its own
import { WebSocketServer } from "ws";

const seen = {
  connections: 0,
  messages: 0,
  bytes: 0,
  pings: 0,
  pongs: 0,
  closes: {} as Record<string, number>,
  reasons: {} as Record<string, number>,
  /** Connections that asked for extensions. */
  extensions: 0,
};
/** Of a message that is echoed in pieces. */
const PIECE_BYTES = 1000;

const server = new WebSocketServer({
  host: "127.0.0.1",
  port: 0,
  // Offered to whoever asks for it, as real servers do.
  perMessageDeflate: true,
  handleProtocols: (offered: Set<string>) => offered.has("chat.v2") ? "chat.v2" : false,
});
server.on("headers", (headers: string[], request: any) => {
  if (request.url === "/deflate") headers.push("sec-websocket-extensions: permessage-deflate");
});
server.on("connection", (socket: any, request: any) => {
  seen.connections++;
  socket.on("ping", () => seen.pings++);
  socket.on("pong", () => seen.pongs++);
  socket.on("error", () => {});
  if (request.headers["sec-websocket-extensions"] !== undefined) seen.extensions++;
  socket.on("close", (code: number, reason: unknown) => {
    seen.closes[code] = (seen.closes[code] ?? 0) + 1;
    seen.reasons[String(reason)] = (seen.reasons[String(reason)] ?? 0) + 1;
  });
  socket.on("message", (data: Uint8Array, isBinary: boolean) => {
    seen.messages++;
    seen.bytes += data.length;
    if (path === "/echo") socket.send(data, { binary: isBinary });
    if (path === "/pieces") sendPieces(socket, data, isBinary);
  });
  const { pathname: path, searchParams } = new URL(request.url, "http://localhost");
  switch (path) {
    case "/push":
      for (let n = 0; n < Number(searchParams.get("count") ?? 3); n++) socket.send(JSON.stringify({ n }));
      break;
    case "/close":
      socket.close(Number(searchParams.get("code") ?? 1000), "asked for");
      break;
    case "/ping":
      socket.on("pong", () => socket.send("pong came"));
      socket.ping("are you there?");
      break;
    case "/vanish":
      socket.terminate();
      break;
  }
});
function sendPieces(socket: any, data: Uint8Array, isBinary: boolean): void {
  for (let at = 0; at === 0 || at < data.length; at += PIECE_BYTES) {
    socket.send(data.subarray(at, at + PIECE_BYTES), {
      binary: isBinary,
      fin: at + PIECE_BYTES >= data.length,
    });
  }
}

server.on("listening", () => console.log(server.address().port));

await new Promise<void>((asked) => Deno.addSignalListener("SIGTERM", asked));
for (const socket of server.clients) socket.terminate();
server.close(() => {
  console.log(JSON.stringify(seen));
  Deno.exit();
});
