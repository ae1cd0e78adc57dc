/** A program small enough to build in a test: says what it was given, what it may do, and ends as it is told. */
import { join } from "node:path";
import type { Program } from "../targets/build_folder.ts";

const ENTRY = `import { main } from "./runtime/main.ts";
import plan from "./plan.json" with { type: "json" };
await main(plan);
`;

const MAIN = `export async function main(plan: { name: string }): Promise<void> {
  const [verb = "hello", ...words] = Deno.args;
  const say = (value: unknown) => console.log(JSON.stringify(value));
  if (verb === "hello") say({ name: plan.name, words });
  if (verb === "exit") Deno.exit(Number(words[0]));
  if (verb === "write") Deno.writeTextFileSync(words[0], "written");
  if (verb === "may") say((await Deno.permissions.query(JSON.parse(words[0]))).state);
  if (verb === "wait") {
    Deno.addSignalListener("SIGINT", () => Deno.exit(105));
    say("ready");
    await new Promise((done) => setTimeout(done, 60_000));
  }
}
`;

/** Writes the toy's runtime into `folder`. */
export async function toyProgram(folder: string): Promise<Program> {
  const runtimeDirectory = join(folder, "toy runtime");
  await Deno.mkdir(runtimeDirectory, { recursive: true });
  await Deno.writeTextFile(join(runtimeDirectory, "main.ts"), MAIN);
  await Deno.writeTextFile(join(runtimeDirectory, "main_test.ts"), "this is no part of it");
  return { entrySource: ENTRY, planJson: `{"name":"toy"}`, runtimeDirectory };
}
