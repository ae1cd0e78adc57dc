/** A real server whose access log is a second, independent count of what was sent. */
import { freePort, start, until } from "./running.ts";

const PROGRAM = "/usr/sbin/nginx";

/** Whether nginx is installed; says so where it is not. */
export function hasNginx(): boolean {
  try {
    return Deno.statSync(PROGRAM).isFile;
  } catch {
    console.log(`tests against nginx are skipped: there is no ${PROGRAM} (apt-get install nginx-light)`);
    return false;
  }
}

/** One request as nginx logged it. */
export type LoggedRequest = Readonly<{
  /** Serial number of the connection. */
  connection: number;
  /** How many requests the connection had carried, this one included. */
  requestOfConnection: number;
  /** 499: the client closed the connection before it was answered. */
  status: number;
  path: string;
}>;

export type Nginx = Readonly<{
  url: string;
  log(): LoggedRequest[];
  /** Ends at once, without a word to its clients. */
  kill(): void;
  stop(): Promise<void>;
}>;

/**
 * nginx in one process in `folder`. `/` answers at once, and `/held` when the server on `heldPort` does. The log is
 * not buffered: its lines are whole even when the process is killed. `keepalive_requests` is nginx's own, 1000.
 */
export async function startNginx(folder: string, heldPort = 9): Promise<Nginx> {
  const port = freePort();
  const logFile = `${folder}/access.log`;
  await Deno.writeTextFile(`${folder}/nginx.conf`, configuration(folder, port, logFile, heldPort));
  const child = start([PROGRAM, "-p", folder, "-c", `${folder}/nginx.conf`], { cwd: folder });
  let over = false;
  child.ended.then(() => over = true);
  await until("nginx listens", async () => {
    if (over) throw new Error(`nginx does not start: ${(await child.ended).stderr}`);
    return await listens(port);
  });
  return {
    url: `http://127.0.0.1:${port}`,
    log: () => Deno.readTextFileSync(logFile).split("\n").slice(0, -1).map(loggedRequest),
    kill: () => child.signal("SIGKILL"),
    async stop() {
      if (!over) child.signal("SIGTERM");
      await child.ended;
    },
  };
}

function configuration(folder: string, port: number, logFile: string, heldPort: number): string {
  return `master_process off;
daemon off;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log;
events { worker_connections 1024; }
http {
  log_format counted '$connection $connection_requests $status $request_uri';
  access_log ${logFile} counted;
  client_body_temp_path ${folder}; proxy_temp_path ${folder}; fastcgi_temp_path ${folder};
  uwsgi_temp_path ${folder}; scgi_temp_path ${folder};
  server {
    listen 127.0.0.1:${port} backlog=1024;
    location / { default_type text/plain; return 200 "hello world\\n"; }
    location /held { proxy_pass http://127.0.0.1:${heldPort}; }
  }
}
`;
}

function loggedRequest(line: string): LoggedRequest {
  const [connection, requestOfConnection, status, path] = line.split(" ");
  return {
    connection: Number(connection),
    requestOfConnection: Number(requestOfConnection),
    status: Number(status),
    path,
  };
}

/** The configuration is sound when nginx opens its port; the connection is closed without a request, and not logged. */
async function listens(port: number): Promise<boolean> {
  try {
    (await Deno.connect({ hostname: "127.0.0.1", port })).close();
    return true;
  } catch (cause) {
    if (cause instanceof Deno.errors.ConnectionRefused) return false;
    throw cause;
  }
}
