/** Replays: every ledger is made again to the byte, and one that was changed is found out. */
import { equal, match, ok } from "node:assert/strict";
import fc from "fast-check";
import { kindName } from "../runtime/ledger/decode.ts";
import { MemorySink } from "../runtime/ledger/memory_sink.ts";
import { memorySource } from "../runtime/ledger/source.ts";
import { WHOLE } from "../runtime/engine/shares.ts";
import { replay } from "../runtime/replay/replay.ts";
import { replayText } from "../runtime/replay/replay_command.ts";
import { decidedPlan, moody } from "./decided_plans.ts";
import { lateRun } from "./late_world.ts";
import { type Field, FIELDS, placesOf, withChange } from "./mended_ledger.ts";
import { randomNumbers } from "./random_run.ts";
import { mood, replayedPlan } from "./replayed_plans.ts";
import { ENDLESS, ledgersIn, OPEN, runDivided, withDivided } from "./divided_run.ts";
import { runToEnd, start, Z6C } from "./running.ts";
import { until } from "./running.ts";
import { simulatedRun } from "./simulated_run.ts";

/** What nothing else in a ledger can contradict, at least not always (docs/replay.md): by kind, the fields. */
const OBSERVED: Readonly<Record<string, readonly Field[]>> = {
  checkFailed: ["a"],
  connectionClosed: ["tick", "a"],
  connectionOpened: ["tick", "a", "b", "c"],
  connectionSecured: ["a", "b"],
  frameAnswered: ["tick", "a", "b"],
  loopGap: ["tick", "a"],
  messageReceived: ["b", "c"],
  processorUsed: ["a"],
  requestFailed: ["a", "b", "c"],
  requestIssued: ["c"],
  responseEnded: ["a", "b", "c"],
  runEnded: ["tick"],
  runStopped: ["tick", "a"],
  valueCaptured: ["b"],
};

Deno.test("whatever the plan, the target and the hour: a replay makes the same ledger, byte for byte", async () => {
  await fc.assert(
    fc.asyncProperty(replayedPlan, mood, async (plan, how) => {
      const bytes = await lateRun(plan, how);
      const copy = new MemorySink();
      const result = await replay(memorySource(bytes), copy);
      equal(result.departure, null, replayText(result));
      equal(result.records, result.integrity.records);
      same(copy.bytes(), bytes);
    }),
    { numRuns: 200 },
  );
});

Deno.test("a record that was changed is found, where it is not another history that could have been", async () => {
  const random = randomNumbers(Date.now());
  const unfound = new Set<string>();
  await fc.assert(
    fc.asyncProperty(replayedPlan, mood, async (plan, how) => {
      const bytes = await lateRun(plan, how);
      for (const [kind, places] of Map.groupBy(placesOf(bytes), ({ kind }) => kind)) {
        const field = FIELDS[random(FIELDS.length)];
        const { at } = places[random(places.length)];
        const by = [1, -1, 2, 100, -100, 256][random(6)];
        const { departure } = await replay(memorySource(withChange(bytes, at, field, by)));
        if (departure !== null) continue;
        ok(OBSERVED[kindName(kind)]?.includes(field), `${kindName(kind)}: ${field} ${by}`);
        unfound.add(`${kindName(kind)}.${field}`);
      }
    }),
    { numRuns: 25 },
  );
  ok(unfound.size > 3, "what cannot be found is not found");
});

Deno.test("a ledger without its end is made again as far as it goes", async () => {
  const bytes = await lateRun(decidedPlan(), { seed: 3, interrupts: [], shard: WHOLE, runsOnce: true });
  for (let cut = bytes.length - 1; cut > bytes.length / 2; cut -= 1 + Math.floor(bytes.length / 97)) {
    const copy = new MemorySink();
    const result = await replay(memorySource(bytes.slice(0, cut)), copy);
    equal(result.departure, null, replayText(result));
    equal(result.integrity.state, "partial");
    equal(result.records, result.integrity.records);
    same(copy.bytes(), bytes.subarray(0, result.integrity.bytesRead));
    match(
      replayText(result),
      /^identical as far as it goes: [\d,]+ records, [\d,]+ blocks?, decisions [0-9a-f]{64}\n(the ledger|block)/,
    );
  }
});

Deno.test("where a replay leaves its ledger is told, with both sides and why", async () => {
  const bytes = await lateRun(decidedPlan(), { seed: 3, interrupts: [], shard: WHOLE, runsOnce: true });
  const nothing = / in flight; .*\n {2}ledger .*\n {2}replay {2}nothing of the kind$/;
  const cases: [string, Field, number, RegExp][] = [
    ["thinkChosen", "a", 1, /: a decision .*\n {2}ledger {2}thinkChosen.*\n {2}replay {2}thinkChosen /],
    ["sessionEnded", "session", 5, /\n {2}ledger {2}sessionEnded/],
    ["responseEnded", "vu", 1_000, nothing],
    ["runEnded", "c", 1, /\n {2}ledger {2}runEnded .* c \d+\n {2}replay {2}runEnded/],
  ];
  for (const [name, field, by, wanted] of cases) {
    const place = placesOf(bytes).findLast(({ kind }) => kindName(kind) === name);
    const text = replayText(await replay(memorySource(withChange(bytes, place?.at ?? 0, field, by))));
    match(text, /^the replay leaves the ledger at record [\d,]+, in block \d+: /);
    match(text, /it was changed after the run, or z6c has a bug\n/);
    match(text, wanted);
  }
  const other = await simulatedRun(decidedPlan(), moody, { decode: false });
  const [{ at }] = placesOf(other.bytes);
  const told = replayText(await replay(memorySource(withChange(other.bytes, at, "a", 1))));
  match(told, /; the plan or the seed in its header is not the one of its hash\n/);
});

Deno.test("ledgers of real runs are made again: of shards, of workers, over both transports", () =>
  withDivided(OPEN, async (folder) => {
    for (const flags of [["--shard", "2/3"], ["--workers", "2"], ["--transport", "fetch"]]) {
      await runDivided(folder, flags[0], flags);
      const ledgers = ledgersIn(`${folder}/${flags[0]}`);
      equal(ledgers.length, flags[0] === "--workers" ? 2 : 1);
      for (const ledger of ledgers) await replayed(folder, ledger);
    }
  }));

for (const times of [1, 2]) {
  Deno.test(`a ledger of a run that was interrupted ${times === 1 ? "once" : "twice"} is made again`, () =>
    withDivided(ENDLESS, async (folder, target) => {
      const running = start([...Z6C, "run", "divided.toml", "--json", "--out", `${folder}/out`], {
        cwd: folder,
      });
      await until("sessions run", () => target.asked("/look") > 20);
      running.signal("SIGINT");
      await running.said("Ctrl-C again stops at once");
      if (times === 2) running.signal("SIGINT");
      await running.ended;
      await replayed(folder, ledgersIn(`${folder}/out`)[0]);
    }));
}

async function replayed(folder: string, ledger: string): Promise<void> {
  const { code, stdout, stderr } = await runToEnd([...Z6C, "replay", ledger, "--out", `${ledger}.copy`], {
    cwd: folder,
  });
  equal(code, 0, stdout + stderr);
  match(
    stdout,
    /^identical: [\d,]+ records, [\d,]+ blocks?, ledger digest [0-9a-f]{64}, decisions [0-9a-f]{64}\n$/,
  );
  same(Deno.readFileSync(`${ledger}.copy`), Deno.readFileSync(ledger));
}

function same(found: Uint8Array, wanted: Uint8Array): void {
  ok(found.length === wanted.length && found.every((byte, at) => byte === wanted[at]), "byte for byte");
}
