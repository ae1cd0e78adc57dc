/**
 * The same scenario on two machines: a checkout in another folder, with another user, time zone, language and number of
 * cores, makes the same plan, the same lock and the same bytes of a simulated ledger.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { inFolder, runToEnd } from "./running.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const SCENARIOS = ["shop-evening", "data-driven", "closed-users"];
const NOBODY = "65534";

/** All files of this checkout that are not ignored, somewhere else. */
async function copyOf(folder: string): Promise<string> {
  const copy = join(folder, "another place", "z6c");
  const listed = await runToEnd(["git", "ls-files", "-co", "--exclude-standard"], { cwd: ROOT });
  assert.equal(listed.code, 0, listed.stderr);
  for (const path of listed.stdout.split("\n").filter((path) => path !== "")) {
    const from = join(ROOT, path);
    if (!exists(from)) continue;
    await Deno.mkdir(dirname(join(copy, path)), { recursive: true });
    await Deno.copyFile(from, join(copy, path));
  }
  return copy;
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

type Machine = Readonly<{ root: string; env: Readonly<Record<string, string>>; before: readonly string[] }>;

/** SHA-256 of all that a checkout makes of the scenarios: plans, locks, simulated ledgers. */
async function made({ root, env, before }: Machine, folder: string): Promise<Record<string, string>> {
  await Deno.mkdir(folder);
  await Deno.chmod(folder, 0o777);
  const hashes: Record<string, string> = {};
  const z6c = async (...args: string[]) => {
    const deno = [Deno.execPath(), "run", "-A", "--quiet", "--config", join(root, "deno.json")];
    const { PATH = "" } = Deno.env.toObject();
    const command = [...before, ...deno, join(root, "cli/main.ts"), ...args];
    const ended = await runToEnd(command, { cwd: folder, env: { PATH, ...env } });
    // The part of a load that is simulated here may miss the thresholds of the whole.
    assert(ended.code === 0 || ended.code === 99, ended.stdout + ended.stderr);
  };
  for (const name of SCENARIOS) {
    for (const file of [`${name}.toml`, ...DATA]) {
      await Deno.copyFile(join(root, "scenarios", file), join(folder, file));
    }
    await z6c("verify", "--update", `${name}.toml`);
    await z6c("simulate", `${name}.toml`, "--quiet", "--sessions", "500", "--out", name);
    const [ledger] = [...Deno.readDirSync(join(folder, name))].filter((file) => file.name.endsWith(".z6log"));
    for (const file of [`${name}.plan.json`, `${name}.lock`, join(name, ledger.name)]) {
      hashes[file.replace(ledger.name, "ledger")] = sha256(await Deno.readFile(join(folder, file)));
    }
  }
  return hashes;
}

const DATA = ["users.csv", "accounts.csv", "search-words.csv", "wishes.json"];

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** What is cached of packages, for a user who may not read this one's. */
async function copyOfCache(folder: string): Promise<string> {
  const told = await runToEnd([Deno.execPath(), "info", "--json"], { cwd: ROOT });
  const { npmCache } = JSON.parse(told.stdout);
  const copied = await runToEnd(["cp", "-R", npmCache, join(folder, "npm")], { cwd: folder });
  assert.equal(copied.code, 0, copied.stderr);
  await runToEnd(["chmod", "-R", "a+rwX", folder], { cwd: folder });
  return folder;
}

/** As nobody in particular, on one core, as far as this system lets us. */
async function asNobodyOnOneCore(): Promise<string[]> {
  const commands = [["setpriv", `--reuid=${NOBODY}`, "--clear-groups"], ["taskset", "-c", "0"]];
  const able: string[] = [];
  for (const command of commands) {
    const tried = await runToEnd([...command, "true"], { cwd: "/" }).catch(() => null);
    if (tried?.code === 0) able.push(...command);
  }
  return able;
}

Deno.test("two machines make the same plan, the same lock and the same simulated ledger", () =>
  inFolder(async (folder) => {
    const root = await copyOf(folder);
    const DENO_DIR = await copyOfCache(folder);
    const here: Machine = { root: ROOT, env: { DENO_DIR, TZ: "UTC", LANG: "C" }, before: [] };
    const there: Machine = {
      root,
      env: { DENO_DIR, TZ: "Asia/Kathmandu", LANG: "tr_TR.UTF-8", LC_ALL: "tr_TR.UTF-8" },
      before: await asNobodyOnOneCore(),
    };
    const one = await made(here, join(folder, "one"));
    assert.equal(Object.keys(one).length, 3 * SCENARIOS.length);
    assert.deepEqual(await made(there, join(folder, "other")), one);
  }));
