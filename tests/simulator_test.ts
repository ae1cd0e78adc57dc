/** The simulator for ourselves: so many seeds hold, what it once found is mended, and what it finds it makes small. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { checkTrial, type Outcome } from "./simulator/check_trial.ts";
import { entriesOf, scenarioText } from "./simulator/scenario_data.ts";
import { shrunk } from "./simulator/shrink.ts";
import { failureOf } from "./simulator/simulate.ts";
import { randomTrial, trialText } from "./simulator/trial.ts";
import { NO_TROUBLES } from "./simulator/troubled_host.ts";

const SEEDS = 100;
const FOUND = fileURLToPath(new URL("simulator/found/", import.meta.url));

Deno.test(`all holds for the first ${SEEDS} seeds`, async () => {
  const counts: Record<Outcome, number> = { held: 0, refused: 0, "too long": 0 };
  for (let seed = 1; seed <= SEEDS; seed++) {
    const found = await failureOf(seed, (outcome) => counts[outcome]++);
    ok(found === null, `./z6c dev simulate --seed ${seed} --seeds 1\n${found?.broken.message}`);
  }
  ok(counts.held > SEEDS * 0.8, JSON.stringify(counts));
});

for (const { name } of [...Deno.readDirSync(FOUND)].sort((a, b) => a.name < b.name ? -1 : 1)) {
  Deno.test(`what was found once: ${name.replace(/\.toml$/, "").replaceAll("_", " ")}`, async () => {
    equal(await checkTrial(await Deno.readTextFile(`${FOUND}${name}`)), "held");
  });
}

Deno.test("a trial is the same whenever it is made, and whatever file it was kept in", () => {
  for (let seed = 1; seed <= 20; seed++) equal(trialText(randomTrial(seed)), trialText(randomTrial(seed)));
  ok(trialText(randomTrial(1)) !== trialText(randomTrial(2)));
});

Deno.test("a failure is made as small as it can be", async () => {
  const hasRetry = (text: string) => /retry = /.test(text);
  let seed = 1;
  while (!hasRetry(trialText(randomTrial(seed)))) seed++;
  const fails = (text: string) => hasRetry(text) && /get|post|put|head|patch|delete|options/.test(text);
  const smallest = await shrunk(randomTrial(seed), (trial) => Promise.resolve(fails(trialText(trial))));
  equal(smallest.course.shards, 1);
  deepEqual(smallest.course.troubles, NO_TROUBLES);
  ok(
    entriesOf(smallest.scenario).length === 1 && scenarioText(smallest.scenario).length < 100,
    trialText(smallest),
  );
});
