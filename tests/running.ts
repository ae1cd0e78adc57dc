/** z6c as a user runs it: a process of its own, in a folder of its own. */
import { fileURLToPath } from "node:url";

/** How `z6c` is started from source, whatever the working folder. */
export const Z6C: readonly string[] = [fileURLToPath(new URL("../z6c", import.meta.url))];

/** What a process did. */
export type Ended = Readonly<{ code: number; stdout: string; stderr: string }>;

/** Where, with which environment (that of the test where none is given), and whether somebody will type. */
export type Surroundings = Readonly<
  { cwd: string; env?: Readonly<Record<string, string>>; typed?: boolean }
>;

/** A process under way. */
export type Running = Readonly<{
  pid: number;
  /** Resolves when stderr has shown `text`; throws where the process ends before. */
  said(text: string): Promise<void>;
  /** The same for stdout. */
  printed(text: string): Promise<void>;
  /** Puts text at the stdin of a process that is typed to. */
  type(text: string): Promise<void>;
  signal(signal: Deno.Signal): void;
  ended: Promise<Ended>;
}>;

/** Runs a command to its end. */
export function runToEnd(command: readonly string[], surroundings: Surroundings): Promise<Ended> {
  return start(command, surroundings).ended;
}

/**
 * Runs again, twice at most, what z6c itself declares invalid because this machine was too busy (lag, gaps); nothing
 * else is repeated.
 */
export async function onQuietMachine(run: () => Promise<Ended>): Promise<Ended> {
  for (let attempt = 1;; attempt++) {
    const ended = await run();
    const busy = ended.code === 97 && /z6c sent too late|z6c's loop stood still/.test(ended.stdout);
    if (!busy || attempt === 3) return ended;
  }
}

/** Starts a command; its output is kept. */
export function start([program, ...args]: readonly string[], { cwd, env, typed }: Surroundings): Running {
  const child = new Deno.Command(program, {
    args,
    cwd,
    ...(env === undefined ? {} : { clearEnv: true, env: { ...env } }),
    stdin: typed === true ? "piped" : "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const keys = typed === true ? child.stdin.getWriter() : null;
  const stdout = new Heard(child.stdout);
  const stderr = new Heard(child.stderr);
  return {
    pid: child.pid,
    said: (text) => stderr.until(text),
    printed: (text) => stdout.until(text),
    type: async (text) => await keys?.write(new TextEncoder().encode(text)),
    signal: (signal) => child.kill(signal),
    ended: Promise.all([child.status, stdout.all, stderr.all])
      .then(async ([{ code }, out, err]) => {
        await keys?.close().catch(() => {});
        return { code, stdout: out, stderr: err };
      }),
  };
}

/** Waits until `holds`, and fails loudly when it never does. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!await holds()) {
    if (performance.now() > deadline) throw new Error(`waited for 20 s, and never: ${what}`);
    await new Promise((next) => setTimeout(next, 2));
  }
}

/** Lends a new folder, and removes it afterwards. */
export async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "z6c-test-" }));
  try {
    return await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A port of 127.0.0.1 on which nothing listens right now. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/** A stream as text, while it comes. */
class Heard {
  readonly all: Promise<string>;
  #text = "";
  #over = false;
  #listeners: (() => void)[] = [];

  constructor(stream: ReadableStream<Uint8Array>) {
    this.all = this.#listen(stream);
  }

  async until(text: string): Promise<void> {
    while (!this.#text.includes(text)) {
      if (this.#over) throw new Error(`the process ended without saying "${text}"; it said:\n${this.#text}`);
      await new Promise<void>((heard) => this.#listeners.push(heard));
    }
  }

  async #listen(stream: ReadableStream<Uint8Array>): Promise<string> {
    const decoder = new TextDecoder();
    for await (const bytes of stream) {
      this.#text += decoder.decode(bytes, { stream: true });
      this.#wake();
    }
    this.#over = true;
    this.#wake();
    return this.#text;
  }

  #wake(): void {
    for (const heard of this.#listeners.splice(0)) heard();
  }
}
