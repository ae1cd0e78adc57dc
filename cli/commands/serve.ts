import { cannotWrite } from "../../runtime/out_folder.ts";
import { EXIT } from "../../runtime/reduce/exit_codes.ts";
import { UserError } from "../../runtime/user_error.ts";
import type { Certificate } from "../practice_certificates.ts";
import type { PracticeGrpc } from "../practice_grpc.ts";
import { PRACTICE_PATHS } from "../practice_paths.ts";
import { PRACTICE_HEADERS, type PracticeServer, startPracticeServer } from "../practice_server.ts";
import { readTrouble, type Trouble } from "../practice_trouble.ts";
import { Unreadable } from "../practice_wish.ts";

/** Of `practice.Shop`, for people. */
const GRPC_METHODS = [
  { shown: "practice.Shop/Login", does: "user and password (any but `wrong`): a token" },
  { shown: "practice.Shop/GetItem", does: "item 7, always the same; checks a token where one comes" },
  { shown: "practice.Shop/Watch", does: "prices of an item, message by message" },
] as const;

/** As they stand on the command line. */
export type ServeOptions = Readonly<{
  port: string;
  host: string;
  seed: string;
  quiet: boolean;
  tls?: boolean;
  /** The next port where it is not given; asks for TLS where it is. */
  tlsPort?: string;
  grpc?: boolean;
  /** The one after that, and the next one for gRPC with TLS; asks for gRPC where it is given. */
  grpcPort?: string;
  /** `12s..17s`, or `/echo 12s..17s`. */
  trouble?: string;
  /** Where the certificate goes that clients are to trust. */
  caOut: string;
}>;

type Stoppable = Readonly<{ stop(): Promise<void> }>;
type Secure = Readonly<{ port: number; certificate: Certificate }>;

/** Serves until Ctrl-C or a request to end. The first lines say where, for people and programs alike. */
export async function serve(options: ServeOptions): Promise<number> {
  const isSecure = options.tls === true || options.tlsPort !== undefined;
  const certificate = isSecure ? await practiceCertificate(options) : null;
  const started: Stoppable[] = [];
  try {
    const server = startHttp(options, certificate);
    started.push(server);
    const lines = [
      server.url,
      ...(server.tlsUrl === null ? [] : [`${server.tlsUrl} (trust ${options.caOut})`]),
    ];
    if (options.grpc === true || options.grpcPort !== undefined) {
      const { url, tlsUrl, stop } = await startGrpc(options, certificate, server.port);
      started.push({ stop });
      lines.push(`${url} (gRPC)`);
      if (tlsUrl !== null) lines.push(`${tlsUrl} (gRPC, trust ${options.caOut})`);
    }
    console.log(lines.map((line) => `listening on ${line}`).join("\n"));
    if (!options.quiet && Deno.stdout.isTerminal()) console.log(`\n${practiceTable()}\n\nCtrl-C ends it.`);
    await askedToEnd();
  } finally {
    for (const { stop } of started) await stop();
  }
  return EXIT.passed;
}

/** What the practice server offers, one line each. */
export function practiceTable(): string {
  const rows = [...PRACTICE_PATHS.values(), ...PRACTICE_HEADERS, ...GRPC_METHODS];
  const width = Math.max(...rows.map(({ shown }) => shown.length));
  const line = ({ shown, does }: { shown: string; does: string }) => `  ${shown.padEnd(width)}  ${does}`;
  const lines = (rows: Iterable<{ shown: string; does: string }>) => [...rows].map(line).join("\n");
  return `Paths, by HTTP/1.1 and HTTP/2:
${lines(PRACTICE_PATHS.values())}
Request headers, on any path:
${lines(PRACTICE_HEADERS)}
gRPC, with --grpc, as scenarios/practice.proto describes it:
${lines(GRPC_METHODS)}`;
}

function startHttp(options: ServeOptions, certificate: Certificate | null): PracticeServer {
  const { host } = options;
  const port = portOf("--port", options.port);
  const seed = seedOf(options);
  const trouble = troubleOf(options);
  const tls = secure(certificate, () => besidePort("--tls-port", options.tlsPort, port, 1));
  try {
    return startPracticeServer({ port, host, seed, ...tls, ...trouble });
  } catch (cause) {
    throw cannotListen(cause, host, tls.tls === undefined ? [port] : [port, tls.tls.port]);
  }
}

/** `httpPort` is where the rest listens. */
async function startGrpc(
  options: ServeOptions,
  certificate: Certificate | null,
  httpPort: number,
): Promise<PracticeGrpc> {
  const { host } = options;
  const isAnyFree = options.port === "0" && options.grpcPort === undefined;
  const port = isAnyFree ? 0 : besidePort("--grpc-port", options.grpcPort, httpPort, 2);
  const seed = seedOf(options);
  const tls = secure(certificate, () => besidePort("--grpc-port", undefined, port, 1));
  const { startPracticeGrpc } = await import("../practice_grpc.ts");
  try {
    return await startPracticeGrpc({ port, host, seed, ...tls });
  } catch (cause) {
    throw cannotListen(cause, host, tls.tls === undefined ? [port] : [port, tls.tls.port]);
  }
}

/** Throws `UserError` where the authority's certificate cannot be written. */
async function practiceCertificate({ host, caOut }: ServeOptions): Promise<Certificate> {
  const { issueCertificate, makeAuthority } = await import("../practice_certificates.ts");
  const authority = makeAuthority("z6c practice");
  try {
    Deno.writeTextFileSync(caOut, authority.certificatePem);
  } catch (cause) {
    throw cannotWrite(caOut, cause);
  }
  const hosts = new Set(["localhost", "127.0.0.1", ...(host.includes(":") ? [] : [host])]);
  return issueCertificate(authority, { name: "z6c practice server", hosts: [...hosts] });
}

function secure(certificate: Certificate | null, port: () => number): { tls?: Secure } {
  return certificate === null ? {} : { tls: { port: port(), certificate } };
}

/** What cannot be listened on, with the way out. */
function cannotListen(cause: unknown, host: string, ports: readonly number[]): UserError {
  const where = `cannot listen on ${ports.map((port) => `${host}:${port}`).join(" and ")}`;
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  if (cause instanceof Deno.errors.AddrInUse || code === "EADDRINUSE") {
    const wayOut = "choose another with --port, or any free one with --port 0";
    return new UserError(`${where}: another program listens there; ${wayOut}`, EXIT.error);
  }
  if (cause instanceof Deno.errors.PermissionDenied || code === "EACCES") {
    return new UserError(
      `${where}: the system does not allow that port; choose one from 1024 up with --port`,
      EXIT.error,
    );
  }
  const words = cause instanceof Error ? cause.message : cause;
  return new UserError(`${where}: ${words}; --host wants an address of this machine`, EXIT.error);
}

/** As given, or `offset` ports on; any free one beside any free one. */
function besidePort(flag: string, given: string | undefined, port: number, offset: number): number {
  return portOf(flag, given ?? String(port === 0 ? 0 : port + offset));
}

function portOf(flag: string, text: string): number {
  return numberIn(flag, text, 65_535);
}

function troubleOf({ trouble }: ServeOptions): { trouble?: Trouble } {
  if (trouble === undefined) return {};
  try {
    return { trouble: readTrouble(trouble) };
  } catch (cause) {
    if (!(cause instanceof Unreadable)) throw cause;
    throw new UserError(`--trouble: ${cause.message}`, EXIT.badInput);
  }
}

function seedOf({ seed }: ServeOptions): number {
  return numberIn("--seed", seed, Number.MAX_SAFE_INTEGER);
}

function numberIn(flag: string, text: string, most: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > most) {
    throw new UserError(
      `${flag} ${JSON.stringify(text)} is no whole number from 0 to ${most}`,
      EXIT.badInput,
    );
  }
  return value;
}

/** Resolves at Ctrl-C, or where the system asks the program to end. */
function askedToEnd(): Promise<void> {
  const signals: Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM"];
  return new Promise((resolve) => {
    const end = () => {
      for (const signal of signals) Deno.removeSignalListener(signal, end);
      resolve();
    };
    for (const signal of signals) Deno.addSignalListener(signal, end);
  });
}
