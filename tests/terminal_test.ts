/**
 * z6c in a terminal: what it shows at 60, 80 and 200 columns is checked in (`UPDATE_GOLDEN=1` writes it anew), and it
 * leaves a terminal as it was, whatever happens.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { shopPlan, simulatedBytes } from "./compared_runs.ts";
import { shopLedger } from "./inspected_run.ts";
import { inFolder, Z6C } from "./running.ts";
import {
  COLOUR,
  ESCAPE,
  golden,
  killed,
  LAST_USED,
  Terminal,
  terminalTest,
  USED_SCREEN,
} from "./terminal.ts";

const SCENARIOS = new URL("golden/terminal/", import.meta.url);
const WIDTHS = [60, 80, 200];

// Commands that say the same every time.

const LEDGER = "shop.z6log";
/** Name of the golden, arguments, exit code. */
const COMMANDS: readonly (readonly [string, readonly string[], number])[] = [
  ["help", ["--help"], 0],
  ["check", ["check", "broken.toml"], 104],
  ["plan", ["plan", "tokyo.toml"], 0],
  ["simulate", ["simulate", "tokyo.toml", "--out", "."], 99],
  ["report", ["report", LEDGER], 97],
  ["watch", ["watch", LEDGER], 0],
  ["inspect", ["inspect", LEDGER, "--limit", "5"], 0],
  ["compare", ["compare", "a.z6log", "b.z6log"], 0],
];

/** What differs from run to run: when, and how fast. */
function steady(line: string): string {
  return line.replace(/\d{8}-\d{6}(-\d)?/, "YYYYMMDD-HHMMSS").replace(/(records in) [\d.]+ s/, "$1 … s");
}

/** Lends folders with scenarios and ledgers, one for each name: ledgers of one second would meet in one folder. */
function withRuns(use: (folderOf: (name: string | number) => string) => Promise<void>): Promise<void> {
  return inFolder(async (folder) => {
    const ledgers = {
      [LEDGER]: shopLedger(32).bytes,
      "a.z6log": await simulatedBytes(shopPlan({ seconds: 4 })),
      "b.z6log": await simulatedBytes(shopPlan({ seconds: 4, slower: 1.3 })),
    };
    await use((name) => {
      const own = join(folder, String(name));
      Deno.mkdirSync(own, { recursive: true });
      for (const [file, bytes] of Object.entries(ledgers)) Deno.writeFileSync(join(own, file), bytes);
      for (const file of ["tokyo.toml", "broken.toml"]) {
        Deno.copyFileSync(new URL(file, SCENARIOS), join(own, file));
      }
      return own;
    });
  });
}

terminalTest(
  "what commands show at several widths is as checked in, and the terminal breaks no line",
  (test) =>
    withRuns(async (folderOf) => {
      for (const [name, args, code] of COMMANDS) {
        await test.step(name, async () => {
          await Promise.all(WIDTHS.map(async (columns) => {
            const place = { columns, cwd: folderOf(columns) };
            await using terminal = await Terminal.open([...Z6C, ...args], place);
            const left = await terminal.left();
            assert.deepEqual([left.code, left.hasModes], [code, true], left.lines.join("\n"));
            golden(`${name}.${columns}.txt`, left.lines.map(steady));
            assertUnbroken(await terminal.lines("-J"), columns);
          }));
        });
      }
    }),
);

/** Hashes and paths are left whole, for who copies them. */
function assertUnbroken(lines: readonly string[], columns: number): void {
  const broken = lines.filter((line) => line.length > columns && !/\S{50}/.test(line));
  assert.deepEqual(broken, [], `wider than ${columns} columns`);
}

terminalTest(
  "colours are where they help, and nowhere where they are not wanted",
  (test) =>
    withRuns(async (folderOf) => {
      for (const name of ["check", "simulate", "watch", "compare"]) {
        const [, args] = COMMANDS.find(([known]) => known === name) ?? ["", []];
        const shown = async (label: string, env: Record<string, string>, ...more: string[]) => {
          const cwd = folderOf(label);
          const place = { columns: 80, cwd, env, file: join(cwd, name) };
          await using terminal = await Terminal.open([...Z6C, ...args, ...more], place);
          return (await terminal.written()).trimEnd().split("\n").map(steady);
        };
        await test.step(name, async () => {
          const [colours, ...plain] = await Promise.all([
            shown("usual", {}),
            shown("no-color", { NO_COLOR: "1" }),
            shown("flag", {}, "--no-color"),
            shown("dumb", { TERM: "dumb" }),
          ]);
          golden(`${name}.80.colours.txt`, colours);
          for (const lines of plain) assert.doesNotMatch(lines.join("\n"), COLOUR);
          const bare = colours.map((line) => line.replaceAll(COLOUR, ""));
          for (const lines of plain.slice(0, 2)) assert.deepEqual(lines, bare);
          assert.doesNotMatch(plain[2].join("\n"), ESCAPE, "on a dumb terminal");
        });
      }
    }),
);

const STEPPING = [...Z6C, "inspect", LEDGER, "--step", "--at", "9s"];
const isStepping = (lines: readonly string[]) => lines.some((line) => line.startsWith("n/→ next"));

for (const columns of WIDTHS) {
  terminalTest(
    `stepping through time borrows the screen, and gives it back, at ${columns} columns`,
    () =>
      withRuns(async (folderOf) => {
        const cwd = folderOf("own");
        await using terminal = await Terminal.open([...USED_SCREEN, ...STEPPING], {
          columns,
          cwd,
        });
        await terminal.seen("the first moment", isStepping);
        assert.deepEqual(await terminal.state(), { hasCursor: false, isBorrowed: true });
        await terminal.press("e");
        const isAtTrouble = (lines: readonly string[]) =>
          lines.some((line) => line.startsWith("at 9.652000s"));
        golden(`step.${columns}.txt`, await terminal.screen("the next trouble", isAtTrouble));
        await terminal.press(columns === 60 ? "C-c" : "q");
        const { code, hasModes, lines } = await terminal.left();
        assert.deepEqual([code, hasModes, lines.at(-1)], [0, true, LAST_USED], "nothing is left of it");
        assert.deepEqual(await terminal.state(), { hasCursor: true, isBorrowed: false });
      }),
  );
}

terminalTest("stepping that is ended from outside gives the screen back", () =>
  withRuns(async (folderOf) => {
    const [left, terminal] = await killed(
      STEPPING,
      "TERM",
      { columns: 80, cwd: folderOf("own") },
      isStepping,
    );
    await using _ = terminal;
    assert.equal(left.hasModes, true, "the terminal is no longer raw");
    assert.deepEqual(await terminal.state(), { hasCursor: true, isBorrowed: false });
    assert.equal(left.code, 105);
  }));
