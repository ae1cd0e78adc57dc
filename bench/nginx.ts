import { issueCertificate, makeAuthority } from "../cli/practice_certificates.ts";
import { freePort } from "../tests/running.ts";
import type { CountingServer } from "./counting_server.ts";
import { pinning } from "./process.ts";

/** What it speaks: plain HTTP/1.1 unless told otherwise. */
export type NginxOptions = Readonly<{ isSecure?: boolean; isHttp2?: boolean }>;

/** At `/` connections stay open. */
export type Nginx =
  & CountingServer
  & Readonly<{
    /** It closes the connection behind each answer; HTTP/1.1. */
    closingUrl: string;
    /** Who vouches for it: a file of PEM. Null without TLS. */
    ca: string | null;
  }>;

/**
 * nginx with one worker on `core`, answering every request with twelve bytes; no access log. With TLS it is 1.3 alone,
 * with a certificate of its own of the curve P-256; sessions cannot be resumed, so that every handshake is a whole one.
 * Throws where nginx is not installed.
 */
export async function startNginx(core: number, options: NginxOptions = {}): Promise<Nginx> {
  const folder = await Deno.makeTempDir({ prefix: "z6c-bench-nginx-" });
  const [port, countPort] = [freePort(), freePort()];
  if (options.isSecure === true) await writeCertificates(folder);
  await Deno.writeTextFile(`${folder}/nginx.conf`, configuration(folder, port, countPort, options));
  const [program, ...args] = [...pinning(core), "nginx", "-p", folder, "-c", `${folder}/nginx.conf`];
  const child = new Deno.Command(program, { args, stdin: "null", stdout: "null", stderr: "null" }).spawn();
  await answering(countPort, child);
  const url = `${options.isSecure === true ? "https" : "http"}://127.0.0.1:${port}/`;
  let questions = 0;
  return {
    port,
    url,
    closingUrl: `${url}closing`,
    ca: options.isSecure === true ? `${folder}/ca.pem` : null,
    async served() {
      const text = await (await fetch(`http://127.0.0.1:${countPort}/`)).text();
      const served = Number(/^ \d+ \d+ (\d+)/m.exec(text)?.[1]);
      if (Number.isNaN(served)) throw new Error("nginx has no stub_status");
      return served - ++questions;
    },
    async stop() {
      child.kill("SIGTERM");
      await child.status;
      await Deno.remove(folder, { recursive: true });
    },
  };
}

function configuration(
  folder: string,
  port: number,
  countPort: number,
  { isSecure = false, isHttp2 = false }: NginxOptions,
): string {
  const kinds = `${isSecure ? " ssl" : ""}${isHttp2 ? " http2" : ""}`;
  const tls = isSecure
    ? `ssl_certificate ${folder}/server.pem; ssl_certificate_key ${folder}/server.key;
    ssl_protocols TLSv1.3; ssl_session_cache off; ssl_session_tickets off;`
    : "";
  return `worker_processes 1;
daemon off;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log;
events { worker_connections 16384; }
http {
  access_log off;
  keepalive_requests 1000000000;
  keepalive_timeout 600s;
  client_body_temp_path ${folder}; proxy_temp_path ${folder}; fastcgi_temp_path ${folder};
  uwsgi_temp_path ${folder}; scgi_temp_path ${folder};
  default_type text/plain;
  server {
    listen 127.0.0.1:${port}${kinds} backlog=4096;
    ${tls}
    location / { return 200 "hello world\\n"; }
    location = /closing { keepalive_timeout 0; return 200 "hello world\\n"; }
  }
  server {
    listen 127.0.0.1:${countPort};
    location / { stub_status; }
  }
}
`;
}

async function writeCertificates(folder: string): Promise<void> {
  const authority = makeAuthority("z6c bench");
  const own = issueCertificate(authority, { name: "nginx of z6c bench", hosts: ["127.0.0.1"] });
  await Deno.writeTextFile(`${folder}/ca.pem`, authority.certificatePem);
  await Deno.writeTextFile(`${folder}/server.pem`, own.certificatePem);
  await Deno.writeTextFile(`${folder}/server.key`, own.keyPem, { mode: 0o600 });
}

/** Waits until something listens on the port. */
async function answering(port: number, child: Deno.ChildProcess): Promise<void> {
  let ended = false;
  child.status.then(() => ended = true);
  const deadline = performance.now() + 10_000;
  while (performance.now() < deadline && !ended) {
    try {
      (await Deno.connect({ hostname: "127.0.0.1", port })).close();
      return;
    } catch (cause) {
      if (!(cause instanceof Deno.errors.ConnectionRefused)) throw cause;
    }
  }
  throw new Error("nginx does not start; is it installed (apt-get install nginx-light)?");
}
