/**
 * `z6c check` is to be as fast as an editor wants it: 2,000 lines in 100 ms beyond its start on a quiet machine. What
 * counts here is the time of the processor, beside that of other work at the same minute, so that a slow or busy machine
 * makes no difference.
 */
import { deepEqual, equal, ok } from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { longScenario } from "../bench/long_scenario.ts";
import { compile } from "../compiler/compile.ts";
import { inFolder } from "./running.ts";
import { inYardsticks, usedMs } from "./yardstick.ts";

const LINES = 2_000;
/** Once the program is warm, as in an editor that keeps it: 6 to 9 times a yardstick's 7 ms. */
const MOST_WARM_YARDSTICKS = 14;
/** `./z6c check` of a long scenario beyond that of a short one, most code running for the first time: some 1.2. */
const MOST_STARTS = 2;
/** `./z6c check` of a short scenario, beside Deno with an empty module: some 2.6. */
const MOST_DENOS = 3.5;
const WARM_TRIES = 12;
const COMMAND_TRIES = 6;

const LAUNCHER = fileURLToPath(new URL("../z6c", import.meta.url));

function shortScenario(): string {
  return `name = "short"
[target]
base = "http://127.0.0.1:8080"
[load]
model = "open"
max_vus = 10
rate = "1/s"
for = "10s"
[[flow]]
name = "one"
[[flow.step]]
get = "/"`;
}

/** Compiles a sound scenario; how long that takes. */
function compiledMs(text: string): number {
  const options = { environment: new Map(), version: "0.0.0", readFile: () => ({ reason: "no files here" }) };
  const begun = usedMs();
  const { plan, diagnostics } = compile("long.toml", text, options);
  const took = usedMs() - begun;
  deepEqual(diagnostics, []);
  ok(plan !== undefined);
  return took;
}

/** What `./z6c check` of a sound scenario uses of the processor, with its launcher and all threads. */
function checkMs(path: string): number {
  return commandMs(LAUNCHER, "check", path);
}

/** What a command uses of the processor, all threads and processes; of two runs, the mean. */
function commandMs(...command: readonly string[]): number {
  const script = '"$@" && "$@" && times';
  const { code, stdout, stderr } = new Deno.Command("sh", { args: ["-c", script, "sh", ...command] })
    .outputSync();
  equal(code, 0, new TextDecoder().decode(stderr));
  // The last line is of the shell's children: user and system time, as in `0m0.29s 0m0.05s`.
  const times = new TextDecoder().decode(stdout).trimEnd().split("\n").at(-1) ?? "";
  const seconds = [...times.matchAll(/(\d+)m([\d.]+)s/g)].map(([, minutes, rest]) =>
    60 * Number(minutes) + Number(rest)
  );
  equal(seconds.length, 2, times);
  return seconds.reduce((sum, one) => sum + one, 0) * 1_000 / 2;
}

Deno.test("the long scenario has 2,000 lines", () => {
  equal(longScenario(LINES).split("\n").length, LINES);
});

Deno.test(`2,000 lines are compiled within ${MOST_WARM_YARDSTICKS} yardsticks by a warm program`, () => {
  const { ratio, shown } = inYardsticks(WARM_TRIES, () => compiledMs(longScenario(LINES)));
  ok(ratio <= MOST_WARM_YARDSTICKS, shown);
});

/** Tries two commands by turns, so that what else the machine does slows both. The least times of each, and all as text. */
function byTurns(one: () => number, other: () => number): { least: [number, number]; shown: string } {
  const tries = Array.from({ length: COMMAND_TRIES }, () => [one(), other()] as const);
  return {
    least: [Math.min(...tries.map(([time]) => time)), Math.min(...tries.map(([, time]) => time))],
    shown: tries.map((times) => times.map((time) => time.toFixed(0)).join(" and ")).join(", "),
  };
}

Deno.test({
  name: `checking 2,000 lines takes at most ${MOST_STARTS} times the start of z6c beyond it`,
  ignore: Deno.build.os === "windows",
  fn: () =>
    inFolder(async (folder) => {
      const [long, short] = [join(folder, "long.toml"), join(folder, "short.toml")];
      await Deno.writeTextFile(long, longScenario(LINES));
      await Deno.writeTextFile(short, shortScenario());
      const { least: [whole, start], shown } = byTurns(() => checkMs(long), () => checkMs(short));
      const beyond = whole - start;
      ok(beyond <= MOST_STARTS * start, `${(beyond / start).toFixed(2)} times, of ${shown}`);
    }),
});

Deno.test({
  name: `checking a short scenario takes at most ${MOST_DENOS} times what Deno takes for an empty module`,
  ignore: Deno.build.os === "windows",
  fn: () =>
    inFolder(async (folder) => {
      const [short, empty] = [join(folder, "short.toml"), join(folder, "empty.js")];
      await Deno.writeTextFile(short, shortScenario());
      await Deno.writeTextFile(empty, "");
      const emptyMs = () => commandMs(Deno.execPath(), "run", "--quiet", empty);
      const { least: [check, deno], shown } = byTurns(() => checkMs(short), emptyMs);
      ok(check <= MOST_DENOS * deno, `${(check / deno).toFixed(2)} times, of ${shown}`);
    }),
});
