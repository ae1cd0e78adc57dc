import { textWidth } from "../text_width.ts";
import { terminalSize } from "./terminal_size.ts";

/** Whether lines on stderr can be written anew: on a terminal that moves its cursor as it is told. */
export function canRewrite(): boolean {
  return Deno.stderr.isTerminal() && !isDumb();
}

/** `TERM=dumb`: a terminal without colours and without a cursor that moves. False where nobody may ask the environment. */
export function isDumb(): boolean {
  const { state } = Deno.permissions.querySync({ name: "env", variable: "TERM" });
  return state === "granted" && Deno.env.get("TERM") === "dumb";
}

/**
 * Lines at the end of a terminal (stderr) that are written anew in their place. The cursor stands below them, and is
 * never hidden: whatever becomes of the process, there is nothing to put right.
 */
export class RewrittenLines {
  /** Of the lines that stand there. */
  #widths: number[] = [];

  /** Puts other lines in the place of those that stand there. `above`: a line that stays, above them. */
  draw(lines: readonly string[], above = ""): void {
    write(this.#erasure() + [...(above === "" ? [] : [above]), ...lines].map((line) => line + "\n").join(""));
    this.#widths = lines.map((line) => textWidth(line.replace(COLOUR, "")));
  }

  /** Takes them away. */
  erase(): void {
    write(this.#erasure());
    this.leave();
  }

  /** Lets them stand for good. */
  leave(): void {
    this.#widths = [];
  }

  /**
   * Up to where the lines begin, and away with them. A terminal that has become narrower has broken those that are wider
   * than it is now. Where none stand, `^C` may, as the terminal writes what is typed: that is written over.
   */
  #erasure(): string {
    if (this.#widths.length === 0) return "\r";
    const { columns } = terminalSize();
    const rows = this.#widths.reduce((sum, width) => sum + Math.max(1, Math.ceil(width / columns)), 0);
    // In two steps, as tmux keeps what is erased from the screen's very first place on.
    return `\x1b[${rows}A\x1b[2K\n\x1b[0J\x1b[1A`;
  }
}

// deno-lint-ignore no-control-regex
const COLOUR = /\x1b\[\d+m/g;
const encoder = new TextEncoder();

function write(text: string): void {
  Deno.stderr.writeSync(encoder.encode(text));
}
