/** z6c as somebody sees it who sits before it: in a terminal of tmux, with keys to press and a size that can change. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { until } from "./running.ts";

const GOLDEN = new URL("golden/terminal/", import.meta.url);

// deno-lint-ignore no-control-regex
export const ESCAPE = /\u001b/;
// deno-lint-ignore no-control-regex
export const COLOUR = /\u001b\[[\d;]*m/g;

/** Of the terminals below, where nothing else is said. */
const ROWS = 24;
/** In front of a command: the screen is full before it begins, as it is at most times. */
export const USED_SCREEN = ["sh", "-c", 'seq 40; exec "$@"', "sh"];
/** The last line of that. */
export const LAST_USED = "40";

export type Place = Readonly<{
  columns: number;
  /** `ROWS` where none are given. */
  rows?: number;
  cwd: string;
  /** Beside what a shell finds anywhere, and over it. */
  env?: Readonly<Record<string, string>>;
  /** A new file that gets all that is written to the terminal, as it is: see `written`. */
  file?: string;
}>;

/** What a command left behind. `hasModes`: line discipline and echo are as they were (`stty -g`). */
export type Left = Readonly<{ code: number; hasModes: boolean; lines: readonly string[] }>;

/** Stands at the begin of a line, behind what the command printed. */
const ENDED = /^‹(\d+) (same|other)›$/;
const SCRIPT = 'trap : INT; before=$(stty -g); "$@"; code=$?; after=$(stty -g); ' +
  '[ "$before" = "$after" ] && modes=same || modes=other; printf "‹%s %s›\\n" "$code" "$modes"; ' +
  "exec sleep 600";

/** A command in a terminal of its own, of a tmux of its own. */
export class Terminal implements AsyncDisposable {
  readonly #name: string;
  readonly #env: Readonly<Record<string, string>>;
  readonly #file: string;

  private constructor(name: string, env: Readonly<Record<string, string>>, file: string) {
    this.#name = name;
    this.#env = env;
    this.#file = file;
  }

  static async open(command: readonly string[], { columns, rows = ROWS, cwd, env = {}, file }: Place) {
    const name = `z6c-test-${crypto.randomUUID()}`;
    const kept = ["PATH", "HOME", "DENO_DIR", "DENO_TLS_CA_STORE", "TMPDIR", "TMUX_TMPDIR"];
    const usual = kept.flatMap((key) => {
      const value = Deno.env.get(key);
      return value === undefined ? [] : [[key, value]];
    });
    const all = { LANG: "C.UTF-8", ...Object.fromEntries(usual) };
    const terminal = new Terminal(name, all, file ?? "");
    const changed = Object.entries(env).map(([key, value]) => `${key}=${value}`);
    if (file !== undefined) Deno.createSync(file).close();
    const size = ["-x", String(columns), "-y", String(rows)];
    const run = ["sh", "-c", SCRIPT, "sh", "env", ...changed, ...command];
    await terminal.#tmux(
      ...["start-server", ";", "set-option", "-g", "history-limit", "20000", ";"],
      ...["new-session", "-d", ...size, "-c", cwd, ...run],
      ...(file === undefined ? [] : [";", "pipe-pane", "-O", `cat > '${file}'`]),
    );
    return terminal;
  }

  /** Waits for the command's end. */
  async left(): Promise<Left> {
    let lines: string[] = [];
    let found: RegExpExecArray | null = null;
    await until("the terminal has read all that was written", async () => {
      lines = await this.lines();
      found = ENDED.exec(lines.at(-1) ?? "");
      return found !== null;
    });
    const [, code, modes] = found ?? [];
    return { code: Number(code), hasModes: modes === "same", lines: lines.slice(0, -1) };
  }

  /** Waits for the command's end. All that it wrote, escape codes included, of a terminal that was opened with a file. */
  async written(): Promise<string> {
    let text = "";
    await until("all that was written is in the file", async () => {
      text = (await Deno.readTextFile(this.#file)).replaceAll("\r\n", "\n");
      return /›\n$/.test(text);
    });
    return text.replace(/‹.*›\n$/, "");
  }

  /** Resolves with the screen alone as soon as it is as wanted. */
  async screen(what: string, isWanted: (lines: readonly string[]) => boolean): Promise<string[]> {
    let lines: string[] = [];
    await until(what, async () => isWanted(lines = linesOf(await this.#tmux("capture-pane", "-p"))));
    return lines;
  }

  /** All there is to see, and what has been moved out at the top. `-J`: lines that the terminal had to break, as one. */
  async lines(...flags: ("-e" | "-J")[]): Promise<string[]> {
    return linesOf(await this.#tmux("capture-pane", "-p", "-S", "-", ...flags));
  }

  /** Resolves with the lines as soon as they are as wanted; tells what was there instead where they never are. */
  async seen(what: string, isWanted: (lines: readonly string[]) => boolean): Promise<string[]> {
    let lines: string[] = [];
    try {
      await until(what, async () => isWanted(lines = await this.lines()));
    } catch (cause) {
      throw new Error(`there is instead:\n${lines.join("\n")}`, { cause });
    }
    return lines;
  }

  /** As tmux names them: `C-c`, `q`, `Right`. */
  async press(...keys: string[]): Promise<void> {
    await this.#tmux("send-keys", ...keys);
  }

  async resize(columns: number, rows = ROWS): Promise<void> {
    await this.#tmux("resize-window", "-x", String(columns), "-y", String(rows));
  }

  /** Is the cursor to be seen, and is this the screen that programs borrow? */
  async state(): Promise<{ hasCursor: boolean; isBorrowed: boolean }> {
    const [cursor, borrowed] = (await this.#tmux("display-message", "-p", "#{cursor_flag}#{alternate_on}"))
      .trim();
    return { hasCursor: cursor === "1", isBorrowed: borrowed === "1" };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#output("kill-server");
  }

  #output(...args: string[]): Promise<Deno.CommandOutput> {
    const all = ["-L", this.#name, "-f", "/dev/null", "-u", ...args];
    return new Deno.Command("tmux", { args: all, clearEnv: true, env: { ...this.#env } }).output();
  }

  async #tmux(...args: string[]): Promise<string> {
    const { success, stdout, stderr } = await this.#output(...args);
    assert(success, `tmux ${args[0]}: ${new TextDecoder().decode(stderr)}`);
    return new TextDecoder().decode(stdout);
  }
}

function linesOf(text: string): string[] {
  return text.trimEnd().split("\n").map((line) => line.trimEnd());
}

/** Sends a signal to a command as soon as the screen is as wanted. */
export async function killed(
  command: readonly string[],
  signal: "KILL" | "TERM",
  place: Place,
  isWanted: (lines: readonly string[]) => boolean,
): Promise<readonly [Left, Terminal]> {
  const pidFile = join(place.cwd, "pid");
  const terminal = await Terminal.open(
    ["sh", "-c", `echo $$ > ${pidFile}; exec "$@"`, "sh", ...command],
    place,
  );
  await terminal.seen("what is to be killed", isWanted);
  Deno.kill(Number(Deno.readTextFileSync(pidFile)), `SIG${signal}`);
  return [await terminal.left(), terminal];
}

const ignore = !hasTmux();

function hasTmux(): boolean {
  try {
    return new Deno.Command("tmux", { args: ["-V"], stdout: "null" }).outputSync().success;
  } catch {
    console.log("tests in a terminal are skipped: there is no tmux (apt-get install tmux)");
    return false;
  }
}

/** A test that is skipped, and says so, where there is no tmux. */
export function terminalTest(name: string, fn: (test: Deno.TestContext) => Promise<void>): void {
  Deno.test({ name, ignore, fn });
}

/** Holds lines against those checked in below tests/golden/terminal; `UPDATE_GOLDEN=1` writes them anew. */
export function golden(file: string, lines: readonly string[]): void {
  if (goldenLines(file) === null) Deno.writeTextFileSync(new URL(file, GOLDEN), lines.join("\n") + "\n");
  assert.equal(lines.join("\n") + "\n", Deno.readTextFileSync(new URL(file, GOLDEN)), file);
}

/** Those that are checked in; null where they are to be written anew. */
export function goldenLines(file: string): string[] | null {
  if (Deno.env.get("UPDATE_GOLDEN") === "1") return null;
  return Deno.readTextFileSync(new URL(file, GOLDEN)).replace(/\n$/, "").split("\n");
}
