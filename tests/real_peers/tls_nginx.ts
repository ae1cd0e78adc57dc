/** nginx with TLS, HTTP/2 and client certificates, one server for each kind of certificate. */
import { CERTIFICATE_KINDS, type CertificateKind, type CertificateSet } from "./certificates.ts";
import { PeerProcess, programPath } from "./peer_process.ts";

/** `clientRequired`: answers 400 without a certificate of `ca`; `tls12`: that version alone; `clear`: HTTP/2 without TLS. */
export type NginxServer = CertificateKind | "clientRequired" | "tls12" | "http1" | "clear";

export type TlsNginxOptions = Readonly<{
  certificates: CertificateSet;
  /** Then the connection ends: by GOAWAY in HTTP/2. */
  requestsPerConnection?: number;
  concurrentStreams?: number;
  /** Connections without requests end then: by GOAWAY in HTTP/2. */
  idleMs?: number;
  /** `/practice.Shop/…` goes to the gRPC server on this port. */
  grpcPort?: number;
  /** `/ws/…` goes to the server of WebSockets or of events on this port, without the `/ws`, and what it sends at once to the client. */
  webSocketPort?: number;
}>;

/** One request as nginx logged it. */
export type NginxRequest = Readonly<{
  connection: number;
  requestOfConnection: number;
  status: number;
  /** `HTTP/2.0`. */
  protocol: string;
  /** `TLSv1.3`; `-` without. */
  tls: string;
  isSessionReused: boolean;
  /** `SUCCESS`, `NONE` or `FAILED:…`. */
  clientVerified: string;
  path: string;
  bodyBytes: number;
}>;

export type TlsNginx =
  & Readonly<{
    /** `https://localhost:PORT` of each. */
    url(server: NginxServer): string;
    port(server: NginxServer): number;
    /** Lines are complete once their requests are over. */
    log(): NginxRequest[];
    stop(): Promise<void>;
  }>
  & AsyncDisposable;

/** Bytes of `/large`. */
export const LARGE_BYTES = 1024 * 1024;

/** nginx in one process in `folder`. `/` says hello, `/large` is long, anything else is not found. */
export async function startTlsNginx(folder: string, options: TlsNginxOptions): Promise<TlsNginx> {
  const names: readonly NginxServer[] = [...CERTIFICATE_KINDS, "clientRequired", "tls12", "http1", "clear"];
  const free = freePorts(names.length);
  const ports = new Map(names.map((name, n) => [name, free[n]]));
  const port = (name: NginxServer) => ports.get(name) ?? 0;
  const logFile = `${folder}/tls_access.log`;
  Deno.writeFileSync(`${folder}/large`, new Uint8Array(LARGE_BYTES).fill(0x61));
  const servers = names.map((name) => serverBlock(name, port(name), folder, options));
  await Deno.writeTextFile(`${folder}/tls_nginx.conf`, configuration(folder, logFile, options, servers));
  const program = programPath("nginx");
  const running = new PeerProcess([program, "-p", folder, "-c", `${folder}/tls_nginx.conf`], folder);
  await running.listensOn(port("clear"));
  return {
    url: (name) => `${name === "clear" ? "http" : "https"}://localhost:${port(name)}`,
    port,
    log: () => Deno.readTextFileSync(logFile).split("\n").slice(0, -1).map(loggedRequest),
    stop: () => running.stop(),
    [Symbol.asyncDispose]: () => running.stop(),
  };
}

/** All held at once, so that none is found twice. */
function freePorts(count: number): number[] {
  const listeners = Array.from({ length: count }, () => Deno.listen({ hostname: "127.0.0.1", port: 0 }));
  const ports = listeners.map(({ addr }) => addr.port);
  for (const listener of listeners) listener.close();
  return ports;
}

function configuration(
  folder: string,
  logFile: string,
  { requestsPerConnection = 1000, concurrentStreams = 128, idleMs = 75_000 }: TlsNginxOptions,
  servers: readonly string[],
): string {
  return `master_process off;
daemon off;
pid ${folder}/tls_nginx.pid;
error_log ${folder}/tls_error.log;
events { worker_connections 4096; }
http {
  log_format counted '$connection $connection_requests $status $server_protocol "$ssl_protocol" "$ssl_session_reused"'
    ' "$ssl_client_verify" $body_bytes_sent $request_uri';
  access_log ${logFile} counted;
  client_body_temp_path ${folder}; proxy_temp_path ${folder}; fastcgi_temp_path ${folder};
  uwsgi_temp_path ${folder}; scgi_temp_path ${folder};
  keepalive_requests ${requestsPerConnection};
  keepalive_timeout ${idleMs}ms;
  http2_max_concurrent_streams ${concurrentStreams};
  default_type text/plain;
${servers.join("")}}
`;
}

function serverBlock(
  name: NginxServer,
  port: number,
  folder: string,
  { certificates, grpcPort, webSocketPort }: TlsNginxOptions,
): string {
  const kind = CERTIFICATE_KINDS.find((kind) => kind === name) ?? "good";
  const { cert, key } = certificates.server[kind];
  const listen = name === "clear" ? "http2" : name === "http1" ? "ssl" : "ssl http2";
  const tls = name === "clear" ? "" : `ssl_certificate ${cert}; ssl_certificate_key ${key};
    ssl_protocols TLSv1.2${name === "tls12" ? "" : " TLSv1.3"}; ssl_session_cache shared:${name}:1m;`;
  const client = name === "clientRequired"
    ? `ssl_client_certificate ${certificates.ca}; ssl_verify_client on;`
    : "";
  const grpc = grpcPort === undefined
    ? ""
    : `location /practice.Shop/ { grpc_pass grpc://127.0.0.1:${grpcPort}; }`;
  const sockets = webSocketPort === undefined ? "" : `location /ws/ {
      proxy_pass http://127.0.0.1:${webSocketPort}/; proxy_http_version 1.1;
      proxy_set_header upgrade $http_upgrade; proxy_set_header connection upgrade;
      proxy_buffering off;
    }`;
  return `  server {
    listen 127.0.0.1:${port} ${listen} backlog=1024;
    ${tls} ${client}
    location = / { return 200 "hello world\\n"; }
    location = /large { root ${folder}; }
    location / { return 404; }
    ${grpc}
    ${sockets}
  }
`;
}

function loggedRequest(line: string): NginxRequest {
  const [, connection, request, status, protocol, tls, reused, verified, bytes, path] =
    /^(\d+) (\d+) (\d+) (\S+) "(.*?)" "(.*?)" "(.*?)" (\d+) (\S+)$/.exec(line) ?? [];
  if (path === undefined) throw new Error(`no line of the log: ${line}`);
  return {
    connection: Number(connection),
    requestOfConnection: Number(request),
    status: Number(status),
    protocol,
    tls,
    isSessionReused: reused === "r",
    clientVerified: verified,
    path,
    bodyBytes: Number(bytes),
  };
}
