/** What goes over the wire of the loopback interface, as tshark takes it down and decodes it. */
import { createSocket } from "node:dgram";
import { freePort } from "../running.ts";
import { PeerProcess, programPath } from "./peer_process.ts";

/** Which side of a connection sent something. */
export type Side = "client" | "server";

export type TcpCount = Readonly<{
  connections: number;
  /** Segments with payload, each once, and the bytes of their payload. */
  segments: Readonly<Record<Side, number>>;
  bytes: Readonly<Record<Side, number>>;
}>;

export type Http2Frame = Readonly<{
  from: Side;
  /** RFC 9113 section 6: 0 DATA, 1 HEADERS, 3 RST_STREAM, 4 SETTINGS, 6 PING, 7 GOAWAY, 8 WINDOW_UPDATE … */
  type: number;
  stream: number;
  /** Of the frame's payload. */
  bytes: number;
}>;

export type WebSocketFrame = Readonly<{
  from: Side;
  /** RFC 6455 section 5.2: 0 continuation, 1 text, 2 binary, 8 close, 9 ping, 10 pong. */
  opcode: number;
  bytes: number;
  isMasked: boolean;
}>;

/** A capture that is over. */
export type Captured = Readonly<{
  tcp(): Promise<TcpCount>;
  /** Of connections in clear text. */
  http2Frames(): Promise<readonly Http2Frame[]>;
  webSocketFrames(): Promise<readonly WebSocketFrame[]>;
  /**
   * Any fields that tshark knows: for each packet that `filter` lets through, of each field all that it has there.
   * `asProtocol`, such as `http2`, is what the port is said to speak.
   */
  fields(filter: string, names: readonly string[], asProtocol?: string): Promise<readonly string[][][]>;
}>;

export type Capture = Readonly<{ stop(): Promise<Captured> }> & AsyncDisposable;

/** Takes down what comes and goes at one TCP port, from before this resolves until after `stop` is called. */
export async function startCapture(folder: string, port: number): Promise<Capture> {
  const tshark = programPath("tshark");
  const file = `${folder}/capture_${port}.pcapng`;
  const markPort = freePort();
  const filter = `tcp port ${port} or udp dst port ${markPort}`;
  // A packet's port is printed once it is written: what was sent before a mark is in the file when the mark is printed.
  const printed = ["-P", "-l", "-T", "fields", "-e", "udp.dstport", "-e", "udp.length"];
  const running = new PeerProcess([tshark, "-n", "-i", "lo", "-f", filter, "-w", file, ...printed]);
  await marked(running, markPort, 1);
  const decode = (args: readonly string[]) => output([tshark, "-n", "-r", file, ...args]);
  return {
    stop: async () => {
      await marked(running, markPort, 2);
      await running.stop("SIGINT");
      return captured(port, decode);
    },
    [Symbol.asyncDispose]: () => running.stop("SIGINT"),
  };
}

/** Sends datagrams of `length` bytes until one has been taken down. */
async function marked(running: PeerProcess, port: number, length: number): Promise<void> {
  const socket = createSocket("udp4");
  const line = new RegExp(`^${port}\\t${8 + length}$`, "m");
  try {
    await running.until("tshark takes down a mark", async () => {
      await new Promise((sent) => socket.send(new Uint8Array(length), port, "127.0.0.1", sent));
      return line.test(running.stdout);
    });
  } finally {
    socket.close();
  }
}

function captured(port: number, decode: (args: readonly string[]) => Promise<string>): Captured {
  const fields: Captured["fields"] = async (filter, names, asProtocol) => {
    const text = await decode([
      ...(asProtocol === undefined ? [] : ["-d", `tcp.port==${port},${asProtocol}`]),
      "-Y",
      `tcp.port == ${port} && (${filter})`,
      "-T",
      "fields",
      "-E",
      "separator=/t",
      "-E",
      "aggregator=;",
      ...names.flatMap((name) => ["-e", name]),
    ]);
    return text.split("\n").slice(0, -1).map((line) =>
      line.split("\t").map((all) => all === "" ? [] : all.split(";"))
    );
  };
  const sideOf = ([source]: readonly string[]): Side => Number(source) === port ? "server" : "client";
  return {
    fields,
    async tcp() {
      const rows = await fields("!tcp.analysis.retransmission", ["tcp.srcport", "tcp.len", "tcp.flags.syn"]);
      const segments = { client: 0, server: 0 };
      const bytes = { client: 0, server: 0 };
      let connections = 0;
      for (const [source, [length], [syn]] of rows) {
        const side = sideOf(source);
        if (side === "client" && /^(?:1|True)$/.test(syn)) connections++;
        if (length !== "0") segments[side]++;
        bytes[side] += Number(length);
      }
      return { connections, segments, bytes };
    },
    async http2Frames() {
      const names = ["tcp.srcport", "http2.type", "http2.streamid", "http2.length"];
      return (await fields("http2.type", names, "http2")).flatMap(([source, types, streams, lengths]) =>
        types.map((type, n) => ({
          from: sideOf(source),
          type: Number(type),
          stream: Number(streams[n]),
          bytes: Number(lengths[n]),
        }))
      );
    },
    async webSocketFrames() {
      const names = [
        "tcp.srcport",
        "websocket.opcode",
        "websocket.mask",
        "websocket.payload_length",
        "websocket.payload_length_ext_16",
        "websocket.payload_length_ext_64",
      ];
      const rows = await fields("websocket", names, "http");
      return rows.flatMap(([source, opcodes, masks, lengths, longer, longest]) => {
        const [middle, large] = [longer.values(), longest.values()];
        return opcodes.map((opcode, n) => {
          const short = Number(lengths[n]);
          const bytes = short === 126 ? middle.next().value : short === 127 ? large.next().value : short;
          return {
            from: sideOf(source),
            opcode: Number(opcode),
            bytes: Number(bytes),
            isMasked: /^(?:1|True)$/.test(masks[n]),
          };
        });
      });
    },
  };
}

async function output([program, ...args]: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, { args }).output();
  const text = new TextDecoder();
  if (!success) throw new Error(`tshark: ${text.decode(stderr)}`);
  return text.decode(stdout);
}
