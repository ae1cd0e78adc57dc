/** `z6c verify` and `z6c plan --diff`, as they are run in CI. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { KIND } from "../runtime/ledger/record.ts";
import { altered, ledgerOf, plainRecords } from "./altered_ledger.ts";
import { decidedPlan, moody, willing } from "./decided_plans.ts";
import { runToEnd, Z6C } from "./running.ts";
import { constantLoad } from "./sample_plans.ts";
import { simulatedRun } from "./simulated_run.ts";
import { planHash } from "../compiler/4_emit/plan_hash.ts";
import { canonicalPlan } from "../cli/scenario.ts";
import type { Plan } from "../runtime/plan.ts";

const SCENARIO = `
name = "shop"
[target]
base = "http://127.0.0.1:1"
[load]
model = "open"
max_vus = 50
stages = [{ name = "hold", for = "2s", rate = "50/s" }]
[[data]]
name = "words"
rows = [{ word = "one" }, { word = "two" }, { word = "three" }]
pick = "shuffle"
[[flow]]
name = "browse"
weight = 3
[[flow.step]]
name = "home"
get = "/"
[[flow.step]]
name = "pause"
think = "10ms..90ms"
[[flow.step]]
name = "search"
get = "/search"
query = { q = "\${words.word}" }
repeat = "1..3"
[[flow]]
name = "buy"
weight = 1
[[flow.step]]
name = "order"
post = "/orders"
json = { id = "\${uuid}" }
`;

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "z6c-verify-test-" });
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** `z6c …` in a folder; the exit code is asserted. */
async function z6c(cwd: string, code: number, ...args: string[]): Promise<string> {
  const ended = await runToEnd([...Z6C, ...args], { cwd });
  assert.equal(ended.code, code, `z6c ${args.join(" ")}\n${ended.stdout}\n${ended.stderr}`);
  return ended.stdout + ended.stderr;
}

Deno.test("a scenario is as it was locked until something of it changes, and then it is told what", () =>
  inFolder(async (folder) => {
    const file = join(folder, "shop.toml");
    await Deno.writeTextFile(file, SCENARIO);
    assert.match(await z6c(folder, 104, "verify", "shop.toml"), /there is no lock shop\.lock; .*--update/);
    await z6c(folder, 0, "verify", "--update", "shop.toml");
    assert.match(
      await z6c(folder, 0, "verify", "shop.toml"),
      /as locked; decisions [0-9a-f]{64} of 100 sessions/,
    );

    await Deno.writeTextFile(
      file,
      SCENARIO.replace("10ms..90ms", "10ms..95ms").replace('"/orders"', '"/order"'),
    );
    const told = await z6c(folder, 99, "verify", "shop.toml");
    for (
      const line of [
        /^ {2}plan: [0-9a-f]{64} → [0-9a-f]{64}$/m,
        /^ {2}decisions: [0-9a-f]{64} \(100 sessions\) → [0-9a-f]{64} \(100 sessions\)$/m,
        /^ {2}simulated ledger: /m,
        /^ {2}step "browse\/pause": think \[10000,90000,\[\]\] → \[10000,95000,\[\]\]$/m,
        /^ {2}step "buy\/order": request line and headers changed$/m,
        /^ {2}100 sessions decide otherwise, the first is session 0 in flow "browse":$/m,
        /^ {4}before {2}think 0\.\d{6} s at "pause"$/m,
        /^ {4}now {5}think 0\.\d{6} s at "pause"$/m,
      ]
    ) assert.match(told, line);

    await z6c(folder, 0, "verify", "--update", "shop.toml");
    await z6c(folder, 0, "verify", "shop.toml");
  }));

Deno.test("a change that alters no decision is told as such", () =>
  inFolder(async (folder) => {
    const file = join(folder, "shop.toml");
    await Deno.writeTextFile(file, SCENARIO);
    await z6c(folder, 0, "verify", "--update", "shop.toml");
    await Deno.writeTextFile(file, SCENARIO.replace('name = "home"', 'name = "home"\ntimeout = "7s"'));
    const told = await z6c(folder, 99, "verify", "shop.toml");
    assert.match(told, /^ {2}step "browse\/home": timeout .* → "7s"$/m);
    assert.doesNotMatch(told, /decide otherwise|decisions:/);
    await Deno.remove(join(folder, "shop.plan.json"));
    assert.match(await z6c(folder, 99, "verify", "shop.toml"), /cannot be told without shop\.plan\.json/);
  }));

Deno.test("a lock that promises other decisions for the same plan is caught", () =>
  inFolder(async (folder) => {
    const [file, lockFile] = ["shop.toml", "shop.lock"].map((name) => join(folder, name));
    await Deno.writeTextFile(file, SCENARIO);
    await z6c(folder, 0, "verify", "--update", "shop.toml");
    const lock = JSON.parse(await Deno.readTextFile(lockFile));
    lock.decision_digest.sha256 = "0".repeat(64);
    await Deno.writeTextFile(lockFile, JSON.stringify(lock));
    assert.match(await z6c(folder, 99, "verify", "shop.toml"), /the plan is the same: this z6c decides/);
    await Deno.writeTextFile(lockFile, "{");
    assert.match(await z6c(folder, 104, "verify", "shop.toml"), /shop\.lock is not JSON/);
  }));

Deno.test("plan --diff names what was added, removed and changed, and writes nothing", () =>
  inFolder(async (folder) => {
    const file = join(folder, "shop.toml");
    await Deno.writeTextFile(file, SCENARIO);
    await z6c(folder, 0, "plan", "shop.toml");
    await Deno.rename(join(folder, "shop.plan.json"), join(folder, "old.json"));
    assert.equal(await z6c(folder, 0, "plan", "shop.toml", "--diff", "old.json"), "the plans are the same\n");
    const now = SCENARIO
      .replace('name = "pause"', 'name = "rest"')
      .replace('{ word = "three" }', '{ word = "three" }, { word = "four" }')
      .replace('rate = "50/s" }', 'rate = "50/s" }, { name = "more", for = "1s", rate = "10/s" }')
      .replace("weight = 1", "weight = 2");
    await Deno.writeTextFile(file, now);
    const told = await z6c(folder, 0, "plan", "shop.toml", "--diff", "old.json");
    for (
      const line of [
        /^stage "more": added$/m,
        /^data "words": 3 rows → 4$/m,
        /^flow "buy": weight: 1 → 2$/m,
        /^step "browse\/pause": removed$/m,
        /^step "browse\/rest": added$/m,
        /^\d+ sessions decide otherwise, the first is session \d+ in flow "\w+":$/m,
      ]
    ) assert.match(told, line);
    await assert.rejects(Deno.stat(join(folder, "shop.plan.json")), Deno.errors.NotFound);
    await Deno.writeTextFile(join(folder, "old.json"), `{"format":1,"flows":[]}`);
    assert.match(await z6c(folder, 104, "plan", "shop.toml", "--diff", "old.json"), /plan of format 1/);
  }));

/** A ledger whose header has its plan's hash, as `z6c` writes it. */
async function ledgerIn(
  folder: string,
  name: string,
  plan: Plan,
  bytes: Uint8Array,
  header = {},
): Promise<string> {
  const canonical = canonicalPlan(plan);
  const file = join(folder, name);
  const whole = { plan: canonical, plan_sha256: planHash(plan), ...header };
  await Deno.writeFile(file, ledgerOf(bytes, plainRecords(bytes), whole));
  return file;
}

Deno.test("a run conforms with its plan, or the first decision that does not is located", () =>
  inFolder(async (folder) => {
    const plan = decidedPlan({ load: constantLoad(400, 500_000, 8) });
    const { bytes } = await simulatedRun(plan, moody, { decode: false });
    await ledgerIn(folder, "good.z6log", plan, bytes);
    const told = await z6c(folder, 0, "verify", "good.z6log");
    assert.match(
      told,
      /of 200 planned sessions, all [\d,]+ decisions as planned; \d+ arrivals dropped; \d+ sess/,
    );
    assert.match(told, /^decisions [0-9a-f]{64} .*: not the plan's, .*: \d+ arrivals were dropped$/m);

    const isThink = ({ kind, session }: { kind: number; session: number }) =>
      kind === KIND.thinkChosen && session < 200;
    const forged = altered(bytes, isThink, (it) => ({ a: it.a + 1 }), 7);
    await ledgerIn(folder, "forged.z6log", plan, forged.bytes);
    const caught = await z6c(folder, 99, "verify", "forged.z6log");
    assert.match(caught, /1 session left the plan/);
    const { session, tick } = forged.record;
    const at = `the first decision that differs: session ${session}, step "think-\\d+", at ${
      (tick / 1e6).toFixed(6)
    } s`;
    assert.match(caught, new RegExp(`^${at.replaceAll(".", "\\.")}$`, "m"));
    assert.match(caught, /^ {2}expected {2}think .*\n {2}found {5}think .*\n {2}in {8}forged\.z6log$/m);
  }));

Deno.test("ledgers of shards are verified together; those of different runs are refused", () =>
  inFolder(async (folder) => {
    const plan = decidedPlan();
    const shards: string[] = [];
    for (const index of [2, 1]) {
      const { bytes } = await simulatedRun(plan, willing, { decode: false, shard: { index, count: 2 } });
      await ledgerIn(folder, `${index}.z6log`, plan, bytes);
      shards.push(`${index}.z6log`);
    }
    const told = await z6c(folder, 0, "verify", ...shards);
    assert.match(told, /^shards 1, 2 of 2$/m);
    assert.match(told, /^100 of 100 planned sessions, all/m);
    assert.match(told, /^decisions [0-9a-f]{64} \(102 sessions\): the plan's$/m);
    const one = await z6c(folder, 0, "verify", "1.z6log");
    assert.match(one, /^shards 1 of 2; missing: 2$/m);
    assert.match(one, /^50 of 100 planned sessions, all/m);

    assert.match(await z6c(folder, 104, "verify", "1.z6log", "1.z6log"), /both hold shard 1/);
    const other = decidedPlan({ seed: 5 });
    const { bytes } = await simulatedRun(other, willing, { decode: false });
    await ledgerIn(folder, "other.z6log", other, bytes);
    assert.match(
      await z6c(folder, 104, "verify", "1.z6log", "other.z6log"),
      /are of two plans .* of one run/,
    );
  }));

Deno.test("a ledger that is damaged, or whose plan is not the one of its hash, does not pass", () =>
  inFolder(async (folder) => {
    const plan = decidedPlan();
    const { bytes } = await simulatedRun(plan, willing, { decode: false });
    const file = await ledgerIn(folder, "a.z6log", plan, bytes);
    const whole = await Deno.readFile(file);
    await Deno.writeFile(file, whole.slice(0, whole.length - 1_000));
    assert.match(await z6c(folder, 0, "verify", "a.z6log"), /a\.z6log: .*cut short|ends/);
    whole[whole.length - 1_000] ^= 1;
    await Deno.writeFile(file, whole);
    assert.match(await z6c(folder, 99, "verify", "a.z6log"), /were changed/);
    await ledgerIn(folder, "b.z6log", plan, bytes, { plan_sha256: "0".repeat(64) });
    assert.match(
      await z6c(folder, 99, "verify", "b.z6log"),
      /the plan in a ledger is not the one of its hash/,
    );
    assert.match(await z6c(folder, 104, "verify", "none.z6log"), /there is no such file/);
  }));
