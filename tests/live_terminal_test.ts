/** The live screen of a run, and its copy in `z6c watch`, in a terminal: resized, interrupted, killed, without colours. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { type HeldServer, startHeldServer } from "./held_server.ts";
import { inFolder, until, Z6C } from "./running.ts";
import { writeScenario } from "./scenario_text.ts";
import {
  COLOUR,
  ESCAPE,
  golden,
  goldenLines,
  killed,
  Terminal,
  terminalTest,
  USED_SCREEN,
} from "./terminal.ts";

// The target of these runs holds all answers back, so that their numbers stand still.

const USERS = 3;
const ON_ANY_MACHINE = '[validity]\nlag_p99 = "any"\ngaps = "any"\n';

type Held = Readonly<{ folder: string; server: HeldServer; command: readonly string[] }>;

async function withHeldRun(use: (held: Held) => Promise<void>): Promise<void> {
  await inFolder(async (folder) => {
    const server = startHeldServer();
    try {
      const load = `model = "closed"\nstages = [{ name = "混雑する時間", for = "99s", vus = ${USERS} }]`;
      const base = `http://127.0.0.1:${server.port}`;
      const scenario = writeScenario(folder, { base, load, thresholds: ON_ANY_MACHINE });
      await use({ folder, server, command: [...USED_SCREEN, ...Z6C, "run", scenario, "--out", folder] });
    } finally {
      await server.stop();
    }
  });
}

/** Where the live screen stands still: all requests are in flight, and none was issued lately. */
function isHeld(lines: readonly string[]): boolean {
  return lines.some((line) => line.includes(" 0/s · 3 issued"));
}

/** The block, without what goes on while a run stands still. */
function block(lines: readonly string[]): string[] {
  const from = lines.findIndex((line) => line.startsWith("small · "));
  return lines.slice(from).map((line) => line.replace(/[━╌]/g, "─").replace(/\d+% \d:\d\d of/, "N% M:SS of"));
}

/** Above the block: what filled the screen, the plan and its target. */
const ABOVE = 42;

terminalTest(
  "the live screen leaves nothing behind when its terminal is resized, and is as checked in",
  () =>
    withHeldRun(async ({ folder, command }) => {
      await using terminal = await Terminal.open(command, { columns: 200, cwd: folder });
      const above = (await terminal.seen("the run stands still", isHeld)).slice(0, ABOVE);
      for (const columns of [200, 60, 80, 40, 60, 200]) {
        await terminal.resize(columns);
        const file = `live.${columns}.txt`;
        // Where there is none to compare with, the block has been drawn anew when its clock has gone on.
        const [expected, before] = [goldenLines(file), timeOf(await terminal.lines())];
        const lines = await terminal.seen(`the block of ${columns} columns`, (lines) =>
          isHeld(lines) &&
          (expected === null ? timeOf(lines) !== before : block(lines).join("\n") === expected.join("\n")));
        golden(file, block(lines));
        const joined = await terminal.lines("-J");
        assert.deepEqual(joined.slice(0, ABOVE), above, `above the block at ${columns} columns`);
        assert.equal(joined.length, ABOVE + block(lines).length, joined.join("\n"));
      }
    }),
);

function timeOf(lines: readonly string[]): string {
  return /\d:\d\d of/.exec(lines.join("\n"))?.[0] ?? "";
}

terminalTest(
  "Ctrl-C once: sessions may finish, the report comes, the terminal is as it was",
  () =>
    withHeldRun(async ({ folder, server, command }) => {
      await using terminal = await Terminal.open(command, { columns: 80, cwd: folder });
      await terminal.seen("the run stands still", isHeld);
      await terminal.press("C-c");
      const stopping = await terminal.seen(
        "it says what it does",
        (lines) => lines.some((line) => /^stop/.test(line)),
      );
      assert.deepEqual(stopping.slice(ABOVE, ABOVE + 2).map((line) => line.replace(/ [━╌].*/, "")), [
        "stopping: 3 sessions may finish; Ctrl-C again stops at once",
        "small · 混雑する時間",
      ]);
      server.release();
      await assertInterrupted(terminal, "3 answered", [
        "stopping: 3 sessions may finish; Ctrl-C again stops at once",
      ]);
    }),
);

terminalTest(
  "Ctrl-C twice: all ends at once, the report comes, the terminal is as it was",
  () =>
    withHeldRun(async ({ folder, command }) => {
      await using terminal = await Terminal.open(command, { columns: 80, cwd: folder });
      await terminal.seen("the run stands still", isHeld);
      await terminal.press("C-c");
      await terminal.seen("it says what it does", (lines) => lines.some((line) => /^stopping:/.test(line)));
      await terminal.press("C-c");
      await assertInterrupted(terminal, "3 cancelled at the end", [
        "stopping: 3 sessions may finish; Ctrl-C again stops at once",
        "stopping at once; cut short: 3 sessions",
      ]);
    }),
);

/** `said`: below what stood there when the run began, and right above the report. */
async function assertInterrupted(
  terminal: Terminal,
  counted: string,
  said: readonly string[],
): Promise<void> {
  const { code, hasModes, lines } = await terminal.left();
  assert.deepEqual([code, hasModes], [105, true]);
  assert.deepEqual(
    lines.slice(ABOVE, ABOVE + 1 + said.length),
    [...said, "! INTERRUPTED  small"],
    lines.join("\n"),
  );
  assert(lines.some((line) => line.includes(counted)), lines.join("\n"));
  assert(lines.some((line) => line.includes("✓ ledger whole")), lines.join("\n"));
  assert.deepEqual(await terminal.state(), { hasCursor: true, isBorrowed: false });
}

terminalTest(
  "a run that is killed leaves nothing to put right",
  () =>
    withHeldRun(async ({ folder, command }) => {
      const [left, terminal] = await killed(command, "KILL", { columns: 80, cwd: folder }, isHeld);
      await using _ = terminal;
      assert.deepEqual([left.code, left.hasModes], [137, true]);
      assert.deepEqual(await terminal.state(), { hasCursor: true, isBorrowed: false });
      // The last picture stands, and what comes next stands below it.
      assert.match(left.lines.filter((line) => line !== "Killed").at(-1) ?? "", /^ {2}sessions {2}3 active/);
    }),
);

terminalTest("NO_COLOR: the live screen has no colours", () =>
  withHeldRun(async ({ folder, command }) => {
    const place = { columns: 80, cwd: folder, env: { NO_COLOR: "1" } };
    await using terminal = await Terminal.open(command, place);
    await terminal.seen("the run stands still", isHeld);
    assert.doesNotMatch((await terminal.lines("-e")).join("\n"), COLOUR);
  }));

terminalTest(
  "a dumb terminal gets no live screen, and nothing that moves its cursor",
  () =>
    withHeldRun(async ({ folder, server, command }) => {
      const place = { columns: 80, cwd: folder, env: { TERM: "dumb" }, file: join(folder, "written") };
      await using terminal = await Terminal.open(command, place);
      await until("requests are in flight", () => server.waiting() === USERS);
      await terminal.press("C-c");
      await terminal.seen(
        "it says what it does",
        (lines) => lines.some((line) => line.includes("stopping: ")),
      );
      server.release();
      assert.equal((await terminal.left()).code, 105);
      assert.doesNotMatch(await terminal.written(), ESCAPE);
    }),
);

terminalTest(
  "z6c watch shows the picture of the run beside it",
  () =>
    withHeldRun(async ({ folder, server, command }) => {
      await using run = await Terminal.open(command, { columns: 80, cwd: folder });
      const ofRun = block(await run.seen("the run stands still", isHeld));
      const ledger = [...Deno.readDirSync(folder)].find(({ name }) => name.endsWith(".z6log"))?.name ?? "";
      await using watch = await Terminal.open([...Z6C, "watch", ledger], {
        columns: 80,
        cwd: folder,
      });
      // Its rate is that of all the time that it has seen at once.
      const counts = (lines: readonly string[]) =>
        block(lines).map((line) => line.replace(/[\d.]+\/s|lag .*/g, ""));
      await watch.seen(
        "the same picture",
        (lines) => counts(lines).slice(1).join() === counts(ofRun).slice(1).join(),
      );
      await run.press("C-c");
      await run.seen("it stops", (lines) => lines.some((line) => line.startsWith("stopping: ")));
      server.release();
      const { code } = await run.left();
      assert.equal(code, 105);
      const { code: watched, lines } = await watch.left();
      assert.equal(watched, 0);
      assert.match(
        lines.join("\n"),
        / 3 issued · 0 in flight · 0 failed\n {2}sessions {2}0 active · 3 started · 0 dropped/,
      );
      assert.equal(lines.at(-1), `the run has ended; its report: z6c report ${ledger}`);
    }),
);

terminalTest(
  "a countdown leaves nothing behind on a narrow terminal",
  () =>
    withHeldRun(async ({ folder, command }) => {
      const place = { columns: 40, cwd: folder };
      await using terminal = await Terminal.open([...command, "--start-at", "+60s"], place);
      const shown = (lines: readonly string[]) => lines.filter((line) => line.includes("the load begins in"));
      await terminal.seen(
        "the countdown goes on",
        (lines) => shown(lines).some((line) => / in 0:5[0-7],/.test(line)),
      );
      assert.equal(shown(await terminal.lines()).length, 1);
      await terminal.press("C-c");
      const { code, hasModes, lines } = await terminal.left();
      assert.deepEqual([code, hasModes], [105, true]);
      assert.deepEqual(shown(lines), []);
      assert(lines.includes("called off: the load does not begin"), lines.join("\n"));
    }),
);
