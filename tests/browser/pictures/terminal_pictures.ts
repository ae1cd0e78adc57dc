/** The pictures of terminals: which command each shows. */
import { join } from "node:path";
import { Terminal } from "../../terminal.ts";
import { runToEnd, Z6C } from "../../running.ts";
import { NAMES } from "./staged_runs.ts";
import { terminalSvg } from "./terminal_svg.ts";

/** How much of the ledger of the whole run is there when the live screen is shown. */
const GROWN = 0.48;

type TerminalPicture = Readonly<{
  name: string;
  /** For those who do not see it. */
  title: string;
  columns: number;
  words(folder: string): readonly string[] | Promise<readonly string[]>;
  /** The picture ends above this line; without it, at the end. */
  until?: string;
  /** It does not end by itself: what is waited for. */
  endless?: string;
}>;

const TERMINAL_PICTURES: readonly TerminalPicture[] = [
  {
    name: "check",
    title: "z6c check shows every mistake with its place and what is wanted instead",
    columns: 84,
    words: () => ["check", "mistaken.toml"],
  },
  {
    name: "live",
    title: "The live screen of a run: stage, time, requests, failures, sessions, lag",
    columns: 84,
    words: writeGrowing,
    endless: "in flight",
  },
  {
    name: "summary",
    title: "The report of a run as text: a threshold was missed, and what stands out",
    columns: 84,
    words: () => ["report", NAMES.troubled],
    until: "PHASES",
  },
  {
    name: "compare",
    title: "z6c compare shows which differences between two runs are real",
    columns: 96,
    words: () => ["compare", NAMES.calm, NAMES.troubled],
    until: "BY STEP",
  },
  {
    name: "why",
    title: "z6c inspect --why p99 shows what the slowest requests have in common",
    columns: 96,
    words: () => ["inspect", NAMES.troubled, "--why", "p99"],
  },
  {
    name: "session",
    title: "z6c inspect --session shows what one user did, as a sequence",
    columns: 96,
    words: async (folder) => ["inspect", NAMES.troubled, "--session", await failedSession(folder)],
  },
];

/** A picture as text and as SVG. */
export type Drawn = Readonly<{ name: string; text: string; svg: string }>;

/** All of them, of the ledgers in `folder`. */
export async function terminalPictures(folder: string): Promise<Drawn[]> {
  const drawn: Drawn[] = [];
  for (const { name, title, columns, words, until, endless } of TERMINAL_PICTURES) {
    const shown = await words(folder);
    const command = `z6c ${shown.join(" ")}`;
    await using terminal = await Terminal.open([...Z6C, ...shown], { columns, cwd: folder });
    if (endless === undefined) await terminal.left();
    else await terminal.seen(endless, (lines) => lines.some((line) => line.includes(endless)));
    const seen = await terminal.lines("-e");
    // Behind what ends by itself stands how it ended.
    const all = endless === undefined ? seen.slice(0, -1) : seen;
    const end = until === undefined ? -1 : all.findIndex((line) => bare(line) === until);
    const lines = end < 0 ? all : [...all.slice(0, end), "…"];
    const text = `$ ${command}\n\n${lines.map(bare).join("\n").trimEnd()}\n`;
    drawn.push({ name, text, svg: terminalSvg(title, command, lines, columns) });
  }
  return drawn;
}

/** A ledger that ends in the midst of the trouble, as one does that is being written. */
async function writeGrowing(folder: string): Promise<string[]> {
  const whole = await Deno.readFile(join(folder, NAMES.troubled));
  await Deno.mkdir(join(folder, "running"));
  const path = join("running", NAMES.troubled);
  await Deno.writeFile(join(folder, path), whole.subarray(0, Math.floor(whole.length * GROWN)));
  return ["watch", path];
}

/** The first session whose order failed. */
async function failedSession(folder: string): Promise<string> {
  const command = [...Z6C, "inspect", NAMES.troubled, "outcome == unexpected", "--limit", "1", "--json"];
  const { stdout } = await runToEnd(command, { cwd: folder });
  return String(JSON.parse(stdout).session);
}

// deno-lint-ignore no-control-regex -- colours
const COLOUR = /\x1b\[[0-9;]*m/g;

function bare(line: string): string {
  return line.replace(COLOUR, "");
}
