/** Real runs for the pictures: the scenario of README.md against the practice server, once in peace and once in trouble. */
import { join } from "node:path";
import { EXIT } from "../../../runtime/reduce/exit_codes.ts";
import { type Ended, runToEnd, start, Z6C } from "../../running.ts";

/** The scenario's name, and the ledgers'. */
export const NAMES = { scenario: "checkout.toml", calm: "before.z6log", troubled: "checkout.z6log" } as const;

/** A stage, which `toy` makes short, and when the target of the second run is in trouble. */
export type Stage = Readonly<{
  scenario: string;
  trouble: string;
  port: number;
  /** A run that z6c declares invalid, because this machine is too busy, is tried again; otherwise it is taken as it is. */
  wantsValid: boolean;
}>;

const ATTEMPTS = 12;
const README = new URL("../../../README.md", import.meta.url);

/** As README.md shows it, with trouble in the midst of its 25 seconds. */
export function wholeStage(): Stage {
  return { scenario: stagedScenario(), trouble: "/echo 13s..18s", port: 8080, wantsValid: true };
}

/** The same in four seconds. `port`: where nobody listens. */
export function toyStage(port: number): Stage {
  const short = {
    'for = "5s"': 'for = "1s"',
    'for = "20s"': 'for = "3s"',
    "127.0.0.1:8080": `127.0.0.1:${port}`,
  };
  return { scenario: changed(stagedScenario(), short), trouble: "/echo 1500ms..3s", port, wantsValid: false };
}

/** The scenario with what people get wrong. */
export function mistakenScenario(): string {
  return changed(stagedScenario(), {
    'rate = "20/s", warmup': 'rate = "20/sec", warmup',
    "think =": "thnik =",
    "${uuid}": "${uid}",
    'step = "order"': 'step = "ordr"',
  });
}

/** Runs both, and leaves their ledgers in `folder`. */
export async function stageRuns(folder: string, stage: Stage): Promise<void> {
  await Deno.writeTextFile(join(folder, NAMES.scenario), stage.scenario);
  await stageRun(folder, stage, NAMES.calm, []);
  await stageRun(folder, stage, NAMES.troubled, ["--trouble", stage.trouble]);
}

async function stageRun(
  folder: string,
  { port, wantsValid }: Stage,
  ledger: string,
  trouble: readonly string[],
): Promise<void> {
  for (let attempt = 1;; attempt++) {
    const out = `out-${attempt}-${ledger}`;
    const { code, stdout, stderr } = await runOnce(folder, port, out, trouble);
    if (wantsValid && code === EXIT.invalid && attempt < ATTEMPTS) continue;
    const [made] = [...Deno.readDirSync(join(folder, out))].filter(({ name }) => name.endsWith(".z6log"));
    if (made === undefined || wantsValid && code === EXIT.invalid) {
      throw new Error(`the run ended with ${code}:\n${stdout}${stderr}`);
    }
    return await Deno.rename(join(folder, out, made.name), join(folder, ledger));
  }
}

async function runOnce(
  folder: string,
  port: number,
  out: string,
  trouble: readonly string[],
): Promise<Ended> {
  const server = start([...Z6C, "serve", "--quiet", "--port", String(port), ...trouble], { cwd: folder });
  try {
    await server.printed("listening on");
    return await runToEnd([...Z6C, "run", NAMES.scenario, "--quiet", "--out", out], { cwd: folder });
  } finally {
    server.signal("SIGTERM");
    await server.ended;
  }
}

/** The first scenario of README.md. */
export function stagedScenario(): string {
  const [, scenario] = /```toml\n(name = "checkout"\n[^]*?)```/.exec(Deno.readTextFileSync(README)) ?? [];
  if (scenario === undefined) throw new Error("README.md has no scenario that is named checkout");
  return scenario;
}

function changed(text: string, changes: Readonly<Record<string, string>>): string {
  return Object.entries(changes).reduce((before, [from, to]) => {
    const after = before.replaceAll(from, to);
    if (after === before) throw new Error(`README.md's scenario no longer has ${from}`);
    return after;
  }, text);
}
