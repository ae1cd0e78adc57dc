/**
 * The npm servers `ws` and grpc-js: programs of a project of their own (`npm/`), so that z6c does not come to need what
 * only its tests do. Its empty `workspace` says that it is no member of z6c's.
 */
import { fileURLToPath } from "node:url";
import { PeerProcess } from "./peer_process.ts";

/** What the `ws` server has seen. */
export type WebSocketsSeen = Readonly<{
  connections: number;
  /** Of clients. */
  messages: number;
  /** Of their payload. */
  bytes: number;
  pings: number;
  pongs: number;
  /** How many connections ended with a code; 1006 without one. */
  closes: Readonly<Record<string, number>>;
  /** How many of them ended with a reason; with an empty one, where there was none. */
  reasons: Readonly<Record<string, number>>;
  /** Connections that asked for extensions. */
  extensions: number;
}>;

/** What the grpc-js server has seen. */
export type GrpcSeen = Readonly<{
  calls: number;
  /** Sent by Watch. */
  messages: number;
  /** Of Watch: by the client, or its deadline. */
  cancelled: number;
  /** Of GetItem, where there is any. */
  metadata: readonly Readonly<Record<string, string>>[];
}>;

/** A server that tells at its end what it has seen. */
export type SeeingServer<Seen> =
  & Readonly<{
    port: number;
    /** Of 127.0.0.1, without a scheme. */
    address: string;
    stop(): Promise<Seen>;
  }>
  & AsyncDisposable;

/** Where the programs lie; `deno check` and `lint` of the checkout leave them to a test of their own. */
export const NPM_FOLDER = fileURLToPath(new URL("./npm", import.meta.url));

const PROTO = fileURLToPath(new URL("../../scenarios/practice.proto", import.meta.url));

/** The server of npm's `ws`; the program's docstring lists its paths. */
export function startWebSocketServer(): Promise<SeeingServer<WebSocketsSeen>> {
  return startSeeing(["ws_server.ts"]);
}

/** The server of grpc-js, of `practice.Shop`; the program's docstring tells of its items. */
export function startGrpcServer(): Promise<SeeingServer<GrpcSeen>> {
  return startSeeing(["grpc_server.ts", PROTO]);
}

async function startSeeing<Seen>(args: readonly string[]): Promise<SeeingServer<Seen>> {
  const running = new PeerProcess(command(args));
  const port = await running.printedPort();
  return {
    port,
    address: `127.0.0.1:${port}`,
    stop: async () => {
      await running.stop();
      const [, seen] = running.stdout.trimEnd().split("\n");
      if (seen === undefined) throw new Error(`it does not say what it has seen: ${running.stderr}`);
      return JSON.parse(seen);
    },
    [Symbol.asyncDispose]: () => running.stop(),
  };
}

function command([file, ...args]: readonly string[]): readonly string[] {
  return [
    Deno.execPath(),
    "run",
    "-A",
    "--quiet",
    "--config",
    `${NPM_FOLDER}/deno.json`,
    `${NPM_FOLDER}/${file}`,
    ...args,
  ];
}
