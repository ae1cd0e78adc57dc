/** Steps by keys on a terminal, and by the words of standard input elsewhere. */
import { terminalSize } from "../../runtime/live/terminal_size.ts";
import { EXIT } from "../../runtime/reduce/exit_codes.ts";
import { cut } from "../../runtime/report/table.ts";
import { KEYS_LINE, type Step, type Stepper, STEPS } from "./stepper.ts";

const PLAIN_HEIGHT = 40;

/** Ctrl-C is a key. */
const ENDING: readonly Deno.Signal[] = Deno.build.os === "windows"
  ? ["SIGINT"]
  : ["SIGINT", "SIGTERM", "SIGHUP"];

/** As terminals send them (ECMA-48; xterm for the arrows in application mode). */
const KEYS: ReadonlyMap<string, Step> = new Map<string, Step>([
  ...STEPS.map((step): [string, Step] => [step, step]),
  ["\x1b[C", "n"],
  ["\x1bOC", "n"],
  [" ", "n"],
  ["\x1b[D", "p"],
  ["\x1bOD", "p"],
  ["\x1b[A", "k"],
  ["\x1bOA", "k"],
  ["\x1b[B", "j"],
  ["\x1bOB", "j"],
  ["\x1b[5~", "<"],
  ["\x1b[6~", ">"],
  ["\x1b[H", "g"],
  ["\x1bOH", "g"],
  ["\x1b[F", "G"],
  ["\x1bOF", "G"],
  ["\x03", "q"],
  ["\x04", "q"],
]);

// deno-lint-ignore no-control-regex
const KEY = /\x1b(?:\[[\d;]*[A-Za-z~]|O[A-Za-z])|[^]/g;

/** Steps until `q` or the end of the input. `print` takes lines where there is no terminal. */
export async function stepThrough(
  stepper: Stepper,
  width: number,
  print: (lines: readonly string[]) => void,
): Promise<void> {
  if (Deno.stdin.isTerminal() && Deno.stdout.isTerminal()) await byKeys(stepper);
  else await byWords(stepper, width, print);
}

async function byWords(
  stepper: Stepper,
  width: number,
  print: (lines: readonly string[]) => void,
): Promise<void> {
  const show = () => print([...stepper.screen(width, PLAIN_HEIGHT), ""]);
  show();
  let rest = "";
  const perform = (words: readonly string[]) =>
    words.filter((word) => word !== "").every((word) => {
      const goesOn = stepper.doWord(word);
      if (goesOn) show();
      return goesOn;
    });
  for await (const text of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
    const words = (rest + text).split(/\s+/);
    rest = words.pop() ?? "";
    if (!perform(words)) return;
  }
  perform([rest]);
}

async function byKeys(stepper: Stepper): Promise<void> {
  const draw = () => {
    const { columns, rows } = terminalSize();
    const screen = stepper.screen(columns, rows - 1).slice(0, rows - 1);
    const lines = [...screen, ...Array(Math.max(0, rows - 1 - screen.length)).fill("")];
    put(`\x1b[H${lines.map((line) => `${line}\x1b[K\r\n`).join("")}${cut(KEYS_LINE, columns - 1)}\x1b[K`);
  };
  const giveBack = () => {
    Deno.stdin.setRaw(false);
    put("\x1b[?25h\x1b[?1049l");
  };
  const ended = () => {
    giveBack();
    Deno.exit(EXIT.interrupted);
  };
  put("\x1b[?1049h\x1b[?25l\x1b[2J");
  Deno.stdin.setRaw(true);
  for (const signal of ENDING) Deno.addSignalListener(signal, ended);
  if (Deno.build.os !== "windows") Deno.addSignalListener("SIGWINCH", draw);
  try {
    draw();
    for await (const text of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
      const steps = [...text.matchAll(KEY)].flatMap(([key]) => KEYS.get(key) ?? []);
      if (!steps.every((step) => stepper.do(step))) return;
      draw();
    }
  } finally {
    for (const signal of ENDING) Deno.removeSignalListener(signal, ended);
    if (Deno.build.os !== "windows") Deno.removeSignalListener("SIGWINCH", draw);
    giveBack();
  }
}

function put(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(text));
}
