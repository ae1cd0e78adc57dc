/** A program of others that a test starts, and ends by its own process id. */
import { until } from "../running.ts";

/** How to get what is missing, by name of the program. */
const DEBIAN_PACKAGES: Readonly<Record<string, string>> = {
  nginx: "nginx-light",
  nghttpd: "nghttp2-server",
  tshark: "tshark",
  curl: "curl",
  openssl: "openssl",
};
/** Where Debian has servers, beside what is on PATH. */
const SERVER_FOLDERS = ["/usr/sbin", "/usr/local/sbin"];

/** Where a program lies. Throws where it is not installed: a test that needs it fails, and says so. */
export function programPath(name: string): string {
  const folders = [...(Deno.env.get("PATH") ?? "").split(":"), ...SERVER_FOLDERS];
  for (const folder of folders) {
    try {
      if (Deno.statSync(`${folder}/${name}`).isFile) return `${folder}/${name}`;
    } catch {
      // Not there.
    }
  }
  throw new Error(`${name} is not installed: apt-get install ${DEBIAN_PACKAGES[name] ?? name}`);
}

/** One process and what it has printed so far. */
export class PeerProcess implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #read: Promise<void>;
  #stdout = "";
  #stderr = "";
  #ended: Deno.CommandStatus | null = null;

  constructor([program, ...args]: readonly string[], cwd?: string) {
    this.#child = new Deno.Command(program, {
      args,
      ...(cwd === undefined ? {} : { cwd }),
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#read = Promise.all([
      each(this.#child.stdout, (text) => this.#stdout += text),
      each(this.#child.stderr, (text) => this.#stderr += text),
      this.#child.status.then((status) => this.#ended = status),
    ]).then(() => {});
  }

  get stdout(): string {
    return this.#stdout;
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** Waits until `holds`; throws with what the process printed where it ends before. */
  async until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
    await until(what, async () => {
      if (this.#ended !== null) {
        throw new Error(`the program ended before ${what}: ${this.#stderr}${this.#stdout}`);
      }
      return await holds();
    });
  }

  /** Waits until somebody listens on that port of 127.0.0.1. */
  async listensOn(port: number): Promise<void> {
    await this.until(`a server listens on ${port}`, async () => {
      try {
        (await Deno.connect({ hostname: "127.0.0.1", port })).close();
        return true;
      } catch (cause) {
        if (cause instanceof Deno.errors.ConnectionRefused) return false;
        throw cause;
      }
    });
  }

  /** Waits for the first line, a port. */
  async printedPort(): Promise<number> {
    await this.until("it prints its port", () => this.#stdout.includes("\n"));
    return Number(this.#stdout.split("\n")[0]);
  }

  /** Asks it to end, and waits until it has. */
  async stop(signal: Deno.Signal = "SIGTERM"): Promise<void> {
    if (this.#ended === null) this.#child.kill(signal);
    await this.#read;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}

async function each(stream: ReadableStream<Uint8Array>, take: (text: string) => void): Promise<void> {
  for await (const text of stream.pipeThrough(new TextDecoderStream())) take(text);
}
