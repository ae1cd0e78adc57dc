/**
 * `z6c check` is to be as fast as an editor wants it. What counts is the time of the processor, with that of the threads
 * that collect garbage and compile beside: other programs make no difference, and a user waits no longer.
 */
import { deepEqual, equal, ok } from "node:assert/strict";
import process from "node:process";
import { longScenario } from "../bench/long_scenario.ts";
import { compile } from "../compiler/compile.ts";

const LINES = 2_000;
/** Once the program is warm, as in an editor that keeps it. */
const MOST_WARM_MS = 100;
/** In a new process, as `z6c check` is: the code is read, compiled and run for the first time. */
const MOST_FRESH_MS = 250;
const WARM_TRIES = 10;
const PROCESSES = 5;

/** The argument with which this file, run by itself, tells how long its first compilation of a long scenario takes. */
const FRESH = "--first-compilation";
if (Deno.args[0] === FRESH) {
  compiledMs(shortScenario());
  console.log(compiledMs(longScenario(LINES)));
}

/** What this process has used of the processor. */
function usedMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

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

function firstCompilationMs(): number {
  const { code, stdout, stderr } = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", import.meta.url, FRESH],
  }).outputSync();
  equal(code, 0, new TextDecoder().decode(stderr));
  return Number(new TextDecoder().decode(stdout));
}

Deno.test("the long scenario has 2,000 lines", () => {
  equal(longScenario(LINES).split("\n").length, LINES);
});

Deno.test(`2,000 lines are compiled within ${MOST_WARM_MS} ms by a warm program`, () => {
  const times = Array.from({ length: WARM_TRIES }, () => compiledMs(longScenario(LINES)));
  ok(Math.min(...times) <= MOST_WARM_MS, `${times.map((time) => time.toFixed(0)).join(", ")} ms`);
});

Deno.test(`2,000 lines are compiled within ${MOST_FRESH_MS} ms by a new process, beside its start`, () => {
  const times = Array.from({ length: PROCESSES }, firstCompilationMs);
  ok(Math.min(...times) <= MOST_FRESH_MS, `${times.map((time) => time.toFixed(0)).join(", ")} ms`);
});
