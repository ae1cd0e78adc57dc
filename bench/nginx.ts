import { freePort } from "../tests/running.ts";
import { pinning } from "./process.ts";

/** A real server to measure against. Stopped by whoever started it. */
export type Nginx = Readonly<{
  port: number;
  url: string;
  /** How many requests it has served by its own count, this question and those before it left out. */
  requests(): Promise<number>;
  stop(): Promise<void>;
}>;

/**
 * nginx with one worker on `core`, answering every request with twelve bytes; no access log. Throws where nginx is
 * not installed.
 */
export async function startNginx(core: number): Promise<Nginx> {
  const folder = await Deno.makeTempDir({ prefix: "z6c-bench-nginx-" });
  const port = freePort();
  await Deno.writeTextFile(
    `${folder}/nginx.conf`,
    `worker_processes 1;
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
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location = /served { stub_status; }
    location / { default_type text/plain; return 200 "hello world\\n"; }
  }
}
`,
  );
  const [program, ...args] = [...pinning(core), "nginx", "-p", folder, "-c", `${folder}/nginx.conf`];
  const child = new Deno.Command(program, { args, stdin: "null", stdout: "null", stderr: "null" }).spawn();
  await answering(port, child);
  let questions = 0;
  return {
    port,
    url: `http://127.0.0.1:${port}/`,
    async requests() {
      const text = await (await fetch(`http://127.0.0.1:${port}/served`)).text();
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
