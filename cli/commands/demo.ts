import { join } from "node:path";
import { cannotWrite } from "../../runtime/out_folder.ts";
import { planHash } from "../../compiler/4_emit/plan_hash.ts";
import { OUT_FOLDER } from "../../runtime/command_line.ts";
import { startPracticeServer } from "../practice_server.ts";
import { planOf } from "../scenario.ts";
import { buildPlan, executableText } from "./build.ts";

/** The whole path in one command: a target, a scenario, an executable, a run and its report. */
export async function demo(color: boolean): Promise<number> {
  const scenario = join(import.meta.dirname ?? ".", "../../scenarios/demo.toml");
  const server = await startPracticeServer({ port: 0, host: "127.0.0.1", seed: 1 });
  try {
    say(`1/3  a practice target on ${server.url}`);
    const plan = await planOf(scenario, [], color);
    say(`2/3  building scenarios/demo.toml (plan ${planHash(plan).slice(0, 12)})`);
    const executable = join(OUT_FOLDER, "demo");
    makeFolder();
    const [built] = await buildPlan(plan, {
      output: executable,
      planFile: `${executable}.plan.json`,
      lockFile: `${executable}.lock`,
      form: "auto",
      targets: [],
      transports: [],
      allowHosts: ["127.0.0.1"],
      allowAnyHost: false,
      outFolder: OUT_FOLDER,
      color,
    });
    console.error(executableText(built).replace(/^/gm, "     "));
    say(`3/3  ./${executable} --base ${server.url}`);
    const code = await execute(built.path, ["--base", server.url, ...(color ? [] : ["--no-color"])]);
    say(
      `the target answered ${server.requests()} requests; ./${executable} is a file you can copy and run anywhere`,
    );
    return code;
  } finally {
    await server.stop();
  }
}

async function execute(path: string, args: string[]): Promise<number> {
  const child = new Deno.Command(path, { args, stdin: "null", stdout: "inherit", stderr: "inherit" }).spawn();
  // Ctrl-C reaches the executable by itself; we wait for its report.
  const ignore = () => {};
  Deno.addSignalListener("SIGINT", ignore);
  try {
    return (await child.status).code;
  } finally {
    Deno.removeSignalListener("SIGINT", ignore);
  }
}

function makeFolder(): void {
  try {
    Deno.mkdirSync(OUT_FOLDER, { recursive: true });
  } catch (cause) {
    throw cannotWrite(OUT_FOLDER, cause);
  }
}

function say(text: string): void {
  console.error(`\n${text}`);
}
